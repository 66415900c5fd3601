import type { EvaluationStatus } from '../clarifai/evaluationStatus';
import { portalUrl, type AppScope } from '../clarifai/identifiers';
import type { JsonObject } from '../clarifai/json';
import type { ModelVersion } from '../clarifai/models';
import type { PipelineRun, PipelineRunIds } from '../clarifai/pipelines';
import { StatusCode } from '../clarifai/statusCodes';
import { hasEnded, runState, type TrainingState } from '../clarifai/trainingState';
import { SLACK_MS, versionsOfRun, type VersionsOfRun } from '../clarifai/versionOfRun';
import type { Call } from './call';
import type { ClarifaiClient } from './client';
import { ifExists } from './failures';
import type { Job } from './jobs';
import { fetchModelVersion, modelVersions, versionPath } from './models';
import {
	fetchPipelineRun,
	listPipelineRuns,
	listPipelines,
	pipelineRunPath,
	withNewestVersion,
} from './pipelines';
import { VERSION_MISSING_LONG_MS, VERSION_MISSING_MS } from './retries';
import { time } from './time';

/** One training: of a model version, or by a pipeline run that makes the version. Plain data. */
export interface Training {
	scope: AppScope;
	modelId: string;
	modelTypeId?: string;
	template?: string;
	/** Absent while a pipeline run has not made its version yet. */
	versionId?: string;
	/** Set for a training by a pipeline run. */
	run?: PipelineRunIds;
	/** The data it is trained on, where it is known. */
	datasetId?: string;
	datasetVersionId?: string;
	state: TrainingState;
	createdAt?: string;
	completedAt?: string;
	/** How long a pipeline run took or has taken so far, where Clarifai says it. */
	durationSeconds?: number;
	/** Where the training's log can be read. */
	log?: string;
	/** What an evaluation after the training says. */
	metrics?: Record<string, number>;
	/** Where that evaluation stands; absent where Clarifai shows none. */
	evaluation?: EvaluationStatus;
	/** Of a trained version that is to be evaluated and shows nothing of it so far: when that was first seen. */
	evaluationMissingSince?: number;
	/** Of a run that has completed without a version so far: when that was first seen, on `time.date()`. */
	versionMissingSince?: number;
	/** Clarifai's own object: the model version or the pipeline run. */
	raw: JsonObject;
}

/** What is known of a training before anybody has looked at it. */
export type KnownTraining = Omit<Training, 'state' | 'raw'>;

/** A training of a model version that is there. */
type VersionTraining = Training & { versionId: string };

/** A training by a pipeline run. */
type RunTraining = Training & { run: PipelineRunIds };

/** The training with what a model version says of it. */
export function withVersion(training: KnownTraining, version: ModelVersion): Training {
	return {
		...training,
		template: training.template ?? version.template,
		versionId: version.id ?? training.versionId,
		state: version.state,
		createdAt: version.createdAt ?? training.createdAt,
		completedAt: version.completedAt,
		log: version.log,
		metrics: version.metrics,
		evaluation: version.evaluation,
		raw: version.raw,
	};
}

/** The training with what a pipeline run says of it. */
export function withRun(
	training: KnownTraining & { run: PipelineRunIds },
	run: PipelineRun,
): RunTraining {
	const { scope, run: known } = training;
	const ids: PipelineRunIds = {
		pipelineId: known.pipelineId,
		pipelineVersionId: run.pipelineVersionId ?? known.pipelineVersionId,
		runId: run.id ?? known.runId,
	};
	return {
		...training,
		run: ids,
		datasetId: training.datasetId ?? (run.arguments.dataset_id || undefined),
		datasetVersionId: training.datasetVersionId ?? (run.arguments.dataset_version_id || undefined),
		state: runState(run.status),
		createdAt: run.createdAt ?? run.startedAt ?? training.createdAt,
		completedAt: run.endedAt,
		durationSeconds: run.durationSeconds,
		log: portalUrl(
			scope,
			'pipelines',
			ids.pipelineId,
			'versions',
			ids.pipelineVersionId,
			'runs',
			ids.runId,
		),
		raw: run.raw,
	};
}

/** Trainings of model versions: deep fine-tuning. */
export const versionTraining: Job<VersionTraining> = {
	what: ({ modelId, versionId }) => `the training of model "${modelId}" (version ${versionId})`,
	hasEnded: ({ state }) => hasEnded(state),
	async look(client, training, traits) {
		const { scope, modelId, versionId } = training;
		const version = await fetchModelVersion(client, scope, modelId, versionId, traits);
		return { ...withVersion(training, version), versionId: version.id ?? versionId };
	},
	cancelCall: ({ scope, modelId, versionId }) => ({
		method: 'DELETE',
		path: versionPath(scope, modelId, versionId),
	}),
};

/** For how long a trained version may show nothing of its evaluation before none is waited for. */
const EVALUATION_MISSING_MS = 60_000;

/** The same with Clarifai's evaluation right after it, for its figures are not there before that. */
export const evaluatedTraining: Job<VersionTraining> = {
	...versionTraining,
	hasEnded: ({ state, evaluation, evaluationMissingSince }) => {
		if (state.status !== 'trained') return hasEnded(state);
		if (evaluation !== undefined) return evaluation !== 'evaluating';
		return time.now() - (evaluationMissingSince ?? Infinity) > EVALUATION_MISSING_MS;
	},
	async look(client, training, traits) {
		const { evaluationMissingSince = time.now() } = training;
		const looked = await versionTraining.look(client, training, traits);
		const isMissing = looked.state.status === 'trained' && looked.evaluation === undefined;
		return isMissing ? { ...looked, evaluationMissingSince } : looked;
	},
	// The version is trained and paid for: to end its evaluation would mean to delete it.
	cancelCall: (training) =>
		training.state.status === 'trained' ? undefined : versionTraining.cancelCall?.(training),
};

/** Trainings by pipeline runs. They have ended well when the version that they made can be used. */
export const runTraining: Job<RunTraining> = {
	what: ({ modelId, run, versionId }) => {
		const version = versionId === undefined ? '' : `, version ${versionId}`;
		return `the training of model "${modelId}" (pipeline run ${run.runId}${version})`;
	},
	hasEnded: ({ state }) => hasEnded(state),
	async look(client, training, traits) {
		noteOwnRun(client, training);
		const run = await fetchPipelineRun(client, training.scope, training.run, traits);
		const followed = withRun(training, run);
		noteOwnRun(client, followed);
		if (followed.state.status !== 'trained') return followed;
		return await withVersionMade(client, followed, traits);
	},
	cancelCall: ({ scope, run }) => ({
		method: 'PATCH',
		path: pipelineRunPath(scope, run).slice(0, -1),
		patOnly: true,
		body: {
			action: 'overwrite',
			pipeline_version_runs: [
				{
					id: run.runId,
					orchestration_status: { status: { code: StatusCode.JOB_CANCELLED } },
				},
			],
		},
	}),
};

/** How a training is waited for: one without a run has had its version from the start. */
export function jobOf({ run }: Pick<Training, 'run'>): Job<Training> {
	return run ? runTraining : versionTraining;
}

/** Whether it is one by a pipeline run. */
export function isByRun(training: Training): training is RunTraining {
	return training.run !== undefined;
}

/**
 * A completed run with what became of its model version. A run completes also when the upload of the
 * model or the build of its image has failed (clarifai-python, `model_builder.py`), so only the version
 * tells whether there is something to use.
 */
async function withVersionMade(
	client: ClarifaiClient,
	training: RunTraining,
	traits: Pick<Call, 'maxTries'>,
): Promise<RunTraining> {
	const { scope, modelId, versionId } = training;
	if (versionId !== undefined) {
		const version = await fetchModelVersion(client, scope, modelId, versionId, traits);
		return withVersionOfRun(training, version);
	}
	// None for a model that the run was to make and did not.
	const versions = (await ifExists(modelVersions(client, scope, modelId))) ?? [];
	const found = await versionsMadeBy(client, training, versions);
	const made = versions.find(({ id }) => id === found.candidates[0]);
	if (made && found.isCertain) return withVersionOfRun(training, made);
	if (found.candidates.length > 0) return withoutCertainty(training, found);
	return withoutVersion(training);
}

/** A run that has completed at its start all the same: nobody has looked yet what it made. */
export function notYetMade(training: RunTraining): RunTraining {
	return training.state.status === 'trained' ? withoutVersion(training) : training;
}

function withVersionOfRun(training: RunTraining, version: ModelVersion): RunTraining {
	return { ...training, versionId: version.id, state: version.state, metrics: version.metrics };
}

/** The versions of the time of the run, held against the other runs of the model in that time. */
async function versionsMadeBy(
	client: ClarifaiClient,
	training: RunTraining,
	versions: ModelVersion[],
): Promise<VersionsOfRun> {
	const { runId } = training.run;
	const own = { id: runId, createdAt: training.createdAt, endedAt: training.completedAt };
	const times = versions.flatMap(({ id, createdAt }) =>
		id === undefined ? [] : [{ id, createdAt }],
	);
	const alone = versionsOfRun(runId, [own], times);
	if (alone.candidates.length === 0) return alone;
	return versionsOfRun(runId, [own, ...(await otherRuns(client, training))], times);
}

/** How much earlier than this run another run may have begun and still be under way. */
const LONGEST_RUN_MS = 24 * 3_600_000;

/** Pipelines whose runs are looked at, at one request each; more in a day would be a flood. */
const MOST_PIPELINES = 50;

/**
 * The runs that one run of a node has started or follows, by pipeline: lists may show them late, or not
 * what they train.
 */
const ownRuns = new WeakMap<ClarifaiClient, Map<string, OwnRun>>();

type OwnRun = Pick<Training, 'scope' | 'modelId'> &
	Partial<Pick<Training, 'createdAt' | 'completedAt'>> & { run: { pipelineId: string } };

/** To be noted before it is sent: it may be done before its answer has come. */
export function noteOwnRun(client: ClarifaiClient, run: OwnRun): void {
	const noted = ownRuns.get(client) ?? new Map<string, OwnRun>();
	ownRuns.set(client, noted);
	noted.set(run.run.pipelineId, run);
}

/** It was refused. */
export function forgetOwnRun(client: ClarifaiClient, pipelineId: string): void {
	ownRuns.get(client)?.delete(pipelineId);
}

/** The other runs that train the same model and may have been under way in the time of this one. */
async function otherRuns(
	client: ClarifaiClient,
	{ scope, modelId, run, createdAt, completedAt }: RunTraining,
) {
	const began = Date.parse(createdAt ?? '') || 0;
	const ended = Date.parse(completedAt ?? '') || Infinity;
	const own = ownRuns.get(client) ?? new Map<string, OwnRun>();
	const pipelines = (await listPipelines(client, scope)).filter((pipeline) => {
		if (pipeline.id !== undefined && own.has(pipeline.id)) return false;
		const made = Date.parse(pipeline.createdAt ?? '');
		return Number.isNaN(made) || (made > began - LONGEST_RUN_MS && made <= ended + 2 * SLACK_MS);
	});
	const found = await Promise.all(
		pipelines.slice(0, MOST_PIPELINES).map(async (pipeline) => {
			const { id, versionId } = (await withNewestVersion(client, scope, pipeline)) ?? {};
			if (id === undefined) return [];
			if (versionId !== undefined) return await listPipelineRuns(client, scope, id, versionId);
			// Its runs cannot be seen, so one may train this model.
			return [{ id, createdAt: pipeline.createdAt, endedAt: undefined, arguments: {} }];
		}),
	);
	const noted = [...own].flatMap(([id, other]) => {
		const isSameApp = other.scope.userId === scope.userId && other.scope.appId === scope.appId;
		if (id === run.pipelineId || other.modelId !== modelId || !isSameApp) return [];
		return [{ id, createdAt: other.createdAt, endedAt: other.completedAt }];
	});
	const seen: Array<Pick<PipelineRun, 'id' | 'createdAt' | 'endedAt' | 'arguments'>> = found.flat();
	const listed = seen.flatMap(({ id, arguments: { model_id: trained }, ...times }) => {
		const isOther = id !== undefined && id !== run.runId;
		// A run whose arguments are not shown may train this model as well.
		const mayTrain = trained === undefined || trained === modelId;
		return isOther && mayTrain ? [{ id, ...times }] : [];
	});
	return [...noted, ...listed];
}

/** Nothing that is not certain may be put to use. */
function withoutCertainty(training: RunTraining, { candidates }: VersionsOfRun): RunTraining {
	return {
		...training,
		state: {
			status: 'failed',
			code: training.state.code,
			description: `The pipeline run has completed, but which version it made cannot be told: it may be ${candidates.join(' or ')}`,
			details:
				'Other runs of this model, or other uploads, made versions in the same time, and Clarifai does not say which run a version comes from.',
		},
	};
}

function withoutVersion(training: RunTraining): RunTraining {
	const since = training.versionMissingSince ?? time.date();
	const ended = Date.parse(training.completedAt ?? '');
	const isLost =
		time.date() - since > VERSION_MISSING_MS || time.date() - ended > VERSION_MISSING_LONG_MS;
	const { code } = training.state;
	return {
		...training,
		versionMissingSince: since,
		state: isLost
			? {
					status: 'failed',
					code,
					description: 'The pipeline run has completed, but made no version of the model',
					details: 'Its upload step may have failed: the log of the run says why.',
				}
			: {
					status: 'training',
					code,
					description: 'The pipeline run has completed; its model version is not there yet',
				},
	};
}
