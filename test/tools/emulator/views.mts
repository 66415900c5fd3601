import { toTimestamp } from './clock.mts';
import type { Message } from './message.mts';
import { runStatus } from './pipelineRuns.mts';
import type { AppState, ModelState, RunState, VersionState } from './state.mts';
import { Code } from './statuses.mts';
import { hasEnded, trainingStatus } from './training.mts';

/** What an answer shows of the state at a moment. */

export function showVersion(app: AppState, version: VersionState, now: number): Message {
	const { message, training } = version;
	const ended = hasEnded(training, now);
	const trained = ended && training.outcome === Code.modelTrained;
	const concepts: unknown[] = message.output_info?.data?.concepts ?? [];
	return {
		...message,
		status: trainingStatus(training, now),
		active_concept_count: concepts.length,
		total_input_count: trained ? app.inputs.size : 0,
		modified_at: toTimestamp(ended ? training.endsAt : training.startedAt),
		...(ended && { completed_at: toTimestamp(training.endsAt) }),
		...(trained && version.evaluation && { metrics: version.evaluation.overview(now) }),
		train_log: `${app.world.url}/train_logs/${message.id}.txt`,
	};
}

/** What Clarifai shows of a model also when it is empty, as captured. */
const ALWAYS_SHOWN = { metadata: {}, presets: {}, workflow_recommended: false };

/** A model with one of its versions: the given one or else the newest, if there is any. */
export function showModel(app: AppState, model: ModelState, now: number, version?: VersionState) {
	const shown = version ?? newestVersion(model);
	return {
		...ALWAYS_SHOWN,
		...model.message,
		version_count: model.versions.size,
		...(shown && { model_version: showVersion(app, shown, now) }),
	};
}

export function newestVersion(model: ModelState): VersionState | undefined {
	return [...model.versions.values()].at(-1);
}

export function newestTrainedVersion(model: ModelState, now: number): VersionState | undefined {
	return [...model.versions.values()].filter((version) => isTrained(version, now)).at(-1);
}

export function isTrained({ training }: VersionState, now: number) {
	return hasEnded(training, now) && training.outcome === Code.modelTrained;
}

export function showRun(run: RunState, now: number): Message {
	const ended = hasEnded(run.job, now);
	const status = runStatus(run.job, now);
	return {
		...run.message,
		orchestration_status: { status },
		modified_at: toTimestamp(ended ? run.job.endsAt : run.job.startedAt),
		...(status.code !== Code.jobQueued && { started_at: toTimestamp(run.job.startedAt) }),
		...(ended && { ended_at: toTimestamp(run.job.endsAt) }),
	};
}
