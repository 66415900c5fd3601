import type { Call } from './call.mts';
import type { Message } from './message.mts';
import { ApiError, Code } from './statuses.mts';

/** What became of one entry of a request: what is shown of it, with a status of its own. */
export interface ItemResult {
	shown: Message;
	failed: boolean;
}

/**
 * The answer to a request with many entries: Success, Failure when none was carried out, or else Mixed
 * Success.
 */
export function answerItems(
	call: Call,
	field: string,
	results: ItemResult[],
	more: Message = {},
): Message {
	const answer = { [field]: results.map(({ shown }) => shown), ...more };
	if (results.every(({ failed }) => !failed)) return answer;
	if (results.every(({ failed }) => failed)) throw new ApiError(Code.failure, '', answer);
	throw new ApiError(Code.mixed, '', answer, call.world.dataSettings.mixedHttpStatus);
}
