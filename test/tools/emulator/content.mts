import { createHash } from 'node:crypto';
import type { Message } from './message.mts';

/**
 * What tells the medium of one input from another: a hash of its bytes, its URL or its text. Predictions
 * and duplicates go by it.
 */
export function contentKey(data: Message = {}): string {
	const { image, video, audio, text } = data;
	const medium: Message = image ?? video ?? audio ?? text ?? {};
	return hashOf(medium.base64 ?? medium.url ?? medium.raw ?? '');
}

function hashOf(value: Buffer | string): string {
	return createHash('sha256').update(value).digest('hex');
}
