import { isSafeId } from '../clarifai/identifiers';
import { describeType } from '../clarifai/json';
import { InputProblem } from './problems';

/**
 * An ID as it may be put into a request.
 * @param label display name of the parameter it came from
 * @throws InputProblem when it is empty, not a text, or could leave its place in a URL
 */
export function checkId(value: unknown, label: string): string {
	if (isNothing(value)) {
		throw new InputProblem(
			`'${label}' is empty`,
			`Enter an ID. If '${label}' is an expression, check that the item before this node has the field that it reads.`,
		);
	}
	if (typeof value !== 'string' && typeof value !== 'number') {
		throw new InputProblem(
			`'${label}' must be a text, not ${describeType(value)}`,
			'If it is an expression, let it give the ID alone, for example {{ $json.modelId }}.',
		);
	}
	const id = String(value).trim();
	if (['undefined', 'null', '[object Object]'].includes(id) || Number.isNaN(value)) {
		throw new InputProblem(
			`'${label}' is "${id}"`,
			'The expression gave no ID. Check the name of the field that it reads.',
		);
	}
	if (/\{\{.*\}\}/.test(id)) throw unresolved(id, label);
	if (!isSafeId(id)) {
		throw new InputProblem(
			`'${label}' is not a valid ID: "${shorten(id)}"`,
			'Clarifai IDs are letters and digits, joined by "-" or "_". They have no spaces, slashes or other signs.',
		);
	}
	return id;
}

/** Like {@link checkId}, but an empty value stays absent. */
export function checkOptionalId(value: unknown, label: string): string | undefined {
	return isNothing(value) ? undefined : checkId(value, label);
}

/**
 * IDs given as a list or as one comma-separated text, without repeats.
 * @param gaps whether empty entries of a text are a problem, as they are in a list
 */
export function checkIdList(value: unknown, label: string, gaps = false): string[] {
	if (isNothing(value)) return [];
	if (typeof value === 'object' && !Array.isArray(value)) {
		throw new InputProblem(
			`'${label}' must be a list of IDs, not an object`,
			'Give a list such as ["ferrari", "outdoors"], or a text such as "ferrari, outdoors".',
		);
	}
	const parts: unknown[] = Array.isArray(value)
		? value
		: String(value)
				.split(',')
				.filter((part) => gaps || part.trim() !== '');
	const ids = parts.map((part) => {
		const id = typeof part === 'string' || typeof part === 'number' ? String(part).trim() : '';
		if (/\{\{.*\}\}/.test(id)) throw unresolved(id, label);
		if (id === '' || id === 'undefined' || id === 'null') {
			throw new InputProblem(
				`'${label}' has an empty entry`,
				'Give a list such as ["ferrari", "outdoors"], or a text such as "ferrari, outdoors".',
			);
		}
		return id;
	});
	return [...new Set(ids)];
}

/** A field in Fixed mode does not resolve the expression that was typed into it. */
export function unresolved(text: string, label: string): InputProblem {
	return new InputProblem(
		`'${label}' looks like an expression, but is a fixed text: "${shorten(text)}"`,
		`Switch '${label}' from Fixed to Expression.`,
	);
}

/** Also what an expression gives that reads a field which is not there, alone or as part of a text. */
export function isNothing(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

function shorten(text: string): string {
	const printable = text.replace(/\p{Cc}/gu, ' ');
	return printable.length > 60 ? `${printable.slice(0, 60)}…` : printable;
}
