import type { IDataObject } from 'n8n-workflow';
import { addresses, byUrl, inMemory, numbered, pictures, png, withFile } from '../media.mts';
import { bodiesOf, callsOf, locate, setUp, type InProcessSetUp } from '../setup.mts';

const NODE = 'clarifaiAddInputs';

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
});

type Posted = { inputs: Array<{ id: string; data: { image: unknown } }> };

const inputs = () => platform.emulator.app().inputs;
const posts = () => callsOf(platform.emulator).filter((call) => call === 'POST PostInputs').length;
const statuses = (json: IDataObject[]) => json.map(({ status }) => status);

describe('the same content', () => {
	it('is added once, however often the node runs', async () => {
		const before = inputs().size;
		const items = pictures('a', 'b', 'c');

		const first = await platform.run(NODE, {}, { items });
		const second = await platform.run(NODE, {}, { items });

		expect(statuses(first.json)).toEqual(['added', 'added', 'added']);
		expect(statuses(second.json)).toEqual(['exists', 'exists', 'exists']);
		expect(second.json.map(({ inputId, createdAt }) => [inputId, createdAt])).toEqual(
			first.json.map(({ inputId, createdAt }) => [inputId, createdAt]),
		);
		expect(second.json[0]).toMatchObject({ processing: 'processed' });
		expect(inputs().size).toBe(before + 3);
		expect(posts()).toBe(1);
	});

	it('is left out of a request that has others, of which each arrives as its own', async () => {
		await platform.run(NODE, {}, { items: pictures('a', 'c', 'f') });

		const { json } = await platform.run(NODE, {}, { items: pictures(...'abcddef') });

		const state = ['exists', 'added', 'exists', 'added', 'exists', 'added', 'exists'];
		expect(statuses(json)).toEqual(state);
		const [, second] = bodiesOf(platform.emulator, 'PostInputs') as Posted[];
		expect(second.inputs).toEqual(
			['b', 'd', 'e'].map((name, index) => ({
				id: json[[1, 3, 5][index]].inputId,
				data: { image: { base64: png(name).toString('base64') } },
			})),
		);
	});

	it('is added beside addresses', async () => {
		const ofItem = {
			inputSource: '={{ $json.url ? "url" : "binary" }}',
			url: '={{ $json.url }}',
		};
		const [first, second] = pictures('a', 'b');
		const items = [first, ...addresses('c'), second];

		const { json } = await platform.run(NODE, ofItem, { items });

		expect(statuses(json)).toEqual(['added', 'added', 'added']);
		const [{ inputs: sent }] = bodiesOf(platform.emulator, 'PostInputs') as Posted[];
		expect(sent.map(({ data }) => data.image)).toEqual([
			{ base64: png('a').toString('base64') },
			{ url: 'https://files.example/c.jpg' },
			{ base64: png('b').toString('base64') },
		]);
	});

	it('is one input under other names, fields and kinds of file', async () => {
		const content = png('same');
		const items = [
			withFile(inMemory(content, { fileName: 'one.png' })),
			withFile(inMemory(content, { fileName: 'two.png', mimeType: 'application/octet-stream' })),
		];

		const { json } = await platform.run(NODE, {}, { items });

		expect(statuses(json)).toEqual(['added', 'exists']);
		expect(json[1].inputId).toBe(json[0].inputId);
		expect(json[1]).toMatchObject({ processing: 'processed', createdAt: json[0].createdAt });
	});

	it('twice in one run is added by the first item, also when they are in different batches', async () => {
		const names = numbered(300);
		const items = addresses(...names, ...names);

		const { json } = await platform.run(NODE, byUrl, { items });

		expect(statuses(json)).toEqual([...names.map(() => 'added'), ...names.map(() => 'exists')]);
		expect(platform.emulator.book.of('input')).toHaveLength(300);
	});

	it('twice in one run with other labels is not dropped without a word', async () => {
		const items = pictures('a', 'a', 'a').map((item, index) => ({
			...item,
			json: { tag: ['cat', 'dog', 'cat'][index] },
		}));

		const { json, result } = await platform.run(NODE, { concepts: '={{ $json.tag }}' }, { items });

		expect(json).toMatchObject([
			{ status: 'added', concepts: ['cat'] },
			{ status: 'exists', concepts: ['cat'], labelsDiffer: true },
			{ status: 'exists', concepts: ['cat'] },
		]);
		expect(json[2]).not.toHaveProperty('labelsDiffer');
		expect(result.hints).toMatchObject([{ message: expect.stringContaining('labelsDiffer') }]);
	});

	it('twice in one run joins the dataset of each item', async () => {
		for (const id of ['train', 'all']) platform.emulator.addDataset(id, { inputCount: 0 });
		const items = pictures('a', 'a').map((item, index) => ({
			...item,
			json: { set: ['train', 'all'][index] },
		}));

		const { json } = await platform.run(
			NODE,
			{ dataset: locate('id', '={{ $json.set }}') },
			{ items },
		);

		expect(json).toMatchObject([
			{ status: 'added', datasetId: 'train' },
			{ status: 'exists', datasetId: 'all' },
		]);
		const { datasets } = platform.emulator.app();
		expect([...datasets.get('train')!.members.keys()]).toEqual([json[0].inputId]);
		expect([...datasets.get('all')!.members.keys()]).toEqual([json[0].inputId]);
	});
});

describe('an input that exists', () => {
	const named = { inputId: '={{ $json.name }}' };

	beforeEach(() => {
		platform.emulator.addLabelledInputs(undefined, [
			{ id: 'old', url: 'https://files.example/old.jpg', concepts: ['cat'] },
		]);
	});

	it('is left as it is, and told with its own labels', async () => {
		const { json, result } = await platform.run(
			NODE,
			{ ...named, concepts: ['dog'] },
			{ items: pictures('old', 'new') },
		);

		expect(json).toMatchObject([
			{ inputId: 'old', status: 'exists', concepts: ['cat'], labelsDiffer: true },
			{ inputId: 'new', status: 'added', concepts: ['dog'] },
		]);
		expect(result.hints).toMatchObject([
			{ message: expect.stringContaining("Set 'If Input Exists' to Update") },
		]);
		expect(platform.emulator.book.of('inputChange')).toEqual([]);
	});

	it.each([
		['the same labels', { concepts: ['cat'] }],
		['no labels', {}],
	])('has no difference to tell of an item with %s', async (_what, labels) => {
		const { json, result } = await platform.run(
			NODE,
			{ ...named, ...labels },
			{ items: pictures('old') },
		);

		expect(json[0]).toMatchObject({ status: 'exists', concepts: ['cat'] });
		expect(json[0]).not.toHaveProperty('labelsDiffer');
		expect(result.hints).toEqual([]);
	});

	it('joins the dataset all the same', async () => {
		platform.emulator.addDataset('photos', { inputCount: 0 });

		const { json } = await platform.run(
			NODE,
			{ ...named, dataset: locate('id', 'photos') },
			{ items: pictures('old', 'new') },
		);

		expect(json.map(({ datasetId }) => datasetId)).toEqual(['photos', 'photos']);
		const { members } = platform.emulator.app().datasets.get('photos')!;
		expect(new Set(members.keys())).toEqual(new Set(['old', 'new']));
	});

	it('is the error of its item where that is wanted', async () => {
		const { json, outputs } = await platform.run(
			NODE,
			{ ...named, ifInputExists: 'fail' },
			{ items: pictures('new', 'old'), settings: { onError: 'continueErrorOutput' } },
		);

		expect(json).toMatchObject([{ inputId: 'new', status: 'added' }]);
		expect(outputs(1)).toMatchObject([
			{ json: { error: 'Input "old" already exists', name: 'old' }, pairedItem: { item: 1 } },
		]);
	});

	it('is that error also for the same content twice in one run', async () => {
		const { json, outputs } = await platform.run(
			NODE,
			{ ifInputExists: 'fail' },
			{ items: pictures('a', 'a'), settings: { onError: 'continueErrorOutput' } },
		);

		expect(statuses(json)).toEqual(['added']);
		expect(outputs(1)).toMatchObject([{ pairedItem: { item: 1 } }]);
	});

	it('is found behind a server that shows few inputs on a page', async () => {
		const names = numbered(128);
		platform.emulator.addLabelledInputs(
			undefined,
			names.map((id) => ({ id, url: `https://files.example/${id}.jpg`, concepts: ['cat'] })),
		);
		platform.emulator.untidiness = { pageCap: 20 };

		const { json, error } = await platform.run(
			NODE,
			{ ...byUrl, ...named },
			{ items: addresses(...names) },
		);

		expect(error).toBeUndefined();
		expect(statuses(json)).toEqual(names.map(() => 'exists'));
		expect(json.every(({ processing }) => processing === 'processed')).toBe(true);
		expect(posts()).toBe(0);
	});

	it('is told by the answer to the post where lists show it late', async () => {
		platform.emulator.untidiness = { listsLagSeconds: 600 };
		const items = pictures('a', 'b');
		await platform.run(NODE, { concepts: ['cat'], waitForProcessing: false }, { items });

		const { json } = await platform.run(NODE, { concepts: ['dog'] }, { items });

		expect(json).toMatchObject([
			{ status: 'exists', concepts: ['cat'], labelsDiffer: true, processing: 'processed' },
			{ status: 'exists', concepts: ['cat'], labelsDiffer: true, processing: 'processed' },
		]);
		expect(platform.emulator.book.of('input')).toHaveLength(2);
	});
});

describe('an address that the app has under another ID', () => {
	const items = addresses('old', 'new');

	beforeEach(() => {
		platform.emulator.addLabelledInputs(undefined, [
			{ id: 'other', url: 'https://files.example/old.jpg', concepts: ['cat'] },
		]);
	});

	it('exists, and is told apart from a failure', async () => {
		platform.emulator.addDataset('photos', { inputCount: 0 });
		const { json, error, result } = await platform.run(
			NODE,
			{ ...byUrl, dataset: locate('id', 'photos'), concepts: ['dog'] },
			{ items },
		);

		expect(error).toBeUndefined();
		// Clarifai does not say which input it is, so it has not joined the dataset either.
		expect(json).toMatchObject([
			{ status: 'exists', inputId: null, duplicateUrl: true, concepts: [] },
			{ status: 'added', datasetId: 'photos' },
		]);
		expect(json[0]).not.toHaveProperty('datasetId');
		expect(result.hints).toMatchObject([{ message: expect.stringContaining('duplicateUrl') }]);
	});

	it('is added again where the user wants that', async () => {
		const { json } = await platform.run(
			NODE,
			{ ...byUrl, additionalFields: { allowDuplicateUrl: true } },
			{ items },
		);

		expect(statuses(json)).toEqual(['added', 'added']);
	});

	it.each(['fail', 'update'])('is an error of its item with %s', async (ifInputExists) => {
		const { json, outputs } = await platform.run(
			NODE,
			{ ...byUrl, ifInputExists },
			{ items, settings: { onError: 'continueErrorOutput' } },
		);

		expect(statuses(json)).toEqual(['added']);
		expect(outputs(1)).toMatchObject([
			{
				json: {
					error: expect.stringContaining('The app has this URL already, as another input'),
					details: expect.stringContaining("'Allow Duplicate URL'"),
				},
				pairedItem: { item: 0 },
			},
		]);
	});
});
