import { Code, describeCode, makeStatus } from './statuses.mts';
import type { Message } from './message.mts';

/** How the next trainings of a model shall go; what is left out takes its normal course. */
export interface TrainingPlan {
	/** The status code the training ends with; default 21100, trained. */
	outcome?: number;
	description?: string;
	details?: string;
	/** How long it takes; Infinity for a training that never ends. */
	seconds?: number;
	/** Runs: for how long the image of the model is built afterwards, and the status code of that; default 21100. */
	build?: { seconds?: number; outcome?: number };
	/** Runs: that completes without leaving a version. */
	noVersion?: boolean;
	/** Runs: that somebody pauses and goes on with. */
	pause?: { afterSeconds: number; seconds: number };
}

/** A process on the emulator's clock, such as a training, a pipeline run or the reading of an input. */
export interface TimedJob {
	startedAt: number;
	endsAt: number;
	outcome: number;
	description?: string;
	details?: string;
	/** Of the model of a run: its image is built, instead of the model being trained. */
	isBuild?: boolean;
	/** `leftMs` is what is left to do after a pause that ends when somebody says so. */
	pauses?: Array<{ from: number; until: number; leftMs?: number }>;
}

/** The first tenth of a training is spent in the queue, the last tenth on deployment. */
export const QUEUE_SHARE = 0.1;
const DEPLOYMENT_SHARE = 0.9;

export function startJob(now: number, plan: TrainingPlan, defaultSeconds: number): TimedJob {
	return {
		startedAt: now,
		endsAt: now + (plan.seconds ?? defaultSeconds) * 1000,
		outcome: plan.outcome ?? Code.modelTrained,
		description: plan.description,
		details: plan.details,
	};
}

export function hasEnded(job: TimedJob, now: number) {
	return now >= job.endsAt;
}

export function trainingStatus(job: TimedJob, now: number): Message {
	if (hasEnded(job, now)) return endStatus(job);
	if (job.isBuild) return makeStatus(Code.modelBuilding);
	const progress = progressOf(job, now);
	const remaining = Number.isFinite(job.endsAt) ? Math.ceil((job.endsAt - now) / 1000) : 0;
	if (progress < QUEUE_SHARE) return makeStatus(Code.modelQueued, { time_remaining: remaining });
	return {
		code: Code.modelTraining,
		description:
			progress < DEPLOYMENT_SHARE
				? 'Training stage in progress: 0/1 complete.'
				: 'Deployment stage in progress: 3/4 complete.',
		percent_completed: Math.floor(((progress - QUEUE_SHARE) / (1 - QUEUE_SHARE)) * 100),
		time_remaining: remaining,
	};
}

export function endStatus(job: TimedJob): Message {
	return {
		code: job.outcome,
		description: job.description ?? describeCode(job.outcome),
		...(job.details && { details: job.details }),
	};
}

/** From 0 to 1. A job that never ends is past the queue after one second and then stands still. */
export function progressOf(job: TimedJob, now: number) {
	const elapsed = now - job.startedAt;
	if (!Number.isFinite(job.endsAt)) return elapsed < 1000 ? 0 : QUEUE_SHARE;
	return Math.max(0, elapsed / (job.endsAt - job.startedAt));
}
