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
	const ended = new AbortController();
	let leave: () => void = () => undefined;
	const stopped = new Promise<void>((resolve) => {
		leave = onAbort(signal, () => {
			ended.abort(signal.reason);
			resolve();
		});
	});
	try {
		await Promise.race([time.sleep(ms, ended.signal).catch(() => undefined), stopped]);
	} finally {
		leave();
	}
	return !signal.aborted;
}

/** Those who listen to one signal, as one listener of it. */
class Listeners {
	private static readonly ofSignal = new WeakMap<AbortSignal, Listeners>();
	private readonly callbacks = new Set<() => void>();

	static of(signal: AbortSignal): Listeners {
		const known = Listeners.ofSignal.get(signal) ?? new Listeners(signal);
		Listeners.ofSignal.set(signal, known);
		return known;
	}

	private constructor(private readonly signal: AbortSignal) {}

	add(callback: () => void) {
		if (this.callbacks.size === 0) this.signal.addEventListener('abort', this.fire);
		this.callbacks.add(callback);
	}

	delete(callback: () => void) {
		this.callbacks.delete(callback);
		if (this.callbacks.size === 0) this.signal.removeEventListener('abort', this.fire);
	}

	private readonly fire = () => {
		for (const callback of [...this.callbacks]) {
			this.delete(callback);
			callback();
		}
	};
}

/**
 * Calls back once when the signal fires. Node.js warns of more than ten listeners on one signal, and a
 * run has as many as it has items that wait: one listens for all.
 * @returns what ends the listening
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
	const listeners = Listeners.of(signal);
	listeners.add(callback);
	return () => listeners.delete(callback);
}
