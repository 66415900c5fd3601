import type { Call } from './call.mts';
import type { Message } from './message.mts';
import type { RunState } from './state.mts';
import { Code, describeCode, makeStatus } from './statuses.mts';
import { hasEnded, progressOf, QUEUE_SHARE, startJob } from './training.mts';
import type { TimedJob, TrainingPlan } from './training.mts';
import type { Untidy } from './untidiness.mts';

/** How long a run that untidiness pauses stands still. */
const PAUSE_SECONDS = 300;

/** What becomes of a run: planned, injected, or what its data and an untidy platform let come of it. */
export function planRun(call: Call, runId: string, args: Record<string, string>): TrainingPlan {
	const { fault, world } = call;
	if (fault?.kind === 'trainingFails') {
		return { outcome: Code.jobFailed, details: fault.details };
	}
	const planned = world.trainingPlans.get(args.model_id ?? '');
	if (planned) return { ...planned, outcome: outcomeOfRun(planned) };
	return { ...untidyRun(world.untidy, runId, world.trainingSeconds), ...missingData(call, args) };
}

/** Clarifai's own monitor takes SUCCESS for a completed run as well, as older ones were. */
export function isCompleted({ outcome }: TimedJob) {
	return outcome === Code.jobCompleted || outcome === Code.success;
}

/** A plan may name the code of a training; its run fails just the same. */
function outcomeOfRun({ outcome }: TrainingPlan) {
	if (outcome === undefined || outcome === Code.modelTrained) return Code.jobCompleted;
	if (outcome === Code.success) return outcome;
	return outcome >= Code.jobQueued && outcome < 64100 ? outcome : Code.jobFailed;
}

function untidyRun(untidy: Untidy, runId: string, seconds: number): TrainingPlan {
	const { runs = {} } = untidy.plan;
	const hits = (purpose: string, share?: number) => untidy.hits(purpose, runId, share);
	const isBuilt = runs.buildSeconds !== undefined || runs.buildFails !== undefined;
	return {
		outcome: hits('cancelled', runs.cancelled) ? Code.jobCancelled : Code.jobCompleted,
		noVersion: hits('no version', runs.noVersion),
		...(hits('paused', runs.paused) && {
			pause: { afterSeconds: seconds / 2, seconds: PAUSE_SECONDS },
		}),
		...(isBuilt && {
			build: {
				seconds: untidy.upTo('build', runId, runs.buildSeconds),
				outcome: hits('build fails', runs.buildFails) ? Code.modelBuildingFailed : undefined,
			},
		}),
	};
}

/**
 * The first step of every template fetches a version of the data, and raises where it is not there: a run
 * without one is started, and paid for, all the same.
 */
function missingData({ app }: Call, args: Record<string, string>): TrainingPlan {
	const datasetId = args.dataset_id ?? args.clarifai_dataset_id ?? '';
	const versionId = args.dataset_version_id ?? args.clarifai_dataset_version_id ?? '';
	const dataset = app.datasets.get(datasetId);
	const fails = (details: string) => ({ outcome: Code.jobFailed, details });
	if (!dataset) return fails(`dataset '${datasetId}' does not exist`);
	if (!versionId) return fails('dataset_version_id is empty');
	if (dataset.versions.has(versionId)) return {};
	return fails(`version '${versionId}' of dataset '${datasetId}' does not exist`);
}

export function startRunJob(now: number, plan: TrainingPlan, defaultSeconds: number): TimedJob {
	const job = startJob(now, { outcome: Code.jobCompleted, ...plan }, defaultSeconds);
	if (!plan.pause) return job;
	const from = now + plan.pause.afterSeconds * 1000;
	const until = from + plan.pause.seconds * 1000;
	return { ...job, endsAt: job.endsAt + until - from, pauses: [{ from, until }] };
}

export function isPaused({ pauses = [] }: TimedJob, now: number) {
	return pauses.some(({ from, until }) => from <= now && now < until);
}

/** Documented: pause from queued or running, resume from paused, cancel whatever has not ended. */
export function changeRun({ job }: RunState, code: number, now: number): boolean {
	if (hasEnded(job, now)) return false;
	if (code === Code.jobCancelled) {
		Object.assign(job, { endsAt: now, outcome: Code.jobCancelled, details: undefined });
		return true;
	}
	if (code === Code.jobPaused && !isPaused(job, now)) {
		job.pauses = [...(job.pauses ?? []), { from: now, until: Infinity, leftMs: job.endsAt - now }];
		job.endsAt = Infinity;
		return true;
	}
	if (code === Code.jobRunning && isPaused(job, now)) {
		resume(job, now);
		return true;
	}
	return false;
}

function resume(job: TimedJob, now: number) {
	const pause = job.pauses!.find(({ from, until }) => from <= now && now < until)!;
	job.endsAt = pause.leftMs === undefined ? job.endsAt - (pause.until - now) : now + pause.leftMs;
	pause.until = now;
}

export function runStatus(job: TimedJob, now: number): Message {
	if (hasEnded(job, now)) {
		return {
			code: job.outcome,
			description: job.description ?? describeEnd(job.outcome),
			...(job.details && { details: job.details }),
		};
	}
	if (isPaused(job, now)) return makeStatus(Code.jobPaused);
	return makeStatus(progressOf(job, now) < QUEUE_SHARE ? Code.jobQueued : Code.jobRunning);
}

/** Clarifai's guide shows a completed run of two steps; how it words the other states is not known. */
function describeEnd(code: number) {
	return code === Code.jobCompleted
		? 'Argo workflow at phase: Succeeded, progress: 2/2, message: '
		: describeCode(code);
}
