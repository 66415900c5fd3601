/** Writes that the gateway has given up on and that are carried out some time later. */
export class LateWrites {
	readonly #waiting: Array<{ due: number; carryOut: () => void }> = [];

	add(due: number, carryOut: () => void) {
		this.#waiting.push({ due, carryOut });
		this.#waiting.sort((one, other) => one.due - other.due);
	}

	/** Takes out the next one that was due by then. */
	next(now: number) {
		return this.#waiting[0] && this.#waiting[0].due <= now ? this.#waiting.shift() : undefined;
	}
}
