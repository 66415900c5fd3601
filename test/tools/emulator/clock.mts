/** The emulator's time: real time plus what a test has advanced it by. */
export class Clock {
	#offsetMs = 0;

	now() {
		return Date.now() + this.#offsetMs;
	}

	/** Moves time on (or back, when negative) without waiting. */
	advance(ms: number) {
		this.#offsetMs += ms;
	}

	timestamp() {
		return toTimestamp(this.now());
	}
}

export function toTimestamp(ms: number) {
	return new Date(ms).toISOString();
}
