import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { chain, connect } from '../../../tools/engine/engine.mts';
import { callsOf, DEMO, type InProcessSetUp, locate, setUp, type SetUp } from '../../setup.mts';

const MODEL = 'clarifaiCreateModel';
const FAST: INodeParameters = { maxRequestsPerSecond: 0 };

const eachModel: INodeParameters = { modelId: '={{ $json.id }}', options: FAST };

const numbered = (count: number): IDataObject[] =>
	Array.from({ length: count }, (_none, index) => ({ id: `m${index}` }));

const ids = (items: Array<{ json: IDataObject }>) => items.map(({ json }) => json.modelId);

let clarifai: SetUp;

beforeEach(async () => {
	clarifai = await setUp();
});

describe('many items', () => {
	it('come out in their order, each paired with its input, however late its answer', async () => {
		const { run, emulator } = clarifai;
		const items = numbered(60);
		emulator.faults.add({ kind: 'resetBefore', times: 7, rate: 0.5 });

		const { items: output } = await run(MODEL, eachModel, { items });

		expect(ids(output)).toEqual(items.map(({ id }) => id));
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(
			items.map((_item, item) => ({ item })),
		);
		expect(emulator.faults.total).toBe(7);
		expect(emulator.app().models.size).toBe(60);
	});

	it('are under way together, but never more than 20', async () => {
		let answered = 0;
		let most = 0;
		const { run, emulator } = await setUp({
			latencyMs: 20,
			onRequest: () => {
				most = Math.max(most, emulator.requests.length - answered);
				answered++;
			},
		});

		const { items } = await run(MODEL, eachModel, { items: numbered(100) });

		expect(items).toHaveLength(100);
		expect(most).toBeLessThanOrEqual(20);
		expect(most).toBeGreaterThan(10);
	});

	it("stay within Clarifai's limit by default", async () => {
		const { run, emulator } = await setUp({ requestsPerSecond: 20 });

		const { items } = await run(MODEL, { modelId: '={{ $json.id }}' }, { items: numbered(24) });

		expect(items).toHaveLength(24);
		expect(emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
	});

	it('all succeed on a platform that throttles more than expected', async () => {
		const { run, emulator } = await setUp({ requestsPerSecond: 10, retryAfter: 1 });

		const { items, error } = await run(MODEL, eachModel, { items: numbered(12) });

		expect(error).toBeUndefined();
		expect(ids(items)).toEqual(numbered(12).map(({ id }) => id));
		expect(emulator.requests.some(({ status }) => status === 429)).toBe(true);
		expect(emulator.app().models.size).toBe(12);
	});

	it('keep their binary data out of the output, and their fields out of each other', async () => {
		const { run } = clarifai;

		const { items } = await run(MODEL, eachModel, {
			items: [
				{ json: { id: 'a', extra: 1 }, binary: { data: { data: 'aGk=', mimeType: 'text/plain' } } },
				{ json: { id: 'b' } },
			],
		});

		expect(items.map(({ json, binary }) => [json.modelId, json.extra, binary])).toEqual([
			['a', undefined, undefined],
			['b', undefined, undefined],
		]);
	});
});

describe('an item with bad input', () => {
	const bad = [{ id: 'good-1' }, { id: 'not/good' }, { id: 'good-2' }];

	it('lets nothing be sent for any item, when the node stops on errors', async () => {
		const { run, emulator } = clarifai;

		const { error, items } = await run(MODEL, eachModel, { items: bad });

		expect(error).toMatchObject({ message: `'Model ID' is not a valid ID: "not/good"` });
		expect(error?.context.itemIndex).toBe(1);
		expect(items).toEqual([]);
		expect(emulator.requests).toEqual([]);
	});

	it.each<[string, INodeParameters]>([
		[
			'clarifaiCreateWorkflow',
			{
				workflowId: '={{ $json.id }}',
				nodes: { node: [{ nodeId: 'a', modelId: locate('id', 'trained') }] },
			},
		],
		['clarifaiUpdateDefaultWorkflow', { workflow: locate('id', '={{ $json.id }}') }],
		['clarifaiListTemplates', { modelType: locate('id', '={{ $json.id }}') }],
		['clarifaiTrainingStatus', { model: locate('id', '={{ $json.id }}'), modelVersionId: 'v' }],
		[
			'clarifaiTrain',
			{ model: locate('id', '={{ $json.id }}'), template: locate('id', 'x'), concepts: ['cat'] },
		],
	])('lets %s send nothing either', async (node, parameters) => {
		const { run, emulator } = clarifai;

		const { error } = await run(node, parameters, { items: bad });

		expect(error?.context.itemIndex).toBe(1);
		expect(emulator.requests).toEqual([]);
	});

	it('fails alone when the node continues', async () => {
		const { run, emulator } = clarifai;

		const { items } = await run(MODEL, eachModel, {
			items: bad,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(items).toMatchObject([
			{ json: { modelId: 'good-1' }, pairedItem: { item: 0 } },
			{ json: { error: `'Model ID' is not a valid ID: "not/good"` }, pairedItem: { item: 1 } },
			{ json: { modelId: 'good-2' }, pairedItem: { item: 2 } },
		]);
		expect([...emulator.app().models.keys()]).toEqual(['good-1', 'good-2']);
	});

	it('fails all items when it is one value for the whole run', async () => {
		const { run, emulator } = clarifai;

		const { outputs } = await run(
			MODEL,
			{ modelId: '={{ $json.id }}', options: { maxRequestsPerSecond: '={{ "fast" }}' } },
			{ items: numbered(2), settings: { onError: 'continueErrorOutput' } },
		);

		expect(outputs(0)).toEqual([]);
		expect(outputs(1)).toHaveLength(2);
		expect(emulator.requests).toEqual([]);
	});

	it('fails alone also for a rate, which the first good item decides for all', async () => {
		const { run, emulator } = clarifai;
		const rates = ['fast', 1, 50, 50, 50];

		const { items, outputs } = await run(
			MODEL,
			{ modelId: '={{ $json.id }}', options: { maxRequestsPerSecond: '={{ $json.rate }}' } },
			{
				items: numbered(5).map((item, index) => ({ ...item, rate: rates[index] })),
				settings: { onError: 'continueErrorOutput' },
			},
		);

		expect(ids(items)).toEqual(['m1', 'm2', 'm3', 'm4']);
		expect(outputs(1)).toMatchObject([
			{
				json: { error: expect.stringMatching(/^'Max Requests per Second' must be a number/) },
				pairedItem: { item: 0 },
			},
		]);
		const arrivals = emulator.requests.map(({ arrivedAt }) => arrivedAt);
		const gaps = arrivals.slice(1).map((at, index) => at - arrivals[index]);
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
	});
});

describe('an item that Clarifai refuses', () => {
	const items = [{ id: 'a' }, { id: 'taken' }, { id: 'c' }];

	const refuse = ({ emulator }: SetUp) =>
		void emulator.faults.add({
			kind: 'failure10020',
			rpc: 'PostModels',
			code: 40010,
			details: "Model with ID 'taken' already exists.",
			when: ({ body }) => JSON.stringify(body).includes('"taken"'),
		});

	beforeEach(() => refuse(clarifai));

	it('stops the node with its own error', async () => {
		const { run } = clarifai;

		const { error, result } = await run(MODEL, eachModel, { items });

		expect(result.status).toBe('error');
		expect(error?.name).toBe('NodeApiError');
		expect(error).toMatchObject({
			message: 'Object has a duplicate ID; another object with same ID already exist',
			description: expect.stringMatching(
				/^Model with ID 'taken' already exists\. .*code 40010, request ID \w+, HTTP 400/,
			),
			httpCode: '400',
		});
		expect(error?.context.itemIndex).toBe(1);
	});

	it('names in its error what was done before the stop', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(
			MODEL,
			{ ...eachModel, options: { maxRequestsPerSecond: 50 } },
			{ items: [...numbered(30), { id: 'taken' }, ...numbered(40).slice(30)] },
		);

		expect(error?.context.itemIndex).toBe(30);
		expect(error?.description).toMatch(
			/Done in this run before the node stopped: item 0: modelId m0; item 1: modelId m1; .* and \d+ more\.$/,
		);
		const more = Number(/ and (\d+) more\.$/.exec(error!.description!)![1]);
		expect(20 + more).toBe(emulator.app().models.size);
	});

	it.each([
		['for a connection', FAST],
		['for their time', { maxRequestsPerSecond: 100 }],
	])('lets no write go out any more that waited %s', async (_what, options) => {
		const platform = await setUp({ latencyMs: 200 });
		refuse(platform);

		const { error } = await platform.run(
			MODEL,
			{ modelId: '={{ $json.id }}', options },
			{ items: [{ id: 'taken' }, ...numbered(200)] },
		);

		const { requests } = platform.emulator;
		const posts = requests.filter(({ rpc }) => rpc === 'PostModels');
		// After the refusal, the node looks whether somebody else has made the model.
		const look = requests.filter(({ path }) => path.endsWith('/models/taken')).at(-1)!;
		expect(posts.filter(({ arrivedAt }) => arrivedAt > look.arrivedAt + 200)).toEqual([]);
		expect(posts.length).toBeLessThan(100);
		expect((error?.context.data as { done: unknown[] }).done).toHaveLength(posts.length - 1);
	});

	it('lets no training go out any more that waited for the one before', async () => {
		const { run, emulator } = clarifai;
		emulator.addModel('cars');
		emulator.faults.add({ kind: 'failure10020', rpc: 'PostModelVersions', skip: 1 });

		const { error } = await run(
			'clarifaiTrain',
			{
				model: locate('id', 'cars'),
				template: locate('id', 'MMClassification_ResNet_50_RSB_A1'),
				concepts: ['cat', 'dog'],
				options: FAST,
			},
			{ items: numbered(20) },
		);

		expect(error?.context.itemIndex).toBe(1);
		const posts = emulator.requests.filter(({ rpc }) => rpc === 'PostModelVersions');
		expect(posts).toHaveLength(2);
		expect(emulator.app().models.get('cars')!.versions.size).toBe(1);
	});

	it('becomes an item between the others when the node continues', async () => {
		const { run } = clarifai;

		const { items: output, result } = await run(MODEL, eachModel, {
			items,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(result.status).toBe('success');
		expect(output).toMatchObject([
			{ json: { modelId: 'a', created: true }, pairedItem: { item: 0 } },
			{
				json: {
					error: 'Object has a duplicate ID; another object with same ID already exist',
					message: 'Object has a duplicate ID; another object with same ID already exist',
					details: expect.stringMatching(
						/^Model with ID 'taken' already exists\. .*code 40010, request ID \w+, HTTP 400/,
					),
				},
				pairedItem: { item: 1 },
			},
			{ json: { modelId: 'c', created: true }, pairedItem: { item: 2 } },
		]);
	});

	it('alone takes the error branch, each with its own error', async () => {
		const { engine } = clarifai;
		const node = engine.node(MODEL, eachModel, { onError: 'continueErrorOutput' });
		const straight = chain(node, { name: 'Done', type: 'n8n-nodes-base.noOp' });
		const workflow = connect(
			{ ...straight, nodes: [...straight.nodes, { name: 'Failed', type: 'n8n-nodes-base.noOp' }] },
			node.name,
			1,
			'Failed',
		);

		const result = await engine.run(workflow, {
			items: [...items, { id: 'b/d' }].map((json) => ({ json })),
		});

		expect(ids(result.outputs('Done'))).toEqual(['a', 'c']);
		expect(result.outputs(node.name).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 2 },
		]);
		expect(result.outputs('Failed')).toMatchObject([
			{
				json: {
					id: 'taken',
					error: expect.stringContaining('duplicate ID'),
					details: expect.stringContaining('code 40010'),
				},
			},
			{ json: { id: 'b/d', error: `'Model ID' is not a valid ID: "b/d"` } },
		]);
		expect(result.outputs(node.name, 1).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 1 },
			{ item: 3 },
		]);
	});

	it('is tried again with Retry On Fail, without doing the others again', async () => {
		const { run, emulator } = await setUp();
		emulator.addModel('taken');
		emulator.faults.add({
			kind: 'okWithFailureStatus',
			times: 1,
			when: ({ body }) => JSON.stringify(body ?? '').includes('"c"'),
		});

		const { json } = await run(MODEL, eachModel, {
			items,
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});

		expect(json.map(({ modelId, created }) => [modelId, created])).toEqual([
			['a', true],
			['taken', false],
			['c', true],
		]);
		const posted = emulator.requests.filter(({ rpc }) => rpc === 'PostModels');
		expect(posted.filter(({ body }) => JSON.stringify(body).includes('"a"'))).toHaveLength(1);
	});
});

describe('when the execution is stopped', () => {
	it('nothing new is sent, and the run ends as cancelled', async () => {
		const { engine, emulator } = await setUp({
			latencyMs: 20,
			onRequest: () => {
				if (emulator.requests.length > 30) handle.cancel();
			},
		});
		const handle = engine.start(chain(engine.node(MODEL, eachModel)), {
			items: numbered(500).map((json) => ({ json })),
		});

		const result = await handle.done;
		const sent = callsOf(emulator).length;

		expect(result.status).toBe('canceled');
		expect(sent).toBeLessThan(100);
		// Whatever still came in was under way, or looked up what had been under way.
		expect(emulator.app().models.size).toBeLessThan(100);
	});

	it('an item that waits for a repeated request ends too', async () => {
		const platform: InProcessSetUp = await setUp({
			onRequest: () => void platform.time.wakeAfter(20, () => handle.cancel()),
		});
		const { engine, emulator } = platform;
		emulator.faults.add({ kind: 'throttle', retryAfter: 60 });
		const handle = engine.start(chain(engine.node(MODEL, { modelId: 'a' })));

		const result = await handle.done;

		expect(result.status).toBe('canceled');
		expect(emulator.requests).toHaveLength(1);
		expect(emulator.app(DEMO.userId).models.size).toBe(0);
	});
});
