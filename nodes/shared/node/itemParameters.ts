import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import {
	checkId,
	checkOptionalId,
	parsePortalUrl,
	type AppScope,
	type PortalResource,
} from '../clarifai/identifiers';
import { describeType, isObject, parseJsonObject, type JsonObject } from '../clarifai/json';
import { InputProblem } from '../clarifai/problems';

export interface LocatedResource {
	id: string;
	/** Set when the ID came from a portal link, which names the owner too. */
	scope?: AppScope;
}

export interface KnownModel {
	modelTypeId: string;
	isNew: boolean;
}

/** The parameters of one item. Every read is for this item, so no value of item 0 serves them all. */
export class ItemParameters {
	constructor(
		private readonly context: IExecuteFunctions,
		readonly itemIndex: number,
		private readonly home: { userId: unknown; appId: unknown },
	) {}

	value(name: string, fallback?: unknown): unknown {
		return this.context.getNodeParameter(name, this.itemIndex, fallback as object);
	}

	boolean(name: string, label: string, fallback = false): boolean {
		return checkBoolean(this.value(name, fallback), label, fallback);
	}

	text(name: string): string {
		const value = this.value(name, '');
		return value === undefined || value === null ? '' : String(value).trim();
	}

	id(name: string, label: string): string {
		return checkId(this.value(name, ''), label);
	}

	collection(name: string): IDataObject {
		const value = this.value(name, {});
		return isObject(value) ? (value as IDataObject) : {};
	}

	json(name: string, label: string): JsonObject {
		return parseJsonObject(this.value(name, ''), label);
	}

	choice<T extends string>(name: string, label: string, choices: readonly T[]): T {
		return checkChoice(this.value(name, choices[0]), label, choices);
	}

	/** @throws InputProblem when the item has no such file */
	async binary(property: string, label: string): Promise<Buffer> {
		const files = Object.keys(this.context.getInputData()[this.itemIndex]?.binary ?? {});
		if (files.includes(property)) {
			return await this.context.helpers.getBinaryDataBuffer(this.itemIndex, property);
		}
		throw new InputProblem(
			`'${label}' is "${property}", and the item has no file of that name`,
			files.length > 0
				? `Item ${this.itemIndex} carries the files: ${files.slice(0, 20).join(', ')}.`
				: `Item ${this.itemIndex} carries no files. Read the file in a node before this one.`,
		);
	}

	/**
	 * A resource locator that must name something.
	 * @throws InputProblem that says that it can be picked from the list
	 */
	located(name: string, label: string, resource?: PortalResource): LocatedResource {
		const found = this.optionallyLocated(name, label, resource);
		if (found) return found;
		throw new InputProblem(
			`'${label}' is empty`,
			`Pick it from the list, or check the expression: the item before this node has to carry the ID. ${this.inputFields()}`,
		);
	}

	/** A resource locator that may be empty. */
	optionallyLocated(
		name: string,
		label: string,
		resource?: PortalResource,
	): LocatedResource | undefined {
		return checkLocator(this.value(name, ''), label, resource);
	}

	/** The user and app of this item: those of a link, else of 'Options', else of the credential. */
	scope(linked?: AppScope): AppScope {
		if (linked) return linked;
		const options = this.collection('options');
		return {
			userId: checkOptionalId(options.userId, 'User ID') ?? checkId(this.home.userId, 'User ID'),
			appId: checkOptionalId(options.appId, 'App ID') ?? checkId(this.home.appId, 'App ID'),
		};
	}

	/**
	 * What the item itself tells of a model, where a node before this one has put it out: its type, and
	 * whether it was created there, so that Clarifai need not be asked.
	 */
	knownModel({ userId, appId }: AppScope, modelId: string): KnownModel | undefined {
		const json = this.context.getInputData()[this.itemIndex]?.json ?? {};
		const isSame = json.modelId === modelId && json.userId === userId && json.appId === appId;
		if (!isSame || typeof json.modelTypeId !== 'string' || json.modelTypeId === '')
			return undefined;
		return { modelTypeId: json.modelTypeId, isNew: json.created === true };
	}

	private inputFields(): string {
		const keys = Object.keys(this.context.getInputData()[this.itemIndex]?.json ?? {});
		return keys.length > 0
			? `Item ${this.itemIndex} carries: ${keys.slice(0, 20).join(', ')}.`
			: `Item ${this.itemIndex} carries no fields.`;
	}
}

/**
 * What a resource locator names; undefined when it is empty.
 * @throws InputProblem when that is no ID, or no link to a resource of this kind
 */
export function checkLocator(
	locator: unknown,
	label: string,
	resource?: PortalResource,
): LocatedResource | undefined {
	const mode = isObject(locator) ? locator.mode : 'id';
	const value = isObject(locator) ? locator.value : locator;
	if (value === undefined || value === null || value === '') return undefined;
	const link = typeof value === 'string' && /^\s*https?:\/\//.test(value);
	if (resource && (mode === 'url' || link)) {
		const parsed = parsePortalUrl(String(value), resource);
		if (parsed) return { id: parsed.id, scope: { userId: parsed.userId, appId: parsed.appId } };
		throw new InputProblem(
			`'${label}' is not a link to one of Clarifai's ${resource}`,
			`A link looks like https://clarifai.com/user/app/${resource}/id.`,
		);
	}
	return { id: checkId(value, label) };
}

/**
 * One of `choices`, the first when it is empty: an expression may give anything.
 * @throws InputProblem when it is none of them
 */
export function checkChoice<T extends string>(
	value: unknown,
	label: string,
	choices: readonly T[],
): T {
	if (value === undefined || value === null || value === '') return choices[0];
	const found = choices.find((choice) => choice === value);
	if (found !== undefined) return found;
	const shown = typeof value === 'object' ? describeType(value) : `"${String(value)}"`;
	throw new InputProblem(
		`'${label}' must be one of: ${choices.join(', ')}, not ${shown}`,
		'Pick one from the list, or enter an expression that gives one of these values.',
	);
}

/**
 * A boolean that may come from an expression as text; `fallback` when it is empty.
 * @throws InputProblem when it is something else
 */
export function checkBoolean(value: unknown, label: string, fallback = false): boolean {
	if (value === undefined || value === null || value === '') return fallback;
	if (value === true || value === 'true') return true;
	if (value === false || value === 'false') return false;
	const shown = typeof value === 'object' ? describeType(value) : `"${String(value)}"`;
	throw new InputProblem(
		`'${label}' must be true or false, not ${shown}`,
		'Switch it on or off, or enter an expression that gives true or false.',
	);
}

/**
 * A text that may be left out.
 * @throws InputProblem when it is a list or an object
 */
export function checkOptionalText(value: unknown, label: string): string | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	if (typeof value !== 'object') return String(value);
	throw new InputProblem(
		`'${label}' must be a text, not ${describeType(value)}`,
		'If it is an expression, let it give a text, for example {{ JSON.stringify($json) }}.',
	);
}

/**
 * A number that may come from an expression as text.
 * @throws InputProblem when it is not a number, out of range, or a fraction where `whole` is asked for
 */
export function checkNumber(
	value: unknown,
	label: string,
	min: number,
	{ max = Infinity, whole = false } = {},
): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	const isNumber = typeof number === 'number' && Number.isFinite(number);
	if (!isNumber || number < min || number > max || (whole && !Number.isInteger(number))) {
		const shown =
			typeof value === 'string' || typeof value === 'number' ? `"${value}"` : describeType(value);
		const range = max === Infinity ? `of ${min} or more` : `from ${min} to ${max}`;
		throw new InputProblem(
			`'${label}' must be a ${whole ? 'whole ' : ''}number ${range}, not ${shown}`,
			'Enter a number, or an expression that gives one.',
		);
	}
	return number;
}

/** What takes the place of an empty value. */
export function orDefault(value: unknown, fallback: number): unknown {
	return value === undefined || value === null || value === '' ? fallback : value;
}
