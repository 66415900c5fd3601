import type { IncomingHttpHeaders } from 'node:http';
import { Answers, plainText } from './answers.mts';
import type { Answer } from './answers.mts';
import { authorize } from './auth.mts';
import { readBody } from './bodyReader.mts';
import { Call } from './call.mts';
import type { Time } from './clock.mts';
import { InvalidJson } from './decodeJson.mts';
import { download } from './downloads.mts';
import type { EncodeOptions } from './encodeJson.mts';
import {
	insteadOfCarryingOut,
	mixedAnswer,
	spoilAnswer,
	throttledAnswer,
} from './faultAnswers.mts';
import type { Outcome } from './faultAnswers.mts';
import type { Fault, Faults } from './faults.mts';
import { handlers } from './handlers/index.mts';
import { loadProtos } from './protos.mts';
import { bodyValue, recordedBody } from './requestBody.mts';
import type { RequestBody } from './requestBody.mts';
import type { RecordedRequest } from './requests.mts';
import { loadRoutes, readRequest } from './routes.mts';
import type { Route } from './routes.mts';
import type { World } from './state.mts';
import { ApiError, Code } from './statuses.mts';
import type { Throttle } from './throttle.mts';
import { trainLog } from './trainLog.mts';

/** An HTTP request, however it came. */
export interface PlainRequest {
	method: string;
	/** The path and the query. */
	url: string;
	/** Their names in lower case. */
	headers: IncomingHttpHeaders;
	/** As it comes in. */
	body: Iterable<Buffer> | AsyncIterable<Buffer>;
}

/** One request in, one outcome out. Once the body is there, a promise that is pending waits for time alone. */
export type HandleRequest = (request: PlainRequest) => Promise<Outcome>;

export interface HandlerOptions {
	world: World;
	time: Time;
	faults: Faults;
	throttle: Throttle;
	/** Seconds in the Retry-After header of throttled answers; undefined for no such header. */
	retryAfter: number | undefined;
	latencyMs: number;
	encoding: EncodeOptions;
	onReceived(request: RecordedRequest): void;
	onAnswered(request: RecordedRequest): void;
}

const HOUR_MS = 60 * 60 * 1000;

/** One request on its way: where it goes, what it says, and what is noted about it. */
interface Incoming {
	route: Route;
	url: URL;
	body: RequestBody;
	record: RecordedRequest;
}

export function createRequestHandler(options: HandlerOptions): HandleRequest {
	const { world, time, faults, throttle } = options;
	const protos = loadProtos();
	const routes = loadRoutes();
	const answers = new Answers(world.random, options.encoding);

	return async (request) => {
		const body = await readBody(request, world.dataSettings.keepBytesUpTo);
		// Not resolved against a base: a path that begins with two slashes would be read as a host.
		const url = new URL(`http://emulator${request.url}`);
		const log = trainLog(world, url.pathname);
		if (log !== undefined) return plainText(log);
		const file = download(world, url.pathname, request.headers.authorization);
		if (file) return file;

		const route = routes.find(request.method, url.pathname);
		const record = describeRequest(request, url, body, route?.rpc.name ?? '');
		options.onReceived(record);
		const outcome = route ? decide({ route, url, body, record }) : refuseUnknownPath(record);
		if (outcome === 'hang') return outcome;
		if (options.latencyMs > 0) await time.sleep(options.latencyMs);
		const dated = outcome === 'reset' ? outcome : withDate(outcome);
		if (dated !== 'reset') Object.assign(record, { status: dated.status, code: dated.code });
		options.onAnswered(record);
		return dated;
	};

	function withDate(answer: Answer): Answer {
		const date = new Date(world.clock.now()).toUTCString();
		return { ...answer, headers: { date, ...answer.headers } };
	}

	function describeRequest(
		request: PlainRequest,
		url: URL,
		body: RequestBody,
		rpc: string,
	): RecordedRequest {
		const { authorization, host: _own, ...headers } = request.headers;
		return {
			method: request.method,
			path: url.pathname,
			query: Object.fromEntries(url.searchParams),
			rpc,
			body: recordedBody(body, world.dataSettings.keepBytesUpTo),
			headers: Object.fromEntries(
				Object.entries(headers).map(([name, value]) => [name, String(value)]),
			),
			authorization,
			at: world.clock.now(),
			arrivedAt: time.now(),
		};
	}

	function decide(incoming: Incoming): Outcome {
		const type = incoming.route.rpc.response;
		if (!throttle.admits(time.now())) {
			return throttledAnswer(answers, type, throttle.limit, options.retryAfter);
		}
		const fault = faults.pick(incoming.record);
		incoming.record.fault = fault?.kind;
		const instead = fault && insteadOfCarryingOut(fault, answers, type);
		if (instead) return instead;
		const answer = carryOut(incoming, fault);
		return fault ? spoilAnswer(fault, answer) : answer;
	}

	function carryOut({ route, url, body, record }: Incoming, fault: Fault | undefined): Answer {
		const { rpc } = route;
		if (fault?.kind === 'clockJump') world.clock.advance(fault.ms ?? HOUR_MS);
		world.settle();
		try {
			const caller = authorize(world, rpc, record.authorization);
			const handler = handlers[rpc.name];
			if (!handler) {
				throw new ApiError(Code.notImplemented, `The emulator does not implement ${rpc.name}`);
			}
			const request = readRequest(route, url.searchParams, bodyValue(body));
			const message = handler(new Call(world, rpc, request, caller, fault));
			return fault?.kind === 'mixed10010'
				? mixedAnswer(fault, answers, rpc.response, message)
				: answers.success(rpc.response, message);
		} catch (error) {
			return answers.refusal(rpc.response, asRefusal(error));
		}
	}

	function refuseUnknownPath({ method, path }: RecordedRequest): Answer {
		const error = routes.knowsPath(path)
			? new ApiError(Code.methodNotAllowed, `Method ${method} is not allowed for ${path}`)
			: new ApiError(Code.doesNotExist, `There is no ${path}. Check the url of your request.`);
		return answers.refusal(protos.type('clarifai.api.status.BaseResponse'), error);
	}
}

function asRefusal(error: unknown): ApiError {
	if (error instanceof ApiError) return error;
	if (error instanceof InvalidJson) return new ApiError(Code.invalidRequest, error.message);
	return new ApiError(Code.internalServerIssue, `mistake in the emulator: ${String(error)}`);
}
