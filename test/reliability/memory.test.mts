import type { IBinaryData } from 'n8n-workflow';
import { inMemory, png, withFile } from '../nodes/media.mts';
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

/** What a run of Add Inputs that failed remembers of its item. */
async function rememberedOf(file: IBinaryData) {
	const { emulator, engine } = await setUp();
	emulator.faults.add({ kind: 'http503', rpc: 'PostInputs' });
	const node = engine.node('clarifaiAddInputs', { inputId: 'mine', options: OPTIONS });

	const run = await engine.run(chain(node), { items: [withFile(file)] });

	expect(run.status).toBe('error');
	const memory = run.run.data.executionData!.contextData[`node:${node.name}`];
	return (memory.items as Record<number, { request: string }>)[0];
}

it('an item is known again by what it asks for, not by the content of its file', async () => {
	const first = await rememberedOf(inMemory(png('first')));
	const other = await rememberedOf(inMemory(png('other')));
	const renamed = await rememberedOf(inMemory(png('first'), { fileName: 'b.png' }));

	expect(other.request).toBe(first.request);
	expect(renamed.request).not.toBe(first.request);
	expect(JSON.stringify(first)).not.toContain(png('first').toString('base64'));
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
