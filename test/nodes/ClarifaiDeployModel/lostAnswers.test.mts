import type { FaultRule } from '../../tools/emulator/emulator.mts';
import { chain } from '../../tools/engine/engine.mts';
import { retryOf } from '../../tools/engine/retryExecution.mts';
import {
	asLive,
	DEPLOY,
	setUpLive,
	setUpVersions,
	versionsOf,
	writesOf,
	type TwoVersions,
} from './deploySetup.mts';

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } as const;

const ways: Array<[string, FaultRule]> = [
	['broke off after it was carried out', { kind: 'resetAfter' }],
	['broke off before it was carried out', { kind: 'resetBefore' }],
	['was cut off', { kind: 'truncatedJson', fullLength: true }],
	['was empty', { kind: 'emptyBody' }],
	['came from a gateway that gave up', { kind: 'http504', carriedOutAfterSeconds: 6 }],
	['came from a gateway, and it was lost', { kind: 'http504', html: true }],
	['was an error of the server', { kind: 'http500' }],
	['was throttled', { kind: 'throttle', retryAfter: 2 }],
	['asked to try again', { kind: 'okWithFailureStatus', code: 10030 }],
];

describe.each(ways)('an answer that %s', (_how, fault) => {
	it('makes one deployment', async () => {
		const { emulator, run, newer, of } = await setUpVersions();
		emulator.faults.add({ ...fault, rpc: 'PostDeployments', times: 1 });

		const { json, error } = await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{
				deploymentId: 'live',
				modelVersionId: newer,
				created: true,
				promoted: false,
			},
		]);
		expect(json[0]).not.toHaveProperty('previousModelVersionId');
		expect(emulator.book.of('deployment')).toHaveLength(1);
		expect(emulator.faults.total).toBe(1);
	});

	it('promotes one version, and still tells the one before', async () => {
		const { emulator, run, older, newer, of } = await setUpLive();
		emulator.faults.add({ ...fault, rpc: 'PatchDeployments', times: 1 });

		const { json, error } = await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{ modelVersionId: newer, previousModelVersionId: older, created: false, promoted: true },
		]);
		expect(versionsOf(emulator).desired).toBe(newer);
		expect(emulator.book.of('deploymentChange')).toHaveLength(1);
	});
});

it.each([
	['creation', setUpVersions, { created: true }],
	['promotion', setUpLive, { promoted: true }],
])('a %s that is only ACCEPTED (HTTP 202) is a success', async (_what, setUpPlatform, expected) => {
	const { emulator, run, newer, of } = await setUpPlatform();
	emulator.untidiness.accepted = 1;

	const { json, error } = await run(DEPLOY, asLive(), { items: [of(newer)] });

	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ modelVersionId: newer, ...expected }]);
	expect(writesOf(emulator)).toHaveLength(1);
});

/** Loses the answer to a write, and those to the looks for it, until the node gives up. */
function loseEverything({ emulator }: TwoVersions, rpc: string): void {
	emulator.faults.add({ kind: 'resetAfter', rpc, times: 1 });
	emulator.faults.add({
		kind: 'okWithFailureStatus',
		rpc: 'GetDeployment',
		times: 5,
		when: () => emulator.requests.some((request) => request.rpc === rpc),
	});
}

describe('what cannot be told', () => {
	it('is said, with where to look, and nothing is sent again', async () => {
		const platform = await setUpVersions();
		const { emulator, run, newer, of } = platform;
		loseEverything(platform, 'PostDeployments');

		const { error } = await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(error?.description).toContain(
			'Clarifai gave no readable answer to creating deployment "live"',
		);
		expect(error?.description).toContain('Look at the deployments under Compute');
		expect(writesOf(emulator)).toEqual(['POST PostDeployments']);
	});

	it('is found by Retry On Fail: the deployment was created by this run', async () => {
		const platform = await setUpVersions();
		const { emulator, run, newer, of } = platform;
		loseEverything(platform, 'PostDeployments');

		const { json, error } = await run(DEPLOY, asLive(), {
			items: [of(newer)],
			settings: RETRY,
		});

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ created: true, promoted: false, ready: true }]);
		expect(json[0]).not.toHaveProperty('previousModelVersionId');
		expect(writesOf(emulator)).toEqual(['POST PostDeployments']);
	});

	it('is found by Retry On Fail where an existing deployment is to fail', async () => {
		const platform = await setUpVersions();
		const { emulator, run, newer, of } = platform;
		loseEverything(platform, 'PostDeployments');

		const { json, error } = await run(DEPLOY, asLive({ ifDeploymentExists: 'fail' }), {
			items: [of(newer)],
			settings: RETRY,
		});

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ created: true }]);
		expect(writesOf(emulator)).toEqual(['POST PostDeployments']);
	});

	it('is found by Retry On Fail: the version before the promotion is still told', async () => {
		const platform = await setUpLive({}, { deploySeconds: 0 });
		const { emulator, run, older, newer, of } = platform;
		loseEverything(platform, 'PatchDeployments');

		const { json } = await run(DEPLOY, asLive(), { items: [of(newer)], settings: RETRY });

		expect(json).toMatchObject([
			{ promoted: true, previousModelVersionId: older, modelVersionId: newer },
		]);
		expect(emulator.book.of('deploymentChange')).toHaveLength(1);
	});
});

describe('a look for replicas that fails', () => {
	it('is repeated, and the deployment is still one that was created', async () => {
		const { emulator, run, newer, of } = await setUpVersions();
		emulator.faults.add({ kind: 'okWithFailureStatus', rpc: 'ListRunners', times: 1 });

		const { json, error } = await run(DEPLOY, asLive({ additionalFields: { minReplicas: 1 } }), {
			items: [of(newer)],
			settings: RETRY,
		});

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ created: true, promoted: false }]);
		expect(json[0]).not.toHaveProperty('previousModelVersionId');
		expect(writesOf(emulator)).toEqual(['POST PostDeployments']);
	});

	it('is an error that names what was deployed', async () => {
		const { emulator, run, newer, of } = await setUpVersions();
		emulator.faults.add({ kind: 'okWithFailureStatus', rpc: 'ListRunners' });

		const { error } = await run(DEPLOY, asLive({ additionalFields: { minReplicas: 1 } }), {
			items: [of(newer)],
		});

		expect(error?.description).toContain(
			`Done in this run before the node stopped: item 0: modelId flowers, modelVersionId ${newer}, deploymentId live`,
		);
	});
});

it('Retry On Fail does not carry out again what other items have done', async () => {
	const { emulator, run, older, newer, of } = await setUpLive({}, { deploySeconds: 0 });
	const { message } = emulator.addContainerVersion('trees');
	emulator.addNodepool('second-cluster', 'second-pool');
	emulator.faults.add({ kind: 'okWithFailureStatus', rpc: 'PostDeployments', times: 1 });
	const tree = { modelId: 'trees', modelVersionId: message.id, name: 'tree' };

	const { json, error } = await run(
		DEPLOY,
		asLive({
			deploymentId: '={{ $json.name }}',
		}),
		{ items: [{ ...of(newer), name: 'live' }, tree], settings: RETRY },
	);

	expect(error).toBeUndefined();
	expect(json).toMatchObject([
		{ deploymentId: 'live', promoted: true, previousModelVersionId: older },
		{ deploymentId: 'tree', created: true },
	]);
	expect(emulator.book.of('deploymentChange')).toHaveLength(1);
	expect(emulator.book.of('deployment')).toHaveLength(1);
});

describe('Retry of a failed execution', () => {
	it('finds the deployment that the first execution has made', async () => {
		const platform = await setUpVersions();
		const { emulator, engine, newer, of } = platform;
		loseEverything(platform, 'PostDeployments');
		const node = engine.node(DEPLOY, asLive());
		const workflow = chain(node);
		const failed = await engine.run(workflow, { items: [{ json: of(newer) }] });
		expect(failed.error).toBeDefined();

		const retried = await engine.run(workflow, retryOf(failed));

		expect(retried.error).toBeUndefined();
		expect(retried.outputs(node.name)).toMatchObject([
			{ json: { deploymentId: 'live', created: true } },
		]);
		expect(writesOf(emulator)).toEqual(['POST PostDeployments']);
	});
});

describe('a promotion that is under way when the stop comes', () => {
	async function stopWhileSending(carriedOut: boolean) {
		const platform = await setUpLive();
		const { emulator, engine, time, newer, of } = platform;
		emulator.faults.add({ kind: 'hang', carriedOut, rpc: 'PatchDeployments' });
		const node = engine.node(DEPLOY, asLive());
		const handle = engine.start(chain(node), { items: [{ json: of(newer) }] });
		while (writesOf(emulator).length === 0) await time.sleep(5);
		handle.cancel();
		return { ...platform, result: await handle.done, name: node.name };
	}

	it('is looked up, and put out when it was carried out', async () => {
		const { emulator, result, name, older } = await stopWhileSending(true);

		expect(result.status).toBe('canceled');
		expect(result.outputs(name)).toMatchObject([
			{ json: { promoted: true, previousModelVersionId: older } },
		]);
		expect(writesOf(emulator)).toEqual(['PATCH PatchDeployments']);
	});

	it('is looked up, and said to be unknown when it cannot be seen', async () => {
		const { emulator, result, name, newer } = await stopWhileSending(false);

		expect(result.outputs(name)).toEqual([]);
		expect(result.error?.message).toContain(
			`Promoting version ${newer} under deployment "live" may have been carried out`,
		);
		expect(writesOf(emulator)).toEqual(['PATCH PatchDeployments']);
	});
});
