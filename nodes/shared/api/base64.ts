import type { Buffers } from './buffers';

/** A file's base64 that has been made already. */
export class Base64 {
	constructor(readonly text: Buffer) {}

	decoded(): Buffer {
		return Buffer.from(this.text.toString('latin1'), 'base64');
	}
}

/** A multiple of three, so that each block's base64 goes on where the one before it has ended. */
const BLOCK_BYTES = 48 * 1024;

export const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/**
 * Writes a file's base64 into a buffer that has the room; in blocks, as a long text would get pages of
 * its own from the system.
 * @returns the bytes written
 */
export function writeBase64(content: Buffer | Base64, into: Buffer, at: number): number {
	if (content instanceof Base64) return content.text.copy(into, at);
	let end = at;
	for (let from = 0; from < content.length; from += BLOCK_BYTES) {
		end += into.write(content.toString('base64', from, from + BLOCK_BYTES), end, 'latin1');
	}
	return end - at;
}

/**
 * Files' base64, kept in one buffer from the reading to the request. The buffers in which files are read
 * must not be: letting many go at once takes the garbage collection longer than all the rest.
 */
export class KeptBase64 {
	private readonly buffer: Buffer;
	private length = 0;

	/** @param size bytes and number of all files, as far as they are known beforehand */
	constructor(
		private readonly buffers: Buffers,
		size: { bytes: number; files: number },
	) {
		this.buffer = buffers.take(base64Length(size.bytes) + 4 * size.files);
	}

	/** The file as it is, where it is longer than was known. */
	keep(content: Buffer): Base64 | Buffer {
		if (this.length + base64Length(content.length) > this.buffer.length) return content;
		const start = this.length;
		this.length += writeBase64(content, this.buffer, start);
		return new Base64(this.buffer.subarray(start, this.length));
	}

	/** Nobody may read what was kept any more. */
	giveBack(): void {
		this.buffers.giveBack(this.buffer);
	}
}
