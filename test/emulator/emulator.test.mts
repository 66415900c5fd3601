import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { DEMO, startEmulator } from './emulator.mts';
import type { Emulator, EmulatorOptions } from './emulator.mts';
import type { Message } from './message.mts';
import { setValueAt } from './paths.mts';
import { TEMPLATE, TestClient, VALID_TRAINING } from './test-client.mts';

let emulator: Emulator;
let client: TestClient;

async function restart(options: EmulatorOptions) {
	await emulator.close();
	emulator = await startEmulator(options);
	client = new TestClient(emulator);
}

beforeEach(async () => {
	emulator = await startEmulator({ trainingSeconds: 1000 });
	client = new TestClient(emulator);
});

afterEach(() => emulator.close());

const SECOND = 1000;

describe('requests that proto3 JSON does not allow', () => {
	const models = (fields: Message) => ({
		models: [{ id: 'm', model_type_id: 'visual-classifier', ...fields }],
	});

	test.each([
		['an unknown field', models({ modelTypeId: 'x' }), "unknown field 'models[0].modelTypeId'"],
		[
			'a name of Object itself',
			models({ constructor: 'x' }),
			"unknown field 'models[0].constructor'",
		],
		['a wrong type', models({ description: 7 }), 'models[0].description: expected a string, got 7'],
		['an object for an array', { models: { id: 'm' } }, 'models: expected an array'],
		['an array for an object', models({ metadata: [] }), 'models[0].metadata: expected an object'],
		['a null item', { models: [null] }, 'models[0]: expected an object'],
		[
			'an unknown enum name',
			models({ visibility: { gettable: 'SECRET' } }),
			'"SECRET" is not a value',
		],
		['an unknown enum number', models({ visibility: { gettable: 11 } }), '11 is not a value'],
		[
			'a malformed timestamp',
			models({ created_at: 'yesterday' }),
			'models[0].created_at: expected',
		],
		[
			'a fraction for an integer',
			models({ star_count: 1.5 }),
			'models[0].star_count: expected an int32',
		],
		[
			'too large an integer',
			models({ star_count: 2 ** 31 }),
			'models[0].star_count: expected an int32',
		],
		[
			'text for a boolean',
			models({ is_starred: 'true' }),
			'models[0].is_starred: expected a boolean',
		],
		['a body that is no object', ['m'], 'body: expected an object'],
	])('%s', async (_name, body, details) => {
		const reply = await client.post('/models', body);
		expect(reply).toMatchObject({ http: 400, code: 11102 });
		expect(reply.details).toContain(details);
		expect(emulator.app().models.size).toBe(0);
	});

	test('broken JSON', async () => {
		const { http, text } = await client.sendRaw('POST', '/models', '{"models":[');
		expect(http).toBe(400);
		expect(JSON.parse(text)).toMatchObject({ status: { code: 11100 } });
	});

	test.each([
		['/models?colour=red', "unknown query parameter 'colour'"],
		['/models?page=first', 'page: expected an uint32'],
		['/models?page=1&page=2', 'page: given more than once'],
		['/models?trained_only=yes', 'trained_only: expected true or false'],
		['/models?user_app_id.app_id=other', "unknown query parameter 'user_app_id.app_id'"],
		['/models?per_page=1001', 'per_page: at most 1000'],
	])('the query of %s', async (path, details) => {
		const reply = await client.get(path);
		expect(reply).toMatchObject({ http: 400, code: 11102 });
		expect(reply.details).toContain(details);
	});

	test('a query parameter beside a body', async () => {
		const reply = await client.post('/models?page=1', models({}));
		expect(reply).toMatchObject({ http: 400, code: 11102 });
	});

	test('a body where there is none to take', async () => {
		const reply = await client.send('DELETE', '/models/m', { ids: ['m'] });
		expect(reply).toMatchObject({ http: 400, code: 11102 });
	});
});

describe('requests that proto3 JSON does allow', () => {
	test('enums by name and number, 64-bit integers as text, null for absent', async () => {
		await client.post('/models', {
			models: [
				{
					id: 'm',
					model_type_id: 'visual-classifier',
					visibility: { gettable: 'PUBLIC' },
					description: null,
				},
			],
		});
		expect(emulator.app().models.get('m')!.message.visibility).toEqual({ gettable: 50 });
		const { json } = await client.post('/models/m/versions/time_estimate', {
			model_versions: [VALID_TRAINING],
			estimated_input_count: '100',
		});
		expect(json.training_time_estimates).toEqual(['308s']);
	});

	test('a Struct keeps its JSON as it is, nulls and zeros included', async () => {
		const metadata = { text: '', number: 0, list: [null, { deep: false }] };
		await client.post('/models', {
			models: [{ id: 'm', model_type_id: 'visual-classifier', metadata }],
		});
		expect((await client.get('/models/m')).json.model.metadata).toEqual(metadata);
	});

	test('IDs that are escaped in the URL', async () => {
		emulator.addModel('a.b-c_d');
		expect((await client.get('/models/a%2Eb-c_d')).json.model.id).toBe('a.b-c_d');
	});
});

describe('what there is no answer to', () => {
	test.each([
		['GET', '/v2/nothing', 404, 11101],
		['GET', '//v2/status_codes', 404, 11101],
		['GET', '/v2/models/%zz', 404, 11101],
		['PUT', '/models', 405, 11103],
		['POST', '/inputs', 501, 10040],
	])('%s %s', async (method, path, http, code) => {
		expect(await client.send(method, path, {})).toMatchObject({ http, code });
	});

	test.each<[string, string, unknown, number]>([
		['GET', '/models/types/none', undefined, 11101],
		['GET', '/concepts/none', undefined, 11101],
		['GET', '/datasets/none', undefined, 11101],
		['GET', `/datasets/${DEMO.datasetId}/versions/none`, undefined, 11101],
		['GET', '/workflows/none/versions/x', undefined, 22102],
		['GET', '/pipelines/none', undefined, 26300],
		['GET', '/pipelines/none/versions/x/runs/y', undefined, 26300],
		['POST', '/pipeline_templates/none/pipeline_version_runs', {}, 26300],
		['GET', `/v2/users/nobody`, undefined, 11101],
		['GET', '/v2/status_codes/1', undefined, 11101],
	])('%s %s', async (method, path, body, code) => {
		expect(await client.send(method, path, body)).toMatchObject({ http: 404, code });
	});

	test.each<[string, string, unknown, number, number]>([
		['POST', '/models', { models: [{ id: 'a' }, { id: 'b' }] }, 400, 11102],
		['POST', '/workflows', {}, 400, 11102],
		['POST', '/workflows', { workflows: [{ id: 'a b' }] }, 400, 22104],
		['PATCH', '/workflows', { action: 'replace' }, 400, 11102],
		['PATCH', '/workflows', { action: 'remove' }, 501, 10040],
		['PATCH', `/v2/users/${DEMO.userId}/apps`, { apps: [] }, 400, 11102],
		['PATCH', '', { action: 'remove', app: {} }, 501, 10040],
	])('%s %s %j', async (method, path, body, http, code) => {
		expect(await client.send(method, path, body)).toMatchObject({ http, code });
	});

	test('a filter that is not implemented is not left out silently', async () => {
		const reply = await client.get('/models?license=mit');
		expect(reply).toMatchObject({ http: 501, code: 10040 });
		expect(reply.details).toContain("'license'");
	});
});

describe('authorization', () => {
	const get = (path: string, options: ConstructorParameters<typeof TestClient>[1]) =>
		new TestClient(emulator, options).get(path);

	test.each([
		['no header', '', 400, 11102],
		['a token of another form', 'not-a-token', 401, 11008],
		['an unknown token', '0'.repeat(32), 401, 11009],
		['a token without scopes', DEMO.scopelessPat, 403, 11007],
	])('%s', async (_name, token, http, code) => {
		const reply = await get('/models', { token });
		expect(reply).toMatchObject({ http, code });
		expect(reply.json.models).toEqual([]);
	});

	test.each([
		['/models', 10000],
		['/v2/models', 10000],
		['/myscopes', 10000],
		[`/v2/users/${DEMO.userId}/apps`, 11007],
		[`/v2/users/${DEMO.userId}`, 11007],
	])('an app key at %s', async (path, code) => {
		expect((await get(path, { token: DEMO.appKey })).code).toBe(code);
	});

	test('an app key cannot change the default workflow or run pipelines', async () => {
		const keyClient = new TestClient(emulator, { token: DEMO.appKey });
		const patch = await keyClient.patch(`/v2/users/${DEMO.userId}/apps`, { apps: [] });
		expect(patch).toMatchObject({ http: 403, code: 11007 });
		const run = await keyClient.post('/pipeline_templates/x/pipeline_version_runs', {});
		expect(run).toMatchObject({ http: 403, code: 11007 });
	});

	test('an app key is for one app', async () => {
		emulator.addApp('other-app');
		const reply = await get('/models', { token: DEMO.appKey, appId: 'other-app' });
		expect(reply).toMatchObject({ http: 401, code: 11008 });
	});

	test('a PAT needs the right user and app, and may read public apps but not change them', async () => {
		expect(await get('/models', { userId: 'nobody' })).toMatchObject({ http: 404, code: 11101 });
		expect(await get('/models', { appId: 'nothing' })).toMatchObject({ http: 404, code: 11101 });
		const publicApp = { userId: DEMO.publicUserId, appId: DEMO.publicAppId };
		expect((await get('/models', publicApp)).json.models).toHaveLength(3);
		const refused = await new TestClient(emulator, publicApp).post('/models', {
			models: [{ id: 'm', model_type_id: 'visual-classifier' }],
		});
		expect(refused).toMatchObject({ http: 403, code: 11007 });
	});

	test('status codes need no token', async () => {
		const { json } = await get('/v2/status_codes', { token: '' });
		expect(json.statuses).toContainEqual({ code: 10000, description: 'Ok' });
	});
});

describe('the form of answers', () => {
	const enumType = {
		id: 'odd',
		title: 'Odd',
		trainable: true,
		model_type_fields: [
			{
				path: 'train_info.params.alpha',
				field_type: 'RANGE',
				default_value: 0,
				model_type_range_info: { min: 0, max: 1 },
			},
			{ path: 'train_info.params.beta', field_type: 99, default_value: null },
		],
	};

	test('numbers for enums; zero, false and empty values left out', async () => {
		emulator.addModelType(enumType);
		const { json } = await client.get('/models/types/odd');
		expect(json.model_type).toEqual({
			id: 'odd',
			title: 'Odd',
			trainable: true,
			model_type_fields: [
				{
					path: 'train_info.params.alpha',
					field_type: 7,
					default_value: 0,
					model_type_range_info: { max: 1 },
				},
				{ path: 'train_info.params.beta', field_type: 99, default_value: null },
			],
		});
	});

	test('names for enums', async () => {
		await restart({ enums: 'names' });
		emulator.addModelType(enumType);
		const { json } = await client.get('/models/types/odd');
		expect(json.status.code).toBe('SUCCESS');
		expect(json.model_type.model_type_fields).toMatchObject([
			{ field_type: 'RANGE' },
			{ field_type: 99 },
		]);
	});

	test.each([
		['string', ['308s']],
		['number', [308]],
		['object', [{ seconds: '308' }]],
	] as const)('durations as %s', async (durations, expected) => {
		await restart({ durations });
		emulator.addModel('m');
		const { json } = await client.post('/models/m/versions/time_estimate', {
			model_versions: [VALID_TRAINING],
			estimated_input_count: 100,
		});
		expect(json.training_time_estimates).toEqual(expected);
	});

	test('fields that Clarifai shows when empty', async () => {
		expect((await client.get('/workflows')).json.workflows).toEqual([]);
		expect((await client.get('/inputs/status')).json.counts).toEqual({
			processed: 1200,
			to_process: 0,
			errors: 0,
			processing: 0,
			reindexed: 0,
			to_reindex: 0,
			reindex_errors: 0,
			reindexing: 0,
		});
	});
});

describe('lists', () => {
	const ids = async (path: string, field = 'models') =>
		((await client.get(path)).json[field] as Message[]).map(({ id }) => id as string);

	test('pages of 128 unless told otherwise, newest first', async () => {
		emulator.addModels(300);
		expect(await ids('/models')).toHaveLength(128);
		expect((await ids('/models'))[0]).toBe('model-300');
		expect(await ids('/models?page=3')).toHaveLength(300 - 2 * 128);
		expect(await ids('/models?page=4')).toEqual([]);
		expect(await ids('/models?per_page=1000')).toHaveLength(300);
		const pages = await Promise.all([1, 2, 3].map((page) => ids(`/models?page=${page}`)));
		expect(new Set(pages.flat()).size).toBe(300);
	});

	test('models by search, name, type and whether they are trained', async () => {
		emulator.addModel('flower-finder', { description: 'Finds roses' });
		emulator.addModel('car-finder', { model_type_id: 'visual-detector' });
		emulator.addTrainedVersion('trained-one');
		expect(await ids('/models?search=find')).toEqual(['car-finder', 'flower-finder']);
		expect(await ids('/models?search=rose')).toEqual(['flower-finder']);
		expect(await ids('/models?query=find')).toEqual([]);
		expect(await ids('/models?name=car*')).toEqual(['car-finder']);
		expect(await ids('/models?model_type_id=visual-detector')).toEqual(['car-finder']);
		expect(await ids('/models?trained_only=true')).toEqual(['trained-one']);
		expect(await ids('/models?sort_by_created_at=true&sort_ascending=true')).toEqual([
			'flower-finder',
			'car-finder',
			'trained-one',
		]);
		const sorted = await ids('/models?sort_by_name=true&sort_ascending=true');
		expect(sorted).toEqual(['car-finder', 'flower-finder', 'trained-one']);
	});

	test('workflows, concepts, datasets, inputs and apps', async () => {
		emulator.addWorkflows(3);
		emulator.addConcepts(['dogma']);
		expect(await ids('/workflows', 'workflows')).toEqual([
			'workflow-3',
			'workflow-2',
			'workflow-1',
		]);
		expect(await ids('/workflows?search=workflow-2', 'workflows')).toEqual(['workflow-2']);
		expect(await ids('/concepts?id=dog', 'concepts')).toEqual(['dog', 'dogma']);
		expect(await ids('/datasets', 'datasets')).toEqual([DEMO.datasetId]);
		expect(await ids('/inputs?per_page=5', 'inputs')).toHaveLength(5);
		expect(await ids(`/v2/users/${DEMO.userId}/apps`, 'apps')).toEqual([DEMO.appId]);
		const { json } = await client.get(`/datasets/${DEMO.datasetId}/versions`);
		expect(json.dataset_versions).toMatchObject([
			{ id: DEMO.datasetVersionId, metrics: { train: { inputs_count: '1200' } } },
		]);
	});

	test('all models of a user, and with a PAT alone the public ones', async () => {
		emulator.addModel('mine');
		emulator.addApp('second').addModel({ id: 'second-one', model_type_id: 'visual-classifier' });
		const own = await ids(`/v2/users/${DEMO.userId}/models?sort_by_name=true&sort_ascending=true`);
		expect(own).toEqual(['mine', 'second-one']);
		expect(await ids('/v2/models')).toContain(DEMO.publicModels.classifier);
	});
});

describe('creating models', () => {
	const create = async (model: Message) => client.post('/models', { models: [model] });

	test.each([
		['an existing ID', { id: 'taken', model_type_id: 'visual-classifier' }, 40010],
		['an unknown type', { id: 'm', model_type_id: 'mind-reader' }, 21202],
		['no ID', { model_type_id: 'visual-classifier' }, 21202],
		['an ID unfit for a URL', { id: 'a b', model_type_id: 'visual-classifier' }, 21202],
	])('%s', async (_name, model, code) => {
		emulator.addModel('taken');
		expect(await create(model)).toMatchObject({ http: 400, code });
	});

	test('a model that does not exist', async () => {
		expect(await client.get('/models/none')).toMatchObject({ http: 404, code: 21200 });
		emulator.addModel('m');
		expect(await client.get('/models/m/versions/none')).toMatchObject({ http: 404, code: 21200 });
	});
});

describe('training', () => {
	const statusOf = async (modelId: string, versionId: string) =>
		(await client.version(modelId, versionId)).status as Message;

	test('goes from the queue over training and deployment to trained', async () => {
		const versionId = await client.train('m');
		expect(await statusOf('m', versionId)).toMatchObject({
			code: 21103,
			description: 'Model is currently in queue for training.',
		});
		emulator.clock.advance(550 * SECOND);
		const status = await statusOf('m', versionId);
		expect(status).toMatchObject({
			code: 21101,
			description: 'Training stage in progress: 0/1 complete.',
			percent_completed: 50,
		});
		expect(status.time_remaining).toBeGreaterThan(400);
		expect(await client.version('m', versionId)).not.toHaveProperty('completed_at');
		emulator.clock.advance(400 * SECOND);
		expect((await statusOf('m', versionId)).description).toContain('Deployment stage');
		emulator.clock.advance(50 * SECOND);
		expect(await client.version('m', versionId)).toMatchObject({
			status: { code: 21100, description: 'Model is trained and ready' },
			completed_at: expect.any(String),
			active_concept_count: 2,
			total_input_count: 1200,
		});
		expect((await client.get('/models/m')).json.model.model_version.id).toBe(versionId);
	});

	test('a planned failure, with a log behind the link', async () => {
		emulator.planTraining('m', { outcome: 21106, details: 'out of memory', seconds: 5 });
		const versionId = await client.train('m');
		emulator.clock.advance(5 * SECOND);
		const version = await client.version('m', versionId);
		expect(version.status).toMatchObject({ code: 21106, details: 'out of memory' });
		const log = await fetch(version.train_log as string);
		expect(await log.text()).toContain('out of memory');
		emulator.planTraining('m', undefined);
		const second = await client.train('m');
		emulator.clock.advance(1000 * SECOND);
		expect((await statusOf('m', second)).code).toBe(21100);
	});

	test('a training that never ends', async () => {
		emulator.planTraining('m', { seconds: Infinity });
		const versionId = await client.train('m');
		emulator.clock.advance(1e9);
		const status = await statusOf('m', versionId);
		expect(status.code).toBe(21101);
		expect(status).not.toHaveProperty('time_remaining');
	});

	test('deleting the version cancels', async () => {
		const versionId = await client.train('m');
		expect((await client.delete(`/models/m/versions/${versionId}`)).code).toBe(10000);
		expect((await client.get(`/models/m/versions/${versionId}`)).code).toBe(21200);
	});

	test('lists versions, newest first, also the trained ones alone', async () => {
		const first = emulator.addTrainedVersion('m').message.id as string;
		const second = await client.train('m');
		const versions = async (query: string) =>
			(await client.get(`/models/m/versions${query}`)).json.model_versions.map(
				({ id }: Message) => id as string,
			);
		expect(await versions('')).toEqual([second, first]);
		expect(await versions('?trained_only=true')).toEqual([first]);
		expect(await versions('?concept_ids=ferrari')).toEqual([second]);
	});

	test('evaluates after the training when asked to', async () => {
		emulator.addModel('m');
		const { json } = await client.post('/models/m/versions', {
			model_versions: [VALID_TRAINING],
			eval_info: { params: { evaluate_after_training: true } },
		});
		emulator.clock.advance(1000 * SECOND);
		const version = await client.version('m', json.model.model_version.id as string);
		expect(version.metrics.status.code).toBe(21300);
	});

	const params = (more: Message) => ({
		...VALID_TRAINING,
		train_info: { params: { template: TEMPLATE, ...more } },
	});

	test.each([
		['an unknown template', params({ template: 'Nope' }), 21202, "'Nope' is not a template"],
		['no template', { train_info: { params: {} } }, 21202, 'is not a template'],
		['an unknown dataset', params({ dataset_id: 'none' }), 21202, "dataset 'none'"],
		[
			'an unknown dataset version',
			{
				train_info: {
					...params({}).train_info,
					dataset: { id: DEMO.datasetId, version: { id: 'x' } },
				},
			},
			21202,
			"version 'x'",
		],
		[
			'resuming from an unknown version',
			{ train_info: { ...params({}).train_info, resume_from_model: { id: 'none' } } },
			21200,
			"model 'none'",
		],
	])('is refused at once for %s', async (_name, version, code, details) => {
		emulator.addModel('m');
		const reply = await client.post('/models/m/versions', { model_versions: [version] });
		expect(reply.code).toBe(code);
		expect(reply.details).toContain(details);
		expect(emulator.app().models.get('m')!.versions.size).toBe(0);
	});

	test.each([
		['a value out of range', params({ num_epochs: 601 }), 21118, 'num_epochs cannot be 601'],
		['a value of another type', params({ batch_size: '64' }), 21118, 'batch_size cannot be "64"'],
		['a value that is no option', params({ flip_direction: 'up' }), 21118, 'flip_direction'],
		[
			'concepts that nothing is labelled with',
			{ ...VALID_TRAINING, output_info: { data: { concepts: [{ id: 'unicorn' }] } } },
			21111,
			'unicorn',
		],
	])('fails late for %s', async (_name, version, code, details) => {
		const versionId = await client.train('m', version);
		expect((await statusOf('m', versionId)).code).toBe(21103);
		emulator.clock.advance(1000 * SECOND);
		const status = await statusOf('m', versionId);
		expect(status.code).toBe(code);
		expect(status.details).toContain(details);
	});

	test('an unknown concept is created without a word', async () => {
		await client.train('m', {
			...VALID_TRAINING,
			output_info: { data: { concepts: [{ id: 'new' }] } },
		});
		expect(emulator.app().concepts.has('new')).toBe(true);
	});

	test('every documented template trains with its own defaults', async () => {
		const trained: string[] = [];
		for (const { id: typeId, model_type_fields = [] } of emulator.world.modelTypes) {
			const templates = (model_type_fields as Message[]).find(({ path }) =>
				(path as string).endsWith('.template'),
			)?.model_type_enum_options;
			for (const template of (templates ?? []) as Message[]) {
				const version: Message = { train_info: { params: { template: template.id } } };
				for (const field of [...model_type_fields, ...(template.model_type_fields ?? [])]) {
					if (field.default_value !== undefined) {
						setValueAt(version, field.path as string, field.default_value);
					}
				}
				emulator.addModel(typeId as string, { model_type_id: typeId });
				const versionId = await client.train(typeId as string, version);
				emulator.clock.advance(1000 * SECOND);
				trained.push(`${template.id} ${(await statusOf(typeId as string, versionId)).code}`);
			}
		}
		expect(trained.length).toBeGreaterThan(30);
		expect(trained.filter((result) => !result.endsWith(' 21100'))).toEqual([]);
	});

	test('an app without inputs has no data', async () => {
		emulator.app().inputs.clear();
		const versionId = await client.train('m');
		emulator.clock.advance(1000 * SECOND);
		expect((await statusOf('m', versionId)).code).toBe(21110);
	});

	test('models of a type without templates, and of one that cannot be trained', async () => {
		emulator.addModel('transfer', { model_type_id: 'embedding-classifier' });
		expect(await client.train('transfer', {})).toMatch(/^[0-9a-f]{32}$/);
		emulator.addModelType({ id: 'fixed', title: 'Fixed' });
		emulator.addModel('fixed', { model_type_id: 'fixed' });
		const reply = await client.post('/models/fixed/versions', { model_versions: [{}] });
		expect(reply.code).toBe(21202);
	});

	test('a type whose own field names the dataset', async () => {
		emulator.addModelType({
			id: 'custom',
			trainable: true,
			model_type_fields: [{ path: 'train_info.params.data.set', field_type: 'DATASET_ID' }],
		});
		emulator.addModel('m', { model_type_id: 'custom' });
		const train = (set: string) =>
			client.post('/models/m/versions', {
				model_versions: [{ train_info: { params: { data: { set } } } }],
			});
		expect((await train(DEMO.datasetId)).code).toBe(10000);
		expect((await train('none')).code).toBe(21202);
	});
});

describe('workflows', () => {
	const node = (id: string, ...inputs: string[]) => ({
		id,
		model: { id: 'trained' },
		node_inputs: inputs.map((node_id) => ({ node_id })),
	});
	const create = (nodes: Message[], id = 'w') =>
		client.post('/workflows', { workflows: [{ id, nodes }] });

	beforeEach(() => {
		emulator.addTrainedVersion('trained');
		emulator.addModel('untrained');
	});

	test.each<[string, Message[], number]>([
		['no nodes', [], 22107],
		['a node without an ID', [{ model: { id: 'trained' } }], 22107],
		['two nodes of one ID', [node('a'), node('a')], 22107],
		['an unknown input', [node('a', 'b')], 22107],
		['a node that is its own input', [node('a', 'a')], 22107],
		['a longer cycle', [node('a', 'c'), node('b', 'a'), node('c', 'b')], 22107],
		['a node before its input', [node('a', 'b'), node('b')], 22107],
		['21 models', Array.from({ length: 21 }, (_none, index) => node(`n${index}`)), 22104],
		['a node without a model', [{ id: 'a' }], 22104],
		['an unknown model', [{ id: 'a', model: { id: 'none' } }], 21200],
		[
			'an unknown version',
			[{ id: 'a', model: { id: 'trained', model_version: { id: 'x' } } }],
			21200,
		],
		['an untrained model', [{ id: 'a', model: { id: 'untrained' } }], 22002],
		[
			'a model of another app by its ID alone',
			[{ id: 'a', model: { id: DEMO.publicModels.embedder } }],
			21200,
		],
	])('%s', async (_name, nodes, code) => {
		expect((await create(nodes)).code).toBe(code);
		expect(emulator.app().workflows.size).toBe(0);
	});

	test('20 models, and several inputs of one node', async () => {
		const nodes = Array.from({ length: 18 }, (_none, index) => node(`n${index}`));
		const reply = await create([...nodes, node('x', 'n0', 'n1'), node('y', 'x', 'n2')]);
		expect(reply.code).toBe(10000);
	});

	test('a version that is still in training', async () => {
		const versionId = emulator.addTraining('trained').message.id as string;
		const model = { id: 'trained', model_version: { id: versionId } };
		expect((await create([{ id: 'a', model }])).code).toBe(22002);
	});

	test('models of clarifai/main, for PATs only', async () => {
		const model = {
			id: DEMO.publicModels.embedder,
			user_id: DEMO.publicUserId,
			app_id: DEMO.publicAppId,
		};
		const workflow = { workflows: [{ id: 'w', nodes: [{ id: 'embed', model }] }] };
		const keyClient = new TestClient(emulator, { token: DEMO.appKey });
		expect(await keyClient.post('/workflows', workflow)).toMatchObject({ http: 403, code: 21201 });
		const { json } = await client.post('/workflows', workflow);
		expect(json.workflows[0].nodes[0].model).toMatchObject({
			...model,
			model_version: { id: expect.any(String) },
		});
	});

	test('a duplicate is refused and an update makes a new version', async () => {
		await create([node('a')]);
		expect((await create([node('a')])).code).toBe(22100);
		const patched = await client.patch('/workflows', {
			action: 'overwrite',
			workflows: [{ id: 'w', nodes: [node('b')] }],
		});
		expect(patched.json.workflows).toMatchObject([{ id: 'w', nodes: [{ id: 'b' }] }]);
		await client.patch('/workflows', {
			action: 'merge',
			workflows: [{ id: 'w', nodes: [node('c', 'b')] }],
		});
		const { json } = await client.get('/workflows/w/versions');
		const nodeIds = json.workflow_versions.map(({ nodes }: Message) =>
			nodes.map(({ id }: Message) => id as string),
		);
		expect(nodeIds).toEqual([['b', 'c'], ['b'], ['a']]);
		const { version } = (await client.get('/workflows/w')).json.workflow;
		expect(version.id).toBe(json.workflow_versions[0].id);
	});

	test('one that does not exist', async () => {
		expect(await client.get('/workflows/none')).toMatchObject({ http: 404, code: 22102 });
		const patched = await client.patch('/workflows', {
			action: 'overwrite',
			workflows: [{ id: 'none', nodes: [] }],
		});
		expect(patched.code).toBe(22102);
	});
});

describe('the default workflow', () => {
	const patchApps = (app: Message, more: Message = {}) =>
		client.patch(`/v2/users/${DEMO.userId}/apps`, {
			action: 'overwrite',
			apps: [{ id: DEMO.appId, ...app }],
			...more,
		});

	beforeEach(() => {
		emulator.addWorkflows(2);
	});

	test('is Universal of clarifai/main at first', async () => {
		expect((await client.get('')).json.app).toMatchObject({
			default_workflow_id: 'Universal',
			default_workflow: { id: 'Universal', user_id: 'clarifai', app_id: 'main' },
		});
	});

	const own = { user_id: DEMO.userId, app_id: DEMO.appId };

	test.each([
		['the old form', { default_workflow_id: 'workflow-1' }],
		['the new form', { default_workflow: { id: 'workflow-1', ...own } }],
		['both', { default_workflow_id: 'workflow-1', default_workflow: { id: 'workflow-1', ...own } }],
	])('changes by %s', async (_name, app) => {
		const { json } = await patchApps(app, { reindex: true });
		expect(json.apps).toMatchObject([
			{ default_workflow_id: 'workflow-1', default_workflow: { id: 'workflow-1', ...own } },
		]);
		expect(emulator.app().reindexCount).toBe(1);
	});

	test('changes by PATCH on one app too', async () => {
		const { json } = await client.patch('', {
			action: 'overwrite',
			app: { default_workflow_id: 'workflow-2', description: 'An app' },
		});
		expect(json.app).toMatchObject({ default_workflow_id: 'workflow-2', description: 'An app' });
		expect(emulator.app().reindexCount).toBe(0);
	});

	test.each([
		['an unknown workflow', { default_workflow_id: 'none' }, {}, 22102],
		['an unknown app', { id: 'none' }, {}, 11101],
		[
			'two forms that differ',
			{ default_workflow_id: 'workflow-1', default_workflow: { id: 'workflow-2' } },
			{},
			11102,
		],
		['no action', { default_workflow_id: 'workflow-1' }, { action: '' }, 11102],
	])('stays for %s', async (_name, app, more, code) => {
		expect((await patchApps(app, more)).code).toBe(code);
		expect(emulator.app().message.default_workflow_id).toBe('Universal');
	});
});

describe('pipeline templates', () => {
	const run = (parameters: Record<string, string>, more: Message = {}) =>
		client.post('/pipeline_templates/classifier-pipeline-resnet/pipeline_version_runs', {
			input_args_override: {
				argo_args_override: {
					parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })),
				},
			},
			...more,
		});
	const args = {
		user_id: DEMO.userId,
		app_id: DEMO.appId,
		model_id: 'piped',
		dataset_id: DEMO.datasetId,
	};
	const runPath = ({ pipeline, pipeline_version_run: one }: Message) =>
		`/pipelines/${pipeline.id}/versions/${pipeline.pipeline_version.id}/runs/${one.id}`;
	const codeOf = async (path: string) =>
		(await client.get(path)).json.pipeline_version_run.orchestration_status.status.code as number;

	test('are listed, also by type', async () => {
		const names = async (query: string) =>
			(await client.get(`/v2/pipeline_templates${query}`)).json.pipeline_templates.length as number;
		expect(await names('')).toBe(3);
		expect(await names('?pipeline_template_type=TRAINING')).toBe(3);
		expect(await names('?pipeline_template_type=1')).toBe(3);
	});

	test('run to a trained version of the model they name', async () => {
		const { json } = await run(args, { pipeline_id: 'my-pipeline' });
		expect(json.pipeline).toMatchObject({ id: 'my-pipeline' });
		expect(json.pipeline_version_run.orchestration_status.status.code).toBe(64000);
		const path = runPath(json);
		emulator.clock.advance(500 * SECOND);
		expect(await codeOf(path)).toBe(64001);
		expect(emulator.app().models.has('piped')).toBe(false);
		emulator.clock.advance(500 * SECOND);
		expect(await codeOf(path)).toBe(64002);
		const { model } = (await client.get('/models/piped')).json;
		expect(model).toMatchObject({
			model_type_id: 'visual-classifier',
			model_version: { status: { code: 21100 } },
		});
		expect(emulator.app().models.get('piped')!.versions.size).toBe(1);
		const logs = await client.get(`${path}/pipeline.version.run/logs`);
		expect(logs.json.log_entries[1].message).toBe('Job completed');
	});

	test('fail as planned, or for want of a dataset', async () => {
		emulator.planTraining('piped', { outcome: 64006, details: 'node lost' });
		const planned = runPath((await run(args)).json);
		const dataless = runPath((await run({ ...args, model_id: 'x', dataset_id: 'none' })).json);
		emulator.clock.advance(1000 * SECOND);
		expect(await codeOf(planned)).toBe(64006);
		expect(await codeOf(dataless)).toBe(64003);
		expect(emulator.app().models.size).toBe(0);
	});

	test('are cancelled by overwriting the status', async () => {
		const { json } = await run(args);
		const path = runPath(json);
		const runs = path.slice(0, path.lastIndexOf('/'));
		const patched = await client.patch(runs, {
			action: 'overwrite',
			pipeline_version_runs: [
				{
					id: json.pipeline_version_run.id,
					orchestration_status: { status: { code: 'JOB_CANCELLED' } },
				},
			],
		});
		expect(patched.json.status).toMatchObject({ code: 10000 });
		emulator.clock.advance(1000 * SECOND);
		expect(await codeOf(path)).toBe(64004);
		expect(
			(await client.get(`${runs}?status_codes=64004`)).json.pipeline_version_runs,
		).toHaveLength(1);
		expect((await client.get(`${runs}?status_codes=64002`)).json.pipeline_version_runs).toEqual([]);
	});

	test.each<[string, Record<string, string>, string]>([
		['an unknown parameter', { ...args, colour: 'red' }, "'colour'"],
		['a missing parameter', { model_id: 'piped' }, "'user_id' is required"],
		['text for a number', { ...args, num_epochs: 'ten' }, "'num_epochs' cannot be 'ten'"],
		['a number out of range', { ...args, num_epochs: '1001' }, "'num_epochs'"],
		['a value that is not allowed', { ...args, flip_direction: 'up' }, "'flip_direction'"],
		['text for a boolean', { ...args, concepts_mutually_exclusive: 'no' }, 'concepts_mutually'],
	])('are refused for %s', async (_name, parameters, details) => {
		const reply = await run(parameters);
		expect(reply.code).toBe(26301);
		expect(reply.details).toContain(details);
		expect(emulator.app().pipelines.size).toBe(0);
	});
});

describe('the emulator itself', () => {
	test("throttles with Clarifai's code and words", async () => {
		await restart({ requestsPerSecond: 1, retryAfter: 3 });
		const replies = await Promise.all(Array.from({ length: 10 }, () => client.get('/models')));
		const refused = replies.find(({ http }) => http === 429)!;
		expect(refused).toMatchObject({
			code: 11005,
			details: 'exceeded limit of 1 requests per second',
			headers: { 'retry-after': '3' },
		});
		expect(refused.json.status.description).toBe('Making too many requests');
	});

	test('records what it was sent and what it answered', async () => {
		await client.post('/models', { models: [{ id: 'm', model_type_id: 'visual-classifier' }] });
		await client.get('/models/none?additional_fields=all');
		expect(emulator.requests).toMatchObject([
			{
				method: 'POST',
				path: `/v2/users/${DEMO.userId}/apps/${DEMO.appId}/models`,
				rpc: 'PostModels',
				body: { models: [{ id: 'm' }] },
				authorization: `Key ${DEMO.pat}`,
				status: 200,
				code: 10000,
			},
			{ rpc: 'GetModel', query: { additional_fields: 'all' }, status: 404, code: 21200 },
		]);
		expect(JSON.stringify(emulator.requests.map(({ headers }) => headers))).not.toContain(DEMO.pat);
	});

	test('gives the same IDs in every run', async () => {
		const first = await client.train('m');
		await restart({ trainingSeconds: 1000 });
		expect(await client.train('m')).toBe(first);
	});

	test('listens on the loopback address only', async () => {
		const addresses = Object.values(networkInterfaces())
			.flatMap((addresses) => addresses ?? [])
			.filter(({ internal, family }) => !internal && family === 'IPv4')
			.map(({ address }) => address);
		const connects = (host: string) =>
			new Promise<boolean>((resolve) => {
				const socket = connect({ host, port: emulator.port });
				socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
				socket.once('connect', () => socket.destroy());
			});
		expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}`);
		expect(await connects('127.0.0.1')).toBe(true);
		for (const address of ['::1', ...addresses]) expect(await connects(address)).toBe(false);
	});

	test('says when its port is taken', async () => {
		await expect(startEmulator({ port: emulator.port })).rejects.toMatchObject({
			code: 'EADDRINUSE',
		});
	});
});
