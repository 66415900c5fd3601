import type { MediaKind } from './content.mts';
import type { Base64 } from './largeBase64.mts';

/** How files of the documented formats begin; `*` stands for any byte. */
const BEGINNINGS: Record<Exclude<MediaKind, 'text'>, Array<[format: string, beginning: string]>> = {
	image: [
		['JPEG', '\xff\xd8\xff'],
		['PNG', '\x89PNG\r\n\x1a\n'],
		['GIF', 'GIF8'],
		['BMP', 'BM'],
		['TIFF', 'II*\0'],
		['TIFF', 'MM\0*'],
		['WEBP', 'RIFF****WEBP'],
	],
	video: [
		['AVI', 'RIFF****AVI '],
		['WMV', '\x30\x26\xb2\x75'],
		// MP4, MOV and 3GPP are one family of containers.
		['MP4', '****ftyp'],
		['MOV', '****moov'],
	],
	audio: [['WAV', 'RIFF****WAVE']],
};

/** The format of a file by its first bytes; undefined for one that Clarifai does not list. */
export function formatOf(kind: Exclude<MediaKind, 'text'>, base64: Base64): string | undefined {
	const start = Buffer.from(base64.slice(0, 32), 'base64').toString('latin1');
	const begins = (beginning: string) =>
		[...beginning].every((byte, index) => byte === '*' || byte === start[index]);
	return BEGINNINGS[kind].find(([, beginning]) => begins(beginning))?.[0];
}
