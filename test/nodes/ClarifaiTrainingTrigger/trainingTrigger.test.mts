import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { FaultRule } from '../../tools/emulator/emulator.mts';
import { callsOf, DEMO, locate, setUp, type InProcessSetUp, type SetUp } from '../setup.mts';

const TRIGGER = 'clarifaiTrainingTrigger';
const FAST: INodeParameters = { options: { maxRequestsPerSecond: 0 } };

const jsonOf = (items: INodeExecutionData[][] | null) =>
	(items ?? []).flat().map(({ json }) => json);

const copy = (data: IDataObject) => JSON.parse(JSON.stringify(data)) as IDataObject;

/** An active workflow with the trigger: its polls, and what n8n has stored of its static data. */
async function activate(platform: SetUp, parameters: INodeParameters = {}) {
	const all = { ...FAST, ...parameters };
	let staticData: IDataObject = {};
	let stored: IDataObject = {};
	const pollItems = async (testing: boolean) => {
		const result = await platform.engine.poll(TRIGGER, all, { staticData, testing });
		// n8n stores the data when it has activated the workflow, and when a poll has given items.
		if (testing || result.saved) stored = copy(staticData);
		return result.items;
	};
	const first = await pollItems(true);
	return {
		first,
		pollItems: async () => await pollItems(false),
		poll: async () => jsonOf(await pollItems(false)),
		/** n8n is started again, with what it has stored. */
		restart: () => {
			staticData = copy(stored);
		},
		reactivate: async () => await pollItems(true),
		staticData: () => copy(staticData),
	};
}

const idsOf = (items: IDataObject[]) => items.map(({ modelVersionId }) => modelVersionId);

let platform: InProcessSetUp;
const start = (modelId: string, plan = {}) =>
	platform.emulator.addTraining(modelId, { seconds: 100, ...plan }).message.id as string;
const advance = (seconds: number) => platform.emulator.clock.advance(seconds * 1000);

beforeEach(async () => {
	platform = await setUp();
});

describe('a training that ends', () => {
	it('is put out like in Training Status, once', async () => {
		const { first, poll, pollItems } = await activate(platform);
		const id = start('cars');
		const before = await pollItems();
		advance(101);
		const version = platform.emulator.app().models.get('cars')!.versions.get(id)!;

		expect(first).toBeNull();
		expect(before).toBeNull();
		expect(await poll()).toEqual([
			{
				modelId: 'cars',
				modelVersionId: id,
				modelTypeId: 'visual-classifier',
				status: 'trained',
				statusCode: 21100,
				statusDescription: 'Model is trained and ready',
				userId: DEMO.userId,
				appId: DEMO.appId,
				createdAt: version.message.created_at,
				completedAt: new Date(version.training.endsAt).toISOString(),
			},
		]);
		expect(await pollItems()).toBeNull();
	});

	it('is put out with the metrics that its version carries', async () => {
		const { poll } = await activate(platform);
		const id = start('cars');
		advance(101);
		platform.emulator.app().models.get('cars')!.versions.get(id)!.message.metrics = {
			status: { code: 21300 },
			summary: { macro_avg_f1_score: 0.91, macro_avg_roc_auc: 0.98, macro_avg_precision: 0 },
		};

		expect((await poll())[0].metrics).toEqual({ macroF1: 0.91, rocAuc: 0.98 });
	});

	it('by failing is put out with cause, remedy and log', async () => {
		const { poll } = await activate(platform);
		const id = start('cars', { outcome: 21111, details: 'no positives for: dog' });
		advance(101);

		expect(await poll()).toMatchObject([
			{
				modelVersionId: id,
				status: 'failed',
				statusCode: 21111,
				statusDetails: 'no positives for: dog',
				remedy: expect.stringContaining('Label inputs'),
				log: `${platform.emulator.url}/train_logs/${id}.txt`,
			},
		]);
	});

	it('is put out in the form of Clarifai without Simplify', async () => {
		const { poll } = await activate(platform, { simplify: false });
		const id = start('cars');
		advance(101);

		expect(await poll()).toMatchObject([{ id, status: { code: 21100 } }]);
	});

	it('is found when it began before the activation', async () => {
		const id = start('cars');
		const { first, poll } = await activate(platform);
		advance(101);

		expect(first).toBeNull();
		expect(idsOf(await poll())).toEqual([id]);
	});

	it('is found when it begins and ends between two polls', async () => {
		const { poll } = await activate(platform);
		const ids = [start('cars', { seconds: 0 }), start('cars', { seconds: 0 })];

		expect(idsOf(await poll()).sort()).toEqual(ids.sort());
		expect(await poll()).toEqual([]);
	});

	it('is found among trainings that end in another order than they began', async () => {
		const { poll } = await activate(platform);
		const slow = start('cars', { seconds: 500 });
		const quick = start('cars', { seconds: 50 });
		const polls: IDataObject[][] = [];
		for (const seconds of [60, 500, 10]) {
			advance(seconds);
			polls.push(await poll());
		}

		expect(polls.map(idsOf)).toEqual([[quick], [slow], []]);
	});

	it('is not put out again when its version is deployed anew', async () => {
		const version = platform.emulator.addTraining('cars', { seconds: 0, outcome: 21351 });
		const { poll } = await activate(platform);

		// Clarifai shows the deployment of a version as its status, beside the time when it was trained.
		const deploying = await poll();
		version.training.outcome = 21100;

		expect([deploying, await poll()]).toEqual([[], []]);
	});

	it('that Clarifai counts as waiting is not put out', async () => {
		const { poll } = await activate(platform);
		start('cars', { seconds: 0, outcome: 21351 });

		expect(await poll()).toEqual([]);
	});
});

describe('what ended before the activation', () => {
	beforeEach(() => {
		platform.emulator.addTrainedVersion('cars');
		start('cars', { seconds: 0, outcome: 21106 });
		platform.emulator.addTrainedVersion('vans');
	});

	it('is never put out', async () => {
		const { first, poll } = await activate(platform);

		expect(first).toBeNull();
		expect(await poll()).toEqual([]);
	});

	it('is not put out after a deactivation either', async () => {
		const { reactivate, poll } = await activate(platform);
		start('cars', { seconds: 0 });

		expect(await reactivate()).toBeNull();
		expect(await poll()).toEqual([]);
		const id = start('vans', { seconds: 0 });
		expect(idsOf(await poll())).toEqual([id]);
	});

	it('is not put out when the user changes what is watched', async () => {
		const staticData: IDataObject = {};
		const poll = async (parameters: INodeParameters, testing = false) =>
			jsonOf(
				(await platform.engine.poll(TRIGGER, { ...FAST, ...parameters }, { staticData, testing }))
					.items,
			);
		await poll({ model: locate('id', 'vans') }, true);

		expect(await poll({ model: locate('id', 'cars') })).toEqual([]);
		const id = start('cars', { seconds: 0 });
		expect(idsOf(await poll({ model: locate('id', 'cars') }))).toEqual([id]);
	});
});

describe('a restart of n8n', () => {
	it('between three polls loses nothing and repeats nothing', async () => {
		const { poll, restart } = await activate(platform);
		const first = start('cars');
		advance(101);
		const polls = [await poll()];
		restart();
		const second = start('cars', { seconds: 50 });
		polls.push(await poll());
		restart();
		advance(51);
		polls.push(await poll());
		restart();
		polls.push(await poll());

		expect(polls.map(idsOf)).toEqual([[first], [], [second], []]);
	});

	it('does not lose what ends while n8n is down', async () => {
		const { poll, restart } = await activate(platform);
		const known = start('cars');
		await poll();
		restart();
		advance(200);
		const unknown = start('vans', { seconds: 0 });

		expect(idsOf(await poll()).sort()).toEqual([known, unknown].sort());
	});

	it('goes on when n8n has stored nothing yet', async () => {
		const staticData: IDataObject = {};
		platform.emulator.addTrainedVersion('cars');

		const { items } = await platform.engine.poll(TRIGGER, FAST, { staticData });

		expect(items).toBeNull();
		const id = start('cars', { seconds: 0 });
		const next = await platform.engine.poll(TRIGGER, FAST, { staticData: copy(staticData) });
		expect(idsOf(jsonOf(next.items))).toEqual([id]);
	});
});

describe('the event', () => {
	it.each<[string, string[]]>([
		['finished', ['cars', 'doomed']],
		['trained', ['cars']],
		['failed', ['doomed']],
	])('%s starts on %j', async (event, expected) => {
		const { poll } = await activate(platform, { event });
		start('cars');
		start('doomed', { outcome: 21106 });
		advance(101);

		const models = (await poll()).map(({ modelId }) => modelId);

		expect(models.sort()).toEqual(expected);
		expect(await poll()).toEqual([]);
	});

	it.each<[string, INodeParameters, RegExp]>([
		[
			'an event that there is not',
			{ event: '={{ "started" }}' },
			/^'Trigger On' must be one of: finished, trained, failed, not "started"$/,
		],
		[
			'a method that there is not',
			{ trainingMethod: '={{ "shallow" }}' },
			/^'Training Method' must be one of/,
		],
		['a model that is no ID', { model: locate('id', 'a/b') }, /^'Model' is not a valid ID/],
		[
			'a link to something else',
			{ model: locate('url', 'https://clarifai.com/a/b/workflows/c') },
			/^'Model' is not a link to one of Clarifai's models$/,
		],
		['a user that is no ID', { options: { userId: 'a b' } }, /^'User ID' is not a valid ID/],
		[
			'a rate that is no number',
			{ options: { maxRequestsPerSecond: '={{ "fast" }}' } },
			/^'Max Requests per Second' must be a number/,
		],
	])('or another parameter with %s is refused', async (_what, parameters, message) => {
		await expect(platform.engine.poll(TRIGGER, { ...FAST, ...parameters })).rejects.toThrow(
			message,
		);
	});
});

describe('the model', () => {
	it.each([
		['by ID', locate('id', 'cars')],
		['from the list', locate('list', 'cars')],
		['by link', locate('url', `https://clarifai.com/${DEMO.userId}/${DEMO.appId}/models/cars`)],
	])('%s is the only one that is watched', async (_how, model) => {
		platform.emulator.addModel('cars');
		const { poll } = await activate(platform, { model });
		start('vans', { seconds: 0 });
		const id = start('cars', { seconds: 0 });
		platform.emulator.requests.length = 0;

		expect(await poll()).toMatchObject([{ modelVersionId: id, modelTypeId: 'visual-classifier' }]);
		expect(callsOf(platform.emulator)).toEqual([
			'GET ListPipelines',
			'GET ListModelVersions',
			'GET GetModel',
		]);
	});

	it('of another app is watched by its link', async () => {
		const other = platform.emulator.addApp('other-app');
		const model = other.addModel({ id: 'cars', model_type_id: 'visual-classifier' });
		const { poll } = await activate(platform, {
			model: locate('url', `https://clarifai.com/${DEMO.userId}/other-app/models/cars`),
		});
		other.addTrainedVersion(model);

		expect(await poll()).toMatchObject([{ modelId: 'cars', appId: 'other-app' }]);
	});

	it('may be created after the activation', async () => {
		const { poll } = await activate(platform);
		await poll();
		const id = start('brand-new', { seconds: 0 });

		expect(await poll()).toMatchObject([{ modelId: 'brand-new', modelVersionId: id }]);
		expect(await poll()).toEqual([]);
	});

	it('may be deleted with its trainings', async () => {
		const { poll } = await activate(platform);
		start('cars');
		const kept = start('vans');
		await poll();
		platform.emulator.app().models.delete('cars');
		advance(101);

		expect(idsOf(await poll())).toEqual([kept]);
		expect(await poll()).toEqual([]);
	});

	it('that the list leaves out for once brings no backlog when it is back', async () => {
		for (let index = 0; index < 3; index++) platform.emulator.addTrainedVersion('cars');
		const { poll } = await activate(platform);
		const { models } = platform.emulator.app();
		const cars = models.get('cars')!;
		models.delete('cars');
		await poll();
		models.set('cars', cars);

		expect(await poll()).toEqual([]);
	});
});

describe('a version that is deleted while it is trained', () => {
	it('is forgotten after some polls in which it is not found', async () => {
		const { poll } = await activate(platform, { trainingMethod: 'deepFineTuning' });
		const polls = async () => {
			platform.emulator.requests.length = 0;
			const items = await poll();
			return [idsOf(items), callsOf(platform.emulator)];
		};
		const id = start('cars');
		const other = start('cars');
		await poll();
		platform.emulator.app().models.get('cars')!.versions.delete(id);
		advance(101);

		const list = ['GET ListModels', 'GET ListModelVersions'];
		expect(await polls()).toEqual([[other], [...list, 'GET GetModelVersion']]);
		expect(await polls()).toEqual([[], [...list, 'GET GetModelVersion']]);
		expect(await polls()).toEqual([[], [...list, 'GET GetModelVersion']]);
		expect(await polls()).toEqual([[], list]);
	});
});

describe('requests', () => {
	it('are one list call for each model', async () => {
		platform.emulator.addModels(5);
		const { poll } = await activate(platform);
		platform.emulator.requests.length = 0;
		start('model-1', { seconds: 0 });

		await poll();

		expect(callsOf(platform.emulator).sort()).toEqual([
			'GET ListModelVersions',
			'GET ListModelVersions',
			'GET ListModelVersions',
			'GET ListModelVersions',
			'GET ListModelVersions',
			'GET ListModels',
			'GET ListPipelines',
		]);
	});

	it('are those of one method where only that is watched', async () => {
		platform.emulator.addModels(1);
		const callsFor = async (trainingMethod: string) => {
			platform.emulator.requests.length = 0;
			await platform.engine.poll(TRIGGER, { ...FAST, trainingMethod });
			return callsOf(platform.emulator);
		};

		expect(await callsFor('deepFineTuning')).toEqual(['GET ListModels', 'GET ListModelVersions']);
		expect(await callsFor('pipelineTemplate')).toEqual(['GET ListPipelines']);
	});

	it('are one list call also for a model with more than a page of versions', async () => {
		for (let index = 0; index < 1001; index++) platform.emulator.addTrainedVersion('cars');
		const lists = () =>
			callsOf(platform.emulator).filter((call) => call === 'GET ListModelVersions').length;
		const { first, poll } = await activate(platform);
		const slow = start('cars');
		const second = await poll();
		for (let index = 0; index < 1001; index++) start('cars', { seconds: Infinity });
		const third = await poll();
		advance(101);
		const fourth = await poll();
		const fifth = await poll();

		expect([first, second, third, fifth]).toEqual([null, [], [], []]);
		expect(idsOf(fourth)).toEqual([slow]);
		expect(lists()).toBe(5);
	});
});

describe('an error in a poll', () => {
	const refused = (rpc: string[], more: Partial<FaultRule> = {}) =>
		platform.emulator.faults.add({
			kind: 'failure10020',
			rpc,
			code: 11007,
			details: 'no scope',
			...more,
		});

	it('of everything that it looks at is told, and loses nothing', async () => {
		const { poll, staticData } = await activate(platform);
		const known = start('cars');
		await poll();
		const unknown = start('vans');
		advance(101);
		const before = staticData();
		const fault = refused(['ListModels', 'ListPipelines', 'GetModelVersion']);

		await expect(poll()).rejects.toMatchObject({
			description: expect.stringContaining('no scope'),
		});
		expect(staticData()).toEqual(before);
		fault.remove();

		expect(idsOf(await poll()).sort()).toEqual([known, unknown].sort());
	});

	it.each<[string, INodeParameters]>([
		['the only model that it watches', { model: locate('id', 'cars') }],
		['the runs that it watches', { trainingMethod: 'pipelineTemplate' }],
	])('of %s is told', async (_what, parameters) => {
		platform.emulator.addModel('cars');
		platform.emulator.addCliRun({ model_id: 'cars' });
		const { poll } = await activate(platform, parameters);
		refused(['ListModelVersions', 'ListPipelineVersionRuns', 'GetPipelineVersionRun']);

		await expect(poll()).rejects.toMatchObject({
			description: expect.stringContaining('no scope'),
		});
	});

	it('of one model does not keep the others from being put out, and loses nothing', async () => {
		platform.emulator.addModel('cars');
		const { poll } = await activate(platform);
		const isOfCars = ({ path }: { path: string }) => path.includes('/models/cars/');
		const fault = refused(['ListModelVersions', 'GetModelVersion'], { when: isOfCars });
		const [ofCars, ofVans] = [start('cars'), start('vans')];
		advance(101);

		expect(idsOf(await poll())).toEqual([ofVans]);
		fault.remove();
		expect(idsOf(await poll())).toEqual([ofCars]);
		expect(await poll()).toEqual([]);
	});

	it('of the list of models leaves those to be put out that were under way', async () => {
		const { poll } = await activate(platform);
		const known = start('cars');
		await poll();
		const unknown = start('vans');
		advance(101);
		const fault = refused(['ListModels']);

		expect(idsOf(await poll())).toEqual([known]);
		fault.remove();
		expect(idsOf(await poll())).toEqual([unknown]);
	});

	it('of pipelines, which an app key may not list, leaves the rest to be put out', async () => {
		const { engine } = await platform.withCredential({ accessToken: DEMO.appKey });
		const { poll } = await activate({ ...platform, engine });
		const id = start('cars', { seconds: 0 });

		expect(idsOf(await poll())).toEqual([id]);
	});

	it('of a look-up for the output loses nothing', async () => {
		platform.emulator.addModel('cars');
		const { poll } = await activate(platform, { model: locate('id', 'cars') });
		const id = start('cars', { seconds: 0 });
		platform.emulator.faults.add({ kind: 'failure10020', rpc: 'GetModel', code: 11007, times: 1 });

		await expect(poll()).rejects.toThrow();

		expect(idsOf(await poll())).toEqual([id]);
		expect(await poll()).toEqual([]);
	});

	it('of a running training that has left the page loses nothing', async () => {
		const { poll } = await activate(platform);
		const slow = start('cars');
		await poll();
		for (let index = 0; index < 1000; index++) start('cars', { seconds: Infinity });
		advance(101);
		platform.emulator.faults.add({
			kind: 'failure10020',
			rpc: 'GetModelVersion',
			code: 11007,
			times: 1,
		});

		expect(await poll()).toEqual([]);

		expect(idsOf(await poll())).toEqual([slow]);
	});

	it('of the credential is told', async () => {
		const other = await platform.withCredential({ accessToken: 'f'.repeat(32) });

		await expect(other.engine.poll(TRIGGER, FAST)).rejects.toMatchObject({
			message: 'API key not found',
			httpCode: '401',
			description: expect.stringContaining("Check 'Access Token'"),
		});
	});
});

describe('a test in the editor', () => {
	const test = async (parameters: INodeParameters = {}, staticData: IDataObject = {}) =>
		await platform.engine.poll(TRIGGER, { ...FAST, ...parameters }, { mode: 'manual', staticData });

	beforeEach(() => {
		platform.emulator.addTrainedVersion('cars');
		advance(10);
		start('vans', { seconds: 0, outcome: 21106 });
		advance(10);
		platform.emulator.addTrainedVersion('bikes');
		start('boats', { seconds: Infinity });
	});

	it.each<[string, INodeParameters, string]>([
		['finished', {}, 'bikes'],
		['failed', { event: 'failed' }, 'vans'],
		['trained', { event: 'trained' }, 'bikes'],
		['finished, of one model', { model: locate('id', 'cars') }, 'cars'],
	])('shows the latest training that %s', async (_event, parameters, modelId) => {
		const { items } = await test(parameters);

		expect(jsonOf(items)).toMatchObject([{ modelId, modelTypeId: 'visual-classifier' }]);
	});

	it('leaves alone what the active workflow remembers', async () => {
		const { poll, staticData } = await activate(platform);
		const id = start('cars', { seconds: 0 });
		const before = staticData();

		const remembered = staticData();
		await test({}, remembered);

		expect(remembered).toEqual(before);
		expect(idsOf(await poll())).toEqual([id]);
	});

	it('says clearly that there is nothing to show', async () => {
		await expect(test({ model: locate('id', 'boats') })).rejects.toMatchObject({
			message: 'No training has ended yet that this trigger would start on',
			description: expect.stringContaining('Train a model first'),
		});
	});

	it('starts the workflow with the sample', async () => {
		const workflow = { nodes: [platform.engine.node(TRIGGER, FAST)], connections: {} };

		const result = await platform.engine.run(workflow, { mode: 'manual' });

		expect(result.outputs(workflow.nodes[0].name)).toMatchObject([{ json: { modelId: 'bikes' } }]);
	});
});

describe.each(['numbers', 'names'] as const)('enums as %s', (enums) => {
	it('are read', async () => {
		platform = await setUp({ enums });
		const { poll } = await activate(platform);
		start('cars', { seconds: 0, outcome: 21106 });

		expect(await poll()).toMatchObject([{ status: 'failed', statusCode: 21106 }]);
	});
});

describe('a poll that takes long', () => {
	it('is not overlapped by the next one, which gives nothing', async () => {
		platform = await setUp({ latencyMs: 100 });
		const staticData: IDataObject = {};
		await platform.engine.poll(TRIGGER, FAST, { staticData, testing: true });
		const id = start('cars', { seconds: 0 });

		const slow = platform.engine.poll(TRIGGER, FAST, { staticData });
		const overlapping = await platform.engine.poll(TRIGGER, FAST, {
			staticData: copy(staticData),
		});

		expect(overlapping.items).toBeNull();
		expect(idsOf(jsonOf((await slow).items))).toEqual([id]);
		expect((await platform.engine.poll(TRIGGER, FAST, { staticData })).items).toBeNull();
	});

	it('does not keep a test in the editor from running', async () => {
		platform = await setUp({ latencyMs: 100 });
		platform.emulator.addTrainedVersion('cars');

		const slow = platform.engine.poll(TRIGGER, FAST);
		const sample = await platform.engine.poll(TRIGGER, FAST, { mode: 'manual' });

		expect(jsonOf(sample.items)).toMatchObject([{ modelId: 'cars' }]);
		await slow;
	});

	it('ends with all that it has sent before n8n gives up on it', async () => {
		const { poll, staticData } = await activate(platform);
		const id = start('cars');
		await poll();
		platform.emulator.requests.length = 0;
		const before = staticData();
		const began = platform.time.now();
		platform.emulator.faults.add({ kind: 'hang' });

		await expect(poll()).rejects.toThrow();

		expect(platform.time.now() - began).toBeLessThanOrEqual(5 * 60_000);
		const sent = platform.emulator.requests.length;
		await platform.time.sleep(3_600_000);
		expect(platform.emulator.requests).toHaveLength(sent);
		expect(staticData()).toEqual(before);
		platform.emulator.faults.clear();
		advance(101);
		expect(idsOf(await poll())).toEqual([id]);
	});
});

it.each<[string, INodeParameters]>([
	['Trigger On', { event: '={{ undefined }}' }],
	['Training Method', { trainingMethod: '={{ null }}' }],
	['Model', { model: locate('id', '={{ undefined }}') }],
	['Simplify', { simplify: '={{ undefined }}' }],
	['App ID', { options: { appId: '={{ undefined }}' } }],
])("an expression that gives nothing for '%s' is refused", async (label, parameters) => {
	await expect(platform.engine.poll(TRIGGER, { ...FAST, ...parameters })).rejects.toThrow(
		`'${label}' is an expression that gives nothing`,
	);
	expect(platform.emulator.requests).toEqual([]);
});

it('all problems of the parameters come together', async () => {
	await expect(
		platform.engine.poll(TRIGGER, {
			event: '={{ "started" }}',
			options: { appId: 'a b', maxRequestsPerSecond: -1 },
		}),
	).rejects.toThrow(/^3 parameters need to be corrected: /);
});
