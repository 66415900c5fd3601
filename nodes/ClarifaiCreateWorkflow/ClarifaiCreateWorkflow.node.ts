import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { searchModels, searchVersionsOfNode } from '../shared/node/lists';
import { runItems } from '../shared/node/runItems';
import { createWorkflow } from './createWorkflow';
import { workflowProperties } from './properties';

export class ClarifaiCreateWorkflow implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Create Workflow',
		name: 'clarifaiCreateWorkflow',
		icon: {
			light: 'file:createWorkflow.svg',
			dark: 'file:createWorkflow.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["workflowId"] }}',
		description: 'Put trained models into a Clarifai workflow',
		defaults: { name: 'Clarifai Create Workflow' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// What an agent reads in its place.
		usableAsTool: {
			replacements: {
				description:
					'Put a trained Clarifai model version, alone or with other models, into a new Clarifai workflow that can be used for predictions. The model version must be trained. Returns workflowId.',
			},
		},
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: workflowProperties,
	};

	methods = { listSearch: { searchModels, searchVersionsOfNode } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, createWorkflow);
	}
}
