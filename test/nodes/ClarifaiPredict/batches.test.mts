import {
	addresses,
	byUrl,
	inMemory,
	mp4,
	notAPicture,
	numbered,
	pictures,
	png,
	withFile,
} from '../media.mts';
import { bodiesOf, DEMO, locate, setUp, type InProcessSetUp } from '../setup.mts';

const NODE = 'clarifaiPredict';
const goesOn = { onError: 'continueErrorOutput' } as const;
const general = locate(
	'url',
	`https://clarifai.com/${DEMO.publicUserId}/${DEMO.publicAppId}/models/${DEMO.publicModels.classifier}`,
);
const flowers = locate('id', 'flowers');

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
});

const sizes = (rpc = 'PostModelOutputs') =>
	(bodiesOf(platform.emulator, rpc) as Array<{ inputs: unknown[] }>)
		.map(({ inputs }) => inputs.length)
		.sort((a, b) => b - a);

function addFlowers() {
	platform.emulator.addContainerVersion('flowers', { concepts: ['rose', 'tulip'] });
	platform.emulator.addDeployment('live', 'flowers');
}

describe('a request', () => {
	it('asks a model about 128 inputs at most', async () => {
		const { json, error } = await platform.run(
			NODE,
			{ ...byUrl, model: general },
			{ items: addresses(...numbered(300)) },
		);

		expect(error).toBeUndefined();
		expect(json).toHaveLength(300);
		expect(sizes()).toEqual([128, 128, 44]);
	});

	it('asks a workflow about 32 inputs at most', async () => {
		platform.emulator.addWorkflows(1, {
			id: 'see',
			nodes: [
				{
					id: 'see',
					model: {
						id: DEMO.publicModels.classifier,
						user_id: DEMO.publicUserId,
						app_id: DEMO.publicAppId,
					},
				},
			],
		});

		const { json } = await platform.run(
			NODE,
			{ ...byUrl, predictWith: 'workflow', workflow: locate('id', 'see') },
			{ items: addresses(...numbered(70)) },
		);

		expect(json).toHaveLength(70);
		expect(sizes('PostWorkflowResults')).toEqual([32, 32, 6]);
	});

	it('has 64 MB of files at most', async () => {
		const items = numbered(10).map((name) => withFile(inMemory(png(name), { bytes: 16_000_000 })));

		const { json } = await platform.run(NODE, { model: general }, { items });

		expect(json).toHaveLength(10);
		expect(sizes()).toEqual([4, 4, 2]);
	});

	it('has one video', async () => {
		const items = ['a', 'b'].map((name) =>
			withFile(inMemory(mp4(name), { mimeType: 'video/mp4' })),
		);

		const { json } = await platform.run(NODE, { model: general, inputType: 'video' }, { items });

		expect(json).toHaveLength(2);
		expect(sizes()).toEqual([1, 1]);
	});

	it('asks one model with the same options', async () => {
		addFlowers();
		const items = addresses('a', 'b', 'c').map((item, index) => ({
			...item,
			model: index === 1 ? 'flowers' : 'other',
		}));
		platform.emulator.addTrainedVersion('other');

		const { json, error } = await platform.run(
			NODE,
			{ ...byUrl, model: locate('id', '={{ $json.model }}') },
			{ items },
		);

		expect(error).toBeUndefined();
		expect(json).toHaveLength(3);
		expect(['rose', 'tulip']).toContain(json[1].topConcept);
		expect(sizes()).toEqual([2, 1]);
	});
});

describe('an input that cannot be read', () => {
	const items = [
		...pictures('a'),
		withFile(inMemory(notAPicture('b')), { name: 'b' }),
		...pictures('c'),
	];

	it('is the error of its item in a mixed answer', async () => {
		const { items: said, outputs } = await platform.run(
			NODE,
			{ model: general },
			{ items, settings: goesOn },
		);

		expect(said.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(outputs(1)).toMatchObject([
			{
				json: { name: 'b', details: expect.stringContaining('cannot identify image file') },
				pairedItem: { item: 1 },
			},
		]);
		expect(sizes()).toEqual([3]);
	});

	it('of a container model, which fails all, is found by splitting', async () => {
		addFlowers();
		const many = [...pictures(...numbered(60)), ...items, ...pictures(...numbered(60, 'q'))];

		const { items: said, outputs } = await platform.run(
			NODE,
			{ model: flowers },
			{ items: many, settings: goesOn },
		);

		expect(said).toHaveLength(122);
		expect(outputs(1)).toMatchObject([
			{
				json: { name: 'b', details: expect.stringContaining('cannot identify image file') },
				pairedItem: { item: 61 },
			},
		]);
		expect(sizes()[0]).toBe(123);
	});

	it('leaves answers and errors in the order of the items on the one output', async () => {
		const { json } = await platform.run(
			NODE,
			{ model: general },
			{ items, settings: { onError: 'continueRegularOutput' } },
		);

		expect(json.map(({ error }) => error !== undefined)).toEqual([false, true, false]);
	});

	it('of a workflow is the error of its item', async () => {
		const owner = { user_id: DEMO.publicUserId, app_id: DEMO.publicAppId };
		platform.emulator.addWorkflows(1, {
			id: 'see',
			nodes: [{ id: 'see', model: { id: DEMO.publicModels.classifier, ...owner } }],
		});

		const { items: said, outputs } = await platform.run(
			NODE,
			{ predictWith: 'workflow', workflow: locate('id', 'see') },
			{ items, settings: goesOn },
		);

		expect(said.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(outputs(1)).toMatchObject([{ json: { name: 'b' }, pairedItem: { item: 1 } }]);
	});

	it('ends a node that does not continue', async () => {
		const { error } = await platform.run(NODE, { model: general }, { items });

		expect(error?.context.itemIndex).toBe(1);
		expect(error?.description).toContain('cannot identify image file');
	});
});

it.each(['resetAfter', 'resetBefore', 'http503', 'truncatedJson', 'throttle'] as const)(
	'a prediction whose answer is lost is asked for again (%s)',
	async (kind) => {
		platform.emulator.faults.add({ kind, rpc: 'PostModelOutputs', times: 2 });

		const { json, error } = await platform.run(
			NODE,
			{ ...byUrl, model: general },
			{ items: addresses('a', 'b') },
		);

		expect(error).toBeUndefined();
		expect(json).toHaveLength(2);
	},
);
