import type { INodeParameters } from 'n8n-workflow';
import { chain, type RunResult } from '../../../tools/engine/engine.mts';
import { retryOf } from '../../../tools/engine/retryExecution.mts';
import {
	callsOf,
	DEMO,
	locate,
	setUp,
	type InProcessOptions,
	type InProcessSetUp,
} from '../../setup.mts';

const TRAIN = 'clarifaiTrain';
const MODEL = 'cars';
const START = 'PostModelVersions';
const LOOK = 'ListModelVersions';

let platform: InProcessSetUp;

const begin = async (options: InProcessOptions = {}) => {
	platform = await setUp(options);
	platform.emulator.addModel(MODEL);
};

beforeEach(async () => await begin());

const training = (more: INodeParameters = {}): INodeParameters => ({
	model: locate('id', MODEL),
	template: locate('id', 'MMClassification_ResNet_50_RSB_A1'),
	specifyHyperparameters: 'json',
	hyperparametersJson: '{"num_epochs": 2}',
	concepts: [...DEMO.concepts],
	options: { maxRequestsPerSecond: 0 },
	...more,
});

/** The trainings that were really started, the oldest first. */
const started = () => platform.emulator.book.of('training').map(({ id }) => id);

const times = (rpc: string) =>
	platform.emulator.requests
		.filter((request) => request.rpc === rpc)
		.map(({ arrivedAt }) => arrivedAt);

const lose = (kind: 'resetAfter' | 'resetBefore', count = 1) =>
	platform.emulator.faults.add({ kind, rpc: START, times: count });

const UNKNOWN = `The training of model "${MODEL}" may have been carried out: `;

describe('a training whose answer was lost', () => {
	it('is looked for, and reported as it is', async () => {
		lose('resetAfter');

		const { json } = await platform.run(TRAIN, training());

		expect(json).toMatchObject([{ modelVersionId: started()[0], status: 'queued' }]);
		expect(started()).toHaveLength(1);
		expect(callsOf(platform.emulator).filter((call) => call.endsWith(START))).toHaveLength(1);
	});

	it('is looked for at 1, 3, 7, 15 and 30 seconds before it is sent again', async () => {
		lose('resetBefore');

		const { json } = await platform.run(TRAIN, training());

		const [lost, again] = times(START);
		const [before, ...looks] = times(LOOK);
		expect(before).toBe(lost);
		expect(looks.map((at) => at - lost)).toEqual([1000, 3000, 7000, 15_000, 30_000]);
		expect(again - lost).toBe(30_000);
		expect(json).toMatchObject([{ modelVersionId: started()[0] }]);
		expect(started()).toHaveLength(1);
	});

	it('is found by the last look where lists show it 20 seconds late', async () => {
		await begin({ untidiness: { listsLagSeconds: 20 } });
		lose('resetAfter');

		const { json } = await platform.run(TRAIN, training());

		expect(json).toMatchObject([{ modelVersionId: started()[0] }]);
		expect(started()).toHaveLength(1);
	});

	it('is found where the gateway gave it up and the platform was done later', async () => {
		await begin({ untidiness: { gatewayTimeouts: { share: 1 } } });

		const { json } = await platform.run(TRAIN, training());

		expect(json).toMatchObject([{ modelVersionId: started()[0] }]);
		expect(started()).toHaveLength(1);
	});

	it.each<[string, InProcessOptions['untidiness']]>([
		['leave out concepts and train_info', { listsOmit: ['concepts', 'trainInfo'] }],
		['show the values of the platform for what was not sent', { defaultsShown: true }],
		['stamp by a clock that is behind that of the answers', { dateAheadSeconds: 600 }],
		['stamp by a clock that is ahead of that of the answers', { dateAheadSeconds: -600 }],
		['show no time of creation', { createdAt: 'absent' }],
	])('is found where lists %s', async (_what, untidiness) => {
		await begin({ untidiness });
		lose('resetAfter');

		const { json } = await platform.run(TRAIN, training());

		expect(json).toMatchObject([{ modelVersionId: started()[0] }]);
		expect(started()).toHaveLength(1);
	});

	it('is not taken for one that was there before, however alike', async () => {
		await platform.run(TRAIN, training());
		lose('resetBefore');

		const { json } = await platform.run(TRAIN, training());

		expect(started()).toHaveLength(2);
		expect(json).toMatchObject([{ modelVersionId: started()[1] }]);
	});

	it('is not taken for another one that somebody started meanwhile', async () => {
		const { emulator, run, withCredential } = platform;
		const other = await withCredential({});
		lose('resetBefore');
		const running = run(TRAIN, training());
		while (times(START).length === 0) await platform.time.sleep(10);

		await other.run(TRAIN, training({ hyperparametersJson: '{"num_epochs": 9}' }));
		const { json } = await running;

		expect(started()).toHaveLength(2);
		expect(json).toMatchObject([{ modelVersionId: started()[1] }]);
		expect(emulator.app().models.get(MODEL)!.versions.size).toBe(2);
	});
});

describe('a training that nobody can tell of', () => {
	it('is not sent again when several may be it, and all of them are named', async () => {
		const { run, withCredential } = platform;
		const other = await withCredential({});
		lose('resetAfter');
		const running = run(TRAIN, training());
		while (times(START).length === 0) await platform.time.sleep(10);

		await other.run(TRAIN, training());
		const { error } = await running;

		expect(started()).toHaveLength(2);
		expect(error).toMatchObject({
			message: expect.stringMatching(new RegExp(`^${UNKNOWN}`)),
			description: expect.stringContaining(
				`It may be one of these: ${started().reverse().join(', ')}. Look at the versions of the model, https://clarifai.com/${DEMO.userId}/${DEMO.appId}/models/${MODEL} before`,
			),
		});
	});

	it('is not sent again when no look was answered, and the time of sending is told', async () => {
		const { emulator, run } = platform;
		lose('resetAfter');
		emulator.faults.add({ kind: 'http503', rpc: LOOK, skip: 1 });
		const at = new Date(platform.time.date()).toISOString();

		const { error } = await run(TRAIN, training());

		expect(error?.message).toMatch(new RegExp(`^${UNKNOWN}`));
		expect(error?.description).toContain(`sent at ${at}`);
		expect(started()).toHaveLength(1);
		expect(times(START)).toHaveLength(1);
	});

	it('is sent three times at most, each time after all looks', async () => {
		lose('resetBefore', 10);

		const { error } = await platform.run(TRAIN, training());

		expect(error?.message).toMatch(new RegExp(`^${UNKNOWN}`));
		expect(times(START)).toHaveLength(3);
		expect(times(LOOK)).toHaveLength(1 + 3 * 5);
		expect(started()).toEqual([]);
	});

	it('is found by the next try of Retry On Fail', async () => {
		const { emulator, run } = platform;
		lose('resetAfter');
		const looks = emulator.faults.add({
			kind: 'failure10020',
			code: 11007,
			rpc: LOOK,
			skip: 1,
			times: 5,
		});

		const { json, error } = await run(TRAIN, training(), {
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});

		expect(looks).toBeDefined();
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ modelVersionId: started()[0] }]);
		expect(times(START)).toHaveLength(1);
	});

	it('leaves the other items of the node as they are when it continues', async () => {
		const { emulator, run } = platform;
		emulator.addModel('boats');
		lose('resetAfter');
		emulator.faults.add({
			kind: 'failure10020',
			code: 11007,
			rpc: LOOK,
			skip: 1,
			when: ({ path }) => path.includes(MODEL),
		});

		const { items, outputs } = await run(
			TRAIN,
			training({ model: locate('id', '={{ $json.id }}') }),
			{ items: [{ id: MODEL }, { id: 'boats' }], settings: { onError: 'continueErrorOutput' } },
		);

		expect(items).toMatchObject([{ json: { modelId: 'boats' }, pairedItem: { item: 1 } }]);
		expect(outputs(1)).toMatchObject([
			{
				json: { message: expect.stringMatching(new RegExp(`^${UNKNOWN}`)) },
				pairedItem: { item: 0 },
			},
		]);
	});
});

describe('several trainings of one model', () => {
	const items = [{}, {}, {}];

	it('go out one after the other, after one look at what there is', async () => {
		await begin({ latencyMs: 100 });

		const { json } = await platform.run(TRAIN, training(), { items });

		expect(json.map(({ modelVersionId }) => modelVersionId)).toEqual(started());
		const [first, second, third] = times(START);
		expect([second - first, third - second]).toEqual([100, 100]);
		expect(times(LOOK)).toHaveLength(1);
	});

	it('each find their own after their answers were lost', async () => {
		lose('resetAfter', 3);

		const { json } = await platform.run(TRAIN, training(), { items });

		expect(started()).toHaveLength(3);
		expect(json.map(({ modelVersionId }) => modelVersionId)).toEqual(started());
	});

	it('do not take one for another where only the middle one was not carried out', async () => {
		platform.emulator.faults.add({ kind: 'resetAfter', rpc: START, times: 1 });
		platform.emulator.faults.add({ kind: 'resetBefore', rpc: START, times: 1 });

		const { json } = await platform.run(TRAIN, training(), { items });

		expect(started()).toHaveLength(3);
		expect(json.map(({ modelVersionId }) => modelVersionId)).toEqual(started());
	});

	it('need no look before them where the model was created just before', async () => {
		const { engine, emulator } = platform;
		const create = engine.node('clarifaiCreateModel', { modelId: 'brand-new' });

		await engine.run(
			chain(create, engine.node(TRAIN, training({ model: locate('id', 'brand-new') }))),
		);

		expect(callsOf(emulator)).not.toContain(`GET ${LOOK}`);
		expect(started()).toHaveLength(1);
	});
});

describe('a start that does not name its version', () => {
	it('is looked for', async () => {
		await begin({ untidiness: { startsWithoutVersion: 1 } });

		const { json, error } = await platform.run(TRAIN, training());

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ modelVersionId: started()[0] }]);
		expect(times(START)).toHaveLength(1);
	});
});

describe('"Retry" in the list of executions', () => {
	const retry = async (failed: RunResult, workflow: ReturnType<typeof chain>) =>
		await platform.engine.run(workflow, retryOf(failed));

	const versionsIn = (result: RunResult, name: string) =>
		result.outputs(name).map(({ json }) => json.modelVersionId);

	async function runAndFail() {
		const { engine, emulator } = platform;
		emulator.faults.add({ kind: 'failure10020', rpc: START, skip: 1, times: 1 });
		const node = engine.node(TRAIN, training());
		const workflow = chain(node);
		const failed = await engine.run(workflow, { items: [{ json: {} }, { json: {} }] });
		expect(failed.status).toBe('error');
		return { failed, workflow, node: node.name };
	}

	it('starts what was not started, and nothing else', async () => {
		const { failed, workflow, node } = await runAndFail();

		const retried = await retry(failed, workflow);

		expect(started()).toHaveLength(2);
		expect(versionsIn(retried, node)).toEqual(started());
	});

	it('of the original execution finds what another retry of it has started', async () => {
		const { failed, workflow, node } = await runAndFail();

		await retry(failed, workflow);
		const again = await retry(failed, workflow);

		expect(started()).toHaveLength(2);
		expect(versionsIn(again, node)).toEqual(started());
	});

	it('of the original execution does not choose between two that may be it', async () => {
		const { failed, workflow } = await runAndFail();
		await retry(failed, workflow);
		await platform.run(TRAIN, training());

		const again = await retry(failed, workflow);

		expect(started()).toHaveLength(3);
		expect(again.error?.message).toMatch(new RegExp(`^${UNKNOWN}`));
	});
});
