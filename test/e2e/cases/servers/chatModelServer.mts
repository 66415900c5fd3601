import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ToolCall {
	name: string;
	arguments: Record<string, unknown>;
}

interface ChatRequest {
	messages: Array<{ role: string; content: unknown }>;
	tools?: Array<{ function: { name: string } }>;
}

export interface ChatModelServer {
	url: string;
	/** The requests received so far: the last one holds the whole conversation. */
	requests: ChatRequest[];
	close(): void;
}

/** OpenAI's chat API with a model that makes the given tool calls one after the other, and then says that it is done. */
export async function startChatModel(calls: ToolCall[]): Promise<ChatModelServer> {
	const requests: ChatRequest[] = [];
	const server = createServer(async (request, response) => {
		const body = (await readJson(request)) as ChatRequest;
		requests.push(body);
		const call = calls[requests.length - 1];
		const message = call
			? {
					role: 'assistant',
					content: null,
					tool_calls: [
						{
							id: `call-${requests.length}`,
							type: 'function',
							function: { name: call.name, arguments: JSON.stringify(call.arguments) },
						},
					],
				}
			: { role: 'assistant', content: 'Done.' };
		response.writeHead(200, { 'content-type': 'application/json' });
		response.end(
			JSON.stringify({
				id: `chat-${requests.length}`,
				object: 'chat.completion',
				created: 0,
				model: 'test',
				choices: [{ index: 0, message, finish_reason: call ? 'tool_calls' : 'stop' }],
				usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
			}),
		);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/v1`, requests, close: () => void server.close() };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
	let text = '';
	for await (const chunk of request) text += String(chunk);
	return text ? JSON.parse(text) : {};
}
