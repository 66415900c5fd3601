/**
 * Large buffers that are used again: the pages of a new one cost as much as what is written into it.
 */
export class Buffers {
	private readonly spare: Buffer[] = [];

	/** A buffer that has at least so many bytes. */
	take(bytes: number): Buffer {
		const place = this.spare.findIndex(({ length }) => length >= bytes);
		if (place >= 0) return this.spare.splice(place, 1)[0];
		// One that is too small would stay so.
		this.spare.shift();
		return Buffer.allocUnsafeSlow(bytes);
	}

	/** @param part a buffer that was taken, or a part of it, which nobody reads any more */
	giveBack(part: Buffer): void {
		this.spare.push(Buffer.from(part.buffer));
	}
}
