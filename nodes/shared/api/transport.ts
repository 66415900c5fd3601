import type { IHttpRequestOptions } from 'n8n-workflow';
import type { JsonObject } from '../clarifai/json';
import { Buffers } from './buffers';
import { urlPath, type Call } from './call';
import type { FileBody } from './fileBody';
import { CREDENTIAL, type Access, type ClarifaiContext } from './credential';
import { ClarifaiFailure, readAnswer, readNetworkError, type HttpAnswer } from './failures';
import { Pacer, type Throttling } from './pacer';
import {
	backoffMs,
	EDITOR_TRIES,
	MAX_TRIES,
	mayRepeat,
	RETRY_BUDGET_MS,
	TIME_AFTER_END_MS,
} from './retries';
import { time, wait } from './time';

export interface RequestLimits {
	/** 0 for no limit. */
	requestsPerSecond: number;
	/** How long one request may take, in milliseconds. */
	timeoutMs: number;
	/** Tries of one call, refused ones included, unless the call says otherwise. */
	maxTries?: number;
}

/** 15 requests a second is Clarifai's documented limit for all plans. */
export const DEFAULT_LIMITS: RequestLimits = { requestsPerSecond: 15, timeoutMs: 60_000 };

/** Somebody waits in front of a list. */
export const EDITOR_LIMITS: RequestLimits = {
	...DEFAULT_LIMITS,
	timeoutMs: 20_000,
	maxTries: EDITOR_TRIES,
};

/** Sends one request with the token in its header. */
type Sender = (options: IHttpRequestOptions) => Promise<HttpAnswer>;

/**
 * The package's one way to Clarifai: every request of every node, list and trigger goes through
 * `attempt`, at the pace that all items of a run share.
 */
export class Transport {
	/** Files come from a host of their own, which has no limit of requests. */
	private readonly downloads = new Pacer(0);
	readonly buffers = new Buffers();

	private constructor(
		private readonly context: ClarifaiContext,
		private readonly access: Access,
		private readonly limits: RequestLimits,
		private readonly pacer: Pacer,
		private readonly sender: Sender,
		/** Nothing new is sent once it has fired. */
		readonly signal: AbortSignal | undefined,
		/** When the last request must have ended, on `time.now()`. */
		private readonly deadline = Infinity,
	) {}

	static authenticated(
		context: ClarifaiContext,
		access: Access,
		limits: RequestLimits,
		signal: AbortSignal | undefined,
	): Transport {
		const { helpers } = context;
		const sender: Sender = async (options) =>
			(await helpers.httpRequestWithAuthentication.call(
				context,
				CREDENTIAL,
				options,
			)) as HttpAnswer;
		return new Transport(
			context,
			access,
			limits,
			new Pacer(limits.requestsPerSecond),
			sender,
			signal,
		);
	}

	/**
	 * For the little that is sent after the run has ended: looking for what was under way, cancelling what
	 * was started. n8n refuses authenticated requests once an execution is stopped, so these carry the
	 * key themselves. All of it shares one deadline, so that n8n can shut down.
	 */
	afterEnd(): Transport {
		const { helpers } = this.context;
		const sender: Sender = async (options) =>
			(await helpers.httpRequest({
				...options,
				headers: { ...options.headers, Authorization: `Key ${this.access.token}` },
			})) as HttpAnswer;
		const deadline = time.now() + TIME_AFTER_END_MS;
		return new Transport(
			this.context,
			this.access,
			this.limits,
			this.pacer.continued(deadline),
			sender,
			undefined,
			deadline,
		);
	}

	/** Milliseconds until nothing more is sent. */
	get timeLeftMs(): number {
		return this.deadline - time.now();
	}

	/** Carries out a call, repeating it where that is safe. */
	async attempt(call: Call): Promise<JsonObject | ClarifaiFailure> {
		const deadline = Math.min(time.now() + RETRY_BUDGET_MS, this.deadline);
		const maxTries = call.maxTries ?? this.limits.maxTries;
		const isRepeatable = call.method === 'GET' || call.repeatable === true;
		let throttled = 0;
		for (let tries = 1; ; tries++) {
			const result = await this.pacer.run(
				async () => await this.send(call),
				throttlingIn,
				this.signal,
			);
			if (!(result instanceof ClarifaiFailure)) return result;
			const pause = backoffMs(tries, result.facts.retryAfterMs);
			if (result.kind === 'throttled') throttled++;
			const hadAll = tries >= (maxTries ?? MAX_TRIES + throttled);
			const isLast = hadAll || time.now() + pause > deadline;
			if (isLast || !mayRepeat(result.kind, isRepeatable)) return result;
			if (!(await wait(pause, this.signal))) return cancelled(call);
		}
	}

	/**
	 * Downloads a file that Clarifai keeps. The token goes along to the platform's own hosts alone: an
	 * input's address may be anybody's.
	 * @throws Error with the HTTP status or the reason
	 */
	async download(url: string): Promise<Buffer> {
		const headers = this.isOwnHost(url) ? { Authorization: `Key ${this.access.token}` } : {};
		const options: IHttpRequestOptions = {
			method: 'GET',
			url,
			headers,
			encoding: 'arraybuffer',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			skipSslCertificateValidation: this.access.ignoreSslIssues,
			timeout: this.limits.timeoutMs,
		};
		for (let tries = 1; ; tries++) {
			const answer = await this.downloads.run(
				async () =>
					await (this.context.helpers.httpRequest(options) as Promise<HttpAnswer>).catch(asError),
				() => undefined,
				this.signal,
			);
			const status = answer instanceof Error ? undefined : answer.statusCode;
			if (!(answer instanceof Error) && status === 200) return Buffer.from(answer.body as Buffer);
			const mayPass = status === undefined || status === 429 || status >= 500;
			const waits = mayPass && tries < MAX_TRIES && (await wait(backoffMs(tries), this.signal));
			if (!waits) {
				throw new Error(answer instanceof Error ? answer.message : `HTTP ${answer.statusCode}`);
			}
		}
	}

	/** The API's host, or another one of the hosted platform, such as data.clarifai.com. */
	private isOwnHost(url: string): boolean {
		const own = new URL(this.access.baseUrl);
		const { hostname, protocol } = new URL(url);
		const isHosted = [own.hostname, hostname].every((host) => host.endsWith('.clarifai.com'));
		const isSafe = protocol === 'https:' || protocol === own.protocol;
		return (hostname === own.hostname || isHosted) && isSafe;
	}

	private async send(call: Call): Promise<JsonObject | ClarifaiFailure> {
		if (this.signal?.aborted || time.now() >= this.deadline) return cancelled(call);
		const { body } = call;
		let answer: HttpAnswer;
		let made: Buffer | undefined;
		try {
			if (isFileBody(body)) made = await body.make(this.buffers);
			if (this.signal?.aborted) return cancelled(call);
			const options = this.httpOptions(call, made ?? (body as JsonObject | undefined));
			answer = await this.inTime(call, this.sender(options));
		} catch (error) {
			if (this.signal?.aborted) return cancelled(call, true);
			return readNetworkError(error, call, this.access.baseUrl);
		}
		const result = readAnswer({ ...answer, body: this.withoutToken(answer.body) }, call);
		// What was refused or not answered may still be on its way, and must arrive as it was.
		if (made && !(result instanceof ClarifaiFailure)) this.buffers.giveBack(made);
		return result;
	}

	/**
	 * The answer within its time: n8n's own time-out counts the silence of a connection, so that a server
	 * that sends a byte now and then would never meet it. Nobody waits for what was only read once the
	 * run is over; what was written is waited for, to know what became of it.
	 */
	private async inTime(call: Call, answer: Promise<HttpAnswer>): Promise<HttpAnswer> {
		const answered = new AbortController();
		const runIsOver = call.method === 'GET' && this.signal ? [this.signal] : [];
		const late = wait(this.timeoutMs(call), AbortSignal.any([answered.signal, ...runIsOver])).then(
			() => {
				throw Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' });
			},
		);
		late.catch(() => undefined);
		try {
			return await Promise.race([answer, late]);
		} finally {
			answer.catch(() => undefined);
			// Without a reason Node.js would make an error for it, with a stack, for each request.
			answered.abort('answered');
		}
	}

	/** Milliseconds; files get a second more for each of their megabytes, to be sent. */
	private timeoutMs({ body }: Call): number {
		const forFiles = isFileBody(body) ? body.size / 1000 : 0;
		return Math.max(1, Math.min(this.limits.timeoutMs + forFiles, this.deadline - time.now()));
	}

	private httpOptions(call: Call, body: JsonObject | Buffer | undefined): IHttpRequestOptions {
		const { method, path, query } = call;
		return {
			method,
			url: this.access.baseUrl + urlPath(path),
			qs: query as IHttpRequestOptions['qs'],
			arrayFormat: 'repeat',
			body,
			...(Buffer.isBuffer(body) ? { headers: { 'Content-Type': 'application/json' } } : {}),
			json: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			// A redirect would carry the token to wherever it points.
			disableFollowRedirect: true,
			skipSslCertificateValidation: this.access.ignoreSslIssues,
			timeout: Math.ceil(this.timeoutMs(call)),
		};
	}

	/** A server may repeat the token anywhere in its answer; what users see must not. */
	private withoutToken(body: unknown): unknown {
		const text = JSON.stringify(body) ?? '';
		const token = JSON.stringify(this.access.token).slice(1, -1);
		if (token === '' || !text.includes(token)) return body;
		return JSON.parse(text.split(token).join('[token]'));
	}
}

function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}

function isFileBody(body: Call['body']): body is FileBody {
	return body !== undefined && 'make' in body && typeof body.make === 'function';
}

/** @param sent whether the request was under way when the stop came */
export function cancelled(call: Call, sent = false): ClarifaiFailure {
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
