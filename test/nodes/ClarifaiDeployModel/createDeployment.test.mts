import type { INodeParameters } from 'n8n-workflow';
import { chain } from '../../tools/engine/engine.mts';
import { bodiesOf, callsOf, DEMO, locate, setUp } from '../setup.mts';
import {
	asLive,
	DEPLOY,
	ON_NODEPOOL,
	setUpVersions,
	versionsOf,
	writesOf,
} from './deploySetup.mts';

const OWNER = { user_id: DEMO.userId, app_id: DEMO.appId };

describe('a deployment that does not exist', () => {
	it('is made with the version of the item, and put out', async () => {
		const { emulator, run, newer, of } = await setUpVersions();

		const { items, error } = await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(error).toBeUndefined();
		expect(items).toEqual([
			{
				json: {
					deploymentId: 'live',
					modelId: 'flowers',
					modelVersionId: newer,
					created: true,
					promoted: false,
					ready: true,
					userId: DEMO.userId,
					appId: DEMO.appId,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(emulator.book.of('deployment').map(({ id }) => id)).toEqual(['live']);
		expect(versionsOf(emulator).desired).toBe(newer);
	});

	it('may sleep without replicas, and has one at most', async () => {
		const { emulator, run, newer, of } = await setUpVersions();

		await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(bodiesOf(emulator, 'PostDeployments')).toEqual([
			{
				deployments: [
					{
						id: 'live',
						autoscale_config: { min_replicas: 0, max_replicas: 1 },
						worker: { model: { id: 'flowers', ...OWNER, model_version: { id: newer } } },
						nodepools: [
							{
								id: DEMO.nodepoolId,
								compute_cluster: { id: DEMO.computeClusterId, user_id: DEMO.userId },
							},
						],
						scheduling_choice: 3,
					},
				],
			},
		]);
		expect(emulator.requests.at(-1)?.path).toBe(`/v2/users/${DEMO.userId}/deployments`);
	});

	it('has the description, the replicas and the delay that are asked for', async () => {
		const { emulator, run, newer, of } = await setUpVersions();

		await run(
			DEPLOY,
			asLive({
				additionalFields: {
					description: 'Flowers of the shop',
					minReplicas: 1,
					maxReplicas: '={{ "3" }}',
					scaleToZeroDelaySeconds: 0,
				},
			}),
			{ items: [of(newer)] },
		);

		expect(bodiesOf(emulator, 'PostDeployments')).toMatchObject([
			{
				deployments: [
					{
						description: 'Flowers of the shop',
						autoscale_config: {
							min_replicas: 1,
							max_replicas: 3,
							scale_to_zero_delay_seconds: 0,
						},
					},
				],
			},
		]);
	});

	it('is not ready while replicas that never sleep are on their way', async () => {
		const { run, newer, of } = await setUpVersions({ deploySeconds: 60 });

		const { json } = await run(DEPLOY, asLive({ additionalFields: { minReplicas: 1 } }), {
			items: [of(newer)],
		});

		expect(json).toMatchObject([{ created: true, ready: false }]);
	});

	it('takes the newest version that can be used where none is named', async () => {
		const { emulator, run, newer } = await setUpVersions();
		emulator.addTraining('flowers', { seconds: Infinity });
		const parameters = asLive({
			model: locate('list', 'flowers'),
			modelVersionId: locate('list', ''),
		});

		const { json } = await run(DEPLOY, parameters);

		expect(json).toMatchObject([{ modelId: 'flowers', modelVersionId: newer }]);
	});

	it("can serve another app's model, by its link", async () => {
		const { emulator, run } = await setUp();
		const { classifier } = DEMO.publicModels;
		const link = `https://clarifai.com/clarifai/main/models/${classifier}`;

		const { json, error } = await run(
			DEPLOY,
			asLive({ model: locate('url', link), modelVersionId: locate('list', '') }),
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ modelId: classifier, userId: 'clarifai', appId: 'main' }]);
		expect(bodiesOf(emulator, 'PostDeployments')).toMatchObject([
			{ deployments: [{ worker: { model: { user_id: 'clarifai', app_id: 'main' } } }] },
		]);
		expect(emulator.requests.at(-1)?.path).toBe(`/v2/users/${DEMO.userId}/deployments`);
	});

	it("is put out as Clarifai's own object without Simplify", async () => {
		const { run, newer, of } = await setUpVersions();

		const { json } = await run(DEPLOY, asLive({ simplify: false }), { items: [of(newer)] });

		expect(json).toMatchObject([
			{
				id: 'live',
				user_id: DEMO.userId,
				worker: { model: { model_version: { id: newer } } },
				autoscale_config: { max_replicas: 1 },
			},
		]);
	});

	it.each<[string, INodeParameters]>([
		['a plain text', { deploymentId: 'live' }],
		['a plain expression', { deploymentId: '={{ $json.name }}' }],
		['an ID', { deploymentId: locate('id', 'live') }],
		['an expression in place of an ID', { deploymentId: locate('id', '={{ $json.name }}') }],
		['an entry of the list', { deploymentId: locate('list', 'live') }],
	])('gets its ID from %s', async (_how, deployment) => {
		const { run, newer, of } = await setUpVersions();

		const { json, error } = await run(DEPLOY, asLive(deployment), {
			items: [{ ...of(newer), name: 'live' }],
		});

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ deploymentId: 'live', created: true }]);
	});

	it('gets the ID of the model where none is named', async () => {
		const { run, newer, of } = await setUpVersions();

		const { json, error } = await run(DEPLOY, ON_NODEPOOL, { items: [of(newer)] });

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ deploymentId: 'flowers', created: true }]);
	});

	it('is made for each item, in the order of the items', async () => {
		const { emulator, run, older, newer, of } = await setUpVersions();
		emulator.addNodepool('second-cluster', 'second-pool');
		const parameters = asLive({
			deploymentId: '={{ $json.name }}',
			computeCluster: locate('id', '={{ $json.cluster }}'),
			nodepool: locate('id', '={{ $json.pool }}'),
		});

		const { items } = await run(DEPLOY, parameters, {
			items: [
				{ ...of(newer), name: 'a', cluster: DEMO.computeClusterId, pool: DEMO.nodepoolId },
				{ ...of(older), name: 'b', cluster: 'second-cluster', pool: 'second-pool' },
			],
		});

		expect(items).toMatchObject([
			{ json: { deploymentId: 'a', modelVersionId: newer }, pairedItem: { item: 0 } },
			{ json: { deploymentId: 'b', modelVersionId: older }, pairedItem: { item: 1 } },
		]);
	});

	it('is made in the one cluster that has the nodepool', async () => {
		const { emulator, run, newer, of } = await setUpVersions();
		emulator.addNodepool('second-cluster', 'second-pool');
		const parameters = asLive({
			computeCluster: locate('list', ''),
			nodepool: locate('id', 'second-pool'),
		});

		await run(DEPLOY, parameters, { items: [of(newer)] });

		const sent = emulator.requests.find(({ rpc }) => rpc === 'PostDeployments');
		expect(sent?.body).toMatchObject({
			deployments: [
				{ nodepools: [{ id: 'second-pool', compute_cluster: { id: 'second-cluster' } }] },
			],
		});
	});

	it('asks for the cluster where several have a nodepool of that name', async () => {
		const { emulator, run, newer, of } = await setUpVersions();
		emulator.addNodepool('second-cluster', DEMO.nodepoolId);

		const { error } = await run(DEPLOY, asLive({ computeCluster: locate('list', '') }), {
			items: [of(newer)],
		});

		expect(error?.message).toBe(
			`There is a nodepool "${DEMO.nodepoolId}" in several compute clusters: second-cluster, ${DEMO.computeClusterId}`,
		);
		expect(writesOf(emulator)).toEqual([]);
	});

	it('is refused by Clarifai in words that are shown', async () => {
		const { emulator, run, newer, of } = await setUpVersions();
		emulator.addDeployment('other', 'flowers');

		const { error } = await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(error?.description).toContain(
			"Model 'flowers' is deployed on this nodepool already, by deployment 'other'",
		);
		expect(emulator.book.of('deployment')).toEqual([]);
	});
});

describe('nothing is sent but looks', () => {
	const cases: Array<[string, Parameters<typeof asLive>[0], string]> = [
		[
			'without a nodepool',
			{ computeCluster: locate('list', ''), nodepool: locate('list', '') },
			`Deployment "live" does not exist, and 'Nodepool' is empty`,
		],
		[
			'for an unknown nodepool of no named cluster',
			{ computeCluster: locate('list', ''), nodepool: locate('id', 'demo-nodepol') },
			'There is no nodepool called "demo-nodepol"',
		],
		[
			'for a cluster without a nodepool',
			{ nodepool: locate('list', '') },
			"'Compute Cluster' is set, but 'Nodepool' is empty",
		],
		[
			'for an unknown cluster',
			{ computeCluster: locate('id', 'demo-clutser') },
			'There is no compute cluster called "demo-clutser"',
		],
		[
			'for an unknown nodepool',
			{ nodepool: locate('id', 'demo-nodepol') },
			'There is no nodepool in compute cluster "demo-cluster" called "demo-nodepol"',
		],
		[
			'for fewer replicas at most than at least',
			{ additionalFields: { minReplicas: 3 } },
			"'Min Replicas' is 3, which is more than 'Max Replicas', 1",
		],
		['for half a replica', { additionalFields: { minReplicas: 0.5 } }, "'Min Replicas'"],
		['for less than no replica', { additionalFields: { minReplicas: -1 } }, "'Min Replicas'"],
		['for no replica at most', { additionalFields: { maxReplicas: 0 } }, "'Max Replicas'"],
		[
			'for a negative delay',
			{ additionalFields: { scaleToZeroDelaySeconds: -5 } },
			"'Scale to Zero Delay'",
		],
		['without an ID', { deploymentId: '={{ "" }}' }, "'Deployment' is empty"],
		['for an ID that is none', { deploymentId: 'a b' }, "'Deployment' is not a valid ID"],
		[
			'for an expression that gives nothing',
			{ deploymentId: locate('id', '={{ $json.deploymentID }}') },
			"'Deployment' is empty",
		],
		[
			'for a plain expression that gives nothing, as older workflows have it',
			{ deploymentId: '={{ $json.deploymentID }}' },
			"'Deployment' is empty",
		],
		[
			'for a number of replicas from a misspelt field',
			{ additionalFields: { minReplicas: '={{ $json.replicsa }}' } },
			"'Min Replicas' is an expression that gives nothing",
		],
		['without a model', { model: locate('id', '={{ $json.modelID }}') }, "'Model' is empty"],
		[
			'for a version that does not exist',
			{ modelVersionId: locate('id', 'gone') },
			'Version "gone" of model "flowers" does not exist',
		],
	];

	it.each(cases)('%s', async (_what, parameters, message) => {
		const { emulator, run, newer, of } = await setUpVersions();

		const { error, items } = await run(DEPLOY, asLive(parameters), { items: [of(newer)] });

		expect(items).toEqual([]);
		expect(error?.message).toContain(message);
		expect(writesOf(emulator)).toEqual([]);
	});

	it('the nearest name is offered, or what there is', async () => {
		const { run, newer, of } = await setUpVersions();

		const near = await run(DEPLOY, asLive({ nodepool: locate('id', 'demo-nodepol') }), {
			items: [of(newer)],
		});
		const far = await run(DEPLOY, asLive({ nodepool: locate('id', 'zzz') }), {
			items: [of(newer)],
		});

		expect(near.error?.description).toContain('Did you mean "demo-nodepool"?');
		expect(far.error?.description).toContain('There are: demo-gpu-nodepool, demo-nodepool.');
	});

	it('all that is wrong is said together', async () => {
		const { run, newer, of } = await setUpVersions();

		const { error } = await run(
			DEPLOY,
			asLive({ deploymentId: '={{ "" }}', additionalFields: { minReplicas: 2 } }),
			{ items: [of(newer)] },
		);

		expect(`${error?.message} ${error?.description}`).toContain("'Deployment' is empty");
		expect(`${error?.message} ${error?.description}`).toContain("'Min Replicas' is 2");
	});
});

describe('a version that cannot be used', () => {
	it.each([
		['in training', { seconds: Infinity }, /cannot be used: .* \(code 21103\)/],
		['that failed', { outcome: 21106, seconds: 0 }, /cannot be used: .* \(code 21106\)/],
		[
			'whose image was not built',
			{ outcome: 21108, seconds: 0 },
			/cannot be used: .* \(code 21108\)/,
		],
	])('%s is not deployed', async (_what, plan, message) => {
		const { emulator, run, of } = await setUpVersions();
		const versionId = emulator.addTraining('flowers', plan).message.id as string;

		const { error } = await run(DEPLOY, asLive(), { items: [of(versionId)] });

		expect(error?.message).toMatch(message);
		expect(error?.description).toContain("'Wait for Completion' in Clarifai Train");
		expect(writesOf(emulator)).toEqual([]);
	});

	it('of a dry run is not deployed', async () => {
		const { emulator, run } = await setUpVersions();

		const { error } = await run(DEPLOY, asLive(), {
			items: [{ dryRun: true, modelId: 'flowers' }],
		});

		expect(error?.message).toContain('The item comes from a dry run of Clarifai Train');
		expect(callsOf(emulator)).toEqual([]);
	});

	it('of a pipeline run that has made none yet is not deployed', async () => {
		const { emulator, run } = await setUpVersions();

		const { error } = await run(DEPLOY, asLive(), {
			items: [{ modelId: 'flowers', modelVersionId: null, status: 'training' }],
		});

		expect(error?.message).toContain(
			"'Model Version' is null: the training that came in has not made a version yet",
		);
		expect(callsOf(emulator)).toEqual([]);
	});

	it('of a model without any is not deployed', async () => {
		const { emulator, run } = await setUp();
		emulator.addModel('empty');

		const { error } = await run(
			DEPLOY,
			asLive({ model: locate('id', 'empty'), modelVersionId: locate('list', '') }),
		);

		expect(error?.message).toContain('Model "empty" has no version that can be used');
		expect(writesOf(emulator)).toEqual([]);
	});
});

describe('the token', () => {
	it('has to be a Personal Access Token, not an app key', async () => {
		const { emulator, run, newer, of } = await setUpVersions({
			credential: { accessToken: DEMO.appKey },
		});

		const { error } = await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(error?.description).toContain(
			'This step needs a Personal Access Token; an app API key cannot do it. Create a token under Settings > Secrets',
		);
		expect(writesOf(emulator)).toEqual([]);
	});
});

describe('an item that fails', () => {
	it('leaves by the error branch by itself, with its own reason', async () => {
		const { emulator, run, newer, of } = await setUpVersions();

		const { items, outputs } = await run(
			DEPLOY,
			asLive({ modelVersionId: locate('id', '={{ $json.modelVersionId }}') }),
			{
				items: [{ ...of('gone'), mark: 1 }, of(newer)],
				settings: { onError: 'continueErrorOutput' },
			},
		);

		expect(items).toMatchObject([{ json: { deploymentId: 'live', created: true } }]);
		expect(outputs(1)).toMatchObject([
			{ json: { mark: 1, error: expect.stringContaining('"gone"'), details: expect.any(String) } },
		]);
		expect(emulator.book.of('deployment')).toHaveLength(1);
	});

	it('keeps the others from being deployed where the node stops', async () => {
		const { emulator, run, newer, of } = await setUpVersions();

		const { error } = await run(DEPLOY, asLive({ deploymentId: '={{ $json.name }}' }), {
			items: [
				{ ...of(newer), name: 'good' },
				{ ...of('gone'), name: 'bad' },
			],
		});

		expect(error?.message).toContain('"gone"');
		expect(writesOf(emulator)).toEqual([]);
	});
});

it('says on the panel that replicas cost money', async () => {
	const { engine } = await setUp();
	const { type } = engine.node(DEPLOY);
	const { description } = engine.nodeTypes.getByNameAndVersion(type);
	const notice = description.properties.find((property) => property.type === 'notice');
	expect(notice?.displayName).toContain('Running replicas cost money');
	expect(notice?.displayOptions).toBeUndefined();
});

describe('the lists', () => {
	it('show versions, clusters and the nodepools of the chosen cluster', async () => {
		const { engine, older, newer, emulator } = await setUpVersions();
		emulator.addNodepool('second-cluster', 'second-pool');
		const lists = engine.loadOptions(DEPLOY, {
			...ON_NODEPOOL,
			model: locate('id', 'flowers'),
			computeCluster: locate('id', 'second-cluster'),
		});
		const names = async (method: string) =>
			(await lists.listSearch(method)).results.map(({ value }) => value);

		expect(new Set(await names('searchModelVersions'))).toEqual(new Set([older, newer]));
		expect(new Set(await names('searchComputeClusters'))).toEqual(
			new Set([DEMO.computeClusterId, 'second-cluster']),
		);
		expect(await names('searchNodepools')).toEqual(['second-pool']);
	});

	it('show a nodepool that two clusters have once, with both, for n8n shows one entry of a value', async () => {
		const { engine, emulator } = await setUpVersions();
		emulator.addNodepool('second-cluster', DEMO.nodepoolId);
		const lists = engine.loadOptions(DEPLOY, { computeCluster: locate('list', '') });

		const { results } = await lists.listSearch('searchNodepools');

		const found = results.filter(({ value }) => value === DEMO.nodepoolId);
		expect(found.map(({ name }) => name)).toEqual([
			`${DEMO.nodepoolId} (in second-cluster and ${DEMO.computeClusterId})`,
		]);
	});
});

it('as a tool of an agent answers at once, whatever the wait says', async () => {
	const { engine, newer, emulator } = await setUpVersions({ deploySeconds: 600 });
	const parameters = asLive({
		model: locate('id', 'flowers'),
		modelVersionId: locate('id', newer),
		waitUntilReady: true,
		additionalFields: { minReplicas: 1 },
	});

	const { call } = await engine.asTool(DEPLOY, parameters, {}, 'v3');

	expect(JSON.parse(call?.response ?? '[]')).toMatchObject([
		{ deploymentId: 'live', created: true, ready: false },
	]);
	expect(callsOf(emulator).filter((line) => line === 'GET GetDeployment').length).toBeLessThan(4);
});

it('hands on what Predict goes on with', async () => {
	const { engine, newer, of } = await setUpVersions();
	const deploy = engine.node(DEPLOY, asLive({ waitUntilReady: true }));
	const predict = engine.node('clarifaiPredict', {
		model: locate('id', '={{ $json.modelId }}'),
		inputSource: 'url',
		url: 'https://pictures.example/flower.jpg',
		options: { deploymentId: '={{ $json.deploymentId }}' },
	});

	const result = await engine.run(chain(deploy, predict), { items: [{ json: of(newer) }] });

	expect(result.error).toBeUndefined();
	expect(result.outputs(predict.name)).toMatchObject([
		{ json: { topConcept: expect.stringMatching(/^(rose|tulip)$/) } },
	]);
});
