import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultRule } from '../tools/emulator/emulator.mts';
import { chain } from '../tools/engine/engine.mts';
import { DEMO, locate, type SetUp } from '../nodes/setup.mts';
import { setUpInProcess } from '../nodes/setUpInProcess.mts';
import { itemsOf, OPTIONS, PASSING, startedVersions, trainParameters } from './plans.mts';

let platform: SetUp;

beforeEach(async () => {
	platform = await setUpInProcess();
});

const count = (rpc: string) =>
	platform.emulator.requests.filter((request) => request.rpc === rpc).length;

const trainOf = (model: string, parameters = {}) =>
	trainParameters({ model: locate('id', model), ...parameters });

const PIPELINE = {
	trainingMethod: 'pipelineTemplate',
	template: locate('id', 'classifier-pipeline-resnet'),
	hyperparametersJson: '{}',
	dataset: locate('id', DEMO.datasetId),
	additionalFields: {
		computeCluster: locate('id', DEMO.computeClusterId),
		nodepool: locate('id', DEMO.nodepoolId),
	},
};

/** What each writing node makes, how often the emulator holds it, and how to run the node. */
const WRITERS = [
	{
		writer: 'Create Model',
		rpc: 'PostModels',
		run: async () => await platform.run('clarifaiCreateModel', { modelId: 'm', options: OPTIONS }),
		output: { modelId: 'm', created: true },
		made: () => platform.emulator.app().models.size,
	},
	{
		writer: 'Train',
		rpc: 'PostModelVersions',
		run: async () => {
			platform.emulator.addModel('m');
			return await platform.run('clarifaiTrain', trainOf('m'));
		},
		output: { modelId: 'm', modelVersionId: expect.any(String) },
		made: () => startedVersions(platform.emulator).m.length,
	},
	{
		writer: 'Train by pipeline',
		rpc: 'PostPipelineVersionRunFromTemplate',
		run: async () => {
			platform.emulator.addModel('m');
			return await platform.run('clarifaiTrain', trainOf('m', PIPELINE));
		},
		output: { modelId: 'm', pipelineRunId: expect.any(String) },
		made: () => platform.emulator.app().pipelines.size,
	},
	{
		writer: 'Create Workflow',
		rpc: 'PostWorkflows',
		run: async () => {
			const version = platform.emulator.addTrainedVersion('m');
			return await platform.run('clarifaiCreateWorkflow', {
				workflowId: 'w',
				nodes: {
					node: [
						{
							nodeId: 'n',
							modelId: locate('id', 'm'),
							modelVersionId: String(version.message.id),
						},
					],
				},
				options: OPTIONS,
			});
		},
		output: { workflowId: 'w', created: true },
		made: () => platform.emulator.app().workflows.size,
	},
	{
		writer: 'Update Default Workflow',
		rpc: 'PatchApps',
		run: async () => {
			platform.emulator.addWorkflows(1);
			return await platform.run('clarifaiUpdateDefaultWorkflow', {
				workflow: locate('id', 'workflow-1'),
				reindex: true,
				options: OPTIONS,
			});
		},
		output: {
			defaultWorkflowId: 'workflow-1',
			previousDefaultWorkflowId: DEMO.defaultWorkflowId,
			changed: true,
		},
		made: () => platform.emulator.app().reindexCount,
	},
];

describe.each(WRITERS)('$writer', ({ rpc, run, output, made }) => {
	it.each([...PASSING, { kind: 'throttle' } as FaultRule])(
		'is carried out once after $kind $code',
		async (rule) => {
			platform.emulator.faults.add({ ...rule, rpc, times: 1 });

			const { json, error } = await run();

			expect(error).toBeUndefined();
			expect(json).toMatchObject([output]);
			expect(made()).toBe(1);
			expect(platform.emulator.faults.total).toBe(1);
		},
	);

	it.each([false, true])(
		'is carried out once when its time runs out, done %s',
		async (carriedOut) => {
			platform.emulator.faults.add({ kind: 'hang', carriedOut, rpc, times: 1 });

			const { json } = await run();

			expect(json).toMatchObject([output]);
			expect(made()).toBe(1);
		},
	);

	it('is carried out once when the look for it fails at first as well', async () => {
		platform.emulator.faults.add({ kind: 'resetAfter', rpc, times: 1 });
		const after = platform.emulator.requests;
		const isLook = () => after.some((request) => request.rpc === rpc);
		platform.emulator.faults.add({ kind: 'http503', when: isLook, skip: 1, times: 2 });

		const { json } = await run();

		expect(json).toMatchObject([output]);
		expect(made()).toBe(1);
	});
});

it.each([
	['forward', 3_600_000],
	['back', -3_600_000],
])('a clock that jumps %s while a training starts does not start it twice', async (_way, ms) => {
	const { emulator, run } = platform;
	emulator.addModel('m');
	emulator.faults.add({ kind: 'clockJump', rpc: 'GetModel', ms, times: 1 });
	emulator.faults.add({ kind: 'resetAfter', rpc: 'PostModelVersions', times: 1 });
	emulator.faults.add({ kind: 'clockJump', rpc: 'ListModelVersions', ms: -ms, times: 1 });

	const { json } = await run('clarifaiTrain', trainOf('m'));

	expect(json).toMatchObject([{ modelVersionId: startedVersions(emulator).m[0] }]);
	expect(startedVersions(emulator).m).toHaveLength(1);
});

it('a training is told from others of the same model: older, other parameters, other items', async () => {
	const { emulator, run } = platform;
	emulator.addModel('m');
	await run('clarifaiTrain', trainOf('m'));
	emulator.faults.add({ kind: 'resetAfter', rpc: 'PostModelVersions', skip: 1, times: 2 });

	const { json } = await run(
		'clarifaiTrain',
		trainOf('m', { hyperparametersJson: '={{ { num_epochs: $json.epochs } }}' }),
		{ items: [{ epochs: 2 }, { epochs: 2 }, { epochs: 3 }, { epochs: 2 }] },
	);

	const [, ...started] = startedVersions(emulator).m;
	expect(json.map(({ modelVersionId }) => modelVersionId).sort()).toEqual([...started].sort());
	expect(started).toHaveLength(4);
	const versions = emulator.app().models.get('m')!.versions;
	expect(
		json.map(
			({ modelVersionId }) =>
				versions.get(String(modelVersionId))!.message.train_info.params.num_epochs as number,
		),
	).toEqual([2, 2, 3, 2]);
});

it('of two items that create one model, the one whose answer was lost does not take the other’s', async () => {
	const { emulator, run } = platform;
	emulator.faults.add({ kind: 'resetBefore', rpc: 'PostModels', times: 1 });

	const { json, outputs } = await run(
		'clarifaiCreateModel',
		{ modelId: 'one', ifModelExists: 'fail', options: OPTIONS },
		{ items: [{}, {}], settings: { onError: 'continueErrorOutput' } },
	);

	expect(json).toMatchObject([{ modelId: 'one', created: true }]);
	expect(outputs(1)).toHaveLength(1);
});

describe('the number of tries', () => {
	/** The looks for a training whose answer was lost. */
	const failedLooks: FaultRule = {
		kind: 'http500',
		rpc: 'ListModelVersions',
		when: () => count('PostModelVersions') > 0,
	};

	it.each([
		['a GET', 'GetModel', 'http503'],
		['a write', 'PostModelVersions', 'http503'],
		['a write that stays unknown', 'PostModelVersions', 'resetAfter'],
	] as const)('of %s is bounded', async (_what, rpc, kind) => {
		const { emulator, run } = platform;
		emulator.addModel('m');
		emulator.faults.add({ kind, rpc });
		if (kind === 'resetAfter') emulator.faults.add(failedLooks);

		const { error } = await run('clarifaiTrain', trainOf('m'));

		expect(error).toBeDefined();
		expect(count(rpc)).toBeLessThanOrEqual(8);
		expect(startedVersions(emulator).m.length).toBeLessThanOrEqual(1);
		if (kind !== 'resetAfter') return;
		expect(error?.message).toContain('The training of model "m" may have been carried out');
		expect(startedVersions(emulator).m).toHaveLength(1);
		expect(count(rpc)).toBe(1);
	});

	it.each([
		['a GET', 'GetModel'],
		['a write', 'PostModelVersions'],
	])(
		'of %s that is refused for the traffic of others has no bound but time',
		async (_what, rpc) => {
			const { emulator, run } = platform;
			emulator.addModel('m');
			emulator.faults.add({ kind: 'throttle', rpc, retryAfter: 1, times: 12 });

			const { json, error } = await run('clarifaiTrain', trainOf('m'));

			expect(error).toBeUndefined();
			expect(json).toMatchObject([
				{ modelId: 'm', modelVersionId: startedVersions(emulator).m[0] },
			]);
			expect(startedVersions(emulator).m).toHaveLength(1);
		},
	);

	it('of a call that also fails otherwise counts the other failures alone', async () => {
		const { emulator, run } = platform;
		emulator.addModel('m');
		emulator.faults.add({ kind: 'throttle', rpc: 'GetModel', retryAfter: 1, times: 10 });
		emulator.faults.add({ kind: 'http503', rpc: 'GetModel' });

		const { error } = await run('clarifaiTrain', trainOf('m'));

		expect(error?.message).not.toContain('too many requests');
		expect(count('GetModel')).toBe(10 + 8);
	});
});

describe('the pause between tries', () => {
	it('follows Retry-After', async () => {
		const { emulator, run } = platform;
		emulator.faults.add({ kind: 'throttle', retryAfter: 1, times: 1 });

		await run('clarifaiCreateModel', { modelId: 'm', options: OPTIONS });

		const [first, second] = emulator.requests;
		expect(second.arrivedAt - first.arrivedAt).toBeGreaterThanOrEqual(1000);
	});

	it.each([0, 'past'] as const)(
		'is the own one where Retry-After is %s, so that not all tries are burnt within a second',
		async (retryAfter) => {
			const { emulator, run } = platform;
			emulator.addModel('m');
			emulator.faults.add({ kind: 'throttle', rpc: 'GetModel', retryAfter, times: 6 });

			await run('clarifaiTrain', trainOf('m'));

			const at = emulator.requests
				.filter(({ rpc }) => rpc === 'GetModel')
				.map(({ arrivedAt }) => arrivedAt);
			expect(at).toHaveLength(7);
			at.slice(1).forEach((time, index) =>
				expect(time - at[index]).toBeGreaterThanOrEqual(124 * 2 ** index),
			);
		},
	);

	it('grows from try to try', async () => {
		const { emulator, run } = platform;
		emulator.addModel('m');
		emulator.faults.add({ kind: 'http503', rpc: 'GetModel', times: 4 });

		await run('clarifaiTrain', trainOf('m'));

		const at = emulator.requests
			.filter(({ rpc }) => rpc === 'GetModel')
			.map(({ arrivedAt }) => arrivedAt);
		// Half of 250, 500, 1000 and 2000 ms at least; the other half is left to chance.
		at.slice(1).forEach((time, index) =>
			expect(time - at[index]).toBeGreaterThanOrEqual(124 * 2 ** index),
		);
		expect(at).toHaveLength(5);
	});
});

it('one of the first requests that is throttled does not slow down all others', async () => {
	const { emulator, run } = platform;
	emulator.faults.add({ kind: 'throttle', skip: 2, times: 1 });

	const { json } = await run(
		'clarifaiCreateModel',
		{ modelId: '={{ $json.id }}' },
		{
			items: itemsOf(75),
		},
	);

	expect(json).toHaveLength(75);
	// Six seconds at Clarifai's limit; at the rate of the first moments it would be half a minute.
	const [first, last] = [emulator.requests[0], emulator.requests.at(-1)!];
	expect(last.arrivedAt - first.arrivedAt).toBeLessThan(20_000);
});

it('50 executions at once, which do not know of each other, all get through the limit', async () => {
	const { engine, emulator } = await setUpInProcess({ requestsPerSecond: 15, trainingSeconds: 5 });
	const chainOf = (name: string) =>
		chain(
			engine.node('clarifaiCreateModel', { modelId: name }),
			engine.node('clarifaiTrain', {
				...trainParameters({ options: {} }),
				waitForCompletion: true,
			}),
			engine.node('clarifaiCreateWorkflow', { workflowId: name }),
			engine.node('clarifaiUpdateDefaultWorkflow'),
		);

	const runs = itemsOf(50).map(async ({ json }) => await engine.start(chainOf(`${json.id}`)).done);
	const errors = (await Promise.all(runs)).flatMap(({ error }) => error?.message ?? []);

	expect(errors).toEqual([]);
	expect(emulator.requests.filter(({ status }) => status === 429).length).toBeGreaterThan(50);
	const trained = Object.values(startedVersions(emulator));
	expect(trained.map((versions) => versions.length)).toEqual(itemsOf(50).map(() => 1));
});

it('a server that refuses the connection is asked some times, and then named', async () => {
	const server: Server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	const away = await platform.withCredential({ baseUrl: `http://127.0.0.1:${port}` });

	const { error } = await away.run('clarifaiCreateModel', { modelId: 'm', options: OPTIONS });

	expect(error?.message).toBe(
		`No connection to http://127.0.0.1:${port}: nothing answers at this address (ECONNREFUSED)`,
	);
});
