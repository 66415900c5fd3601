import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** The requests that the nodes send to one API, as Node.js itself reports them. */
export class RequestObserver {
	private changes: Record<string, number> = {};

	private reads = 0;

	private readonly origin: URL;

	constructor(baseUrl: string) {
		this.origin = new URL(baseUrl);
		subscribe('http.client.response.finish', this.onAnswer);
		subscribe('http.client.request.error', this.onFailure);
	}

	stop(): void {
		unsubscribe('http.client.response.finish', this.onAnswer);
		unsubscribe('http.client.request.error', this.onFailure);
	}

	/** What was asked since the last call: a line for each change, equal ones counted, and one for all reads. */
	take(): string[] {
		const lines = Object.entries(this.changes).map(([line, count]) =>
			count > 1 ? `${line} (${count} times)` : line,
		);
		if (this.reads > 0) lines.push(`GET requests: ${this.reads}`);
		this.changes = {};
		this.reads = 0;
		return lines;
	}

	private readonly onAnswer = (message: unknown) => {
		const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
		this.record(request, String(response.statusCode));
	};

	private readonly onFailure = (message: unknown) => {
		const { request, error } = message as { request: ClientRequest; error: Error };
		this.record(request, `no answer, ${error.message}`);
	};

	private record(request: ClientRequest, outcome: string): void {
		// Through a proxy, the path is a whole URL.
		const url = new URL(request.path, `${request.protocol}//${request.getHeader('host')}`);
		if (url.host !== this.origin.host) return;
		if (request.method === 'GET') {
			this.reads++;
			return;
		}
		const line = `${request.method} ${url.pathname}${url.search} -> ${outcome}`;
		this.changes[line] = (this.changes[line] ?? 0) + 1;
	}
}
