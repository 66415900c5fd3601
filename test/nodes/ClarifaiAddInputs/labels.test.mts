import type { INodeParameters } from 'n8n-workflow';
import { addresses, byUrl, pictures } from '../media.mts';
import { bodiesOf, callsOf, locate, setUp, type InProcessSetUp } from '../setup.mts';

const NODE = 'clarifaiAddInputs';

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
});

/** The data that is sent for one picture, without the picture. */
async function sent(parameters: INodeParameters, json = {}) {
	const [item] = pictures('a');
	const { error } = await platform.run(NODE, parameters, { items: [{ ...item, json }] });
	expect(error).toBeUndefined();
	const [body] = bodiesOf(platform.emulator, 'PostInputs') as Array<{
		inputs: Array<{ data: Record<string, unknown> }>;
	}>;
	const { image, ...labels } = body.inputs[0].data;
	return labels;
}

const cat = { id: 'cat', value: 1 };

describe('labels', () => {
	it.each<[string, INodeParameters['concepts'], object]>([
		['a list', ['cat', 'dog'], {}],
		['an expression that gives a list', '={{ $json.tags }}', { tags: ['cat', 'dog'] }],
		['a comma-separated text', '={{ $json.tags }}', { tags: 'cat, dog' }],
	])('are concepts from %s', async (_from, concepts, json) => {
		expect(await sent({ concepts }, json)).toEqual({ concepts: [cat, { id: 'dog', value: 1 }] });
	});

	it('may be negative', async () => {
		const labels = { concepts: ['cat'], additionalFields: { negativeConcepts: 'dog, outdoors' } };

		expect(await sent(labels)).toEqual({
			concepts: [cat, { id: 'dog', value: 0 }, { id: 'outdoors', value: 0 }],
		});
	});

	it('may have no negative ones by an expression', async () => {
		const { json } = await platform.run(
			NODE,
			{ concepts: ['cat'], additionalFields: { negativeConcepts: '={{ [] }}' } },
			{ items: pictures('a') },
		);

		expect(json).toMatchObject([{ status: 'added', concepts: ['cat'] }]);
	});

	it('cannot be positive and negative at once', async () => {
		const { error } = await platform.run(
			NODE,
			{ concepts: ['cat', 'dog'], additionalFields: { negativeConcepts: 'dog' } },
			{ items: pictures('a') },
		);

		expect(error?.message).toBe(
			"Concept \"dog\" is in 'Concept Names or IDs' and in 'Negative Concepts'",
		);
		expect(callsOf(platform.emulator)).toEqual([]);
	});

	it('take metadata along', async () => {
		const metadata = { order: 17, tags: ['x'], nested: { deep: true } };

		expect(await sent({ additionalFields: { metadata: JSON.stringify(metadata) } })).toEqual({
			metadata,
		});
	});

	it('take a place along, also one at the origin of the map', async () => {
		expect(await sent({ additionalFields: { latitude: 0, longitude: 0 } })).toEqual({
			geo: { geo_point: { longitude: 0, latitude: 0 } },
		});
	});

	it.each([
		['without a longitude', { latitude: 50 }, "Only one of 'Latitude' and 'Longitude' is set"],
		[
			'off the map',
			{ latitude: 91, longitude: 8 },
			'\'Latitude\' must be a number from -90 to 90, not "91"',
		],
	])('do not take a place %s', async (_what, additionalFields, message) => {
		const { error } = await platform.run(NODE, { additionalFields }, { items: pictures('a') });

		expect(error?.message).toBe(message);
		expect(callsOf(platform.emulator)).toEqual([]);
	});
});

describe('regions', () => {
	const box = { top: 0.1, left: 0.2, bottom: 0.5, right: 0.6 };
	const region = {
		region_info: {
			bounding_box: { top_row: 0.1, left_col: 0.2, bottom_row: 0.5, right_col: 0.6 },
		},
		data: { concepts: [cat] },
	};
	const triangle = [
		[0.1, 0.2],
		[0.5, 0.2],
		[0.5, 0.6],
	];
	const polygon = {
		region_info: { polygon: { points: triangle.map(([row, col]) => ({ row, col })) } },
		data: { concepts: [{ id: 'dog', value: 1 }] },
	};

	it('come from the form for boxes', async () => {
		const boxes = { box: [{ concept: 'cat', ...box }] };

		expect(await sent({ additionalFields: { boxes } })).toEqual({ regions: [region] });
	});

	it.each<[string, unknown, object[]]>([
		['boxes', [{ concept: 'cat', ...box }], [region]],
		['polygons', [{ concept: 'dog', polygon: triangle }], [polygon]],
		[
			'several concepts',
			[{ concepts: ['cat', 'dog'], ...box }],
			[{ ...region, data: { concepts: [cat, { id: 'dog', value: 1 }] } }],
		],
		["Clarifai's own form", [region, polygon], [region, polygon]],
		[
			"Clarifai's own form with edges at 0 left out",
			[
				{
					region_info: { bounding_box: { bottom_row: 0.5, right_col: 0.6 } },
					data: { concepts: [{ id: 'cat' }] },
				},
			],
			[
				{
					region_info: {
						bounding_box: { top_row: 0, left_col: 0, bottom_row: 0.5, right_col: 0.6 },
					},
					data: { concepts: [cat] },
				},
			],
		],
	])('come from JSON with %s', async (_what, value, regions) => {
		const text = { additionalFields: { regionsJson: JSON.stringify(value) } };
		expect(await sent(text)).toEqual({ regions });
	});

	it('come from an expression, and beside the boxes of the form', async () => {
		const additionalFields = {
			regionsJson: '={{ $json.found }}',
			boxes: { box: [{ concept: 'cat', ...box }] },
		};

		expect(
			await sent({ additionalFields }, { found: [{ concept: 'dog', polygon: triangle }] }),
		).toEqual({ regions: [polygon, region] });
	});

	const inJson = (value: unknown) => ({ regionsJson: JSON.stringify(value) });

	it.each<[string, INodeParameters, string]>([
		['text that is no JSON', { regionsJson: '[{' }, "'Regions (JSON)' is not valid JSON"],
		['no list', inJson({ concept: 'cat' }), "'Regions (JSON)' must be a list, not an object"],
		['no object', inJson(['cat']), "Region 1 of 'Regions (JSON)' must be an object"],
		['no concept', inJson([box]), "Region 1 of 'Regions (JSON)' has no concept"],
		[
			'no edge',
			inJson([
				{ concept: 'cat', ...box },
				{ concept: 'cat', top: 0.1 },
			]),
			'Region 2 of \'Regions (JSON)\' has no number "left"',
		],
		[
			'pixels',
			inJson([{ concept: 'cat', ...box, bottom: 640 }]),
			"Region 1 of 'Regions (JSON)' lies outside the picture",
		],
		[
			'edges the wrong way round',
			inJson([{ concept: 'cat', ...box, bottom: 0 }]),
			"Region 1 of 'Regions (JSON)' has its edges the wrong way round",
		],
		[
			'too few corners',
			inJson([{ concept: 'cat', polygon: triangle.slice(1) }]),
			'must be a list of 3 or more [row, column]',
		],
		[
			'a kind of region that the node cannot make',
			inJson([{ region_info: { point: { row: 0.1, col: 0.1 } }, data: { concepts: [cat] } }]),
			'Region 1 of \'Regions (JSON)\' has no number "top"',
		],
		[
			'a box of the form without a concept',
			{ boxes: { box: [{ ...box, concept: '' }] } },
			"'Concept ID (box 1)' is empty",
		],
		[
			'a box of the form without an area',
			{ boxes: { box: [{ ...box, concept: 'cat', right: 0.1 }] } },
			'Box 1 has its edges the wrong way round',
		],
	])('with %s are refused before anything is sent', async (_what, additionalFields, message) => {
		const { error } = await platform.run(NODE, { additionalFields }, { items: pictures('a') });

		expect(error?.message).toContain(message);
		expect(callsOf(platform.emulator)).toEqual([]);
	});
});

describe('concepts that the app does not have', () => {
	const concepts = '={{ $json.tag }}';
	const tagged = (...tags: string[]) =>
		addresses(...tags).map((item, index) => ({ ...item, tag: tags[index] }));

	it('are refused with a suggestion, and nothing is added', async () => {
		const { error } = await platform.run(
			NODE,
			{ ...byUrl, concepts },
			{ items: tagged('cat', 'ferari', 'dog') },
		);

		expect(error?.message).toBe('The app has no concept "ferari"');
		expect(error?.description).toContain('Did you mean "ferrari" for "ferari"?');
		expect(error?.context.itemIndex).toBe(1);
		expect(callsOf(platform.emulator)).not.toContain('POST PostInputs');
		expect(platform.emulator.app().concepts.has('ferari')).toBe(false);
	});

	it.each<[string, INodeParameters]>([
		['a negative one', { negativeConcepts: 'catt' }],
		['one of a region', { regionsJson: '[{"concept":"catt","polygon":[[0,0],[1,0],[1,1]]}]' }],
	])('are refused as %s', async (_as, additionalFields) => {
		const { error } = await platform.run(NODE, { additionalFields }, { items: pictures('a') });

		expect(error?.description).toContain('Did you mean "cat" for "catt"?');
		expect(callsOf(platform.emulator)).not.toContain('POST PostInputs');
	});

	it('are the errors of their items alone where the node continues', async () => {
		const run = await platform.run(
			NODE,
			{ ...byUrl, concepts },
			{
				items: tagged('cat', 'ferari', 'dog'),
				settings: { onError: 'continueErrorOutput' },
			},
		);

		expect(run.json.map(({ concepts: labels }) => labels)).toEqual([['cat'], ['dog']]);
		expect(run.outputs(1)).toMatchObject([
			{
				json: {
					error: 'The app has no concept "ferari"',
					message: 'The app has no concept "ferari"',
					details: expect.stringContaining('Did you mean'),
					tag: 'ferari',
				},
				pairedItem: { item: 1 },
			},
		]);
	});

	it('are created where the user wants that', async () => {
		const { json, error } = await platform.run(
			NODE,
			{ ...byUrl, concepts, additionalFields: { newConcepts: 'create' } },
			{ items: tagged('tram') },
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'added', concepts: ['tram'] }]);
		expect(platform.emulator.app().concepts.has('tram')).toBe(true);
		expect(callsOf(platform.emulator)).not.toContain('GET ListConcepts');
	});

	it('are looked up once for all items', async () => {
		await platform.run(NODE, { ...byUrl, concepts }, { items: tagged('cat', 'dog', 'outdoors') });

		expect(callsOf(platform.emulator).filter((call) => call === 'GET ListConcepts')).toHaveLength(
			1,
		);
	});
});

describe('the dataset', () => {
	const dataset = locate('id', 'photos');
	const members = () => [...platform.emulator.app().datasets.get('photos')!.members.keys()];

	it('is joined by the inputs, and put out', async () => {
		platform.emulator.addDataset('photos', { inputCount: 0 });

		const { json } = await platform.run(NODE, { dataset }, { items: pictures('a', 'b') });

		expect(json.map(({ datasetId }) => datasetId)).toEqual(['photos', 'photos']);
		expect(members()).toEqual(json.map(({ inputId }) => inputId));
	});

	it('that does not exist is refused, and nothing is added', async () => {
		const { error } = await platform.run(NODE, { dataset }, { items: pictures('a') });

		expect(error?.message).toBe('Dataset "photos" does not exist in the app');
		expect(error?.description).toContain("'Create Dataset'");
		expect(callsOf(platform.emulator)).toEqual(['GET GetDataset']);
	});

	it('is created once for all items that want it', async () => {
		const { json, error } = await platform.run(
			NODE,
			{ ...byUrl, dataset, additionalFields: { createDataset: true } },
			{ items: addresses(...Array.from({ length: 300 }, (_none, index) => `n${index}`)) },
		);

		expect(error).toBeUndefined();
		expect(json).toHaveLength(300);
		expect(members()).toHaveLength(300);
		expect(platform.emulator.book.of('dataset').map(({ id }) => id)).toEqual(['photos']);
	});

	it('that exists is not created again', async () => {
		platform.emulator.addDataset('photos', { inputCount: 0 });

		const { error } = await platform.run(
			NODE,
			{ dataset, additionalFields: { createDataset: true } },
			{ items: pictures('a') },
		);

		expect(error).toBeUndefined();
		expect(platform.emulator.book.of('dataset')).toEqual([]);
		expect(members()).toHaveLength(1);
	});

	it('may be another for each item', async () => {
		const parameters = {
			...byUrl,
			dataset: locate('id', '={{ $json.set }}'),
			additionalFields: { createDataset: true },
		};
		const items = addresses('a', 'b', 'c').map((item, index) => ({
			...item,
			set: index === 1 ? 'test' : 'train',
		}));

		const { json } = await platform.run(NODE, parameters, { items });

		expect(json.map(({ datasetId }) => datasetId)).toEqual(['train', 'test', 'train']);
		const { datasets } = platform.emulator.app();
		expect([...datasets.get('train')!.members.keys()]).toEqual([json[0].inputId, json[2].inputId]);
		expect([...datasets.get('test')!.members.keys()]).toEqual([json[1].inputId]);
	});

	it('is no expression that gives an empty text', async () => {
		const { error } = await platform.run(
			NODE,
			{ dataset: locate('id', '={{ $json.set }}') },
			{ items: [{ ...pictures('a')[0], json: { set: '' } }] },
		);

		expect(error?.message).toBe("'Dataset' is an expression that gives nothing");
	});
});
