import type { Time } from './clock.mts';

/** What has come in while the emulator worked waits where a server keeps it, so that the line goes on. */
const KEPT_MS = 250;

/** Below this, a timer would be off by more than it waits. */
const LEAST_WAIT_MS = 5;

/** The line to the server, over which all large bodies come, one byte after the other. */
export class Line {
	/** When what came in so far would have come in, on `time.now()`. */
	#busyUntil = -Infinity;

	/** @param bytesPerSecond 0 = as fast as this computer is */
	constructor(
		private readonly time: Time,
		private readonly bytesPerSecond: number,
	) {}

	/** Ends when so many bytes more have come in. */
	async carry(bytes: number): Promise<void> {
		if (this.bytesPerSecond === 0) return;
		const now = this.time.now();
		const took = (bytes / this.bytesPerSecond) * 1000;
		this.#busyUntil = Math.max(this.#busyUntil, now - KEPT_MS) + took;
		if (this.#busyUntil - now >= LEAST_WAIT_MS) await this.time.sleep(this.#busyUntil - now);
	}
}
