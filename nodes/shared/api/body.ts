import type { Buffers } from './buffers';

/** A multiple of three, so that each block's base64 goes on where the one before it has ended. */
const BLOCK_BYTES = 48 * 1024;

/** The most bytes that files of so many bytes together have as base64, each with its padding. */
export const base64Length = (bytes: number, files = 1): number =>
	(Math.ceil(bytes / 3) + Math.max(files - 1, 0)) * 4;

/** A part of a body, as the places of its first byte and of the one behind its last. */
export interface Part {
	start: number;
	end: number;
}

/** The JSON of a request, as it is being written into a buffer. */
export class Body {
	private buffer: Buffer;
	private end = 0;

	/** @param expected bytes, as far as they are known beforehand */
	constructor(
		private readonly buffers: Buffers,
		expected: number,
	) {
		this.buffer = buffers.take(expected);
	}

	/** Bytes written so far. */
	get length(): number {
		return this.end;
	}

	writeText(text: string): void {
		this.reserve(Buffer.byteLength(text));
		this.end += this.buffer.write(text, this.end);
	}

	/** In blocks, as a long text would get pages of its own from the system. */
	writeBase64(content: Buffer): void {
		this.reserve(base64Length(content.length));
		for (let from = 0; from < content.length; from += BLOCK_BYTES) {
			const block = content.toString('base64', from, from + BLOCK_BYTES);
			this.end += this.buffer.write(block, this.end, 'latin1');
		}
	}

	/** A file that is a text, inside the quotation marks that are there already. */
	writeJsonText(content: Buffer): void {
		this.writeText(JSON.stringify(content.toString('utf8')).slice(1, -1));
	}

	/** Leaves out what lies between and behind the parts, which are in the order of their places. */
	keepOnly(beginning: number, parts: readonly Part[]): void {
		this.end = beginning;
		for (const { start, end } of parts) {
			if (start > this.end) this.buffer.copyWithin(this.end, start, end);
			this.end += end - start;
		}
	}

	written(): Buffer {
		return this.buffer.subarray(0, this.end);
	}

	/** When nobody reads any more what was written. */
	giveBack(): void {
		this.buffers.giveBack(this.buffer);
	}

	/** A file may be longer than it was said to be. */
	private reserve(bytes: number): void {
		const needed = this.end + bytes;
		if (needed <= this.buffer.length) return;
		const larger = this.buffers.take(needed * 2);
		this.buffer.copy(larger, 0, 0, this.end);
		this.buffers.giveBack(this.buffer);
		this.buffer = larger;
	}
}
