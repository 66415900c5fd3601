import { chain, connect, type NodeJson } from '../tools/engine/engine.mts';
import { locate, type SetUp } from '../nodes/setup.mts';
import { setUpInProcess } from '../nodes/setUpInProcess.mts';
import {
	COUNT,
	createModel,
	faultAll,
	itemsOf,
	onceEach,
	OPTIONS,
	startedVersions,
	train,
	trainParameters,
} from './plans.mts';
import { report } from './report.mts';

const RETRY = { retryOnFail: true, maxTries: 5, waitBetweenTries: 1 } as const;

// A computer that has other things to do must not fail these runs.
jest.setTimeout(1_200_000);

let platform: SetUp;

beforeEach(async () => {
	platform = await setUpInProcess();
});

const contextOf = (run: { run: { data: { executionData?: { contextData: unknown } } } }) =>
	run.run.data.executionData?.contextData;

it(`${COUNT} items whose node fails and is run again are made once each`, async () => {
	const { emulator, engine } = platform;
	const items = itemsOf(COUNT);
	// Final for its item, so that the node fails, and n8n runs it again for all items.
	emulator.faults.add({
		kind: 'okWithFailureStatus',
		rpc: 'PostModels',
		times: 2,
		when: ({ body }) => JSON.stringify(body).includes(`"model-${COUNT / 2}"`),
	});
	emulator.faults.add({
		kind: 'failure10020',
		rpc: 'PostModelVersions',
		times: 2,
		when: ({ path }) => path.includes(`/model-${COUNT * 0.7}/`),
	});
	faultAll(emulator, COUNT);
	const trained = train(platform, {}, RETRY);

	const run = await engine.run(chain(createModel(platform, {}, RETRY), trained), { items });

	expect(run.error).toBeUndefined();
	const reported = run.outputs(trained.name);
	expect(reported).toHaveLength(COUNT);
	expect(startedVersions(emulator)).toEqual(onceEach(items, reported));
	expect(contextOf(run)).toEqual({
		[`node:Clarifai Create Model`]: {},
		[`node:${trained.name}`]: {},
	});
	report('with Retry On Fail', emulator, { models: COUNT, trainings: reported.length });
});

/** Loses the answer to a write, and every answer to the look for it, until the node gives up. */
function loseAnswers(rpc: string, look: string): void {
	platform.emulator.faults.add({ kind: 'resetAfter', rpc, times: 1 });
	platform.emulator.faults.add({
		kind: 'okWithFailureStatus',
		rpc: look,
		times: 1,
		when: () => platform.emulator.requests.some((request) => request.rpc === rpc),
	});
}

it('a model that an unclear first try made is no duplicate for the second', async () => {
	const { emulator, run } = platform;
	loseAnswers('PostModels', 'GetModel');

	const { json, error } = await run(
		'clarifaiCreateModel',
		{ modelId: 'm', ifModelExists: 'fail', options: OPTIONS },
		{ settings: RETRY },
	);

	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ modelId: 'm', created: true }]);
	expect(emulator.requests.filter(({ rpc }) => rpc === 'PostModels')).toHaveLength(1);
});

it('a training that an unclear first try started is found by the second', async () => {
	const { emulator, run } = platform;
	emulator.addModel('m');
	loseAnswers('PostModelVersions', 'ListModelVersions');

	const { json } = await run('clarifaiTrain', trainParameters({ model: locate('id', 'm') }), {
		settings: RETRY,
	});

	expect(json).toMatchObject([{ modelVersionId: startedVersions(emulator).m[0] }]);
	expect(startedVersions(emulator).m).toHaveLength(1);
});

it('the default workflow of before an unclear first try is still told', async () => {
	const { emulator, run } = platform;
	emulator.addWorkflows(1);
	loseAnswers('PatchApps', 'GetApp');

	const { json } = await run(
		'clarifaiUpdateDefaultWorkflow',
		{ workflow: locate('id', 'workflow-1'), reindex: true, options: OPTIONS },
		{ settings: RETRY },
	);

	expect(json).toMatchObject([{ changed: true, previousDefaultWorkflowId: 'Universal' }]);
	expect(emulator.app().reindexCount).toBe(1);
});

it('a training that failed is reported again, not repeated', async () => {
	const { emulator, run } = platform;
	emulator.addModel('m');
	emulator.planTraining('m', { outcome: 21106, seconds: 0 });

	const { error } = await run(
		'clarifaiTrain',
		trainParameters({ model: locate('id', 'm'), waitForCompletion: true }),
		{ settings: RETRY },
	);

	expect(error?.message).toContain(startedVersions(emulator).m[0]);
	expect(startedVersions(emulator).m).toHaveLength(1);
});

it('a wait goes on where another item has failed the node', async () => {
	const { emulator, run } = platform;
	for (const id of ['good', 'bad']) emulator.addModel(id);
	emulator.planTraining('good', { seconds: 1 });
	emulator.faults.add({
		kind: 'failure10020',
		rpc: 'PostModelVersions',
		times: 1,
		when: ({ path }) => path.includes('/bad/'),
	});
	emulator.planTraining('bad', { seconds: 0 });

	const { json } = await run(
		'clarifaiTrain',
		trainParameters({
			model: locate('id', '={{ $json.id }}'),
			waitForCompletion: true,
			waitOptions: { pollIntervalSeconds: 1 },
		}),
		{ items: [{ id: 'good' }, { id: 'bad' }], settings: RETRY },
	);

	expect(json).toMatchObject([
		{ modelId: 'good', status: 'trained' },
		{ modelId: 'bad', status: 'trained' },
	]);
	expect(startedVersions(emulator)).toEqual({
		good: [json[0].modelVersionId],
		bad: [json[1].modelVersionId],
	});
});

it('the error of a node that failed names all that was done', async () => {
	const { emulator, engine } = platform;
	emulator.faults.add({
		kind: 'okWithFailureStatus',
		rpc: 'PostModels',
		when: ({ body }) => JSON.stringify(body).includes('"model-59"'),
	});
	const node = createModel(platform);

	const run = await engine.run(chain(node), { items: itemsOf(60) });

	const made = [...emulator.app().models.keys()];
	const { data } = (
		run.nodeError(node.name) as unknown as { context: { data: { done: object[] } } }
	).context;
	expect(data.done).toEqual(
		made.sort(byNumber).map((modelId) => ({ item: numberOf(modelId), modelId })),
	);
	expect(run.error?.description).toContain('item 0: modelId model-0');
	expect(run.serialized()).toContain('model-58');
});

const numberOf = (id: string) => Number(id.split('-')[1]);
const byNumber = (a: string, b: string) => numberOf(a) - numberOf(b);

it('several runs of a node in one execution are separate', async () => {
	const { emulator, engine } = platform;
	emulator.addModel('m');
	// The item that fails keeps the run's memory alive until the next run.
	const node = train(
		platform,
		{ model: locate('id', '={{ $json.id }}') },
		{ ...RETRY, onError: 'continueErrorOutput' },
	);
	// Two branches into one node: two runs with the same parameters, and both are meant.
	const branches: NodeJson[] = ['A', 'B'].map((name) => ({ name, type: 'n8n-nodes-base.noOp' }));
	let workflow = chain(branches[0], node);
	workflow = { ...workflow, nodes: [...workflow.nodes, branches[1]] };
	workflow = connect(connect(workflow, 'Start', 0, 'B'), 'B', 0, node.name);

	const run = await engine.run(workflow, {
		items: [{ json: { id: 'm' } }, { json: { id: 'gone' } }],
	});

	const ids = [0, 1].map((index) => run.outputs(node.name, 0, index)[0].json.modelVersionId);
	expect(startedVersions(emulator).m).toEqual(ids);
	expect(new Set(ids).size).toBe(2);
	expect(run.outputs(node.name, 1, 0)).toHaveLength(1);
});

it('what waits for a training ends when another item fails the node', async () => {
	const { emulator, run } = platform;
	for (const id of ['slow', 'bad']) emulator.addModel(id);
	emulator.planTraining('slow', { seconds: Infinity });
	emulator.planTraining('bad', { outcome: 21106, seconds: 0 });

	const { error } = await run(
		'clarifaiTrain',
		trainParameters({
			model: locate('id', '={{ $json.id }}'),
			waitForCompletion: true,
			waitOptions: { pollIntervalSeconds: 1 },
		}),
		{ items: [{ id: 'slow' }, { id: 'bad' }] },
	);

	expect(error?.message).toContain('bad');
	expect(error?.description).toContain(startedVersions(emulator).slow[0]);
	const sent = emulator.requests.length;
	await new Promise((resolve) => setTimeout(resolve, 2500));
	expect(emulator.requests.length).toBe(sent);
});
