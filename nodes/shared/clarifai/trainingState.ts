import { numberAt, objectAt, textAt, type JsonObject } from './json';
import { StatusCode, statusCodeOf } from './statusCodes';

/** Where a training stands, in the words of the nodes' outputs. */
export type TrainingStatus = 'queued' | 'training' | 'trained' | 'failed';

export interface TrainingState {
	status: TrainingStatus;
	/** Clarifai's code; absent when the answer had none. */
	code?: number;
	description: string;
	details?: string;
	/** 0 to 100, where Clarifai gives it. */
	percentCompleted?: number;
	/** Where Clarifai gives it. */
	secondsRemaining?: number;
}

/** The codes with which a training or a pipeline run can still end well by waiting. */
const WAITING: ReadonlyMap<number, TrainingStatus> = new Map<number, TrainingStatus>([
	[StatusCode.MODEL_UNTRAINED, 'queued'],
	[StatusCode.MODEL_QUEUED_FOR_TRAINING, 'queued'],
	[StatusCode.MODEL_TRAINING, 'training'],
	[StatusCode.MODEL_UPLOADING, 'training'],
	[StatusCode.MODEL_BUILDING, 'training'],
	[StatusCode.MODEL_QUEUED_FOR_DEPLOYMENT, 'training'],
	[StatusCode.MODEL_DEPLOYING, 'training'],
	[StatusCode.MODEL_BUSY_PLEASE_RETRY, 'training'],
	[StatusCode.MODEL_LOADING, 'training'],
	[StatusCode.JOB_QUEUED, 'queued'],
	[StatusCode.JOB_RUNNING, 'training'],
	[StatusCode.JOB_PAUSED, 'training'],
]);

/** MODEL_NOT_DEPLOYED is a trained version that was taken down later. */
const TRAINED: ReadonlySet<number> = new Set([
	StatusCode.MODEL_TRAINED,
	StatusCode.MODEL_NOT_DEPLOYED,
	StatusCode.JOB_COMPLETED,
]);

/** The codes with which a training or a pipeline run has ended badly. */
const FAILED: ReadonlySet<number> = new Set([
	StatusCode.MODEL_UPLOADING_FAILED,
	StatusCode.MODEL_TRAINING_FAILED,
	StatusCode.MODEL_BUILDING_FAILED,
	StatusCode.MODEL_BUILD_UNEXPECTED_ERROR,
	StatusCode.MODEL_TRAINING_NO_DATA,
	StatusCode.MODEL_TRAINING_NO_POSITIVES,
	StatusCode.MODEL_TRAINING_ONE_VS_N_SINGLE_CLASS,
	StatusCode.MODEL_TRAINING_TIMED_OUT,
	StatusCode.MODEL_TRAINING_WAITING_ERROR,
	StatusCode.MODEL_TRAINING_UNKNOWN_ERROR,
	StatusCode.MODEL_TRAINING_MSG_REDELIVER,
	StatusCode.MODEL_TRAINING_INSUFFICIENT_DATA,
	StatusCode.MODEL_TRAINING_INVALID_PARAMS,
	StatusCode.MODEL_TRAINING_INVALID_DATA_TOLERANCE_EXCEEDED,
	StatusCode.MODEL_DEPLOYMENT_FAILED,
	StatusCode.JOB_FAILED,
	StatusCode.JOB_CANCELLED,
	StatusCode.JOB_UNEXPECTED_ERROR,
	StatusCode.JOB_CONFLICT,
]);

/**
 * The state in a Clarifai `status` object of a model version or a pipeline run.
 * Only codes count: descriptions change (`clarifai/api/status/status_code.proto`). A code that is not
 * known, or none, counts as under way, as Clarifai's own SDK has it (`client/pipeline.py`): reporting a
 * training that goes on as failed would have it paid for again.
 */
export function trainingStateOf(status: JsonObject): TrainingState {
	const code = statusCodeOf(status.code);
	const state: TrainingState = {
		status: statusOf(code),
		code,
		description: textAt(status, 'description') ?? `Status ${textAt(status, 'code') ?? 'unknown'}`,
	};
	const details = textAt(status, 'details');
	if (details !== undefined) state.details = details;
	const percentCompleted = numberAt(status, 'percent_completed');
	if (percentCompleted !== undefined) state.percentCompleted = percentCompleted;
	const secondsRemaining = numberAt(status, 'time_remaining');
	if (secondsRemaining !== undefined) state.secondsRemaining = secondsRemaining;
	return state;
}

function statusOf(code: number | undefined): TrainingStatus {
	if (code === undefined) return 'queued';
	if (TRAINED.has(code)) return 'trained';
	return FAILED.has(code) ? 'failed' : (WAITING.get(code) ?? 'training');
}

/** The state of a pipeline run; 10000 is the legacy way in which one says that it has completed. */
export function runState(status: JsonObject): TrainingState {
	const state = trainingStateOf(status);
	return state.code === StatusCode.SUCCESS ? { ...state, status: 'trained' } : state;
}

export function versionState(modelVersion: JsonObject): TrainingState {
	return trainingStateOf(objectAt(modelVersion, 'status'));
}

export function hasEnded(state: TrainingState): boolean {
	return state.status === 'trained' || state.status === 'failed';
}
