import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** The requests that the nodes send to one API, as Node.js itself reports them. */
export class RequestObserver {
	private seen: string[] = [];

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

	/** The requests since the last call, one line for each; equal ones in a row are counted. */
	take(): string[] {
		const runs: Array<{ line: string; count: number }> = [];
		for (const line of this.seen) {
			if (runs.at(-1)?.line === line) runs[runs.length - 1].count++;
			else runs.push({ line, count: 1 });
		}
		this.seen = [];
		return runs.map(({ line, count }) => (count > 1 ? `${line} (${count} times)` : line));
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
		this.seen.push(`${request.method} ${url.pathname}${url.search} -> ${outcome}`);
	}
}
