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
import { isDeed } from './book.mts';
import { handlers } from './handlers/index.mts';
import type { Line } from './line.mts';
import type { Message } from './message.mts';
import { isOffered } from './platform.mts';
import { loadProtos } from './protos.mts';
import { bodyValue, recordedBody } from './requestBody.mts';
import type { RequestBody } from './requestBody.mts';
import type { Rpc } from './protos.mts';
import type { RecordedRequest } from './requests.mts';
import { loadRoutes, readRequest } from './routes.mts';
import type { Route } from './routes.mts';
import type { World } from './state.mts';
import { ApiError, Code, makeStatus } from './statuses.mts';
import type { Throttle } from './throttle.mts';
import { trainLog } from './trainLog.mts';
import { untidyAnswer } from './untidyAnswers.mts';
import { checkIsThere } from './untidyLists.mts';
import { untidyFault } from './untidyRequests.mts';

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
	line: Line;
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
	/** Whether the limit of requests a second lets it in. */
	isAdmitted: boolean;
}

export function createRequestHandler(options: HandlerOptions): HandleRequest {
	const { world, time, faults, throttle } = options;
	const protos = loadProtos();
	const routes = loadRoutes();
	const answers = new Answers(world.random, options.encoding);

	return async (request) => {
		// Not resolved against a base: a path that begins with two slashes would be read as a host.
		const url = new URL(`http://emulator${request.url}`);
		const found = routes.find(request.method, url.pathname);
		const route = found && isOffered(world.platform, found.rpc.name) ? found : undefined;
		// A gateway counts a request when it comes, however long its body takes.
		const isAdmitted = route === undefined || throttle.admits(time.now());
		const body = await readBody(request, world.dataSettings.keepBytesUpTo, options.line);
		const log = trainLog(world, url.pathname);
		if (log !== undefined) return plainText(log);
		const file = download(world, url.pathname, request.headers.authorization);
		if (file) return file;

		const record = describeRequest(request, url, body, route?.rpc.name ?? '');
		options.onReceived(record);
		const outcome = route
			? decide({ route, url, body, record, isAdmitted })
			: refuseUnknownPath(record);
		if (outcome === 'hang') return outcome;
		if (options.latencyMs > 0) await time.sleep(options.latencyMs);
		const dated = outcome === 'reset' ? outcome : withDate(outcome);
		if (dated !== 'reset') Object.assign(record, { status: dated.status, code: dated.code });
		options.onAnswered(record);
		return dated;
	};

	function withDate(answer: Answer): Answer {
		const aheadMs = (world.untidy.plan.dateAheadSeconds ?? 0) * 1000;
		const date = new Date(world.clock.now() + aheadMs).toUTCString();
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
		if (!incoming.isAdmitted) {
			return throttledAnswer(answers, type, throttle.limit, options.retryAfter);
		}
		const fault = faults.pick(incoming.record) ?? untidyFault(world.untidy, incoming.record);
		incoming.record.fault = fault?.kind;
		const instead = fault && insteadOfCarryingOut(fault, answers, type);
		if (fault?.carriedOutAfterSeconds !== undefined) {
			const due = world.clock.now() + fault.carriedOutAfterSeconds * 1000;
			world.lateWrites.add(due, () => void carryOutNow(incoming, fault));
		}
		if (instead) return instead;
		const answer = carryOut(incoming, fault);
		return fault ? spoilAnswer(fault, answer) : answer;
	}

	function carryOut(incoming: Incoming, fault: Fault | undefined): Answer {
		if (fault?.kind === 'clockJump') world.clock.advance(fault.ms ?? HOUR_MS);
		world.settle();
		return carryOutNow(incoming, fault);
	}

	function carryOutNow({ route, url, body, record }: Incoming, fault: Fault | undefined): Answer {
		const { rpc } = route;
		let call: Call | undefined;
		try {
			const caller = authorize(world, rpc, record.authorization);
			const handler = handlers[rpc.name];
			if (!handler) {
				throw new ApiError(Code.notImplemented, `The emulator does not implement ${rpc.name}`);
			}
			const request = readRequest(route, url.searchParams, bodyValue(body));
			checkIsThere(world, record.method, record.path);
			call = new Call(world, rpc, request, record, caller, fault);
			const message = handler(call);
			noteDeed(call, message);
			return success(rpc, untidyAnswer(world, rpc, message), fault);
		} catch (error) {
			const refusal = asRefusal(error);
			// Of a mixed outcome, a part was carried out.
			if (call && refusal.code === Code.mixed) noteDeed(call, refusal.answer);
			return answers.refusal(rpc.response, refusal);
		}
	}

	function noteDeed({ rpc, request, now, record }: Call, message: Message) {
		if (!isDeed(rpc.name)) return;
		world.madeObjects.noteAnswer(rpc.response, message, now);
		world.book.enter(rpc.name, request, message, now, record);
	}

	function success({ name, response }: Rpc, message: Message, fault: Fault | undefined): Answer {
		if (fault?.kind === 'mixed10010') return mixedAnswer(fault, answers, response, message);
		const { accepted } = world.untidy.plan;
		const isPlain = message.status === undefined;
		if (accepted && isPlain && isDeed(name) && world.untidy.random.next() < accepted) {
			return answers.make(response, 202, makeStatus(Code.accepted), message);
		}
		return answers.success(response, message);
	}

	function refuseUnknownPath({ method, path }: RecordedRequest): Answer {
		// Of what a platform does not offer, it knows the path no more than the call.
		const isKnown = routes.knowsPath(path) && !routes.find(method, path);
		const error = isKnown
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
