import { ClarifaiFailure, type FailureFacts } from '../shared/api/failures';
import { StatusCode } from '../shared/clarifai/statusCodes';
import type { TrainingMethod } from '../shared/clarifai/trainingMethods';

const OTHER_METHOD: Record<TrainingMethod, string> = {
	deepFineTuning:
		"If this platform no longer trains model versions (Clarifai's hosted platform deprecated it in April 2026), set 'Training Method' to Pipeline Template",
	pipelineTemplate:
		"If this platform runs no training pipelines (self-hosted and older platforms do not), set 'Training Method' to Deep Fine-Tuning",
};

/** The codes with which a platform may say that it does not train this way, or not any more. */
const GONE: Record<TrainingMethod, ReadonlySet<number>> = {
	deepFineTuning: new Set([
		StatusCode.NOT_IMPLEMENTED,
		StatusCode.CONN_METHOD_NOT_ALLOWED,
		StatusCode.MODEL_INVALID_ARGUMENT,
		StatusCode.MODEL_INVALID_REQUEST,
	]),
	pipelineTemplate: new Set([
		StatusCode.NOT_IMPLEMENTED,
		StatusCode.CONN_METHOD_NOT_ALLOWED,
		StatusCode.PIPELINE_DOES_NOT_EXIST,
	]),
};

/** Does the work; its failure names the other method if it may mean that the platform lacks this one. */
export async function namingOtherMethod<T>(
	method: TrainingMethod,
	work: () => Promise<T>,
): Promise<T> {
	let failure: unknown;
	try {
		return await work();
	} catch (error) {
		failure = error;
	}
	throw withOtherMethod(failure, method);
}

function withOtherMethod(error: unknown, method: TrainingMethod): unknown {
	if (!(error instanceof ClarifaiFailure) || !mayBeGone(error.facts, method)) return error;
	const details = error.facts.details?.replace(/\.$/, '');
	return new ClarifaiFailure({
		...error.facts,
		details: [details, OTHER_METHOD[method]].filter(Boolean).join('. '),
	});
}

function mayBeGone({ code, call }: FailureFacts, method: TrainingMethod): boolean {
	// A look-up that finds nothing is about the resource; only the start of a training is about the method.
	if (code === StatusCode.CONN_DOES_NOT_EXIST) return call.startsWith('POST ');
	return code !== undefined && GONE[method].has(code);
}

/** A notice for a training that started by a method which its platform is about to give up. */
export function deprecationNotice(method: TrainingMethod, baseUrl: string): string | undefined {
	if (method !== 'deepFineTuning' || new URL(baseUrl).hostname !== 'api.clarifai.com') {
		return undefined;
	}
	return "Clarifai deprecated this training method on api.clarifai.com in April 2026. Set 'Training Method' to Pipeline Template before it ends.";
}
