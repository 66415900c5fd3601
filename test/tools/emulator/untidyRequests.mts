import type { Fault, FaultTarget } from './faults.mts';
import type { Untidy } from './untidiness.mts';

/** How much later Clarifai has done what the gateway gave up on. */
const LATE_SECONDS = { min: 0.5, max: 5 };

const RETRY_AFTER = { zero: 0, past: 'past', absent: undefined } as const;

/** What the plan does to a request, in the words of `faults.mts`. */
export function untidyFault({ plan, random }: Untidy, { method }: FaultTarget): Fault | undefined {
	const { throttled, hanging, gatewayTimeouts } = plan;
	if (throttled && random.next() < throttled.share) {
		return { kind: 'throttle', retryAfter: RETRY_AFTER[throttled.retryAfter] };
	}
	if (hanging && random.next() < hanging.share) {
		return { kind: 'hang', carriedOut: random.next() < (hanging.carriedOut ?? 0.5) };
	}
	if (gatewayTimeouts && method !== 'GET' && random.next() < gatewayTimeouts.share) {
		const isLost = random.next() < (gatewayTimeouts.lost ?? 0);
		const seconds = LATE_SECONDS.min + random.next() * (LATE_SECONDS.max - LATE_SECONDS.min);
		return {
			kind: 'http504',
			html: gatewayTimeouts.html,
			carriedOutAfterSeconds: isLost ? undefined : seconds,
		};
	}
	return undefined;
}
