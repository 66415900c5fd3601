import type { Message } from '../../emulator/message.mts';
import { TEMPLATE } from '../../emulator/testClient.mts';
import { fate } from '../../emulator/untidiness.mts';
import { anyUntidiness, untidinessFrom } from '../../emulator/untidinessArbitrary.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';
import fc from 'fast-check';

/** Time passes when a test says so, so that a slow computer changes nothing. */
const STILL = { date: () => Date.UTC(2026, 0, 5), now: () => 0, sleep: async () => {} };

const clarifai = useEmulator({ trainingSeconds: 100, time: STILL });

const SECOND = 1000;

const ids = (objects: Message[]) => objects.map(({ id }) => id as string);

const startRun = async (modelId = 'piped', pipelineId = 'p'): Promise<Message> =>
	(await clarifai.client.runTemplate({ model_id: modelId }, { pipeline_id: pipelineId })).json;

const runPath = ({ pipeline, pipeline_version_run: run }: Message) =>
	`/pipelines/${pipeline.id}/versions/${run.pipeline_version.id}/runs/${run.id}`;

const lookAtRun = async (started: Message): Promise<Message> =>
	(await clarifai.client.get(runPath(started))).json.pipeline_version_run as Message;

describe('clocks and dates', () => {
	test.each([300, -300])('the Date header is %i seconds ahead of created_at', async (seconds) => {
		clarifai.emulator.untidiness = { dateAheadSeconds: seconds };

		const { headers, json } = await clarifai.client.post('/models', {
			models: [{ id: 'm', model_type_id: 'visual-classifier' }],
		});

		const ahead = Date.parse(String(headers.date)) - Date.parse(json.model.created_at);
		expect(ahead).toBe(seconds * SECOND);
	});

	test('created_at is cut to whole seconds, or absent', async () => {
		clarifai.emulator.addTrainedVersion('m');
		const { model: exact } = (await clarifai.client.get('/models/m')).json;

		clarifai.emulator.untidiness.createdAt = 'wholeSeconds';
		const { model: cut } = (await clarifai.client.get('/models/m')).json;
		clarifai.emulator.untidiness.createdAt = 'absent';
		const { model: without } = (await clarifai.client.get('/models/m')).json;

		expect(exact.created_at).toMatch(/\.\d{3}Z$/);
		expect(cut.created_at).toBe(`${exact.created_at.slice(0, 19)}Z`);
		expect(cut.model_version.created_at).toMatch(/:\d\dZ$/);
		expect(without).not.toHaveProperty('created_at');
		expect(without.model_version).not.toHaveProperty('created_at');
	});
});

describe('lists', () => {
	test('show what a request made only some time later; by ID it is there at once', async () => {
		clarifai.emulator.untidiness = { listsLagSeconds: 20 };
		clarifai.emulator.addModel('there-before');
		for (let index = 0; index < 10; index++) {
			await clarifai.client.post('/models', {
				models: [{ id: `m${index}`, model_type_id: 'visual-classifier' }],
			});
		}
		const listed = async () => ids((await clarifai.client.get('/models')).json.models);

		expect((await listed()).length).toBeLessThan(6);
		expect(await listed()).toContain('there-before');
		expect((await clarifai.client.get('/models/m9')).code).toBe(10000);
		clarifai.emulator.clock.advance(10 * SECOND);
		const halfway = (await listed()).length;
		clarifai.emulator.clock.advance(10 * SECOND);

		expect(halfway).toBeGreaterThan(2);
		expect(halfway).toBeLessThan(11);
		expect(await listed()).toHaveLength(11);
	});

	test('show a version that a run has made only some time later', async () => {
		clarifai.emulator.untidiness = { listsLagSeconds: 20 };
		await startRun();
		clarifai.emulator.clock.advance(100 * SECOND);
		const listed = async () =>
			(await clarifai.client.get('/models/piped/versions')).json.model_versions as Message[];

		const [{ id }] = clarifai.emulator.book.of('runVersion');
		expect(await listed()).toEqual([]);
		expect((await clarifai.client.get(`/models/piped/versions/${id}`)).code).toBe(10000);
		clarifai.emulator.clock.advance(20 * SECOND);
		expect(ids(await listed())).toEqual([id]);
	});

	test('leave out fields that a look at the object shows', async () => {
		const versionId = await clarifai.client.train('m');
		const run = await startRun();
		const { client, emulator } = clarifai;
		emulator.addTrainedVersion('trained');
		await client.post('/workflows', {
			workflows: [{ id: 'w', nodes: [{ id: 'n', model: { id: 'trained' } }] }],
		});
		emulator.untidiness.listsOmit = [
			'concepts',
			'trainInfo',
			'pipelineVersion',
			'inputArgsOverride',
			'workflowVersion',
		];

		const version = (await client.get('/models/m/versions')).json.model_versions[0];
		const models = (await client.get('/models')).json.models as Message[];
		const listedRun = (await client.get(runPath(run).replace(/\/[^/]+$/, ''))).json
			.pipeline_version_runs[0];
		const pipeline = (await client.get('/pipelines')).json.pipelines[0];
		const workflow = (await client.get('/workflows')).json.workflows[0];

		expect(version.id).toBe(versionId);
		for (const each of [version, models.find(({ id }) => id === 'm')!.model_version]) {
			expect(each).not.toHaveProperty('output_info');
			expect(each).not.toHaveProperty('train_info');
		}
		expect(listedRun.id).toBe(run.pipeline_version_run.id);
		expect(listedRun).not.toHaveProperty('pipeline_version');
		expect(listedRun).not.toHaveProperty('input_args_override');
		expect(pipeline).not.toHaveProperty('pipeline_version');
		expect(workflow).not.toHaveProperty('version');
		expect(await client.version('m', versionId)).toMatchObject({
			output_info: { data: { concepts: [{ id: 'ferrari' }, { id: 'outdoors' }] } },
			train_info: { params: { template: TEMPLATE } },
		});
		expect(await lookAtRun(run)).toHaveProperty('input_args_override');
		expect((await client.get('/workflows/w')).json.workflow).toHaveProperty('version');
	});

	test('and looks show the nodes of a workflow in another order', async () => {
		clarifai.emulator.addTrainedVersion('trained');
		const nodes = ['a', 'b', 'c'].map((id) => ({ id, model: { id: 'trained' } }));
		await clarifai.client.post('/workflows', { workflows: [{ id: 'w', nodes }] });
		const order = async () => [
			ids((await clarifai.client.get('/workflows/w')).json.workflow.nodes),
			ids((await clarifai.client.get('/workflows')).json.workflows[0].nodes),
		];

		expect(await order()).toEqual([ids(nodes), ids(nodes)]);
		clarifai.emulator.untidiness = { nodesReordered: true };
		expect(await order()).toEqual([
			['c', 'b', 'a'],
			['c', 'b', 'a'],
		]);
	});

	test('have pages no longer than the cap, and lose nothing', async () => {
		clarifai.emulator.addConcepts(300);
		clarifai.emulator.untidiness = { pageCap: 128 };
		const page = async (number: number) =>
			ids((await clarifai.client.get(`/concepts?page=${number}&per_page=1000`)).json.concepts);

		const pages = [await page(1), await page(2), await page(3), await page(4)];

		expect(pages.map(({ length }) => length)).toEqual([128, 128, 48, 0]);
		expect(new Set(pages.flat()).size).toBe(304);
	});

	test.each([false, true])(
		'show objects that are gone at the next look, for good %s',
		async (forGood) => {
			clarifai.emulator.addModels(40);
			clarifai.emulator.untidiness = { vanishing: { share: 0.5, forGood } };
			const look = async (id: string) => (await clarifai.client.get(`/models/${id}`)).http;
			expect(await look('model-1')).toBe(200);

			const listed = ids((await clarifai.client.get('/models')).json.models);
			const first = await Promise.all(listed.map(look));
			const second = await Promise.all(listed.map(look));

			const gone = listed.filter((_id, index) => first[index] === 404);
			expect(listed).toHaveLength(40);
			expect(gone.length).toBeGreaterThan(10);
			expect(gone.length).toBeLessThan(30);
			expect(second.filter((http) => http === 404)).toHaveLength(forGood ? gone.length : 0);
			const later = ids((await clarifai.client.get('/models')).json.models);
			expect(later).toHaveLength(forGood ? 40 - gone.length : 40);
			const versions = await clarifai.client.get(`/models/${gone[0]}/versions`);
			expect(versions.code).toBe(forGood ? 21200 : 10000);
		},
	);
});

describe('trainings and runs', () => {
	test('show the values of the platform for what was not sent, nested ones included', async () => {
		clarifai.emulator.addModelType({
			id: 'nested-type',
			trainable: true,
			creatable: true,
			model_type_fields: [
				{
					path: 'train_info.params.template',
					field_type: 14,
					model_type_enum_options: [
						{
							id: 'nested',
							model_type_fields: [
								{ path: 'train_info.params.flat', field_type: 3, default_value: 1 },
								{ path: 'train_info.params.deep.rate', field_type: 3, default_value: 0.5 },
								{
									path: 'train_info.params.config',
									field_type: 10,
									default_value: { optimizer: { name: 'sgd', rate: 0.1 }, warmup: 5 },
								},
							],
						},
					],
				},
			],
		});
		clarifai.emulator.addModel('m', { model_type_id: 'nested-type' });
		clarifai.emulator.untidiness = { defaultsShown: true };

		const sent = { template: 'nested', config: { optimizer: { name: 'adam' } } };
		const id = await clarifai.client.train('m', { train_info: { params: sent } });

		const { train_info } = await clarifai.client.version('m', id);
		expect(train_info.params).toEqual({
			template: 'nested',
			flat: 1,
			deep: { rate: 0.5 },
			config: { optimizer: { name: 'adam', rate: 0.1 }, warmup: 5 },
		});
		clarifai.emulator.untidiness = {};
		expect((await clarifai.client.version('m', id)).train_info.params).toEqual(sent);
	});

	test('start without telling the version', async () => {
		clarifai.emulator.untidiness = { startsWithoutVersion: 1 };
		clarifai.emulator.addModel('m');

		const { json } = await clarifai.client.post('/models/m/versions', {
			model_versions: [{ train_info: { params: { template: TEMPLATE } } }],
		});
		const run = await startRun();

		expect(json.model.model_version).not.toHaveProperty('id');
		expect(json.model.model_version.status.code).toBe(21103);
		expect(run.pipeline).not.toHaveProperty('pipeline_version');
		expect(run.pipeline_version_run).not.toHaveProperty('pipeline_version');
		expect(run.pipeline_version_run.id).toMatch(/^[0-9a-f]{32}$/);
	});

	test('cannot be looked at just after their start', async () => {
		clarifai.emulator.untidiness = { missingAtFirstSeconds: 1000 };
		const id = await clarifai.client.train('m');
		const run = await startRun();
		const looks = async () => [
			(await clarifai.client.get(`/models/m/versions/${id}`)).http,
			(await clarifai.client.get(runPath(run))).http,
		];

		expect(await looks()).toEqual([404, 404]);
		clarifai.emulator.clock.advance(1000 * SECOND);
		expect(await looks()).toEqual([200, 200]);
	});

	test.each([
		['absent', 60],
		['unknown', 60],
		['absent', undefined],
		['unknown', undefined],
	] as const)('have a status that is %s for %s seconds', async (what, forSeconds) => {
		clarifai.emulator.untidiness = { statuses: { [what]: 1, forSeconds } };
		const id = await clarifai.client.train('m');
		const run = await startRun();
		const codes = async () => [
			(await clarifai.client.version('m', id)).status?.code as unknown,
			(await lookAtRun(run)).orchestration_status?.status?.code as unknown,
		];
		const untidy = what === 'absent' ? [undefined, undefined] : [21199, 64999];

		expect(await codes()).toEqual(untidy);
		clarifai.emulator.clock.advance(60 * SECOND);
		expect(await codes()).toEqual(forSeconds === undefined ? untidy : [21101, 64001]);
	});

	test('do not show what a run was started with', async () => {
		clarifai.emulator.untidiness = { overridesHidden: true };
		const run = await startRun();

		expect(run.pipeline_version_run).not.toHaveProperty('input_args_override');
		expect(await lookAtRun(run)).not.toHaveProperty('input_args_override');
	});

	const versionOf = async (modelId: string) =>
		(await clarifai.client.get(`/models/${modelId}`)).json.model?.model_version as
			| Message
			| undefined;

	test.each([
		[21100, {}],
		[21108, { buildFails: 1 }],
	])('build the image of a completed run until it is %i', async (code, more) => {
		clarifai.emulator.untidiness = { runs: { buildSeconds: 600, ...more } };
		const run = await startRun();
		clarifai.emulator.clock.advance(100 * SECOND);

		expect((await lookAtRun(run)).orchestration_status.status.code).toBe(64002);
		expect((await versionOf('piped'))!.status.code).toBe(21107);
		clarifai.emulator.clock.advance(600 * SECOND);
		expect((await versionOf('piped'))!.status.code).toBe(code);
	});

	test('complete without a version, or are cancelled by somebody', async () => {
		clarifai.emulator.untidiness = { runs: { noVersion: 1 } };
		const empty = await startRun('empty', 'one');
		clarifai.emulator.untidiness = { runs: { cancelled: 1 } };
		const cancelled = await startRun('cancelled', 'two');
		clarifai.emulator.clock.advance(100 * SECOND);

		expect((await lookAtRun(empty)).orchestration_status.status.code).toBe(64002);
		expect((await lookAtRun(cancelled)).orchestration_status.status.code).toBe(64004);
		expect(clarifai.emulator.app().models.size).toBe(0);
	});

	test('are paused for a while, and then go on', async () => {
		clarifai.emulator.untidiness = { runs: { paused: 1 } };
		const run = await startRun();
		const codeAfter = async (seconds: number) => {
			clarifai.emulator.clock.advance(seconds * SECOND);
			return (await lookAtRun(run)).orchestration_status.status.code as number;
		};

		expect(await codeAfter(40)).toBe(64001);
		expect(await codeAfter(20)).toBe(64008);
		expect(await codeAfter(280)).toBe(64008);
		expect(await codeAfter(20)).toBe(64001);
		expect(await codeAfter(40)).toBe(64002);
		expect((await versionOf('piped'))!.status.code).toBe(21100);
	});

	test('go by a plan of their model, whatever the untidiness', async () => {
		clarifai.emulator.untidiness = { runs: { noVersion: 1 } };
		clarifai.emulator.planTraining('piped', {
			build: { seconds: 30, outcome: 21108 },
			pause: { afterSeconds: 50, seconds: 10 },
		});
		const run = await startRun();
		clarifai.emulator.clock.advance(55 * SECOND);
		expect((await lookAtRun(run)).orchestration_status.status.code).toBe(64008);
		clarifai.emulator.clock.advance(60 * SECOND);

		expect((await versionOf('piped'))!.status.code).toBe(21107);
		clarifai.emulator.clock.advance(30 * SECOND);
		expect((await versionOf('piped'))!.status.code).toBe(21108);
	});
});

describe('answers to writes', () => {
	const create = async (id: string) =>
		await clarifai.client.sendRaw(
			'POST',
			'/models',
			JSON.stringify({ models: [{ id, model_type_id: 'visual-classifier' }] }),
		);

	test('are 202 and ACCEPTED, reads are not', async () => {
		clarifai.emulator.untidiness = { accepted: 1 };

		const { http, text } = await create('m');

		expect(http).toBe(202);
		expect(JSON.parse(text)).toMatchObject({ status: { code: 10070 }, model: { id: 'm' } });
		expect(await clarifai.client.get('/models/m')).toMatchObject({ http: 200, code: 10000 });
	});

	test.each([true, false])(
		"are the gateway's 504 while the write is done some seconds later, HTML %s",
		async (html) => {
			clarifai.emulator.untidiness = { gatewayTimeouts: { share: 1, html } };
			const before = clarifai.emulator.clock.now();
			const { http, headers, text } = await create('m');

			expect(http).toBe(504);
			expect(String(headers['content-type'])).toContain(html ? 'html' : 'json');
			expect(text.includes('"code":98004')).toBe(!html);
			expect((await clarifai.client.get('/models/m')).http).toBe(404);
			clarifai.emulator.clock.advance(6 * SECOND);
			const [{ at, request }] = clarifai.emulator.book.of('model');
			expect(at - before).toBeGreaterThanOrEqual(500);
			expect(at - before).toBeLessThan(6000);
			expect(request).toBe(clarifai.emulator.requests[0]);
			const { model } = (await clarifai.client.get('/models/m')).json;
			expect(Date.parse(model.created_at)).toBe(Math.floor(at));
		},
	);

	test('are 504 for writes that are lost', async () => {
		clarifai.emulator.untidiness = { gatewayTimeouts: { share: 1, lost: 1 } };
		expect((await create('m')).http).toBe(504);
		clarifai.emulator.clock.advance(60 * SECOND);
		expect(clarifai.emulator.app().models.size).toBe(0);
		expect(clarifai.emulator.book.entries).toEqual([]);
	});

	test('that come late are carried out in their order, between what happens by itself', async () => {
		const { emulator } = clarifai;
		const due = { a: 5, b: 1 };
		for (const [id, carriedOutAfterSeconds] of Object.entries(due)) {
			emulator.faults.add({ kind: 'http504', carriedOutAfterSeconds, times: 1 });
			await create(id);
		}
		emulator.clock.advance(10 * SECOND);
		expect(emulator.book.of('model').map(({ id }) => id)).toEqual(['b', 'a']);
	});

	test.each([0, 1])('never come, carried out %i', async (carriedOut) => {
		clarifai.emulator.untidiness = { hanging: { share: 1, carriedOut } };
		const stop = new AbortController();
		const pending = clarifai.client.sendRaw(
			'POST',
			'/models',
			JSON.stringify({ models: [{ id: 'm', model_type_id: 'visual-classifier' }] }),
			stop.signal,
		);
		while (clarifai.emulator.requests.length === 0)
			await new Promise((resolve) => setTimeout(resolve, 5));
		stop.abort();
		await expect(pending).rejects.toThrow();
		expect(clarifai.emulator.book.of('model')).toHaveLength(carriedOut);
	});

	test.each([
		['zero', /^0$/],
		['past', /^Thu, 01 Jan 1970/],
		['absent', /^undefined$/],
	] as const)(
		'refuse for their number with a Retry-After that is %s',
		async (retryAfter, value) => {
			clarifai.emulator.untidiness = { throttled: { share: 1, retryAfter } };
			const { http, headers, code } = await clarifai.client.get('/models');
			expect([http, code]).toEqual([429, 11005]);
			expect(String(headers['retry-after'])).toMatch(value);
		},
	);
});

describe('a plan', () => {
	test('from a number is always the same, and numbers differ', () => {
		const plans = [1, 2, 3, 4, 5].map((seed) => JSON.stringify(untidinessFrom(seed)));
		expect([1, 2, 3, 4, 5].map((seed) => JSON.stringify(untidinessFrom(seed)))).toEqual(plans);
		expect(new Set(plans).size).toBe(5);
	});

	test('may leave ways out', () => {
		const plans = fc.sample(anyUntidiness(['hanging', 'runs']), 100);
		expect(plans.some(({ pageCap }) => pageCap !== undefined)).toBe(true);
		expect(plans.filter(({ hanging, runs }) => hanging ?? runs)).toEqual([]);
	});

	test('of nothing changes nothing', async () => {
		clarifai.emulator.addTrainedVersion('m');
		const tidy = await clarifai.client.get('/models/m');
		clarifai.emulator.untidiness = { listsOmit: [], runs: {}, statuses: {} };
		const { json } = await clarifai.client.get('/models/m');
		expect(json.model).toEqual(tidy.json.model);
	});

	test('hits the share that it says, of any objects', () => {
		const hit = Array.from({ length: 2000 }, (_none, index) =>
			fate(3, 'purpose', `model-${index}`),
		);
		for (const share of [0.1, 0.5, 0.9]) {
			const counted = hit.filter((value) => value < share).length / hit.length;
			expect(Math.abs(counted - share)).toBeLessThan(0.05);
		}
	});
});
