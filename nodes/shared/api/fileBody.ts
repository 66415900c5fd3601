import { randomBytes } from 'crypto';
import type { JsonObject } from '../clarifai/json';
import type { BodyBuffers } from './bodyBuffers';

/** A body with files in it, made anew for each request, when it leaves. */
export interface FileBody {
	/** Bytes of the files together, as far as they are known beforehand. */
	size: number;
	/** The body is in one of the buffers, which is to be given back once nobody reads it any more. */
	make(buffers: BodyBuffers): Promise<Buffer>;
}

/** Reads a file; asked once for each request that carries it. */
export type ReadFile = () => Promise<Buffer>;

/**
 * Gives the text to put into a body in place of a file's content: as base64, or as the text that it is.
 */
export type PlaceFile = (read: ReadFile, as?: 'base64' | 'text') => string;

/** A multiple of three, so that each block's base64 goes on where the one before it has ended. */
const BLOCK_BYTES = 48 * 1024;

/** Files that are being read while the one before them is written. */
const READ_AHEAD = 4;

/**
 * A JSON body whose files are read when it is made, and written into their places. No more than a few
 * files and the body itself are held at a time.
 */
export function fileBody(compose: (place: PlaceFile) => JsonObject, size: number): FileBody {
	return {
		size,
		async make(buffers) {
			const mark = randomBytes(12).toString('hex');
			const reads: ReadFile[] = [];
			const writers: Array<(body: Body, content: Buffer) => void> = [];
			const place: PlaceFile = (read, as = 'base64') => {
				writers.push(as === 'text' ? writeJsonText : writeBase64);
				return `${mark}${reads.push(read) - 1}${mark}`;
			};
			const json = JSON.stringify(compose(place));
			const parts = json.split(new RegExp(`${mark}\\d+${mark}`));
			const body = new Body(buffers, Buffer.byteLength(json) + base64Length(size));
			try {
				body.writeText(parts[0]);
				let index = 0;
				for await (const content of readAhead(reads)) {
					writers[index](body, content);
					body.writeText(parts[++index]);
				}
			} catch (error) {
				body.discard();
				throw error;
			}
			return body.written();
		},
	};
}

/** The contents in the order of the files, of which the next ones are being read meanwhile. */
export async function* readAhead(reads: readonly ReadFile[]): AsyncGenerator<Buffer> {
	const reading: Array<Promise<Buffer>> = [];
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
		private readonly buffers: BodyBuffers,
		expected: number,
	) {
		this.buffer = buffers.take(expected);
	}

	writeText(text: string): void {
		this.reserve(Buffer.byteLength(text));
		this.length += this.buffer.write(text, this.length);
	}

	/** In blocks: a long text would get pages of its own from the system. */
	writeBase64(content: Buffer): void {
		this.reserve(base64Length(content.length));
		for (let from = 0; from < content.length; from += BLOCK_BYTES) {
			const block = content.toString('base64', from, from + BLOCK_BYTES);
			this.length += this.buffer.write(block, this.length, 'latin1');
		}
	}

	written(): Buffer {
		return this.buffer.subarray(0, this.length);
	}

	discard(): void {
		this.buffers.giveBack(this.buffer);
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

const base64Length = (bytes: number) => Math.ceil(bytes / 3) * 4;

const writeBase64 = (body: Body, content: Buffer) => body.writeBase64(content);

/** Without the quotation marks, which the place has. */
const writeJsonText = (body: Body, content: Buffer) =>
	body.writeText(JSON.stringify(content.toString('utf8')).slice(1, -1));
