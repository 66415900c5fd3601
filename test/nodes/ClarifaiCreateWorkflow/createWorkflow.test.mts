import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { bodiesOf, callsOf, DEMO, locate, setUp, type SetUp } from '../setup.mts';

const NODE = 'clarifaiCreateWorkflow';
const OWNER = { user_id: DEMO.userId, app_id: DEMO.appId };

let clarifai: SetUp;
let versionId: string;

beforeEach(async () => {
	clarifai = await setUp();
	versionId = clarifai.emulator.addTrainedVersion('cars').message.id;
	clarifai.emulator.addTrainedVersion('embedder');
});

const form = (...entries: INodeParameters[]): INodeParameters => ({
	workflowId: 'w',
	nodes: { node: entries },
});

const entry = (nodeId: string, more: INodeParameters = {}): INodeParameters => ({
	nodeId,
	modelId: locate('id', 'cars'),
	...more,
});

const json = (graph: unknown): INodeParameters => ({
	workflowId: 'w',
	specifyGraph: 'json',
	graphJson: typeof graph === 'string' ? graph : JSON.stringify(graph),
});

const node = (id: string, ...inputs: string[]): IDataObject => ({
	id,
	model: { id: 'cars' },
	...(inputs.length > 0 && { node_inputs: inputs.map((input) => ({ node_id: input })) }),
});

const postedNodes = (): unknown => {
	const [body] = bodiesOf(clarifai.emulator, 'PostWorkflows') as Array<{
		workflows: Array<{ nodes: unknown }>;
	}>;
	return body.workflows[0].nodes;
};

describe('a new workflow', () => {
	it("goes on with the item's model and version, without typing", async () => {
		const { emulator, run } = clarifai;

		const { items } = await run(
			NODE,
			{ workflowId: 'cars-workflow' },
			{ items: [{ modelId: 'cars', modelVersionId: versionId }] },
		);

		expect(emulator.requests).toMatchObject([
			{ method: 'POST', path: `/v2/users/${DEMO.userId}/apps/${DEMO.appId}/workflows` },
		]);
		expect(bodiesOf(emulator, 'PostWorkflows')).toEqual([
			{
				workflows: [
					{
						id: 'cars-workflow',
						nodes: [
							{ id: 'model', model: { id: 'cars', model_version: { id: versionId }, ...OWNER } },
						],
					},
				],
			},
		]);
		const saved = emulator.app().workflows.get('cars-workflow')!.message;
		expect(items).toEqual([
			{
				json: {
					workflowId: 'cars-workflow',
					workflowVersionId: saved.version.id,
					userId: DEMO.userId,
					appId: DEMO.appId,
					nodeIds: ['model'],
					createdAt: saved.created_at,
					created: true,
					updated: false,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it("is the guide's: an embedder before the trained model", async () => {
		const { emulator, run } = clarifai;

		const { error } = await run(
			NODE,
			form(
				entry('embed', { modelId: locate('list', 'embedder') }),
				entry('my-custom-model', { modelVersionId: versionId, inputs: 'embed' }),
			),
		);

		expect(error).toBeUndefined();
		expect(bodiesOf(emulator, 'PostWorkflows')).toEqual([
			{
				workflows: [
					{
						id: 'w',
						nodes: [
							{ id: 'embed', model: { id: 'embedder', ...OWNER } },
							{
								id: 'my-custom-model',
								model: { id: 'cars', model_version: { id: versionId }, ...OWNER },
								node_inputs: [{ node_id: 'embed' }],
							},
						],
					},
				],
			},
		]);
	});

	it('carries every field of a node', async () => {
		const { run } = clarifai;

		await run(
			NODE,
			form(
				entry('a'),
				entry('b', { inputs: '={{ ["a"] }}' }),
				entry('c', {
					inputs: 'a, b',
					conceptIds: 'ferrari, outdoors',
					maxConcepts: 3,
					minValue: 0.25,
					suppressOutput: true,
				}),
			),
		);

		expect(postedNodes()).toEqual([
			{ id: 'a', model: { id: 'cars', ...OWNER } },
			{ id: 'b', model: { id: 'cars', ...OWNER }, node_inputs: [{ node_id: 'a' }] },
			{
				id: 'c',
				model: { id: 'cars', ...OWNER },
				node_inputs: [{ node_id: 'a' }, { node_id: 'b' }],
				suppress_output: true,
				output_info_override: {
					data: { concepts: [{ id: 'ferrari' }, { id: 'outdoors' }] },
					params: { max_concepts: 3, min_value: 0.25 },
				},
			},
		]);
	});

	it('takes numbers and booleans as text from expressions', async () => {
		const { run } = clarifai;

		await run(
			NODE,
			form(
				entry('a', {
					maxConcepts: '={{ "3" }}',
					minValue: '={{ "0.5" }}',
					suppressOutput: '={{ "true" }}',
				}),
			),
		);

		expect(postedNodes()).toMatchObject([
			{
				suppress_output: true,
				output_info_override: { params: { max_concepts: 3, min_value: 0.5 } },
			},
		]);
	});

	it.each([
		['empty', ''],
		['undefined', '={{ $json.nope }}'],
		['null', '={{ null }}'],
	])('leaves out node fields that are %s', async (_what, value) => {
		const { run, emulator } = clarifai;
		const optional = ['modelVersionId', 'inputs', 'modelUserId', 'modelAppId', 'conceptIds'];
		const names = [...optional, 'maxConcepts', 'minValue', 'suppressOutput'];

		const fields = Object.fromEntries(names.map((name) => [name, value]));
		if (value === '={{ null }}') delete fields.modelVersionId;

		const { error } = await run(NODE, {
			...form(entry('a', fields)),
			additionalFields: Object.fromEntries(
				['description', 'notes', 'metadata', 'visibility', 'useCases'].map((name) => [name, value]),
			),
		});

		expect(error).toBeUndefined();
		expect(bodiesOf(emulator, 'PostWorkflows')).toEqual([
			{ workflows: [{ id: 'w', nodes: [{ id: 'a', model: { id: 'cars', ...OWNER } }] }] },
		]);
	});

	it('takes no other version for that of a training that has not made one', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(
			NODE,
			{ workflowId: 'w' },
			{ items: [{ modelId: 'cars', modelVersionId: null, status: 'training' }] },
		);

		expect(error).toMatchObject({
			message: expect.stringContaining("'Model Version ID (node 1)' is null"),
			description: expect.stringContaining("'Wait for Completion'"),
		});
		expect(emulator.requests).toEqual([]);
	});

	it('carries all additional fields', async () => {
		const { emulator, run } = clarifai;

		await run(NODE, {
			...form(entry('a')),
			additionalFields: {
				description: 'Finds cars',
				notes: 'Long text',
				metadata: { team: 'vision' },
				visibility: 'public',
				useCases: 'sorting',
			},
		});

		expect(bodiesOf(emulator, 'PostWorkflows')).toMatchObject([
			{
				workflows: [
					{
						description: 'Finds cars',
						notes: 'Long text',
						metadata: { team: 'vision' },
						visibility: { gettable: 50 },
						use_cases: ['sorting'],
					},
				],
			},
		]);
	});

	it.each([
		[
			'IDs',
			{ modelUserId: DEMO.publicUserId, modelAppId: DEMO.publicAppId },
			locate('id', DEMO.publicModels.detector),
		],
		[
			'a portal link',
			{},
			locate('url', `https://clarifai.com/clarifai/main/models/${DEMO.publicModels.detector}`),
		],
		[
			'a portal link given by ID',
			{},
			locate(
				'id',
				`={{ "https://clarifai.com/clarifai/main/models/${DEMO.publicModels.detector}?x=1" }}`,
			),
		],
	])('has a model of clarifai/main, by %s', async (_what, owner, modelId) => {
		const { run } = clarifai;

		const { error } = await run(NODE, form(entry('a', { modelId, ...owner })));

		expect(error).toBeUndefined();
		expect(postedNodes()).toEqual([
			{
				id: 'a',
				model: { id: DEMO.publicModels.detector, user_id: 'clarifai', app_id: 'main' },
			},
		]);
	});

	it("is Clarifai's own object when Simplify is off", async () => {
		const { run, emulator } = clarifai;

		const { items } = await run(NODE, { ...form(entry('a')), simplify: false });

		const saved = emulator.app().workflows.get('w')!.message;
		expect(items).toEqual([
			{
				json: expect.objectContaining({
					id: 'w',
					app_id: DEMO.appId,
					user_id: DEMO.userId,
					created_at: saved.created_at,
					version: expect.objectContaining({ id: saved.version.id }),
					nodes: [expect.objectContaining({ id: 'a' })],
				}),
				pairedItem: { item: 0 },
			},
		]);
	});

	it("goes into the app of 'Options', with that app's models", async () => {
		const { run, emulator } = clarifai;
		const other = emulator.addApp('other-app');
		other.addTrainedVersion(other.addModel({ id: 'boats', model_type_id: 'visual-classifier' }));

		const { json } = await run(NODE, {
			...form(entry('a', { modelId: locate('id', 'boats') })),
			options: { appId: 'other-app' },
		});

		expect(json).toMatchObject([{ workflowId: 'w', appId: 'other-app', created: true }]);
		expect(postedNodes()).toMatchObject([{ model: { app_id: 'other-app' } }]);
	});
});

describe('the graph', () => {
	it.each([
		['a list', [node('a'), node('b', 'a')]],
		['a whole workflow object', { nodes: [node('a'), node('b', 'a')] }],
	])('can be JSON: %s', async (_what, graph) => {
		const { run } = clarifai;

		const { json: output } = await run(NODE, json(graph));

		expect(output).toMatchObject([{ workflowId: 'w', nodeIds: ['a', 'b'], created: true }]);
		expect(postedNodes()).toEqual([node('a'), node('b', 'a')]);
	});

	it("can be an expression's value, with the fields of a whole workflow", async () => {
		const { run, emulator } = clarifai;

		await run(
			NODE,
			{ workflowId: 'w', specifyGraph: 'json', graphJson: '={{ $json.graph }}' },
			{ items: [{ graph: { id: 'theirs', description: 'about it', nodes: [node('a')] } }] },
		);

		expect(bodiesOf(emulator, 'PostWorkflows')).toEqual([
			{ workflows: [{ id: 'w', description: 'about it', nodes: [node('a')] }] },
		]);
	});

	it('is put in an order that Clarifai accepts, in the form as in JSON', async () => {
		const { run } = clarifai;

		const { json: fromForm } = await run(
			NODE,
			form(entry('c', { inputs: 'b,a' }), entry('b', { inputs: 'a' }), entry('a')),
		);
		const { json: fromJson } = await run(NODE, {
			...json([node('c', 'b', 'a'), node('b', 'a'), node('a')]),
			workflowId: 'other',
		});

		expect(fromForm).toMatchObject([{ nodeIds: ['a', 'b', 'c'] }]);
		expect(fromJson).toMatchObject([{ nodeIds: ['a', 'b', 'c'] }]);
	});

	it('may have 20 models', async () => {
		const { run } = clarifai;
		const nodes = Array.from({ length: 20 }, (_none, index) => node(`n${index}`));

		const { json: output } = await run(NODE, json(nodes));

		expect(output).toMatchObject([{ created: true }]);
	});

	const twentyOne = Array.from({ length: 21 }, (_none, index) => node(`n${index}`));

	it.each([
		['no nodes', json([]), /The workflow has no nodes/],
		['no nodes in the form', { workflowId: 'w', nodes: {} }, /The workflow has no nodes/],
		['21 models', json(twentyOne), /has 21 models; Clarifai allows 20/],
		['a repeated ID', form(entry('a'), entry('a')), /Two nodes have the ID "a"/],
		['an empty ID', form(entry('')), /'Node ID \(node 1\)' is empty/],
		['an unresolved ID', form(entry('={{ $json.nope }}')), /'Node ID \(node 1\)' is empty/],
		['a malformed ID', form(entry('a/b')), /'Node ID \(node 1\)' is not a valid ID/],
		['an empty ID in JSON', json([{ model: { id: 'm' } }]), /'Node ID \(node 1\)' is empty/],
		['an unknown input', form(entry('a', { inputs: 'x' })), /"a" takes its input from "x"/],
		['an unknown input in JSON', json([node('a', 'x')]), /"a" takes its input from "x"/],
		['an input without an ID', json([{ ...node('a'), node_inputs: [{}] }]), /"a" .*input/],
		['a self loop', form(entry('a', { inputs: 'a' })), /"a" wait for each other's output/],
		['a cycle', json([node('a', 'b'), node('b', 'a')]), /"a", "b" wait for each other/],
		['no model', json([{ id: 'a' }]), /Node "a" has no model/],
		['an entry that is no object', json(['a']), /Node 1 of 'Graph \(JSON\)' must be an object/],
		['a text', json('"abc"'), /must be a list of nodes or an object with "nodes"/],
		['an object without nodes', json({ id: 'w' }), /must be a list of nodes/],
		['null', json('null'), /must be a list of nodes/],
		['no JSON', json('[{"id":'), /'Graph \(JSON\)' is not valid JSON/],
		['an unresolved graph', json('={{ $json.nope }}'), /'Graph \(JSON\)'|no nodes/],
		['a prototype key', json('[{"id":"a","__proto__":{"x":1}}]'), /the key "__proto__"/],
	])('with %s is refused before anything is sent', async (_what, parameters, message) => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, parameters as INodeParameters);

		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(/\w/);
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});
});

describe('bad input', () => {
	it('an unresolved model says that it can be picked from the list', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, { workflowId: 'w' });

		expect(error).toMatchObject({
			message: "'Model (node 1)' is empty",
			description: expect.stringContaining('pick one from the list'),
		});
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});

	it.each([
		['workflowId', '={{ $json.nope }}', /'Workflow ID' is empty/],
		['workflowId', 'a/b', /'Workflow ID' is not a valid ID/],
		['ifWorkflowExists', '={{ "skip" }}', /must be one of: fail, reuse, update, not "skip"/],
		['specifyGraph', '={{ "yaml" }}', /'Specify Graph' must be one of: form, json/],
		['workflowId', '..', /'Workflow ID' is not a valid ID/],
		['workflowId', 'a b', /'Workflow ID' is not a valid ID/],
		['options', { appId: 'a/b' }, /'App ID' is not a valid ID/],
		['additionalFields', { metadata: '7' }, /'Metadata' must be a JSON object/],
		['additionalFields', { metadata: '{"__proto__":1}' }, /the key "__proto__"/],
		['additionalFields', { visibility: 'all' }, /'Visibility' must be/],
		['additionalFields', { description: '={{ {} }}' }, /'Description' must be a text/],
		['additionalFields', { useCases: '={{ {} }}' }, /'Use Cases' must be a list/],
	])('%s %j sends nothing', async (name, value, message) => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, { ...form(entry('a')), [name]: value } as INodeParameters);

		expect(error?.message).toMatch(message);
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});

	it.each([
		[{ modelId: locate('id', '={{ "a/b" }}') }, /'Model \(node 1\)' is not a valid ID/],
		[
			{ modelId: locate('url', '={{ "https://clarifai.com/clarifai/main/workflows/Face" }}') },
			/'Model \(node 1\)' is not a link to one of Clarifai's models/,
		],
		[
			{ modelId: locate('url', '={{ "https://example.com/u/a/models/m" }}') },
			/'Model \(node 1\)' is not a link/,
		],
		[{ modelVersionId: 'a/b' }, /'Model Version ID \(node 1\)' is not a valid ID/],
		[{ modelVersionId: '={{ {} }}' }, /'Model Version ID \(node 1\)' must be a text/],
		[{ modelUserId: '../x' }, /'Model User ID \(node 1\)' is not a valid ID/],
		[{ modelAppId: 'a b' }, /'Model App ID \(node 1\)' is not a valid ID/],
		[{ inputs: '={{ {} }}' }, /'Inputs \(node 1\)' must be a list/],
		[{ conceptIds: '={{ [null] }}' }, /'Concept IDs \(node 1\)' has an empty entry/],
		[{ maxConcepts: 'many' }, /'Max Concepts \(node 1\)' must be a whole number/],
		[{ maxConcepts: -1 }, /'Max Concepts \(node 1\)' must be a whole number of 0 or more/],
		[{ maxConcepts: 2.5 }, /'Max Concepts \(node 1\)' must be a whole number/],
		[{ minValue: '={{ [] }}' }, /'Min Value \(node 1\)' must be a number/],
		[{ minValue: 1.5 }, /'Min Value \(node 1\)' must be a number from 0 to 1/],
		[{ suppressOutput: '={{ "maybe" }}' }, /'Suppress Output \(node 1\)' must be true or false/],
	])('node field %j sends nothing', async (field, message) => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, form(entry('a', field as INodeParameters)));

		expect(error?.message).toMatch(message);
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});
});

describe('a workflow that exists', () => {
	beforeEach(async () => {
		await clarifai.run(NODE, form(entry('old')));
		clarifai.emulator.requests.length = 0;
	});

	const saved = () => clarifai.emulator.app().workflows.get('w')!;

	it('is an error with a remedy by default', async () => {
		const { run } = clarifai;

		const { error } = await run(NODE, form(entry('a')));

		expect(error).toMatchObject({
			message: 'Duplicate workflow',
			description: expect.stringMatching(
				/Workflow 'w' already exists\. .*set 'If Workflow Exists' to Reuse or Update\..*code 22100/,
			),
			httpCode: '400',
		});
		expect(saved().versions).toHaveLength(1);
	});

	it('is reused as it is', async () => {
		const { run } = clarifai;

		const { items } = await run(NODE, { ...form(entry('a')), ifWorkflowExists: 'reuse' });

		expect(items).toEqual([
			{
				json: {
					workflowId: 'w',
					workflowVersionId: saved().message.version.id,
					userId: DEMO.userId,
					appId: DEMO.appId,
					nodeIds: ['old'],
					createdAt: saved().message.created_at,
					created: false,
					updated: false,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(saved().versions).toHaveLength(1);
	});

	it('is updated with a new version', async () => {
		const { run, emulator } = clarifai;
		const old = saved().message.version.id;

		const { json: output } = await run(NODE, {
			...form(entry('a'), entry('b', { inputs: 'a' })),
			ifWorkflowExists: 'update',
			additionalFields: { description: 'new' },
		});

		expect(output).toMatchObject([
			{
				workflowId: 'w',
				workflowVersionId: saved().message.version.id,
				nodeIds: ['a', 'b'],
				created: false,
				updated: true,
			},
		]);
		expect(saved().message.version.id).not.toBe(old);
		expect(saved().message.description).toBe('new');
		expect(saved().versions).toHaveLength(2);
		expect(bodiesOf(emulator, 'PatchWorkflows')).toMatchObject([
			{ action: 'overwrite', workflows: [{ id: 'w', nodes: [{ id: 'a' }, { id: 'b' }] }] },
		]);
	});

	it.each([['reuse'], ['update']])('is created when it is missing, with %s', async (policy) => {
		const { run, emulator } = clarifai;

		const { json: output } = await run(NODE, {
			...form(entry('a')),
			workflowId: 'new',
			ifWorkflowExists: policy,
		});

		expect(output).toMatchObject([{ workflowId: 'new', created: true, updated: false }]);
		expect(callsOf(emulator)).toEqual(['POST PostWorkflows']);
	});

	it('is left to the last of several items that update it, however late the first', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'resetBefore', rpc: 'PostWorkflows', times: 1 });

		const { json: output } = await run(
			NODE,
			{
				...form(entry('={{ $json.node }}')),
				ifWorkflowExists: 'update',
				options: { maxRequestsPerSecond: 0 },
			},
			{ items: [{ node: 'x' }, { node: 'y' }, { node: 'z' }] },
		);

		expect(output.map(({ nodeIds }) => nodeIds)).toEqual([['x'], ['y'], ['z']]);
		expect(saved().message.nodes).toMatchObject([{ id: 'z' }]);
	});
});

describe('refused by Clarifai', () => {
	it('a version that is not trained yet says how to wait for it', async () => {
		const { run, emulator } = clarifai;
		const untrained = emulator.addTraining('cars', { seconds: 1000 }).message.id;

		const { error } = await run(NODE, form(entry('a', { modelVersionId: untrained })));

		expect(error).toMatchObject({
			message: 'New model in workflow needs to be trained',
			description: expect.stringMatching(
				/Model 'cars' has to be trained first\. .*Turn on 'Wait for Completion' in Clarifai Train.*code 22002/,
			),
		});
	});

	it.each([
		['model', { modelId: locate('id', 'nobody') }],
		['version', { modelVersionId: 'f'.repeat(32) }],
	])('a missing %s says what to check', async (_what, field) => {
		const { run } = clarifai;

		const { error } = await run(NODE, form(entry('a', field)));

		expect(error).toMatchObject({
			message: 'Model does not exist',
			description: expect.stringMatching(
				/does not exist\. The model or the version is missing\. .*can be picked from the list\..*code 21200/,
			),
			httpCode: '404',
		});
	});

	it('a model of another app asks for a token that may use it', async () => {
		const { withCredential } = clarifai;
		const { run } = await withCredential({ accessToken: DEMO.appKey });

		const { error } = await run(
			NODE,
			form(
				entry('a', {
					modelId: locate('id', DEMO.publicModels.detector),
					modelUserId: 'clarifai',
					modelAppId: 'main',
				}),
			),
		);

		expect(error).toMatchObject({
			message: 'Model permission denied',
			description: expect.stringMatching(/the token must be allowed to use it.*code 21201/),
		});
	});
});
