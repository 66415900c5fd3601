import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { deflate } from '../../../../nodes/ClarifaiEvaluateModel/picture/deflate.ts';

const inflated = (bytes: Uint8Array, rowLength: number) =>
	new Uint8Array(inflateRawSync(deflate(bytes, rowLength)));

it('is undone by zlib, whatever the bytes', () => {
	const flat = fc
		.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 700 })), {
			maxLength: 12,
		})
		.map((runs) =>
			Uint8Array.from(runs.flatMap(([byte, count]) => Array<number>(count).fill(byte))),
		);
	fc.assert(
		fc.property(
			fc.oneof(fc.uint8Array({ maxLength: 2000 }), flat),
			fc.integer({ min: 1, max: 300 }),
			(bytes, rowLength) => {
				expect(inflated(bytes, rowLength)).toEqual(bytes);
			},
		),
	);
});

it('is undone by zlib for every length and distance of a repeat', () => {
	for (let length = 1; length <= 600; length++) {
		const bytes = new Uint8Array(length).fill(7);
		expect(inflated(bytes, 5)).toEqual(bytes);
	}
	for (const distance of [1, 2, 3, 4, 5, 6, 7, 9, 13, 100, 1000, 4097, 24_577, 32_768, 32_769]) {
		const bytes = new Uint8Array(distance + 300);
		// No other repeat than that of the distance.
		for (let i = 0; i < bytes.length; i++) bytes[i] = ((i % distance) * 2654435761) >>> 13;
		expect(inflated(bytes, distance)).toEqual(bytes);
	}
});

it('makes rows that repeat small', () => {
	const row = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);
	const rows = new Uint8Array(100_000);
	for (let y = 0; y < 100; y++) rows.set(row, y * 1000);

	expect(deflate(rows, 1000).length).toBeLessThan(3000);
});
