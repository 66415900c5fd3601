import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Access } from '../api/credential';
import { checkId, type AppScope, type PortalResource } from '../clarifai/identifiers';
import { isObject, parseJsonObject, type JsonObject } from '../clarifai/json';
import { InputProblem } from '../clarifai/problems';
import { checkBoolean, checkChoice } from '../clarifai/values';
import { scopeOf } from './commonProperties';
import { checkLocator, type LocatedResource } from './locators';

export interface KnownModel {
	modelTypeId: string;
	isNew: boolean;
}

/** The parameters of one item. Every read is for this item, so no value of item 0 serves them all. */
export class ItemParameters {
	constructor(
		private readonly context: IExecuteFunctions,
		readonly itemIndex: number,
		private readonly home: Access['home'],
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
		return this.locatedBy(this.value(name, ''), label, resource);
	}

	/** The same for a locator inside a collection. */
	locatedBy(locator: unknown, label: string, resource?: PortalResource): LocatedResource {
		const found = checkLocator(locator, label, resource);
		if (found) return found;
		const isList = isObject(locator) && locator.mode === 'list';
		throw new InputProblem(
			`'${label}' is empty`,
			isList
				? 'Pick one from the list.'
				: `Check the expression: the item before this node has to carry the ID. Or switch it to Fixed, and pick one from the list. ${this.inputFields()}`,
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
		return linked ?? scopeOf(this.collection('options'), this.home);
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
