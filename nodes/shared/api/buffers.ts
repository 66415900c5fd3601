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

/** Nobody gets what is sent to it. */
const { port1: nowhere } = new MessageChannel();
nowhere.close();

/**
 * Frees the memory of a file at once, which nobody reads any more. V8 counts what waits for its garbage
 * collector as growth of the heap, and for a few files marks all of n8n's heap again.
 * (`ArrayBuffer.prototype.transfer` is not in Node 20.)
 */
export function letGo(content: Buffer): void {
	// A small one is a part of memory that others use.
	if (content.length !== content.buffer.byteLength) return;
	try {
		nowhere.postMessage(undefined, [content.buffer as ArrayBuffer]);
	} catch {
		// Node may keep memory that it has given out: it is collected some time.
	}
}
