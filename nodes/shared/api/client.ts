import { objectsAt, textAt, type JsonObject } from '../clarifai/json';
import { callInWords, type Call, type Path } from './call';
import { readCredential, type Access, type ClarifaiContext } from './credential';
import { ClarifaiFailure } from './failures';
import { backoffMs, MAX_TRIES } from './retries';
import { createdSince } from './serverTime';
import { cancelled, Transport, type RequestLimits } from './transport';
import { time, wait } from './time';

/** Clarifai's largest page. */
export const MAX_PAGE_SIZE = 1000;

/** The Date header counts whole seconds, and is as old as the answer was under way. */
const CLOCK_TOLERANCE_MS = 2_000;

/** How long a write that a stop interrupted gets to be carried out, before each look for it. */
const LOOKS_AFTER_STOP_MS = [250, 750, 1500];

/** What an earlier try of a write left behind. */
export interface EarlierTry {
	/** The server's time since when the write may have been carried out without a readable answer. */
	unclearSince?: number;
	/** What the write replaces, for its output: after the write it cannot be looked up. */
	before?: unknown;
}

type Traits = Pick<Call, 'patOnly'>;

/**
 * Clarifai as the nodes see it: calls, lists, writes that happen once, and what a run remembers. One
 * instance serves one run of a node, so that all its items share the rate limit and the memory.
 */
export class ClarifaiClient {
	readonly baseUrl: string;
	/** The user and the app of the credential. */
	readonly home: Access['home'];
	readonly signal: AbortSignal | undefined;
	private readonly once = new Map<string, Promise<unknown>>();
	private readonly turns = new Map<string, Promise<unknown>>();

	private constructor(
		private readonly transport: Transport,
		access: Access,
	) {
		this.baseUrl = access.baseUrl;
		this.home = access.home;
		this.signal = transport.signal;
	}

	/** @throws InputProblem when the credential's token or base URL cannot be used */
	static async connect(context: ClarifaiContext, limits: RequestLimits): Promise<ClarifaiClient> {
		const access = await readCredential(context);
		return new ClarifaiClient(new Transport(context, access, limits), access);
	}

	async get(path: Path, query?: Call['query'], traits: Traits = {}): Promise<JsonObject> {
		return await this.request({ method: 'GET', path, query, ...traits });
	}

	/**
	 * Carries out a call, repeating it where that is safe.
	 * @throws ClarifaiFailure
	 */
	async request(call: Call): Promise<JsonObject> {
		const result = await this.transport.attempt(call);
		if (result instanceof ClarifaiFailure) throw result;
		return result;
	}

	/**
	 * Sends one call after a stop, for ending at Clarifai what the execution had started.
	 * @returns whether Clarifai confirmed it
	 */
	async sendAfterStop(call: Call): Promise<boolean> {
		return await this.transport.sendAfterStop(call);
	}

	/**
	 * All objects of a list, page by page. Pages that bring nothing new end the list, so that a server
	 * that repeats a page cannot keep a node going for ever.
	 * @param key where the answer holds the list, such as `models`
	 */
	async list(
		path: Path,
		key: string,
		query: Call['query'] = {},
		traits: Traits = {},
	): Promise<JsonObject[]> {
		const all = new Map<string, JsonObject>();
		for (let page = 1; ; page++) {
			const pageQuery = { ...query, page, per_page: MAX_PAGE_SIZE };
			const found = await this.page(path, key, pageQuery, traits);
			const before = all.size;
			for (const entry of found)
				all.set(textAt(entry, 'id') ?? textAt(entry, 'name') ?? `#${all.size}`, entry);
			// Only the first page may end the list by being short: a later one can be short because
			// entries were deleted while the list was read.
			const isLast = page === 1 ? found.length < MAX_PAGE_SIZE : all.size === before;
			if (isLast) return [...all.values()];
		}
	}

	/** One page of a list, as the dropdowns read it. */
	async page(
		path: Path,
		key: string,
		query: Call['query'],
		traits: Traits = {},
	): Promise<JsonObject[]> {
		return objectsAt(await this.get(path, query, traits), key);
	}

	/** The result of `load`, which runs once per key in a run of the node, not once per item. */
	async cached<T>(key: string, load: () => Promise<T>): Promise<T> {
		let result = this.once.get(key) as Promise<T> | undefined;
		if (!result) {
			result = load();
			this.once.set(key, result);
			// A failure belongs to the item that met it; the next item may try again.
			result.catch(() => this.once.delete(key));
		}
		return await result;
	}

	/** Replaces what `cached` remembers, after a change; `undefined` to load it again. */
	remember(key: string, value: unknown): void {
		if (value === undefined) this.once.delete(key);
		else this.once.set(key, Promise.resolve(value));
	}

	/** Runs `work` after all earlier work under the same key: for writes whose order matters. */
	async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
		const before = this.turns.get(key) ?? Promise.resolve();
		const result = before.then(work, work);
		this.turns.set(key, result);
		try {
			return await result;
		} finally {
			if (this.turns.get(key) === result) this.turns.delete(key);
		}
	}

	/**
	 * Carries out a write that must not happen twice. When it is unclear whether it happened, `findDone`
	 * looks for its effect; only when there is none is the write sent again. `isOurs` tells it whether
	 * an object of Clarifai's was created since this write began, by the server's clock.
	 * @param earlier what an earlier try of the same write left unclear; it is kept up to date
	 * @returns the answer, or what `findDone` found
	 * @throws ClarifaiFailure
	 */
	async writeOnce<Found>(
		call: Call,
		findDone: (isOurs: (object: JsonObject) => boolean) => Promise<Found | undefined>,
		earlier: EarlierTry,
	): Promise<{ answer: JsonObject } | { found: Found }> {
		const inherited = earlier.unclearSince;
		const begun = time.now();
		// The server's clock may be known, or known to have jumped, only after the write's effect is looked up.
		const since = () => inherited ?? this.transport.serverTime(begun);
		const look = async () =>
			await findDone((object) => createdSince(object, since() - CLOCK_TOLERANCE_MS));
		let mayBeDone = inherited !== undefined;
		if (mayBeDone) {
			const found = await this.lookAgain(look, call);
			if (found !== undefined) return { found };
		}
		for (let tries = 1; ; tries++) {
			const result = await this.transport.attempt(call);
			if (!(result instanceof ClarifaiFailure)) return { answer: result };
			if (result.kind === 'unclear' || result.facts.sent) {
				mayBeDone = true;
				earlier.unclearSince = since();
			}
			if (result.kind === 'cancelled')
				return await this.foundAfterStop(result, mayBeDone ? look : undefined);
			// A refusal of a repeated write can be the echo of the first one, which was carried out.
			if (!mayBeDone) throw result;
			// The server may still be busy with the write that it did not answer.
			if (!(await wait(backoffMs(tries), this.signal)))
				return await this.foundAfterStop(result, look);
			const found = await this.lookAgain(look, call);
			if (found !== undefined) return { found };
			earlier.unclearSince = since();
			if (result.kind !== 'unclear' || tries >= MAX_TRIES) throw result;
		}
	}

	/** Looks for a write's effect; a failure to look says what is unknown now, not just that it failed. */
	private async lookAgain<Found>(
		look: () => Promise<Found | undefined>,
		write: Call,
	): Promise<Found | undefined> {
		const result = await look().catch((error: unknown) => error);
		if (!(result instanceof ClarifaiFailure)) {
			if (result instanceof Error) throw result;
			return result as Found | undefined;
		}
		if (result.kind === 'cancelled') return (await this.foundAfterStop(result, look)).found;
		throw new ClarifaiFailure({ ...result.facts, unknownWrite: callInWords(write) });
	}

	/**
	 * Whether a write that a stop interrupted was carried out all the same.
	 * @param look absent when it certainly was not
	 */
	private async foundAfterStop<Found>(
		interrupted: ClarifaiFailure,
		look: (() => Promise<Found | undefined>) | undefined,
	): Promise<{ found: Found }> {
		const found = await this.transport.afterStop(async () => {
			for (const ms of look ? LOOKS_AFTER_STOP_MS : []) {
				await time.sleep(ms);
				const done = await look?.().catch(() => undefined);
				if (done !== undefined) return done;
			}
			return undefined;
		});
		if (found !== undefined) return { found };
		throw cancelled(interrupted.facts.call);
	}
}
