import type { InputState, StoredMedia } from './inputState.mts';
import type { Message } from './message.mts';
import { Code, makeStatus } from './statuses.mts';
import { endStatus, hasEnded, progressOf, startJob } from './training.mts';

/** How the processing of an input shall go; what is left out takes its normal course. */
export interface InputPlan {
	/** The status code it ends with; default 30000, processed. */
	outcome?: number;
	description?: string;
	details?: string;
	/** How long it takes; Infinity for an input that is never processed. */
	seconds?: number;
}

/** Which inputs a plan is for: an ID, or what the request says of the input, large bytes as LargeBase64. */
export type PlannedInput = string | ((input: Message) => boolean);

/** The first half of the time an input waits, the second half it is being read. */
const WAITING_SHARE = 0.5;

export function startProcessing(now: number, plan: InputPlan, defaultSeconds: number) {
	return startJob(now, { outcome: Code.inputSuccess, ...plan }, defaultSeconds);
}

/**
 * The plan of a test, or else what becomes of media that cannot be read. That this shows only after the
 * request, on the input, is documented for URLs and assumed for bytes.
 */
export function planOf(
	plans: ReadonlyMap<PlannedInput, InputPlan>,
	input: Message,
	media: StoredMedia,
): InputPlan {
	const planned = plans.get(input.id);
	if (planned) return planned;
	for (const [which, plan] of plans) {
		if (typeof which === 'function' && which(input)) return plan;
	}
	return naturalPlan(media);
}

function naturalPlan({ kind, url, format, size }: StoredMedia): InputPlan {
	if (url !== undefined) {
		// Top-level domain that never resolves, RFC 2606; the words are those of a captured answer.
		const isReachable = !new URL(url).hostname.endsWith('.invalid');
		if (isReachable) return {};
		return failure(`404 Client Error: Not Found for url: ${url}`);
	}
	if (kind === 'text' || format !== undefined) return {};
	return failure(`cannot identify the ${kind} in ${size} bytes`);
}

function failure(details: string): InputPlan {
	return { outcome: Code.inputFailed, details };
}

export function inputStatus({ processing }: InputState, now: number): Message {
	if (hasEnded(processing, now)) return endStatus(processing);
	const isWaiting = progressOf(processing, now) < WAITING_SHARE;
	return makeStatus(isWaiting ? Code.inputPending : Code.inputInProgress);
}

export function isProcessed({ processing }: InputState, now: number) {
	return hasEnded(processing, now) && processing.outcome === Code.inputSuccess;
}
