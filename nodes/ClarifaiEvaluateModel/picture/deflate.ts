/**
 * Deflate (RFC 1951) with the fixed codes. Repeats are looked for where pictures have them: right
 * before, one row above, and where the same three bytes were last.
 */
export function deflate(bytes: Uint8Array, rowLength: number): Uint8Array {
	const bits = new BitWriter();
	bits.write(0b011, 3); // the last block, with the fixed codes
	const lastSeen = new Map<number, number>();
	for (let at = 0; at < bytes.length; ) {
		const key = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
		let best = { length: 0, distance: 0 };
		for (const distance of [1, rowLength, at - (lastSeen.get(key) ?? at)]) {
			const length = repeatLength(bytes, at, distance);
			if (length > best.length) best = { length, distance };
		}
		lastSeen.set(key, at);
		if (best.length < MIN_REPEAT) {
			writeSymbol(bits, bytes[at]);
			at++;
			continue;
		}
		writeLength(bits, best.length);
		writeDistance(bits, best.distance);
		at += best.length;
	}
	writeSymbol(bits, END);
	return bits.bytes();
}

const MIN_REPEAT = 3;
const MAX_REPEAT = 258;
const MAX_DISTANCE = 32768;
const END = 256;

function repeatLength(bytes: Uint8Array, at: number, distance: number): number {
	if (distance < 1 || distance > Math.min(at, MAX_DISTANCE)) return 0;
	const limit = Math.min(MAX_REPEAT, bytes.length - at);
	let length = 0;
	while (length < limit && bytes[at + length] === bytes[at + length - distance]) length++;
	return length;
}

/** A literal byte, the end, or the code of a length. */
function writeSymbol(bits: BitWriter, symbol: number): void {
	if (symbol < 144) bits.writeCode(0x30 + symbol, 8);
	else if (symbol < 256) bits.writeCode(0x190 + symbol - 144, 9);
	else if (symbol < 280) bits.writeCode(symbol - 256, 7);
	else bits.writeCode(0xc0 + symbol - 280, 8);
}

function writeLength(bits: BitWriter, length: number): void {
	if (length === MAX_REPEAT) return writeSymbol(bits, 285);
	const { step, extraBits, extra } = ladder(length - MIN_REPEAT, 4);
	writeSymbol(bits, 257 + step);
	bits.write(extra, extraBits);
}

function writeDistance(bits: BitWriter, distance: number): void {
	const { step, extraBits, extra } = ladder(distance - 1, 2);
	bits.writeCode(step, 5);
	bits.write(extra, extraBits);
}

/**
 * Deflate's tables of lengths and distances are ladders: after two rounds of single steps, each
 * round of `steps` steps spans twice the last one's.
 */
function ladder(value: number, steps: number): { step: number; extraBits: number; extra: number } {
	const extraBits = Math.max(0, Math.floor(Math.log2(Math.max(1, value) / steps)));
	const step = extraBits * steps + (value >> extraBits);
	return { step, extraBits, extra: value & ((1 << extraBits) - 1) };
}

class BitWriter {
	private readonly done: number[] = [];
	private pending = 0;
	private count = 0;

	/** The lowest bit first. */
	write(value: number, length: number): void {
		this.pending |= value << this.count;
		this.count += length;
		for (; this.count >= 8; this.count -= 8, this.pending >>>= 8)
			this.done.push(this.pending & 255);
	}

	/** A code: the highest bit first. */
	writeCode(code: number, length: number): void {
		for (let bit = length - 1; bit >= 0; bit--) this.write((code >> bit) & 1, 1);
	}

	bytes(): Uint8Array {
		return Uint8Array.from(this.count > 0 ? [...this.done, this.pending & 255] : this.done);
	}
}
