/** A seeded generator (mulberry32), so that IDs and injected faults are the same in every run. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** A number from 0 up to, but not including, 1. */
	next() {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = this.#state;
		mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** 32 hex digits: the form of Clarifai's version and request IDs. */
	hexId() {
		return Array.from({ length: 32 }, () => Math.floor(this.next() * 16).toString(16)).join('');
	}
}
