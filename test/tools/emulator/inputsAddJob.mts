import { toTimestamp } from './clock.mts';
import { inputStatus, isProcessed } from './inputProcessing.mts';
import type { InputState } from './inputState.mts';
import type { Message } from './message.mts';
import { Code, makeStatus } from './statuses.mts';
import { hasEnded } from './training.mts';

/** What has become of the inputs of one or several requests that name the same job. */
export interface InputsAddJobState {
	readonly id: string;
	readonly createdAt: number;
	modifiedAt: number;
	/** The inputs that were added; those that were refused are not counted. */
	readonly inputs: InputState[];
	isCancelled: boolean;
}

export function startAddJob(id: string, now: number): InputsAddJobState {
	return { id, createdAt: now, modifiedAt: now, inputs: [], isCancelled: false };
}

/** Inputs that still wait are given up, the others stay as they are: assumed. */
export function cancelAddJob(job: InputsAddJobState, now: number) {
	job.isCancelled = true;
	job.modifiedAt = now;
	for (const input of job.inputs) {
		if (inputStatus(input, now).code !== Code.inputPending) continue;
		const details = 'the job was cancelled';
		input.processing = { ...input.processing, endsAt: now, outcome: Code.inputFailed, details };
	}
}

export function showAddJob(job: InputsAddJobState, now: number): Message {
	const codes = job.inputs.map((input) => inputStatus(input, now).code as number);
	const count = (code: number) => codes.filter((one) => one === code).length;
	const pending = count(Code.inputPending);
	const inProgress = count(Code.inputInProgress);
	const succeeded = job.inputs.filter((input) => isProcessed(input, now)).length;
	const failed = codes.length - pending - inProgress - succeeded;
	const isOver = job.inputs.every(({ processing }) => hasEnded(processing, now));
	return {
		id: job.id,
		status: makeStatus(
			job.isCancelled ? Code.jobCancelled : isOver ? Code.jobCompleted : Code.jobRunning,
		),
		progress: {
			pending_count: pending,
			in_progress_count: inProgress,
			success_count: succeeded,
			failed_count: failed,
		},
		created_at: toTimestamp(job.createdAt),
		modified_at: toTimestamp(Math.max(job.modifiedAt, lastChange(job, now))),
	};
}

function lastChange(job: InputsAddJobState, now: number) {
	const ends = job.inputs.map(({ processing }) => processing.endsAt).filter((end) => end <= now);
	return ends.reduce((latest, end) => Math.max(latest, end), 0);
}
