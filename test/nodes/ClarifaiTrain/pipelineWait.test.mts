import type { TrainingPlan } from '../../tools/emulator/emulator.mts';
import { chain } from '../../tools/engine/engine.mts';
import {
	CLASSIFIER,
	MINUTE,
	newestDatasetVersion,
	START,
	valid,
	waiting,
	runsOf,
	setUpQuick,
	setUpStepwise,
} from '../pipelineSetup.mts';
import { bodiesOf, DEMO, type InProcessSetUp, setUp } from '../setup.mts';

describe('waiting for a run', () => {
	it('ends with the new version of the model', async () => {
		const platform = await setUpStepwise(1);
		platform.emulator.addTrainedVersion('piped');
		const [before] = platform.emulator.app().models.get('piped')!.versions.keys();

		const { json, error } = await platform.run('clarifaiTrain', valid(waiting()));

		expect(error).toBeUndefined();
		const [{ message, job }] = runsOf(platform);
		const made = [...platform.emulator.app().models.get('piped')!.versions.keys()].at(-1);
		expect(made).not.toBe(before);
		expect(json).toEqual([
			{
				modelId: 'piped',
				modelVersionId: made,
				modelTypeId: 'visual-classifier',
				template: CLASSIFIER,
				status: 'trained',
				statusCode: 21100,
				statusDescription: 'Model is trained and ready',
				datasetId: DEMO.datasetId,
				datasetVersionId: newestDatasetVersion(platform),
				userId: DEMO.userId,
				appId: DEMO.appId,
				createdAt: message.created_at,
				completedAt: new Date(job.endsAt).toISOString(),
				durationSeconds: 60,
				pipelineId: message.pipeline_version.pipeline_id,
				pipelineVersionId: message.pipeline_version.id,
				pipelineRunId: message.id,
			},
		]);
	});

	it('goes on by itself when the model does not exist before the run', async () => {
		const platform = await setUpQuick();

		const { json } = await platform.run('clarifaiTrain', valid(waiting()));

		const [made] = platform.emulator.app().models.get('piped')!.versions.keys();
		expect(json).toMatchObject([{ modelId: 'piped', modelVersionId: made, status: 'trained' }]);
	});

	it('gives each run its own version, also when several train one model', async () => {
		const platform = await setUpStepwise(10, { trainingSeconds: 300, latencyMs: 50 });

		const { json } = await platform.run('clarifaiTrain', valid(waiting()), {
			items: [{}, {}, {}],
		});

		const versions = [...platform.emulator.app().models.get('piped')!.versions.values()];
		const byRun = new Map(
			versions.map(({ message }) => [
				String(message.description).replace('pipeline run ', ''),
				message.id as string,
			]),
		);
		expect(versions).toHaveLength(3);
		expect(json.map(({ modelVersionId }) => modelVersionId)).toEqual(
			json.map(({ pipelineRunId }) => byRun.get(pipelineRunId as string)),
		);
	});

	it.each<[string, TrainingPlan]>([
		['is built for an hour', { build: { seconds: 3600 } }],
		['is not listed at first', {}],
	])('goes on while the version %s', async (what, plan) => {
		const platform = await setUpQuick();
		platform.emulator.planTraining('piped', plan);
		if (what.includes('listed')) {
			platform.emulator.faults.add({
				kind: 'failure10020',
				rpc: 'ListModelVersions',
				code: 21200,
				times: 4,
			});
		}

		const { json, error } = await platform.run(
			'clarifaiTrain',
			valid(waiting({ timeoutMinutes: 90, pollIntervalSeconds: 30 })),
		);

		const [made] = platform.emulator.app().models.get('piped')!.versions.keys();
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'trained', statusCode: 21100, modelVersionId: made }]);
		expect(json[0]).not.toHaveProperty('timedOut');
	});

	it('ends in an error when the completed run has made no version', async () => {
		const platform = await setUpQuick();
		platform.emulator.planTraining('piped', { noVersion: true });
		platform.emulator.addTrainedVersion('piped');
		const began = platform.time.now();

		const { error } = await platform.run('clarifaiTrain', valid(waiting()));

		const [{ message }] = runsOf(platform);
		expect(error?.message).toBe(
			`The training of model "piped" (pipeline run ${message.id}) failed: The pipeline run has completed, but made no version of the model (code 64002)`,
		);
		expect(error?.description).toContain('Its upload step may have failed');
		expect(error?.description).toContain('The run itself ended well');
		expect(error?.description).toContain(`/runs/${message.id}`);
		expect(platform.time.now() - began).toBeGreaterThan(2 * MINUTE);
	});

	it('ends in an error when the version cannot be built', async () => {
		const platform = await setUpQuick();
		platform.emulator.planTraining('piped', { build: { seconds: 60, outcome: 21108 } });

		const { error } = await platform.run('clarifaiTrain', valid(waiting()));

		expect(error?.message).toMatch(
			/^The training of model "piped" \(pipeline run \w+, version \w+\) failed: .* \(code 21108\)$/,
		);
		expect(error?.description).toContain('could not build the image');
	});

	it('ends in an error when it cannot be told which version is its own', async () => {
		const platform: InProcessSetUp = await setUp({
			trainingSeconds: 60,
			onRequest: ({ rpc }) => {
				if (rpc === START) {
					platform.emulator.addCliRun({ model_id: 'piped' });
					platform.emulator.clock.advance(1000);
				}
			},
		});

		const { error } = await platform.run('clarifaiTrain', valid(waiting()));

		const versions = [...platform.emulator.app().models.get('piped')!.versions.keys()];
		expect(versions).toHaveLength(2);
		expect(error?.message).toContain('which version it made cannot be told');
		for (const id of versions) expect(error?.message).toContain(id);
	});

	it.each<[string, number, string, string]>([
		['failed', 64003, 'Job failed', 'Its logs name the step and the reason'],
		['cancelled', 64004, 'Job cancelled', 'The pipeline run was cancelled'],
		['unexpected error', 64006, 'Status 64006', 'The pipeline run ended unexpectedly'],
		['conflict', 64007, 'Status 64007', 'conflicts with another one'],
	])('ends in an error for a run that ends %s', async (_what, outcome, words, remedy) => {
		const platform = await setUpQuick();
		platform.emulator.planTraining('piped', { outcome, details: 'step train-ps: out of memory' });

		const { error } = await platform.run('clarifaiTrain', valid(waiting()));

		const [{ message }] = runsOf(platform);
		expect(error?.message).toBe(
			`The training of model "piped" (pipeline run ${message.id}) failed: ${words} (code ${outcome})`,
		);
		expect(error?.description).toContain('step train-ps: out of memory');
		expect(error?.description).toContain(remedy);
		expect(error?.description).toContain(`/runs/${message.id}`);
	});

	it.each([
		['is paused', 64008],
		['has a status that these nodes do not know', 64099],
	])('goes on while a run %s', async (_what, outcome) => {
		const platform = await setUpQuick();
		platform.emulator.planTraining('piped', { outcome });

		const { json, error } = await platform.run(
			'clarifaiTrain',
			valid(waiting({ timeoutMinutes: 0.02 })),
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'training', statusCode: outcome, timedOut: true }]);
	});

	it('that runs out gives the item with its status so far', async () => {
		const platform = await setUp({ trainingSeconds: 1000 });

		const { json, error } = await platform.run(
			'clarifaiTrain',
			valid(waiting({ timeoutMinutes: 0 })),
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{
				modelId: 'piped',
				modelVersionId: null,
				status: 'queued',
				statusCode: 64000,
				timedOut: true,
				pipelineRunId: runsOf(platform)[0].message.id,
			},
		]);
	});

	it('bears with a few looks that fail', async () => {
		const platform = await setUpQuick();
		platform.emulator.faults.add({ kind: 'http503', rpc: 'GetPipelineVersionRun', times: 1 });

		const { json, error } = await platform.run('clarifaiTrain', valid(waiting()));

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'trained' }]);
	});

	it.each([
		[true, { cancelled: true }, 64004, 1],
		[false, { stopped: true }, 64001, 0],
	])(
		'ends with the Stop button (Cancel Training on Stop %p)',
		async (cancelTrainingOnStop, expected, code, patches) => {
			const platform: InProcessSetUp = await setUp({
				trainingSeconds: 1000,
				onRequest: ({ rpc }) => {
					if (rpc === 'GetPipelineVersionRun') platform.time.wakeAfter(20, () => handle.cancel());
				},
			});
			const workflow = chain(
				platform.engine.node('clarifaiTrain', valid(waiting({ cancelTrainingOnStop }))),
			);
			const handle = platform.engine.start(workflow);
			const result = await handle.done;

			expect(result.status).toBe('canceled');
			const bodies = bodiesOf(platform.emulator, 'PatchPipelineVersionRuns');
			expect(bodies).toHaveLength(patches);
			const [{ message, job }] = runsOf(platform);
			if (patches > 0) {
				expect(bodies).toEqual([
					{
						action: 'overwrite',
						pipeline_version_runs: [
							{ id: message.id, orchestration_status: { status: { code: 64004 } } },
						],
					},
				]);
				expect(job.outcome).toBe(code);
			} else {
				expect(job.outcome).toBe(64002);
			}
			expect(result.outputs('Clarifai Train').map(({ json }) => json)).toMatchObject([
				{ modelId: 'piped', pipelineRunId: message.id, ...expected },
			]);
		},
	);
});
