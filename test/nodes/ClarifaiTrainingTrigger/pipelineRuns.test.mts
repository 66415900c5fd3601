import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MINUTE, valid, waiting, runsOf, setUpQuick } from '../pipelineSetup.mts';
import { callsOf, DEMO, locate, setUp } from '../setup.mts';

/** Some tests make thousands of requests, which takes long on a busy machine. */
const MANY_REQUESTS_MS = 120_000;

describe('Training Status of a run', () => {
	const looks = { options: { maxRequestsPerSecond: 0 } };

	it('leaves by In Progress, Trained and Failed', async () => {
		const platform = await setUp({ trainingSeconds: 100 });
		platform.emulator.planTraining('doomed', {
			outcome: 64006,
			details: 'node lost',
			seconds: 100,
		});
		const started = await platform.run(
			'clarifaiTrain',
			valid({ model: locate('id', '={{ $json.id }}') }),
			{ items: [{ id: 'piped' }, { id: 'doomed' }] },
		);
		const look = async () =>
			await platform.run('clarifaiTrainingStatus', looks, { items: started.json });

		const atOnce = await look();
		platform.emulator.clock.advance(50_000);
		const later = await look();
		platform.emulator.clock.advance(60_000);
		const atLast = await look();

		expect(atOnce.outputs(1)).toMatchObject([
			{ json: { modelId: 'piped', status: 'queued', statusCode: 64000 } },
			{ json: { modelId: 'doomed', status: 'queued', statusCode: 64000 } },
		]);
		expect(later.outputs(1)).toMatchObject([
			{ json: { modelId: 'piped', status: 'training', statusCode: 64001, modelVersionId: null } },
			{ json: { modelId: 'doomed', status: 'training', statusCode: 64001 } },
		]);
		const [made] = platform.emulator.app().models.get('piped')!.versions.keys();
		const [piped, doomed] = runsOf(platform).sort((a) => (a.args.model_id === 'piped' ? -1 : 1));
		expect(atLast.outputs(0)).toMatchObject([
			{
				json: {
					modelId: 'piped',
					modelVersionId: made,
					modelTypeId: 'visual-classifier',
					status: 'trained',
					statusCode: 21100,
					durationSeconds: 100,
					completedAt: new Date(piped.job.endsAt).toISOString(),
					pipelineId: started.json[0].pipelineId,
					pipelineVersionId: started.json[0].pipelineVersionId,
					pipelineRunId: piped.message.id,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(atLast.outputs(1)).toEqual([]);
		expect(atLast.outputs(2)).toMatchObject([
			{
				json: {
					modelId: 'doomed',
					modelVersionId: null,
					status: 'failed',
					statusCode: 64006,
					statusDetails: 'node lost',
					remedy: expect.stringContaining('ended unexpectedly'),
					log: expect.stringContaining(`/runs/${doomed.message.id}`),
					pipelineRunId: doomed.message.id,
				},
				pairedItem: { item: 1 },
			},
		]);
	});

	it('shows the metrics of the version that it made, and how long it took', async () => {
		const platform = await setUp({ trainingSeconds: 100 });
		const started = await platform.run('clarifaiTrain', valid());
		platform.emulator.clock.advance(110_000);
		const look = async () =>
			await platform.run('clarifaiTrainingStatus', looks, { items: started.json });
		const before = await look();
		const [version] = platform.emulator.app().models.get('piped')!.versions.values();
		version.message.metrics = {
			status: { code: 21300 },
			summary: { macro_avg_f1_score: 0.91, macro_avg_roc_auc: 0.98, macro_avg_precision: 0 },
		};

		const after = await look();

		expect(before.json[0]).not.toHaveProperty('metrics');
		expect(after.json).toMatchObject([
			{ metrics: { macroF1: 0.91, rocAuc: 0.98 }, durationSeconds: 100 },
		]);
	});

	it('keeps the version that it was given', async () => {
		const platform = await setUpQuick();
		const { json } = await platform.run('clarifaiTrain', valid(waiting()));
		platform.emulator.clock.advance(MINUTE);
		await platform.run('clarifaiTrain', valid(waiting()));

		const looked = await platform.run('clarifaiTrainingStatus', looks, { items: json });

		expect(json[0].modelVersionId).toEqual(expect.any(String));
		expect(looked.json).toMatchObject([{ modelVersionId: json[0].modelVersionId }]);
	});

	it.each<[string, IDataObject, RegExp]>([
		[
			'no pipeline ID',
			{ pipelineId: null },
			/^'Pipeline Run ID' is set, but 'Pipeline ID' or 'Pipeline Version ID' is empty$/,
		],
		[
			'no pipeline version ID',
			{ pipelineVersionId: '' },
			/^'Pipeline Run ID' is set, but 'Pipeline ID' or 'Pipeline Version ID' is empty$/,
		],
		[
			'a run ID that is none',
			{ pipelineRunId: 'a/b' },
			/^'Pipeline Run ID' is not a valid ID: "a\/b"/,
		],
		['no run and no version', { pipelineRunId: null }, /^'Model Version' is empty$/],
	])('needs all of its IDs: %s', async (_what, changed, message) => {
		const platform = await setUp();
		const { json } = await platform.run('clarifaiTrain', valid());

		const { error } = await platform.run('clarifaiTrainingStatus', looks, {
			items: [{ ...json[0], ...changed }],
		});

		expect(error?.message).toMatch(message);
	});

	it('says that a run is missing', async () => {
		const platform = await setUp();
		const { json } = await platform.run('clarifaiTrain', valid());

		const { error } = await platform.run('clarifaiTrainingStatus', looks, {
			items: [{ ...json[0], pipelineRunId: 'gone' }],
		});

		expect(error?.message).toBe('Resource does not exist');
		expect(error?.description).toContain("Pipeline version run 'gone' does not exist");
	});
});

describe('Training Trigger for runs', () => {
	const watch = (more: INodeParameters = {}): INodeParameters => ({
		trainingMethod: 'pipelineTemplate',
		options: { maxRequestsPerSecond: 0 },
		...more,
	});
	const jsonOf = (items: unknown) =>
		((items as Array<Array<{ json: IDataObject }>> | null)?.[0] ?? []).map(({ json }) => json);

	/** A run that has ended before, two that end after, one of them badly. */
	async function setUpRuns() {
		const platform = await setUp({ trainingSeconds: 100 });
		const start = async (modelId: string) =>
			await platform.run('clarifaiTrain', valid({ model: locate('id', modelId) }));
		platform.emulator.planTraining('doomed', { outcome: 64003, details: 'no data', seconds: 150 });
		await start('early');
		platform.emulator.clock.advance(200_000);
		await start('piped');
		await start('doomed');
		return platform;
	}

	it('emits each run once when it has ended', async () => {
		const platform = await setUpRuns();
		const staticData: IDataObject = {};
		const poll = async () =>
			jsonOf(
				(await platform.engine.poll('clarifaiTrainingTrigger', watch(), { staticData })).items,
			);

		const first = await poll();
		platform.emulator.clock.advance(120_000);
		const second = await poll();
		platform.emulator.clock.advance(120_000);
		const third = await poll();
		const fourth = await poll();

		expect([first, fourth]).toEqual([[], []]);
		const [made] = platform.emulator.app().models.get('piped')!.versions.keys();
		const [, piped, doomed] = runsOf(platform);
		expect(second).toEqual([
			{
				modelId: 'piped',
				modelVersionId: made,
				modelTypeId: 'visual-classifier',
				status: 'trained',
				statusCode: 21100,
				statusDescription: 'Model is trained and ready',
				userId: DEMO.userId,
				appId: DEMO.appId,
				createdAt: piped.message.created_at,
				completedAt: new Date(piped.job.endsAt).toISOString(),
				durationSeconds: 100,
				datasetId: DEMO.datasetId,
				datasetVersionId: piped.args.dataset_version_id,
				pipelineId: piped.message.pipeline_version.pipeline_id,
				pipelineVersionId: piped.message.pipeline_version.id,
				pipelineRunId: piped.message.id,
			},
		]);
		expect(third).toMatchObject([
			{
				modelId: 'doomed',
				modelVersionId: null,
				status: 'failed',
				statusCode: 64003,
				statusDetails: 'no data',
				remedy: expect.stringContaining('The pipeline run failed'),
				log: expect.stringContaining(doomed.message.id as string),
				pipelineRunId: doomed.message.id,
			},
		]);
	});

	it.each<[string, INodeParameters, string[]]>([
		['trained', { event: 'trained' }, ['piped']],
		['failed', { event: 'failed' }, ['doomed']],
		['of one model', { model: locate('id', 'doomed') }, ['doomed']],
		['of no other model', { model: locate('id', 'early') }, []],
	])('emits only runs that are wanted: %s', async (_what, parameters, expected) => {
		const platform = await setUpRuns();
		const staticData: IDataObject = {};
		const poll = async () =>
			jsonOf(
				(await platform.engine.poll('clarifaiTrainingTrigger', watch(parameters), { staticData }))
					.items,
			);

		await poll();
		platform.emulator.clock.advance(300_000);
		const emitted = await poll();

		expect(emitted.map(({ modelId }) => modelId)).toEqual(expected);
	});

	it('shows the latest run in a test of the editor, with its version', async () => {
		const platform = await setUpRuns();

		const { items } = await platform.engine.poll('clarifaiTrainingTrigger', watch(), {
			mode: 'manual',
		});

		const [made] = platform.emulator.app().models.get('early')!.versions.keys();
		expect(jsonOf(items)).toMatchObject([
			{ modelId: 'early', modelVersionId: made, modelTypeId: 'visual-classifier' },
		]);
	});

	it('emits a run that the command line started', async () => {
		const platform = await setUp({ trainingSeconds: 100 });
		const staticData: IDataObject = {};
		const poll = async () =>
			jsonOf(
				(await platform.engine.poll('clarifaiTrainingTrigger', watch(), { staticData })).items,
			);
		await poll();
		const { message } = platform.emulator.addCliRun({ model_id: 'piped' });
		platform.emulator.clock.advance(200_000);

		expect(await poll()).toMatchObject([
			{ modelId: 'piped', status: 'trained', pipelineRunId: message.id },
		]);
	});

	it('goes on where one pipeline has no version', async () => {
		const platform = await setUpRuns();
		const staticData: IDataObject = {};
		const poll = async () =>
			jsonOf(
				(await platform.engine.poll('clarifaiTrainingTrigger', watch(), { staticData })).items,
			);
		await poll();
		const [, piped] = [...platform.emulator.app().pipelines.values()];
		piped.versions.clear();
		platform.emulator.clock.advance(240_000);

		expect(await poll()).toMatchObject([{ modelId: 'doomed', status: 'failed' }]);
		// Nothing is asked for by a version that is not there.
		expect(platform.emulator.requests.filter(({ path }) => path.includes('undefined'))).toEqual([]);
	});

	it('emits a run only when its version can be used', async () => {
		const platform = await setUp({ trainingSeconds: 100 });
		platform.emulator.planTraining('built', { seconds: 100, build: { seconds: 1000 } });
		platform.emulator.planTraining('unbuilt', { seconds: 100, build: { outcome: 21108 } });
		platform.emulator.planTraining('nothing', { seconds: 100, noVersion: true });
		const staticData: IDataObject = {};
		const poll = async () =>
			jsonOf(
				(await platform.engine.poll('clarifaiTrainingTrigger', watch(), { staticData })).items,
			).map(({ modelId, status }) => [modelId, status]);
		await poll();
		await platform.run('clarifaiTrain', valid({ model: locate('id', '={{ $json.id }}') }), {
			items: [{ id: 'built' }, { id: 'unbuilt' }, { id: 'nothing' }],
		});
		platform.emulator.clock.advance(130_000);

		expect(await poll()).toEqual([['unbuilt', 'failed']]);
		await platform.time.sleep(2_000_000);
		expect((await poll()).sort()).toEqual([
			['built', 'trained'],
			['nothing', 'failed'],
		]);
		expect(await poll()).toEqual([]);
	});

	it(
		'looks at the 100 newest pipelines',
		async () => {
			const platform = await setUpQuick();
			await platform.run('clarifaiTrain', valid({ model: locate('id', '={{ $json.id }}') }), {
				items: Array.from({ length: 105 }, (_none, index) => ({ id: `model-${index}` })),
			});
			platform.emulator.requests.length = 0;

			await platform.engine.poll('clarifaiTrainingTrigger', watch());

			const lists = callsOf(platform.emulator).filter((call) => call.endsWith('VersionRuns'));
			expect(lists).toHaveLength(100);
		},
		MANY_REQUESTS_MS,
	);

	it(
		'follows a run that is not among the 100 newest pipelines any more',
		async () => {
			const platform = await setUp({ trainingSeconds: 100 });
			platform.emulator.planTraining('slow', { seconds: 1000 });
			const start = async (...ids: string[]) =>
				await platform.run('clarifaiTrain', valid({ model: locate('id', '={{ $json.id }}') }), {
					items: ids.map((id) => ({ id })),
				});
			const staticData: IDataObject = {};
			const poll = async () =>
				jsonOf(
					(await platform.engine.poll('clarifaiTrainingTrigger', watch(), { staticData })).items,
				);
			await start('slow');
			await poll();
			platform.emulator.clock.advance(1000);
			await start(...Array.from({ length: 100 }, (_none, index) => `quick-${index}`));
			platform.emulator.clock.advance(200_000);
			const quick = await poll();
			platform.emulator.clock.advance(1_000_000);
			const slow = await poll();
			const afterwards = await poll();

			expect(quick).toHaveLength(100);
			expect(slow).toMatchObject([{ modelId: 'slow', status: 'trained' }]);
			expect(afterwards).toEqual([]);
		},
		MANY_REQUESTS_MS,
	);

	it('passes over pipelines that train no model', async () => {
		const platform = await setUp({ trainingSeconds: 100 });
		platform.emulator.addCliRun({ text: 'hello' });
		platform.emulator.clock.advance(200_000);

		await expect(
			platform.engine.poll('clarifaiTrainingTrigger', watch(), { mode: 'manual' }),
		).rejects.toThrow('No training has ended yet');
	});
});
