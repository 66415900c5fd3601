import type { ServerResponse } from 'node:http';
import type { Type } from 'protobufjs';
import { encodeJson } from './encodeJson.mts';
import type { EncodeOptions } from './encodeJson.mts';
import type { Message } from './message.mts';
import type { Random } from './random.mts';
import type { ApiError } from './statuses.mts';
import { Code, makeStatus } from './statuses.mts';

export interface Answer {
	status: number;
	/** Clarifai's status code, where the answer has one. */
	code?: number;
	headers: Record<string, string>;
	body: string | Buffer;
	/** Break the connection off after the body, which is then shorter than its announced length. */
	breakOff?: boolean;
}

/** Makes answers in Clarifai's JSON: a status with a request ID, then the fields of the message. */
export class Answers {
	readonly #random: Random;
	readonly #encoding: EncodeOptions;

	constructor(random: Random, encoding: EncodeOptions) {
		this.#random = random;
		this.#encoding = encoding;
	}

	success(type: Type, message: Message) {
		return this.make(type, 200, makeStatus(Code.success), message);
	}

	refusal(type: Type, { httpStatus, status, answer }: ApiError) {
		return this.make(type, httpStatus, status, answer);
	}

	/** A message that brings its own status, as that of a single status code does, keeps it. */
	make(type: Type, httpStatus: number, status: Message, message: Message): Answer {
		const shown: Message = { ...(message.status ?? status), req_id: this.#random.hexId() };
		const json = encodeJson(type, { ...message, status: shown }, this.#encoding);
		return {
			status: httpStatus,
			code: shown.code,
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(json),
		};
	}
}

export function htmlPage(status: number, title: string): Answer {
	return {
		status,
		headers: { 'content-type': 'text/html' },
		body: `<html><head><title>${status} ${title}</title></head><body><h1>${status} ${title}</h1></body></html>\n`,
	};
}

export function plainText(body: string): Answer {
	return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

export function sendAnswer(response: ServerResponse, answer: Answer) {
	const length = String(Buffer.byteLength(answer.body));
	response.writeHead(answer.status, { 'content-length': length, ...answer.headers });
	if (!answer.breakOff) {
		response.end(answer.body);
		return;
	}
	response.write(answer.body, () => response.destroy());
}
