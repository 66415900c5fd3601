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
 * Gives the text to put into a body in place of a file's content: as base64, or as the text that it is.
 */
export type PlaceFile = (read: ReadFile, as?: 'base64' | 'text') => string;

/**
 * A JSON body whose files are read one after the other when it is made, and put into their places. No
 * more than one file and the body itself are held at a time.
 */
export function fileBody(compose: (place: PlaceFile) => JsonObject, size: number): FileBody {
	return {
		size,
		async make() {
			const mark = randomBytes(12).toString('hex');
			const reads: Array<() => Promise<Buffer>> = [];
			const place: PlaceFile = (read, as = 'base64') => {
				const encode = as === 'text' ? inJsonText : inBase64;
				return `${mark}${reads.push(async () => encode(await read())) - 1}${mark}`;
			};
			const parts = JSON.stringify(compose(place)).split(new RegExp(`${mark}(\\d+)${mark}`));
			const chunks: Buffer[] = [];
			for (const [index, part] of parts.entries()) {
				const isFile = index % 2 === 1;
				chunks.push(isFile ? await reads[Number(part)]() : Buffer.from(part));
			}
			return Buffer.concat(chunks);
		},
	};
}

const inBase64 = (content: Buffer) => Buffer.from(content.toString('base64'), 'latin1');

/** Without the quotation marks, which the place has. */
const inJsonText = (content: Buffer) =>
	Buffer.from(JSON.stringify(content.toString('utf8')).slice(1, -1));
