import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { searchWorkflows } from '../shared/node/lists';
import { runItems } from '../shared/node/runItems';
import { defaultWorkflowProperties } from './properties';
import { updateDefaultWorkflow } from './updateDefaultWorkflow';

export class ClarifaiUpdateDefaultWorkflow implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Update Default Workflow',
		name: 'clarifaiUpdateDefaultWorkflow',
		icon: {
			light: 'file:updateDefaultWorkflow.svg',
			dark: 'file:updateDefaultWorkflow.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["workflow"] }}',
		description: 'Make a workflow the default of a Clarifai app',
		defaults: { name: 'Clarifai Update Default Workflow' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// What an agent reads in its place.
		usableAsTool: {
			replacements: {
				description:
					'Make a workflow the default (base) workflow of a Clarifai app, which then runs on every new input. Returns the previous default as well. Needs a Personal Access Token.',
			},
		},
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: defaultWorkflowProperties,
	};

	methods = { listSearch: { searchWorkflows } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, updateDefaultWorkflow);
	}
}
