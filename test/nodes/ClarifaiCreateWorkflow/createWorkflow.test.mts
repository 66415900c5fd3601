import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { bodiesOf, callsOf, DEMO, locate, setUp, type InProcessSetUp } from '../setup.mts';

const NODE = 'clarifaiCreateWorkflow';
const OWNER = { user_id: DEMO.userId, app_id: DEMO.appId };

let clarifai: InProcessSetUp;
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

		const app = `/v2/users/${DEMO.userId}/apps/${DEMO.appId}`;
		expect(emulator.requests).toMatchObject([
			{ method: 'GET', path: `${app}/models/cars/versions/${versionId}` },
			{ method: 'GET', path: `${app}/workflows/cars-workflow` },
			{ method: 'POST', path: `${app}/workflows` },
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
		['expressions that are empty themselves', '='],
	])('leaves out node fields that are %s', async (_what, value) => {
		const { run, emulator } = clarifai;
		const optional = ['modelVersionId', 'inputs', 'modelUserId', 'modelAppId', 'conceptIds'];
		const names = [...optional, 'maxConcepts', 'minValue', 'suppressOutput'];

		const { error } = await run(NODE, {
			...form(entry('a', Object.fromEntries(names.map((name) => [name, value])))),
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
			message: expect.stringContaining("'Model Version (node 1)' is null"),
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
		[
			'an unresolved ID',
			form(entry('={{ $json.nope }}')),
			/'Node ID \(node 1\)' is an expression that gives nothing/,
		],
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
		[
			'an unresolved graph',
			json('={{ $json.nope }}'),
			/^'Graph \(JSON\)' is an expression that gives nothing$/,
		],
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
			message:
				"2 parameters need to be corrected: 'Model (node 1)' is empty; 'Model Version (node 1)' is an expression that gives nothing",
			description: expect.stringContaining('pick one from the list'),
		});
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});

	it('the problems of all nodes and fields come together', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, {
			...form(entry('a', { minValue: 2 }), entry('b/c', { maxConcepts: 'many' })),
			workflowId: '..',
			additionalFields: { metadata: '[1]' },
		});

		expect(error?.message).toMatch(
			/^5 parameters need to be corrected: .*'Min Value \(node 1\)' .*'Node ID \(node 2\)' .*'Max Concepts \(node 2\)' .*'Metadata' .*'Workflow ID' /,
		);
		expect(emulator.requests).toEqual([]);
	});

	it.each([
		'modelVersionId',
		'inputs',
		'modelUserId',
		'modelAppId',
		'conceptIds',
		'maxConcepts',
		'minValue',
		'suppressOutput',
	])('an expression that gives nothing for the node field %s sends nothing', async (field) => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, form(entry('a', { [field]: '={{ $json.nope }}' })));

		expect(error?.message).toMatch(/^'[A-Z].* \(node 1\)' is an expression that gives nothing$/);
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});

	it('a dry run of Clarifai Train that came in is refused', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, form(entry('a')), {
			items: [{ dryRun: true, modelId: 'cars' }],
		});

		expect(error).toMatchObject({
			message: 'The item comes from a dry run of Clarifai Train, which trained nothing',
			description: expect.stringContaining("Turn off 'Dry Run'"),
		});
		expect(emulator.requests).toEqual([]);
	});

	it('a field in Fixed mode does not take an expression for an ID', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, form(entry('a', { modelVersionId: '{{ $json.version }}' })));

		expect(error?.message).toBe(
			'\'Model Version (node 1)\' looks like an expression, but is a fixed text: "{{ $json.version }}"',
		);
		expect(emulator.requests).toEqual([]);
	});

	it.each([
		['workflowId', '={{ $json.nope }}', /'Workflow ID' is an expression that gives nothing/],
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
		[{ modelVersionId: 'a/b' }, /'Model Version \(node 1\)' is not a valid ID/],
		[{ modelVersionId: locate('id', '={{ {} }}') }, /'Model Version \(node 1\)' must be a text/],
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

	it('is an error with a remedy when asked for, before anything is sent for any item', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(
			NODE,
			{ ...form(entry('a')), workflowId: '={{ $json.id }}', ifWorkflowExists: 'fail' },
			{ items: [{ id: 'new' }, { id: 'w' }] },
		);

		expect(error).toMatchObject({
			message: 'Workflow "w" already exists',
			description: "Choose another 'Workflow ID', or set 'If Workflow Exists' to Reuse or Update.",
			context: expect.objectContaining({ itemIndex: 1 }),
		});
		expect(new Set(callsOf(emulator))).toEqual(new Set(['GET GetWorkflow']));
		expect(saved().versions).toHaveLength(1);
	});

	it('fails just the later of two items with the same ID', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'resetBefore', rpc: 'PostWorkflows', times: 1 });

		const { items, outputs } = await run(
			NODE,
			{ ...form(entry('a')), workflowId: 'twice', ifWorkflowExists: 'fail' },
			{ items: [{}, {}], settings: { onError: 'continueErrorOutput' } },
		);

		expect(items).toMatchObject([{ json: { created: true }, pairedItem: { item: 0 } }]);
		expect(outputs(1)).toMatchObject([
			{ json: { message: 'Workflow "twice" already exists' }, pairedItem: { item: 1 } },
		]);
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
		expect(callsOf(clarifai.emulator)).toEqual(['GET GetWorkflow']);
	});

	it('is updated with a new version by default', async () => {
		const { run, emulator } = clarifai;
		const old = saved().message.version.id;

		const { json: output } = await run(NODE, {
			...form(entry('a'), entry('b', { inputs: 'a' })),
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
		expect(callsOf(emulator)).toEqual(['GET GetWorkflow', 'PATCH PatchWorkflows']);
	});

	describe('with the same nodes', () => {
		const everything = (changed: INodeParameters = {}): INodeParameters => ({
			...form(
				entry('a', { modelVersionId: versionId }),
				entry('b', {
					modelVersionId: versionId,
					inputs: 'a',
					conceptIds: 'ferrari, outdoors',
					maxConcepts: 3,
					minValue: 0.1,
					suppressOutput: true,
					...changed,
				}),
			),
			additionalFields: {
				description: 'Finds cars',
				metadata: '{"team":"vision"}',
				visibility: 'private',
				useCases: 'sorting',
			},
		});

		beforeEach(async () => {
			await clarifai.run(NODE, everything());
			clarifai.emulator.requests.length = 0;
		});

		it('is sent nothing', async () => {
			const { run, emulator } = clarifai;
			const versions = saved().versions.length;

			const { json: output } = await run(NODE, everything());

			expect(output).toMatchObject([
				{
					workflowId: 'w',
					workflowVersionId: saved().message.version.id,
					nodeIds: ['a', 'b'],
					created: false,
					updated: false,
				},
			]);
			expect(saved().versions).toHaveLength(versions);
			expect(callsOf(emulator)).toEqual(['GET GetModelVersion', 'GET GetWorkflow']);
		});

		it("is sent nothing also for the user 'me', whose name Clarifai shows", async () => {
			const { run, emulator } = clarifai;

			const { json: output } = await run(NODE, { ...everything(), options: { userId: 'me' } });

			expect(output).toMatchObject([{ created: false, updated: false }]);
			expect(callsOf(emulator)).toEqual(['GET GetModelVersion', 'GET GetWorkflow']);
		});

		it('is updated when a node names no version, because there may be a newer one', async () => {
			const { run, emulator } = clarifai;
			const newer = emulator.addTrainedVersion('cars').message.id;

			const { json: output } = await run(NODE, everything({ modelVersionId: '' }));

			expect(output).toMatchObject([{ updated: true }]);
			expect(saved().message.nodes[1].model.model_version.id).toBe(newer);
		});

		it.each<[string, () => INodeParameters]>([
			['a node field', () => everything({ minValue: 0.2 })],
			['an input', () => everything({ inputs: '' })],
			['a concept', () => everything({ conceptIds: 'ferrari' })],
			['a hidden output', () => everything({ suppressOutput: false })],
			[
				'a field of the workflow',
				() => ({ ...everything(), additionalFields: { description: 'new' } }),
			],
		])('but for %s, is updated', async (_what, changed) => {
			const { json: output } = await clarifai.run(NODE, changed());

			expect(output).toMatchObject([{ created: false, updated: true }]);
		});

		it('but for another model, is updated', async () => {
			const { run, emulator } = clarifai;
			emulator.addTrainedVersion('boats', { id: versionId });

			const { json: output } = await run(NODE, everything({ modelId: locate('id', 'boats') }));

			expect(output).toMatchObject([{ updated: true }]);
			expect(saved().message.nodes[1].model.id).toBe('boats');
		});

		it('but for a newer version of the model, is updated', async () => {
			const { run, emulator } = clarifai;
			const newer = emulator.addTrainedVersion('cars').message.id;
			const parameters = everything();
			const [first, second] = (parameters.nodes as { node: INodeParameters[] }).node;

			const { json: output } = await run(NODE, {
				...parameters,
				nodes: { node: [{ ...first, modelVersionId: newer }, second] },
			});

			expect(output).toMatchObject([{ updated: true }]);
			expect(saved().message.nodes[0].model.model_version.id).toBe(newer);
		});

		it('but for a model of another owner with the same ID, is updated', async () => {
			const { run, emulator } = clarifai;
			const other = emulator.addApp('other-app');
			other.addTrainedVersion(other.addModel({ id: 'cars', model_type_id: 'visual-classifier' }), {
				id: versionId,
			});

			const { json: output } = await run(NODE, everything({ modelAppId: 'other-app' }));

			expect(output).toMatchObject([{ updated: true }]);
			expect(saved().message.nodes[1].model.app_id).toBe('other-app');
		});
	});

	it.each([['reuse'], ['update']])('is created when it is missing, with %s', async (policy) => {
		const { run, emulator } = clarifai;

		const { json: output } = await run(NODE, {
			...form(entry('a')),
			workflowId: 'new',
			ifWorkflowExists: policy,
		});

		expect(output).toMatchObject([{ workflowId: 'new', created: true, updated: false }]);
		expect(callsOf(emulator)).toEqual(['GET GetWorkflow', 'POST PostWorkflows']);
	});

	it.each([
		['reuse', { created: false, updated: false }, ['other']],
		['update', { created: false, updated: true }, ['a']],
	])(
		'only after it was looked for is taken as the policy says: %s',
		async (policy, flags, nodeIds) => {
			const platform = await setUp({
				onRequest: ({ rpc }) => {
					if (rpc !== 'GetWorkflow' || platform.emulator.requests.length > 1) return;
					const nodes = [{ id: 'other', model: { id: 'cars', ...OWNER } }];
					platform.emulator.addWorkflows(1, { id: 'made', nodes });
				},
			});
			platform.emulator.addTrainedVersion('cars');

			const { json: output } = await platform.run(NODE, {
				...form(entry('a')),
				workflowId: 'made',
				ifWorkflowExists: policy,
			});

			expect(output).toMatchObject([{ workflowId: 'made', nodeIds, ...flags }]);
		},
	);

	it("only after it was looked for is Clarifai's own refusal, with a remedy, when it must be new", async () => {
		const platform = await setUp({
			onRequest: ({ rpc }) => {
				if (rpc === 'GetWorkflow') platform.emulator.addWorkflows(1, { id: 'made' });
			},
		});
		platform.emulator.addTrainedVersion('cars');

		const { error } = await platform.run(NODE, {
			...form(entry('a')),
			workflowId: 'made',
			ifWorkflowExists: 'fail',
		});

		// The second look, in its turn, has found it.
		expect(error?.message).toBe('Workflow "made" already exists');
	});

	it('is left to the last of several items that update it, however late the first', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'resetBefore', rpc: 'PatchWorkflows', times: 1 });

		const { json: output } = await run(
			NODE,
			{
				...form(entry('={{ $json.node }}')),
				options: { maxRequestsPerSecond: 0 },
			},
			{ items: [{ node: 'x' }, { node: 'y' }, { node: 'z' }] },
		);

		expect(output.map(({ nodeIds }) => nodeIds)).toEqual([['x'], ['y'], ['z']]);
		expect(saved().message.nodes).toMatchObject([{ id: 'z' }]);
	});
});

describe('a model version that cannot be used', () => {
	it('because it is not trained yet says how to wait for it, before anything is sent', async () => {
		const { run, emulator } = clarifai;
		const untrained = emulator.addTraining('cars', { seconds: 1000 }).message.id;

		const { error } = await run(
			NODE,
			{
				...form(entry('a', { modelVersionId: '={{ $json.version }}' })),
				workflowId: '={{ $json.id }}',
			},
			{
				items: [
					{ id: 'x', version: versionId },
					{ id: 'y', version: untrained },
				],
			},
		);

		expect(error).toMatchObject({
			message: `Version "${untrained}" of model "cars" cannot be used: Model is currently in queue for training. (code 21103)`,
			description: expect.stringContaining("'Wait for Completion' in Clarifai Train"),
			context: expect.objectContaining({ itemIndex: 1 }),
		});
		expect(callsOf(emulator).filter((call) => !call.startsWith('GET '))).toEqual([]);
	});

	it('because its training failed says so', async () => {
		const { run, emulator, time } = clarifai;
		const failed = emulator.addTraining('cars', { seconds: 1, outcome: 21110 }).message.id;
		await time.sleep(2_000);

		const { error } = await run(NODE, form(entry('a', { modelVersionId: failed })));

		expect(error?.message).toMatch(
			/^Version ".*" of model "cars" cannot be used: .* \(code 21110\)$/,
		);
	});

	it('because it is missing says what to check', async () => {
		const { run, emulator } = clarifai;
		const missing = 'f'.repeat(32);

		const { error } = await run(NODE, form(entry('a', { modelVersionId: missing })));

		expect(error).toMatchObject({
			message: `Version "${missing}" of model "cars" does not exist`,
			description: 'Check the ID, and that the model is the one it was trained for.',
		});
		expect(callsOf(emulator)).toEqual(['GET GetModelVersion']);
	});

	it('is looked up once for all items', async () => {
		const { run, emulator } = clarifai;

		await run(
			NODE,
			{ ...form(entry('a', { modelVersionId: versionId })), workflowId: '={{ $json.id }}' },
			{ items: [{ id: 'x' }, { id: 'y' }] },
		);

		expect(callsOf(emulator).filter((call) => call === 'GET GetModelVersion')).toHaveLength(1);
	});

	it('is also found in a JSON graph, with all others of it', async () => {
		const { run, emulator } = clarifai;
		const of = (id: string, version: string) => ({
			id,
			model: { id: 'cars', model_version: { id: version } },
		});

		const { error } = await run(NODE, json([of('a', 'x1'), of('b', versionId), of('c', 'x2')]));

		expect(error?.message).toBe(
			'2 parameters need to be corrected: Version "x1" of model "cars" does not exist; Version "x2" of model "cars" does not exist',
		);
		expect(new Set(callsOf(emulator))).toEqual(new Set(['GET GetModelVersion']));
	});
});

describe('an answer that is lost', () => {
	const posts = (rpc: string) => bodiesOf(clarifai.emulator, rpc).length;

	it('to a new workflow without a version, which Clarifai fills in, is found again', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'resetAfter', rpc: 'PostWorkflows', times: 1 });

		const { json: output } = await run(NODE, form(entry('a')));

		expect(output).toMatchObject([{ workflowId: 'w', created: true, updated: false }]);
		expect(posts('PostWorkflows')).toBe(1);
	});

	it.each(['', 'a version'])('to an update with nodes of %p is found again', async (version) => {
		const { run, emulator } = clarifai;
		await run(NODE, form(entry('old')));
		emulator.faults.add({ kind: 'resetAfter', rpc: 'PatchWorkflows', times: 1 });

		const { json: output } = await run(
			NODE,
			form(entry('a', { modelVersionId: version && versionId })),
		);

		const { versions } = emulator.app().workflows.get('w')!;
		expect(output).toMatchObject([
			{ workflowId: 'w', nodeIds: ['a'], created: false, updated: true },
		]);
		expect(versions).toHaveLength(2);
		expect(posts('PatchWorkflows')).toBe(1);
	});

	it('to an update that was not carried out is followed by another', async () => {
		const { run, emulator } = clarifai;
		await run(NODE, form(entry('old')));
		emulator.faults.add({ kind: 'resetBefore', rpc: 'PatchWorkflows', times: 1 });

		const { json: output } = await run(NODE, form(entry('a')));

		expect(output).toMatchObject([{ nodeIds: ['a'], updated: true }]);
		expect(emulator.app().workflows.get('w')!.versions).toHaveLength(2);
		expect(posts('PatchWorkflows')).toBe(2);
	});
});

describe('refused by Clarifai', () => {
	it('a model that is not trained yet says how to wait for it', async () => {
		const { run, emulator } = clarifai;
		emulator.addTraining('boats', { seconds: 1000 });

		const { error } = await run(NODE, form(entry('a', { modelId: locate('id', 'boats') })));

		expect(error).toMatchObject({
			message: 'New model in workflow needs to be trained',
			description: expect.stringMatching(
				/Model 'boats' has to be trained first\. .*Turn on 'Wait for Completion' in Clarifai Train.*code 22002/,
			),
		});
	});

	it('a missing model says what to check', async () => {
		const { run } = clarifai;

		const { error } = await run(NODE, form(entry('a', { modelId: locate('id', 'nobody') })));

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

describe('on a platform whose workflows have no versions', () => {
	beforeEach(async () => {
		clarifai.emulator.untidiness = { workflowsWithoutVersion: true };
		await clarifai.run(NODE, form(entry('a')));
		clarifai.emulator.requests.length = 0;
	});

	const updates = () => bodiesOf(clarifai.emulator, 'PatchWorkflows').length;

	it('a new workflow has none in the output', async () => {
		const { json: output } = await clarifai.run(NODE, { ...form(entry('a')), workflowId: 'new' });

		expect(output[0]).not.toHaveProperty('workflowVersionId');
		expect(output).toMatchObject([{ workflowId: 'new', created: true }]);
	});

	it('an update has none in the output', async () => {
		const { json: output } = await clarifai.run(NODE, form(entry('b')));

		expect(output[0]).not.toHaveProperty('workflowVersionId');
		expect(output).toMatchObject([{ nodeIds: ['b'], updated: true }]);
	});

	it.each([
		['resetAfter', 1],
		['resetBefore', 2],
	] as const)(
		'an update whose answer was lost (%s) is told by the nodes, and carried out once',
		async (kind, sends) => {
			const { emulator, run } = clarifai;
			emulator.faults.add({ kind, rpc: 'PatchWorkflows', times: 1 });

			const { json: output, error } = await run(NODE, form(entry('b')));

			expect(error).toBeUndefined();
			expect(output[0]).not.toHaveProperty('workflowVersionId');
			expect(output).toMatchObject([{ nodeIds: ['b'], updated: true }]);
			expect(updates()).toBe(sends);
			expect(emulator.app().workflows.get('w')?.versions).toHaveLength(2);
		},
	);
});
