import type { FailureKind } from './failures';

/** Every number of trying again and of looking again, in milliseconds where it is a time. */

/**
 * Tries of one call, the first included. Those refused because there were too many requests do not count:
 * they were not carried out, and which of all items they hit is chance.
 */
export const MAX_TRIES = 8;

/** The same for a list in the editor, refused ones included: somebody waits for it, and can ask again. */
export const EDITOR_TRIES = 3;

/** Tries of one call may take this long together. */
export const RETRY_BUDGET_MS = 5 * 60_000;

const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 15_000;

/** A pause asked for by the server is followed, but never for longer than this. */
export const MAX_RETRY_AFTER_MS = 60_000;

/**
 * The pauses before each look for a write whose answer was lost. A gateway gives up while the platform
 * still works (seconds), and a list may show an object later than it was made (up to 20 seconds): only
 * what none of these looks has found may be sent again.
 */
export const LOOK_PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/** The same for what cannot be made twice anyway, because its ID is chosen by the caller. */
export const LOOK_PAUSES_UNIQUE_MS = [250, 1_000];

/** A write that stays without a readable answer is sent this often, each time after all the looks. */
export const MAX_SENDS = 3;

/** After a stop or a failure of the node: pauses before each look, and the time for all that is still sent. */
export const LOOK_PAUSES_AFTER_END_MS = [250, 750, 1_500, 3_000, 5_000];
export const TIME_AFTER_END_MS = 20_000;

/** Between two looks at a job: growing from the first up to the interval that the user has chosen. */
export const FIRST_INTERVAL_MS = 2_000;
export const INTERVAL_GROWTH = 1.5;

/** Between two tries of a model that is not ready yet. */
export const FIRST_MODEL_PAUSE_MS = 2_000;
export const MODEL_PAUSE_GROWTH = 1.5;
export const LONGEST_MODEL_PAUSE_MS = 15_000;

/** For how long a completed run's version may be missing before it counts as not made. */
export const VERSION_MISSING_MS = 120_000;

/** The same by Clarifai's time of the run's end, whose clock may differ from this computer's. */
export const VERSION_MISSING_LONG_MS = 15 * 60_000;

/** A job that was just started may not be found for a while: its list or its shard is late. */
export const MISSING_TOLERATED_MS = 120_000;

/**
 * Whether a failed call may be sent again as it is. What may have been carried out already may only
 * be repeated where that changes nothing; other writes have to be looked up first.
 */
export function mayRepeat(kind: FailureKind, repeatable: boolean): boolean {
	switch (kind) {
		case 'throttled':
		case 'busy':
		case 'unreachable':
			return true;
		case 'unclear':
			return repeatable;
		case 'refused':
		case 'cancelled':
			return false;
	}
}

/**
 * Milliseconds before the next try: doubling with each try, with jitter so that items that failed
 * together do not come back together; and never sooner than Retry-After says, which is capped.
 */
export function backoffMs(tries: number, retryAfterMs = 0): number {
	const ceiling = Math.min(FIRST_BACKOFF_MS * 2 ** (tries - 1), MAX_BACKOFF_MS);
	const own = ceiling / 2 + Math.random() * (ceiling / 2);
	return Math.max(own, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
}
