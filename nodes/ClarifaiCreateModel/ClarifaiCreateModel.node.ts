import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { searchModelTypes } from '../shared/node/lists';
import { runItems } from '../shared/node/runItems';
import { createModel } from './createModel';
import { createModelProperties } from './properties';

export class ClarifaiCreateModel implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Create Model',
		name: 'clarifaiCreateModel',
		icon: {
			light: 'file:createModel.svg',
			dark: 'file:createModel.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["modelId"] }}',
		description: 'Create a model of a model type, ready to be trained',
		defaults: { name: 'Clarifai Create Model' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// What an agent reads in its place.
		usableAsTool: {
			replacements: {
				description:
					'Create an empty Clarifai model of a model type, ready to be trained. Returns modelId and modelTypeId. Use it once before Clarifai Train; it does not start a training.',
			},
		},
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: createModelProperties,
	};

	methods = { listSearch: { searchModelTypes } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, createModel);
	}
}
