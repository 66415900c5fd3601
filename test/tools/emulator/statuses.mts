import type { Message } from './message.mts';

/** The status codes the emulator itself answers with; any other code may be planned or injected. */
export const Code = {
	success: 10000,
	mixed: 10010,
	failure: 10020,
	notImplemented: 10040,
	accepted: 10070,
	throttled: 11005,
	insufficientScopes: 11007,
	keyInvalid: 11008,
	keyNotFound: 11009,
	badRequestFormat: 11100,
	doesNotExist: 11101,
	invalidRequest: 11102,
	methodNotAllowed: 11103,
	modelTrained: 21100,
	modelTraining: 21101,
	modelQueued: 21103,
	modelBuilding: 21107,
	modelBuildingFailed: 21108,
	trainingFailed: 21106,
	trainingNoData: 21110,
	trainingNoPositives: 21111,
	trainingInvalidParams: 21118,
	modelDoesNotExist: 21200,
	modelPermissionDenied: 21201,
	modelInvalidArgument: 21202,
	modelEvaluated: 21300,
	workflowRequiresTrainedModel: 22002,
	workflowDuplicate: 22100,
	workflowDoesNotExist: 22102,
	workflowInvalidArgument: 22104,
	workflowInvalidGraph: 22107,
	nodepoolInvalidArgument: 25701,
	pipelineDoesNotExist: 26300,
	pipelineInvalidArgument: 26301,
	inputSuccess: 30000,
	duplicate: 40010,
	jobQueued: 64000,
	jobRunning: 64001,
	jobCompleted: 64002,
	jobFailed: 64003,
	jobCancelled: 64004,
	jobPaused: 64008,
	datasetVersionReady: 64015,
	internalServerIssue: 98004,
} as const;

/** Texts as captured from Clarifai where there is a capture, else after the comments in the protos. */
const DESCRIPTIONS: Record<number, string> = {
	10000: 'Ok',
	10010: 'Mixed Success',
	10020: 'Failure',
	10040: 'Not implemented',
	10070: 'Accepted',
	11005: 'Making too many requests',
	11007: 'API key has insufficient scopes/permissions',
	11008: 'Invalid API key or Invalid API key/application pair',
	11009: 'API key not found',
	11100: 'Bad request format',
	11101: 'Resource does not exist',
	11102: 'Invalid request',
	11103: 'Method not allowed',
	21100: 'Model is trained and ready',
	21101: 'Model is currently training',
	21102: 'Model not yet trained',
	21103: 'Model is currently in queue for training.',
	21106: 'Model training failed',
	21107: 'Model is currently being built',
	21108: 'Failed to build image for model',
	21110: 'Model training had no data',
	21111: 'Model training had no positive examples',
	21112: 'Model training was one-vs-n but with a single class',
	21113: 'Model training timed out',
	21115: 'Model training had an unknown error',
	21117: 'Model training had insufficient data',
	21118: 'Model training had invalid parameters',
	21119: 'Model training was stopped because too much data was dropped',
	21200: 'Model does not exist',
	21201: 'Model permission denied',
	21202: 'Invalid model argument',
	21203: 'Invalid model request',
	21300: 'Model was successfully evaluated.',
	22002: 'New model in workflow needs to be trained',
	22100: 'Duplicate URL in your application',
	22102: 'Workflow does not exist',
	22104: 'Invalid workflow argument',
	22107: 'Workflow graph is invalid',
	25701: 'Invalid nodepool argument',
	26300: 'Pipeline does not exist',
	26301: 'Invalid pipeline argument',
	30000: 'Download complete',
	40010: 'Object has a duplicate ID; another object with same ID already exist',
	64000: 'Job queued',
	64001: 'Job running',
	64002: 'Job completed',
	64003: 'Job failed',
	64004: 'Job cancelled',
	64008: 'Job paused',
	64015: 'Dataset version is ready',
	98004: 'Internal server issue',
};

/** 401 for keys is captured, 404 for a missing model was seen; the other HTTP codes are assumed. */
const HTTP_STATUSES: Record<number, number> = {
	10000: 200,
	10010: 200,
	10040: 501,
	11005: 429,
	11007: 403,
	11008: 401,
	11009: 401,
	11101: 404,
	11103: 405,
	21200: 404,
	21201: 403,
	22102: 404,
	26300: 404,
	98004: 500,
};

export function describeCode(code: number) {
	return DESCRIPTIONS[code] ?? `Status ${code}`;
}

export function httpStatusOf(code: number) {
	return HTTP_STATUSES[code] ?? 400;
}

export function makeStatus(code: number, more: Message = {}): Message {
	return { code, description: describeCode(code), ...more };
}

/** A refusal in Clarifai's form. */
export class ApiError extends Error {
	readonly status: Message;
	readonly httpStatus: number;

	constructor(
		readonly code: number,
		details: string,
		/** The rest of the answer, for refusals that tell about single items. */
		readonly answer: Message = {},
	) {
		super(`${code}: ${details}`);
		this.status = makeStatus(code, { details });
		this.httpStatus = httpStatusOf(code);
	}
}
