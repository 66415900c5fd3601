import { contentKey } from '../../emulator/content.mts';
import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { tinyGif } from '../../emulator/tinyGif.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ processingSeconds: 10 });

const GIF = tinyGif(100_000);

async function stored(data: Message) {
	await clarifai.client.post('/inputs', { inputs: [{ id: 'a', data }] });
	clarifai.emulator.clock.advance(10_000);
	return (await clarifai.client.get('/inputs/a')).json.input.data as Message;
}

async function download(hosted: Message, token: string | undefined = DEMO.pat, size = 'orig') {
	const headers: Record<string, string> = token ? { authorization: `Key ${token}` } : {};
	const response = await fetch(`${hosted.prefix}/${size}/${hosted.suffix}`, { headers });
	return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

test('an image is hosted once it has been processed', async () => {
	const image = { base64: GIF.toString('base64') };
	const { json } = await clarifai.client.post('/inputs', {
		inputs: [{ id: 'a', data: { image } }],
	});
	expect(json.inputs[0].data.image).toEqual({
		image_info: { format: 'UnknownImageFormat', color_mode: 'UnknownColorMode' },
	});
	clarifai.emulator.clock.advance(10_000);
	const { data } = (await clarifai.client.get('/inputs/a')).json.input;
	const { prefix, suffix } = data.image.hosted;
	expect(data.image).toMatchObject({
		url: `${prefix}/orig/${suffix}`,
		hosted: {
			prefix: `${clarifai.emulator.url}/hosted`,
			suffix: expect.stringMatching(
				/^users\/demo-user\/apps\/demo-app\/inputs\/image\/[0-9a-f]{32}$/,
			),
			sizes: ['orig', 'tiny', 'small', 'large'],
			crossorigin: 'use-credentials',
		},
		image_info: { format: 'GIF' },
	});
	for (const size of data.image.hosted.sizes as string[]) {
		const { status, bytes } = await download(data.image.hosted, DEMO.pat, size);
		expect(status).toBe(200);
		expect(bytes.equals(GIF)).toBe(true);
	}
});

test('a key of the app is needed', async () => {
	const { image } = await stored({ image: { base64: GIF.toString('base64') } });
	clarifai.emulator.addKey({
		token: 'f'.repeat(32),
		kind: 'pat',
		userId: 'somebody-else',
		scopes: 'all',
	});
	const statusFor = async (token: string) => (await download(image.hosted, token)).status;
	expect(await statusFor('')).toBe(401);
	expect(await statusFor('0'.repeat(32))).toBe(401);
	expect(await statusFor('f'.repeat(32))).toBe(401);
	expect(await statusFor(DEMO.appKey)).toBe(200);
	const missing = {
		...image.hosted,
		suffix: image.hosted.suffix.replace(/.{32}$/, '0'.repeat(32)),
	};
	expect((await download(missing)).status).toBe(404);
});

test('a text is shown by its address alone once it has been processed', async () => {
	const inputs = [{ id: 'a', data: { text: { raw: 'schön' } } }];
	const { json } = await clarifai.client.post('/inputs', { inputs });
	expect(json.inputs[0].data.text).toEqual({ raw: 'schön' });
	clarifai.emulator.clock.advance(10_000);
	const { text } = (await clarifai.client.get('/inputs/a')).json.input.data;
	expect(text).not.toHaveProperty('raw');
	expect((await download(text.hosted)).bytes.toString()).toBe('schön');
});

test.each<[string, Message]>([
	['an image by URL', { image: { url: 'https://samples.clarifai.com/puppy.jpeg' } }],
	['a video by URL', { video: { url: 'https://samples.clarifai.com/beer.mp4' } }],
	['a sound by URL', { audio: { url: 'https://samples.clarifai.com/x.wav' } }],
	['a text by URL', { text: { url: 'https://samples.clarifai.com/x.txt' } }],
	[
		'a large image',
		{ image: { base64: Buffer.concat([GIF, Buffer.alloc(70_000)]).toString('base64') } },
	],
])('what is downloaded of %s means the same content', async (_name, data) => {
	const [[kind, medium]] = Object.entries(await stored(data)) as [[string, Message]];
	const { status, bytes } = await download(medium.hosted);
	expect(status).toBe(200);
	expect(bytes.length).toBeLessThan(200);
	const sentOn = kind === 'text' ? { raw: bytes.toString() } : { base64: bytes.toString('base64') };
	expect(contentKey({ [kind]: sentOn })).toBe(contentKey(data));
});

test('large files are kept on request', async () => {
	await clarifai.restart({ keepBytesUpTo: 100_000 });
	const large = Buffer.concat([GIF, Buffer.alloc(70_000, 7)]);
	const { image } = await stored({ image: { base64: large.toString('base64') } });
	expect((await download(image.hosted)).bytes.equals(large)).toBe(true);
});
