import { chain } from '../tools/engine/engine.mts';
import { locate, setUp } from '../nodes/setup.mts';
import { createModel, itemsOf, OPTIONS, train } from './plans.mts';

const SETTINGS = [
	{ name: 'by default', settings: {} },
	{ name: 'with Retry On Fail', settings: { retryOnFail: true, waitBetweenTries: 1 } },
	{ name: 'with Continue on Error', settings: { onError: 'continueErrorOutput' as const } },
];

it.each(SETTINGS)('a clean run leaves nothing in the execution $name', async ({ settings }) => {
	const platform = await setUp();
	const { emulator, engine } = platform;
	emulator.faults.add({ kind: 'resetAfter', rpc: ['PostModels', 'PostModelVersions'], times: 4 });
	const nodes = [createModel(platform, {}, settings), train(platform, {}, settings)];

	const run = await engine.run(chain(...nodes), { items: itemsOf(30) });

	expect(run.outputs(nodes[1].name)).toHaveLength(30);
	const { contextData } = run.run.data.executionData!;
	expect(contextData).toEqual(Object.fromEntries(nodes.map(({ name }) => [`node:${name}`, {}])));
	expect(run.customData).not.toHaveProperty('clarifaiDoneBeforeStop');
});

it('a run that goes on with its errors leaves nothing either', async () => {
	const platform = await setUp();
	const { emulator, engine } = platform;
	emulator.addModel('model-3');
	const node = createModel(platform, { ifModelExists: 'fail' }, { onError: 'continueErrorOutput' });

	const run = await engine.run(chain(node), { items: itemsOf(10) });

	expect(run.outputs(node.name, 1)).toHaveLength(1);
	expect(run.run.data.executionData!.contextData).toEqual({ [`node:${node.name}`]: {} });
});

it('no run leaves a listener on the signal of the stop', async () => {
	const added = jest.spyOn(AbortSignal.prototype, 'addEventListener');
	const removed = jest.spyOn(AbortSignal.prototype, 'removeEventListener');
	const platform = await setUp({ trainingSeconds: 1 });
	const { emulator, engine, run } = platform;
	emulator.faults.add({ kind: 'http503', times: 5 });

	await engine.run(chain(createModel(platform), train(platform, { waitForCompletion: true })), {
		items: itemsOf(10),
	});
	await run('clarifaiTrainingStatus', {
		model: locate('id', 'model-0'),
		modelVersionId: 'nothing',
		options: OPTIONS,
	});

	const ours = (spy: typeof added) =>
		spy.mock.calls.flatMap(([event, listener], index) => {
			const signal = spy.mock.contexts[index] as AbortSignal;
			return event === 'abort' ? [{ signal, listener }] : [];
		});
	const taken = ours(removed as typeof added);
	expect(ours(added).length).toBeGreaterThan(0);
	// A signal that has fired has let go of those that it called.
	const left = ours(added).filter(
		({ signal, listener }) =>
			!signal.aborted &&
			!taken.some((each) => each.signal === signal && each.listener === listener),
	);
	jest.restoreAllMocks();
	expect(left).toEqual([]);
});
