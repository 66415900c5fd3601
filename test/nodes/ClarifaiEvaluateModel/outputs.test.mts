import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { chain, connect } from '../../tools/engine/engine.mts';
import { valid } from '../pipelineSetup.mts';
import { callsOf, DEMO, locate, setUp } from '../setup.mts';
import {
	addVersion,
	DATASET,
	DATASET_VERSION,
	evaluatedVersions,
	EVALUATE,
	flowers,
	makeLive,
	notPassed,
	onApril,
	onHeldOut,
	passed,
	setUpHeldOut,
	setUpSleeping,
	setUpRivals,
	type Rivals,
} from './evaluateSetup.mts';
import { readPng } from './readPng.mts';

const writesOf = ({ emulator }: Rivals) =>
	callsOf(emulator).filter((call) => !call.startsWith('GET'));

describe('the two outputs', () => {
	it('take each item to its side, paired with what came in', async () => {
		const { run, better, worse } = await setUpRivals();

		const result = await run(EVALUATE, onApril(), {
			items: [flowers(worse), flowers(better), flowers(worse)],
		});

		expect(result.outputs(0)).toMatchObject([
			{ json: { modelVersionId: better }, pairedItem: { item: 1 } },
		]);
		expect(result.outputs(1)).toMatchObject([
			{ json: { modelVersionId: worse }, pairedItem: { item: 0 } },
			{ json: { modelVersionId: worse }, pairedItem: { item: 2 } },
		]);
	});

	it('are named Passed and Not Passed', async () => {
		const { engine } = await setUpRivals();

		const { description } = engine.nodeTypes.getByNameAndVersion(`n8n-nodes-clarifai.${EVALUATE}`);

		expect(description.outputNames).toEqual(['Passed', 'Not Passed']);
	});

	it('On Error: Continue takes a failed item to Not Passed, never to Passed', async () => {
		const { run, better } = await setUpRivals();

		const result = await run(EVALUATE, onApril(), {
			items: [flowers('gone'), flowers(better)],
			settings: { onError: 'continueRegularOutput' },
		});

		expect(result.error).toBeUndefined();
		expect(passed(result)).toMatchObject([{ modelVersionId: better, passed: true }]);
		expect(result.outputs(1)).toMatchObject([
			{
				json: {
					error: expect.stringContaining('Version "gone" of model "flowers" does not exist'),
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('the error branch is one of its own', async () => {
		const { run, better, worse } = await setUpRivals();

		const result = await run(EVALUATE, onApril(), {
			items: [flowers('gone'), flowers(better), flowers(worse)],
			settings: { onError: 'continueErrorOutput' },
		});

		expect(passed(result)).toMatchObject([{ modelVersionId: better }]);
		expect(notPassed(result)).toMatchObject([{ modelVersionId: worse }]);
		expect(result.outputs(2)).toMatchObject([{ pairedItem: { item: 0 } }]);
	});
});

describe('by their defaults', () => {
	it('Create Workflow, Update Default Workflow and Deploy Model go on from Passed', async () => {
		const platform = await setUpRivals();
		const { engine, emulator, better, worse } = platform;
		const evaluate = engine.node(EVALUATE, onApril());
		const create = engine.node('clarifaiCreateWorkflow', { workflowId: 'live' });
		const update = engine.node('clarifaiUpdateDefaultWorkflow');
		const deploy = engine.node('clarifaiDeployModel', {
			deploymentId: 'live',
			computeCluster: locate('id', DEMO.computeClusterId),
			nodepool: locate('id', DEMO.nodepoolId),
		});
		const line = chain(evaluate, create, update);
		const both = { ...line, nodes: [...line.nodes, deploy] };
		const workflow = connect(both, evaluate.name, 0, deploy.name);

		const result = await engine.run(workflow, {
			items: [{ json: flowers(worse) }, { json: flowers(better) }],
		});

		expect(result.error).toBeUndefined();
		expect(result.outputs(update.name)).toMatchObject([{ json: { defaultWorkflowId: 'live' } }]);
		expect(result.outputs(deploy.name)).toMatchObject([
			{ json: { deploymentId: 'live', modelVersionId: better, created: true } },
		]);
		expect(emulator.book.of('deployment')).toHaveLength(1);
	});
});

describe('an item that is refused before anything is asked for', () => {
	const cases: Array<[string, INodeParameters, IDataObject, string]> = [
		['of a dry run', {}, { dryRun: true, modelId: 'flowers' }, 'comes from a dry run'],
		[
			'of a run that has made no version yet',
			{},
			{ modelId: 'flowers', modelVersionId: null },
			"'Model Version' is null",
		],
		['without a model', {}, {}, "'Model'"],
		[
			'without a dataset',
			{ dataset: locate('id', '={{ $json.datasetId }}') },
			{ modelId: 'flowers', modelVersionId: 'x' },
			"'Dataset'",
		],
		[
			'with a minimum above 1',
			{ minimumValue: 87 },
			{ modelId: 'flowers', modelVersionId: 'x' },
			"'Minimum Value'",
		],
		[
			'with a minimum gain that is no number',
			{ minimumGain: '={{ "much" }}' },
			{ modelId: 'flowers', modelVersionId: 'x' },
			"'Minimum Gain'",
		],
		[
			'with a metric that is none',
			{ metric: '={{ "beauty" }}' },
			{ modelId: 'flowers', modelVersionId: 'x' },
			"'Metric'",
		],
	];

	it.each(cases)('%s', async (_what, parameters, item, message) => {
		const platform = await setUpRivals();

		const result = await platform.run(EVALUATE, onApril(parameters), { items: [item] });

		expect(result.error?.message).toContain(message);
		expect(callsOf(platform.emulator)).toEqual([]);
	});
});

describe('a version that cannot be used', () => {
	it.each([
		['in training', { seconds: Infinity }, '(code 21103)'],
		['that failed', { outcome: 21106, seconds: 0 }, '(code 21106)'],
		['whose image was not built', { outcome: 21108, seconds: 0 }, '(code 21108)'],
	])('%s is not evaluated', async (_what, plan, message) => {
		const platform = await setUpRivals();
		const version = platform.emulator.addTraining('flowers', plan).message.id as string;

		const result = await platform.run(EVALUATE, onHeldOut(), { items: [flowers(version)] });

		expect(result.error?.message).toContain(message);
		expect(writesOf(platform)).toEqual([]);
	});

	it('and a dataset that does not exist are told together', async () => {
		const platform = await setUpRivals();

		const result = await platform.run(EVALUATE, onHeldOut({ dataset: locate('id', 'nowhere') }), {
			items: [flowers('gone')],
		});

		const said = `${result.error?.message} ${result.error?.description}`;
		expect(said).toContain('Version "gone" of model "flowers" does not exist');
		expect(said).toContain('Dataset "nowhere" does not exist in the app');
		expect(writesOf(platform)).toEqual([]);
	});

	it('or a dataset that does not exist: a deployment that does not exist is told with it', async () => {
		const platform = await setUpRivals();

		const result = await platform.run(
			EVALUATE,
			onHeldOut({ dataset: locate('id', 'nowhere'), deploymentId: 'gone' }),
			{ items: [flowers(platform.better)] },
		);

		expect(result.error?.message).toContain('Dataset "nowhere" does not exist in the app');
		expect(result.error?.message).toContain('Deployment "gone" does not exist');
		expect(writesOf(platform)).toEqual([]);
	});

	it('and a dataset version that does not exist is named', async () => {
		const platform = await setUpRivals();

		const result = await platform.run(
			EVALUATE,
			onHeldOut({ additionalFields: { datasetVersionId: locate('id', 'never') } }),
			{ items: [flowers(platform.better)] },
		);

		expect(result.error?.message).toContain(
			`Version "never" of dataset "${DATASET}" does not exist`,
		);
		expect(writesOf(platform)).toEqual([]);
	});
});

describe('a warning', () => {
	const WARNING = `The model was trained on dataset "${DATASET}", too`;

	it.each([
		['train_info.dataset', { train_info: { dataset: { id: DATASET } } }],
		['train_info.params', { train_info: { params: { dataset_id: DATASET } } }],
	])('is given where the model was trained on this data (%s)', async (_where, fields) => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform, { fields });

		const result = await platform.run(EVALUATE, onApril({ compareWith: 'nothing' }), {
			items: [flowers(version)],
		});

		expect(result.result.hints).toMatchObject([{ message: expect.stringContaining(WARNING) }]);
		expect(passed(result)).toHaveLength(1);
	});

	it('is given where the training that comes in was on this data', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		const evaluate = async (item: IDataObject) =>
			await platform.run(EVALUATE, onApril({ compareWith: 'nothing' }), {
				items: [{ ...flowers(version), ...item }],
			});

		const same = await evaluate({ datasetId: DATASET });
		const other = await evaluate({ datasetId: DEMO.datasetId });
		// The dataset of an evaluation is the one that it was made on.
		const evaluated = await evaluate({ ...same.json[0] });

		expect(same.result.hints).toMatchObject([{ message: expect.stringContaining(WARNING) }]);
		expect([other.result.hints, evaluated.result.hints]).toEqual([[], []]);
	});

	it('is given for a pipeline run that Training Status has followed', async () => {
		const platform = await setUp({ platform: 'hosted', trainingSeconds: 60 });
		const { json: started } = await platform.run('clarifaiTrain', valid());
		platform.emulator.clock.advance(600_000);
		const status = await platform.run(
			'clarifaiTrainingStatus',
			{},
			{ items: started.map(({ datasetId: _id, datasetVersionId: _version, ...rest }) => rest) },
		);

		const { result } = await platform.run(
			EVALUATE,
			{ dataset: locate('id', DEMO.datasetId), compareWith: 'nothing' },
			{ items: status.json },
		);

		expect(status.json).toMatchObject([
			{ datasetId: DEMO.datasetId, datasetVersionId: started[0].datasetVersionId },
		]);
		expect(result.hints).toMatchObject([
			{ message: expect.stringContaining(`trained on dataset "${DEMO.datasetId}", too`) },
		]);
	});

	it('is not given for other data', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform, {
			fields: { train_info: { dataset: { id: DEMO.datasetId } } },
		});

		const result = await platform.run(EVALUATE, onApril({ compareWith: 'nothing' }), {
			items: [flowers(version)],
		});

		expect(result.result.hints).toEqual([]);
	});
});

describe('the report', () => {
	it.each(['clarifai', 'predictions'])(
		'is a picture in the field "report" (%s)',
		async (evaluateWith) => {
			const { run, better, worse } = await setUpRivals();

			const result = await run(EVALUATE, onApril({ evaluateWith }, { report: true }), {
				items: [flowers(better), flowers(worse)],
			});

			for (const [item] of [result.outputs(0), result.outputs(1)]) {
				expect(item.binary).toEqual({
					report: expect.objectContaining({
						mimeType: 'image/png',
						fileExtension: 'png',
						fileName: expect.stringMatching(/^evaluation-flowers-[0-9a-f]{8}\.png$/),
					}),
				});
				const picture = readPng(Buffer.from(item.binary!.report.data, 'base64'));
				expect(picture.width).toBeGreaterThan(600);
			}
		},
	);

	it('is there without the figures by concept, too', async () => {
		const { run, better } = await setUpRivals();

		const result = await run(EVALUATE, onApril({}, { report: true, perConcept: false }), {
			items: [flowers(better)],
		});

		const [item] = result.outputs(0);
		expect(item.binary).toHaveProperty('report');
		expect(item.json).not.toHaveProperty('perConcept');
	});

	it('is not there unasked, nor where nothing was evaluated', async () => {
		const { run, better, live } = await setUpRivals();

		const unasked = await run(EVALUATE, onApril(), { items: [flowers(better)] });
		const isLive = await run(EVALUATE, onApril({}, { report: true }), { items: [flowers(live)] });

		expect(unasked.outputs(0)[0].binary ?? {}).toEqual({});
		expect(isLive.outputs(1)[0].binary ?? {}).toEqual({});
	});
});

describe.each(['v2', 'v3'] as const)('as a tool of an agent (%s)', (style) => {
	const parameters = (version: string) =>
		onApril({
			model: locate('id', 'flowers'),
			modelVersionId: locate('id', version),
			compareWith: 'nothing',
		});

	it('starts the evaluation and returns at once with what is known', async () => {
		const platform = await setUpRivals({ evaluationSeconds: 3600 });
		const { engine, better } = platform;

		const { call } = await engine.asTool(EVALUATE, parameters(better), {}, style);

		expect(JSON.parse(call?.response ?? '[]')).toMatchObject([
			{
				modelVersionId: better,
				passed: false,
				status: 'evaluating',
				reason: 'The evaluation is not done yet',
			},
		]);
		expect(call?.response).not.toContain('timedOut');
		expect(
			callsOf(platform.emulator).filter((line) => line === 'GET GetEvaluation').length,
		).toBeLessThan(4);
	});

	it('called again it tells the result, also of one that does not pass', async () => {
		const platform = await setUpRivals({ evaluationSeconds: 60 });
		const { engine, emulator, worse } = platform;
		const strict = { ...parameters(worse), minimumValue: 0.9 };
		await engine.asTool(EVALUATE, strict, {}, style);
		emulator.clock.advance(120_000);

		const { call } = await engine.asTool(EVALUATE, strict, {}, style);

		const [answer] = JSON.parse(call?.response ?? '[]') as IDataObject[];
		expect(answer).toMatchObject({ passed: false, value: expect.any(Number) });
		expect(answer).not.toHaveProperty('status');
		expect(evaluatedVersions(platform)).toEqual([worse]);
	});

	it('waits shortly for a dataset version, and goes on with it when it is called again', async () => {
		const platform = await setUpRivals();
		const { engine, emulator, time, better } = platform;
		emulator.planDatasetVersion(DATASET, { seconds: 300 });
		const onNew = { ...parameters(better), additionalFields: {} };
		const versions = () => [...emulator.app().datasets.get(DATASET)!.versions.keys()];
		const began = time.now();

		const first = await engine.asTool(EVALUATE, onNew, {}, style);
		const waited = time.now() - began;
		emulator.clock.advance(300_000);
		const second = await engine.asTool(EVALUATE, onNew, {}, style);

		expect(waited).toBeLessThan(60_000);
		expect(versions()).toHaveLength(2);
		if (style === 'v3') expect(first.call?.response).toContain('is still being made');
		expect(JSON.parse(second.call?.response ?? '[]')).toMatchObject([
			{ datasetVersionId: versions()[1], status: 'evaluating' },
		]);
	});

	it('makes another version once the dataset has new inputs', async () => {
		const { engine, emulator, better } = await setUpRivals();
		const onNew = { ...parameters(better), additionalFields: {} };
		await engine.asTool(EVALUATE, onNew, {}, style);
		emulator.clock.advance(60_000);
		emulator.addLabelledInputs(DATASET, [{ id: 'new', text: 'a rose', concepts: ['rose'] }]);

		await engine.asTool(EVALUATE, onNew, {}, style);

		expect(emulator.app().datasets.get(DATASET)!.versions.size).toBe(3);
	});

	it('predicts only for as long as an agent waits', async () => {
		const { platform, version } = await setUpSleeping();
		const began = platform.time.now();

		const { call } = await platform.engine.asTool(
			EVALUATE,
			{ ...parameters(version), evaluateWith: 'predictions' },
			{},
			style,
		);

		expect(JSON.parse(call?.response ?? '[]')).toMatchObject([
			{ passed: false, timedOut: true, reason: expect.stringContaining('The wait ran out') },
		]);
		expect(platform.time.now() - began).toBeLessThan(60_000);
	});
});

describe('the lists', () => {
	it('show versions, datasets, their versions and workflows', async () => {
		const platform = await setUpRivals();
		makeLive(platform, platform.better);
		const lists = platform.engine.loadOptions(EVALUATE, {
			model: locate('id', 'flowers'),
			dataset: locate('id', DATASET),
		});
		const names = async (method: string) =>
			(await lists.listSearch(method)).results.map(({ value }) => value);

		expect(await names('searchModels')).toContain('flowers');
		expect(new Set(await names('searchModelVersions'))).toEqual(
			new Set([platform.live, platform.better, platform.worse]),
		);
		expect(await names('searchDatasets')).toContain(DATASET);
		expect(await names('searchDatasetVersions')).toEqual([DATASET_VERSION]);
		expect(await names('searchWorkflows')).toContain('live');
	});
});
