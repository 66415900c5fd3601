import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { TestClient } from '../../emulator/testClient.mts';
import { tinyGif } from '../../emulator/tinyGif.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ processingSeconds: 10 });

const SECOND = 1000;
const gif = (n: number) => tinyGif(100_000 + n).toString('base64');
const picture = (n: number) => ({ image: { base64: gif(n) } });
const byUrl = (url: string, more: Message = {}) => ({ image: { url, ...more } });
const PUPPY = 'https://samples.clarifai.com/puppy.jpeg';

const post = (inputs: Message[], more: Message = {}) =>
	clarifai.client.post('/inputs', { inputs, ...more });

const get = async (id: string) =>
	(await clarifai.client.get(`/inputs/${id}`)).json.input as Message;

const idsOf = (inputs: Message[]) => inputs.map(({ id }) => id as string);

describe('posting inputs', () => {
	test('takes IDs of the client, or makes some of 32 hex digits', async () => {
		const { http, json } = await post([
			{ id: 'inv-2026-1', data: picture(1) },
			{ data: picture(2) },
		]);
		expect(http).toBe(200);
		expect(json.status.code).toBe(10000);
		expect(json.inputs).toMatchObject([
			{ id: 'inv-2026-1', status: { code: 30001 } },
			{ id: expect.stringMatching(/^[0-9a-f]{32}$/), status: { code: 30001 } },
		]);
	});

	test('shows labels with their values, also the negative ones, and creates concepts', async () => {
		const box = { top_row: 0, left_col: 0.2, bottom_row: 0.5, right_col: 0.6 };
		const region = { region_info: { bounding_box: box }, data: { concepts: [{ id: 'tail' }] } };
		await post([
			{
				id: 'labelled',
				data: {
					...picture(1),
					concepts: [{ id: 'dog' }, { id: 'bird', value: 0 }],
					regions: [region],
					metadata: { order: { number: 17 } },
					geo: { geo_point: { longitude: 55, latitude: 0 } },
				},
			},
		]);
		const { data } = await get('labelled');
		expect(data).toMatchObject({
			concepts: [
				{ id: 'dog', name: 'dog', value: 1 },
				{ id: 'bird', name: 'bird', value: 0 },
			],
			regions: [
				{
					id: expect.any(String),
					region_info: { bounding_box: box },
					data: { concepts: [{ id: 'tail', value: 1 }] },
				},
			],
			metadata: { order: { number: 17 } },
			geo: { geo_point: { longitude: 55, latitude: 0 } },
		});
		expect((await clarifai.client.get('/concepts/bird')).json.concept).toMatchObject({
			id: 'bird',
			name: 'bird',
		});
		expect((await clarifai.client.get('/concepts/tail')).code).toBe(10000);
	});

	test('never shows the bytes', async () => {
		const { json } = await post([{ id: 'a', data: picture(1) }]);
		clarifai.emulator.clock.advance(10 * SECOND);
		for (const answer of [json, await get('a')])
			expect(JSON.stringify(answer)).not.toContain(gif(1));
	});

	test('joins datasets, which the input itself does not tell', async () => {
		await post([{ id: 'a', data: picture(1), dataset_ids: [DEMO.datasetId] }]);
		const { json } = await clarifai.client.get(`/datasets/${DEMO.datasetId}/inputs/a`);
		expect(json.dataset_input.input.id).toBe('a');
		expect(await get('a')).not.toHaveProperty('dataset_ids');
	});

	test.each<[string, Message, number]>([
		['an ID with a space', { id: 'a b', data: picture(1) }, 30104],
		['an ID of 49 characters', { id: 'x'.repeat(49), data: picture(1) }, 30104],
		['no medium', { id: 'a', data: { concepts: [{ id: 'cat' }] } }, 30104],
		['both URL and bytes', { id: 'a', data: byUrl(PUPPY, { base64: gif(1) }) }, 30104],
		['two media', { id: 'a', data: { ...picture(1), text: { raw: 'hello' } } }, 30104],
		['a URL that is none', { id: 'a', data: byUrl('puppy.jpeg') }, 30106],
		['an unknown dataset', { id: 'a', data: picture(1), dataset_ids: ['none'] }, 30104],
		['a concept ID with a space', { data: { ...picture(1), concepts: [{ id: 'a b' }] } }, 40003],
		[
			'a box upside down',
			{
				data: {
					...picture(1),
					regions: [
						{
							region_info: {
								bounding_box: { top_row: 0.5, left_col: 0.1, bottom_row: 0.2, right_col: 0.9 },
							},
						},
					],
				},
			},
			30104,
		],
	])('refuses %s, but not the other inputs of the request', async (_name, input, code) => {
		const { http, json } = await post([input, { id: 'good', data: picture(2) }]);
		expect({ http, code: json.status.code as number }).toEqual({ http: 200, code: 10010 });
		expect(json.inputs.map(({ status }: Message) => status.code as number)).toEqual([code, 30001]);
		expect((await get('good')).id).toBe('good');
		if (input.id) expect((await clarifai.client.get(`/inputs/${input.id}`)).http).toBe(404);
	});

	test('says Failure when none could be added', async () => {
		const { http, json } = await post([{ id: 'a' }, { id: 'b' }]);
		expect({ http, code: json.status.code as number }).toEqual({ http: 400, code: 10020 });
		expect(idsOf(json.inputs)).toEqual(['a', 'b']);
	});

	test('answers mixed results with the HTTP status that is asked for', async () => {
		await clarifai.restart({ mixedHttpStatus: 207 });
		expect((await post([{ id: 'a' }, { id: 'b', data: picture(1) }])).http).toBe(207);
	});

	test.each<[string, Message[]]>([
		['no inputs', []],
		['129 inputs', Array.from({ length: 129 }, (_none, n) => ({ data: picture(n) }))],
		['two videos', [1, 2].map((n) => ({ data: { video: { url: `https://a.example/${n}.mp4` } } }))],
	])('refuses %s as a whole', async (_name, inputs) => {
		const { http, json } = await post(inputs);
		expect({ http, code: json.status.code as number }).toEqual({ http: 400, code: 39999 });
		expect(json.inputs).toEqual([]);
		expect(clarifai.emulator.app().inputs.size).toBe(1200);
	});

	test('takes 128', async () => {
		const { json } = await post(Array.from({ length: 128 }, (_none, n) => ({ data: picture(n) })));
		expect(json.status.code).toBe(10000);
		expect(new Set(idsOf(json.inputs)).size).toBe(128);
	});

	test('refuses what is too large, an input by itself and a request as a whole', async () => {
		await clarifai.restart({ maxInputBytes: 50, maxRequestBytes: 400 });
		const large = { image: { base64: Buffer.alloc(51).toString('base64') } };
		const { json } = await post([{ id: 'large', data: large }, { data: picture(1) }]);
		expect(json.inputs).toMatchObject([
			{ status: { code: 30105, description: 'Input image is larger than the allowed limit' } },
			{ status: { code: 30001 } },
		]);
		const many = Array.from({ length: 9 }, (_none, n) => ({ data: picture(n) }));
		expect(await post(many)).toMatchObject({ http: 400, code: 40033 });
	});

	test('needs the scopes of the proto', async () => {
		const client = new TestClient(clarifai.emulator, { token: DEMO.scopelessPat });
		const reply = await client.post('/inputs', { inputs: [{ data: picture(1) }] });
		expect(reply).toMatchObject({ http: 403, code: 11007 });
		const appKey = new TestClient(clarifai.emulator, { token: DEMO.appKey });
		const inputs = [{ data: picture(1) }];
		expect((await appKey.post('/inputs', { inputs })).code).toBe(10000);
	});
});

describe('duplicates', () => {
	test('of an ID are told on the input, in the words that the SDK looks for', async () => {
		await post([{ id: 'a', data: picture(1) }]);
		const { json } = await post([
			{ id: 'a', data: { ...picture(2), concepts: [{ id: 'other' }] } },
			{ id: 'b', data: picture(3) },
		]);
		expect(json).toMatchObject({
			status: { code: 10010 },
			inputs: [
				{ id: 'a', status: { code: 30100, details: 'Input has a duplicate ID.' } },
				{ id: 'b', status: { code: 30001 } },
			],
		});
		expect((await get('a')).data).not.toHaveProperty('concepts');
	});

	test('of an ID within one request', async () => {
		const { json } = await post([
			{ id: 'a', data: picture(1) },
			{ id: 'a', data: picture(2) },
		]);
		expect(json.inputs).toMatchObject([{ status: { code: 30001 } }, { status: { code: 30100 } }]);
	});

	test('of an ID get a suffix on request, but not within one request', async () => {
		const suffixed = async () => {
			const { json } = await post(
				[
					{ id: 'a', data: picture(1) },
					{ id: 'a', data: picture(2) },
				],
				{ input_id_conflict_resolution: 'SUFFIX' },
			);
			return json.inputs as Message[];
		};
		expect(await suffixed()).toMatchObject([{ id: 'a' }, { status: { code: 30100 } }]);
		for (let n = 1; n <= 9; n++) expect((await suffixed())[0]!.id).toBe(`a-${n}`);
		expect((await suffixed())[0]!.id).toMatch(/^a-[0-9a-f]{8}$/);
	});

	test('of a URL, unless they are allowed', async () => {
		await post([{ data: byUrl(PUPPY) }]);
		const { json } = await post([
			{ data: byUrl(PUPPY) },
			{ data: byUrl(PUPPY, { allow_duplicate_url: true }) },
			{ data: byUrl(`${PUPPY}?2`) },
		]);
		expect(json.inputs.map(({ status }: Message) => status.code as number)).toEqual([
			30100, 30001, 30001,
		]);
	});

	test('of the bytes are not noticed', async () => {
		const { json } = await post([{ data: picture(1) }, { data: picture(1) }]);
		expect(json.status.code).toBe(10000);
	});
});

describe('processing', () => {
	const codeOf = async (id: string) => (await get(id)).status.code as number;

	test('goes from pending over in progress to the end', async () => {
		await post([{ id: 'a', data: picture(1) }]);
		expect(await codeOf('a')).toBe(30001);
		clarifai.emulator.clock.advance(5 * SECOND);
		expect(await codeOf('a')).toBe(30003);
		clarifai.emulator.clock.advance(5 * SECOND);
		expect(await codeOf('a')).toBe(30000);
	});

	test('the answer to the request says pending, however short it is', async () => {
		await clarifai.restart({ processingSeconds: 0 });
		const { json } = await post([{ id: 'a', data: picture(1) }]);
		expect(json.inputs[0].status.code).toBe(30001);
		expect(await codeOf('a')).toBe(30000);
	});

	test('ends as planned, by ID or by what the input is', async () => {
		const { emulator } = clarifai;
		emulator.planInput('slow', { seconds: 60 });
		emulator.planInput('endless', { seconds: Infinity });
		const isWav = ({ data }: Message) => data.audio !== undefined;
		emulator.planInput(isWav, { outcome: 30101, details: 'no WAV' });
		const wav = Buffer.from('RIFF\0\0\0\0WAVE').toString('base64');
		await post([
			{ id: 'slow', data: picture(1) },
			{ id: 'endless', data: picture(2) },
			{ id: 'sound', data: { audio: { base64: wav } } },
			{ id: 'plain', data: picture(3) },
		]);
		emulator.clock.advance(10 * SECOND);
		expect(await codeOf('slow')).toBe(30001);
		expect(await codeOf('plain')).toBe(30000);
		expect((await get('sound')).status).toMatchObject({ code: 30101, details: 'no WAV' });
		emulator.clock.advance(1000 * SECOND);
		expect([await codeOf('slow'), await codeOf('endless')]).toEqual([30000, 30001]);

		emulator.planInput(isWav, undefined);
		await post([{ id: 'sound2', data: { audio: { base64: wav } } }]);
		emulator.clock.advance(10 * SECOND);
		expect(await codeOf('sound2')).toBe(30000);
	});

	test.each<[string, Message, number]>([
		[
			'bytes that are no image',
			{ image: { base64: Buffer.from('hello').toString('base64') } },
			30002,
		],
		['an image as a sound', { audio: { base64: gif(1) } }, 30002],
		['a host that cannot be', byUrl('https://a.invalid/1.jpg'), 30002],
		['a text', { text: { raw: 'hello' } }, 30000],
		['a URL', byUrl(PUPPY), 30000],
	])('%s', async (_name, data, code) => {
		await post([{ id: 'a', data }]);
		clarifai.emulator.clock.advance(10 * SECOND);
		const { status } = await get('a');
		expect(status.code).toBe(code);
		if (code === 30002) expect(status.details).toEqual(expect.any(String));
	});
});

describe('looking at inputs', () => {
	const list = async (query: string) =>
		(await clarifai.client.get(`/inputs${query}`)).json.inputs as Message[];

	const postThree = async () => {
		clarifai.emulator.app().inputs.clear();
		clarifai.emulator.planInput('b', { outcome: 30002 });
		for (const [n, id] of ['a', 'b', 'c'].entries()) {
			await post([{ id, data: picture(n) }]);
			clarifai.emulator.clock.advance(SECOND);
		}
	};

	test('one that does not exist', async () => {
		const { http, code } = await clarifai.client.get('/inputs/none');
		expect({ http, code }).toEqual({ http: 404, code: 11101 });
	});

	test('all of them in pages, newest first', async () => {
		await postThree();
		expect(idsOf(await list('?per_page=2'))).toEqual(['c', 'b']);
		expect(idsOf(await list('?per_page=2&page=2'))).toEqual(['a']);
		expect(await list('?per_page=2&page=3')).toEqual([]);
	});

	test('some by their IDs, whatever else is asked for', async () => {
		await postThree();
		expect(idsOf(await list('?ids=a&ids=c&ids=none&ids=a')).sort()).toEqual(['a', 'c']);
	});

	test('those of a status', async () => {
		await postThree();
		clarifai.emulator.clock.advance(10 * SECOND);
		expect(idsOf(await list('?status.code=30002'))).toEqual(['b']);
		expect(idsOf(await list('?status.code=30000&ids=a&ids=b'))).toEqual(['a']);
		expect(idsOf(await list('?status.code=INPUT_PENDING'))).toEqual([]);
	});

	test('as a stream, oldest first, from the last one that was seen', async () => {
		await postThree();
		const stream = (query: string) => list(`/stream${query}`);
		expect(idsOf(await stream('?per_page=2'))).toEqual(['a', 'b']);
		expect(idsOf(await stream('?per_page=2&last_id=b'))).toEqual(['c']);
		expect(idsOf(await stream('?descending=true'))).toEqual(['c', 'b', 'a']);
		expect(idsOf(await stream('?order_by_id=true&last_id=a'))).toEqual(['b', 'c']);
		await clarifai.restart({});
		expect(await stream('')).toHaveLength(20);
	});

	test('counted by their status', async () => {
		await postThree();
		const counts = async () => (await clarifai.client.get('/inputs/status')).json.counts as Message;
		expect(await counts()).toMatchObject({ processed: 0, to_process: 3, processing: 0, errors: 0 });
		clarifai.emulator.clock.advance(3 * SECOND);
		expect(await counts()).toMatchObject({ to_process: 1, processing: 2 });
		clarifai.emulator.clock.advance(10 * SECOND);
		expect(await counts()).toMatchObject({ processed: 2, to_process: 0, processing: 0, errors: 1 });
	});
});

describe('deleting inputs', () => {
	test('takes a while, during which the ID is taken', async () => {
		await clarifai.restart({ deletionSeconds: 5 });
		await post([{ id: 'a', data: byUrl(PUPPY), dataset_ids: [DEMO.datasetId] }]);
		expect(await clarifai.client.delete('/inputs/a')).toMatchObject({ http: 200, code: 10000 });
		expect((await get('a')).id).toBe('a');
		expect((await post([{ id: 'a', data: picture(1) }])).json.inputs[0].status.code).toBe(30100);

		clarifai.emulator.clock.advance(5 * SECOND);
		expect(await clarifai.client.get('/inputs/a')).toMatchObject({ http: 404, code: 11101 });
		const member = await clarifai.client.get(`/datasets/${DEMO.datasetId}/inputs/a`);
		expect(member.code).toBe(11101);
		expect((await post([{ id: 'a', data: byUrl(PUPPY) }])).code).toBe(10000);
	});

	test('several at once', async () => {
		const ids = ['input-1', 'input-2', 'none'];
		const { code } = await clarifai.client.send('DELETE', '/inputs', { ids });
		expect(code).toBe(10000);
		clarifai.emulator.clock.advance(60 * SECOND);
		const { json } = await clarifai.client.get('/inputs?ids=input-1&ids=input-2&ids=input-3');
		expect(idsOf(json.inputs)).toEqual(['input-3']);
		expect(clarifai.emulator.app().inputs.size).toBe(1198);
	});

	test('of more than 128, and of none, are refused', async () => {
		for (const ids of [[], Array.from({ length: 129 }, (_none, n) => `input-${n}`)]) {
			const { http, code } = await clarifai.client.send('DELETE', '/inputs', { ids });
			expect({ http, code }).toEqual({ http: 400, code: 39999 });
		}
		expect(await clarifai.client.delete('/inputs/none')).toMatchObject({ code: 11101 });
	});
});
