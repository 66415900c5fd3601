import { createHash } from 'crypto';
import type { Medium } from '../shared/parameters/mediaParameters';

/** Hexadecimal digits of an ID that is made from the content. */
export const DIGITS = 32;

/**
 * The ID of an input from its content: the same file, address or text is one input, whoever adds it and
 * however often.
 * @param file the content of the file, for a medium that has one
 */
export function idOfContent(medium: Medium, file: Buffer | undefined): string {
	const hash = createHash('sha256').update(`${medium.type}\0`);
	if (medium.source === 'binary') hash.update(file ?? Buffer.alloc(0));
	else hash.update(`${medium.source}\0${medium.source === 'url' ? medium.url : medium.text}`);
	return hash.digest('hex').slice(0, DIGITS);
}
