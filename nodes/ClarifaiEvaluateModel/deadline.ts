import type { WaitOptions } from '../shared/api/jobs';
import { time } from '../shared/api/time';

/** The wait that the user allows ran out; the message says how far it came. */
export class WaitRanOut extends Error {}

/** Until when an evaluation by predictions may go on, with all that it waits for. */
export class Deadline {
	private readonly at: number;

	constructor(private readonly wait: WaitOptions) {
		this.at = time.now() + wait.timeoutMs;
	}

	/** What is left, for a part of the work. */
	left(): WaitOptions {
		return { ...this.wait, timeoutMs: Math.max(0, this.at - time.now()) };
	}

	/** @throws WaitRanOut */
	check(howFar: () => string): void {
		if (this.left().timeoutMs === 0) throw new WaitRanOut(`The wait ran out: ${howFar()}`);
	}
}
