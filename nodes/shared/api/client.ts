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
import {
	ClarifaiFailure,
	readAnswer,
	readNetworkError,
	type FailureFacts,
	type HttpAnswer,
} from './failures';
import { Pacer } from './pacer';
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

/** How long an interrupted write gets to arrive before it is looked for. */
const STOP_GRACE_MS = 250;

/** What an earlier try of a write left behind. */
export interface EarlierTry {
	/** The server's time since when the write may have been carried out without a readable answer. */
	unclearSince?: number;
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
	/** The server's time at `performance.now()` 0: a monotonic clock, because the host's can jump. */
	private serverEpoch = performance.timeOrigin;
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
		const begun = performance.now();
		// The server's clock is best known after its latest answer, so it is read when it is needed.
		const since = () => earlier.unclearSince ?? begun + this.serverEpoch - CLOCK_TOLERANCE_MS;
		const isOurs = (object: JsonObject) => createdSince(object, since());
		if (earlier.unclearSince !== undefined) {
			const found = await findDone(isOurs);
			if (found !== undefined) return { found };
		}
		for (let tries = 1; ; tries++) {
			const result = await this.attempt(call);
			if (!(result instanceof ClarifaiFailure)) return { answer: result };
			if (result.kind === 'cancelled')
				return await this.foundAfterStop(result, () => findDone(isOurs));
			const unclear = result.kind === 'unclear';
			// A refusal of a repeated write can be the echo of the first one, which was carried out.
			if (!unclear && tries === 1) throw result;
			if (unclear) earlier.unclearSince ??= since();
			// The server may still be busy with the write that it did not answer.
			if (!(await wait(backoffMs(tries), this.signal))) {
				return await this.foundAfterStop(result, () => findDone(isOurs));
			}
			const found = await findDone(isOurs);
			if (found !== undefined) return { found };
			if (!unclear || tries >= MAX_TRIES) throw result;
		}
	}

	/** Whether a write that a stop interrupted was carried out all the same. */
	private async foundAfterStop<Found>(
		interrupted: ClarifaiFailure,
		findDone: () => Promise<Found | undefined>,
	): Promise<{ found: Found }> {
		const mayBeDone = interrupted.facts.sent === true || interrupted.kind === 'unclear';
		if (mayBeDone) {
			await sleep(STOP_GRACE_MS);
			this.lookingAfterStop++;
			const found = await findDone()
				.catch(() => undefined)
				.finally(() => this.lookingAfterStop--);
			if (found !== undefined) return { found };
		}
		throw cancelled(interrupted.facts.call);
	}

	/** Runs `work` after all earlier work under the same key: for writes whose order matters. */
	async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
		const before = this.turns.get(key) ?? Promise.resolve();
		const result = before.then(work, work);
		this.turns.set(key, result);
		return await result;
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

	/**
	 * Sends one call after a stop, for ending at Clarifai what the execution had started.
	 * @returns whether Clarifai confirmed it
	 */
	async sendAfterStop(call: Call): Promise<boolean> {
		const answer = await this.sendPlain(call).catch(() => undefined);
		return (
			answer !== undefined &&
			!(readAnswer(answer, { call: call.method }) instanceof ClarifaiFailure)
		);
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
			const result = await this.pacer.run(async () => await this.send(call));
			if (!(result instanceof ClarifaiFailure)) return result;
			if (result.kind === 'throttled') this.pacer.pause(result.facts.retryAfterMs);
			const pause = backoffMs(tries, result.facts.retryAfterMs);
			const again =
				mayRepeat(result.kind, call.method === 'GET' || call.repeatable === true) &&
				tries < (call.maxTries ?? this.limits.maxTries ?? MAX_TRIES);
			if (!again || performance.now() + pause > deadline) return result;
			if (!(await wait(pause, this.signal))) return cancelled(result.facts.call);
		}
	}

	private async send(call: Call): Promise<JsonObject | ClarifaiFailure> {
		const words = { call: `${call.method} ${pathOf(call.path)}`, patOnly: call.patOnly };
		const stopped = () => this.signal?.aborted === true && this.lookingAfterStop === 0;
		if (stopped()) return cancelled(words.call);
		let answer: HttpAnswer;
		try {
			answer = this.signal?.aborted
				? await this.sendPlain(call)
				: await this.sendAuthenticated(call);
		} catch (error) {
			if (stopped()) return cancelled(words.call, true);
			return this.redacted(readNetworkError(error, words, this.baseUrl));
		}
		const serverDate = Date.parse(String(answer.headers?.date ?? ''));
		if (!Number.isNaN(serverDate)) this.serverEpoch = serverDate - performance.now();
		const result = readAnswer(answer, words);
		return result instanceof ClarifaiFailure ? this.redacted(result) : result;
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

	/** A server may repeat the token in its message; what users see must not. */
	private redacted(failure: ClarifaiFailure): ClarifaiFailure {
		if (this.token === '') return failure;
		const { message, details } = failure.facts;
		const clean = (text: string) => text.split(this.token).join('[token]');
		const facts: FailureFacts = { ...failure.facts, message: clean(message) };
		if (details !== undefined) facts.details = clean(details);
		return new ClarifaiFailure(facts);
	}
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
