import { sleep } from 'n8n-workflow';

/**
 * Time as the nodes know it. Whatever waits or measures goes through this object, so that a test can
 * put a time of its own in its place.
 */
export const time = {
	/** Milliseconds of a clock that never jumps. */
	now: (): number => performance.now(),
	/** Milliseconds since 1970, for dates that people or servers wrote. */
	date: (): number => Date.now(),
	/** Resolves after `ms` milliseconds; where n8n's `sleep` knows signals, the signal ends it early. */
	sleep: async (ms: number, signal?: AbortSignal): Promise<void> => await sleep(ms, signal),
};

/**
 * Waits `ms` milliseconds, or until the signal fires.
 *
 * n8n-workflow's own abortable sleeps come and go between versions, and community nodes may not use
 * timers of their own, so its `sleep` is raced against the signal.
 * @returns false when the wait was cut short
 */
export async function wait(ms: number, signal?: AbortSignal): Promise<boolean> {
	if (signal?.aborted) return false;
	if (ms <= 0) return true;
	if (!signal) {
		await time.sleep(ms);
		return true;
	}
	let stop: () => void = () => undefined;
	const stopped = new Promise<void>((resolve) => {
		stop = resolve;
		signal.addEventListener('abort', stop, { once: true });
	});
	try {
		await Promise.race([time.sleep(ms, signal).catch(() => undefined), stopped]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
	return !signal.aborted;
}
