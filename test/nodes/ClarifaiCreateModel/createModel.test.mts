import type { INodeParameters } from 'n8n-workflow';
import { bodiesOf, callsOf, DEMO, locate, setUp, type SetUp } from '../setup.mts';

const NODE = 'clarifaiCreateModel';

const DEEP_FINE_TUNING_TYPES = [
	'visual-classifier',
	'visual-detector',
	'visual-embedder',
	'text-classifier',
	'visual-segmenter',
	'visual-anomaly-heatmap',
];

let clarifai: SetUp;

beforeEach(async () => {
	clarifai = await setUp();
});

describe('a new model', () => {
	it("is looked for, then posted with Clarifai's minimal body and put out flat", async () => {
		const { emulator, run } = clarifai;

		const { items } = await run(NODE, { modelId: 'cars' });

		const path = `/v2/users/${DEMO.userId}/apps/${DEMO.appId}/models`;
		expect(emulator.requests).toMatchObject([
			{ method: 'GET', path: `${path}/cars` },
			{ method: 'POST', path },
		]);
		expect(bodiesOf(emulator, 'PostModels')).toEqual([
			{ models: [{ id: 'cars', model_type_id: 'visual-classifier' }] },
		]);
		expect(items).toEqual([
			{
				json: {
					modelId: 'cars',
					modelTypeId: 'visual-classifier',
					userId: DEMO.userId,
					appId: DEMO.appId,
					createdAt: emulator.app().models.get('cars')?.message.created_at,
					created: true,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it.each(DEEP_FINE_TUNING_TYPES)('can be of type %s', async (type) => {
		const { emulator, run } = clarifai;

		const { json } = await run(NODE, { modelId: 'm', modelType: locate('list', type) });

		expect(json).toMatchObject([{ modelId: 'm', modelTypeId: type, created: true }]);
		expect(emulator.app().models.get('m')?.message.model_type_id).toBe(type);
	});

	it('can be of a type that nobody has documented', async () => {
		const { emulator, run } = clarifai;
		emulator.addModelType({ id: 'odd.Type_9', title: 'Odd', creatable: true });

		const { json } = await run(NODE, { modelId: 'm', modelType: locate('id', 'odd.Type_9') });

		expect(json).toMatchObject([{ modelTypeId: 'odd.Type_9' }]);
	});

	it('carries all additional fields', async () => {
		const { emulator, run } = clarifai;

		await run(NODE, {
			modelId: 'cars',
			additionalFields: {
				description: 'Tells cars apart',
				notes: 'Long\ntext',
				metadata: '{"team":"vision","levels":[1,{"a":null}]}',
				visibility: 'public',
				languages: 'en, de',
				toolkits: 'MMClassification',
				useCases: 'quality-control, sorting',
			},
		});

		expect(bodiesOf(emulator, 'PostModels')).toEqual([
			{
				models: [
					{
						id: 'cars',
						model_type_id: 'visual-classifier',
						description: 'Tells cars apart',
						notes: 'Long\ntext',
						metadata: { team: 'vision', levels: [1, { a: null }] },
						visibility: { gettable: 50 },
						languages: ['en', 'de'],
						toolkits: ['MMClassification'],
						use_cases: ['quality-control', 'sorting'],
					},
				],
			},
		]);
		expect(emulator.app().models.get('cars')?.message.description).toBe('Tells cars apart');
	});

	it('takes lists and objects from expressions', async () => {
		const { emulator, run } = clarifai;

		await run(
			NODE,
			{
				modelId: '={{ $json.id }}',
				modelType: locate('id', '={{ $json.type }}'),
				additionalFields: {
					metadata: '={{ $json.about }}',
					languages: '={{ $json.tags }}',
					visibility: '={{ $json.seen }}',
				},
			},
			{
				items: [
					{
						id: 'a',
						type: 'visual-detector',
						about: { x: 1 },
						tags: ['en', 'fr'],
						seen: 'private',
					},
					{ id: 7, type: 'text-classifier', about: '{"y":2}', tags: 'de', seen: 'public' },
				],
			},
		);

		expect(bodiesOf(emulator, 'PostModels')).toEqual([
			{
				models: [
					{
						id: 'a',
						model_type_id: 'visual-detector',
						metadata: { x: 1 },
						languages: ['en', 'fr'],
						visibility: { gettable: 10 },
					},
				],
			},
			{
				models: [
					{
						id: '7',
						model_type_id: 'text-classifier',
						metadata: { y: 2 },
						languages: ['de'],
						visibility: { gettable: 50 },
					},
				],
			},
		]);
	});

	it.each([
		['empty', ''],
		['expressions that are empty themselves', '='],
	])('sends nothing for additional fields that are %s', async (_what, value) => {
		const { emulator, run } = clarifai;
		const names = ['description', 'notes', 'metadata', 'visibility', 'languages', 'toolkits'];

		const { json } = await run(NODE, {
			modelId: 'cars',
			additionalFields: Object.fromEntries([...names, 'useCases'].map((name) => [name, value])),
			options: { userId: value, appId: value },
		});

		expect(json).toMatchObject([{ created: true }]);
		expect(bodiesOf(emulator, 'PostModels')).toEqual([
			{ models: [{ id: 'cars', model_type_id: 'visual-classifier' }] },
		]);
	});

	it("is Clarifai's own object when Simplify is off", async () => {
		const { emulator, run } = clarifai;

		const { items } = await run(NODE, { modelId: 'cars', simplify: false });

		expect(items).toEqual([
			{
				json: expect.objectContaining({
					id: 'cars',
					model_type_id: 'visual-classifier',
					user_id: DEMO.userId,
					app_id: DEMO.appId,
					created_at: emulator.app().models.get('cars')?.message.created_at,
				}),
				pairedItem: { item: 0 },
			},
		]);
		expect(items[0].json).not.toHaveProperty('modelId');
	});

	it("goes into the app of 'Options'", async () => {
		const { emulator, run } = clarifai;
		emulator.addApp('other-app');

		const { json } = await run(NODE, {
			modelId: 'cars',
			options: { userId: DEMO.userId, appId: 'other-app' },
		});

		expect(json).toMatchObject([{ userId: DEMO.userId, appId: 'other-app' }]);
		expect([...emulator.app(DEMO.userId, 'other-app').models.keys()]).toEqual(['cars']);
		expect([...emulator.app().models.keys()]).toEqual([]);
	});

	it('can be made by an AI agent', async () => {
		const { engine, emulator } = clarifai;

		const { call } = await engine.asTool(
			NODE,
			{ modelId: "={{ $fromAI('model_id', 'ID of the model', 'string') }}" },
			{ model_id: 'agents-model' },
		);

		expect(JSON.parse(call!.response)).toMatchObject([{ modelId: 'agents-model', created: true }]);
		expect(call?.description).toContain('Create an empty Clarifai model');
		expect(emulator.app().models.has('agents-model')).toBe(true);
	});
});

describe('a model that exists', () => {
	beforeEach(() => void clarifai.emulator.addModel('cars', { description: 'the old one' }));

	it('is an error with a remedy when asked for, before anything is sent for any item', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(
			NODE,
			{ modelId: '={{ $json.id }}', ifModelExists: 'fail' },
			{ items: [{ id: 'boats' }, { id: 'cars' }] },
		);

		expect(error).toMatchObject({
			message: 'Model "cars" already exists',
			description: "Choose another 'Model ID', or set 'If Model Exists' to Reuse.",
			context: expect.objectContaining({ itemIndex: 1 }),
		});
		expect(new Set(callsOf(emulator))).toEqual(new Set(['GET GetModel']));
	});

	it('is reused by default when it has the same type', async () => {
		const { run, emulator } = clarifai;

		const { items } = await run(NODE, { modelId: 'cars' });

		expect(items).toEqual([
			{
				json: {
					modelId: 'cars',
					modelTypeId: 'visual-classifier',
					userId: DEMO.userId,
					appId: DEMO.appId,
					createdAt: emulator.app().models.get('cars')?.message.created_at,
					created: false,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(emulator.app().models.get('cars')?.message.description).toBe('the old one');
		expect(callsOf(emulator)).toEqual(['GET GetModel']);
	});

	it('is not reused for another type', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, {
			modelId: 'cars',
			modelType: locate('list', 'visual-detector'),
			ifModelExists: 'reuse',
		});

		expect(error).toMatchObject({
			message: 'Model "cars" already exists with type visual-classifier, not visual-detector',
			description: "Choose another 'Model ID', or the type of the existing model.",
			context: expect.objectContaining({ itemIndex: 0 }),
		});
		expect(callsOf(emulator)).toEqual(['GET GetModel']);
	});

	it('is created once and reused after that, for items with the same ID', async () => {
		const { run, emulator } = clarifai;

		const { json } = await run(NODE, { modelId: 'twice' }, { items: [{}, {}, {}] });

		expect(json.map(({ modelId, created }) => [modelId, created])).toEqual([
			['twice', true],
			['twice', false],
			['twice', false],
		]);
		expect(callsOf(emulator)).toEqual(['GET GetModel', 'POST PostModels']);
	});

	it('fails just the later of two items with the same ID, however late the first', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'resetBefore', rpc: 'PostModels', times: 1 });

		const { items, outputs } = await run(
			NODE,
			{ modelId: 'twice', ifModelExists: 'fail', options: { maxRequestsPerSecond: 0 } },
			{ items: [{}, {}], settings: { onError: 'continueErrorOutput' } },
		);

		expect(items).toMatchObject([{ json: { modelId: 'twice' }, pairedItem: { item: 0 } }]);
		expect(outputs(1)).toMatchObject([
			{ json: { message: 'Model "twice" already exists' }, pairedItem: { item: 1 } },
		]);
	});
});

describe('a model that somebody else makes between the look and the write', () => {
	beforeEach(async () => {
		const platform = await setUp({
			onRequest: ({ rpc }) => {
				if (rpc === 'GetModel' && platform.emulator.requests.length === 1)
					platform.emulator.addModel('cars', { description: 'of somebody else' });
			},
		});
		clarifai = platform;
	});

	it('is reused', async () => {
		const { run, emulator } = clarifai;

		const { json } = await run(NODE, { modelId: 'cars' });

		expect(json).toMatchObject([{ modelId: 'cars', created: false }]);
		expect(callsOf(emulator)).toEqual(['GET GetModel', 'POST PostModels', 'GET GetModel']);
	});

	it('is not reused for another type', async () => {
		const { error } = await clarifai.run(NODE, {
			modelId: 'cars',
			modelType: locate('list', 'visual-detector'),
		});

		expect(error?.message).toBe(
			'Model "cars" already exists with type visual-classifier, not visual-detector',
		);
	});

	it("is Clarifai's own refusal, with a remedy, when it must be new", async () => {
		const { error } = await clarifai.run(NODE, { modelId: 'cars', ifModelExists: 'fail' });

		expect(error).toMatchObject({
			message: expect.stringContaining('Object has a duplicate ID'),
			description: expect.stringMatching(
				/Model with ID 'cars' already exists\. .*Choose another 'Model ID', or set 'If Model Exists' to Reuse\..*code 40010/,
			),
			httpCode: '400',
			context: expect.objectContaining({ itemIndex: 0 }),
		});
	});
});

describe('refused by Clarifai', () => {
	it('an unknown model type names what to check', async () => {
		const { run } = clarifai;

		const { error } = await run(NODE, { modelId: 'cars', modelType: locate('id', 'visual-nose') });

		expect(error).toMatchObject({
			message: 'Invalid model argument',
			description: expect.stringMatching(
				/model_type_id 'visual-nose' does not exist.*Clarifai List Templates/,
			),
			httpCode: '400',
		});
	});
});

describe('bad input', () => {
	const NOTHING = '={{ $json.nope }}';

	it.each<[string, INodeParameters]>([
		['Model ID', { modelId: NOTHING }],
		['If Model Exists', { ifModelExists: NOTHING }],
		['Simplify', { simplify: NOTHING }],
		['Description', { additionalFields: { description: NOTHING } }],
		['Notes', { additionalFields: { notes: NOTHING } }],
		['Metadata', { additionalFields: { metadata: NOTHING } }],
		['Visibility', { additionalFields: { visibility: NOTHING } }],
		['Languages', { additionalFields: { languages: NOTHING } }],
		['Toolkits', { additionalFields: { toolkits: '={{ null }}' } }],
		['Use Cases', { additionalFields: { useCases: NOTHING } }],
		['User ID', { options: { userId: NOTHING } }],
		['App ID', { options: { appId: '={{ null }}' } }],
		['Max Requests per Second', { options: { maxRequestsPerSecond: NOTHING } }],
		['Request Timeout', { options: { requestTimeoutSeconds: NOTHING } }],
	])("an expression that gives nothing for '%s' sends nothing", async (label, parameters) => {
		const { run, emulator } = clarifai;

		const { error } = await run(
			NODE,
			{ modelId: 'cars', ...parameters },
			{ items: [{ about: 1, tags: 2 }] },
		);

		expect(error).toMatchObject({
			message: `'${label}' is an expression that gives nothing`,
			description: expect.stringContaining('Item 0 carries: about, tags.'),
		});
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});

	it("an unresolved 'Model Type' is an error that names it", async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, { modelId: 'cars', modelType: locate('id', NOTHING) });

		expect(error).toMatchObject({ message: "'Model Type' is empty" });
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});

	it('all problems of an item come together', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, {
			modelId: 'a b',
			modelType: locate('id', NOTHING),
			ifModelExists: '={{ "replace" }}',
			additionalFields: { metadata: '[1]', notes: NOTHING },
			options: { appId: '..' },
		});

		expect(error?.message).toMatch(/^6 parameters need to be corrected: /);
		const named = error?.message.match(/'[A-Z][^']*'(?= is| must)/g);
		expect(named).toEqual([
			"'App ID'",
			"'Model ID'",
			"'Model Type'",
			"'Notes'",
			"'Metadata'",
			"'If Model Exists'",
		]);
		expect(emulator.requests).toEqual([]);
	});

	it.each([
		[{ modelId: '={{ "a/b" }}' }, /'Model ID' is not a valid ID: "a\/b"/],
		[{ modelId: '../users' }, /'Model ID' is not a valid ID/],
		[{ modelId: 'a b' }, /'Model ID' is not a valid ID/],
		[{ modelId: 'a?b=1' }, /'Model ID' is not a valid ID/],
		[{ modelId: 'a%2fb' }, /'Model ID' is not a valid ID/],
		[{ modelId: '={{ " " }}' }, /'Model ID' is an expression that gives nothing/],
		[{ modelId: '{{ $json.id }}' }, /'Model ID' looks like an expression, but is a fixed text/],
		[{ modelId: '={{ "undefined" }}' }, /'Model ID' is "undefined"/],
		[{ modelId: '={{ ({ id: 1 }) }}' }, /'Model ID' must be a text, not an object/],
		[{ modelId: '={{ ["a"] }}' }, /'Model ID' must be a text, not a list/],
		[{ modelId: '={{ true }}' }, /'Model ID' must be a text, not a boolean/],
		[{ modelType: locate('id', '={{ "a/b" }}') }, /'Model Type' is not a valid ID/],
		[{ modelType: locate('id', '={{ [] }}') }, /'Model Type' must be a text, not a list/],
		[{ options: { userId: 'a/b' } }, /'User ID' is not a valid ID/],
		[{ options: { appId: '..' } }, /'App ID' is not a valid ID/],
		[{ options: { appId: '={{ {} }}' } }, /'App ID' must be a text/],
		[{ additionalFields: { metadata: '[1]' } }, /'Metadata' must be a JSON object, not a list/],
		[{ additionalFields: { metadata: '"x"' } }, /'Metadata' must be a JSON object, not a string/],
		[{ additionalFields: { metadata: '={{ 5 }}' } }, /'Metadata' must be a JSON object/],
		[{ additionalFields: { metadata: '{"a":' } }, /'Metadata' is not valid JSON/],
		[
			{ additionalFields: { metadata: '{"a":[{"__proto__":{"b":1}}]}' } },
			/'Metadata' has the key "__proto__"/,
		],
		[
			{ additionalFields: { visibility: 'everyone' } },
			/'Visibility' must be one of: private, public, not "everyone"/,
		],
		[
			{ additionalFields: { visibility: '={{ 50 }}' } },
			/'Visibility' must be one of: private, public, not "50"/,
		],
		[{ additionalFields: { languages: '={{ {} }}' } }, /'Languages' must be a list/],
		[{ additionalFields: { toolkits: '={{ [1, null] }}' } }, /'Toolkits' has an empty entry/],
		[{ additionalFields: { useCases: '={{ [{}] }}' } }, /'Use Cases' has an empty entry/],
		[{ additionalFields: { description: '={{ {} }}' } }, /'Description' must be a text/],
		[{ additionalFields: { notes: '={{ [1] }}' } }, /'Notes' must be a text/],
		[
			{ ifModelExists: '={{ "replace" }}' },
			/'If Model Exists' must be one of: fail, reuse, not "replace"/,
		],
		[{ options: { maxRequestsPerSecond: 'many' } }, /'Max Requests per Second' must be a number/],
		[{ options: { maxRequestsPerSecond: -1 } }, /'Max Requests per Second' must be a number of 0/],
		[{ options: { requestTimeoutSeconds: 0 } }, /'Request Timeout' must be a number of 1 or more/],
	])('%j sends nothing', async (parameters, message) => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, { modelId: 'cars', ...parameters });

		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(/\w/);
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});

	it('is refused by n8n when Model ID is left empty', async () => {
		await expect(clarifai.run(NODE)).rejects.toThrow('Parameter "Model ID" is required');
	});
});
