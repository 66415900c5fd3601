import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
	timeoutMs: number;
	signal: AbortSignal;
	everyMs?: number;
}

/** Waits until `check` answers with something true, and returns that. */
export async function until<T>(
	what: string,
	check: () => T | Promise<T>,
	{ timeoutMs, signal, everyMs = 200 }: Patience,
): Promise<Exclude<T, undefined | false>> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		signal.throwIfAborted();
		const found = await check();
		if (found) return found as Exclude<T, undefined | false>;
		if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs / 1000} seconds: ${what}`);
		await delay(everyMs, undefined, { signal });
	}
}
