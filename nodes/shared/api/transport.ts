import type { IHttpRequestOptions } from 'n8n-workflow';
import type { JsonObject } from '../clarifai/json';
import { callInWords, urlPath, type Call } from './call';
import { CREDENTIAL, type Access, type ClarifaiContext } from './credential';
import { ClarifaiFailure, readAnswer, readNetworkError, type HttpAnswer } from './failures';
import { Pacer, type Throttling } from './pacer';
import { backoffMs, MAX_TRIES, mayRepeat, RETRY_BUDGET_MS } from './retries';
import { time, wait } from './time';

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

/** Look-ups after a stop are few, so that n8n can shut down within its 30 seconds. */
const TRIES_AFTER_STOP = 4;

/** A stop is to take effect within a second, so a call that ends a training is repeated quickly or not at all. */
const CANCEL_TRIES = 3;
const CANCEL_PAUSE_MS = 200;

/**
 * The package's one way to Clarifai: every request of every node, list and trigger goes through `send`,
 * at the pace that all items of a run share.
 */
export class Transport {
	readonly signal: AbortSignal | undefined;
	/**
	 * The server's time at `time.now()` 0: a monotonic clock, because the host's can jump. The
	 * server's can jump too, so this is the earliest that its answers have told: nothing that is made
	 * from now on may look older than it is.
	 */
	private serverEpoch: number | undefined;
	private readonly pacer: Pacer;
	/** Look-ups under way after a stop, which n8n's authenticated requests would refuse. */
	private lookingAfterStop = 0;

	constructor(
		private readonly context: ClarifaiContext,
		private readonly access: Access,
		private readonly limits: RequestLimits,
	) {
		this.signal =
			'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal?.() : undefined;
		this.pacer = new Pacer(limits.requestsPerSecond, this.signal);
	}

	/** The server's time at a moment of `time.now()`, as far as its answers have told it. */
	serverTime(moment: number): number {
		return moment + (this.serverEpoch ?? (time.date() - time.now()));
	}

	/** Carries out a call, repeating it where that is safe. */
	async attempt(call: Call): Promise<JsonObject | ClarifaiFailure> {
		const deadline = time.now() + RETRY_BUDGET_MS;
		for (let tries = 1; ; tries++) {
			const result = await this.pacer.run(async () => await this.send(call), throttlingIn);
			if (!(result instanceof ClarifaiFailure)) return result;
			const pause = backoffMs(tries, result.facts.retryAfterMs);
			const afterStop = this.looksAfterStop(call);
			const again =
				mayRepeat(result.kind, call.method === 'GET' || call.repeatable === true) &&
				tries <
					(afterStop ? TRIES_AFTER_STOP : (call.maxTries ?? this.limits.maxTries ?? MAX_TRIES));
			if (!again || time.now() + pause > deadline) return result;
			if (!(await wait(pause, afterStop ? undefined : this.signal)))
				return cancelled(result.facts.call);
		}
	}

	/** Does work whose look-ups are sent although the execution has been stopped. */
	async afterStop<T>(work: () => Promise<T>): Promise<T> {
		this.lookingAfterStop++;
		try {
			return await work();
		} finally {
			this.lookingAfterStop--;
		}
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
			await time.sleep(CANCEL_PAUSE_MS);
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
			return readNetworkError(error, words, this.access.baseUrl);
		}
		this.readClock(answer);
		return readAnswer({ ...answer, body: this.withoutToken(answer.body) }, words);
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
			headers: { Authorization: `Key ${this.access.token}` },
		})) as HttpAnswer;
	}

	private httpOptions({ method, path, query, body }: Call): IHttpRequestOptions {
		return {
			method,
			url: this.access.baseUrl + urlPath(path),
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

	private readClock({ headers }: HttpAnswer): void {
		const serverDate = Date.parse(String(headers?.date ?? ''));
		if (Number.isNaN(serverDate)) return;
		const epoch = serverDate - time.now();
		this.serverEpoch = Math.min(this.serverEpoch ?? epoch, epoch);
	}

	/** A server may repeat the token anywhere in its answer; what users see must not. */
	private withoutToken(body: unknown): unknown {
		const text = JSON.stringify(body) ?? '';
		const token = JSON.stringify(this.access.token).slice(1, -1);
		if (token === '' || !text.includes(token)) return body;
		return JSON.parse(text.split(token).join('[token]'));
	}
}

/** @param sent whether the request was under way when the stop came */
export function cancelled(call: string, sent = false): ClarifaiFailure {
	return new ClarifaiFailure({
		kind: 'cancelled',
		message: 'The execution was stopped',
		call,
		sent,
	});
}

function throttlingIn(result: JsonObject | ClarifaiFailure): Throttling | undefined {
	const throttled = result instanceof ClarifaiFailure && result.kind === 'throttled';
	return throttled ? result.facts : undefined;
}
