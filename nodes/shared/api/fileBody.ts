import { randomBytes } from 'crypto';
import type { JsonObject } from '../clarifai/json';
import { Base64, base64Length, writeBase64 } from './base64';
import type { Buffers } from './buffers';

/** A body with files in it, made anew for each request, when it leaves. */
export interface FileBody {
	/** Bytes of the files together, as far as they are known beforehand. */
	size: number;
	/** The body is in one of the buffers, which is to be given back once nobody reads it any more. */
	make(buffers: Buffers): Promise<Buffer>;
}

/** A file, or its base64 where that is what goes into a body. */
export type FileContent = Buffer | Base64;

/** Reads a file; asked once for each request that carries it. */
export type ReadFile<Content = FileContent> = () => Promise<Content>;

/**
 * Gives the text to put into a body in place of a file's content: as base64, or as the text that it is.
 */
export type PlaceFile = (read: ReadFile, as?: 'base64' | 'text') => string;

/** Files of one body that are being read at once: a disk needs a few, a bucket is far away. */
const READ_AHEAD = 12;

/**
 * A JSON body whose files are read when it is made, and written into their places. No more than a few
 * files and the body itself are held at a time.
 */
export function fileBody(compose: (place: PlaceFile) => JsonObject, size: number): FileBody {
	return {
		size,
		async make(buffers) {
			const mark = randomBytes(12).toString('hex');
			const placed: Array<{ read: ReadFile; put: Put }> = [];
			const json = JSON.stringify(
				compose((read, as = 'base64') => {
					placed.push({ read, put: as === 'text' ? putJsonText : putBase64 });
					return `${mark}${placed.length - 1}${mark}`;
				}),
			);
			const [beginning, ...parts] = json.split(new RegExp(`${mark}(\\d+)${mark}`));
			const files = parts.flatMap((part, index) => (index % 2 === 0 ? [placed[Number(part)]] : []));
			const body = new Body(buffers, Buffer.byteLength(json) + base64Length(size));
			body.writeText(beginning);
			let index = 0;
			for await (const content of readAhead(files.map(({ read }) => read))) {
				files[index].put(body, content);
				if (content instanceof Base64) content.written();
				body.writeText(parts[2 * index++ + 1]);
			}
			return body.written();
		},
	};
}

/** The contents in the order of the files, of which the next ones are being read meanwhile. */
export async function* readAhead<Content>(
	reads: ReadonlyArray<ReadFile<Content>>,
): AsyncGenerator<Content, void> {
	const reading: Array<Promise<Content>> = [];
	for (const [index] of reads.entries()) {
		for (const read of reads.slice(index + reading.length, index + READ_AHEAD)) {
			const content = read();
			// One that fails after another is of no interest.
			content.catch(() => undefined);
			reading.push(content);
		}
		yield await reading.shift()!;
	}
}

/** A body that is being written into a buffer. */
class Body {
	private buffer: Buffer;
	private length = 0;

	/** @param expected bytes, as far as they are known beforehand */
	constructor(
		private readonly buffers: Buffers,
		expected: number,
	) {
		this.buffer = buffers.take(expected);
	}

	writeText(text: string): void {
		this.reserve(Buffer.byteLength(text));
		this.length += this.buffer.write(text, this.length);
	}

	writeBase64(content: FileContent): void {
		this.reserve(Buffer.isBuffer(content) ? base64Length(content.length) : content.text.length);
		this.length += writeBase64(content, this.buffer, this.length);
	}

	written(): Buffer {
		return this.buffer.subarray(0, this.length);
	}

	/** A file may be longer than it was said to be. */
	private reserve(bytes: number): void {
		const needed = this.length + bytes;
		if (needed <= this.buffer.length) return;
		const larger = this.buffers.take(needed * 2);
		this.buffer.copy(larger, 0, 0, this.length);
		this.buffers.giveBack(this.buffer);
		this.buffer = larger;
	}
}

type Put = (body: Body, content: FileContent) => void;

const putBase64: Put = (body, content) => body.writeBase64(content);

/** Without the quotation marks, which the place has. */
const putJsonText: Put = (body, content) => {
	const file = Buffer.isBuffer(content) ? content : content.decoded();
	body.writeText(JSON.stringify(file.toString('utf8')).slice(1, -1));
};
