import { crc32, inflateSync } from 'node:zlib';

export interface ReadPng {
	width: number;
	height: number;
	/** As 0xRRGGBB, row by row. */
	pixels: number[];
	at(x: number, y: number): number;
	count(color: number): number;
}

/** Reads a PNG with a palette of 8 bits and no filters; everything else is an error. */
export function readPng(data: Uint8Array): ReadPng {
	const bytes = Buffer.from(data);
	expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
	const chunks = new Map<string, Buffer>();
	for (let at = 8; at < bytes.length; ) {
		const length = bytes.readUInt32BE(at);
		const body = bytes.subarray(at + 4, at + 8 + length);
		expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(body));
		chunks.set(body.subarray(0, 4).toString('latin1'), body.subarray(4));
		at += 12 + length;
	}
	expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
	const header = chunks.get('IHDR')!;
	expect([...header.subarray(8)]).toEqual([8, 3, 0, 0, 0]);
	const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
	// Checks the Adler sum as well.
	const rows = inflateSync(chunks.get('IDAT')!);
	expect(rows).toHaveLength((width + 1) * height);
	const palette = chunks.get('PLTE')!;
	const pixels: number[] = [];
	const filters = new Set<number>();
	for (let y = 0; y < height; y++) {
		filters.add(rows[y * (width + 1)]);
		for (let x = 1; x <= width; x++) {
			pixels.push(palette.readUIntBE(rows[y * (width + 1) + x] * 3, 3));
		}
	}
	expect([...filters]).toEqual([0]);
	return {
		width,
		height,
		pixels,
		at: (x, y) => pixels[y * width + x],
		count: (color) => pixels.reduce((sum, pixel) => sum + Number(pixel === color), 0),
	};
}
