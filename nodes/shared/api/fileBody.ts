import { randomBytes } from 'crypto';
import type { JsonObject } from '../clarifai/json';

/** A body with files in it, made anew for each request, when it leaves. */
export interface FileBody {
	/** Bytes of the files together, as far as they are known beforehand. */
	size: number;
	make(): Promise<Buffer>;
}

/** Reads a file; asked once for each request that carries it. */
export type ReadFile = () => Promise<Buffer>;

/**
 * A JSON body whose files are read one after the other when it is made, and put into their places as
 * base64. No more than one file and the body itself are held at a time.
 * @param compose gets a function that gives the text to put in place of a file's base64
 */
export function fileBody(
	compose: (place: (read: ReadFile) => string) => JsonObject,
	size: number,
): FileBody {
	return {
		size,
		async make() {
			const mark = randomBytes(12).toString('hex');
			const reads: ReadFile[] = [];
			const text = JSON.stringify(compose((read) => `${mark}${reads.push(read) - 1}${mark}`));
			const parts = text.split(new RegExp(`${mark}(\\d+)${mark}`));
			const chunks: Buffer[] = [];
			for (const [index, part] of parts.entries()) {
				const isFile = index % 2 === 1;
				const content = isFile ? await reads[Number(part)]() : undefined;
				chunks.push(
					content ? Buffer.from(content.toString('base64'), 'latin1') : Buffer.from(part),
				);
			}
			return Buffer.concat(chunks);
		},
	};
}
