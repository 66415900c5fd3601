import { InputProblem } from './problems';

export type JsonObject = { [key: string]: unknown };

/** True for `{...}` only: not for null, arrays, dates or class instances. */
export function isObject(value: unknown): value is JsonObject {
	if (typeof value !== 'object' || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	// An expression's result can come from another realm, so compare by shape, not by identity.
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The object at `key`, or an empty one: Clarifai omits empty messages. */
export function objectAt(parent: unknown, key: string): JsonObject {
	const value = isObject(parent) ? parent[key] : undefined;
	return isObject(value) ? value : {};
}

/** The objects of the list at `key`, or none: Clarifai omits empty lists. */
export function objectsAt(parent: unknown, key: string): JsonObject[] {
	const value = isObject(parent) ? parent[key] : undefined;
	return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The text at `key`; numbers become text, everything else counts as absent. */
export function textAt(parent: unknown, key: string): string | undefined {
	const value = isObject(parent) ? parent[key] : undefined;
	if (typeof value === 'string') return value === '' ? undefined : value;
	return typeof value === 'number' ? String(value) : undefined;
}

/** The number at `key`. Clarifai's 64-bit numbers may be texts. */
export function numberAt(parent: unknown, key: string): number | undefined {
	const value = isObject(parent) ? parent[key] : undefined;
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	const parsed = Number(value);
	return Number.isFinite(parsed) ? parsed : undefined;
}

/** Whether two JSON values are equal; the order of an object's keys does not count. */
export function sameJson(a: unknown, b: unknown): boolean {
	if (Array.isArray(a) && Array.isArray(b))
		return a.length === b.length && a.every((entry, index) => sameJson(entry, b[index]));
	if (!isObject(a) || !isObject(b)) return a === b;
	const keys = Object.keys(a);
	return (
		keys.length === Object.keys(b).length &&
		keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
	);
}

/**
 * A JSON value that a user gave as JSON text or as a value from an expression.
 * @throws InputProblem when the text is not JSON or a key is `__proto__`.
 */
export function parseJson(value: unknown, parameter: string): unknown {
	let parsed = value;
	if (typeof value === 'string') {
		try {
			parsed = JSON.parse(value);
		} catch (error) {
			parsed = error;
		}
		if (parsed instanceof Error) {
			throw new InputProblem(
				`'${parameter}' is not valid JSON: ${parsed.message}`,
				'Check quotes, commas and brackets. An expression may also give an object.',
			);
		}
	}
	refusePrototypeKeys(parsed, parameter);
	return parsed;
}

/**
 * A JSON object that a user gave as JSON text or as an object. Empty input gives `{}`.
 * @throws InputProblem when it is anything but an object.
 */
export function parseJsonObject(value: unknown, parameter: string): JsonObject {
	if (value === undefined || value === null || value === '') return {};
	const parsed = parseJson(value, parameter);
	if (!isObject(parsed)) {
		throw new InputProblem(
			`'${parameter}' must be a JSON object, not ${describeType(parsed)}`,
			'Write an object in curly brackets, for example {"num_epochs": 10}.',
		);
	}
	return parsed;
}

export function describeType(value: unknown): string {
	if (value === null) return 'null';
	if (value === undefined) return 'empty';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'an object';
	return `a ${typeof value}`;
}

function refusePrototypeKeys(value: unknown, parameter: string): void {
	if (typeof value !== 'object' || value === null) return;
	for (const key of Object.keys(value)) {
		if (key === '__proto__') {
			throw new InputProblem(
				`'${parameter}' has the key "__proto__", which is not allowed`,
				'Remove the key. Clarifai has no parameter of that name.',
			);
		}
		refusePrototypeKeys((value as JsonObject)[key], parameter);
	}
}
