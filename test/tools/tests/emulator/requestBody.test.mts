import { createHash, randomBytes } from 'node:crypto';
import { LargeBase64, readLargeBase64 } from '../../emulator/largeBase64.mts';
import type { Message } from '../../emulator/message.mts';
import { bodyValue, parseBody } from '../../emulator/requestBody.mts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const read = (text: string) => readLargeBase64(Buffer.from(text), 0, text.length);

describe('base64 read from the bytes of a request', () => {
	test.each([0, 1, 2, 3, 4, 49_151, 49_152, 49_153, 200_000])('%i bytes', (size) => {
		const bytes = randomBytes(size);
		const padded = bytes.toString('base64');
		for (const text of [padded, padded.replace(/=+$/, ''), bytes.toString('base64url')]) {
			expect(read(text)).toMatchObject({ sha256: sha256(bytes), size, length: text.length });
		}
	});

	test.each(['A', 'AAAAA', 'AA A', 'AA\nAA', 'A=AA', '====', 'AAAä', 'AA\\/A'])(
		'not %j',
		(text) => {
			expect(read(text)).toBeUndefined();
		},
	);

	test('has its beginning, as a string has', () => {
		const text = randomBytes(3000).toString('base64');
		const large = read(text)!;
		expect(large.slice(0, 32)).toBe(text.slice(0, 32));
		expect(large.toString()).toBe(`${text.slice(0, 40)}… (4000 characters)`);
	});
});

describe('the body of a request', () => {
	const KEEP = 100;
	const parse = (text: string) => bodyValue(parseBody(Buffer.from(text), KEEP)) as Message;
	const long = randomBytes(1000);
	const base64 = long.toString('base64');

	test('has long base64 texts as hashes, and everything else as it is', () => {
		const short = randomBytes(20).toString('base64');
		const kept = { id: 'schön "base64":', raw: base64, list: ['base64', base64, { base64: 1 }] };
		const value = parse(
			JSON.stringify({ a: [{ base64 }, { base64: short }], 1: { base64 }, kept }, undefined, 2),
		);
		const large = expect.objectContaining({ sha256: sha256(long), size: 1000 }) as unknown;
		expect(value).toEqual({
			a: [{ base64: large }, { base64: short }],
			1: { base64: large },
			kept,
		});
		expect(value.a[0].base64).toBeInstanceOf(LargeBase64);
	});

	test('leaves a long text that is no base64 for the proto to refuse', () => {
		expect(parse(JSON.stringify({ base64: ' '.repeat(500) })).base64).toBe(' '.repeat(500));
		const escaped = `{"base64":"${'AAA\\/'.repeat(100)}"}`;
		expect(parse(escaped).base64).toBe('AAA/'.repeat(100));
	});

	test.each(['{"base64":"', `{"base64":"${base64}`, `{"base64":"${base64}"`, '{"base64":', 'x'])(
		'that is cut off is bad JSON',
		(text) => {
			const padded = text + ' '.repeat(KEEP);
			const body = parseBody(Buffer.from(padded), KEEP);
			expect(body).toEqual({ text: padded, problem: expect.any(String) });
			expect(() => bodyValue(body)).toThrow('11100');
		},
	);

	test('may be empty', () => {
		expect(parse('')).toBeUndefined();
	});
});
