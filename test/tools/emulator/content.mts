import { createHash } from 'node:crypto';
import type { Message } from './message.mts';

/**
 * What tells the medium of one input from another: a hash of its bytes, its URL or its text. Predictions
 * and duplicates go by it.
 */
export function contentKey(data: Message = {}): string {
	const { image, video, audio, text } = data;
	const medium: Message = image ?? video ?? audio ?? text ?? {};
	// The bytes, not their text: the same bytes may be padded or not.
	if (medium.base64) return hashOf(Buffer.from(medium.base64 as string, 'base64'));
	return hashOf(medium.url ?? medium.raw ?? '');
}

function hashOf(value: Buffer | string): string {
	return createHash('sha256').update(value).digest('hex');
}
