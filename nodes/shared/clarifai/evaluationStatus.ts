import { StatusCode } from './statusCodes';

export type EvaluationStatus = 'evaluating' | 'evaluated' | 'failed';

/** 21310 to 21319; and a version that is not evaluated will not be without being asked. */
export function evaluationStatusOf(code: number | undefined): EvaluationStatus {
	if (code === StatusCode.MODEL_EVALUATED) return 'evaluated';
	const isFailed = code !== undefined && code >= 21_310 && code <= 21_319;
	return isFailed || code === StatusCode.MODEL_NOT_EVALUATED ? 'failed' : 'evaluating';
}
