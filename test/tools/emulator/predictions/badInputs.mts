import { sizeOfBase64 } from '../inputState.mts';
import type { Base64 } from '../largeBase64.mts';
import type { Message } from '../message.mts';
import { Code, makeStatus } from '../statuses.mts';

/**
 * What makes the server unable to read an input. The markers are the emulator's, so that tests can make
 * bad inputs: a URL on a host under `.invalid`, and an image whose bytes are no known format.
 */

const MAX_BYTES = 20_000_000;
const MAX_VIDEO_BYTES = 128_000_000;

/** JPEG, PNG, GIF, WEBP (in RIFF), BMP and TIFF in both byte orders. */
const IMAGE_FORMATS = [
	'ffd8ff',
	'89504e47',
	'47494638',
	'52494646',
	'424d',
	'49492a00',
	'4d4d002a',
];

/** The status of an input that cannot be read, or undefined. */
export function problemOf(data: Message, isContainer: boolean): Message | undefined {
	const media: Message[] = [data.image, data.video, data.audio, data.text].filter(Boolean);
	if (media.length === 0) {
		// Whether the server fetches stored inputs by their ID is not known; the emulator does not.
		return makeStatus(Code.inputInvalidArgument, { details: 'the input has no data' });
	}
	for (const medium of media) {
		const problem = mediumProblem(medium, medium === data.image, isContainer);
		if (problem) return problem;
		const limit = medium === data.video ? MAX_VIDEO_BYTES : MAX_BYTES;
		if (byteLength(medium) > limit) {
			return makeStatus(Code.inputOverLimit, { details: `at most ${limit} bytes` });
		}
	}
	return undefined;
}

function mediumProblem(medium: Message, isImage: boolean, isContainer: boolean) {
	const { base64, url, raw } = medium;
	if (base64) {
		if (!isImage || isKnownImage(base64)) return undefined;
		// A container finds out by itself; the code of the older models is assumed.
		const code = isContainer ? Code.inputInvalidArgument : Code.inputFailed;
		return makeStatus(code, { details: 'cannot identify image file' });
	}
	if (url) {
		if (isReachable(url)) return undefined;
		const details = `404 Client Error: Not Found for url: ${url}`;
		return makeStatus(Code.inputFailed, { details });
	}
	return raw ? undefined : makeStatus(Code.inputInvalidArgument, { details: 'the input is empty' });
}

function isKnownImage(base64: Base64) {
	const start = Buffer.from(base64.slice(0, 16), 'base64').toString('hex');
	return IMAGE_FORMATS.some((format) => start.startsWith(format));
}

function isReachable(url: string) {
	if (!URL.canParse(url)) return false;
	const { protocol, hostname } = new URL(url);
	return ['http:', 'https:'].includes(protocol) && !hostname.endsWith('.invalid');
}

export function byteLength({ base64, raw }: Message): number {
	if (base64) return sizeOfBase64(base64 as Base64);
	return raw ? Buffer.byteLength(raw as string) : 0;
}
