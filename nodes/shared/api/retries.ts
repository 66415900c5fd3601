import type { FailureKind } from './failures';

/** Tries of one call, the first included. */
export const MAX_TRIES = 8;

/** Tries of one call may take this long together, in milliseconds. */
export const RETRY_BUDGET_MS = 5 * 60_000;

const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 15_000;
const MAX_RETRY_AFTER_MS = 60_000;

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
 * Milliseconds before the next try: Retry-After where the server gave it, capped; otherwise doubling
 * with each try, with jitter so that items that failed together do not come back together.
 */
export function backoffMs(tries: number, retryAfterMs?: number): number {
	if (retryAfterMs !== undefined) return Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
	const ceiling = Math.min(FIRST_BACKOFF_MS * 2 ** (tries - 1), MAX_BACKOFF_MS);
	return ceiling / 2 + Math.random() * (ceiling / 2);
}
