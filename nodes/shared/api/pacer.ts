import { onAbort, time, wait } from './time';

/**
 * Connections that one run of a node holds at once. n8n opens a connection for each request, and a
 * server at 15 requests a second with an answer time of one second keeps 15 of them busy.
 */
export const MAX_CONNECTIONS = 20;

/** A pause asked for by the server is followed, but never for longer than this. */
const MAX_PAUSE_MS = 60_000;

const SECOND_MS = 1000;

/**
 * Added to each second that is spent: requests reach the server later than they are sent, and not all
 * of them by the same time, so that one more than allowed would arrive within some seconds.
 */
const MARGIN_MS = 20;
const SPENT_MS = SECOND_MS + MARGIN_MS;

/** A request that starts late, because this computer was busy, delays the later ones by less than this. */
const CATCH_UP_MS = 30;

/** Kept of what the server let in at the time of a refusal, which leaves room for others. */
const SHARE = 0.95;

/** Kept when nearly the whole limit was let in: then a request was late, and nobody else is there. */
const SHARE_OF_ALL = 0.98;

/** How the rate grows back: by 5% in the first 15 seconds, eight times as much in twice that time. */
const GROWTH = 0.05;
const GROWTH_MS = 15_000;

/** However little the server lets in, it is asked this often. */
const MIN_RATE = 0.5;

/** How long starts are remembered: a refusal can only be held against what it remembers. */
const MEMORY_MS = 5_000;

/** That a server refused a request because there were too many. */
export interface Throttling {
	retryAfterMs?: number;
}

interface Start {
	at: number;
	throttled: boolean;
}

/**
 * Spends an allowance of requests per second evenly, over all items of one run of a node, and keeps
 * the number of requests under way bounded.
 *
 * A refused request slows down all items: to what the server let in during the second before, which
 * is what the limit leaves when other programs use the same account. From there the rate grows back,
 * slowly at first, so that a lasting limit is met seldom and a passing one is not kept for long.
 */
export class Pacer {
	/** Requests a second that may be sent at most. */
	private readonly limit: number;
	/** The rate after the latest refusal. */
	private slowed = Infinity;
	private slowedAt = -Infinity;
	private pausedUntil = 0;
	private nextStart = 0;
	private firstStart: number | undefined;
	private readonly starts: Start[] = [];
	private lastTurn: Promise<unknown> = Promise.resolve();
	private underWay = 0;
	/** When nothing is sent any more, on `time.now()`, so that nobody needs to wait for a turn. */
	private until = Infinity;
	private readonly queue: Array<() => void> = [];

	/** @param requestsPerSecond 0 for no limit */
	constructor(requestsPerSecond: number) {
		this.limit = requestsPerSecond > 0 ? requestsPerSecond : Infinity;
	}

	/**
	 * Runs `send` when its turn has come.
	 * @param throttling what a result says of the server's limit, if anything
	 * @param signal cuts the wait for the turn short
	 */
	async run<T>(
		send: () => Promise<T>,
		throttling: (result: T) => Throttling | undefined,
		signal?: AbortSignal,
	): Promise<T> {
		while (this.underWay >= MAX_CONNECTIONS && !signal?.aborted) await this.place(signal);
		this.underWay++;
		try {
			const start = await this.turn(signal);
			const result = await send();
			const throttled = throttling(result);
			if (throttled) this.slowDown(start, throttled);
			return result;
		} finally {
			this.underWay--;
			this.queue.shift()?.();
		}
	}

	/** A place among the connections, or the end of the wait for one. */
	private async place(signal?: AbortSignal): Promise<void> {
		let leave: () => void = () => undefined;
		await new Promise<void>((resolve) => {
			this.queue.push(resolve);
			if (signal) leave = onAbort(signal, resolve);
		});
		leave();
	}

	/**
	 * A pacer that goes on at the same pace, with connections of its own: those of this one may hang on a
	 * server that does not answer.
	 * @param until when the last request must have started
	 */
	continued(until: number): Pacer {
		const next = new Pacer(this.limit === Infinity ? 0 : this.limit);
		next.slowed = this.slowed;
		next.slowedAt = this.slowedAt;
		next.pausedUntil = this.pausedUntil;
		next.nextStart = this.nextStart;
		next.firstStart = this.firstStart;
		next.starts.push(...this.starts);
		next.until = until;
		return next;
	}

	/** One after the other, so that a pause or a new rate holds for everybody who still waits. */
	private async turn(signal?: AbortSignal): Promise<Start> {
		const turn = this.lastTurn.then(async () => {
			for (let due = this.due(); due > 0; due = this.due()) {
				const left = this.until - time.now();
				if (left <= 0 || !(await wait(Math.min(due, left), signal))) break;
			}
			return this.started();
		});
		this.lastTurn = turn;
		return await turn;
	}

	/** Milliseconds until the next request may start. */
	private due(): number {
		const spent = this.starts.at(-Math.max(1, Math.floor(this.limit)));
		const windowEnds = spent ? spent.at + SPENT_MS : 0;
		return Math.max(this.nextStart, this.pausedUntil, windowEnds) - time.now();
	}

	private started(): Start {
		const start = { at: time.now(), throttled: false };
		const interval = SPENT_MS / this.rate();
		this.nextStart = Math.max(this.nextStart, start.at - CATCH_UP_MS) + interval;
		this.firstStart ??= start.at;
		this.starts.push(start);
		while (this.starts[0].at < start.at - MEMORY_MS) this.starts.shift();
		return start;
	}

	private rate(): number {
		const grown = ((time.now() - this.slowedAt) / GROWTH_MS) ** 3 * GROWTH;
		return Math.min(this.slowed * (1 + grown), this.limit);
	}

	private slowDown(start: Start, { retryAfterMs }: Throttling): void {
		const now = time.now();
		start.throttled = true;
		const pauseEnded = this.pausedUntil;
		if (retryAfterMs !== undefined) this.pause(now + Math.min(retryAfterMs, MAX_PAUSE_MS));
		// What was sent before the latest slowing down says nothing about the rate since.
		if (start.at < this.slowedAt) return;
		const letIn = this.starts.filter(
			({ at, throttled }) => !throttled && at > start.at - SPENT_MS && at <= start.at,
		);
		// Of a rate below one a second, nothing can be read from one second.
		const seen = letIn.length + this.unseen(start);
		const share = seen > this.limit - 1 ? SHARE_OF_ALL : SHARE;
		// In a second that was partly a pause little was sent, so that little could be let in.
		const wasPaused = pauseEnded > start.at - SECOND_MS && this.rate() < Infinity;
		const least = wasPaused ? this.rate() / 2 : Math.min(this.rate() / 2, 1);
		const left = Math.max(seen * share, least, MIN_RATE);
		this.slowed = Math.min(left, this.rate());
		this.slowedAt = now;
		// Without Retry-After, until the first of what fills the server's second leaves it.
		if (retryAfterMs === undefined) {
			this.pause((letIn[0]?.at ?? now) + SPENT_MS);
		}
	}

	/** What would have been sent, at an even rate, in the part of the second that came before all starts. */
	private unseen({ at }: Start): number {
		const before = SPENT_MS - (at - (this.firstStart ?? at));
		return before > 0 && this.rate() < Infinity ? (before / SPENT_MS) * this.rate() : 0;
	}

	private pause(until: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, until);
	}
}
