import { DEMO } from '../../emulator/emulator.mts';
import { TestClient } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator();

const USER = `/v2/users/${DEMO.userId}`;
const CLUSTER = `${USER}/compute_clusters/${DEMO.computeClusterId}`;

describe('compute clusters and nodepools', () => {
	test('are there for the demo user', async () => {
		const { client } = clarifai;
		const clusters = await client.get(`${USER}/compute_clusters`);
		expect(clusters.json.compute_clusters).toMatchObject([
			{ id: DEMO.computeClusterId, user_id: DEMO.userId, cluster_type: 'dedicated' },
		]);
		const nodepools = await client.get(`${CLUSTER}/nodepools`);
		expect(nodepools.json.nodepools.map(({ id }: { id: string }) => id).sort()).toEqual(
			[DEMO.gpuNodepoolId, DEMO.nodepoolId].sort(),
		);
		const { json } = await client.get(`${CLUSTER}/nodepools/${DEMO.gpuNodepoolId}`);
		expect(json.nodepool).toMatchObject({
			compute_cluster: { id: DEMO.computeClusterId },
			instance_types: [{ compute_info: { num_accelerators: 1 } }],
		});
	});

	test('of a user come from all clusters', async () => {
		clarifai.emulator.addNodepool('second', 'pool');
		const all = await clarifai.client.get(`${USER}/nodepools`);
		expect(all.json.nodepools).toHaveLength(3);
		const ofOne = await clarifai.client.get(`${USER}/compute_clusters/second/nodepools`);
		expect(ofOne.json.nodepools).toMatchObject([{ id: 'pool' }]);
	});

	test.each([
		['/compute_clusters/none', 25800],
		['/compute_clusters/none/nodepools', 25800],
		[`/compute_clusters/${DEMO.computeClusterId}/nodepools/none`, 25700],
	])('that do not exist: %s', async (path, code) => {
		expect(await clarifai.client.get(USER + path)).toMatchObject({ http: 404, code });
	});

	test('are for PATs of their owner', async () => {
		const { emulator, client } = clarifai;
		const keyClient = new TestClient(emulator, { token: DEMO.appKey });
		expect((await keyClient.get(`${USER}/compute_clusters`)).code).toBe(11007);
		expect((await client.get('/v2/users/clarifai/compute_clusters')).code).toBe(11007);
	});
});

describe('pipeline runs', () => {
	const start = (nodepool: object) =>
		clarifai.client.post('/pipeline_templates/classifier-pipeline-resnet/pipeline_version_runs', {
			nodepools: [nodepool],
			input_args_override: {
				argo_args_override: {
					parameters: ['user_id', 'app_id', 'model_id', 'dataset_id'].map((name) => ({
						name,
						value: 'x',
					})),
				},
			},
		});

	test.each([
		['an unknown nodepool', { id: 'none', compute_cluster: { id: DEMO.computeClusterId } }, 25700],
		['an unknown cluster', { id: DEMO.nodepoolId, compute_cluster: { id: 'none' } }, 25800],
	])('on %s are refused', async (_name, nodepool, code) => {
		expect((await start(nodepool)).code).toBe(code);
		expect(clarifai.emulator.app().pipelines.size).toBe(0);
	});

	test('on a nodepool that exists are taken', async () => {
		const cluster = { id: DEMO.computeClusterId, user_id: DEMO.userId };
		expect((await start({ id: DEMO.nodepoolId, compute_cluster: cluster })).code).toBe(10000);
	});
});
