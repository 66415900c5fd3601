import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { sendAnswer } from './answers.mts';
import type { HandleRequest } from './requestHandler.mts';

/** The emulator behind a socket. */
export function createEmulatorServer(handle: HandleRequest): Server {
	const server = createServer((request, response) => {
		serve(handle, request, response).catch((error: Error) => response.destroy(error));
	});
	// Longer than clients keep an idle connection, so that none is closed as it is used again.
	server.keepAliveTimeout = 120_000;
	return server;
}

async function serve(handle: HandleRequest, request: IncomingMessage, response: ServerResponse) {
	const { method = '', url = '', headers } = request;
	const outcome = await handle({ method, url, headers, body: request });
	if (outcome === 'hang') return;
	if (outcome === 'reset') request.socket.destroy();
	else sendAnswer(response, outcome);
}
