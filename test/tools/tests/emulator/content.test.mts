import { contentKey, mediumOf } from '../../emulator/content.mts';
import { makeStandIn } from '../../emulator/standIn.mts';
import { tinyGif } from '../../emulator/tinyGif.mts';

const base64 = (bytes: Buffer | string) => Buffer.from(bytes).toString('base64');

describe('the key of a content', () => {
	test('is that of the bytes, however their base64 is written', () => {
		const bytes = Buffer.from([0xfb, 0xff, 0xfe, 1]);
		const key = contentKey({ image: { base64: bytes.toString('base64') } });
		expect(contentKey({ image: { base64: bytes.toString('base64url') } })).toBe(key);
		expect(contentKey({ image: { base64: base64('other') } })).not.toBe(key);
	});

	test('is the same for a text and for the bytes of it', () => {
		expect(contentKey({ text: { raw: 'schön' } })).toBe(
			contentKey({ image: { base64: base64('schön') } }),
		);
	});

	test('tells addresses apart', () => {
		const keyOf = (url: string) => contentKey({ image: { url } });
		expect(keyOf('https://a.example/1.png')).not.toBe(keyOf('https://a.example/2.png'));
	});

	test.each(['image', 'audio', 'video'] as const)('survives in what stands for %s', (kind) => {
		const key = contentKey({ [kind]: { url: 'https://a.example/file' } });
		const standIn = base64(makeStandIn(kind, key));
		expect(contentKey({ [kind]: { base64: standIn } })).toBe(key);
	});

	test('survives in what stands for text', () => {
		const key = contentKey({ text: { url: 'https://a.example/a.txt' } });
		expect(contentKey({ text: { raw: makeStandIn('text', key).toString() } })).toBe(key);
	});
});

test('small pictures differ by their number', () => {
	const keys = [1, 2, 256, 65_536].map((n) =>
		contentKey({ image: { base64: tinyGif(n).toString('base64') } }),
	);
	expect(new Set(keys).size).toBe(4);
});

test('the medium of an input', () => {
	expect(mediumOf({ concepts: [], video: { url: 'u' } })).toEqual({
		kind: 'video',
		message: { url: 'u' },
	});
	expect(mediumOf({})).toBeUndefined();
});
