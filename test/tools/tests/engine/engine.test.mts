import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INodeExecutionData } from 'n8n-workflow';
import { chain, connect, createEngine, type Engine, type NodeJson } from '../../engine/engine.mts';
import { startFixtureServer, type FixtureServer } from '../../engine/fixtureServer.mts';
import { mainLink } from '../../engine/workflows.mts';

const packageDirectory = fileURLToPath(new URL('../../engine/fixture-package', import.meta.url));
const token = 'secret-token-of-the-fixture';

let server: FixtureServer;
let engine: Engine;

beforeEach(async () => {
	server = await startFixtureServer();
	engine = await createEngine({
		packageDirectory,
		credentials: { fixtureApi: { token, baseUrl: server.url } },
	});
});

afterEach(async () => await server.close());

const itemsOf = (...rows: Array<INodeExecutionData['json']>): INodeExecutionData[] =>
	rows.map((json) => ({ json }));

const callEach = (settings: Partial<NodeJson> = {}) =>
	engine.node('call', { path: '=/items/{{ $json.id }}' }, settings);

describe('a run', () => {
	test('gives one output item per input item, paired with it', async () => {
		const result = await engine.run(chain(callEach()), {
			items: itemsOf({ id: 1 }, { id: 2 }, { id: 3 }),
		});

		expect(result.status).toBe('success');
		expect(result.executed).toEqual(['Start', 'Call']);
		expect(result.outputs('Call')).toEqual([
			{ json: { path: '/items/1' }, pairedItem: { item: 0 } },
			{ json: { path: '/items/2' }, pairedItem: { item: 1 } },
			{ json: { path: '/items/3' }, pairedItem: { item: 2 } },
		]);
	});

	test('authenticates requests with the credential and its defaults', async () => {
		await engine.run(chain(callEach()), { items: itemsOf({ id: 1 }) });

		expect(server.requests).toEqual([{ path: '/items/1', authorization: `Key ${token}` }]);
	});

	test('keeps the token out of the stored execution, also when a request fails', async () => {
		server.failNext = 1;
		const failed = await engine.run(chain(callEach()), { items: itemsOf({ id: 1 }) });
		const succeeded = await engine.run(chain(callEach()), { items: itemsOf({ id: 1 }) });

		expect([failed.status, succeeded.status]).toEqual(['error', 'success']);
		for (const result of [failed, succeeded]) {
			expect(result.serialized()).toContain('Call');
			expect(result.serialized()).not.toContain(token);
		}
	});

	test('fails when no credential is selected on a node', async () => {
		const workflow = chain(callEach({ credentials: undefined }));

		const imported = await engine.run(workflow);
		expect(imported.error?.message).toBe('Node does not have any credentials set');

		const completed = await engine.run(engine.withCredentials(workflow));
		expect(completed.status).toBe('success');
	});

	test('passes binary data on', async () => {
		const binary = { data: { data: 'aGk=', mimeType: 'text/plain' } };
		const result = await engine.run(chain(engine.node('picky')), {
			items: [{ json: {}, binary }],
		});

		expect(result.outputs('Picky')[0].binary).toEqual(binary);
	});

	test('collects hints and custom data, and messages to the editor in manual mode only', async () => {
		const workflow = chain(callEach());
		const active = await engine.run(workflow, { items: itemsOf({ id: 1 }) });
		const manual = await engine.run(workflow, {
			items: itemsOf({ id: 1 }, { id: 2 }),
			mode: 'manual',
		});

		expect(manual.outputs('Call')).toHaveLength(2);
		expect(manual.hints).toEqual([{ nodeName: 'Call', message: '2 calls' }]);
		expect(manual.customData).toEqual({ lastCall: '1' });
		expect(active.sentToUI).toEqual([]);
		expect(manual.sentToUI.map(({ type }) => type)).toEqual([
			'sendConsoleMessage',
			'sendConsoleMessage',
		]);
	});

	test('reports nodes as they start and finish', async () => {
		const events: string[] = [];
		await engine.run(chain(engine.node('picky')), {
			onNodeStarted: (name) => events.push(`${name} started`),
			onNodeFinished: (name, task) => events.push(`${name} ${task.executionStatus}`),
		});

		expect(events).toEqual(['Start started', 'Start success', 'Picky started', 'Picky success']);
	});

	test('goes on when the observer of a node is done', async () => {
		const events: string[] = [];
		await engine.run(chain(engine.node('picky')), {
			onNodeStarted: (name) => events.push(`${name} started`),
			onNodeFinished: async (name) => {
				await new Promise((resolve) => setTimeout(resolve, 5));
				events.push(`${name} observed`);
			},
		});

		expect(events.slice(0, 3)).toEqual(['Start started', 'Start observed', 'Picky started']);
	});

	test('fails for an unknown node type, naming it', async () => {
		const workflow = chain({ name: 'Slack', type: 'n8n-nodes-base.slack' });

		await expect(engine.run(workflow)).rejects.toThrow(
			'Unrecognized node type: n8n-nodes-base.slack',
		);
	});

	test('is refused when a required parameter is empty', async () => {
		const workflow = chain(engine.node('picky', { required: '' }));

		await expect(engine.run(workflow)).rejects.toThrow('Parameter "Required" is required');
	});

	test('has no outputs of a node that the workflow does not have', async () => {
		const result = await engine.run(chain(engine.node('picky')));

		expect(() => result.outputs('Piky')).toThrow('no node "Piky"');
	});
});

describe('on error', () => {
	const items = itemsOf({ id: 1 }, { id: 2, fail: true }, { id: 3 });

	test('stop: the run ends with the error of the node', async () => {
		const result = await engine.run(chain(engine.node('picky')), { items });

		expect(result.status).toBe('error');
		expect(result.error?.message).toBe('Item 1 fails');
		expect(result.nodeError('Picky')?.message).toBe('Item 1 fails');
	});

	test('continue: the error becomes an item between the others', async () => {
		const picky = engine.node('picky', {}, { onError: 'continueRegularOutput' });
		const result = await engine.run(chain(picky), { items });

		expect(result.outputs('Picky').map(({ json }) => json)).toEqual([
			{ id: 1 },
			{ error: 'Item 1 fails' },
			{ id: 3 },
		]);
	});

	test('error output: just the failed item goes there, with its input and its error', async () => {
		const picky = engine.node('picky', {}, { onError: 'continueErrorOutput' });
		const branch = { name: 'Failed', type: 'n8n-nodes-base.noOp' };
		const workflow = connect(
			{ ...chain(picky), nodes: [...chain(picky).nodes, branch] },
			'Picky',
			1,
			'Failed',
		);
		const result = await engine.run(workflow, { items });

		expect(result.outputs('Picky').map(({ json }) => json.id)).toEqual([1, 3]);
		expect(result.outputs('Failed').map(({ json }) => json)).toEqual([
			{ id: 2, fail: true, error: 'Item 1 fails' },
		]);
	});

	test('retry: the node runs again, for all items', async () => {
		server.failNext = 1;
		const call = callEach({ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 });
		const result = await engine.run(chain(call), { items: itemsOf({ id: 1 }, { id: 2 }) });

		expect(result.status).toBe('success');
		expect(server.requests.map(({ path }) => path)).toEqual(['/items/1', '/items/1', '/items/2']);
	});
});

describe('stopping and waiting', () => {
	test('cancel aborts the request that is under way', async () => {
		const started = Date.now();
		const handle = engine.start(chain(engine.node('call', { path: '/hang' })), {
			onNodeStarted: (name) => name === 'Call' && setTimeout(() => handle.cancel(), 50),
		});
		const result = await handle.done;
		await server.aborted;

		expect(result.status).toBe('canceled');
		expect(Date.now() - started).toBeLessThan(2000);
	});

	test('a run that waits can be continued, with the input of the waiting node', async () => {
		const workflow = chain(engine.node('pause'), engine.node('picky'));
		const waiting = await engine.run(workflow, { items: itemsOf({ id: 1 }) });
		expect(waiting.status).toBe('waiting');
		expect(waiting.executed).toEqual(['Start', 'Pause']);
		expect(waiting.staticData).toEqual({ global: { pauses: 1 } });

		const resumed = await engine.run(workflow, { continueFrom: waiting });
		expect(resumed.status).toBe('success');
		expect(resumed.outputs('Picky').map(({ json }) => json)).toEqual([{ id: 1 }]);
		expect(resumed.customData).toEqual({ paused: 'yes' });
	});
});

describe('the editor', () => {
	const thing = { __rl: true, mode: 'id', value: '={{ $json.owner }}' };

	test('searches and pages lists, knowing the other parameters', async () => {
		const editor = engine.loadOptions('call', { thing }, { json: { owner: 'me' } });

		expect(await editor.listSearch('searchThings', 'a')).toEqual({
			results: [{ name: 'things?owner=me&filter=a&page=1', value: expect.anything() }],
			paginationToken: '2',
		});
		const next = await editor.listSearch('searchThings', 'a', '2');
		expect(next.results[0].name).toContain('page=2');
		expect(server.requests[0].authorization).toBe(`Key ${token}`);
	});

	test('loads options and mapping fields', async () => {
		const editor = engine.loadOptions('call', { thing: { ...thing, value: 'size' } });

		expect(await editor.loadOptions('getThings')).toEqual([{ name: 'things?', value: 'things?' }]);
		expect((await editor.resourceMapping('getFields')).fields[0].id).toBe('size');
		await expect(editor.loadOptions('getOthers')).rejects.toThrow('no loadOptions method');
	});

	test.each([
		['good', true, 'Connection successful!'],
		['bad', false, 'Unauthorized'],
		['unknown', false, 'There is no such user'],
		['blocked', false, 'This user is blocked'],
	])('tests a credential: %s', async (name, ok, message) => {
		const result = await engine.testCredential({ token: name, baseUrl: server.url });

		expect(result).toEqual({ ok, message });
		expect(server.requests.at(-1)).toEqual({ path: '/whoami', authorization: `Key ${name}` });
	});

	test('tests a credential whose server is away', async () => {
		const result = await engine.testCredential({ token, baseUrl: 'http://127.0.0.1:1' });

		expect(result).toEqual({ ok: false, message: 'ECONNREFUSED' });
	});
});

describe('polling', () => {
	test('keeps static data between polls, and over a restart', async () => {
		const staticData = {};
		const first = await engine.poll('ticker', {}, { staticData, testing: true });
		const second = await engine.poll('ticker', {}, { staticData });
		expect([first.items, first.saved]).toEqual([null, false]);
		expect([second.items, second.saved]).toEqual([[[{ json: { tick: 2 } }]], true]);

		const restarted = JSON.parse(JSON.stringify(staticData)) as typeof staticData;
		await engine.poll('ticker', {}, { staticData: restarted });
		const fourth = await engine.poll('ticker', {}, { staticData: restarted });
		expect(fourth.items).toEqual([[{ json: { tick: 4 } }]]);
		expect(staticData).toEqual({ count: 2 });
	});

	test('runs in the editor too, alone and as the start of a workflow', async () => {
		const { items, saved } = await engine.poll('ticker', { label: 'it' }, { mode: 'manual' });
		expect([items, saved]).toEqual([[[{ json: { it: 'sample' } }]], false]);

		const workflow = { nodes: [engine.node('ticker')], connections: {} };
		const result = await engine.run(workflow, { mode: 'manual' });
		expect(result.outputs('Ticker').map(({ json }) => json)).toEqual([{ tick: 'sample' }]);
	});
});

describe('as a tool', () => {
	const parameters = { path: "={{ $fromAI('path', 'The path to get', 'string') }}" };

	test.each(['v2', 'v3'] as const)('is called by an agent %s', async (style) => {
		const { call, run } = await engine.asTool('call', parameters, { path: '/a' }, style);

		expect(run.status).toBe('success');
		expect(call).toEqual({ name: 'Call', description: 'Gets a path', response: '[{"path":"/a"}]' });
		expect(server.requests).toEqual([{ path: '/a', authorization: `Key ${token}` }]);
	});

	test('is refused for a node that is not usable as one', async () => {
		await expect(engine.asTool('picky', {})).rejects.toThrow('not usable as a tool');
	});
});

describe('stand-ins', () => {
	test('Set, If and Wait in a loop', async () => {
		const workflow = chain(
			{
				name: 'Count',
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: {
					includeOtherFields: true,
					assignments: {
						assignments: [
							{ id: '1', name: 'deep.n', type: 'number', value: '={{ $runIndex + 1 }}' },
						],
					},
				},
			},
			{ name: 'Wait', type: 'n8n-nodes-base.wait', parameters: { amount: '={{ $json.deep.n }}' } },
			{
				name: 'Done?',
				type: 'n8n-nodes-base.if',
				typeVersion: 2.2,
				parameters: {
					conditions: {
						options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
						combinator: 'and',
						conditions: [
							{
								id: '1',
								leftValue: '={{ $json.deep.n }}',
								rightValue: 3,
								operator: { type: 'number', operation: 'gte' },
							},
						],
					},
				},
			},
			{ name: 'End', type: 'n8n-nodes-base.noOp' },
		);
		workflow.connections['Done?'].main[1] = [mainLink('Count')];
		const result = await engine.run(workflow, { items: itemsOf({ id: 'x' }) });

		expect(result.status).toBe('success');
		expect(result.waits).toHaveLength(3);
		expect(result.outputs('End').map(({ json }) => json)).toEqual([{ id: 'x', deep: { n: 3 } }]);
	});
});

describe('a package directory', () => {
	let directory: string;

	function write(path: string, content: string, modified: number): void {
		mkdirSync(dirname(join(directory, path)), { recursive: true });
		writeFileSync(join(directory, path), content);
		utimesSync(join(directory, path), modified, modified);
	}

	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'n8n-nodes-clarifai-package-'));
		const n8n = { nodes: ['dist/nodes/A.node.js'] };
		write('package.json', JSON.stringify({ name: 'n8n-nodes-a', n8n }), 1);
	});

	afterEach(() => rmSync(directory, { recursive: true }));

	test('without a build is refused, saying what to do', async () => {
		await expect(createEngine({ packageDirectory: directory })).rejects.toThrow(
			'not built (dist/nodes/A.node.js missing). Run `npm run build`',
		);
	});

	test('with a build older than the sources is refused, saying what to do', async () => {
		write('nodes/A.node.ts', '', 3);
		write('nodes/icon.svg', '', 2);
		write('dist/nodes/A.node.js', '', 2);
		write('dist/nodes/icon.svg', '', 2);

		await expect(createEngine({ packageDirectory: directory })).rejects.toThrow(
			'older than the sources (nodes/A.node.ts). Run `npm run build`',
		);
	});
});
