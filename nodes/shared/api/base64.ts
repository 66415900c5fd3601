import type { Buffers } from './buffers';

/** A file's base64 that has been made already. */
export class Base64 {
	/** @param written is told once it is in a body: it cannot be read again then */
	constructor(
		readonly text: Buffer,
		readonly written: () => void = () => undefined,
	) {}

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
	private buffer: Buffer | undefined;
	private length = 0;
	private unwritten = 0;

	/** @param size bytes and number of all files, as far as they are known beforehand */
	constructor(
		private readonly buffers: Buffers,
		private readonly size: { bytes: number; files: number },
	) {}

	/** The file as it is, where it is longer than was known. */
	keep(content: Buffer): Base64 | Buffer {
		const { bytes, files } = this.size;
		this.buffer ??= this.buffers.take(base64Length(bytes) + 4 * files);
		if (this.length + base64Length(content.length) > this.buffer.length) return content;
		const start = this.length;
		this.length += writeBase64(content, this.buffer, start);
		this.unwritten++;
		return new Base64(this.buffer.subarray(start, this.length), () => {
			if (--this.unwritten === 0) this.giveBack();
		});
	}

	/** When nobody reads any more what was kept; done by itself once all of it is in a body. */
	giveBack(): void {
		if (this.buffer) this.buffers.giveBack(this.buffer);
		this.buffer = undefined;
	}
}
