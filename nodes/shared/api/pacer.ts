import { wait } from './wait';

/**
 * Connections that one run of a node holds at once. n8n opens a connection for each request, and a
 * server at 15 requests a second with an answer time of one second keeps 15 of them busy.
 */
export const MAX_CONNECTIONS = 20;

/** A pause asked for by the server is followed, but never for longer than this. */
const MAX_PAUSE_MS = 60_000;
const DEFAULT_PAUSE_MS = 1_000;

/**
 * Spends an allowance of requests per second evenly, over all items of one run of a node, and keeps
 * the number of requests under way bounded. A throttled answer slows down everybody: the requests of
 * all items wait until the pause is over.
 */
export class Pacer {
	private readonly intervalMs: number;
	private nextStart = 0;
	private pauses = 0;
	private underWay = 0;
	private readonly queue: Array<() => void> = [];

	/** @param requestsPerSecond 0 for no limit */
	constructor(
		requestsPerSecond: number,
		private readonly signal?: AbortSignal,
	) {
		this.intervalMs = requestsPerSecond > 0 ? 1000 / requestsPerSecond : 0;
	}

	/** Runs `send` when its turn has come. */
	async run<T>(send: () => Promise<T>): Promise<T> {
		while (this.underWay >= MAX_CONNECTIONS) {
			await new Promise<void>((resolve) => this.queue.push(resolve));
		}
		this.underWay++;
		try {
			await this.turn();
			return await send();
		} finally {
			this.underWay--;
			this.queue.shift()?.();
		}
	}

	/** Holds back all requests that have not started yet, after an answer that asked for it. */
	pause(ms: number = DEFAULT_PAUSE_MS): void {
		this.nextStart = Math.max(this.nextStart, performance.now() + Math.min(ms, MAX_PAUSE_MS));
		this.pauses++;
	}

	private async turn(): Promise<void> {
		for (;;) {
			const pauses = this.pauses;
			const start = Math.max(this.nextStart, performance.now());
			this.nextStart = start + this.intervalMs;
			if (!(await wait(start - performance.now(), this.signal))) return;
			// A pause that began in the meantime holds for this request too: queue again behind it.
			if (pauses === this.pauses) return;
		}
	}
}
