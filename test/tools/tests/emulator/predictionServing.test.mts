import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { NODEPOOLS, overriding, PIPELINE_TEMPLATE } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';
import { png } from './labelledData.mts';

/** Where predictions run: on shared compute, or on deployments and nodepools. */

const clarifai = useEmulator({ deploySeconds: 30 });

const INPUTS = [{ data: { image: { base64: png('tom') } } }];
const DEPLOYMENT = { deployment: { id: 'd', user_id: DEMO.userId } };

const predict = (runner_selector?: Message, path = '/models/m/outputs') =>
	clarifai.client.post(path, { inputs: INPUTS, runner_selector });

const answeredBy = (json: Message) => json.outputs[0].model.model_version.id as string;

const patch = (fields: Message) =>
	clarifai.client.patch(`/v2/users/${DEMO.userId}/deployments`, {
		action: 'overwrite',
		deployments: [{ id: 'd', ...fields }],
	});

describe('a container version', () => {
	let versionId: string;

	beforeEach(() => {
		versionId = clarifai.emulator.addContainerVersion('m').message.id;
	});

	test('does not answer without a deployment', async () => {
		expect(await predict()).toMatchObject({ code: 21353 });
		await clarifai.restart({ undeployed: { code: 25600, details: 'no runner' } });
		clarifai.emulator.addContainerVersion('m');
		expect(await predict()).toMatchObject({ code: 25600, details: 'no runner' });
	});

	test('answers by its deployment, without and with naming it', async () => {
		clarifai.emulator.addDeployment('d', 'm');
		const byPath = `/v2/users/${DEMO.userId}/deployments/d/outputs`;
		for (const reply of [
			await predict(),
			await predict(DEPLOYMENT),
			await predict(undefined, byPath),
		]) {
			expect(reply.code).toBe(10000);
			expect(answeredBy(reply.json)).toBe(versionId);
			expect(reply.json.runner_selector).toMatchObject({
				nodepool: { id: DEMO.nodepoolId },
				...DEPLOYMENT,
			});
		}
	});

	test('answers on a nodepool without a deployment too', async () => {
		expect((await predict({ nodepool: { id: DEMO.gpuNodepoolId } })).code).toBe(10000);
		expect((await predict({ nodepool: { id: 'none' } })).code).toBe(25700);
		const nowhere = { nodepool: { id: 'x', compute_cluster: { id: 'none' } } };
		expect((await predict(nowhere)).code).toBe(25800);
	});

	test('that a pipeline run has made needs a deployment', async () => {
		const values = {
			user_id: DEMO.userId,
			app_id: DEMO.appId,
			model_id: 'trained',
			dataset_id: DEMO.datasetId,
			dataset_version_id: DEMO.datasetVersionId,
			concepts: '["dog","cat"]',
		};
		await clarifai.client.post(`/pipeline_templates/${PIPELINE_TEMPLATE}/pipeline_version_runs`, {
			nodepools: NODEPOOLS,
			input_args_override: overriding(values),
		});
		clarifai.emulator.clock.advance(60_000);
		expect((await predict(undefined, '/models/trained/outputs')).code).toBe(21353);
		clarifai.emulator.addDeployment('d', 'trained');
		const { json } = await predict(undefined, '/models/trained/outputs');
		expect(json.outputs[0].data.concepts.map(({ name }: Message) => name as string).sort()).toEqual(
			['cat', 'dog'],
		);
	});
});

describe('a deployment', () => {
	test('that is disabled rejects calls', async () => {
		clarifai.emulator.addContainerVersion('m');
		clarifai.emulator.addDeployment('d', 'm');
		await patch({ status: 1 });
		expect((await predict(DEPLOYMENT)).code).toBe(25903);
		expect((await predict()).code).toBe(21353);
	});

	test('that does not exist, or runs another model', async () => {
		for (const id of ['m', 'other']) clarifai.emulator.addContainerVersion(id);
		clarifai.emulator.addDeployment('d', 'other');
		expect(await predict({ deployment: { id: 'none' } })).toMatchObject({ http: 404, code: 25900 });
		expect((await predict({ deployment: { id: 'd', user_id: 'clarifai' } })).code).toBe(25900);
		expect((await predict(DEPLOYMENT)).code).toBe(25902);
	});

	test('answers for a new version only after it has gone over to it', async () => {
		const first = clarifai.emulator.addContainerVersion('m').message.id as string;
		clarifai.emulator.addDeployment('d', 'm');
		const second = clarifai.emulator.addContainerVersion('m').message.id as string;
		const model = { id: 'm', user_id: DEMO.userId, app_id: DEMO.appId };
		await patch({ desired_worker: { model: { ...model, model_version: { id: second } } } });
		expect(answeredBy((await predict(DEPLOYMENT)).json)).toBe(first);
		const ofSecond = `/models/m/versions/${second}/outputs`;
		expect((await predict(DEPLOYMENT, ofSecond)).code).toBe(21351);
		expect((await predict(undefined, ofSecond)).code).toBe(21351);
		clarifai.emulator.clock.advance(30_000);
		expect(answeredBy((await predict(DEPLOYMENT, ofSecond)).json)).toBe(second);
		expect((await predict(DEPLOYMENT, `/models/m/versions/${first}/outputs`)).code).toBe(21351);
	});
});

describe('a cold start', () => {
	beforeEach(() => clarifai.emulator.addContainerVersion('m'));

	/** The codes of calls that many seconds apart. */
	async function codesEvery(seconds: number, count: number) {
		const codes: Array<number | string> = [];
		for (let call = 0; call < count; call++) {
			codes.push((await predict()).code);
			clarifai.emulator.clock.advance(seconds * 1000);
		}
		return codes;
	}

	test('begins with the first call, and again after the idle time', async () => {
		clarifai.emulator.addDeployment('d', 'm');
		clarifai.emulator.planColdStart('d', { seconds: 30 });
		expect(await codesEvery(11, 4)).toEqual([21351, 21355, 21354, 10000]);
		clarifai.emulator.clock.advance(1_700_000);
		expect(await codesEvery(0, 1)).toEqual([10000]);
		clarifai.emulator.clock.advance(1_801_000);
		expect(await codesEvery(11, 4)).toEqual([21351, 21355, 21354, 10000]);
	});

	test('goes as planned', async () => {
		clarifai.emulator.addDeployment('d', 'm');
		clarifai.emulator.planColdStart('d', { seconds: 10, codes: [21354], httpStatus: 503 });
		expect(await predict()).toMatchObject({ http: 503, code: 21354 });
		clarifai.emulator.clock.advance(10_000);
		expect(await predict()).toMatchObject({ http: 200, code: 10000 });
	});

	test('does not happen where a replica is always up', async () => {
		const fields = { autoscale_config: { min_replicas: 1 } };
		clarifai.emulator.addDeployment('d', 'm', { fields });
		clarifai.emulator.planColdStart('d', { seconds: 30 });
		expect(await codesEvery(4000, 2)).toEqual([10000, 10000]);
	});

	test('of a new deployment lasts until it is ready', async () => {
		await clarifai.client.post(`/v2/users/${DEMO.userId}/deployments`, {
			deployments: [
				{
					id: 'd',
					worker: { model: { id: 'm', user_id: DEMO.userId, app_id: DEMO.appId } },
					nodepools: [{ id: DEMO.nodepoolId }],
					autoscale_config: { min_replicas: 1 },
				},
			],
		});
		expect(await codesEvery(20, 3)).toEqual([21351, 21351, 10000]);
	});
});
