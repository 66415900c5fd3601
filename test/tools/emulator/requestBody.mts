import { LargeBase64, readLargeBase64 } from './largeBase64.mts';
import { ApiError, Code } from './statuses.mts';

/** The body of a request: what its JSON says, or the text where it is none. */
export type RequestBody = { value: unknown } | { text: string; problem: string };

/** @param keepUpTo bytes of base64 beyond which only a LargeBase64 is made of it */
export function parseBody(bytes: Buffer, keepUpTo: number): RequestBody {
	if (bytes.length === 0) return { value: undefined };
	try {
		return { value: parseJson(bytes, keepUpTo) };
	} catch (error) {
		return { text: bytes.toString(), problem: (error as Error).message };
	}
}

export function bodyValue(body: RequestBody): unknown {
	if ('value' in body) return body.value;
	throw new ApiError(Code.badRequestFormat, body.problem);
}

const KEY = '"base64"';

/** What stands for a text that has been taken out: JSON for a zero byte, which base64 cannot have. */
const MARK = '\\u0000';

function parseJson(bytes: Buffer, keepUpTo: number): unknown {
	if (bytes.length <= keepUpTo) return JSON.parse(bytes.toString());
	const large: LargeBase64[] = [];
	const rest: string[] = [];
	let copied = 0;
	// Quotes within a string are escaped, so what is found is a whole string and never a part of one.
	for (let key = bytes.indexOf(KEY); key >= 0; ) {
		const start = valueStart(bytes, key + KEY.length);
		const end = start < 0 ? key + KEY.length : bytes.indexOf('"', start);
		if (end < 0) break;
		const isLong = start >= 0 && (end - start) * 0.75 > keepUpTo;
		const read = isLong && readLargeBase64(bytes, start, end);
		if (read) {
			rest.push(bytes.toString('utf8', copied, start), `${MARK}${large.length}`);
			large.push(read);
			copied = end;
		}
		key = bytes.indexOf(KEY, end);
	}
	if (large.length === 0) return JSON.parse(bytes.toString());
	rest.push(bytes.toString('utf8', copied));
	return JSON.parse(rest.join(''), (key: string, value: unknown) =>
		key === 'base64' && typeof value === 'string' && value.startsWith('\0')
			? large[Number(value.slice(1))]
			: value,
	);
}

/** Where the text begins that is the value of a key, or -1 where something else follows. */
function valueStart(bytes: Buffer, afterKey: number): number {
	const next = /^\s*:\s*"/.exec(bytes.toString('latin1', afterKey, afterKey + 16));
	return next ? afterKey + next[0].length : -1;
}

/** What is noted of a body: all of it, except that long texts are cut. */
export function recordedBody(body: RequestBody, keepUpTo: number): unknown {
	return withoutLongTexts('value' in body ? body.value : body.text, keepUpTo);
}

const SHOWN_CHARACTERS = 40;

function withoutLongTexts(value: unknown, keepUpTo: number): unknown {
	if (value instanceof LargeBase64) return value.toString();
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
