import { ApiError, Code } from './statuses.mts';

/** The body of a request: what its JSON says, or the text where it is none. */
export type RequestBody = { value: unknown } | { text: string; problem: string };

export function parseBody(text: string): RequestBody {
	if (text === '') return { value: undefined };
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		return { text, problem: (error as Error).message };
	}
}

export function bodyValue(body: RequestBody): unknown {
	if ('value' in body) return body.value;
	throw new ApiError(Code.badRequestFormat, body.problem);
}

/** What is noted of a body: all of it, except that long texts are cut. */
export function recordedBody(body: RequestBody, keepUpTo: number): unknown {
	return 'value' in body ? withoutLongTexts(body.value, keepUpTo) : body.text;
}

const SHOWN_CHARACTERS = 40;

function withoutLongTexts(value: unknown, keepUpTo: number): unknown {
	if (typeof value === 'string') return value.length <= keepUpTo ? value : cut(value);
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) return value.map((entry) => withoutLongTexts(entry, keepUpTo));
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [key, withoutLongTexts(entry, keepUpTo)]),
	);
}

function cut(text: string) {
	// Through a buffer, as a plain slice would keep the whole text in memory.
	const start = Buffer.from(text.slice(0, SHOWN_CHARACTERS)).toString();
	return `${start}… (${text.length} characters)`;
}
