import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { addresses, byUrl, numbered, pictures } from '../media.mts';
import { bodiesOf, callsOf, locate, setUp, type InProcessSetUp } from '../setup.mts';
import type { Message } from '../../tools/emulator/message.mts';

const NODE = 'clarifaiAddInputs';
const MASK = 'iVBORw0KGgo=';

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
	platform.emulator.addLabelledInputs(undefined, [
		{ id: 'old', url: 'https://files.example/old.jpg', concepts: ['cat'] },
	]);
	await overwrite({
		concepts: [
			{ id: 'cat', value: 1 },
			{ id: 'dog', value: 0 },
		],
		regions: [
			{
				region_info: { mask: { image: { base64: MASK } } },
				data: { concepts: [{ id: 'ferrari', value: 1 }] },
			},
		],
		metadata: { order: 17 },
		geo: { geo_point: { longitude: 8.5, latitude: 50 } },
	});
});

/** What another client stores, and what is stored. */
async function overwrite(data: Message) {
	const { emulator } = platform;
	const app = emulator.app();
	const input = app.inputs.get('old')!;
	input.message = { ...input.message, data };
}

const stored = () => platform.emulator.app().inputs.get('old')!.message.data as Message;
const patches = () => bodiesOf(platform.emulator, 'PatchInputs');

async function update(parameters: INodeParameters, json: IDataObject = {}) {
	const [item] = pictures('old');
	const run = await platform.run(
		NODE,
		{ inputId: 'old', ifInputExists: 'update', ...parameters },
		{ items: [{ ...item, json }] },
	);
	expect(run.error).toBeUndefined();
	return run.json[0];
}

const idsOf = (concepts: Message[], value: number) =>
	concepts.filter((concept) => concept.value === value).map(({ id }) => id as string);

describe('an update', () => {
	it('replaces the labels that the item says, and nothing else', async () => {
		const before = stored();

		const json = await update({ concepts: ['outdoors'] });

		expect(json).toMatchObject({ inputId: 'old', status: 'updated', concepts: ['outdoors'] });
		const after = stored();
		expect(idsOf(after.concepts, 1)).toEqual(['outdoors']);
		expect(idsOf(after.concepts, 0)).toEqual(['dog']);
		expect(after.regions).toMatchObject(before.regions);
		expect(after.metadata).toEqual(before.metadata);
		expect(after.geo).toEqual(before.geo);
		expect(platform.emulator.book.of('inputChange')).toHaveLength(1);
	});

	it('turns a negative label into a positive one, and the other way round', async () => {
		await update({ concepts: ['dog'] });
		expect([idsOf(stored().concepts, 1), idsOf(stored().concepts, 0)]).toEqual([['dog'], []]);

		await update({ additionalFields: { negativeConcepts: 'dog' } });
		expect([idsOf(stored().concepts, 1), idsOf(stored().concepts, 0)]).toEqual([[], ['dog']]);
	});

	it('replaces positive and negative labels together', async () => {
		await update({ concepts: ['dog'], additionalFields: { negativeConcepts: 'cat' } });

		expect([idsOf(stored().concepts, 1), idsOf(stored().concepts, 0)]).toEqual([['dog'], ['cat']]);
	});

	it('replaces the regions', async () => {
		await update({
			additionalFields: {
				boxes: { box: [{ concept: 'cat', top: 0.1, left: 0.2, bottom: 0.5, right: 0.6 }] },
			},
		});

		const { regions, concepts, metadata } = stored();
		expect(regions).toMatchObject([
			{ region_info: { bounding_box: { top_row: expect.closeTo(0.1) } } },
		]);
		expect(idsOf(concepts, 1)).toEqual(['cat']);
		expect(metadata).toEqual({ order: 17 });
	});

	it('takes all regions away where the item says that there are none', async () => {
		const json = await update(
			{ additionalFields: { regionsJson: '={{ $json.found }}' } },
			{ found: [] },
		);

		expect(json).toMatchObject({ status: 'updated', concepts: ['cat'] });
		expect(stored().regions ?? []).toEqual([]);
		expect(stored().metadata).toEqual({ order: 17 });
	});

	it.each([
		['other', '{"order": 18}', { order: 18 }],
		['empty', '{}', {}],
	])('replaces the metadata by %s', async (_what, metadata, expected) => {
		await update({ additionalFields: { metadata } });

		expect(stored().metadata ?? {}).toEqual(expected);
		expect(idsOf(stored().concepts, 1)).toEqual(['cat']);
		expect(stored().regions).toHaveLength(1);
	});

	it('replaces the place', async () => {
		const json = await update({ additionalFields: { latitude: 51.25, longitude: -0.5 } });

		expect(json).toMatchObject({ status: 'updated' });
		expect(stored().geo).toEqual({ geo_point: { longitude: -0.5, latitude: 51.25 } });
		expect(stored().metadata).toEqual({ order: 17 });
	});

	it.each<[string, INodeParameters]>([
		['the same', { concepts: ['cat'], additionalFields: { negativeConcepts: 'dog' } }],
		['nothing', {}],
		['the same metadata', { additionalFields: { metadata: '{"order": 17}' } }],
		['the same place', { additionalFields: { latitude: 50, longitude: 8.5 } }],
	])('of an item that says %s sends nothing and tells that it exists', async (_what, said) => {
		const json = await update(said);

		expect(json).toMatchObject({ status: 'exists', concepts: ['cat'] });
		expect(patches()).toEqual([]);
	});

	it('adds what is not there yet', async () => {
		const { json } = await platform.run(
			NODE,
			{ inputId: '={{ $json.name }}', ifInputExists: 'update', concepts: ['dog'] },
			{ items: pictures('new', 'old') },
		);

		expect(json).toMatchObject([
			{ inputId: 'new', status: 'added' },
			{ inputId: 'old', status: 'updated' },
		]);
	});

	it('knows a content by itself, which makes a correcting loop', async () => {
		const tagged = (tag: string) => ({ items: [{ ...pictures('a')[0], json: { tag } }] });
		const parameters = { concepts: '={{ $json.tag }}', ifInputExists: 'update' };
		const first = await platform.run(NODE, parameters, tagged('cat'));

		const second = await platform.run(NODE, parameters, tagged('dog'));

		expect(first.json).toMatchObject([{ status: 'added' }]);
		expect(second.json).toMatchObject([
			{ status: 'updated', inputId: first.json[0].inputId, concepts: ['dog'] },
		]);
	});

	it('of the same content twice in one run leaves the last one', async () => {
		const items = pictures('a', 'a', 'a').map((item, index) => ({
			...item,
			json: { tag: ['cat', 'dog', 'dog'][index] },
		}));

		const { json } = await platform.run(
			NODE,
			{ concepts: '={{ $json.tag }}', ifInputExists: 'update' },
			{ items },
		);

		expect(json).toMatchObject([
			{ status: 'added', concepts: ['cat'] },
			{ status: 'updated', concepts: ['dog'] },
			{ status: 'exists', concepts: ['dog'] },
		]);
		const { data } = platform.emulator.app().inputs.get(json[0].inputId as string)!.message;
		expect(idsOf(data.concepts, 1)).toEqual(['dog']);
	});

	it('goes for many inputs in one request', async () => {
		const names = numbered(200);
		const parameters = {
			...byUrl,
			inputId: '={{ $json.name }}',
			ifInputExists: 'update',
			concepts: '={{ $json.tag }}',
		};
		const tagged = (tag: string) => ({
			items: addresses(...names).map((item) => ({ ...item, tag })),
		});
		await platform.run(NODE, parameters, tagged('cat'));

		const { json } = await platform.run(NODE, parameters, tagged('dog'));

		expect(json.every(({ status }) => status === 'updated')).toBe(true);
		expect(patches()).toHaveLength(2);
		expect(platform.emulator.book.of('inputChange')).toHaveLength(200);
	});

	it('that is refused for one input is the error of that item alone', async () => {
		await platform.run(
			NODE,
			{ inputId: '={{ $json.name }}', concepts: ['cat'] },
			{ items: pictures('a', 'b') },
		);
		platform.emulator.faults.add({
			kind: 'failure10020',
			rpc: 'PatchInputs',
			when: ({ body }) => JSON.stringify(body).includes('"a"'),
			code: 30203,
			details: 'the input is locked',
		});

		const { json, outputs } = await platform.run(
			NODE,
			{ inputId: '={{ $json.name }}', ifInputExists: 'update', concepts: ['dog'] },
			{ items: pictures('a', 'b'), settings: { onError: 'continueErrorOutput' } },
		);

		expect(json).toMatchObject([{ inputId: 'b', status: 'updated' }]);
		expect(outputs(1)).toMatchObject([
			{
				json: { details: expect.stringContaining('the input is locked') },
				pairedItem: { item: 0 },
			},
		]);
	});

	it('waits for an input whose lists are late instead of taking it for unlabelled', async () => {
		platform.emulator.untidiness = { listsLagSeconds: 600 };
		const parameters = { ifInputExists: 'update', concepts: '={{ $json.tag }}' };
		const tagged = (tag: string) => ({
			items: pictures('x').map((item) => ({ ...item, json: { tag } })),
		});
		await platform.run(
			NODE,
			{ ...parameters, waitForProcessing: false, additionalFields: { metadata: '{"a":1}' } },
			tagged('cat'),
		);

		const { json } = await platform.run(NODE, parameters, tagged('dog'));

		expect(json).toMatchObject([{ status: 'updated', concepts: ['dog'] }]);
		const { data } = platform.emulator.app().inputs.get(json[0].inputId as string)!.message;
		expect(idsOf(data.concepts, 1)).toEqual(['dog']);
		expect(data.metadata).toEqual({ a: 1 });
	});

	it('joins the dataset as well', async () => {
		platform.emulator.addDataset('photos', { inputCount: 0 });

		await update({ dataset: locate('id', 'photos'), concepts: ['dog'] });

		expect([...platform.emulator.app().datasets.get('photos')!.members.keys()]).toEqual(['old']);
		expect(callsOf(platform.emulator)).toContain('PATCH PatchInputs');
	});
});
