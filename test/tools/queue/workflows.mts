import type { INodeParameters } from 'n8n-workflow';
import { chain } from '../../e2e/cases/workflowBuilder.mts';
import { DEMO } from '../emulator/emulator.mts';
import type { WorkflowContent } from '../n8n/client.mts';

type IfExists = 'fail' | 'reuse';

export const START = 'Start';
export const ADD_INPUTS = 'Add Inputs';

const TEMPLATE = 'MMClassification_ResNet_50_RSB_A1';

/** Of many executions that share the limit, one may be refused as often as a node tries: n8n tries again. */
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 5, waitBetweenTries: 5_000 };

const own = (name: string, type: string, parameters: INodeParameters) => ({
	name,
	...RETRY_ON_FAIL,
	type: `n8n-nodes-clarifai.clarifai${type}`,
	parameters,
});

const byId = (value: string) => ({ __rl: true, mode: 'id', value });

const webhook = (path: string) => ({
	name: START,
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	webhookId: path,
	parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
});

const createModel = (ifModelExists: IfExists) =>
	own('Create Model', 'CreateModel', {
		modelId: '={{ $json.body.modelId }}',
		modelType: byId('visual-classifier'),
		ifModelExists,
	});

const train = (parameters: INodeParameters = {}) =>
	own('Train', 'Train', {
		template: byId(TEMPLATE),
		...parameters,
		additionalFields: { metadata: '={{ JSON.stringify({ n8nExecution: $execution.id }) }}' },
	});

const deploy = (ifWorkflowExists: IfExists | 'update') => [
	own('Create Workflow', 'CreateWorkflow', {
		workflowId: '={{ $json.modelId }}-workflow',
		ifWorkflowExists,
	}),
	own('Update Default Workflow', 'UpdateDefaultWorkflow', {}),
];

/** The chain that waits inside the Train node. */
export function waitingChain(path: string, ifExists: IfExists): WorkflowContent {
	return chain(path, [
		webhook(path),
		createModel(ifExists),
		train({ waitForCompletion: true, waitOptions: { pollIntervalSeconds: 5 } }),
		...deploy(ifExists),
	]);
}

/** Adds the images of a request, by their URLs, with IDs made of these. */
export function addInputsChain(path: string, datasetId: string): WorkflowContent {
	return chain(path, [
		webhook(path),
		{
			name: 'Each URL',
			type: 'n8n-nodes-base.splitOut',
			parameters: { fieldToSplitOut: 'body.urls', options: { destinationFieldName: 'url' } },
		},
		own(ADD_INPUTS, 'AddInputs', {
			inputSource: 'url',
			url: '={{ $json.url }}',
			concepts: ['cat'],
			dataset: byId(datasetId),
			additionalFields: { createDataset: true },
		}),
	]);
}

type Sketch = Parameters<typeof chain>[1][number];

const get = (name: string, url: string): Sketch => ({
	name,
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	// The HTTP Request node does not repeat a throttled request by itself.
	...RETRY_ON_FAIL,
	parameters: {
		url,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'clarifaiApi',
		options: {},
	},
});

const editFields = (name: string, values: Record<string, string>): Sketch => ({
	name,
	type: 'n8n-nodes-base.set',
	typeVersion: 3.4,
	parameters: {
		assignments: {
			assignments: Object.entries(values).map(([field, value]) => ({
				id: field,
				name: field,
				type: 'string',
				value,
			})),
		},
		options: {},
	},
});

const ifNotEmpty = (name: string, leftValue: string): Sketch => ({
	name,
	type: 'n8n-nodes-base.if',
	typeVersion: 2.2,
	parameters: {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
			combinator: 'and',
			conditions: [
				{
					id: 'known',
					leftValue,
					rightValue: '',
					operator: { type: 'string', operation: 'notEmpty', singleValue: true },
				},
			],
		},
		options: {},
	},
});

/** n8n puts only waits of more than 65 seconds into its database. */
const longWait = (path: string): Sketch => ({
	name: 'Wait',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	webhookId: `${path}-wait`,
	parameters: { amount: 66, unit: 'seconds' },
});

const to = (node: string) => [{ node, type: 'main' as const, index: 0 }];

/**
 * The chain that waits in n8n's database, and looks before it trains: a model that has a version in
 * training, or trained, is not trained again.
 */
export function durableChain(path: string, baseUrl: string): WorkflowContent {
	const app = `${baseUrl}/v2/users/{{ $json.userId }}/apps/{{ $json.appId }}`;
	const workflow = chain(path, [
		webhook(path),
		createModel('reuse'),
		get('List Versions', `=${app}/models/{{ $json.modelId }}/versions`),
		editFields('Known Training', {
			modelId: "={{ $('Create Model').item.json.modelId }}",
			modelVersionId:
				'={{ ($json.model_versions ?? []).find(({ status }) => [21100, 21101, 21103].includes(status?.code))?.id ?? "" }}',
		}),
		ifNotEmpty('Trained Before?', '={{ $json.modelVersionId }}'),
		train(),
		longWait(path),
		own('Status', 'TrainingStatus', {}),
		...deploy('update'),
	]);
	workflow.connections['Trained Before?'] = { main: [to('Status'), to('Train')] };
	workflow.connections.Status = { main: [to('Create Workflow'), to('Wait'), []] };
	return workflow;
}

/** The description of a pipeline names the training that is wanted: by it a second run finds the first. */
const TRAINING_NAME = "Training of {{ $('Create Model').item.json.modelId }}";

const trainByPipeline = (parameters: INodeParameters = {}) =>
	own('Train', 'Train', {
		dataset: byId(DEMO.datasetId),
		datasetVersion: byId(DEMO.datasetVersionId),
		concepts: ['cat', 'dog'],
		template: byId('classifier-pipeline-resnet'),
		...parameters,
		additionalFields: {
			description: `=${TRAINING_NAME}`,
			computeCluster: byId(DEMO.computeClusterId),
			nodepool: byId(DEMO.gpuNodepoolId),
		},
	});

const deployModel = own('Deploy Model', 'DeployModel', {
	computeCluster: byId(DEMO.computeClusterId),
	nodepool: byId(DEMO.gpuNodepoolId),
});

/** As `waitingChain`, on the hosted platform. */
export function waitingPipelineChain(path: string): WorkflowContent {
	return chain(path, [
		webhook(path),
		createModel('reuse'),
		trainByPipeline({ waitForCompletion: true, waitOptions: { pollIntervalSeconds: 5 } }),
		deployModel,
	]);
}

/** As `durableChain`, on the hosted platform: it looks for the pipeline. */
export function durablePipelineChain(path: string, baseUrl: string): WorkflowContent {
	const app = `${baseUrl}/v2/users/{{ $json.userId }}/apps/{{ $json.appId }}`;
	const model = (field: string) => `={{ $('Create Model').item.json.${field} }}`;
	const known = `$json.pipelines ?? []).find(({ description }) => description === "Training of " + $('Create Model').item.json.modelId)`;
	const workflow = chain(path, [
		webhook(path),
		createModel('reuse'),
		get('List Pipelines', `=${app}/pipelines?per_page=1000`),
		editFields('Known Pipeline', {
			userId: model('userId'),
			appId: model('appId'),
			modelId: model('modelId'),
			pipelineId: `={{ (${known}?.id ?? "" }}`,
			pipelineVersionId: `={{ (${known}?.pipeline_version?.id ?? "" }}`,
		}),
		ifNotEmpty('Trained Before?', '={{ $json.pipelineId }}'),
		get(
			'List Runs',
			`=${app}/pipelines/{{ $json.pipelineId }}/versions/{{ $json.pipelineVersionId }}/runs`,
		),
		editFields('Known Run', {
			modelId: model('modelId'),
			pipelineId: "={{ $('Known Pipeline').item.json.pipelineId }}",
			pipelineVersionId: "={{ $('Known Pipeline').item.json.pipelineVersionId }}",
			pipelineRunId: '={{ $json.pipeline_version_runs[0].id }}',
		}),
		trainByPipeline(),
		longWait(path),
		own('Status', 'TrainingStatus', {}),
		deployModel,
	]);
	workflow.connections['Trained Before?'] = { main: [to('List Runs'), to('Train')] };
	workflow.connections['Known Run'] = { main: [to('Status')] };
	workflow.connections.Status = { main: [to('Deploy Model'), to('Wait'), []] };
	return workflow;
}
