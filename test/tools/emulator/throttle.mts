/**
 * A sliding window of one second: a request is let in while fewer than the limit were let in during
 * the second before it. Refused requests do not count. Runs on a clock that never jumps, as clients'
 * pauses do.
 */
export class Throttle {
	readonly #limit: number;
	#admittedAt: number[] = [];

	/** @param limit requests per second; 0 = no limit */
	constructor(limit: number) {
		this.#limit = limit;
	}

	get limit() {
		return this.#limit;
	}

	admits(now: number) {
		if (this.#limit === 0) return true;
		this.#admittedAt = this.#admittedAt.filter((at) => at > now - 1000);
		if (this.#admittedAt.length >= this.#limit) return false;
		this.#admittedAt.push(now);
		return true;
	}
}
