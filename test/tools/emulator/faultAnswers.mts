import type { Type } from 'protobufjs';
import type { Answer, Answers } from './answers.mts';
import { htmlPage } from './answers.mts';
import type { Fault } from './faults.mts';
import { hasItemStatus, withItemStatus } from './itemStatus.mts';
import type { Message } from './message.mts';
import { ApiError, Code, makeStatus } from './statuses.mts';

/** What becomes of a request: an answer, a destroyed connection, or nothing at all. */
export type Outcome = Answer | 'reset' | 'hang';

/** For faults that keep a request from being carried out: what happens instead. */
export function insteadOfCarryingOut(
	fault: Fault,
	answers: Answers,
	type: Type,
): Outcome | undefined {
	const serverError = (httpStatus: number) =>
		answers.make(type, httpStatus, failureStatus(fault, Code.internalServerIssue), {});
	switch (fault.kind) {
		case 'throttle':
			return throttledAnswer(answers, type, 15, retryAfterHeader(fault.retryAfter));
		case 'http500':
			return serverError(500);
		case 'http502html':
			return htmlPage(502, 'Bad Gateway');
		case 'http503':
			return serverError(503);
		case 'http504':
			return fault.html ? htmlPage(504, 'Gateway Timeout') : serverError(504);
		case 'okWithFailureStatus':
			return answers.make(type, 200, failureStatus(fault, Code.failure), {});
		case 'failure10020':
			return allItemsFailed(fault, answers, type);
		case 'resetBefore':
			return 'reset';
		case 'hang':
			return fault.carriedOut ? undefined : 'hang';
		default:
			return undefined;
	}
}

/** For faults that spoil the answer of a request that has been carried out. */
export function spoilAnswer(fault: Fault, answer: Answer): Outcome {
	const half = answer.body.slice(0, Math.floor(answer.body.length / 2));
	switch (fault.kind) {
		case 'resetAfter':
			return 'reset';
		case 'hang':
			return 'hang';
		case 'emptyBody':
			return { ...answer, body: '' };
		case 'truncatedJson':
			return fault.fullLength ? brokenOff(answer, half) : { ...answer, body: half };
		default:
			return answer;
	}
}

/** The reason is in the item's status, or at the top where the items of the call have none. */
function allItemsFailed(fault: Fault, answers: Answers, type: Type): Answer {
	const itemStatus = failureStatus(fault, Code.modelInvalidArgument);
	const details = hasItemStatus(type) ? undefined : (fault.details ?? itemStatus.description);
	const status = makeStatus(Code.failure, { details });
	return answers.make(type, 400, status, withItemStatus(type, {}, itemStatus));
}

/** "Mixed Success": carried out, but the last item says that it failed. */
export function mixedAnswer(fault: Fault, answers: Answers, type: Type, message: Message) {
	const itemStatus = failureStatus(fault, Code.modelInvalidArgument);
	return answers.make(type, 200, makeStatus(Code.mixed), withItemStatus(type, message, itemStatus));
}

export function throttledAnswer(
	answers: Answers,
	type: Type,
	limit: number,
	retryAfter: number | string | undefined,
): Answer {
	const error = new ApiError(Code.throttled, `exceeded limit of ${limit} requests per second`);
	const answer = answers.refusal(type, error);
	if (retryAfter === undefined) return answer;
	return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfter) } };
}

function retryAfterHeader(retryAfter: Fault['retryAfter']) {
	return retryAfter === 'past' ? new Date(0).toUTCString() : retryAfter;
}

function brokenOff(answer: Answer, body: Answer['body']): Answer {
	const length = String(Buffer.byteLength(answer.body));
	return {
		...answer,
		body,
		breakOff: true,
		headers: { ...answer.headers, 'content-length': length },
	};
}

function failureStatus(fault: Fault, code: number): Message {
	return makeStatus(fault.code ?? code, fault.details ? { details: fault.details } : {});
}
