import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { runsOf, valid } from './pipelineSetup.mts';
import { callsOf, DEMO, locate, setUp } from './setup.mts';

const TEMPLATE = 'MMClassification_ResNet_50_RSB_A1';
const fromAgent = (key: string) => `={{ $fromAI('${key}', '', 'string') }}`;

const modelId = locate('id', fromAgent('modelId'));

async function callTool(
	style: 'v2' | 'v3',
	type: string,
	parameters: INodeParameters,
	args: IDataObject,
) {
	const { engine, emulator } = await setUp({ trainingSeconds: 3600 });
	emulator.addModel('cars');
	const running = emulator.addTraining('cars', { seconds: Infinity });
	const trained = emulator.addTrainedVersion('vans');
	emulator.addWorkflows(1, { id: 'fleet' });
	emulator.addDeployment('vans-live', 'vans');
	const all = { running: running.message.id, trained: trained.message.id, ...args };
	const { call, run } = await engine.asTool(type, parameters, all, style);
	return { call, run, emulator, answer: JSON.parse(call?.response ?? '[]') as IDataObject[] };
}

describe.each(['v2', 'v3'] as const)('as a tool of an AI agent (%s)', (style) => {
	it.each([
		[
			'clarifaiCreateModel',
			{ modelId: fromAgent('modelId') },
			{ modelId: 'trucks' },
			{ modelId: 'trucks', created: true },
		],
		[
			'clarifaiListTemplates',
			{ modelType: modelId, options: { nameContains: 'RSB' } },
			{ modelId: 'visual-classifier' },
			{ template: TEMPLATE, recommended: true },
		],
		[
			'clarifaiTrain',
			{
				model: modelId,
				template: locate('id', fromAgent('template')),
				specifyHyperparameters: 'json',
				hyperparametersJson: "={{ $fromAI('hyperparameters', '', 'json') }}",
				concepts: fromAgent('concepts'),
			},
			{
				modelId: 'cars',
				template: TEMPLATE,
				hyperparameters: { num_epochs: 3 },
				concepts: DEMO.concepts.join(', '),
			},
			{ modelId: 'cars', status: 'queued' },
		],
		[
			'clarifaiTrainingStatus',
			{ model: locate('id', 'cars'), modelVersionId: fromAgent('running') },
			{},
			{ modelId: 'cars', status: 'queued' },
		],
		[
			'clarifaiCreateWorkflow',
			{
				workflowId: fromAgent('workflowId'),
				nodes: { node: [{ nodeId: 'm', modelId: 'vans', modelVersionId: fromAgent('trained') }] },
			},
			{ workflowId: 'vans-workflow' },
			{ workflowId: 'vans-workflow', created: true },
		],
		[
			'clarifaiUpdateDefaultWorkflow',
			{ workflow: modelId },
			{ modelId: 'fleet' },
			{ defaultWorkflowId: 'fleet', changed: true },
		],
		[
			'clarifaiAddInputs',
			{
				inputSource: 'url',
				url: fromAgent('url'),
				concepts: fromAgent('concepts'),
				ifInputExists: 'update',
			},
			{ url: 'https://files.example/cat.jpg', concepts: 'cat' },
			// Agents do not wait for the processing.
			{ status: 'added', concepts: ['cat'], processing: 'pending' },
		],
		[
			'clarifaiPredict',
			{
				model: locate('id', fromAgent('modelId')),
				inputSource: 'url',
				url: fromAgent('url'),
			},
			{ modelId: 'vans', url: 'https://files.example/van.jpg' },
			{ topConcept: expect.any(String), concepts: expect.any(Array) },
		],
		[
			'clarifaiPredict',
			{
				model: locate('id', 'vans'),
				inputSource: 'url',
				url: fromAgent('url'),
				options: { deploymentId: locate('id', fromAgent('deployment')) },
			},
			{ deployment: 'vans-live', url: 'https://files.example/van.jpg' },
			{ topConcept: expect.any(String), concepts: expect.any(Array) },
		],
		[
			'clarifaiDeployModel',
			{
				model: locate('id', 'vans'),
				modelVersionId: locate('id', fromAgent('trained')),
				deploymentId: locate('id', fromAgent('deployment')),
			},
			{ deployment: 'vans-live' },
			{ deploymentId: 'vans-live', created: false, promoted: false },
		],
	])('%s answers the agent with its output', async (type, parameters, args, expected) => {
		const { call, answer } = await callTool(style, type, parameters as INodeParameters, args);

		expect(call?.description).toMatch(/Clarifai/);
		expect(answer).toEqual([expect.objectContaining(expected)]);
	});

	it('Training Status tells the agent about a failed training', async () => {
		const { engine, emulator } = await setUp({ trainingSeconds: 0 });
		const failed = emulator.addTraining('cars', { outcome: 21111 });

		const { call } = await engine.asTool(
			'clarifaiTrainingStatus',
			{ model: locate('id', 'cars'), modelVersionId: fromAgent('version') },
			{ version: failed.message.id },
			style,
		);

		expect(JSON.parse(call?.response ?? '[]')).toEqual([
			expect.objectContaining({ status: 'failed', statusCode: 21111, remedy: expect.any(String) }),
		]);
	});

	it('Train never waits', async () => {
		const { answer, emulator } = await callTool(
			style,
			'clarifaiTrain',
			{
				model: locate('id', 'cars'),
				template: locate('id', TEMPLATE),
				concepts: [...DEMO.concepts],
				waitForCompletion: true,
			},
			{},
		);

		expect(answer).toEqual([expect.objectContaining({ status: 'queued' })]);
		expect(callsOf(emulator)).not.toContain('GET GetModelVersion');
	});
});

it('Train goes on with the dataset version that the call before it has made', async () => {
	const platform = await setUp({ platform: 'hosted' });
	const { engine, emulator, time } = platform;
	emulator.planDatasetVersion(DEMO.datasetId, { seconds: 300 });
	const { versions } = emulator.app().datasets.get(DEMO.datasetId)!;
	const before = versions.size;
	const began = time.now();

	const first = await engine.asTool('clarifaiTrain', valid(), {}, 'v3');
	const waited = time.now() - began;
	emulator.clock.advance(300_000);
	const second = await engine.asTool('clarifaiTrain', valid(), {}, 'v3');

	expect(waited).toBeLessThan(60_000);
	expect(first.call?.response).toContain('is still being made');
	expect(JSON.parse(second.call?.response ?? '[]')).toMatchObject([{ status: 'queued' }]);
	expect(versions.size).toBe(before + 1);
	expect(runsOf(platform)).toMatchObject([
		{ args: { dataset_version_id: [...versions.keys()].at(-1) } },
	]);
});

it('tells an agent whose tools are nodes of the execution what to do about an error', async () => {
	const { answer } = await callTool(
		'v3',
		'clarifaiTrain',
		{ model: locate('id', 'cars'), template: locate('id', TEMPLATE), concepts: 'dgo' },
		{},
	);

	expect(answer).toEqual([
		{ error: 'The app has no concept "dgo". Did you mean "dog" for "dgo"?' },
	]);
});
