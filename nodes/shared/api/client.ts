import {
	sleep,
	type IExecuteFunctions,
	type IHttpRequestMethods,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
	type IPollFunctions,
} from 'n8n-workflow';
import type { AppScope } from '../clarifai/identifiers';
import { objectsAt, textAt, type JsonObject } from '../clarifai/json';
import { InputProblem } from '../clarifai/problems';
import { ClarifaiFailure, readAnswer, readNetworkError, type HttpAnswer } from './failures';
import { Pacer, type Throttling } from './pacer';
import { createdSince } from './serverTime';
import { backoffMs, MAX_TRIES, mayRepeat, RETRY_BUDGET_MS } from './retries';
import { wait } from './wait';

export const CREDENTIAL = 'clarifaiApi';

export interface RequestLimits {
	/** 0 for no limit. */
	requestsPerSecond: number;
	/** How long one request may take, in milliseconds. */
	timeoutMs: number;
	/** Tries of one call, unless the call says otherwise. */
	maxTries?: number;
}

/** 15 requests a second is Clarifai's documented limit for all plans. */
export const DEFAULT_LIMITS: RequestLimits = { requestsPerSecond: 15, timeoutMs: 60_000 };

/** Somebody waits in front of a list, and can ask for it again. */
export const EDITOR_LIMITS: RequestLimits = { ...DEFAULT_LIMITS, timeoutMs: 20_000, maxTries: 3 };

/** Clarifai's largest page. */
export const MAX_PAGE_SIZE = 1000;

/** The Date header counts whole seconds, and is as old as the answer was under way. */
const CLOCK_TOLERANCE_MS = 2_000;

/** How long a write that a stop interrupted gets to be carried out, before each look for it. */
const LOOKS_AFTER_STOP_MS = [250, 750, 1500];

/** Look-ups after a stop are few, so that n8n can shut down within its 30 seconds. */
const TRIES_AFTER_STOP = 4;

/** A stop is to take effect within a second, so a call that ends a training is repeated quickly or not at all. */
const CANCEL_TRIES = 3;
const CANCEL_PAUSE_MS = 200;

/** What an earlier try of a write left behind. */
export interface EarlierTry {
	/** The server's time since when the write may have been carried out without a readable answer. */
	unclearSince?: number;
	/** What the write replaces, for its output: after the write it cannot be looked up. */
	before?: unknown;
}

export type ClarifaiContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** Where a call goes: path segments after `/v2`, each encoded on the way out. */
export type Path = readonly string[];

export interface Call {
	method: IHttpRequestMethods;
	path: Path;
	query?: Record<string, string | number | boolean>;
	body?: JsonObject;
	/** The endpoint takes personal access tokens only. */
	patOnly?: boolean;
	/** A write that has the same effect when it is carried out twice. */
	repeatable?: boolean;
	/** Fewer tries than usual, for a caller that comes back by itself. */
	maxTries?: number;
}

type Traits = Pick<Call, 'patOnly'>;

/** The path of something that belongs to an app. */
export function inApp(scope: AppScope, ...segments: string[]): Path {
	return ['users', scope.userId, 'apps', scope.appId, ...segments];
}

/**
 * The package's one way to Clarifai: every request of every node, list and trigger goes through
 * `send`. One instance serves one run of a node, so that all its items share the rate limit.
 */
export class ClarifaiClient {
	private readonly pacer: Pacer;
	private readonly once = new Map<string, Promise<unknown>>();
	private readonly turns = new Map<string, Promise<unknown>>();
	/**
	 * The server's time at `performance.now()` 0: a monotonic clock, because the host's can jump. The
	 * server's can jump too, so this is the earliest that its answers have told: nothing that is made
	 * from now on may look older than it is.
	 */
	private serverEpoch: number | undefined;
	/** Look-ups under way after a stop, which n8n's authenticated requests would refuse. */
	private lookingAfterStop = 0;

	private constructor(
		private readonly context: ClarifaiContext,
		readonly baseUrl: string,
		private readonly token: string,
		/** The user and the app of the credential. */
		readonly home: { userId: unknown; appId: unknown },
		private readonly limits: RequestLimits,
		readonly signal: AbortSignal | undefined,
	) {
		this.pacer = new Pacer(limits.requestsPerSecond, signal);
	}

	/** @throws InputProblem when the credential's token or base URL cannot be used */
	static async connect(
		context: ClarifaiContext,
		limits: RequestLimits = DEFAULT_LIMITS,
	): Promise<ClarifaiClient> {
		const { accessToken, userId, appId, baseUrl } = await context.getCredentials(CREDENTIAL);
		const signal =
			'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal?.() : undefined;
		return new ClarifaiClient(
			context,
			checkBaseUrl(baseUrl),
			checkToken(accessToken),
			{ userId, appId },
			limits,
			signal,
		);
	}

	async get(path: Path, query?: Call['query'], traits: Traits = {}): Promise<JsonObject> {
		return await this.request({ method: 'GET', path, query, ...traits });
	}

	/**
	 * Carries out a call, repeating it where that is safe.
	 * @throws ClarifaiFailure
	 */
	async request(call: Call): Promise<JsonObject> {
		const result = await this.attempt(call);
		if (result instanceof ClarifaiFailure) throw result;
		return result;
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
		const begun = performance.now();
		// The server's clock may be known, or known to have jumped, only after the write's effect is looked up.
		const since = () => inherited ?? begun + (this.serverEpoch ?? performance.timeOrigin);
		const look = async () =>
			await findDone((object) => createdSince(object, since() - CLOCK_TOLERANCE_MS));
		let mayBeDone = inherited !== undefined;
		if (mayBeDone) {
			const found = await this.lookAgain(look, call);
			if (found !== undefined) return { found };
		}
		for (let tries = 1; ; tries++) {
			const result = await this.attempt(call);
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
		this.lookingAfterStop++;
		for (const ms of look ? LOOKS_AFTER_STOP_MS : []) {
			await sleep(ms);
			const found = await look?.().catch(() => undefined);
			if (found === undefined) continue;
			this.lookingAfterStop--;
			return { found };
		}
		this.lookingAfterStop--;
		throw cancelled(interrupted.facts.call);
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

	/**
	 * Sends one call after a stop, for ending at Clarifai what the execution had started.
	 * @returns whether Clarifai confirmed it
	 */
	async sendAfterStop(call: Call): Promise<boolean> {
		for (let tries = 1; ; tries++) {
			const answer = await this.sendPlain(call).catch(() => undefined);
			const result = answer && readAnswer(answer, { call: call.method });
			if (result && !(result instanceof ClarifaiFailure)) return true;
			if (result?.kind === 'refused' || tries >= CANCEL_TRIES) return false;
			await sleep(CANCEL_PAUSE_MS);
		}
	}

	private async sendAuthenticated(call: Call): Promise<HttpAnswer> {
		const { helpers } = this.context;
		const options = this.httpOptions(call);
		return (await helpers.httpRequestWithAuthentication.call(
			this.context,
			CREDENTIAL,
			options,
		)) as HttpAnswer;
	}

	/** n8n refuses authenticated requests once an execution is stopped, so these carry the key themselves. */
	private async sendPlain(call: Call): Promise<HttpAnswer> {
		return (await this.context.helpers.httpRequest({
			...this.httpOptions(call),
			headers: { Authorization: `Key ${this.token}` },
		})) as HttpAnswer;
	}

	private async attempt(call: Call): Promise<JsonObject | ClarifaiFailure> {
		const deadline = performance.now() + RETRY_BUDGET_MS;
		for (let tries = 1; ; tries++) {
			const result = await this.pacer.run(async () => await this.send(call), throttlingIn);
			if (!(result instanceof ClarifaiFailure)) return result;
			const pause = backoffMs(tries, result.facts.retryAfterMs);
			const afterStop = this.looksAfterStop(call);
			const again =
				mayRepeat(result.kind, call.method === 'GET' || call.repeatable === true) &&
				tries <
					(afterStop ? TRIES_AFTER_STOP : (call.maxTries ?? this.limits.maxTries ?? MAX_TRIES));
			if (!again || performance.now() + pause > deadline) return result;
			if (!(await wait(pause, afterStop ? undefined : this.signal)))
				return cancelled(result.facts.call);
		}
	}

	/** After a stop nothing is sent but the look-ups of what was under way. */
	private looksAfterStop({ method }: Call): boolean {
		return this.signal?.aborted === true && this.lookingAfterStop > 0 && method === 'GET';
	}

	private async send(call: Call): Promise<JsonObject | ClarifaiFailure> {
		const words = { call: callInWords(call), patOnly: call.patOnly };
		const stopped = () => this.signal?.aborted === true && !this.looksAfterStop(call);
		if (stopped()) return cancelled(words.call);
		let answer: HttpAnswer;
		try {
			answer = this.signal?.aborted
				? await this.sendPlain(call)
				: await this.sendAuthenticated(call);
		} catch (error) {
			if (stopped()) return cancelled(words.call, true);
			return readNetworkError(error, words, this.baseUrl);
		}
		const serverDate = Date.parse(String(answer.headers?.date ?? ''));
		if (!Number.isNaN(serverDate)) {
			const epoch = serverDate - performance.now();
			this.serverEpoch = Math.min(this.serverEpoch ?? epoch, epoch);
		}
		return readAnswer({ ...answer, body: this.withoutToken(answer.body) }, words);
	}

	private httpOptions({ method, path, query, body }: Call): IHttpRequestOptions {
		return {
			method,
			url: this.baseUrl + pathOf(path),
			qs: query,
			body,
			json: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			// A redirect would carry the token to wherever it points.
			disableFollowRedirect: true,
			timeout: this.limits.timeoutMs,
		};
	}

	/** A server may repeat the token anywhere in its answer; what users see must not. */
	private withoutToken(body: unknown): unknown {
		const text = JSON.stringify(body) ?? '';
		const token = JSON.stringify(this.token).slice(1, -1);
		if (token === '' || !text.includes(token)) return body;
		return JSON.parse(text.split(token).join('[token]'));
	}
}

function throttlingIn(result: JsonObject | ClarifaiFailure): Throttling | undefined {
	const throttled = result instanceof ClarifaiFailure && result.kind === 'throttled';
	return throttled ? result.facts : undefined;
}

/** @param sent whether the request was under way when the stop came */
function cancelled(call: string, sent = false): ClarifaiFailure {
	return new ClarifaiFailure({
		kind: 'cancelled',
		message: 'The execution was stopped',
		call,
		sent,
	});
}

function callInWords({ method, path }: Call): string {
	return `${method} ${pathOf(path)}`;
}

function pathOf(path: Path): string {
	const encoded = path.map((segment) => {
		const unsafe = segment === '' || segment === '.' || segment === '..';
		if (unsafe) throw new InputProblem(`"${segment}" cannot be part of a URL`, 'Enter a valid ID.');
		return encodeURIComponent(segment);
	});
	return `/v2/${encoded.join('/')}`;
}

/** What an HTTP header cannot carry would fail on the way, with words that help nobody. */
function checkToken(value: unknown): string {
	const token = typeof value === 'string' ? value.trim() : '';
	if (token === '') {
		throw new InputProblem(
			"'Access Token' in the Clarifai credential is empty",
			'Copy it from Settings > Security in Clarifai.',
		);
	}
	if (!/^[\x21-\x7e]+$/.test(token)) {
		throw new InputProblem(
			"'Access Token' in the Clarifai credential has spaces or other signs that no token has",
			'Copy it again from Settings > Security in Clarifai.',
		);
	}
	return token;
}

function checkBaseUrl(value: unknown): string {
	const text = typeof value === 'string' ? value.trim() : '';
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !/^https?:$/.test(url.protocol)) {
		throw new InputProblem(
			"'Base URL' in the Clarifai credential is not a web address",
			'It starts with https:// or http://, for example https://api.clarifai.com.',
		);
	}
	if (url.username || url.password || url.search || url.hash) {
		throw new InputProblem(
			"'Base URL' in the Clarifai credential has a user name, a query or a fragment",
			'Enter the address alone, for example https://api.clarifai.com.',
		);
	}
	if (/^(www\.)?clarifai\.com$/.test(url.hostname)) {
		throw new InputProblem(
			"'Base URL' in the Clarifai credential is the address of Clarifai's portal, not of its API",
			'Use https://api.clarifai.com.',
		);
	}
	return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/v2$/, '');
}
