import type { Line } from './line.mts';
import { parseBody } from './requestBody.mts';
import type { RequestBody } from './requestBody.mts';
import type { PlainRequest } from './requestHandler.mts';

const MB = 1024 * 1024;

/** A large buffer of an earlier request, as the pages of a new one would cost more than the reading. */
let spare: Buffer | undefined;

export async function readBody(
	{ headers, body: incoming }: PlainRequest,
	keepBytesUpTo: number,
	line: Line,
): Promise<RequestBody> {
	const announced = Number(headers['content-length'] ?? 0);
	if (announced < MB) {
		const chunks: Buffer[] = [];
		for await (const chunk of incoming) chunks.push(chunk);
		return parseBody(Buffer.concat(chunks), keepBytesUpTo);
	}
	const buffer = takeBuffer(announced);
	let length = 0;
	for await (const chunk of incoming) {
		await line.carry(chunk.length);
		length += chunk.copy(buffer, length);
	}
	const body = parseBody(buffer.subarray(0, length), keepBytesUpTo);
	if (buffer.length >= (spare?.length ?? 0)) spare = buffer;
	return body;
}

function takeBuffer(size: number): Buffer {
	const taken = spare && spare.length >= size ? spare : Buffer.allocUnsafeSlow(size);
	if (taken === spare) spare = undefined;
	return taken;
}
