import { durationSeconds } from '../clarifai/duration';
import type { AppScope } from '../clarifai/identifiers';
import { objectAt, objectsAt, textAt, type JsonObject } from '../clarifai/json';
import { trainingStateOf, versionState, type TrainingState } from '../clarifai/trainingState';
import { inApp, type Call, type Path } from './call';
import type { ClarifaiClient } from './client';
import { ifExists } from './resources';
import { createdSince } from './serverTime';

/** The run of a pipeline that trains a model. */
export interface PipelineRun {
	pipelineId: string;
	pipelineVersionId: string;
	runId: string;
}

/** One training: of a model version, or by a pipeline run that makes the version when it completes. */
export interface Training {
	scope: AppScope;
	modelId: string;
	modelTypeId?: string;
	template?: string;
	/** Absent while a pipeline run has not made its version yet. */
	versionId?: string;
	run?: PipelineRun;
	state: TrainingState;
	createdAt?: string;
	completedAt?: string;
	/** How long a pipeline run took or has taken so far, where Clarifai says it. */
	durationSeconds?: number;
	/** Where the training's log can be read. */
	log?: string;
	/** Clarifai's own object: the model version or the pipeline run. */
	raw: JsonObject;
}

/** The training with what a model version says of it. */
export function withVersion(
	training: Omit<Training, 'state' | 'raw'>,
	version: JsonObject,
): Training {
	return {
		...training,
		template: training.template ?? templateOfVersion(version),
		versionId: textAt(version, 'id') ?? training.versionId,
		state: versionState(version),
		createdAt: textAt(version, 'created_at') ?? training.createdAt,
		completedAt: textAt(version, 'completed_at'),
		log: textAt(version, 'train_log'),
		raw: version,
	};
}

/** The training with what a pipeline run says of it. */
export function withRun(training: Omit<Training, 'state' | 'raw'>, run: JsonObject): Training {
	const { scope, run: known } = training;
	const version = objectAt(run, 'pipeline_version');
	const ids: PipelineRun = {
		pipelineId: known?.pipelineId || (textAt(version, 'pipeline_id') ?? ''),
		pipelineVersionId: textAt(version, 'id') ?? known?.pipelineVersionId ?? '',
		runId: textAt(run, 'id') ?? known?.runId ?? '',
	};
	return {
		...training,
		run: ids,
		state: trainingStateOf(objectAt(objectAt(run, 'orchestration_status'), 'status')),
		createdAt: textAt(run, 'created_at') ?? textAt(run, 'started_at') ?? training.createdAt,
		completedAt: textAt(run, 'ended_at'),
		durationSeconds: runSeconds(run),
		log: `https://clarifai.com/${scope.userId}/${scope.appId}/pipelines/${ids.pipelineId}/versions/${ids.pipelineVersionId}/runs/${ids.runId}`,
		raw: run,
	};
}

function runSeconds(run: JsonObject): number | undefined {
	const total = durationSeconds(run.total_run_duration);
	if (total !== undefined) return total;
	const seconds =
		(Date.parse(textAt(run, 'ended_at') ?? '') - Date.parse(textAt(run, 'started_at') ?? '')) /
		1000;
	return Number.isNaN(seconds) ? undefined : seconds;
}

/**
 * Asks Clarifai where a training stands.
 * @param patience `{ maxTries: 1 }` for a caller that polls again anyway
 */
export async function refreshed(
	client: ClarifaiClient,
	training: Omit<Training, 'state' | 'raw'>,
	patience: Pick<Call, 'maxTries'> = {},
): Promise<Training> {
	if (!training.run) {
		const answer = await client.request({
			method: 'GET',
			path: inApp(training.scope, 'models', training.modelId, 'versions', training.versionId ?? ''),
			...patience,
		});
		return withVersion(training, objectAt(answer, 'model_version'));
	}
	const answer = await client.request({
		method: 'GET',
		path: runPath(training.scope, training.run),
		patOnly: true,
		...patience,
	});
	const followed = withRun(training, objectAt(answer, 'pipeline_version_run'));
	return followed.state.status === 'trained' && followed.versionId === undefined
		? { ...followed, versionId: await versionMadeBy(client, followed) }
		: followed;
}

/**
 * The version that a completed run made of its model: the newest one of the time of the run, as other
 * runs may have made versions since.
 */
async function versionMadeBy(
	client: ClarifaiClient,
	{ scope, modelId, createdAt, completedAt }: Training,
): Promise<string | undefined> {
	const path = inApp(scope, 'models', modelId, 'versions');
	const answer = await ifExists(client.get(path, { page: 1, per_page: 100 }));
	const began = Date.parse(createdAt ?? '') || 0;
	const ended = Date.parse(completedAt ?? '') || Infinity;
	const since = objectsAt(answer, 'model_versions')
		.filter((version) => createdSince(version, began))
		.sort((a, b) => creationOf(b) - creationOf(a));
	return textAt(since.find((version) => creationOf(version) <= ended) ?? since.at(-1), 'id');
}

function creationOf(version: JsonObject): number {
	return Date.parse(textAt(version, 'created_at') ?? '');
}

/** The call that ends a training: deleting the version, or cancelling the run. */
export function cancelCall({ scope, modelId, versionId, run }: Training): Call {
	if (!run) {
		return { method: 'DELETE', path: inApp(scope, 'models', modelId, 'versions', versionId ?? '') };
	}
	const path = runPath(scope, run);
	return {
		method: 'PATCH',
		path: path.slice(0, -1),
		body: {
			action: 'overwrite',
			// 64004 is JOB_CANCELLED.
			pipeline_version_runs: [{ id: run.runId, orchestration_status: { status: { code: 64004 } } }],
		},
	};
}

export function runPath(scope: AppScope, run: PipelineRun): Path {
	return inApp(
		scope,
		'pipelines',
		run.pipelineId,
		'versions',
		run.pipelineVersionId,
		'runs',
		run.runId,
	);
}

function templateOfVersion(version: JsonObject): string | undefined {
	return textAt(objectAt(objectAt(version, 'train_info'), 'params'), 'template');
}

/** All versions of a model, newest first as Clarifai lists them. */
export async function modelVersions(
	client: ClarifaiClient,
	scope: AppScope,
	modelId: string,
): Promise<JsonObject[]> {
	return await client.list(inApp(scope, 'models', modelId, 'versions'), 'model_versions');
}
