import type { IDataObject } from 'n8n-workflow';
import { chain, type RunHandle, type RunResult } from '../tools/engine/engine.mts';
import { n8nCore } from '../tools/engine/n8n.mts';
import { locate } from '../nodes/setup.mts';
import { setUpInProcess } from '../nodes/setUpInProcess.mts';
import { COUNT, createModel, faultAll, itemsOf, startedVersions, train } from './plans.mts';
import { report } from './report.mts';

// A computer that has other things to do must not fail these runs.
jest.setTimeout(1_200_000);

/** What n8n stores of an execution, each time that it does, as JSON. */
function storedExecutions(): Array<Record<string, unknown>> {
	const stored: Array<Record<string, unknown>> = [];
	const runHook = n8nCore.ExecutionLifecycleHooks.prototype.runHook;
	jest
		.spyOn(n8nCore.ExecutionLifecycleHooks.prototype, 'runHook')
		.mockImplementation(async function (this: unknown, name, parameters) {
			if (name === 'workflowExecuteAfter') {
				const [{ data }] = parameters as unknown as [{ data: object }];
				stored.push(JSON.parse(JSON.stringify(data)) as Record<string, unknown>);
			}
			await Reflect.apply(runHook, this, [name, parameters]);
		});
	return stored;
}

afterEach(() => jest.restoreAllMocks());

interface ReportingError {
	message: string;
	context: {
		itemIndex: number;
		data?: { done: IDataObject[]; unknown?: string[] };
	};
}

/** What a run says it has done, and the items of which it says that it cannot tell. */
function reportOf(run: RunResult, node: string): { done: IDataObject[]; unknown: number[] } {
	const error = run.nodeError(node) as unknown as ReportingError | undefined;
	if (!error) return { done: run.outputs(node).map(({ json }) => json), unknown: [] };
	expect(error.message).toContain('may have been carried out');
	const { itemIndex, data } = error.context;
	const others = (data?.unknown ?? []).map((line) => Number(/^item (\d+):/.exec(line)?.[1]));
	return { done: data?.done ?? [], unknown: [itemIndex, ...others] };
}

it(`${COUNT} items stopped in the middle: what was started is what is reported`, async () => {
	let handle: RunHandle | undefined;
	let versions = 0;
	const platform = await setUpInProcess({
		onRequest: ({ rpc }) => {
			if (rpc === 'PostModelVersions' && ++versions === COUNT * 0.4) handle?.cancel();
		},
	});
	const { emulator, engine } = platform;
	emulator.addModels(COUNT);
	faultAll(emulator, COUNT);
	const trained = train(platform, { model: locate('id', '={{ $json.id }}') });

	handle = engine.start(chain(trained), {
		items: itemsOf(COUNT).map((_item, index) => ({ json: { id: `model-${index + 1}` } })),
	});
	const run = await handle.done;

	const started = startedVersions(emulator);
	const { done, unknown } = reportOf(run, trained.name);
	const mayBeStarted = unknown.map((item) => `model-${item + 1}`);
	for (const [model, versions] of Object.entries(started)) {
		const reported = done.filter(({ modelId }) => modelId === model);
		if (!mayBeStarted.includes(model)) {
			expect(reported.map(({ modelVersionId }) => modelVersionId)).toEqual(versions);
		}
		expect(versions.length).toBeLessThanOrEqual(1);
	}
	const count = Object.values(started).flat().length;
	expect(done.length + unknown.length).toBeGreaterThanOrEqual(count);
	expect(count).toBeGreaterThanOrEqual(COUNT * 0.3);
	expect(count).toBeLessThan(COUNT);
	// Those alone that were under way when the stop came.
	expect(unknown.length).toBeLessThanOrEqual(20);
	report('stopped in the middle', emulator, { trainings: count });
});

it.each([
	['before it is carried out', false],
	['after it was carried out', true],
])('a write that is under way when the stop comes, %s, is looked up', async (_when, carriedOut) => {
	const platform = await setUpInProcess();
	const { emulator, engine, time } = platform;
	emulator.faults.add({ kind: 'hang', carriedOut, rpc: 'PostModels' });
	const node = createModel(platform, { options: {} });

	const handle = engine.start(chain(node), { items: itemsOf(1) });
	while (!emulator.requests.some(({ rpc }) => rpc === 'PostModels')) await time.sleep(5);
	handle.cancel();
	const run = await handle.done;

	const { done, unknown } = reportOf(run, node.name);
	expect(done.map(({ modelId }) => modelId)).toEqual(carriedOut ? ['model-0'] : []);
	// Nobody can tell whether what Clarifai still holds will be carried out.
	expect(unknown).toEqual(carriedOut ? [] : [0]);
	expect(emulator.requests.filter(({ method }) => method !== 'GET')).toHaveLength(1);
});

it('what is carried out only some time after the stop is found too', async () => {
	const platform = await setUpInProcess();
	const { emulator, engine, time } = platform;
	emulator.faults.add({ kind: 'hang', rpc: 'PostModels' });
	const node = createModel(platform, { options: {} });

	const handle = engine.start(chain(node), { items: itemsOf(1) });
	while (!emulator.requests.some(({ rpc }) => rpc === 'PostModels')) await time.sleep(5);
	handle.cancel();
	const looks = () => emulator.requests.filter(({ rpc }) => rpc === 'GetModel').length;
	const before = looks();
	while (looks() === before) await time.sleep(5);
	emulator.addModel('model-0');
	const run = await handle.done;

	expect(run.outputs(node.name)).toMatchObject([{ json: { modelId: 'model-0' } }]);
});

it('n8n keeps what was started in the custom data that it stores at the stop', async () => {
	const stored = storedExecutions();
	let handle: RunHandle | undefined;
	let polls = 0;
	const platform = await setUpInProcess({
		onRequest: ({ rpc }) => {
			if (rpc === 'GetModelVersion' && ++polls === 2) handle?.cancel();
		},
	});
	const { emulator, engine } = platform;
	for (const id of ['one', 'two']) {
		emulator.addModel(id);
		emulator.planTraining(id, { seconds: Infinity });
	}
	const node = train(platform, {
		model: locate('id', '={{ $json.id }}'),
		waitForCompletion: true,
	});

	handle = engine.start(chain(node), { items: [{ json: { id: 'one' } }, { json: { id: 'two' } }] });
	const run = await handle.done;

	const { one, two } = startedVersions(emulator);
	const atStop = stored[0] as { resultData: { metadata: Record<string, string> } };
	const { clarifaiDoneBeforeStop: kept } = atStop.resultData.metadata;
	expect(kept).toContain(one[0]);
	expect(kept).toContain(two[0]);
	expect(run.customData.clarifaiDoneBeforeStop).toContain(two[0]);
	// The whole list, also when it is longer than custom data may be.
	expect(JSON.stringify(stored[0])).toContain('contextData');
	expect(run.outputs(node.name)).toMatchObject([
		{ json: { modelVersionId: one[0], stopped: true } },
		{ json: { modelVersionId: two[0], stopped: true } },
	]);
});

it('nothing starts after the stop, also while the look-ups of others are under way', async () => {
	let handle: RunHandle | undefined;
	let postsAtStop: number | undefined;
	const platform = await setUpInProcess({
		onRequest: ({ rpc }) => {
			if (rpc !== 'PostModels') return;
			postsAtStop ??= posts();
			handle?.cancel();
		},
	});
	const { emulator, engine } = platform;
	emulator.faults.add({ kind: 'hang', carriedOut: true, rpc: 'PostModels', times: 5 });
	emulator.faults.add({ kind: 'http503', rpc: 'PostModels', skip: 0, times: 3 });
	const node = createModel(platform, { options: {} });
	const posts = () => emulator.requests.filter(({ method }) => method === 'POST').length;

	handle = engine.start(chain(node), { items: itemsOf(200) });
	const run = await handle.done;

	// What was on its way at that moment may still arrive; nothing is sent again or anew.
	expect(posts() - postsAtStop!).toBeLessThanOrEqual(1);
	const { done, unknown } = reportOf(run, node.name);
	const made = [...emulator.app().models.keys()];
	const mayBeMade = unknown.map((item) => `model-${item}`);
	expect(made.length).toBeGreaterThan(0);
	expect(done.map(({ modelId }) => String(modelId)).filter((id) => !made.includes(id))).toEqual([]);
	const reported = new Set([...done.map(({ modelId }) => modelId), ...mayBeMade]);
	expect(made.filter((id) => !reported.has(id))).toEqual([]);
});

it('a timeout of the workflow is a stop like any other', async () => {
	const platform = await setUpInProcess();
	const { emulator, engine, time } = platform;
	emulator.addModel('m');
	emulator.planTraining('m', { seconds: Infinity });
	const node = train(platform, {
		model: locate('id', 'm'),
		waitForCompletion: true,
		waitOptions: { cancelTrainingOnStop: true },
	});

	const handle = engine.start(chain(node));
	while (!emulator.requests.some(({ rpc }) => rpc === 'GetModelVersion')) await time.sleep(5);
	handle.cancel();
	const run = await handle.done;

	expect(run.outputs(node.name)).toMatchObject([{ json: { cancelled: true } }]);
	expect(startedVersions(emulator)).toEqual({ m: [] });
});
