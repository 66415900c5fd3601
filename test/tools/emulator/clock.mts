import { setTimeout as delay } from 'node:timers/promises';

/** The time an emulator lives in. A test may give it one that passes without anybody waiting. */
export interface Time {
	/** Milliseconds since 1970. */
	date(): number;
	/** Milliseconds of a clock that never jumps; only their differences mean something. */
	now(): number;
	sleep(ms: number): Promise<void>;
}

export const realTime: Time = {
	date: () => Date.now(),
	// From 1970 as well, so that several processes can compare theirs.
	now: () => performance.timeOrigin + performance.now(),
	sleep: async (ms) => await delay(ms),
};

/** The emulator's own clock: the time it lives in plus what a test has advanced it by. */
export class Clock {
	#offsetMs = 0;
	#held: number | undefined;

	constructor(private readonly time: Time = realTime) {}

	now() {
		return this.#held ?? this.time.date() + this.#offsetMs;
	}

	/** Moves time on (or back, when negative) without waiting. */
	advance(ms: number) {
		this.#offsetMs += ms;
	}

	/** Does some work as if it were done at another moment. */
	at<T>(moment: number, work: () => T): T {
		this.#held = moment;
		try {
			return work();
		} finally {
			this.#held = undefined;
		}
	}

	timestamp() {
		return toTimestamp(this.now());
	}
}

let written = { ms: NaN, text: '' };

/** Thousands of objects are given to an emulator in one moment: that is written once. */
export function toTimestamp(ms: number) {
	if (ms !== written.ms) written = { ms, text: new Date(ms).toISOString() };
	return written.text;
}
