import { bodiesOf, locate } from '../../../nodes/setup.mts';
import { setUpInProcess, type InProcessOptions } from '../../../nodes/setUpInProcess.mts';
import {
	createModel,
	faultAll,
	itemsOf,
	startedVersions,
	train,
} from '../../../reliability/plans.mts';
import { chain } from '../../engine/engine.mts';

const HOUR = 3_600_000;

test('a training is waited for over an hour that does not pass', async () => {
	const platform = await setUpInProcess({ trainingSeconds: 4000 });
	const { emulator, engine, time } = platform;
	emulator.addModel('m');
	const began = time.now();
	const node = train(platform, {
		model: locate('id', 'm'),
		waitForCompletion: true,
		waitOptions: { timeoutMinutes: 120, pollIntervalSeconds: 30 },
	});

	const run = await engine.run(chain(node));

	expect(run.outputs(node.name)).toMatchObject([
		{ json: { modelVersionId: startedVersions(emulator).m[0], status: 'trained' } },
	]);
	expect(time.now() - began).toBeGreaterThan(HOUR);
	const polls = emulator.requests.filter(({ rpc }) => rpc === 'GetModelVersion');
	expect(polls.length).toBeGreaterThan(100);
});

test('minutes between tries pass at once, and are there to be measured', async () => {
	const { emulator, run } = await setUpInProcess();
	emulator.faults.add({ kind: 'throttle', retryAfter: 40, times: 5 });

	const { json, error } = await run('clarifaiCreateModel', { modelId: 'm' });

	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ modelId: 'm', created: true }]);
	const [first, ...later] = emulator.requests;
	const last = later.at(-1)!;
	expect(last.arrivedAt - first.arrivedAt).toBeGreaterThanOrEqual(5 * 40_000);
	expect(last.at - first.at).toBeCloseTo(last.arrivedAt - first.arrivedAt, 3);
});

test('latency and unanswered requests take virtual time alone', async () => {
	const { emulator, run, time } = await setUpInProcess({ latencyMs: 20_000 });
	emulator.faults.add({ kind: 'hang', carriedOut: true, rpc: 'PostModels', times: 1 });
	const began = time.now();

	const { json } = await run('clarifaiCreateModel', { modelId: 'm' });

	expect(json).toMatchObject([{ modelId: 'm' }]);
	// The default time-out of a request, and the look-up.
	expect(time.now() - began).toBeGreaterThanOrEqual(80_000);
});

async function requestLog(options: InProcessOptions) {
	const platform = await setUpInProcess(options);
	const { emulator, engine } = platform;
	faultAll(emulator, 20);
	const workflow = chain(
		createModel(platform, { options: {} }),
		train(platform, { options: {}, waitForCompletion: true }),
	);
	await engine.run(workflow, { items: itemsOf(20) });
	return emulator.requests;
}

test('two runs with the same seed make the same requests at the same times', async () => {
	const first = await requestLog({ seed: 7 });
	const second = await requestLog({ seed: 7 });
	const other = await requestLog({ seed: 8 });

	expect(first.length).toBeGreaterThan(40);
	expect(first.some(({ fault }) => fault)).toBe(true);
	expect(second).toEqual(first);
	expect(other).not.toEqual(first);
});

test('two set-ups of one test share a time', async () => {
	const first = await setUpInProcess();
	const second = await setUpInProcess({ time: first.time });

	await first.run('clarifaiCreateModel', { modelId: 'm' });
	await second.run('clarifaiCreateModel', { modelId: 'm' });

	expect(bodiesOf(first.emulator, 'PostModels')).toHaveLength(1);
	expect(bodiesOf(second.emulator, 'PostModels')).toHaveLength(1);
	expect(second.emulator.url).not.toBe(first.emulator.url);
});

test('a set-up that has ended is not taken for one that goes on', async () => {
	const first = await setUpInProcess();
	await setUpInProcess();

	const { error } = await first.run('clarifaiCreateModel', { modelId: 'm' });

	expect(error?.message).toContain('is not served in this virtual time');
	await expect(setUpInProcess({ time: first.time })).rejects.toThrow('has ended');
});
