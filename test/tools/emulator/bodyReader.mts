import type { IncomingMessage } from 'node:http';
import { parseBody } from './requestBody.mts';
import type { RequestBody } from './requestBody.mts';

const MB = 1024 * 1024;

/** A large buffer of an earlier request, as the pages of a new one would cost more than the reading. */
let spare: Buffer | undefined;

export async function readBody(
	request: IncomingMessage,
	keepBytesUpTo: number,
): Promise<RequestBody> {
	const announced = Number(request.headers['content-length'] ?? 0);
	if (announced < MB) {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		return parseBody(Buffer.concat(chunks), keepBytesUpTo);
	}
	const buffer = takeBuffer(announced);
	let length = 0;
	for await (const chunk of request) length += (chunk as Buffer).copy(buffer, length);
	const body = parseBody(buffer.subarray(0, length), keepBytesUpTo);
	if (buffer.length >= (spare?.length ?? 0)) spare = buffer;
	return body;
}

function takeBuffer(size: number): Buffer {
	const taken = spare && spare.length >= size ? spare : Buffer.allocUnsafeSlow(size);
	if (taken === spare) spare = undefined;
	return taken;
}
