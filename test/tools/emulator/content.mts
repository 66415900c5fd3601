import { createHash } from 'node:crypto';
import { LargeBase64 } from './largeBase64.mts';
import type { Message } from './message.mts';
import { keyInStandIn } from './standIn.mts';

export type MediaKind = 'image' | 'video' | 'audio' | 'text';

const KINDS: MediaKind[] = ['image', 'video', 'audio', 'text'];

export interface Medium {
	kind: MediaKind;
	/** The image, video, audio or text message. */
	message: Message;
}

export function mediaOf(data: Message = {}): Medium[] {
	return KINDS.filter((kind) => data[kind] !== undefined).map((kind) => ({
		kind,
		message: data[kind] as Message,
	}));
}

/** The medium of an input; the first one of an input that has several. */
export function mediumOf(data?: Message): Medium | undefined {
	return mediaOf(data)[0];
}

/**
 * What tells the medium of one input from another: a hash of its bytes, its URL or its text. Predictions
 * and duplicates go by it.
 */
export function contentKey(data: Message = {}): string {
	const { base64, url, raw } = mediumOf(data)?.message ?? {};
	if (base64 instanceof LargeBase64) return base64.sha256;
	if (base64 !== undefined) return keyOfBytes(base64 as string);
	if (raw !== undefined) return keyInStandIn(raw as string) ?? hashOf(raw as string, 'utf8');
	return hashOf((url as string | undefined) ?? '', 'utf8');
}

function keyOfBytes(base64: string): string {
	const start = Buffer.from(base64.slice(0, 1024), 'base64').toString('latin1');
	return keyInStandIn(start) ?? hashOf(base64, 'base64');
}

/** The hash decodes by itself, which takes a third of the time that decoding first would. */
function hashOf(text: string, encoding: 'utf8' | 'base64'): string {
	return createHash('sha256').update(text, encoding).digest('hex');
}
