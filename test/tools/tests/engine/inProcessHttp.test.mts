import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { IHttpRequestOptions } from 'n8n-workflow';
import type { HandleRequest, PlainRequest } from '../../emulator/emulator.mts';
import { htmlPage } from '../../emulator/answers.mts';
import { createEmulatorServer } from '../../emulator/server.mts';
import { InProcessHttp } from '../../engine/inProcessHttp.mts';
import { httpRequest } from '../../engine/n8n.mts';
import { VirtualTime } from '../../engine/virtualTime.mts';

type Result = Awaited<ReturnType<HandleRequest>>;

const json = (body: unknown, more: object = {}): Result => ({
	status: 200,
	headers: { 'content-type': 'application/json' },
	body: JSON.stringify(body),
	...more,
});

interface Seen {
	received: unknown[];
	result: unknown;
}

type Send = (url: string) => IHttpRequestOptions;

/** The same request, answered through a socket. */
async function throughSocket(handle: HandleRequest, send: Send): Promise<Seen> {
	const received: unknown[] = [];
	const server = createEmulatorServer(async (request) => {
		received.push(await read(request));
		return await handle(request);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const result = await resultOf(send(url));
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
	return { received, result };
}

async function withoutSocket(handle: HandleRequest, send: Send): Promise<Seen> {
	const received: unknown[] = [];
	const http = new InProcessHttp(new VirtualTime());
	const uninstall = http.install();
	http.serve('http://clarifai.test', async (request) => {
		received.push(await read(request));
		return await handle(request);
	});
	const result = await resultOf(send('http://clarifai.test'));
	uninstall();
	return { received, result };
}

/** What arrives, apart from the host. */
async function read({ headers, body, ...request }: PlainRequest) {
	const chunks: Buffer[] = [];
	for await (const chunk of body) chunks.push(chunk);
	return { ...request, headers: { ...headers, host: 'somewhere' }, body: Buffer.concat(chunks) };
}

/** What a node gets, or everything that a node or n8n can read of the error. */
async function resultOf(options: IHttpRequestOptions): Promise<unknown> {
	try {
		const answer = (await httpRequest({ returnFullResponse: true, ...options })) as {
			headers: Record<string, string>;
		};
		expect(Date.parse(answer.headers.date)).not.toBeNaN();
		return { ...answer, headers: { ...answer.headers, date: 'some date' } };
	} catch (error) {
		const { name, message, code, status, cause, response } = error as Record<string, any>;
		return {
			name,
			message,
			code,
			status,
			cause: cause && { name: cause.name, message: cause.message, code: cause.code },
			response: response && { status: response.status, data: String(response.data) },
		};
	}
}

const get: Send = (url) => ({ method: 'GET', url: `${url}/v2/models?page=1`, json: true });
const post: Send = (url) => ({
	method: 'POST',
	url: `${url}/v2/models`,
	qs: { ids: 'a b', page: 2 },
	headers: { Authorization: 'Key secret' },
	body: { models: [{ id: 'm', name: 'ü' }] },
	json: true,
});

const CASES: Array<[string, Result, Send]> = [
	['JSON', json({ status: { code: 10000 }, name: 'ü' }), post],
	['a header of its own', json({}, { headers: { 'retry-after': '3', date: 'Mon' } }), get],
	['a refusal', json({ status: { code: 21200 } }, { status: 404 }), get],
	[
		'a refusal that is taken as an answer',
		json({ status: { code: 98004 } }, { status: 500 }),
		(url) => ({ ...get(url), ignoreHttpStatusErrors: true }),
	],
	['a status that Node has no words for', json({}, { status: 599 }), get],
	['HTML', htmlPage(502, 'Bad Gateway'), get],
	['an empty body', json({}, { body: '' }), get],
	['JSON that is cut off', json({}, { body: '{"status": {"co' }), get],
	[
		'bytes',
		json({}, { headers: { 'content-type': 'image/png' }, body: Buffer.from([0x89, 0xff, 0, 1]) }),
		(url) => ({ ...get(url), encoding: 'arraybuffer' }),
	],
	[
		'a compressed body',
		json({}, { headers: { 'content-encoding': 'gzip' }, body: gzipSync('{"a": 1}') }),
		get,
	],
	[
		'a redirect that is not followed',
		json({}, { status: 302, headers: { location: 'http://elsewhere.test' } }),
		(url) => ({ ...get(url), disableFollowRedirect: true, ignoreHttpStatusErrors: true }),
	],
	[
		'an answer that breaks off',
		json({}, { body: '{"status"', headers: { 'content-length': '100' }, breakOff: true }),
		get,
	],
	['a reset', 'reset', post],
	['no answer in time', 'hang', (url) => ({ ...get(url), timeout: 50 })],
	[
		'no answer in time to a call whose redirects are not followed',
		'hang',
		(url) => ({ ...post(url), timeout: 50, disableFollowRedirect: true }),
	],
	['a body of bytes', json({}), (url) => ({ ...post(url), body: Buffer.from([1, 0xff]) })],
	['no JSON wanted', json({ a: 1 }), (url) => ({ ...get(url), json: false })],
];

test.each(CASES)('%s is the same to n8n without a socket', async (_what, outcome, send) => {
	const handle: HandleRequest = async () => outcome;

	const expected = await throughSocket(handle, send);

	expect(expected.received).toHaveLength(1);
	expect(await withoutSocket(handle, send)).toEqual(expected);
});

test.each([
	['before it is sent', 0],
	['while it is under way', 1],
])('a stop %s is the same to n8n without a socket', async (_when, requests) => {
	const run = async (send: typeof throughSocket) => {
		const stop = new AbortController();
		const handle: HandleRequest = async () => {
			stop.abort(new Error('stopped'));
			return 'hang';
		};
		if (requests === 0) stop.abort(new Error('stopped'));
		return await send(handle, (url) => ({ ...post(url), abortSignal: stop.signal }));
	};

	const expected = await run(throughSocket);

	expect(expected.received).toHaveLength(requests);
	expect(await run(withoutSocket)).toEqual(expected);
});

test('a time-out takes no time but that of the virtual clock', async () => {
	const time = new VirtualTime();
	const http = new InProcessHttp(time);
	const uninstall = http.install();
	http.serve('http://clarifai.test', async () => {
		await time.sleep(119_999);
		return json({ late: true });
	});
	const began = time.now();
	const call = async (timeout: number) =>
		await resultOf({ method: 'GET', url: 'http://clarifai.test', json: true, timeout });

	expect(await call(120_000)).toMatchObject({ body: { late: true } });
	expect(time.now() - began).toBe(119_999);
	expect(await call(60_000)).toMatchObject({ code: 'ECONNABORTED' });
	expect(time.now() - began).toBe(119_999 + 60_000);
	uninstall();
});

test('a made-up host that nobody serves is refused with its reason', async () => {
	const uninstall = new InProcessHttp(new VirtualTime()).install();

	await expect(httpRequest({ method: 'GET', url: 'http://other.test/' })).rejects.toThrow(
		'http://other.test is not served in this virtual time',
	);

	uninstall();
});
