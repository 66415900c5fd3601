import { isPermitted } from '../../emulator/auth.mts';
import { DEMO } from '../../emulator/emulator.mts';
import { loadProtos } from '../../emulator/protos.mts';
import { TestClient } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator();

describe('authorization', () => {
	const get = (path: string, options: ConstructorParameters<typeof TestClient>[1]) =>
		new TestClient(clarifai.emulator, options).get(path);

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
		const keyClient = new TestClient(clarifai.emulator, { token: DEMO.appKey });
		const patch = await keyClient.patch(`/v2/users/${DEMO.userId}/apps`, { apps: [] });
		expect(patch).toMatchObject({ http: 403, code: 11007 });
		const run = await keyClient.post('/pipeline_templates/x/pipeline_version_runs', {});
		expect(run).toMatchObject({ http: 403, code: 11007 });
	});

	test('an app key is for one app', async () => {
		clarifai.emulator.addApp('other-app');
		const reply = await get('/models', { token: DEMO.appKey, appId: 'other-app' });
		expect(reply).toMatchObject({ http: 401, code: 11008 });
	});

	test('a PAT needs the right user and app, and may read public apps but not change them', async () => {
		expect(await get('/models', { userId: 'nobody' })).toMatchObject({ http: 404, code: 11101 });
		expect(await get('/models', { appId: 'nothing' })).toMatchObject({ http: 404, code: 11101 });
		const publicApp = { userId: DEMO.publicUserId, appId: DEMO.publicAppId };
		const publicModels = Object.values(DEMO.publicModels);
		expect((await get('/models', publicApp)).json.models).toHaveLength(publicModels.length);
		const refused = await new TestClient(clarifai.emulator, publicApp).post('/models', {
			models: [{ id: 'm', model_type_id: 'visual-classifier' }],
		});
		expect(refused).toMatchObject({ http: 403, code: 11007 });
	});

	test.each([
		[
			'PostPipelineVersionRunFromTemplate',
			[
				'Apps_Get',
				'ComputeClusters_Get',
				'Nodepools_Get',
				'PipelineSteps_Get',
				'PipelineSteps_Pull',
				'Pipelines_Add',
				'Pipelines_Get',
			],
		],
		['GetPipelineVersionRun', ['Apps_Get', 'Nodepools_Get', 'Pipelines_Get']],
		[
			'ListPipelineVersionRuns',
			['Apps_Get', 'ComputeClusters_Get', 'Nodepools_Get', 'Pipelines_Get'],
		],
		['ListDatasets', ['Apps_Get', 'Datasets_Get', 'SavedSearch_Get']],
		[
			'DeleteModelVersion',
			['Apps_Get', 'Concepts_Get', 'Models_Add', 'Models_Delete', 'Models_Get', 'Workflows_Get'],
		],
	])('%s needs %j', (name, scopes) => {
		const rpc = loadProtos().rpcs.find((one) => one.name === name)!;
		const key = { token: '', kind: 'pat', userId: DEMO.userId } as const;
		expect([...rpc.scopes].sort()).toEqual(scopes);
		expect(isPermitted({ ...key, scopes }, rpc)).toBe(true);
		for (const missing of scopes) {
			const others = scopes.filter((scope) => scope !== missing);
			expect(isPermitted({ ...key, scopes: others }, rpc)).toBe(false);
		}
	});

	test('status codes need no token', async () => {
		const { json } = await get('/v2/status_codes', { token: '' });
		expect(json.statuses).toContainEqual({ code: 10000, description: 'Ok' });
	});
});
