import { createHash } from 'node:crypto';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { addresses, byUrl, inMemory, mp4, pictures, png, wav, withFile } from '../media.mts';
import { bodiesOf, callsOf, DEMO, locate, setUp, type InProcessSetUp } from '../setup.mts';

const NODE = 'clarifaiAddInputs';

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
});

const posted = () =>
	bodiesOf(platform.emulator, 'PostInputs').flatMap(
		(body) => (body as { inputs: unknown[] }).inputs,
	);

describe('what is added', () => {
	it('is a file of the item, by the ID of its content', async () => {
		const [item] = pictures('red');

		const { items, error } = await platform.run(NODE, {}, { items: [item] });

		expect(error).toBeUndefined();
		const content = png('red');
		const id = createHash('sha256').update('image\0').update(content).digest('hex').slice(0, 32);
		expect(items).toEqual([
			{
				json: {
					inputId: id,
					status: 'added',
					processing: 'processed',
					concepts: [],
					userId: DEMO.userId,
					appId: DEMO.appId,
					createdAt: platform.emulator.app().inputs.get(id)!.message.created_at,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(posted()).toEqual([{ id, data: { image: { base64: content.toString('base64') } } }]);
	});

	it.each<[string, Buffer, string, object]>([
		['video', mp4('v'), 'video/mp4', { video: { base64: mp4('v').toString('base64') } }],
		['audio', wav('w'), 'audio/wav', { audio: { base64: wav('w').toString('base64') } }],
		// Clarifai's texts have no base64.
		['text', Buffer.from('"Grüße"\n\tend'), 'text/plain', { text: { raw: '"Grüße"\n\tend' } }],
	])('is a file of %s', async (inputType, content, mimeType, data) => {
		const items = [withFile(inMemory(content, { mimeType }))];

		const { json, error } = await platform.run(NODE, { inputType }, { items });

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'added', processing: 'processed' }]);
		expect(posted()).toEqual([{ id: json[0].inputId, data }]);
	});

	it('is in a binary field of any name', async () => {
		const items = [{ json: {}, binary: { photo: inMemory(png('x')), other: inMemory(png('y')) } }];

		const { error } = await platform.run(NODE, { binaryPropertyName: 'photo' }, { items });

		expect(error).toBeUndefined();
		expect(posted()).toMatchObject([{ data: { image: { base64: png('x').toString('base64') } } }]);
	});

	it.each(['image', 'video', 'audio', 'text'])('is %s at an address', async (inputType) => {
		const { json, error } = await platform.run(
			NODE,
			{ ...byUrl, inputType },
			{ items: addresses('a') },
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{ status: 'added', inputId: expect.stringMatching(/^[0-9a-f]{32}$/) },
		]);
		const url = 'https://files.example/a.jpg';
		expect(posted()).toEqual([{ id: json[0].inputId, data: { [inputType]: { url } } }]);
	});

	it('is a text', async () => {
		const { json, error } = await platform.run(
			NODE,
			{ inputType: 'text', inputSource: 'text', text: '={{ $json.words }}' },
			{ items: [{ words: ' Some "words" \n' }] },
		);

		expect(error).toBeUndefined();
		expect(posted()).toEqual([
			{ id: json[0].inputId, data: { text: { raw: ' Some "words" \n' } } },
		]);
	});

	it('may be told apart by type: the same address as image and as video', async () => {
		const items = addresses('a').flatMap((item) => [
			{ ...item, type: 'image' },
			{ ...item, type: 'video' },
		]);

		const { json, error } = await platform.run(
			NODE,
			{
				...byUrl,
				inputType: '={{ $json.type }}',
				additionalFields: { allowDuplicateUrl: true },
			},
			{ items },
		);

		expect(error).toBeUndefined();
		expect(json.map(({ status }) => status)).toEqual(['added', 'added']);
		expect(json[0].inputId).not.toBe(json[1].inputId);
	});

	it("may have the user's own ID", async () => {
		const { json } = await platform.run(
			NODE,
			{ inputId: '={{ $json.name }}' },
			{ items: pictures('one', 'two') },
		);

		expect(json.map(({ inputId }) => inputId)).toEqual(['one', 'two']);
		expect(platform.emulator.app().inputs.has('two')).toBe(true);
	});

	it('goes into another app than that of the credential', async () => {
		const other = platform.emulator.addApp('other-app');

		const { json } = await platform.run(
			NODE,
			{ options: { appId: 'other-app' } },
			{ items: pictures('a') },
		);

		expect(json).toMatchObject([{ appId: 'other-app' }]);
		expect(other.inputs.values().map(({ message }) => message.id)).toEqual([json[0].inputId]);
	});

	it("is Clarifai's own object where the output is not simplified", async () => {
		const { json } = await platform.run(NODE, { simplify: false }, { items: pictures('a') });

		expect(json).toMatchObject([
			{ id: expect.any(String), created_at: expect.any(String), status: { code: 30001 } },
		]);
	});
});

describe('what cannot be added is a clear error, and nothing is sent', () => {
	const [empty, large] = [Buffer.alloc(0), { bytes: 20_000_001 }];
	const file = (content: Buffer, more: object = {}): INodeExecutionData =>
		withFile(inMemory(content, more));

	it.each<[string, INodeParameters, INodeExecutionData, string]>([
		[
			'no file of that name',
			{ binaryPropertyName: 'photo' },
			file(png('x')),
			'\'Input Data Field Name\' is "photo", and the item has no file of that name',
		],
		['no file at all', {}, { json: {} }, 'the item has no file of that name'],
		['an empty file', {}, file(empty), 'The file "a.png" is empty'],
		[
			'a file that is too large',
			{},
			file(png('x'), large),
			'20.0 MB; Clarifai takes 20 MB of image',
		],
		[
			'a video that is too large',
			{ inputType: 'video' },
			file(mp4('x'), { mimeType: 'video/mp4', bytes: 128_000_001 }),
			'Clarifai takes 128 MB of video',
		],
		[
			'a file of another type',
			{},
			file(mp4('x'), { mimeType: 'video/mp4', fileName: 'b.mp4' }),
			'The file "b.mp4" is video/mp4, which is no image',
		],
		['an empty address', { inputSource: 'url', url: '' }, { json: {} }, "'URL' is empty"],
		[
			'an address that is no web address',
			{ inputSource: 'url', url: 'ftp://files.example/a.jpg' },
			{ json: {} },
			'\'URL\' is not a web address: "ftp://files.example/a.jpg"',
		],
		[
			'an address that gives nothing',
			{ inputSource: 'url', url: '={{ $json.nothing }}' },
			{ json: { link: 'x' } },
			"'URL' is an expression that gives nothing",
		],
		[
			'an empty text',
			{ inputType: 'text', inputSource: 'text', text: ' ' },
			{ json: {} },
			"'Text' is empty",
		],
		[
			'a text as an image',
			{ inputSource: 'text', text: 'hello' },
			{ json: {} },
			"'Input Source' is Text, and 'Input Type' is not",
		],
		[
			'an ID with signs that IDs do not have',
			{ inputId: 'a/b' },
			file(png('x')),
			"'Input ID' is not a valid ID",
		],
		[
			'an ID that gives nothing',
			{ inputId: '={{ $json.gone }}' },
			file(png('x')),
			"'Input ID' is an expression that gives nothing",
		],
		[
			'a dataset that gives nothing',
			{ dataset: locate('id', '={{ $json.gone }}') },
			file(png('x')),
			"'Dataset' is an expression that gives nothing",
		],
	])('%s', async (_what, parameters, item, message) => {
		const { error } = await platform.run(NODE, parameters, { items: [item] });

		expect(error?.message).toContain(message);
		expect(error?.description).toBeTruthy();
		expect(callsOf(platform.emulator)).toEqual([]);
	});

	it('all that is wrong with an item is said at once', async () => {
		const { error } = await platform.run(NODE, {
			inputSource: 'url',
			url: 'cat.jpg',
			inputId: 'a b',
			additionalFields: { latitude: 100, longitude: 8 },
		});

		expect(error?.message).toContain('3 parameters need to be corrected');
	});

	it('one bad item of many keeps the others from being sent, unless the node continues', async () => {
		const items = [...pictures('a'), { json: {} }, ...pictures('c')];

		const failed = await platform.run(NODE, {}, { items });
		expect(failed.error?.context.itemIndex).toBe(1);
		expect(callsOf(platform.emulator)).toEqual([]);

		const went = await platform.run(
			NODE,
			{},
			{ items, settings: { onError: 'continueErrorOutput' } },
		);
		expect(went.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(went.outputs(1)).toMatchObject([
			{ json: { error: expect.stringContaining('no file of that name') }, pairedItem: { item: 1 } },
		]);
	});
});
