import type { INodeProperties } from 'n8n-workflow';
import type { PortalResource } from '../clarifai/identifiers';
import { isObject, type JsonObject } from '../clarifai/json';
import { checkId, checkIdList, checkOptionalId, isNothing, unresolved } from './ids';
import { checkLocator, type LocatedResource } from './locators';
import { InputProblem } from './problems';
import { choicesOf, propertyAt } from './propertyAt';
import {
	checkBoolean,
	checkChoice,
	checkNumber,
	checkOptionalText,
	isUnset,
	parseJsonObject,
	refuseUndefinedMembers,
	type NumberLimits,
} from './values';

/** Where parameters come from: n8n's context, for one item or for a trigger. */
export interface ParameterSource {
	/** The parameter as the user has saved it, with its expressions; undefined when it is not there. */
	raw(path: string): unknown;
	/** The same with expressions resolved. */
	resolved(path: string): unknown;
	/** What the expressions could read, in words for a message; may be empty. */
	fieldsInWords(): string;
}

/**
 * Reads a node's parameters by their paths; labels, choices and defaults come from the node's own
 * description. Problems are gathered instead of thrown, so that a user sees all of them at once: what
 * was read counts for nothing as long as `problems` is not empty.
 */
export class ParameterReader {
	constructor(
		private readonly source: ParameterSource,
		private readonly properties: readonly INodeProperties[],
		readonly problems: InputProblem[] = [],
		private readonly within: { path: string; place: string } = { path: '', place: '' },
	) {}

	label(path: string): string {
		return this.property(path).displayName + this.within.place;
	}

	/**
	 * The value; for a parameter that is not there its default, or nothing inside a collection.
	 * @throws InputProblem for an expression that gives nothing, or a member that is undefined: a misspelt
	 * field is not a default
	 */
	value(path: string): unknown {
		const full = this.within.path + path;
		const raw = this.source.raw(full);
		if (raw === undefined) return full.includes('.') ? undefined : this.property(path).default;
		return this.resolved(full, raw, path);
	}

	/** A parameter's own keys as the user has saved them, with their expressions. */
	rawObject(path: string): JsonObject {
		const raw = this.source.raw(this.within.path + path);
		return isObject(raw) ? raw : {};
	}

	id(path: string): string {
		return this.read(path, checkId, '');
	}

	optionalId(path: string): string | undefined {
		return this.read(path, checkOptionalId, undefined);
	}

	/** @param mayBeEmpty whether an expression may give an empty list, where that says just "none" */
	idList(path: string, mayBeEmpty = false): string[] {
		const raw = this.source.raw(this.within.path + path);
		return this.read(
			path,
			(value, label) => {
				const ids = checkIdList(value, label, isComposed(raw));
				// Elsewhere an empty list would stand for all that there are.
				const isRefused = isExpression(raw) && ids.length === 0 && !mayBeEmpty;
				if (isRefused) throw this.gaveNothing(label);
				return ids;
			},
			[],
		);
	}

	text(path: string): string | undefined {
		return this.read(path, checkOptionalText, undefined);
	}

	boolean(path: string): boolean {
		const fallback = this.property(path).default === true;
		return this.read(path, (value, label) => checkBoolean(value, label, fallback), fallback);
	}

	/** Undefined when it is empty. */
	number(path: string, limits: NumberLimits = {}): number | undefined {
		const check = (value: unknown, label: string) =>
			isUnset(value) ? undefined : checkNumber(value, label, limits);
		return this.read(path, check, undefined);
	}

	/** The default of the description when it is empty. */
	numberOrDefault(path: string, limits: NumberLimits = {}): number {
		return this.number(path, limits) ?? Number(this.property(path).default);
	}

	/** One of the values that the description lists; its default when it is empty. */
	choice<T extends string>(path: string): T {
		const property = this.property(path);
		const fallback = property.default as T;
		const choices = choicesOf(property) as T[];
		const check = (value: unknown, label: string) => checkChoice(value, label, choices, fallback);
		return this.read(path, check, fallback);
	}

	/** The same, undefined when it is empty. */
	optionalChoice<T extends string>(path: string): T | undefined {
		const choices = choicesOf(this.property(path)) as T[];
		const check = (value: unknown, label: string) =>
			isUnset(value) ? undefined : checkChoice(value, label, choices, choices[0]);
		return this.read(path, check, undefined);
	}

	json(path: string): JsonObject {
		return this.read(path, parseJsonObject, {});
	}

	/** What a resource locator names; it must name something. */
	located(path: string, resource?: PortalResource): LocatedResource {
		return this.attempt(() => {
			const locator = this.resolvedLocator(path);
			const label = this.label(path);
			const found = checkLocator(locator, label, resource);
			if (found) return found;
			if (isObject(locator) && locator.mode === 'list')
				throw new InputProblem(`'${label}' is empty`, 'Pick one from the list.');
			throw new InputProblem(
				`'${label}' is empty`,
				`Check the expression: the item before this node has to carry the ID. Or switch it to Fixed, and pick one from the list. ${this.source.fieldsInWords()}`,
			);
		}, nowhere);
	}

	/** The same for a name that is no ID: any text. */
	locatedName(path: string): string {
		const value = this.attempt(() => {
			const locator = this.resolvedLocator(path);
			return isObject(locator) ? locator.value : locator;
		}, '');
		const name = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
		if (/\{\{.*\}\}/.test(name)) this.keep(unresolved(name, this.label(path)));
		return name === '' ? this.located(path).id : name;
	}

	/** What a resource locator names; undefined when it is empty. */
	optionallyLocated(path: string, resource?: PortalResource): LocatedResource | undefined {
		return this.attempt(() => {
			const locator = this.resolvedLocator(path);
			const label = this.label(path);
			const raw = this.source.raw(this.within.path + path);
			const given = isObject(locator) ? locator.value : locator;
			if (isExpression(isObject(raw) ? raw.value : raw) && isNothing(given)) {
				throw this.gaveNothing(label);
			}
			return checkLocator(locator, label, resource);
		}, undefined);
	}

	/** The same, undefined also for an expression that gives nothing. */
	locatedIfAny(path: string): LocatedResource | undefined {
		return this.attempt(
			() => checkLocator(this.resolvedLocator(path), this.label(path)),
			undefined,
		);
	}

	/** A reader for each entry of a fixed collection's list. */
	entries(path: string, what: string): ParameterReader[] {
		const full = this.within.path + path;
		const raw = this.source.raw(full);
		const [collection] = path.split('.');
		const list = this.attempt(() => this.resolved(full, raw, collection), undefined);
		const count = Array.isArray(list) ? list.length : isObject(list) ? 1 : 0;
		return Array.from({ length: count }, (_none, index) => {
			const place = Array.isArray(list) ? `${path}[${index}].` : `${path}.`;
			return new ParameterReader(
				this.source,
				propertiesBelow(this.properties, path),
				this.problems,
				{ path: this.within.path + place, place: ` (${what} ${index + 1})` },
			);
		});
	}

	/** What `read` gives; where it meets a problem, the problem is kept, and `placeholder` stands in. */
	attempt<T>(read: () => T, placeholder: T): T {
		try {
			return read();
		} catch (error) {
			this.keep(error);
			return placeholder;
		}
	}

	/** Keeps a problem; throws anything else. */
	keep(error: unknown): void {
		if (!(error instanceof InputProblem)) throw error;
		this.problems.push(error);
	}

	/** A problem that shows only when several parameters, or the item, are seen together. */
	refuse(message: string, hint: string): void {
		this.problems.push(new InputProblem(message, hint));
	}

	/** For an expression inside a value that a reader above does not look into. */
	gaveNothing(label: string): InputProblem {
		return new InputProblem(
			`'${label}' is an expression that gives nothing`,
			`Check the names of the fields that it reads, or clear the parameter to leave it unset. ${this.source.fieldsInWords()}`.trim(),
		);
	}

	private read<T>(path: string, check: (value: unknown, label: string) => T, placeholder: T): T {
		return this.attempt(() => check(this.value(path), this.label(path)), placeholder);
	}

	private resolved(full: string, raw: unknown, labelled: string): unknown {
		if (typeof raw === 'string' && /^=\s*$/.test(raw)) return '';
		const value = raw === undefined ? undefined : this.source.resolved(full);
		if (isExpression(raw)) {
			const label = this.label(labelled);
			if (isNothing(value)) throw this.gaveNothing(label);
			refuseUndefinedMembers(value, label);
		}
		return value;
	}

	/** A locator's own expression is looked at by its readers, which know whether it may be empty. */
	private resolvedLocator(path: string): unknown {
		const full = this.within.path + path;
		if (this.source.raw(full) === undefined && full.includes('.')) return undefined;
		return this.source.raw(full) === undefined
			? this.property(path).default
			: this.source.resolved(full);
	}

	private property(path: string): INodeProperties {
		return propertyAt(this.properties, path);
	}
}

const nowhere: LocatedResource = { id: '' };

/** Whether a saved parameter is an expression: n8n marks it by its first sign. An empty one is not set. */
export function isExpression(raw: unknown): raw is string {
	return typeof raw === 'string' && raw.startsWith('=') && raw.slice(1).trim() !== '';
}

/** Whether it is a text with expressions in it, in which one that gives nothing leaves a gap. */
function isComposed(raw: unknown): boolean {
	return isExpression(raw) && !/^=\s*\{\{(?:(?!\}\}).)*\}\}\s*$/s.test(raw);
}

function propertiesBelow(properties: readonly INodeProperties[], path: string): INodeProperties[] {
	const [entry, ...above] = path.split('.').reverse();
	const { options = [] } = propertyAt(properties, above.reverse().join('.'));
	const found = options.find((option) => option.name === entry);
	return found && 'values' in found ? found.values : [];
}
