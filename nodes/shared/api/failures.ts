import { isObject, objectAt, objectsAt, textAt, type JsonObject } from '../clarifai/json';
import { StatusCode, statusCodeOf } from '../clarifai/statusCodes';
import type { Call } from './call';
import { time } from './time';

/**
 * What a failed call means for the next step:
 * - `throttled`: not carried out, come back later
 * - `busy`: not carried out, Clarifai asks to try again
 * - `unreachable`: no connection, so certainly not carried out
 * - `unclear`: no readable answer, so it may have been carried out
 * - `refused`: Clarifai's final word
 * - `cancelled`: the execution was stopped
 */
export type FailureKind =
	| 'throttled'
	| 'busy'
	| 'unreachable'
	| 'unclear'
	| 'refused'
	| 'cancelled';

export interface FailureFacts {
	kind: FailureKind;
	/** Clarifai's description, or ours where Clarifai gave none. */
	message: string;
	details?: string;
	code?: number;
	requestId?: string;
	httpStatus?: number;
	/** The answer has no status of Clarifai's: it comes from a proxy, say, or was cut off. */
	unreadable?: boolean;
	/** Milliseconds, from a Retry-After header. */
	retryAfterMs?: number;
	/** A network error's code, such as ECONNRESET. */
	networkCode?: string;
	/** Who refused before anything was sent: n8n did not trust the certificate, or forbade the host. */
	untrusted?: 'certificate' | 'n8n';
	/** What was called. */
	call: Call;
	/** The request was under way when the execution was stopped. */
	sent?: boolean;
	/** Set for a write of which nobody can tell whether it was carried out. */
	unknownWrite?: UnknownWrite;
	/** The answer to a write that was carried out in part. */
	partial?: JsonObject;
}

/** A write that may or may not have been carried out. */
export interface UnknownWrite {
	/** What was to be made, such as `the training of model "cars"`. */
	what: string;
	/** When it was sent last, as an ISO timestamp of this computer's clock. */
	sentAt: string;
	/** Where a person can look. */
	where: string;
	/** Objects at Clarifai, any of which may be the one that was made. */
	candidates: string[];
}

/** A call to Clarifai that did not succeed. */
export class ClarifaiFailure extends Error {
	constructor(readonly facts: FailureFacts) {
		super(facts.message);
		this.name = 'ClarifaiFailure';
	}

	get kind(): FailureKind {
		return this.facts.kind;
	}

	isMissing(): boolean {
		return (
			this.kind === 'refused' &&
			!this.facts.unreadable &&
			(MISSING.has(this.facts.code ?? 0) || this.facts.httpStatus === 404)
		);
	}

	/** Of a batch: one input may have been the reason for refusing them all. */
	isAboutInputs(): boolean {
		const { code = 0, httpStatus } = this.facts;
		return (
			this.kind === 'refused' &&
			(ABOUT_INPUTS.has(code) || (code >= 30_000 && code < 40_000) || httpStatus === HTTP_TOO_LARGE)
		);
	}

	/** The platform does not know the endpoint: it is older, or has given it up. */
	isNotOffered(): boolean {
		const { code, httpStatus } = this.facts;
		return (
			this.kind === 'refused' &&
			(NOT_OFFERED.has(code ?? 0) || [404, 405, HTTP_NOT_IMPLEMENTED].includes(httpStatus ?? 0))
		);
	}
}

const MISSING: ReadonlySet<number> = new Set([
	StatusCode.CONN_DOES_NOT_EXIST,
	StatusCode.MODEL_DOES_NOT_EXIST,
	StatusCode.WORKFLOW_DOES_NOT_EXIST,
	StatusCode.PIPELINE_DOES_NOT_EXIST,
	StatusCode.NODEPOOL_DOES_NOT_EXIST,
	StatusCode.COMPUTE_CLUSTER_DOES_NOT_EXIST,
	StatusCode.DEPLOYMENT_DOES_NOT_EXIST,
]);

const NOT_OFFERED: ReadonlySet<number> = new Set([
	StatusCode.NOT_IMPLEMENTED,
	StatusCode.CONN_DOES_NOT_EXIST,
	StatusCode.CONN_METHOD_NOT_ALLOWED,
]);

/** Beside those from 30000 to 39999, which are about inputs alone. */
const ABOUT_INPUTS: ReadonlySet<number> = new Set([
	StatusCode.FAILURE,
	StatusCode.CONN_BAD_REQUEST_FORMAT,
	StatusCode.CONN_INVALID_REQUEST,
	StatusCode.RPC_MAX_MESSAGE_SIZE_EXCEEDED,
]);

const HTTP_TOO_LARGE = 413;
const HTTP_NOT_IMPLEMENTED = 501;
const HTTP_REQUEST_TIMEOUT = 408;

const THROTTLED: ReadonlySet<number> = new Set([
	StatusCode.CONN_THROTTLED,
	StatusCode.CONN_EXCEED_HOURLY_LIMIT,
]);

const BUSY: ReadonlySet<number> = new Set([
	StatusCode.TRY_AGAIN,
	StatusCode.RPC_REQUEST_QUEUE_FULL,
]);

/** A model that something else goes on with. */
const MODEL_BUSY: ReadonlySet<number> = new Set([
	StatusCode.MODEL_BUSY_PLEASE_RETRY,
	StatusCode.MODEL_LOADING,
]);

/** Clarifai's own time-outs and broken inner connections: what was asked may have been done. */
const UNCLEAR: ReadonlySet<number> = new Set([
	StatusCode.RPC_SERVER_UNAVAILABLE,
	StatusCode.RPC_REQUEST_TIMEOUT,
	StatusCode.QUEUE_CONN_ERROR,
	StatusCode.INTERNAL_UNCATEGORIZED,
]);

/** The answers that say that a write was taken. */
const ACCEPTED: ReadonlySet<number> = new Set([StatusCode.SUCCESS, StatusCode.ACCEPTED]);

export interface HttpAnswer {
	statusCode: number;
	headers: Record<string, unknown>;
	body: unknown;
}

/**
 * The body of an answer that succeeded, or what went wrong. A call succeeds with an HTTP status
 * below 300 and `status.code` 10000, or 10070 for what is taken but not done yet. 10010 and 10020
 * (some or all entries failed) are decided by the entries' own status. Anything without a readable
 * status is a failure, also with HTTP 200.
 */
export function readAnswer(answer: HttpAnswer, call: Call): JsonObject | ClarifaiFailure {
	const { statusCode: httpStatus, body } = answer;
	const top = isObject(body) ? body.status : undefined;
	const retryAfterMs = retryAfter(answer.headers);
	if (!isObject(body) || !isObject(top) || top.code === undefined) {
		return new ClarifaiFailure({
			call,
			kind: httpStatus === 429 ? 'throttled' : kindOfUnreadable(answer),
			message: unreadable(answer),
			unreadable: true,
			httpStatus,
			retryAfterMs,
		});
	}

	const topCode = statusCodeOf(top.code);
	if (topCode !== undefined && ACCEPTED.has(topCode) && httpStatus < 300) return body;
	let reason = top;
	let partial: JsonObject | undefined;
	if (topCode === StatusCode.MIXED_STATUS || topCode === StatusCode.FAILURE) {
		if (call.entries && hasStatuses(body, call.entries)) return body;
		const ofItems = itemStatuses(body).find((status) => !isHarmless(status));
		const isMixed = topCode === StatusCode.MIXED_STATUS && httpStatus < 300;
		// What was read is worth more than nothing, and a failed training is news about the training,
		// not about the call.
		if (isMixed && (!ofItems || call.method === 'GET')) return body;
		reason = ofItems ?? top;
		partial = isMixed ? body : undefined;
	}

	const code = statusCodeOf(reason.code);
	const description =
		textAt(reason, 'description') ??
		`Clarifai answered with status ${textAt(reason, 'code') ?? 'unknown'}`;
	const details =
		textAt(reason, 'details') ?? (reason === top ? undefined : textAt(top, 'details'));
	return new ClarifaiFailure({
		call,
		// It says of one thing that it was made and that it was not.
		kind: partial ? 'unclear' : kindOf(code, httpStatus, call),
		message: description,
		details: details === description ? undefined : details,
		code,
		requestId: textAt(top, 'req_id') ?? textAt(reason, 'req_id'),
		httpStatus,
		retryAfterMs,
		partial,
	});
}

/** Whether every entry of the list says how it fared. */
function hasStatuses(body: JsonObject, key: string): boolean {
	const entries = objectsAt(body, key);
	return entries.length > 0 && entries.every(({ status }) => isObject(status));
}

/** The items' own status: `models[].status` and alike, then `model.model_version.status` and alike. */
function itemStatuses(body: JsonObject): JsonObject[] {
	const items = partsOf(body);
	return [...items, ...items.flatMap(partsOf)].map((item) => item.status).filter(isObject);
}

function partsOf(parent: JsonObject): JsonObject[] {
	return Object.keys(parent)
		.filter((key) => key !== 'status')
		.flatMap((key) => [objectAt(parent, key), ...objectsAt(parent, key)]);
}

/** An item's status that reports its training, not the outcome of the call, is no failure of the call. */
function isHarmless(status: JsonObject): boolean {
	const code = statusCodeOf(status.code);
	return (
		code === undefined ||
		code === StatusCode.SUCCESS ||
		(code >= 21100 && code <= 21104) ||
		code === StatusCode.MODEL_BUILDING ||
		(code >= StatusCode.JOB_QUEUED && code <= StatusCode.JOB_COMPLETED)
	);
}

function kindOf(code: number | undefined, httpStatus: number, call: Call): FailureKind {
	if (code !== undefined && THROTTLED.has(code)) return 'throttled';
	if (code !== undefined && BUSY.has(code)) return 'busy';
	if (code !== undefined && MODEL_BUSY.has(code) && !call.waitsForModel) return 'busy';
	if (code !== undefined && UNCLEAR.has(code)) return 'unclear';
	if (httpStatus === 429) return 'throttled';
	// What is not implemented was not carried out, and will not be at the next try.
	if (code === StatusCode.NOT_IMPLEMENTED || httpStatus === HTTP_NOT_IMPLEMENTED) return 'refused';
	return httpStatus >= 500 || httpStatus === HTTP_REQUEST_TIMEOUT ? 'unclear' : 'refused';
}

function kindOfUnreadable({ statusCode, headers }: HttpAnswer): FailureKind {
	if (statusCode === HTTP_NOT_IMPLEMENTED || isRedirect(statusCode)) return 'refused';
	if (statusCode === HTTP_REQUEST_TIMEOUT) return 'unclear';
	// Clarifai's own refusal, damaged on the way: the next one may be readable.
	if (String(headers['content-type'] ?? '').includes('json')) return 'unclear';
	// A page that is not Clarifai's comes from a proxy or a wrong address.
	return statusCode >= 400 && statusCode < 500 ? 'refused' : 'unclear';
}

function isRedirect(statusCode: number): boolean {
	return statusCode >= 300 && statusCode < 400;
}

function unreadable({ statusCode, headers, body }: HttpAnswer): string {
	if (isRedirect(statusCode)) {
		return `The server answered with a redirect (HTTP ${statusCode}), which is not followed`;
	}
	const type = String(headers['content-type'] ?? '');
	let what = 'an answer that is not JSON';
	if (body === '' || body === undefined || body === null) what = 'an empty answer';
	else if (type.includes('html') || (typeof body === 'string' && /^\s*</.test(body)))
		what = 'an HTML page';
	else if (typeof body === 'string') what = 'JSON that is cut off or damaged';
	else if (isObject(body)) what = 'JSON without a status';
	return `The server sent ${what} (HTTP ${statusCode})`;
}

/** Milliseconds in a Retry-After header: seconds or an HTTP date. */
function retryAfter(headers: Record<string, unknown>): number | undefined {
	const value = headers['retry-after'];
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const seconds = Number(value);
	if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
	const at = Date.parse(String(value));
	return Number.isNaN(at) ? undefined : Math.max(0, at - time.date());
}

/** The network error codes after which a request certainly never reached the server, in words. */
const NOT_SENT: ReadonlyMap<string, string> = new Map([
	['ECONNREFUSED', 'nothing answers at this address'],
	['ENOTFOUND', 'there is no host of this name'],
	['EAI_AGAIN', 'the name of the host could not be looked up'],
	['EHOSTUNREACH', 'the host cannot be reached'],
	['EHOSTDOWN', 'the host is down'],
	['ENETUNREACH', 'the network cannot be reached'],
]);

const CERTIFICATE = /CERT|SIGNED|VERIFY_LEAF|ERR_TLS|ERR_SSL|EPROTO/;

/** A failure of the network, from whatever n8n's HTTP helper threw. */
export function readNetworkError(error: unknown, call: Call, baseUrl: string): ClarifaiFailure {
	const networkCode = networkCodeOf(error);
	const reason = networkCode ?? (error instanceof Error ? error.message : 'unknown reason');
	if (networkCode && NOT_SENT.has(networkCode)) {
		return new ClarifaiFailure({
			call,
			kind: 'unreachable',
			message: `No connection to ${baseUrl}: ${NOT_SENT.get(networkCode)} (${networkCode})`,
			networkCode,
		});
	}
	if (networkCode && CERTIFICATE.test(networkCode)) {
		return new ClarifaiFailure({
			call,
			kind: 'refused',
			message: `No secure connection to ${baseUrl}: n8n does not trust its certificate (${networkCode})`,
			networkCode,
			untrusted: 'certificate',
		});
	}
	if (!networkCode) {
		// Not the network: n8n itself refused, for example because of allowed domains or SSRF protection.
		return new ClarifaiFailure({
			call,
			kind: 'refused',
			message: reason,
			untrusted: 'n8n',
		});
	}
	return new ClarifaiFailure({
		call,
		kind: 'unclear',
		message: /TIMEDOUT|ECONNABORTED/.test(networkCode)
			? `${baseUrl} did not answer in time (${networkCode})`
			: `The connection to ${baseUrl} broke before the answer came (${networkCode})`,
		networkCode,
	});
}

function networkCodeOf(error: unknown): string | undefined {
	for (let current = error, depth = 0; current && depth < 5; depth++) {
		const { code, httpCode, cause } = current as {
			code?: unknown;
			httpCode?: unknown;
			cause?: unknown;
		};
		for (const candidate of [code, httpCode]) {
			if (typeof candidate === 'string' && /^[A-Z][A-Z_]+[A-Z0-9]*$/.test(candidate))
				return candidate;
		}
		current = cause;
	}
	return undefined;
}

/** What the work gives; undefined when Clarifai says that what it asks for does not exist. */
export async function ifExists<T>(work: Promise<T>): Promise<T | undefined> {
	const result = await work.catch((error: unknown) => error);
	if (!(result instanceof Error)) return result as T;
	if (result instanceof ClarifaiFailure && result.isMissing()) return undefined;
	throw result;
}
