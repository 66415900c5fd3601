import { describeType } from './json';
import { InputProblem } from './problems';

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
