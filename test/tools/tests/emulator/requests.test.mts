import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { VALID_TRAINING } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator();

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
		const reply = await clarifai.client.post('/models', body);
		expect(reply).toMatchObject({ http: 400, code: 11102 });
		expect(reply.details).toContain(details);
		expect(clarifai.emulator.app().models.size).toBe(0);
	});

	test('broken JSON', async () => {
		const { http, text } = await clarifai.client.sendRaw('POST', '/models', '{"models":[');
		expect(http).toBe(400);
		expect(JSON.parse(text)).toMatchObject({ status: { code: 11100 } });
	});

	test.each([
		['/models?colour=red', "unknown query parameter 'colour'"],
		['/models?page=first', 'page: expected an uint32'],
		['/models?page=1&page=2', 'page: given more than once'],
		['/models?trained_only=yes', 'trained_only: expected true or false'],
		['/models?per_page=1001', 'per_page: at most 1000'],
	])('the query of %s', async (path, details) => {
		const reply = await clarifai.client.get(path);
		expect(reply).toMatchObject({ http: 400, code: 11102 });
		expect(reply.details).toContain(details);
	});

	test('fields of the path in the query are no mistake, and change nothing', async () => {
		clarifai.emulator.addModel('m');
		const query = `user_app_id.user_id=${DEMO.userId}&user_app_id.app_id=other&model_id=other`;
		const { http, json } = await clarifai.client.get(`/models/m?${query}`);
		expect(http).toBe(200);
		expect(json.model).toMatchObject({ id: 'm', app_id: DEMO.appId });
	});

	test('a query parameter beside a body', async () => {
		const reply = await clarifai.client.post('/models?page=1', models({}));
		expect(reply).toMatchObject({ http: 400, code: 11102 });
	});

	test('a body where there is none to take', async () => {
		const reply = await clarifai.client.send('DELETE', '/models/m', { ids: ['m'] });
		expect(reply).toMatchObject({ http: 400, code: 11102 });
	});
});

describe('requests that proto3 JSON does allow', () => {
	test('enums by name and number, 64-bit integers as text, null for absent', async () => {
		await clarifai.client.post('/models', {
			models: [
				{
					id: 'm',
					model_type_id: 'visual-classifier',
					visibility: { gettable: 'PUBLIC' },
					description: null,
				},
			],
		});
		expect(clarifai.emulator.app().models.get('m')!.message.visibility).toEqual({ gettable: 50 });
		const { json } = await clarifai.client.post('/models/m/versions/time_estimate', {
			model_versions: [VALID_TRAINING],
			estimated_input_count: '100',
		});
		expect(json.training_time_estimates).toEqual(['308s']);
	});

	test('a Struct keeps its JSON as it is, nulls and zeros included', async () => {
		const metadata = { text: '', number: 0, list: [null, { deep: false }] };
		await clarifai.client.post('/models', {
			models: [{ id: 'm', model_type_id: 'visual-classifier', metadata }],
		});
		expect((await clarifai.client.get('/models/m')).json.model.metadata).toEqual(metadata);
	});

	test('IDs that are escaped in the URL', async () => {
		clarifai.emulator.addModel('a.b-c_d');
		expect((await clarifai.client.get('/models/a%2Eb-c_d')).json.model.id).toBe('a.b-c_d');
	});
});

describe('what there is no answer to', () => {
	test.each([
		['GET', '/v2/nothing', 404, 11101],
		['GET', '//v2/status_codes', 404, 11101],
		['GET', '/v2/models/%zz', 404, 11101],
		['PUT', '/models', 405, 11103],
		['POST', '/collectors', 501, 10040],
	])('%s %s', async (method, path, http, code) => {
		expect(await clarifai.client.send(method, path, {})).toMatchObject({ http, code });
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
		expect(await clarifai.client.send(method, path, body)).toMatchObject({ http: 404, code });
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
		expect(await clarifai.client.send(method, path, body)).toMatchObject({ http, code });
	});

	test('a filter that is not implemented is not left out silently', async () => {
		const reply = await clarifai.client.get('/models?license=mit');
		expect(reply).toMatchObject({ http: 501, code: 10040 });
		expect(reply.details).toContain("'license'");
	});
});
