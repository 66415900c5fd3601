import { chain, type RunHandle } from '../../tools/engine/engine.mts';
import { bodiesOf, callsOf, DEMO } from '../setup.mts';
import {
	asLive,
	DEPLOY,
	setUpLive,
	setUpVersions,
	versionsOf,
	writesOf,
	type TwoVersions,
} from './deploySetup.mts';

const waiting = (more = {}) =>
	asLive({ waitUntilReady: true, waitOptions: { pollIntervalSeconds: 30 }, ...more });

const looksOf = ({ emulator }: TwoVersions) =>
	callsOf(emulator).filter((call) => call === 'GET GetDeployment').length;

describe('Wait Until Ready', () => {
	it('goes on once the deployment runs the version', async () => {
		const platform = await setUpLive({}, { deploySeconds: 300 });
		const { emulator, run, newer, of, time } = platform;
		const before = time.now();

		const { json } = await run(DEPLOY, waiting(), { items: [of(newer)] });

		expect(json).toMatchObject([{ modelVersionId: newer, promoted: true, ready: true }]);
		expect(versionsOf(emulator)).toEqual({ desired: newer, running: newer });
		expect(time.now() - before).toBeGreaterThanOrEqual(300_000);
		expect(time.now() - before).toBeLessThan(340_000);
	});

	it('waits for replicas where some run all the time', async () => {
		const platform = await setUpVersions({ deploySeconds: 200 });
		const { run, newer, of, time } = platform;
		const before = time.now();

		const { json } = await run(DEPLOY, waiting({ additionalFields: { minReplicas: 1 } }), {
			items: [of(newer)],
		});

		expect(json).toMatchObject([{ created: true, ready: true }]);
		expect(time.now() - before).toBeGreaterThanOrEqual(200_000);
	});

	it('asks nobody for a paid prediction', async () => {
		const platform = await setUpVersions({ deploySeconds: 200 });
		const { emulator, run, newer, of } = platform;

		await run(DEPLOY, waiting({ additionalFields: { minReplicas: 1 } }), { items: [of(newer)] });

		expect(new Set(callsOf(emulator))).toEqual(
			new Set([
				'GET GetModelVersion',
				'GET GetDeployment',
				'GET ListComputeClusters',
				'GET ListNodepools',
				'POST PostDeployments',
				'GET ListRunners',
			]),
		);
	});

	it('does not look again at one that is ready', async () => {
		const platform = await setUpLive();
		const { run, older, of } = platform;

		const { json } = await run(DEPLOY, waiting(), { items: [of(older)] });

		expect(json).toMatchObject([{ promoted: false, ready: true }]);
		// For the check, and in its turn.
		expect(looksOf(platform)).toBe(2);
	});

	it('waits for a deployment that is on its way already', async () => {
		const platform = await setUpLive({}, { deploySeconds: 120 });
		const { emulator, run, newer, of } = platform;
		await run(DEPLOY, asLive(), { items: [of(newer)] });

		const { json } = await run(DEPLOY, waiting(), { items: [of(newer)] });

		expect(json).toMatchObject([{ promoted: false, ready: true }]);
		expect(writesOf(emulator)).toEqual(['PATCH PatchDeployments']);
	});

	it('that runs out lets the item go on, not ready, and says so', async () => {
		const platform = await setUpLive({}, { deploySeconds: 3600 });
		const { run, older, newer, of, time } = platform;
		const before = time.now();

		const { json, error, result } = await run(
			DEPLOY,
			waiting({ waitOptions: { timeoutMinutes: 5, pollIntervalSeconds: 30 } }),
			{ items: [of(newer)] },
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{ modelVersionId: newer, previousModelVersionId: older, promoted: true, ready: false },
		]);
		expect(result.hints).toMatchObject([
			{ message: `The wait ran out before deployment "live" ran version ${newer}.` },
		]);
		expect(time.now() - before).toBeLessThan(330_000);
	});

	it('never takes a disabled deployment for ready', async () => {
		const platform = await setUpLive({ status: 1 });
		const { run, older, of } = platform;

		const { json } = await run(
			DEPLOY,
			waiting({ waitOptions: { timeoutMinutes: 1, pollIntervalSeconds: 30 } }),
			{ items: [of(older)] },
		);

		expect(json).toMatchObject([{ ready: false }]);
	});

	it('survives an outage of the platform', async () => {
		const platform = await setUpLive({}, { deploySeconds: 300 });
		const { emulator, run, newer, of } = platform;
		emulator.faults.add({ kind: 'http503', rpc: 'GetDeployment', skip: 3, times: 8 });

		const { json } = await run(DEPLOY, waiting(), { items: [of(newer)] });

		expect(json).toMatchObject([{ promoted: true, ready: true }]);
	});

	it('ends with an error when somebody deletes the deployment', async () => {
		const platform: TwoVersions = await setUpLive(
			{},
			{
				deploySeconds: 3600,
				onRequest: ({ rpc }) => {
					if (rpc === 'PatchDeployments') platform.emulator.world.compute.deployments.pop();
				},
			},
		);
		const { run, newer, of } = platform;

		const { error } = await run(DEPLOY, waiting(), { items: [of(newer)] });

		expect(error?.message).toContain(
			`Clarifai does not tell how deployment "live" on its way to version ${newer} goes on`,
		);
		// What was done is not lost with it.
		expect(error?.description).toContain(`deploymentId live`);
	});

	it('stops with the execution; what was promoted is put out', async () => {
		let handle: RunHandle | undefined;
		const platform: TwoVersions = await setUpLive(
			{},
			{
				deploySeconds: 3600,
				onRequest: ({ rpc }) => {
					if (rpc === 'GetDeployment' && looksOf(platform) === 5) handle?.cancel();
				},
			},
		);
		const { emulator, engine, newer, older, of } = platform;
		const node = engine.node(DEPLOY, waiting());

		handle = engine.start(chain(node), { items: [{ json: of(newer) }] });
		const result = await handle.done;

		expect(result.status).toBe('canceled');
		expect(result.outputs(node.name)).toMatchObject([
			{
				json: {
					deploymentId: 'live',
					modelVersionId: newer,
					previousModelVersionId: older,
					promoted: true,
					ready: false,
				},
			},
		]);
		expect(result.customData.clarifaiDoneBeforeStop).toContain('live');
		expect(writesOf(emulator)).toEqual(['PATCH PatchDeployments']);
		expect(versionsOf(emulator).desired).toBe(newer);
	});
});

it('a deployment that follows the latest version is told of', async () => {
	const { run, newer, of } = await setUpLive({ deploy_latest_version: true });

	const { json, result } = await run(DEPLOY, asLive(), { items: [of(newer)] });

	expect(json).toMatchObject([{ promoted: false }]);
	expect(result.hints).toMatchObject([
		{ message: expect.stringContaining("follows the model's latest version") },
	]);
});

describe('sent as Clarifai has it', () => {
	it('never as a merge, and never with what runs', async () => {
		const { emulator, run, newer, of } = await setUpLive();

		await run(DEPLOY, waiting(), { items: [of(newer)] });

		const [body] = bodiesOf(emulator, 'PatchDeployments') as Array<{
			action: string;
			deployments: object[];
		}>;
		expect(body.action).toBe('overwrite');
		expect(body.deployments[0]).not.toHaveProperty('worker');
		expect(emulator.requests.at(-1)?.path).toBe(`/v2/users/${DEMO.userId}/deployments/live`);
	});
});
