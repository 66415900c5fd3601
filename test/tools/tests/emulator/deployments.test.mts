import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { TestClient } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ deploySeconds: 30 });

const DEPLOYMENTS = `/v2/users/${DEMO.userId}/deployments`;
const NODEPOOL = {
	id: DEMO.nodepoolId,
	compute_cluster: { id: DEMO.computeClusterId, user_id: DEMO.userId },
};

const workerOf = (versionId?: string, modelId = 'm') => ({
	model: {
		id: modelId,
		user_id: DEMO.userId,
		app_id: DEMO.appId,
		...(versionId && { model_version: { id: versionId } }),
	},
});

const versionIn = (worker: Message) => worker.model.model_version.id as string;

let first: string;
let second: string;

beforeEach(() => {
	first = clarifai.emulator.addContainerVersion('m').message.id;
	second = clarifai.emulator.addContainerVersion('m').message.id;
});

const deploy = (fields: Message = {}) =>
	clarifai.client.post(DEPLOYMENTS, {
		deployments: [{ id: 'd', worker: workerOf(first), nodepools: [NODEPOOL], ...fields }],
	});

const patch = (fields: Message, action = 'overwrite') =>
	clarifai.client.patch(DEPLOYMENTS, { action, deployments: [{ id: 'd', ...fields }] });

const deployment = async () => (await clarifai.client.get(`${DEPLOYMENTS}/d`)).json.deployment;

const runners = async (query = '') =>
	(await clarifai.client.get(`/v2/users/${DEMO.userId}/runners${query}`)).json.runners as Message[];

describe('a new deployment', () => {
	test('has the documented autoscaling and shows its worker', async () => {
		const { json } = await deploy({ description: 'mine', autoscale_config: { max_replicas: 1 } });
		expect(json.deployments).toMatchObject([
			{
				id: 'd',
				user_id: DEMO.userId,
				description: 'mine',
				autoscale_config: { max_replicas: 1, scale_to_zero_delay_seconds: 1800 },
				nodepools: [NODEPOOL],
				worker: workerOf(first),
			},
		]);
		expect(await deployment()).toEqual(json.deployments[0]);
	});

	test('takes the newest trained version when none is named, and ranked nodepools', async () => {
		clarifai.emulator.addTraining('m');
		const { json } = await deploy({
			worker: workerOf(),
			nodepools: undefined,
			deployment_nodepools: [{ ...NODEPOOL, priority: 1 }],
		});
		expect(versionIn(json.deployments[0].worker)).toBe(second);
	});

	test.each<[string, Message, number]>([
		['an ID that is none', { id: 'a b' }, 25901],
		['no nodepool', { nodepools: [] }, 25901],
		['both lists of nodepools', { deployment_nodepools: [NODEPOOL] }, 25901],
		['an unknown nodepool', { nodepools: [{ id: 'none' }] }, 25700],
		['an unknown cluster', { nodepools: [{ id: 'x', compute_cluster: { id: 'none' } }] }, 25800],
		['no worker', { worker: {} }, 25901],
		['an unknown model', { worker: workerOf(undefined, 'none') }, 21200],
		['an unknown version', { worker: workerOf('none') }, 21200],
		[
			'more replicas at least than at most',
			{ autoscale_config: { min_replicas: 2, max_replicas: 1 } },
			25901,
		],
	])('with %s is refused', async (_name, fields, code) => {
		expect((await deploy(fields)).code).toBe(code);
		expect(clarifai.emulator.world.compute.deployments).toHaveLength(0);
	});

	test('with a version that is in training is refused', async () => {
		const inTraining = clarifai.emulator.addTraining('m').message.id as string;
		expect((await deploy({ worker: workerOf(inTraining) })).code).toBe(25901);
	});

	test('is refused by an ID that exists, and as a second one on a nodepool', async () => {
		await deploy();
		expect((await deploy()).code).toBe(40010);
		expect((await deploy({ id: 'e' })).code).toBe(25901);
		const elsewhere = { id: 'e', nodepools: [{ id: DEMO.gpuNodepoolId }] };
		expect((await deploy(elsewhere)).code).toBe(10000);
	});

	test('is for PATs of the owner of the account', async () => {
		const keyClient = new TestClient(clarifai.emulator, { token: DEMO.appKey });
		expect((await keyClient.get(DEPLOYMENTS)).code).toBe(11007);
		expect((await clarifai.client.get('/v2/users/clarifai/deployments')).code).toBe(11007);
	});
});

describe('going over to another version', () => {
	test('is done by desired_worker; the worker follows', async () => {
		await deploy();
		await patch({ desired_worker: workerOf(second) });
		const before = await deployment();
		expect(versionIn(before.desired_worker)).toBe(second);
		expect(versionIn(before.worker)).toBe(first);
		clarifai.emulator.clock.advance(30_000);
		expect(versionIn((await deployment()).worker)).toBe(second);
	});

	test('is not done by worker, which is ignored without a word', async () => {
		await deploy();
		expect((await patch({ worker: workerOf(second) })).code).toBe(10000);
		clarifai.emulator.clock.advance(60_000);
		expect(versionIn((await deployment()).worker)).toBe(first);
	});

	test.each(['merge', 'remove', ''])("is not done by action '%s'", async (action) => {
		await deploy();
		const reply = await patch({ desired_worker: workerOf(second) }, action);
		expect(reply).toMatchObject({ code: 25901 });
		expect(reply.details).toContain(`Unrecognized action '${action}'`);
		expect(versionIn((await deployment()).desired_worker)).toBe(first);
	});

	test('to another model, or to what does not exist, is refused', async () => {
		clarifai.emulator.addTrainedVersion('other');
		await deploy();
		expect((await patch({ desired_worker: workerOf(undefined, 'other') })).code).toBe(25901);
		expect((await patch({ desired_worker: workerOf('none') })).code).toBe(21200);
		const unknown = { action: 'overwrite', deployments: [{ id: 'none' }] };
		expect(await clarifai.client.patch(DEPLOYMENTS, unknown)).toMatchObject({
			http: 404,
			code: 25900,
		});
	});

	test('happens by itself with deploy_latest_version', async () => {
		await deploy({ deploy_latest_version: true, worker: workerOf(second) });
		const third = clarifai.emulator.addContainerVersion('m').message.id as string;
		expect(versionIn((await deployment()).desired_worker)).toBe(third);
		clarifai.emulator.clock.advance(30_000);
		expect(versionIn((await deployment()).worker)).toBe(third);
	});
});

describe('runners', () => {
	const pods = async () => (await runners(`?model_version_ids=${first}`))[0]!.runner_metrics ?? {};

	test('have no pods while a deployment may sleep', async () => {
		await deploy();
		clarifai.emulator.clock.advance(60_000);
		expect(await pods()).toEqual({});
		expect(await runners('?min_replicas=1')).toEqual([]);
	});

	test('have running pods once a deployment that never sleeps is ready', async () => {
		await deploy({ autoscale_config: { min_replicas: 2 } });
		expect(await pods()).toEqual({ pods_total: 2 });
		clarifai.emulator.clock.advance(30_000);
		expect(await pods()).toEqual({ pods_total: 2, pods_running: 2 });
	});

	test('of the new version have none before it has taken over', async () => {
		await deploy({ autoscale_config: { min_replicas: 1 } });
		clarifai.emulator.clock.advance(30_000);
		await patch({ desired_worker: workerOf(second) });
		const ofSecond = `?model_version_ids=${second}`;
		expect((await runners(ofSecond))[0]!.runner_metrics).toEqual({ pods_total: 1 });
		expect(await pods()).toEqual({ pods_total: 1, pods_running: 1 });
		clarifai.emulator.clock.advance(30_000);
		expect((await runners(ofSecond))[0]!.runner_metrics).toMatchObject({ pods_running: 1 });
		expect(await runners(`?model_version_ids=${first}`)).toEqual([]);
	});

	test('of a disabled deployment have none', async () => {
		await deploy({ autoscale_config: { min_replicas: 1 } });
		clarifai.emulator.clock.advance(30_000);
		await patch({ status: 1 });
		expect((await deployment()).status).toBe(1);
		expect(await pods()).toEqual({});
		await patch({ status: 0 });
		expect(await pods()).toEqual({ pods_total: 1, pods_running: 1 });
	});
});

test('deployments are listed by version, nodepool and cluster, and deleted', async () => {
	await deploy();
	await deploy({ id: 'e', nodepools: [{ id: DEMO.gpuNodepoolId }], worker: workerOf(second) });
	const listed = async (query: string) =>
		(await clarifai.client.get(`${DEPLOYMENTS}?${query}`)).json.deployments
			.map(({ id }: Message) => id as string)
			.sort();
	expect(await listed('')).toEqual(['d', 'e']);
	expect(await listed(`model_version_ids=${second}`)).toEqual(['e']);
	expect(await listed(`nodepool_id=${DEMO.nodepoolId}`)).toEqual(['d']);
	expect(await listed(`compute_cluster_id=${DEMO.computeClusterId}`)).toEqual(['d', 'e']);
	expect(await listed('compute_cluster_id=none')).toEqual([]);

	await clarifai.client.send('DELETE', DEPLOYMENTS, { ids: ['d'] });
	expect(await listed('')).toEqual(['e']);
	expect((await clarifai.client.get(`${DEPLOYMENTS}/d`)).code).toBe(25900);
	expect((await clarifai.client.send('DELETE', DEPLOYMENTS, { ids: ['d'] })).code).toBe(25900);
});
