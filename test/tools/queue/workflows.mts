import type { INode, INodeParameters } from 'n8n-workflow';
import { chain } from '../../e2e/cases/workflowBuilder.mts';
import type { WorkflowContent } from '../n8n/client.mts';

type IfExists = 'fail' | 'reuse';

export const START = 'Start';
export const ADD_INPUTS = 'Add Inputs';

const TEMPLATE = 'MMClassification_ResNet_50_RSB_A1';

const own = (name: string, type: string, parameters: INodeParameters) => ({
	name,
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

/**
 * The chain that waits in n8n's database, and looks before it trains: a model that has a version in
 * training, or trained, is not trained again.
 */
export function durableChain(path: string, baseUrl: string): WorkflowContent {
	const known =
		'={{ ($json.model_versions ?? []).find(({ status }) => [21100, 21101, 21103].includes(status?.code))?.id ?? "" }}';
	const sketches: Array<Partial<INode> & Pick<INode, 'name' | 'type'>> = [
		webhook(path),
		createModel('reuse'),
		{
			name: 'List Versions',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			// The HTTP Request node does not repeat a throttled request by itself.
			retryOnFail: true,
			maxTries: 5,
			waitBetweenTries: 2_000,
			parameters: {
				url: `=${baseUrl}/v2/users/{{ $json.userId }}/apps/{{ $json.appId }}/models/{{ $json.modelId }}/versions`,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: 'clarifaiApi',
				options: {},
			},
		},
		{
			name: 'Known Training',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: {
				assignments: {
					assignments: [
						{
							id: 'model',
							name: 'modelId',
							type: 'string',
							value: "={{ $('Create Model').item.json.modelId }}",
						},
						{ id: 'version', name: 'modelVersionId', type: 'string', value: known },
					],
				},
				options: {},
			},
		},
		{
			name: 'Trained Before?',
			type: 'n8n-nodes-base.if',
			typeVersion: 2.2,
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
					combinator: 'and',
					conditions: [
						{
							id: 'known',
							leftValue: '={{ $json.modelVersionId }}',
							rightValue: '',
							operator: { type: 'string', operation: 'notEmpty', singleValue: true },
						},
					],
				},
				options: {},
			},
		},
		train(),
		// n8n puts only waits of more than 65 seconds into its database.
		{
			name: 'Wait',
			type: 'n8n-nodes-base.wait',
			typeVersion: 1.1,
			webhookId: `${path}-wait`,
			parameters: { amount: 66, unit: 'seconds' },
		},
		own('Status', 'TrainingStatus', {}),
		...deploy('update'),
	];
	const workflow = chain(path, sketches);
	const to = (node: string) => [{ node, type: 'main' as const, index: 0 }];
	workflow.connections['Trained Before?'] = { main: [to('Status'), to('Train')] };
	workflow.connections.Status = { main: [to('Create Workflow'), to('Wait'), []] };
	return workflow;
}
