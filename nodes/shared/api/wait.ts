import { sleep } from 'n8n-workflow';

/**
 * Waits `ms` milliseconds, or until the signal fires.
 *
 * n8n-workflow's own abortable sleeps come and go between versions, and community nodes may not use
 * timers of their own, so its `sleep` is raced against the signal. Where it knows signals, it also
 * takes its timer away.
 * @returns false when the wait was cut short
 */
export async function wait(ms: number, signal?: AbortSignal): Promise<boolean> {
	if (signal?.aborted) return false;
	if (ms <= 0) return true;
	if (!signal) {
		await sleep(ms);
		return true;
	}
	let stop: () => void = () => undefined;
	const stopped = new Promise<void>((resolve) => {
		stop = resolve;
		signal.addEventListener('abort', stop, { once: true });
	});
	try {
		await Promise.race([sleep(ms, signal).catch(() => undefined), stopped]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
	return !signal.aborted;
}
