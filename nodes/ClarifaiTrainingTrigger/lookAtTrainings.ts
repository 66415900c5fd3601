import { inApp } from '../shared/api/call';
import { MAX_PAGE_SIZE, type ClarifaiClient } from '../shared/api/client';
import { pipelineRuns } from '../shared/api/pipelines';
import { ifExists } from '../shared/api/resources';
import { runPath, withRun, withVersion, type Training } from '../shared/api/trainings';
import { compareTimes, watchFor, type Watches } from '../shared/clarifai/endedTrainings';
import type { AppScope } from '../shared/clarifai/identifiers';
import { objectAt, objectsAt, textAt, type JsonObject } from '../shared/clarifai/json';
import type { TrainingMethod } from '../shared/clarifai/trainingMethods';

/** Which trainings are looked at. */
export interface Subject {
	method: TrainingMethod;
	scope: AppScope;
	/** Absent for every model of the app. */
	modelId?: string;
}

/** Trainings of one model, or all runs, as seen in one look. */
export interface Look {
	/** Under which the watch of these trainings is remembered. */
	key: string;
	trainings: Training[];
}

/** Pipelines whose runs are looked at in one poll, at one request each. */
const WATCHED_PIPELINES = 100;

/** The one watch of all pipeline runs. */
const RUNS = 'runs';

/** The newest versions of a model: Clarifai lists them by the time of their creation, the latest first. */
const NEWEST = { page: 1, per_page: MAX_PAGE_SIZE };

/**
 * The newest trainings, as lists give them, and those that were under way at the last look and have
 * fallen off the lists since, each looked up by itself.
 * @param watches what the last look left to remember
 */
export async function lookAtTrainings(
	client: ClarifaiClient,
	subject: Subject,
	watches: Watches | undefined,
): Promise<Look[]> {
	return subject.method === 'pipelineTemplate'
		? [await lookAtRuns(client, subject, watches)]
		: await lookAtVersions(client, subject, watches);
}

/** What tells a training from all others of its look. */
export function keyOf({ run, versionId }: Training): string {
	return run ? [run.pipelineId, run.pipelineVersionId, run.runId].join('/') : (versionId ?? '');
}

/** One list call for each model: its newest versions. */
async function lookAtVersions(
	client: ClarifaiClient,
	{ scope, modelId }: Subject,
	watches: Watches | undefined,
): Promise<Look[]> {
	const models: JsonObject[] =
		modelId === undefined ? await client.list(inApp(scope, 'models'), 'models') : [{ id: modelId }];
	return await Promise.all(
		models
			// Older platforms mix Clarifai's own models into an app's list.
			.filter((model) => (textAt(model, 'app_id') ?? scope.appId) === scope.appId)
			.map(async (model) => {
				const id = textAt(model, 'id') ?? '';
				const known = { scope, modelId: id, modelTypeId: textAt(model, 'model_type_id') };
				const path = inApp(scope, 'models', id, 'versions');
				const listed = await client.page(path, 'model_versions', NEWEST);
				const trainings = listed.map((version) => withVersion(known, version));
				const others = await fallenOff(trainings, watchFor(id, watches)?.pending, async (key) => {
					const answer = await ifExists(client.get([...path, key]));
					return answer && withVersion(known, objectAt(answer, 'model_version'));
				});
				return { key: id, trainings: [...trainings, ...others] };
			}),
	);
}

/**
 * One list call for each of the newest pipelines. Each training that is started from a template makes
 * a pipeline of its own, so that an app gets ever more of them.
 */
async function lookAtRuns(
	client: ClarifaiClient,
	{ scope, modelId }: Subject,
	watches: Watches | undefined,
): Promise<Look> {
	const pipelines = await client.list(inApp(scope, 'pipelines'), 'pipelines');
	const newest = pipelines
		.sort((a, b) => compareTimes(textAt(b, 'created_at') ?? '', textAt(a, 'created_at') ?? ''))
		.slice(0, WATCHED_PIPELINES);
	const byPipeline = await Promise.all(
		newest.map(async (pipeline) => {
			const pipelineId = textAt(pipeline, 'id') ?? '';
			const pipelineVersionId = textAt(objectAt(pipeline, 'pipeline_version'), 'id') ?? '';
			const runs = await pipelineRuns(client, scope, pipelineId, pipelineVersionId);
			return runs.map((run) => trainingOfRun(scope, pipelineId, pipelineVersionId, run));
		}),
	);
	const trainings = byPipeline.flat();
	const others = await fallenOff(trainings, watchFor(RUNS, watches)?.pending, async (key) => {
		const [pipelineId, pipelineVersionId, runId] = key.split('/');
		const path = runPath(scope, { pipelineId, pipelineVersionId, runId });
		const answer = await ifExists(client.get(path, undefined, { patOnly: true }));
		const run = objectAt(answer, 'pipeline_version_run');
		return answer && trainingOfRun(scope, pipelineId, pipelineVersionId, run);
	});
	const wanted = [...trainings, ...others].filter((training) =>
		modelId === undefined ? training.modelId !== '' : training.modelId === modelId,
	);
	return { key: RUNS, trainings: wanted };
}

/** The trainings that were under way and are not listed any more; not those that are gone. */
async function fallenOff(
	listed: Training[],
	pending: string[] = [],
	lookUp: (key: string) => Promise<Training | undefined>,
): Promise<Training[]> {
	const keys = new Set(listed.map(keyOf));
	const found = await Promise.all(pending.filter((key) => !keys.has(key)).map(lookUp));
	return found.filter((training) => training !== undefined);
}

function trainingOfRun(
	scope: AppScope,
	pipelineId: string,
	pipelineVersionId: string,
	run: JsonObject,
): Training {
	const ids = { pipelineId, pipelineVersionId, runId: textAt(run, 'id') ?? '' };
	return withRun({ scope, modelId: modelOfRun(run) ?? '', run: ids }, run);
}

/** The model that a run trains: its `model_id` argument. */
function modelOfRun(run: JsonObject): string | undefined {
	const override = objectAt(objectAt(run, 'input_args_override'), 'argo_args_override');
	return textAt(
		objectsAt(override, 'parameters').find(({ name }) => name === 'model_id'),
		'value',
	);
}
