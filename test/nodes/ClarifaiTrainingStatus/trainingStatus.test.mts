import { readFileSync } from 'node:fs';
import type { IDataObject, INodeParameters, INodeType } from 'n8n-workflow';
import type { Engine, NodeJson, WorkflowJson } from '../../tools/engine/engine.mts';
import { valid } from '../pipelineSetup.mts';
import { callsOf, DEMO, locate, setUp, type SetUp } from '../setup.mts';

const STATUS = 'clarifaiTrainingStatus';
const FAST: INodeParameters = { options: { maxRequestsPerSecond: 0 } };

const TRAINED = 0;
const IN_PROGRESS = 1;
const FAILED = 2;
const ERRORS = 3;

const start = ({ emulator }: SetUp, modelId: string, plan = {}) =>
	emulator.addTraining(modelId, { seconds: 100, ...plan }).message.id as string;

/** One look at trainings, by the defaults of the node. */
const look = async (
	{ run }: SetUp,
	items: IDataObject[],
	settings: Partial<NodeJson> = {},
	parameters: INodeParameters = {},
) => await run(STATUS, { ...FAST, ...parameters }, { items, settings });

describe('the outputs', () => {
	it('are named, in their order', async () => {
		const { engine } = await setUp();

		const { description } = engine.nodeTypes.getByNameAndVersion(`n8n-nodes-clarifai.${STATUS}`);

		expect(description.outputNames).toEqual(['Trained', 'In Progress', 'Failed']);
	});

	it('show the metrics that a trained version carries, without what is 0', async () => {
		const platform = await setUp();
		const { message } = platform.emulator.addTrainedVersion('cars');
		message.metrics = {
			status: { code: 21300 },
			summary: { macro_avg_f1_score: 0.91, macro_avg_roc_auc: 0.98, macro_avg_precision: 0 },
		};

		const { json } = await look(platform, [
			{ modelId: 'cars', modelVersionId: message.id as string },
		]);

		expect(json[0].metrics).toEqual({ macroF1: 0.91, rocAuc: 0.98 });
	});

	it('take a training one after the other', async () => {
		const platform = await setUp();
		const modelVersionId = start(platform, 'cars');
		const version = platform.emulator.app().models.get('cars')!.versions.get(modelVersionId)!;
		const items = [{ modelId: 'cars', modelVersionId }];
		const known = {
			modelId: 'cars',
			modelVersionId,
			modelTypeId: 'visual-classifier',
			userId: DEMO.userId,
			appId: DEMO.appId,
			createdAt: version.message.created_at,
		};

		const atOnce = await look(platform, items);
		platform.emulator.clock.advance(50_000);
		const later = await look(platform, items);
		platform.emulator.clock.advance(51_000);
		const atLast = await look(platform, items);

		expect(atOnce.outputs(IN_PROGRESS)).toEqual([
			{
				json: {
					...known,
					status: 'queued',
					statusCode: 21103,
					statusDescription: 'Model is currently in queue for training.',
					secondsRemaining: 100,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(later.outputs(IN_PROGRESS)).toMatchObject([
			{
				json: {
					...known,
					status: 'training',
					statusCode: 21101,
					percentCompleted: 44,
					secondsRemaining: expect.any(Number),
				},
			},
		]);
		expect(atLast.outputs(TRAINED)).toEqual([
			{
				json: {
					...known,
					status: 'trained',
					statusCode: 21100,
					statusDescription: 'Model is trained and ready',
					completedAt: new Date(version.training.endsAt).toISOString(),
				},
				pairedItem: { item: 0 },
			},
		]);
		const others = [
			...[TRAINED, FAILED].map((output) => atOnce.outputs(output)),
			...[TRAINED, FAILED].map((output) => later.outputs(output)),
			...[IN_PROGRESS, FAILED].map((output) => atLast.outputs(output)),
		];
		expect(others).toEqual(others.map(() => []));
	});

	it('divide several trainings, in their order and paired', async () => {
		const platform = await setUp();
		const items = [
			['a', { seconds: 0 }],
			['b', { seconds: 0, outcome: 21106 }],
			['c', {}],
			['d', { seconds: 0 }],
			['e', {}],
		].map(([modelId, plan]) => ({
			modelId: modelId as string,
			modelVersionId: start(platform, modelId as string, plan as object),
		}));

		const { outputs } = await look(platform, items);

		const shown = [TRAINED, IN_PROGRESS, FAILED].map((output) =>
			outputs(output).map(({ json, pairedItem }) => [json.modelId, pairedItem]),
		);
		expect(shown).toEqual([
			[
				['a', { item: 0 }],
				['d', { item: 3 }],
			],
			[
				['c', { item: 2 }],
				['e', { item: 4 }],
			],
			[['b', { item: 1 }]],
		]);
	});

	it.each([
		21105, 21106, 21108, 21109, 21110, 21111, 21112, 21113, 21114, 21115, 21116, 21117, 21118,
		21119, 21350,
	])('give cause, remedy and log of a training that failed with %d', async (outcome) => {
		const platform = await setUp();
		const modelVersionId = start(platform, 'cars', { seconds: 0, outcome, details: 'the reason' });

		const { outputs, error } = await look(platform, [{ modelId: 'cars', modelVersionId }]);

		expect(error).toBeUndefined();
		expect(outputs(FAILED)).toMatchObject([
			{
				json: {
					modelVersionId,
					status: 'failed',
					statusCode: outcome,
					statusDetails: 'the reason',
					remedy: expect.stringMatching(/\w{3}/),
					log: `${platform.emulator.url}/train_logs/${modelVersionId}.txt`,
				},
			},
		]);
	});

	it.each([
		['a code that nobody knows', 21999, { code: 21999, status: 'training' }],
		['building', 21107, { code: 21107, status: 'training' }],
		['waiting for its deployment', 21352, { code: 21352, status: 'training' }],
	])('count %s as under way, not as failed', async (_what, outcome, { code, status }) => {
		const platform = await setUp();
		const modelVersionId = start(platform, 'cars', { seconds: 0, outcome });

		const { outputs } = await look(platform, [{ modelId: 'cars', modelVersionId }]);

		expect(outputs(IN_PROGRESS)).toMatchObject([{ json: { status, statusCode: code } }]);
		expect([...outputs(TRAINED), ...outputs(FAILED)]).toEqual([]);
	});

	it('count a version that was taken down later as trained', async () => {
		const platform = await setUp();
		const modelVersionId = start(platform, 'cars', { seconds: 0, outcome: 21353 });

		const { outputs } = await look(platform, [{ modelId: 'cars', modelVersionId }]);

		expect(outputs(TRAINED)).toMatchObject([{ json: { status: 'trained', statusCode: 21353 } }]);
	});

	it('give the template that a version was trained with', async () => {
		const platform = await setUp({ trainingSeconds: 0 });
		platform.emulator.addModel('cars');
		const template = 'MMClassification_ResNet_50_RSB_A1';
		const { json } = await platform.run('clarifaiTrain', {
			...FAST,
			model: locate('id', 'cars'),
			template: locate('id', template),
			concepts: ['cat'],
		});

		const { outputs } = await look(platform, json);

		expect(outputs(TRAINED)).toMatchObject([{ json: { template, status: 'trained' } }]);
	});

	it("give Clarifai's own object without Simplify", async () => {
		const platform = await setUp();
		const modelVersionId = start(platform, 'cars', { seconds: 0 });

		const { json } = await look(
			platform,
			[{ modelId: 'cars', modelVersionId }],
			{},
			{
				simplify: false,
			},
		);

		expect(json).toMatchObject([{ id: modelVersionId, status: { code: 21100 } }]);
	});

	it.each(['numbers', 'names'] as const)('read enums as %s', async (enums) => {
		const platform = await setUp({ enums });
		const modelVersionId = start(platform, 'cars', { seconds: 0, outcome: 21113 });

		const { outputs } = await look(platform, [{ modelId: 'cars', modelVersionId }]);

		expect(outputs(FAILED)).toMatchObject([{ json: { status: 'failed', statusCode: 21113 } }]);
	});
});

describe('a look that fails', () => {
	const items = (platform: SetUp) => [
		{ modelId: 'cars', modelVersionId: start(platform, 'cars', { seconds: 0 }) },
		{ modelId: 'cars', modelVersionId: 'nothing' },
		{ modelId: 'cars' },
	];

	it('stops the node', async () => {
		const platform = await setUp();

		const { error, outputs } = await look(platform, items(platform).slice(0, 2));

		expect(error?.message).toBe('Model does not exist');
		expect(error?.description).toContain("Model version 'nothing' does not exist");
		expect(error?.context.itemIndex).toBe(1);
		expect(outputs(TRAINED)).toEqual([]);
	});

	it('is never among the trained when the node continues', async () => {
		const platform = await setUp();

		const { outputs } = await look(platform, items(platform), {
			onError: 'continueRegularOutput',
		});

		expect(outputs(TRAINED)).toMatchObject([{ json: { status: 'trained' } }]);
		expect(outputs(IN_PROGRESS)).toEqual([]);
		expect(outputs(FAILED)).toMatchObject([
			{ json: { error: 'Model does not exist' }, pairedItem: { item: 1 } },
			{ json: { error: "'Model Version' is empty" }, pairedItem: { item: 2 } },
		]);
	});

	it('takes the error branch where there is one', async () => {
		const platform = await setUp();

		const { outputs } = await look(platform, items(platform), { onError: 'continueErrorOutput' });

		expect(outputs(TRAINED)).toMatchObject([{ json: { status: 'trained' } }]);
		expect([...outputs(IN_PROGRESS), ...outputs(FAILED)]).toEqual([]);
		expect(outputs(ERRORS)).toMatchObject([
			{ json: { modelVersionId: 'nothing', error: 'Model does not exist' } },
			{ json: { error: "'Model Version' is empty" } },
		]);
	});

	it('for a moment only is repeated', async () => {
		const platform = await setUp();
		const modelVersionId = start(platform, 'cars', { seconds: 0 });
		platform.emulator.faults.add({ kind: 'http503', rpc: 'GetModelVersion', times: 2 });

		const { outputs, error } = await look(platform, [{ modelId: 'cars', modelVersionId }]);

		expect(error).toBeUndefined();
		expect(outputs(TRAINED)).toHaveLength(1);
	});

	it('says that the token is wrong', async () => {
		const platform = await (await setUp()).withCredential({ accessToken: DEMO.scopelessPat });

		const { error } = await look(platform, [{ modelId: 'cars', modelVersionId: 'any' }]);

		expect(error?.httpCode).toBe('403');
		expect(error?.description).toContain('lacks a scope');
	});
});

describe('parameters', () => {
	it.each<[string, IDataObject, INodeParameters, RegExp]>([
		['no model', { modelVersionId: 'v' }, {}, /^'Model' is empty$/],
		['no version', { modelId: 'cars' }, {}, /^'Model Version' is empty$/],
		[
			'a version that is null',
			{ modelId: 'cars', modelVersionId: null },
			{},
			/^'Model Version' is empty$/,
		],
		['an empty version', { modelId: 'cars', modelVersionId: '' }, {}, /^'Model Version' is empty$/],
		[
			'neither model nor version',
			{},
			{},
			/^2 parameters need to be corrected: 'Model' is empty; 'Model Version' is empty$/,
		],
		[
			'a run without its pipeline',
			{ modelId: 'cars', pipelineRunId: 'r' },
			{},
			/'Pipeline Run ID' is set, but 'Pipeline ID' or 'Pipeline Version ID' is empty/,
		],
		['a version of another type', { modelId: 'cars', modelVersionId: {} }, {}, /must be a text/],
		['a version that is no ID', { modelId: 'cars', modelVersionId: '../x' }, {}, /not a valid ID/],
		['a model that is no ID', { modelId: 'a b', modelVersionId: 'v' }, {}, /not a valid ID: "a b"/],
		['the word undefined', { modelId: 'cars', modelVersionId: 'undefined' }, {}, /is "undefined"$/],
		[
			'a simplify of another type',
			{ modelId: 'cars', modelVersionId: 'v' },
			{ simplify: '={{ "often" }}' },
			/^'Simplify' must be true or false/,
		],
	])('with %s are refused before anything is sent', async (_what, item, parameters, message) => {
		const platform = await setUp();

		const { error } = await look(platform, [item], {}, parameters);

		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(/\w/);
		expect(callsOf(platform.emulator)).toEqual([]);
	});

	it("name a run in 'Options', in place of that of the item", async () => {
		const platform = await setUp();
		const { json } = await platform.run('clarifaiTrain', valid());
		const { pipelineId, pipelineVersionId, pipelineRunId } = json[0];
		const item = { modelId: 'piped', pipelineId: 'x', pipelineVersionId: 'y', pipelineRunId: 'z' };

		const { outputs } = await look(
			platform,
			[item],
			{},
			{
				options: { pipelineId, pipelineVersionId, pipelineRunId } as INodeParameters,
			},
		);

		expect(outputs(IN_PROGRESS)).toMatchObject([{ json: { modelId: 'piped', pipelineRunId } }]);
	});

	it.each([
		['from the list', locate('list', 'cars')],
		['by ID', locate('id', 'cars')],
		['by link', locate('url', `https://clarifai.com/${DEMO.userId}/${DEMO.appId}/models/cars`)],
	])('take the model %s', async (_how, model) => {
		const platform = await setUp();
		const modelVersionId = start(platform, 'cars', { seconds: 0 });

		const { json } = await look(platform, [{}], {}, { model, modelVersionId });

		expect(json).toMatchObject([{ modelId: 'cars', modelVersionId }]);
	});
});

describe('the durable loop of the examples', () => {
	const example = JSON.parse(
		readFileSync(new URL('../../../examples/train-and-check-loop.json', import.meta.url), 'utf8'),
	) as WorkflowJson;

	const WAIT = 'Wait';

	/** The example with the user's models and concepts. */
	async function setUpLoop(plans: Record<string, object>) {
		const platform = await setUp();
		for (const [id, plan] of Object.entries(plans)) {
			platform.emulator.planTraining(id, { seconds: 100, ...plan });
		}
		const workflow = platform.engine.withCredentials(example);
		const setParameters = (name: string, parameters: INodeParameters) => {
			const node = workflow.nodes.find((each) => each.name === name)!;
			node.parameters = { ...node.parameters, ...parameters, ...FAST };
		};
		setParameters('Clarifai Create Model', { modelId: '={{ $json.modelId }}' });
		setParameters('Clarifai Train', { concepts: ['cat', 'dog'] });
		const items = Object.keys(plans).map((modelId) => ({ json: { modelId } }));
		return { platform, workflow, items };
	}

	it('waits in the Wait node until the training has ended', async () => {
		const { platform, workflow, items } = await setUpLoop({ cars: {} });

		const result = await platform.engine.run(workflow, {
			items,
			onNodeFinished: (name) => {
				if (name === WAIT) platform.emulator.clock.advance(40_000);
			},
		});

		expect(result.error).toBeUndefined();
		expect(result.waits).toHaveLength(3);
		expect(result.executed.filter((name) => name === 'Clarifai Training Status')).toHaveLength(3);
		expect(result.outputs('Clarifai Training Status', TRAINED, 2)).toMatchObject([
			{ json: { modelId: 'cars', status: 'trained' } },
		]);
		expect(result.outputs('Trained')).toMatchObject([{ json: { modelId: 'cars' } }]);
		expect(platform.emulator.book.of('run')).toHaveLength(1);
	});

	it('takes each training out of the loop as it ends, the failed one by its own way', async () => {
		const { platform, workflow, items } = await setUpLoop({
			quick: { seconds: 30 },
			slow: { seconds: 70 },
			doomed: { seconds: 70, outcome: 21110 },
		});

		const result = await platform.engine.run(workflow, {
			items,
			onNodeFinished: (name) => {
				if (name === WAIT) platform.emulator.clock.advance(40_000);
			},
		});

		const by = (name: string) =>
			(result.runData[name] ?? []).map((_task, run) =>
				result.outputs(name, 0, run).map(({ json }) => json.modelId),
			);
		expect(by('Trained')).toEqual([['quick'], ['slow']]);
		expect(by('Failed')).toEqual([['doomed']]);
	});

	it('survives a restart of n8n while it waits', async () => {
		const { platform, workflow, items } = await setUpLoop({ cars: {} });
		storeAtWait(platform.engine);
		let result = await platform.engine.run(workflow, { items });
		const statuses = [result.status];
		while (result.status === 'waiting') {
			platform.emulator.clock.advance(40_000);
			const { engine } = await platform.withCredential({});
			storeAtWait(engine);
			// A new n8n, which has nothing but what the old one has stored.
			result = await engine.run(workflow, { continueFrom: result });
			statuses.push(result.status);
		}

		expect(statuses).toEqual(['waiting', 'waiting', 'waiting', 'success']);
		expect(result.outputs('Trained')).toMatchObject([{ json: { modelId: 'cars' } }]);
		expect(platform.emulator.book.of('run')).toHaveLength(1);
	});

	/** Lets the Wait node do as n8n's own does with long waits: the execution is stored. */
	function storeAtWait({ nodeTypes }: Engine) {
		const wait = nodeTypes.getByName('n8n-nodes-base.wait') as INodeType;
		wait.execute = async function () {
			await this.putExecutionToWait(new Date(Date.now() + 300_000));
			return [this.getInputData()];
		};
	}
});
