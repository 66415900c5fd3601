import { chain } from '../../tools/engine/engine.mts';
import { bodiesOf, callsOf, DEMO, locate } from '../setup.mts';
import { asLive, DEPLOY, setUpLive, setUpVersions, versionsOf, writesOf } from './deploySetup.mts';

const withoutNodepool = {
	computeCluster: locate('list', ''),
	nodepool: locate('list', ''),
};

describe('a living deployment', () => {
	it('goes over to the version of the item; the one before is put out', async () => {
		const { emulator, run, older, newer, of } = await setUpLive();

		const { items, error } = await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(error).toBeUndefined();
		expect(items).toEqual([
			{
				json: {
					deploymentId: 'live',
					modelId: 'flowers',
					modelVersionId: newer,
					previousModelVersionId: older,
					created: false,
					promoted: true,
					// The older version serves on until the newer one runs.
					ready: false,
					userId: DEMO.userId,
					appId: DEMO.appId,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(versionsOf(emulator)).toEqual({ desired: newer, running: older });
		expect(emulator.book.of('deploymentChange')).toHaveLength(1);
		expect(emulator.book.of('deployment')).toEqual([]);
	});

	it('is overwritten with what it shall run, and nothing else', async () => {
		const { emulator, run, newer, of } = await setUpLive();

		await run(
			DEPLOY,
			asLive({ additionalFields: { description: 'other', minReplicas: 1, maxReplicas: 9 } }),
			{ items: [of(newer)] },
		);

		expect(bodiesOf(emulator, 'PatchDeployments')).toEqual([
			{
				action: 'overwrite',
				deployments: [
					{
						id: 'live',
						desired_worker: {
							model: {
								id: 'flowers',
								user_id: DEMO.userId,
								app_id: DEMO.appId,
								model_version: { id: newer },
							},
						},
						deploy_latest_version: false,
					},
				],
			},
		]);
		expect(writesOf(emulator)).toEqual(['PATCH PatchDeployments']);
	});

	it('keeps everything else that it has', async () => {
		const own = {
			description: 'Flowers of the shop',
			autoscale_config: { min_replicas: 2, max_replicas: 7, scale_to_zero_delay_seconds: 60 },
			scheduling_choice: 4,
			metadata: { team: 'green' },
		};
		const { emulator, run, newer, of } = await setUpLive(own);
		const deployment = emulator.world.compute.deployment(DEMO.userId, 'live');
		const [nodepool] = deployment.nodepools;

		await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(deployment.fields).toMatchObject(own);
		expect(deployment.nodepools).toEqual([nodepool]);
	});

	it('needs no nodepool', async () => {
		const { run, newer, of } = await setUpLive();

		const { json } = await run(DEPLOY, asLive(withoutNodepool), { items: [of(newer)] });

		expect(json).toMatchObject([{ promoted: true }]);
	});

	it('that followed the latest version stays with the one that it is told', async () => {
		const { emulator, run, older, of } = await setUpLive({ deploy_latest_version: true });

		await run(DEPLOY, asLive(), { items: [of(older)] });
		emulator.addContainerVersion('flowers');

		expect(versionsOf(emulator).desired).toBe(older);
	});

	it('is left alone when it runs the version already', async () => {
		const { emulator, run, older, of } = await setUpLive();

		const { json } = await run(DEPLOY, asLive(), { items: [of(older)] });

		expect(json).toMatchObject([
			{
				modelVersionId: older,
				previousModelVersionId: older,
				created: false,
				promoted: false,
				ready: true,
			},
		]);
		expect(writesOf(emulator)).toEqual([]);
		expect(emulator.book.entries).toEqual([]);
	});

	it('is left alone, too, when it is on its way to the version', async () => {
		const { emulator, run, older, newer, of } = await setUpLive({}, { deploySeconds: 600 });
		await run(DEPLOY, asLive(), { items: [of(newer)] });
		emulator.requests.length = 0;

		const { json } = await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(json).toMatchObject([{ promoted: false, ready: false, previousModelVersionId: older }]);
		expect(writesOf(emulator)).toEqual([]);
	});

	it('goes back with the version that it ran before', async () => {
		const { emulator, engine, older, newer, of } = await setUpLive();
		const deploy = engine.node(DEPLOY, asLive({ waitUntilReady: true }));
		const goBack = engine.node(
			DEPLOY,
			asLive({
				modelVersionId: locate('id', '={{ $json.previousModelVersionId }}'),
				waitUntilReady: true,
			}),
			{ name: 'Roll Back' },
		);

		const result = await engine.run(chain(deploy, goBack), { items: [{ json: of(newer) }] });

		expect(result.outputs('Roll Back')).toMatchObject([
			{
				json: {
					modelVersionId: older,
					previousModelVersionId: newer,
					promoted: true,
					ready: true,
				},
			},
		]);
		expect(versionsOf(emulator)).toEqual({ desired: older, running: older });
	});

	it('that was never promoted has no version to go back to', async () => {
		const { engine, newer, of, emulator } = await setUpVersions();
		const deploy = engine.node(DEPLOY, asLive());
		const goBack = engine.node(
			DEPLOY,
			asLive({ modelVersionId: locate('id', '={{ $json.previousModelVersionId }}') }),
			{ name: 'Roll Back' },
		);

		const result = await engine.run(chain(deploy, goBack), { items: [{ json: of(newer) }] });

		expect(result.error?.message).toContain("'Model Version' is an expression that gives nothing");
		expect(writesOf(emulator)).toEqual(['POST PostDeployments']);
	});
});

describe('If Deployment Exists', () => {
	it('Reuse leaves it as it is, and tells which version it runs', async () => {
		const { emulator, run, older, newer, of } = await setUpLive();

		const { json } = await run(DEPLOY, asLive({ ifDeploymentExists: 'reuse' }), {
			items: [of(newer)],
		});

		expect(json).toMatchObject([
			{ modelVersionId: older, created: false, promoted: false, ready: true },
		]);
		expect(writesOf(emulator)).toEqual([]);
	});

	it('Reuse makes one that does not exist', async () => {
		const { run, newer, of } = await setUpVersions();

		const { json } = await run(DEPLOY, asLive({ ifDeploymentExists: 'reuse' }), {
			items: [of(newer)],
		});

		expect(json).toMatchObject([{ modelVersionId: newer, created: true }]);
	});

	it('Fail refuses it', async () => {
		const { emulator, run, newer, of } = await setUpLive();

		const { error } = await run(DEPLOY, asLive({ ifDeploymentExists: 'fail' }), {
			items: [of(newer)],
		});

		expect(error?.message).toContain('Deployment "live" already exists');
		expect(error?.description).toContain("set 'If Deployment Exists' to Promote or Reuse");
		expect(writesOf(emulator)).toEqual([]);
	});

	it('Fail refuses the one that an earlier item has just made', async () => {
		const { emulator, run, older, newer, of } = await setUpVersions();

		const { items, outputs } = await run(DEPLOY, asLive({ ifDeploymentExists: 'fail' }), {
			items: [of(newer), of(older)],
			settings: { onError: 'continueErrorOutput' },
		});

		expect(items).toMatchObject([{ json: { modelVersionId: newer, created: true } }]);
		expect(outputs(1)).toMatchObject([
			{ json: { error: expect.stringContaining('Deployment "live" already exists') } },
		]);
		expect(versionsOf(emulator).desired).toBe(newer);
		expect(writesOf(emulator)).toEqual(['POST PostDeployments']);
	});
});

describe('a deployment of this name that serves another model', () => {
	it.each(['promote', 'reuse'])('is not taken for this one (%s)', async (ifDeploymentExists) => {
		const { emulator, run, newer, of } = await setUpVersions();
		emulator.addContainerVersion('trees');
		emulator.addDeployment('live', 'trees');

		const { error } = await run(DEPLOY, asLive({ ifDeploymentExists }), { items: [of(newer)] });

		expect(error?.message).toContain('Deployment "live" serves model "trees", not "flowers"');
		expect(writesOf(emulator)).toEqual([]);
	});

	it('is told by its owner where the models have the same name', async () => {
		const { emulator, run, newer, of } = await setUpVersions();
		const other = emulator.addApp('other-app');
		const model = other.addModel({ id: 'flowers', model_type_id: 'visual-classifier' });
		const version = other.addTrainedVersion(model, {});
		const link = `https://clarifai.com/${DEMO.userId}/other-app/models/flowers`;
		await run(
			DEPLOY,
			asLive({ model: locate('url', link), modelVersionId: locate('id', version.message.id) }),
		);
		emulator.requests.length = 0;

		const { error } = await run(DEPLOY, asLive(), { items: [of(newer)] });

		expect(error?.message).toContain('Deployment "live" serves model "flowers" of app "other-app"');
		expect(writesOf(emulator)).toEqual([]);
	});

	it('may have been made by an earlier item', async () => {
		const { emulator, run, newer, of } = await setUpVersions();
		const tree = emulator.addContainerVersion('trees').message.id as string;

		const { outputs } = await run(DEPLOY, asLive(), {
			items: [of(newer), { modelId: 'trees', modelVersionId: tree }],
			settings: { onError: 'continueErrorOutput' },
		});

		expect(outputs(1)).toMatchObject([
			{
				json: {
					error: expect.stringContaining('Deployment "live" serves model "flowers", not "trees"'),
				},
			},
		]);
		expect(writesOf(emulator)).toEqual(['POST PostDeployments']);
	});
});

it('of several items with one deployment the last decides, each told what ran before', async () => {
	const { emulator, run, older, newer, of } = await setUpLive();
	const newest = emulator.addContainerVersion('flowers').message.id as string;

	const { json } = await run(DEPLOY, asLive(), {
		items: [of(newer), of(newest), of(older), of(newer)],
	});

	expect(json.map(({ modelVersionId, promoted }) => [modelVersionId, promoted])).toEqual([
		[newer, true],
		[newest, true],
		[older, true],
		[newer, true],
	]);
	expect(versionsOf(emulator).desired).toBe(newer);
	expect(emulator.book.of('deploymentChange')).toHaveLength(4);
});

describe('a version that cannot be used', () => {
	it.each([
		['in training', { seconds: Infinity }],
		['that failed', { outcome: 21106, seconds: 0 }],
		['whose image was not built', { outcome: 21108, seconds: 0 }],
	])('%s is not promoted', async (_what, plan) => {
		const { emulator, run, older, of } = await setUpLive();
		const versionId = emulator.addTraining('flowers', plan).message.id as string;

		const { error } = await run(DEPLOY, asLive(), { items: [of(versionId)] });

		expect(error?.message).toContain('cannot be used');
		expect(writesOf(emulator)).toEqual([]);
		expect(versionsOf(emulator)).toEqual({ desired: older, running: older });
	});
});

it('is looked at once for the check and once in its turn', async () => {
	const { emulator, run, newer, of } = await setUpLive();

	await run(DEPLOY, asLive(), { items: [of(newer)] });

	expect(callsOf(emulator)).toEqual([
		'GET GetModelVersion',
		'GET GetDeployment',
		'GET GetDeployment',
		'PATCH PatchDeployments',
	]);
});
