import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INodeParameters } from 'n8n-workflow';
import type { FaultKind } from '../../../tools/emulator/emulator.mts';
import { ssrfProtection } from '../../../tools/engine/n8n.mts';
import { callsOf, DEMO, locate, type NodeRunResult, setUp, type SetUp } from '../../setup.mts';

const FAST = { maxRequestsPerSecond: 0 };

const CREATE: [string, INodeParameters] = [
	'clarifaiCreateModel',
	{ modelId: 'cars', options: FAST },
];
const LIST: [string, INodeParameters] = ['clarifaiListTemplates', { options: FAST }];
const WORKFLOW: [string, INodeParameters] = [
	'clarifaiCreateWorkflow',
	{
		workflowId: 'w',
		options: FAST,
		nodes: { node: [{ nodeId: 'a', modelId: locate('id', 'trained') }] },
	},
];
const DEFAULT: [string, INodeParameters] = [
	'clarifaiUpdateDefaultWorkflow',
	{ workflow: locate('id', 'workflow-1'), options: FAST },
];

let clarifai: SetUp;

beforeEach(async () => {
	clarifai = await setUp();
	clarifai.emulator.addTrainedVersion('trained');
	clarifai.emulator.addWorkflows(1);
});

function expectNoToken({ result, error }: NodeRunResult) {
	const { message, description } = error ?? {};
	expect([message, description, result.serialized()].join()).not.toContain(DEMO.pat);
}

describe('a cause that is known has its remedy', () => {
	it.each([
		['a token of a wrong format', { accessToken: 'nonsense' }, 401, 11008, /copy it again/],
		['an unknown token', { accessToken: 'f'.repeat(32) }, 401, 11009, /copy it again/],
		['a token without scopes', { accessToken: DEMO.scopelessPat }, 403, 11007, /lacks a scope/],
		['an unknown user', { userId: 'nobody' }, 404, 11101, /Check 'User ID' and 'App ID'/],
		['an unknown app', { appId: 'nothing' }, 404, 11101, /Check 'User ID' and 'App ID'/],
		[
			"an app key of another app's",
			{ accessToken: DEMO.appKey, appId: 'second' },
			401,
			11008,
			/'User ID' and 'App ID' must be its owner's/,
		],
	])('%s', async (_what, credential, http, code, remedy) => {
		clarifai.emulator.addApp('second');
		const { run } = await clarifai.withCredential(credential);

		for (const [node, parameters] of [CREATE, WORKFLOW, DEFAULT]) {
			const { error } = await run(node, parameters);

			expect(error?.name).toBe('NodeApiError');
			expect(error?.message).toMatch(/\w/);
			expect(error?.description).toMatch(remedy);
			expect(error?.description).toMatch(
				new RegExp(`\\(Clarifai: code ${code}, request ID \\w+, HTTP ${http}, [A-Z]+ /v2/.*\\)$`),
			);
			expect(error?.httpCode).toBe(String(http));
			expect(error?.context.itemIndex).toBe(0);
		}
		expect(clarifai.emulator.app().models.size).toBe(1);
	});

	it('a refusal by n8n itself, which protects internal addresses', async () => {
		const { run } = await clarifai.withCredential({ baseUrl: 'http://10.0.0.1' });
		ssrfProtection.enabled = true;

		const { error } = await run(...CREATE).finally(() => (ssrfProtection.enabled = false));

		expect(error?.message).toContain('blocked');
		expect(error?.description).toMatch(
			/^n8n itself did not send the request: .*'Allowed HTTP Request Domains'.*N8N_SSRF_ALLOWED_HOSTNAMES/,
		);
	});

	it("names Clarifai's description, details, code, request ID and call", async () => {
		const { run } = await clarifai.withCredential({ accessToken: 'f'.repeat(32) });

		const { error } = await run(...CREATE);

		expect(error?.message).toBe('API key not found');
		expect(error?.description).toMatch(
			/^invalid key\(None\)\. Check 'Access Token' .*'App ID' must be its owner's\. \(Clarifai: code 11009, request ID \w+, HTTP 401, GET \/v2\/users\/demo-user\/apps\/demo-app\/models\/cars\)$/,
		);
	});

	it.each([
		['empty', ''],
		['blank', '  '],
	])('an access token that is %s sends nothing', async (_what, accessToken) => {
		const { run } = await clarifai.withCredential({ accessToken });

		const { error } = await run(...CREATE);

		expect(error).toMatchObject({
			message: "'Access Token' in the Clarifai credential is empty",
			description: 'Copy it from Settings > Secrets in Clarifai.'.replace('>', '›'),
		});
		expect(clarifai.emulator.requests).toEqual([]);
	});

	it.each([['two words'], ['line\nbreak'], ['Key\tx'], ['tökén']])(
		'an access token %j sends nothing',
		async (accessToken) => {
			const { run } = await clarifai.withCredential({ accessToken });

			const { error } = await run(...CREATE);

			expect(error?.message).toMatch(/'Access Token' .* has spaces or other signs/);
			expect(clarifai.emulator.requests).toEqual([]);
		},
	);

	it('an access token with blanks around it is used without them', async () => {
		const { run } = await clarifai.withCredential({ accessToken: ` ${DEMO.pat}\n` });

		expect((await run(...CREATE)).error).toBeUndefined();
		expect(clarifai.emulator.requests).toMatchObject([
			{ authorization: `Key ${DEMO.pat}` },
			{ authorization: `Key ${DEMO.pat}` },
		]);
	});

	it.each([
		['ftp://api.clarifai.com', /not a web address/],
		['http://', /not a web address/],
		['https://user:secret@api.clarifai.com', /has a user name/],
		['https://api.clarifai.com?key=1', /a query/],
		['https://clarifai.com', /portal, not of its API/],
	])('the base URL %s sends nothing', async (baseUrl, message) => {
		const { run } = await clarifai.withCredential({ baseUrl });

		const { error } = await run(...LIST);

		expect(error?.message).toMatch(message);
		expect(error?.description).toContain('api.clarifai.com');
		expect(error?.message).not.toContain('secret');
	});

	it.each([['userId'], ['appId']])('an empty %s in the credential sends nothing', async (name) => {
		const { run } = await clarifai.withCredential({ [name]: '' });

		const { error } = await run(...CREATE);

		expect(error?.message).toBe(`'${name === 'userId' ? 'User' : 'App'} ID' is empty`);
		expect(clarifai.emulator.requests).toEqual([]);
	});

	it('status codes may be names', async () => {
		const { emulator, withCredential } = await setUp({ enums: 'names' });
		emulator.faults.add({ kind: 'failure10020', rpc: 'PostModels', code: 40010 });
		const duplicate = await (await withCredential({})).run(...CREATE);
		const unknown = await (await withCredential({ accessToken: 'f'.repeat(32) })).run(...CREATE);

		expect(duplicate.error?.description).toMatch(/'If Model Exists'.*code 40010/);
		expect(unknown.error?.description).toMatch(/copy it again.*code 11009/);
	});
});

describe('one bad answer', () => {
	const harmless: FaultKind[] = [
		'throttle',
		'http500',
		'http502html',
		'http503',
		'http504',
		'resetBefore',
		'resetAfter',
		'truncatedJson',
		'emptyBody',
	];

	it.each(harmless)('%s leaves the result of each node as it is', async (kind) => {
		const { run, emulator } = clarifai;
		const rpc = ['PostModels', 'PostWorkflows', 'PatchApps', 'ListModelTypes'];
		for (const each of rpc) emulator.faults.add({ kind, rpc: each, times: 1 });

		const created = await run(...CREATE);
		const listed = await run(...LIST);
		const workflow = await run(...WORKFLOW);
		const changed = await run(...DEFAULT);

		expect(created.json).toMatchObject([{ modelId: 'cars', created: true }]);
		expect(listed.json.length).toBeGreaterThan(20);
		expect(workflow.json).toMatchObject([{ workflowId: 'w', created: true, updated: false }]);
		expect(changed.json).toMatchObject([{ changed: true }]);
		expect(emulator.faults.total).toBe(4);
		expect(emulator.app().workflows.get('w')?.versions).toHaveLength(1);
	});

	it.each([40030, 21354, 21355])(
		'with code %i at every try says to come back later',
		async (code) => {
			const { run, emulator } = clarifai;
			emulator.faults.add({ kind: 'okWithFailureStatus', code, rpc: 'GetModel' });

			const { error } = await run(...CREATE);

			expect(error?.description).toContain('Run the workflow again later.');
			expect(error?.description).not.toContain('Check the parameters');
		},
	);

	it.each([40031, 40032, 41000, 99009])(
		'with code %i at every try says to look at the status and to come back later',
		async (code) => {
			const { run, emulator } = clarifai;
			emulator.faults.add({ kind: 'okWithFailureStatus', code, rpc: 'GetModel' });

			const { error } = await run(...CREATE);

			expect(error?.description).toMatch(
				/status\.clarifai\.com, then run the workflow again later\./,
			);
		},
	);

	const TRY_AGAIN = [10030, 40030, 40031, 40032, 41000, 99009];

	it.each(TRY_AGAIN)('with code %i leaves the result of each node as it is', async (code) => {
		const { run, emulator } = clarifai;
		const rpc = ['PostModels', 'PostWorkflows', 'PatchApps', 'ListModelTypes', 'GetModel'];
		for (const each of rpc) {
			emulator.faults.add({ kind: 'okWithFailureStatus', code, rpc: each, times: 1 });
		}

		const outcomes = [await run(...CREATE), await run(...LIST), await run(...WORKFLOW)];
		const changed = await run(...DEFAULT);

		expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
		expect(outcomes[0].json).toMatchObject([{ modelId: 'cars', created: true }]);
		expect(outcomes[2].json).toMatchObject([{ workflowId: 'w', created: true }]);
		expect(changed.json).toMatchObject([{ changed: true }]);
		expect(emulator.faults.total).toBe(5);
		expect(emulator.app().workflows.get('w')?.versions).toHaveLength(1);
	});

	it.each([CREATE, WORKFLOW, DEFAULT])(
		'that only says ACCEPTED (HTTP 202, 10070) is a success of %s',
		async (node, parameters) => {
			const { run, emulator } = clarifai;
			emulator.untidiness.accepted = 1;

			const { error, json } = await run(node, parameters);

			expect(error).toBeUndefined();
			expect(json).toHaveLength(1);
			expect(emulator.requests.filter(({ method }) => method !== 'GET')).toHaveLength(1);
		},
	);

	it('truncated on the way is no success either', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'truncatedJson', fullLength: true, times: 1 });

		expect((await run(...CREATE)).json).toMatchObject([{ created: true }]);
		expect(emulator.app().models.size).toBe(2);
	});

	it('with a Retry-After header makes the node wait', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'throttle', times: 2, retryAfter: 3 });

		expect((await run(...LIST)).error).toBeUndefined();
		expect(emulator.requests).toHaveLength(3);
	});
});

describe('an answer that says that it failed', () => {
	it.each([CREATE, LIST, WORKFLOW, DEFAULT])(
		'with HTTP 200 is an error of %s, and never an empty list',
		async (node, parameters) => {
			const { run, emulator } = clarifai;
			emulator.faults.add({
				kind: 'okWithFailureStatus',
				code: 21201,
				details: 'model x is not yours',
			});

			const { error, items } = await run(node, parameters);

			expect(items).toEqual([]);
			expect(error).toMatchObject({
				message: 'Model permission denied',
				description: expect.stringMatching(/^model x is not yours\. .*code 21201, .*HTTP 200/),
				httpCode: '200',
			});
			expect(emulator.requests).toHaveLength(1);
		},
	);

	it.each([CREATE, LIST, WORKFLOW, DEFAULT])(
		'as 10020 is an error of %s',
		async (node, parameters) => {
			const { run, emulator } = clarifai;
			emulator.faults.add({ kind: 'failure10020', details: 'the very reason' });

			const { error, items } = await run(node, parameters);

			expect(items).toEqual([]);
			expect(error?.message).toMatch(/^(Failure|Invalid model argument)$/);
			expect(error?.description).toContain('the very reason');
			expect(error?.httpCode).toBe('400');
		},
	);

	it('as 10020 shows the reason that the item gives', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'failure10020', rpc: 'PostModels', details: 'bad toolkit' });

		const { error } = await run(...CREATE);

		expect(error).toMatchObject({
			message: 'Invalid model argument',
			description: expect.stringMatching(/^bad toolkit\. .*code 21202/),
		});
	});

	it('as 10010 about a single thing is looked up: it says that it was made and that it was not', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'mixed10010', details: 'not this one' });

		const [node, parameters] = CREATE;
		const model = await run(node, { ...parameters, ifModelExists: 'fail' });
		const workflow = await run(...WORKFLOW);

		expect(model.json).toMatchObject([{ created: true }]);
		expect(workflow.json).toMatchObject([{ workflowId: 'w', created: true }]);
		expect(emulator.book.of('model')).toHaveLength(1);
	});
});

describe('what does not come from Clarifai', () => {
	const servers: Server[] = [];
	const received: IncomingMessage[] = [];

	afterEach(async () => {
		received.length = 0;
		for (const server of servers.splice(0)) {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		}
	});

	/** A server that gives every request the same answer. */
	async function serve(
		status: number,
		body: string | ((request: IncomingMessage) => string),
		headers: Record<string, string> = { 'content-type': 'application/json' },
	): Promise<string> {
		const server = createServer((request, response) => {
			received.push(request);
			response.writeHead(status, headers);
			response.end(typeof body === 'string' ? body : body(request));
		});
		servers.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	const html = { 'content-type': 'text/html' };
	const ok = '{"status":{"code":10000,"description":"Ok"},"model_types":[';

	it.each([
		['an HTML page', 200, '<html>Welcome</html>', html, /an HTML page \(HTTP 200\)$/],
		['an HTML error page', 502, '<html>Bad</html>', html, /an HTML page \(HTTP 502\)$/],
		['a page of a proxy', 200, '<!doctype html>', {}, /an HTML page \(HTTP 200\)$/],
		['nothing', 200, '', {}, /an empty answer \(HTTP 200\)$/],
		['no content', 204, '', {}, /an empty answer \(HTTP 204\)$/],
		['half of the JSON', 200, ok, undefined, /JSON that is cut off or damaged \(HTTP 200\)$/],
		[
			'JSON without a status',
			200,
			'{"models":[]}',
			undefined,
			/JSON without a status \(HTTP 200\)$/,
		],
		['an empty status', 200, '{"status":{}}', undefined, /JSON without a status \(HTTP 200\)$/],
		['a list', 200, '[]', undefined, /an answer that is not JSON \(HTTP 200\)$/],
		['null', 200, 'null', undefined, /The server sent .* \(HTTP 200\)/],
	])('%s is an error after several tries', async (_what, status, body, headers, message) => {
		const { run } = await clarifai.withCredential({
			baseUrl: await serve(status, body, headers),
		});

		for (const [node, parameters] of [CREATE, LIST, WORKFLOW, DEFAULT]) {
			received.length = 0;
			const { error, items } = await run(node, parameters);

			expect(items).toEqual([]);
			expect(error?.message).toMatch(message);
			expect(error?.description).toMatch(
				/^Several tries did not help\. .*'Base URL'.*status\.clarifai\.com/,
			);
			expect(error?.httpCode).toBe(String(status));
			expect(received.length).toBeGreaterThan(2);
			expect(new Set(received.map(({ method }) => method))).toEqual(new Set(['GET']));
		}
	});

	it('an HTML page in answer to a write says that it may have been carried out', async () => {
		const missing = '{"status":{"code":21200,"description":"Model does not exist"}}';
		const page = '<html>Welcome</html>';
		const { run } = await clarifai.withCredential({
			baseUrl: await serve(200, ({ method }) => (method === 'POST' ? page : missing)),
		});

		const { error } = await run(...CREATE);

		expect(error).toMatchObject({
			message:
				'Creating model "cars" may have been carried out: The server sent an HTML page (HTTP 200)',
			description: expect.stringMatching(
				/^Clarifai gave no readable answer to creating model "cars", sent at \d{4}-.*, and it cannot be told whether it was carried out; .* Look at https:\/\/clarifai\.com\/demo-user\/demo-app\/models\/cars before you run the workflow again\. \(Clarifai: HTTP 200, POST \/v2\//,
			),
			httpCode: '200',
		});
		const sent = received.filter(({ method }) => method === 'POST');
		expect(sent).toHaveLength(3);
	});

	it.each([
		['a proxy that wants a password', 401],
		['a proxy that forbids', 403],
		['a wrong address', 404],
		['a method that is not allowed', 405],
	])('%s is an error at once', async (_what, status) => {
		const { run } = await clarifai.withCredential({
			baseUrl: await serve(status, '<html>No</html>', html),
		});

		for (const [node, parameters] of [CREATE, LIST, WORKFLOW, DEFAULT]) {
			received.length = 0;
			const { error } = await run(node, parameters);

			expect(error).toMatchObject({
				message: `The server sent an HTML page (HTTP ${status})`,
				description: expect.stringMatching(/^Check 'Base URL' .*proxy and firewall/),
				httpCode: String(status),
			});
			expect(received).toHaveLength(1);
		}
	});

	it.each([[301], [302], [307], [308]])(
		'a redirect (HTTP %i) is not followed, so that the token stays here',
		async (status) => {
			const elsewhere = await serve(200, '{}');
			const { run } = await clarifai.withCredential({
				baseUrl: await serve(status, '', { location: `${elsewhere}/v2` }),
			});

			const { error } = await run(...LIST);

			expect(error).toMatchObject({
				message: `The server answered with a redirect (HTTP ${status}), which is not followed`,
				description: expect.stringContaining("Check 'Base URL' in the credential"),
				httpCode: String(status),
			});
			expect(received).toHaveLength(1);
		},
	);

	it('nobody listening is an error that names the address', async () => {
		const { run } = await clarifai.withCredential({ baseUrl: 'http://127.0.0.1:1' });

		for (const [node, parameters] of [CREATE, LIST]) {
			const { error } = await run(node, parameters);

			expect(error).toMatchObject({
				message:
					'No connection to http://127.0.0.1:1: nothing answers at this address (ECONNREFUSED)',
				description: expect.stringMatching(/Check 'Base URL' in the credential, and the network/),
				httpCode: 'ECONNREFUSED',
			});
		}
	});

	it('a connection that breaks each time is an error', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'resetBefore' });

		const { error } = await run(...LIST);

		expect(error).toMatchObject({
			message: `The connection to ${emulator.url} broke before the answer came (ECONNRESET)`,
			description: expect.stringContaining('Several tries did not help'),
			httpCode: 'ECONNRESET',
		});
		expect(emulator.requests).toHaveLength(8);
	});

	it('a server that hangs is an error when the time is up', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'hang' });

		const { error } = await run('clarifaiListTemplates', { options: { requestTimeoutSeconds: 1 } });

		expect(error?.message).toBe(`${emulator.url} did not answer in time (ETIMEDOUT)`);
	});

	it('being throttled for ever is an error that says how to slow down', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'throttle' });

		const { error } = await run(...CREATE);

		expect(error).toMatchObject({
			message: 'Making too many requests',
			description: expect.stringMatching(
				/^exceeded limit of 15 requests per second\. .*Lower 'Max Requests per Second'.*code 11005/,
			),
			httpCode: '429',
		});
		expect(emulator.app().models.has('cars')).toBe(false);
	});

	describe('an echo of the token', () => {
		const echo = ({ headers: { authorization } }: IncomingMessage) =>
			JSON.stringify({
				status: {
					code: 11102,
					description: `Bad header ${authorization}`,
					details: `I got "${authorization}", twice: ${authorization}`,
					req_id: 'abc',
				},
			});

		it.each([CREATE, LIST, WORKFLOW, DEFAULT])('is not shown by %s', async (node, parameters) => {
			const { run } = await clarifai.withCredential({ baseUrl: await serve(400, echo) });

			const outcome = await run(node, parameters);
			const branch = await run(node, parameters, { settings: { onError: 'continueErrorOutput' } });

			expect(outcome.error?.message).toBe('Bad header Key [token]');
			expect(outcome.error?.description).toMatch(/^I got "Key \[token\]", twice: Key \[token\]\./);
			expectNoToken(outcome);
			expect(branch.outputs(1)).toHaveLength(1);
			expectNoToken(branch);
		});

		it('is not shown by a list', async () => {
			const { engine } = await clarifai.withCredential({ baseUrl: await serve(400, echo) });

			const error = await engine
				.loadOptions('clarifaiCreateModel')
				.listSearch('searchModelTypes')
				.catch((failure: Error & { description: string }) => failure);

			expect((error as Error).message).toBe('Bad header Key [token]');
			expect((error as { description: string }).description).not.toContain(DEMO.pat);
		});
	});

	it('cannot put tags, control characters or endless text into the message', async () => {
		const status = {
			code: 21203,
			description: `<img src=x onerror=alert(1)>\u0007\u202e${'m'.repeat(2000)}`,
			details: `<b>${'d'.repeat(9000)}`,
			req_id: '<i>',
		};
		const { run } = await clarifai.withCredential({
			baseUrl: await serve(400, JSON.stringify({ status })),
		});

		const { error } = await run(...CREATE);

		expect(error?.message).toMatch(/^‹img src=x onerror=alert\(1\)› m+…$/);
		expect(error!.message.length).toBeLessThan(600);
		expect(error?.description).toMatch(/^‹b›d+… .*request ID ‹i›/);
		expect(error!.description!.length).toBeLessThan(2500);
	});
});

it('no error and no stored run has the token', async () => {
	const { run, emulator } = clarifai;
	emulator.faults.add({ kind: 'http500' });

	for (const [node, parameters] of [CREATE, LIST, WORKFLOW, DEFAULT]) {
		expectNoToken(await run(node, parameters));
	}
	expect(callsOf(emulator).length).toBeGreaterThan(8);
});
