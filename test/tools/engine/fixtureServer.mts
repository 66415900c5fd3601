import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FixtureServer {
	url: string;
	requests: Array<{ path: string; authorization: string | undefined }>;
	/** How many of the next requests are answered with 500. */
	failNext: number;
	/** Resolves when a client goes away before it got its answer. */
	aborted: Promise<void>;
	close(): Promise<void>;
}

/** What the fixture package's nodes talk to. `/hang` is never answered. */
export async function startFixtureServer(): Promise<FixtureServer> {
	let onAborted = () => {};

	const server = createServer((request, response) => {
		const url = new URL(request.url ?? '/', 'http://fixture');
		const { authorization } = request.headers;
		fixture.requests.push({ path: request.url ?? '', authorization });

		const answer = (status: number, body: unknown) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(body));
		};

		if (url.pathname === '/hang') {
			response.on('close', () => onAborted());
		} else if (fixture.failNext > 0) {
			fixture.failNext--;
			answer(500, { message: 'Try again' });
		} else if (url.pathname === '/whoami') {
			if (authorization === 'Key unknown') return answer(404, {});
			if (authorization === 'Key bad') return answer(401, {});
			answer(200, { user: { blocked: authorization === 'Key blocked' } });
		} else if (url.pathname === '/things') {
			const query = url.searchParams.toString();
			answer(200, {
				names: [`things?${query}`],
				next: url.searchParams.has('page') ? '2' : undefined,
			});
		} else {
			answer(200, { path: url.pathname });
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

	const fixture: FixtureServer = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests: [],
		failNext: 0,
		aborted: new Promise<void>((resolve) => (onAborted = resolve)),
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return fixture;
}
