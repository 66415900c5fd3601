import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { TestClient } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator();

describe('workflows', () => {
	const node = (id: string, ...inputs: string[]) => ({
		id,
		model: { id: 'trained' },
		node_inputs: inputs.map((node_id) => ({ node_id })),
	});
	const create = (nodes: Message[], id = 'w') =>
		clarifai.client.post('/workflows', { workflows: [{ id, nodes }] });

	beforeEach(() => {
		const far = clarifai.emulator.addApp('far-app');
		far.addTrainedVersion(far.addModel({ id: 'far', model_type_id: 'visual-classifier' }));
		clarifai.emulator.addTrainedVersion('trained');
		clarifai.emulator.addModel('untrained');
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
			'a model of another app of its own by its ID alone',
			[{ id: 'a', model: { id: 'far' } }],
			21200,
		],
	])('%s', async (_name, nodes, code) => {
		expect((await create(nodes)).code).toBe(code);
		expect(clarifai.emulator.app().workflows.size).toBe(0);
	});

	test("a model of Clarifai's own by its ID alone", async () => {
		const { code, json } = await create([{ id: 'a', model: { id: DEMO.publicModels.embedder } }]);
		expect(code).toBe(10000);
		expect(json.workflows[0].nodes[0].model).toMatchObject({ app_id: 'main', user_id: 'clarifai' });
	});

	test('20 models, and several inputs of one node', async () => {
		const nodes = Array.from({ length: 18 }, (_none, index) => node(`n${index}`));
		const reply = await create([...nodes, node('x', 'n0', 'n1'), node('y', 'x', 'n2')]);
		expect(reply.code).toBe(10000);
	});

	test('a version that is still in training', async () => {
		const versionId = clarifai.emulator.addTraining('trained').message.id as string;
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
		const keyClient = new TestClient(clarifai.emulator, { token: DEMO.appKey });
		expect(await keyClient.post('/workflows', workflow)).toMatchObject({ http: 403, code: 21201 });
		const { json } = await clarifai.client.post('/workflows', workflow);
		expect(json.workflows[0].nodes[0].model).toMatchObject({
			...model,
			model_version: { id: expect.any(String) },
		});
	});

	test('a duplicate is refused and an update makes a new version', async () => {
		await create([node('a')]);
		expect((await create([node('a')])).code).toBe(22100);
		const patched = await clarifai.client.patch('/workflows', {
			action: 'overwrite',
			workflows: [{ id: 'w', nodes: [node('b')] }],
		});
		expect(patched.json.workflows).toMatchObject([{ id: 'w', nodes: [{ id: 'b' }] }]);
		await clarifai.client.patch('/workflows', {
			action: 'merge',
			workflows: [{ id: 'w', nodes: [node('c', 'b')] }],
		});
		const { json } = await clarifai.client.get('/workflows/w/versions');
		const nodeIds = json.workflow_versions.map(({ nodes }: Message) =>
			nodes.map(({ id }: Message) => id as string),
		);
		expect(nodeIds).toEqual([['b', 'c'], ['b'], ['a']]);
		const { version } = (await clarifai.client.get('/workflows/w')).json.workflow;
		expect(version.id).toBe(json.workflow_versions[0].id);
	});

	test('one that does not exist', async () => {
		expect(await clarifai.client.get('/workflows/none')).toMatchObject({ http: 404, code: 22102 });
		const patched = await clarifai.client.patch('/workflows', {
			action: 'overwrite',
			workflows: [{ id: 'none', nodes: [] }],
		});
		expect(patched.code).toBe(22102);
	});
});

describe('the default workflow', () => {
	const patchApps = (app: Message, more: Message = {}) =>
		clarifai.client.patch(`/v2/users/${DEMO.userId}/apps`, {
			action: 'overwrite',
			apps: [{ id: DEMO.appId, ...app }],
			...more,
		});

	beforeEach(() => {
		clarifai.emulator.addWorkflows(2);
	});

	test('is Universal of clarifai/main at first', async () => {
		expect((await clarifai.client.get('')).json.app).toMatchObject({
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
		expect(clarifai.emulator.app().reindexCount).toBe(1);
	});

	test('changes by PATCH on one app too', async () => {
		const { json } = await clarifai.client.patch('', {
			action: 'overwrite',
			app: { default_workflow_id: 'workflow-2', description: 'An app' },
		});
		expect(json.app).toMatchObject({ default_workflow_id: 'workflow-2', description: 'An app' });
		expect(clarifai.emulator.app().reindexCount).toBe(0);
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
		expect(clarifai.emulator.app().message.default_workflow_id).toBe('Universal');
	});
});
