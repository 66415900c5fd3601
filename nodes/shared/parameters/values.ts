import { describeType, isObject, type JsonObject } from '../clarifai/json';
import { unresolved } from './ids';
import { InputProblem } from './problems';

/** Whether a value counts as not set. */
export function isUnset(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}

/**
 * Members of what an expression gives. JSON has no undefined, so it is no value that anybody chose; null is.
 * @throws InputProblem that names the first member without a value, or that holds what it is in
 */
export function refuseUndefinedMembers(
	value: unknown,
	label: string,
	path = '',
	above: readonly object[] = [],
): void {
	if (typeof value !== 'object' || value === null) return;
	if (above.includes(value)) {
		throw new InputProblem(
			`'${label}' is an expression whose value holds itself, at "${path}"`,
			'Give plain data, as in JSON.',
		);
	}
	for (const [key, member] of Object.entries(value)) {
		const place = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
		if (member === undefined) {
			throw new InputProblem(
				`'${label}' is an expression that gives nothing for "${place}"`,
				`Check the names of the fields that it reads, or take "${place}" out of it.`,
			);
		}
		refuseUndefinedMembers(member, label, place, [...above, value]);
	}
}

/**
 * One of `choices`, `fallback` when it is empty: an expression may give anything.
 * @throws InputProblem when it is none of them
 */
export function checkChoice<T extends string>(
	value: unknown,
	label: string,
	choices: readonly T[],
	fallback: T,
): T {
	if (isUnset(value)) return fallback;
	const found = choices.find((choice) => choice === value);
	if (found !== undefined) return found;
	throw new InputProblem(
		`'${label}' must be one of: ${choices.join(', ')}, not ${shown(value)}`,
		'Pick one from the list, or enter an expression that gives one of these values.',
	);
}

/**
 * A boolean, also as the texts and numbers that expressions and AI agents give; `fallback` when empty.
 * @throws InputProblem when it is something else
 */
export function checkBoolean(value: unknown, label: string, fallback = false): boolean {
	if (isUnset(value)) return fallback;
	const found = asBoolean(value);
	if (found !== undefined) return found;
	throw new InputProblem(
		`'${label}' must be true or false, not ${shown(value)}`,
		'Switch it on or off, or enter an expression that gives true or false.',
	);
}

/** true, "True", " true " and 1; false likewise; undefined for anything else. */
export function asBoolean(value: unknown): boolean | undefined {
	if (typeof value === 'boolean') return value;
	const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
	switch (text.trim().toLowerCase()) {
		case 'true':
		case '1':
			return true;
		case 'false':
		case '0':
			return false;
		default:
			return undefined;
	}
}

/**
 * A text that may be left out.
 * @throws InputProblem when it is a list or an object
 */
export function checkOptionalText(value: unknown, label: string): string | undefined {
	if (isUnset(value)) return undefined;
	if (typeof value !== 'object') return String(value);
	throw new InputProblem(
		`'${label}' must be a text, not ${describeType(value)}`,
		'If it is an expression, let it give a text, for example {{ JSON.stringify($json) }}.',
	);
}

export interface NumberLimits {
	min?: number;
	max?: number;
	whole?: boolean;
}

/**
 * A number that may come from an expression as text.
 * @throws InputProblem when it is not a number, out of range, or a fraction where `whole` is asked for
 */
export function checkNumber(
	value: unknown,
	label: string,
	{ min = -Infinity, max = Infinity, whole = false }: NumberLimits = {},
): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	const isNumber = typeof number === 'number' && Number.isFinite(number);
	if (!isNumber || number < min || number > max || (whole && !Number.isInteger(number))) {
		if (typeof value === 'string' && /\{\{.*\}\}/.test(value)) throw unresolved(value, label);
		throw new InputProblem(
			`'${label}' must be a ${whole ? 'whole ' : ''}number${inWords(min, max)}, not ${shown(value)}`,
			'Enter a number, or an expression that gives one.',
		);
	}
	return number;
}

function inWords(min: number, max: number): string {
	if (min === -Infinity) return max === Infinity ? '' : ` of ${max} or less`;
	return max === Infinity ? ` of ${min} or more` : ` from ${min} to ${max}`;
}

/**
 * A JSON value that a user gave as JSON text or as a value from an expression.
 * @throws InputProblem when the text is not JSON or a key is `__proto__`
 */
export function parseJson(value: unknown, label: string): unknown {
	let parsed = value;
	if (typeof value === 'string') {
		try {
			parsed = JSON.parse(value);
		} catch (error) {
			parsed = error;
		}
		if (parsed instanceof Error) {
			if (/\{\{.*\}\}/s.test(value)) throw unresolved(value, label);
			throw new InputProblem(
				`'${label}' is not valid JSON: ${parsed.message}`,
				'Check quotes, commas and brackets. An expression may also give an object.',
			);
		}
	}
	refusePrototypeKeys(parsed, label);
	return parsed;
}

/**
 * A JSON object that a user gave as JSON text or as an object. Empty input gives `{}`.
 * @throws InputProblem when it is anything but an object
 */
export function parseJsonObject(value: unknown, label: string): JsonObject {
	if (isUnset(value)) return {};
	const parsed = parseJson(value, label);
	if (!isObject(parsed)) {
		throw new InputProblem(
			`'${label}' must be a JSON object, not ${describeType(parsed)}`,
			'Write an object in curly brackets, for example {"num_epochs": 10}.',
		);
	}
	return parsed;
}

function refusePrototypeKeys(value: unknown, label: string): void {
	if (typeof value !== 'object' || value === null) return;
	for (const key of Object.keys(value)) {
		if (key === '__proto__') {
			throw new InputProblem(
				`'${label}' has the key "__proto__", which is not allowed`,
				'Remove the key. Clarifai has no parameter of that name.',
			);
		}
		refusePrototypeKeys((value as JsonObject)[key], label);
	}
}

function shown(value: unknown): string {
	return typeof value === 'object' || value === undefined
		? describeType(value)
		: `"${String(value)}"`;
}
