import type { MediaKind } from './content.mts';
import { tinyGif } from './tinyGif.mts';

const MARK = 'clarifai-emulator-content:';

/**
 * What is downloaded in place of media that the emulator does not have: those it was given by URL, and
 * large ones, whose bytes it does not keep. It bears the content's key, so that whoever sends it on, to
 * have a stored input predicted for instance, means the same content.
 */
export function makeStandIn(kind: MediaKind, key: string): Buffer {
	const mark = MARK + key;
	switch (kind) {
		case 'image':
			return tinyGif(0, mark);
		case 'audio':
			return Buffer.from(`RIFF\0\0\0\0WAVE${mark}`, 'latin1');
		case 'video':
			return Buffer.from(`RIFF\0\0\0\0AVI ${mark}`, 'latin1');
		case 'text':
			return Buffer.from(mark);
	}
}

export function keyInStandIn(text: string): string | undefined {
	const at = text.indexOf(MARK);
	if (at < 0) return undefined;
	const key = text.slice(at + MARK.length, at + MARK.length + 64);
	return /^[0-9a-f]{64}$/.test(key) ? key : undefined;
}
