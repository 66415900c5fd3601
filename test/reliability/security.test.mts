import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { connect, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import type { INodeExecutionData } from 'n8n-workflow';
import type { FaultRule } from '../tools/emulator/emulator.mts';
import { chain, createEngine } from '../tools/engine/engine.mts';
import { repositoryRoot } from '../tools/engine/package.mts';
import { DEMO, demoCredential, locate, setUp } from '../nodes/setup.mts';
import { setUpInProcess } from '../nodes/setUpInProcess.mts';
import { createModel, itemsOf, OPTIONS, PASSING, train, trainParameters } from './plans.mts';

const servers: Server[] = [];

afterEach(async () => {
	for (const server of servers.splice(0)) {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
});

/** A server of its own, which answers every request alike and remembers them. */
async function serve(
	answer: (request: IncomingMessage) => {
		status?: number;
		headers?: Record<string, string>;
		body?: string;
	},
): Promise<{ url: string; received: IncomingMessage[] }> {
	const received: IncomingMessage[] = [];
	const server = createServer((request, response) => {
		received.push(request);
		const { status = 200, headers = {}, body = '' } = answer(request);
		response.writeHead(status, { 'content-type': 'application/json', ...headers });
		response.end(body);
	});
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

/** A run against a server other than the emulator, with everything that n8n keeps of it. */
async function runAgainst(
	url: string,
	build: (engine: Awaited<ReturnType<typeof createEngine>>) => ReturnType<typeof chain>,
	items: INodeExecutionData[] = [{ json: {} }],
) {
	const engine = await createEngine({
		credentials: {
			clarifaiApi: demoCredential(url),
		},
	});
	const workflow = build(engine);
	const run = await engine.run(workflow, { items });
	const kept = [run.serialized(), JSON.stringify(workflow), JSON.stringify(run.hints)].join();
	return { run, kept };
}

describe('the token', () => {
	const FINAL: FaultRule[] = [
		{ kind: 'okWithFailureStatus', details: `rejected ${DEMO.pat}` },
		{ kind: 'failure10020', details: `rejected ${DEMO.pat}` },
		{ kind: 'mixed10010', details: `rejected ${DEMO.pat}` },
		{ kind: 'http500', details: `rejected ${DEMO.pat}`, times: 1 },
		{ kind: 'trainingFails', details: `rejected ${DEMO.pat}` },
	];

	it.each([...PASSING.map((rule) => ({ ...rule, times: 1 })), ...FINAL])(
		'is in nothing that n8n keeps or logs after $kind $code',
		async (rule) => {
			const lines: string[] = [];
			for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
				jest.spyOn(console, method).mockImplementation((...line) => void lines.push(line.join()));
			const platform = await setUpInProcess({ trainingSeconds: 0 });
			const { emulator, engine } = platform;
			emulator.faults.add(rule);
			const workflow = chain(createModel(platform), train(platform, { waitForCompletion: true }));

			const run = await engine.run(workflow, { items: itemsOf(2), mode: 'manual' });
			jest.restoreAllMocks();

			const kept = [run.serialized(), workflow, run.hints, run.sentToUI, run.customData, lines];
			expect(emulator.faults.total).toBeGreaterThan(0);
			expect(emulator.requests[0].authorization).toBe(`Key ${DEMO.pat}`);
			expect(JSON.stringify(kept)).not.toContain(DEMO.pat);
		},
	);

	it.each([true, false])(
		'is taken out of a success that echoes it, simplified %s',
		async (simplify) => {
			const echo = await serve(({ headers }) => ({
				body: JSON.stringify({
					status: { code: 10000, description: headers.authorization },
					model: {
						id: 'm',
						model_type_id: 'visual-classifier',
						description: headers.authorization,
						[String(headers.authorization)]: [headers.authorization],
					},
				}),
			}));

			const { run, kept } = await runAgainst(echo.url, (engine) =>
				chain(engine.node('clarifaiCreateModel', { modelId: 'm', simplify })),
			);

			expect(run.error).toBeUndefined();
			expect(echo.received).toHaveLength(1);
			expect(kept).not.toContain(DEMO.pat);
		},
	);

	it.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
		const other = await serve(() => ({ body: '{}' }));
		const first = await serve(() => ({ status, headers: { location: `${other.url}/v2/models` } }));

		const { run, kept } = await runAgainst(first.url, (engine) =>
			chain(engine.node('clarifaiCreateModel', { modelId: 'm', options: OPTIONS })),
		);

		expect(run.error?.message).toContain('redirect');
		expect(other.received).toEqual([]);
		expect(kept).not.toContain(DEMO.pat);
	});

	it("is not carried to another host by the credential's test", async () => {
		const other = await serve(() => ({ body: '{"status":{"code":10000}}' }));
		const first = await serve(() => ({
			status: 307,
			headers: { location: `${other.url.replace('127.0.0.1', 'localhost')}/v2/models` },
		}));
		const { engine } = await setUpInProcess();

		await engine.testCredential(demoCredential(first.url));

		expect(first.received).toHaveLength(1);
		expect(JSON.stringify(other.received.map(({ headers }) => headers))).not.toContain(DEMO.pat);
	});
});

describe('the base URL', () => {
	it.each([
		'file:///etc/passwd',
		'ftp://api.clarifai.com',
		'javascript:alert(1)',
		'data:application/json,{}',
		'https://user:secret@api.clarifai.com',
		'https://api.clarifai.com/?a=b',
		'https://api.clarifai.com/#a',
	])('%s is refused before anything is sent', async (baseUrl) => {
		const { run } = await runAgainst(baseUrl, (engine) =>
			chain(engine.node('clarifaiCreateModel', { modelId: 'm' })),
		);

		expect(run.error?.message).toContain("'Base URL'");
	});

	it.each(['//api.clarifai.com', 'api.clarifai.com'])(
		'%s is completed with https, so that the token is never sent in the clear',
		async (baseUrl) => {
			const { emulator, withCredential } = await setUpInProcess({
				alsoAt: 'https://api.clarifai.com',
			});
			const { run } = await withCredential({ baseUrl });

			const { json } = await run('clarifaiCreateModel', { modelId: 'm' });

			expect(json).toMatchObject([{ modelId: 'm', created: true }]);
			expect(emulator.requests.length).toBeGreaterThan(0);
		},
	);
});

describe('an ID', () => {
	const hostile = fc.oneof(
		fc.string({ unit: 'binary', maxLength: 40 }),
		fc.stringMatching(/^[A-Za-z0-9./\\%?#&=:;@ _~-]{1,30}$/),
		fc.constantFrom(
			'.',
			'..',
			'../..',
			'%2e%2e',
			'a/../b',
			'a%2fb',
			'/',
			'\\',
			'?x=1',
			'#',
			'~',
			'-',
		),
	);

	it('cannot leave its segment of the path', async () => {
		const { emulator, run } = await setUpInProcess();
		const segments = [
			'',
			'v2',
			'users',
			DEMO.userId,
			'apps',
			DEMO.appId,
			'models',
			expect.anything(),
		];

		await fc.assert(
			fc.asyncProperty(hostile, async (id) => {
				emulator.requests.length = 0;
				await run(
					'clarifaiTrainingStatus',
					{ model: locate('id', '={{ $json.id }}'), modelVersionId: 'v', options: OPTIONS },
					{ items: [{ id }] },
				);
				for (const { path, query } of emulator.requests) {
					expect(path.split('/').slice(0, 8)).toEqual(segments);
					expect([8, 10]).toContain(path.split('/').length);
					expect(decodeURIComponent(path.split('/')[7])).toBe(id.trim());
					expect(query).toEqual({});
				}
			}),
			{ numRuns: 60 },
		);
	});

	it('of a user or an app cannot either', async () => {
		const { emulator, run } = await setUpInProcess();

		await fc.assert(
			fc.asyncProperty(hostile, hostile, async (userId, appId) => {
				emulator.requests.length = 0;
				await run('clarifaiCreateModel', {
					modelId: 'm',
					options: {
						...OPTIONS,
						userId: `={{ ${JSON.stringify(userId)} }}`,
						appId: `={{ ${JSON.stringify(appId)} }}`,
					},
				});
				for (const { path } of emulator.requests) {
					const anyId = expect.anything() as unknown;
					const models = ['', 'v2', 'users', anyId, 'apps', anyId, 'models'];
					expect([models, [...models, 'm']]).toContainEqual(path.split('/'));
				}
			}),
			{ numRuns: 40 },
		);
	});
});

describe('hostile answers', () => {
	const HOSTILE = `<img src=x onerror=alert(1)>\u0000\u001b[2J\u202e${'x'.repeat(100_000)}`;
	const ENDLESS = HOSTILE + 'x'.repeat(10_000_000);
	const isHarmless = (text: unknown) => {
		expect(String(text)).not.toMatch(/[<>\u0000\u001b\u202e]/);
		expect(String(text).length).toBeLessThan(10_000);
	};

	it('in an error are short and plain', async () => {
		const { url } = await serve(() => ({
			status: 400,
			body: JSON.stringify({
				status: { code: 21202, description: ENDLESS, details: ENDLESS, req_id: ENDLESS },
			}),
		}));

		const { run, kept } = await runAgainst(url, (engine) =>
			chain(engine.node('clarifaiCreateModel', { modelId: 'm' })),
		);

		isHarmless(run.error?.message);
		isHarmless(run.error?.description);
		expect(kept.length).toBeLessThan(200_000);
		expect(kept).not.toContain('<img');
	});

	it('in a training are short and plain, and so is what is logged of it', async () => {
		const { emulator, run } = await setUpInProcess();
		emulator.addModel('m');
		emulator.planTraining('m', { seconds: 0, description: HOSTILE, details: HOSTILE });

		const { json, result } = await run(
			'clarifaiTrain',
			trainParameters({ model: locate('id', 'm'), waitForCompletion: true }),
			{ mode: 'manual' },
		);

		expect(json).toMatchObject([{ status: 'trained' }]);
		isHarmless(json[0].statusDescription);
		expect(JSON.stringify([result.sentToUI, result.customData])).not.toMatch(
			/<img|\\u001b|\\u0000/,
		);
	});

	it('in a template are short and plain, in the output and in the lists', async () => {
		const { emulator, run, engine } = await setUpInProcess();
		emulator.addModelType({
			id: 'hostile-type',
			title: '<b>Hostile</b>',
			description: HOSTILE,
			creatable: true,
			trainable: true,
			model_type_fields: [
				{
					path: 'train_info.params.template',
					field_type: 14,
					model_type_enum_options: [
						{
							id: 'hostile-template',
							description: HOSTILE,
							model_type_fields: [
								{
									path: 'train_info.params.__proto__.polluted',
									field_type: 3,
									default_value: 1,
									description: HOSTILE,
								},
								{ path: 'train_info.params.__proto__', field_type: 2, default_value: 'x' },
								{ path: 'train_info.params.constructor.prototype.bad', field_type: 16 },
							],
						},
					],
				},
			],
		});
		emulator.addModel('m', { model_type_id: 'hostile-type' });

		const { json } = await run('clarifaiListTemplates', {
			modelType: locate('id', 'hostile-type'),
		});
		const lists = engine.loadOptions('clarifaiTrain', {
			model: locate('id', 'm'),
			template: locate('id', 'hostile-template'),
		});
		const shown = [
			await lists.listSearch('searchTemplates'),
			await lists.resourceMapping('getHyperparameters'),
		];
		const started = await run('clarifaiTrain', {
			...trainParameters({
				model: locate('id', 'm'),
				template: locate('id', 'hostile-template'),
				hyperparametersJson: '{"__proto__.polluted": 2}',
				concepts: [],
				additionalFields: { datasetId: locate('id', DEMO.datasetId) },
			}),
		});

		expect(started.error).toBeUndefined();
		const [template] = json as Array<Record<string, any>>;
		isHarmless(template.description);
		for (const { description } of template.hyperparameters) isHarmless(description);
		expect(Object.getPrototypeOf(template.defaults)).toBe(Object.getPrototypeOf(template));
		expect(JSON.stringify(shown)).not.toMatch(/<|\\u0000|\\u001b/);
		expect(JSON.stringify(shown).length).toBeLessThan(20_000);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		expect(({} as Record<string, unknown>).bad).toBeUndefined();
	});

	it('with __proto__ as a key change no prototype', async () => {
		const body =
			'{"__proto__":{"polluted":1},"status":{"code":10000,"__proto__":{"polluted":1}},"model":{"id":"m","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}';
		const { url } = await serve(() => ({ body }));

		const { run } = await runAgainst(url, (engine) =>
			chain(engine.node('clarifaiCreateModel', { modelId: 'm' })),
		);

		const [{ json }] = run.outputs('Clarifai Create Model');
		expect(json.modelId).toBe('m');
		expect(json.polluted).toBeUndefined();
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});
});

it('the emulator listens on loopback alone', async () => {
	const { emulator } = await setUp();
	const outside = Object.values(networkInterfaces())
		.flat()
		.find((address) => address && !address.internal && address.family === 'IPv4');
	if (!outside) return;

	const refused = await new Promise((resolve) => {
		const socket = connect(emulator.port, outside.address, () => resolve(false));
		socket.once('error', () => resolve(true));
	});

	expect(refused).toBe(true);
});

it('what ships depends on nothing and holds no test', () => {
	const manifest = JSON.parse(readFileSync(`${repositoryRoot}/package.json`, 'utf8')) as object;
	const packed = JSON.parse(
		execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
			cwd: repositoryRoot,
			encoding: 'utf8',
		}),
	) as Array<{ files: Array<{ path: string }>; bundled: string[] }>;

	expect(manifest).not.toHaveProperty('dependencies');
	expect(manifest).not.toHaveProperty('optionalDependencies');
	expect(packed[0].bundled).toEqual([]);
	expect(packed[0].files.filter(({ path }) => /test|node_modules|\.env/.test(path))).toEqual([]);
});
