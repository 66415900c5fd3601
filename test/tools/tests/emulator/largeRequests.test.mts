import { contentKey } from '../../emulator/content.mts';
import type { Message } from '../../emulator/message.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ processingSeconds: 0 });

const KB = 1024;
const jpeg = (size: number) =>
	Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(size, size)]).toString(
		'base64',
	);

const post = (...files: string[]) =>
	clarifai.client.post('/inputs', {
		inputs: files.map((base64, n) => ({ id: `i-${n}`, data: { image: { base64 } } })),
	});

test('large files are neither kept in the record nor with the input', async () => {
	const [small, large] = [jpeg(10), jpeg(200 * KB)];
	await post(small, large);
	const body = clarifai.emulator.requests[0]!.body as Message;
	expect(body.inputs).toEqual([
		{ id: 'i-0', data: { image: { base64: small } } },
		{
			id: 'i-1',
			data: { image: { base64: `${large.slice(0, 40)}… (${large.length} characters)` } },
		},
	]);
	const inputs = clarifai.emulator.app().inputs;
	expect(inputs.get('i-0')!.media.bytes!.toString('base64')).toBe(small);
	expect(inputs.get('i-1')!.media).toEqual({
		kind: 'image',
		key: contentKey({ image: { base64: large } }),
		size: 200 * KB + 4,
		format: 'JPEG',
		bytes: undefined,
	});
});

test('128 files of 200 KB take no memory afterwards', async () => {
	const files = Array.from({ length: 128 }, (_none, n) => jpeg(200 * KB + n));
	expect((await post(...files)).code).toBe(10000);
	expect(JSON.stringify(clarifai.emulator.requests[0]!.body).length).toBeLessThan(40 * KB);
});

test('large requests at the same time do not get into each other', async () => {
	const files = Array.from({ length: 4 }, (_none, n) => jpeg(1000 * KB + n));
	const replies = await Promise.all(
		files.map((base64, n) =>
			clarifai.client.post('/inputs', { inputs: [{ id: `i-${n}`, data: { image: { base64 } } }] }),
		),
	);
	expect(replies.map(({ code }) => code)).toEqual([10000, 10000, 10000, 10000]);
	const inputs = clarifai.emulator.app().inputs;
	for (const [n, base64] of files.entries()) {
		expect(inputs.get(`i-${n}`)!.media.key).toBe(contentKey({ image: { base64 } }));
	}
});

test('a large file that is not base64 is refused', async () => {
	expect(await post(`${jpeg(200 * KB)} `)).toMatchObject({ http: 400, code: 11102 });
});
