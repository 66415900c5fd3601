import { deflate } from './deflate';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A PNG with a palette. `pixels` are places in it, row by row; colours are 0xRRGGBB. */
export function encodePng(
	width: number,
	height: number,
	pixels: Uint8Array,
	palette: readonly number[],
): Uint8Array {
	const rows = new Uint8Array((width + 1) * height);
	for (let y = 0; y < height; y++) {
		// Each row begins with its filter: 0, none.
		rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
	}
	const header = [...uint32(width), ...uint32(height), 8, 3, 0, 0, 0]; // 8 bits, palette
	const colors = palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]);
	const zlib = [[0x78, 0x01], deflate(rows, width + 1), uint32(adler32(rows))];
	return joined([
		SIGNATURE,
		chunk('IHDR', Uint8Array.from(header)),
		chunk('PLTE', Uint8Array.from(colors)),
		chunk('IDAT', joined(zlib)),
		chunk('IEND', new Uint8Array()),
	]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
	const body = joined([[...type].map((letter) => letter.charCodeAt(0)), data]);
	return joined([uint32(data.length), body, uint32(crc32(body))]);
}

function uint32(value: number): number[] {
	return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

function joined(parts: ReadonlyArray<ArrayLike<number>>): Uint8Array {
	const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

function crc32(bytes: Uint8Array): number {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

function adler32(bytes: Uint8Array): number {
	let [a, b] = [1, 0];
	for (const byte of bytes) {
		a = (a + byte) % 65521;
		b = (b + a) % 65521;
	}
	return b * 65536 + a;
}
