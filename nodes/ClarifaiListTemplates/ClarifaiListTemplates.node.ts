import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { searchModelTypes } from '../shared/node/lists';
import { runItems } from '../shared/node/runItems';
import { listTemplates } from './listTemplates';
import { listTemplatesProperties } from './properties';

export class ClarifaiListTemplates implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai List Templates',
		name: 'clarifaiListTemplates',
		icon: {
			light: 'file:listTemplates.svg',
			dark: 'file:listTemplates.dark.svg',
		},
		group: ['input'],
		version: 1,
		subtitle:
			'={{ $parameter["source"] === "pipelineTemplates" ? "pipeline templates" : $parameter["modelType"] || "all model types" }}',
		description: 'List the training templates of the platform with their hyperparameters',
		defaults: { name: 'Clarifai List Templates' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// What an agent reads in its place.
		usableAsTool: {
			replacements: {
				description:
					'List the training templates that a Clarifai platform offers, each with its hyperparameters (type, default, range) and its defaults. Returns one item per template. Use it before Clarifai Train to choose a template; it changes nothing.',
			},
		},
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: listTemplatesProperties,
	};

	methods = { listSearch: { searchModelTypes } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, listTemplates);
	}
}
