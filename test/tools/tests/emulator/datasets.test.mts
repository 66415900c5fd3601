import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator();

const create = (...datasets: Message[]) => clarifai.client.post('/datasets', { datasets });

const members = async (dataset: string, query = '') => {
	const { json } = await clarifai.client.get(`/datasets/${dataset}/inputs${query}`);
	return (json.dataset_inputs as Message[]).map(({ input }) => input.id as string);
};

const join = (ids: string[], dataset = 'd') =>
	clarifai.client.post(`/datasets/${dataset}/inputs`, {
		dataset_inputs: ids.map((id) => ({ input: { id } })),
	});

describe('datasets', () => {
	test('posted, got and listed', async () => {
		const { json } = await create({ id: 'd', description: 'x', metadata: { a: 1 } }, {});
		expect(json.datasets).toMatchObject([
			{ id: 'd', description: 'x', metadata: { a: 1 }, app_id: DEMO.appId, user_id: DEMO.userId },
			{ id: expect.stringMatching(/^[0-9a-f]{32}$/) },
		]);
		expect((await clarifai.client.get('/datasets/d')).json.dataset).toMatchObject({ id: 'd' });
		const listed = (await clarifai.client.get('/datasets')).json.datasets as Message[];
		expect(listed.map(({ id }) => id as string)).toContain('d');
		expect(await members('d')).toEqual([]);
	});

	test.each<[string, Message[], number]>([
		['an existing ID', [{ id: 'new' }, { id: DEMO.datasetId }], 40010],
		['the same ID twice', [{ id: 'new' }, { id: 'new' }], 40010],
		['an ID with a space', [{ id: 'new' }, { id: 'a b' }], 11102],
		['no datasets', [], 11102],
	])('%s: refused as a whole', async (_name, datasets, code) => {
		expect(await create(...datasets)).toMatchObject({ http: 400, code });
		expect((await clarifai.client.get('/datasets/new')).code).toBe(11101);
	});

	test('patched', async () => {
		await create({ id: 'd', description: 'x', metadata: { a: 1 } });
		const patch = async (action: string, metadata: Message) => {
			const body = { action, datasets: [{ id: 'd', metadata }] };
			return (await clarifai.client.patch('/datasets', body)).json.datasets[0] as Message;
		};
		expect(await patch('merge', { b: 2 })).toMatchObject({
			description: 'x',
			metadata: { a: 1, b: 2 },
		});
		expect((await patch('overwrite', { c: 3 })).metadata).toEqual({ c: 3 });
		const missing = { action: 'merge', datasets: [{ id: 'none' }] };
		expect(await clarifai.client.patch('/datasets', missing)).toMatchObject({ code: 11101 });
	});

	test('deleted, while the inputs stay', async () => {
		const remove = (dataset_ids: string[]) =>
			clarifai.client.send('DELETE', '/datasets', { dataset_ids });
		expect((await remove([DEMO.datasetId, 'none'])).code).toBe(11101);
		expect((await remove([DEMO.datasetId])).code).toBe(10000);
		expect((await clarifai.client.get(`/datasets/${DEMO.datasetId}`)).code).toBe(11101);
		expect((await clarifai.client.get('/inputs/input-1')).code).toBe(10000);
	});
});

describe('inputs of a dataset', () => {
	beforeEach(() => create({ id: 'd' }));

	test('join, newest first in the list, and leave again', async () => {
		const { json } = await join(['input-1', 'input-2']);
		expect(json.status.code).toBe(10000);
		expect(json.dataset_inputs).toMatchObject([
			{ created_at: expect.any(String), input: { id: 'input-1', status: { code: 30000 } } },
			{ input: { id: 'input-2' } },
		]);
		clarifai.emulator.clock.advance(1000);
		await join(['input-3', 'input-1']);
		expect(await members('d')).toEqual(['input-3', 'input-2', 'input-1']);
		expect(await members('d', '?per_page=2&page=2')).toEqual(['input-1']);

		await clarifai.client.send('DELETE', '/datasets/d/inputs', { input_ids: ['input-3'] });
		expect(await members('d')).toEqual(['input-2', 'input-1']);
		expect((await clarifai.client.get('/datasets/d/inputs/input-3')).code).toBe(11101);
		expect((await clarifai.client.get('/inputs/input-3')).code).toBe(10000);
	});

	test('show their labels', async () => {
		await join(['input-1']);
		const { json } = await clarifai.client.get('/datasets/d/inputs');
		expect(json.dataset_inputs[0].input.data).toMatchObject({
			image: { hosted: { sizes: expect.arrayContaining(['orig']) } },
			concepts: [{ id: 'cat', name: 'cat', value: 1 }],
		});
	});

	test('have to exist, each by itself', async () => {
		const { http, json } = await join(['none', 'input-1']);
		expect(http).toBe(200);
		expect(json).toMatchObject({
			status: { code: 10010 },
			dataset_inputs: [
				{ input: { id: 'none', status: { code: 30102 } } },
				{ input: { id: 'input-1' } },
			],
		});
		expect(await members('d')).toEqual(['input-1']);
		expect(await join(['none'])).toMatchObject({ http: 400, code: 10020 });
	});

	test('come at most 128 at a time, and not by a search', async () => {
		const ids = Array.from({ length: 129 }, (_none, n) => `input-${n + 1}`);
		expect(await join(ids)).toMatchObject({ http: 400, code: 11102 });
		expect(await join([])).toMatchObject({ http: 400, code: 11102 });
		const search = { search: { query: {} } };
		expect(await clarifai.client.post('/datasets/d/inputs', search)).toMatchObject({ http: 501 });
		expect(await join(['input-1'], 'none')).toMatchObject({ http: 404, code: 11101 });
	});
});

describe('what a test puts in', () => {
	test('a dataset of the first inputs of the app', async () => {
		clarifai.emulator.addDataset('few', { versionIds: ['v'], inputCount: 2 });
		expect((await members('few')).sort()).toEqual(['input-1', 'input-2']);
		expect((await clarifai.client.get('/inputs/status')).json.counts.processed).toBe(1200);
	});

	test('a dataset with more inputs than the app had', async () => {
		clarifai.emulator.addDataset('many', { inputCount: 1203 });
		expect((await clarifai.client.get('/inputs/status')).json.counts.processed).toBe(1203);
		expect((await clarifai.client.get('/inputs/input-1203')).json.input.data.concepts).toHaveLength(
			1,
		);
	});

	test('inputs without labels', async () => {
		clarifai.emulator.addInputs(3);
		const { data } = (await clarifai.client.get('/inputs/input-1203')).json.input;
		expect(data).not.toHaveProperty('concepts');
	});

	test('labelled inputs in a new dataset', async () => {
		const [first, second] = clarifai.emulator.addLabelledInputs('mine', [
			{ url: 'https://a.example/1.jpg', concepts: ['bird'], negativeConcepts: ['cat'] },
			{ id: 'text', text: 'hello', metadata: { split: 'train' } },
		]);
		expect([first!.message.id, second!.message.id]).toEqual(['input-1201', 'text']);
		expect((await members('mine')).sort()).toEqual(['input-1201', 'text']);
		expect((await clarifai.client.get('/inputs/input-1201')).json.input.data).toMatchObject({
			image: { url: 'https://a.example/1.jpg' },
			concepts: [
				{ id: 'bird', value: 1 },
				{ id: 'cat', value: 0 },
			],
		});
		expect((await clarifai.client.get('/concepts/bird')).code).toBe(10000);
	});
});
