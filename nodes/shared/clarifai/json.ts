export type JsonObject = { [key: string]: unknown };

/** True for `{...}` only: not for null, arrays, dates or class instances. */
export function isObject(value: unknown): value is JsonObject {
	if (typeof value !== 'object' || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	// An expression's result can come from another realm, so compare by shape, not by identity.
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The same without the keys that have no value: what is not known, or does not apply, is left out. */
export function known<T extends object>(object: T): T {
	return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
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
 * Whether what is shown agrees with what was asked for. Clarifai's lists leave fields out and its
 * answers fill defaults in, so only what is shown of what was asked is compared: absent is not
 * different, and more than was asked is not different either.
 */
export function agrees(shown: unknown, asked: unknown): boolean {
	return isShown(shown, asked, true);
}

/** The same where what is absent counts as different. */
export function showsAll(shown: unknown, asked: unknown): boolean {
	return isShown(shown, asked, false);
}

function isShown(shown: unknown, asked: unknown, mayBeAbsent: boolean): boolean {
	if (asked === undefined) return true;
	if (shown === undefined || shown === null) return mayBeAbsent;
	if (isObject(asked)) {
		return (
			isObject(shown) &&
			Object.entries(asked).every(([key, value]) => isShown(shown[key], value, mayBeAbsent))
		);
	}
	if (Array.isArray(asked)) {
		return (
			Array.isArray(shown) &&
			shown.length === asked.length &&
			asked.every((value, index) => isShown(shown[index], value, mayBeAbsent))
		);
	}
	return shown === asked || String(shown) === String(asked);
}

/** "a list", "an object", "a number", …, for messages. */
export function describeType(value: unknown): string {
	if (value === null) return 'null';
	if (value === undefined) return 'empty';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'an object';
	return `a ${typeof value}`;
}
