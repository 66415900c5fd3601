import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { searchModelTypes } from '../shared/node/lists';
import { optionsWith, simplify } from '../shared/node/commonProperties';
import { additionalFields, tagField } from '../shared/node/describingFields';
import { locator } from '../shared/node/locators';
import { runItems } from '../shared/node/runItems';
import { createModel } from './createModel';

export class ClarifaiCreateModel implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Create Model',
		name: 'clarifaiCreateModel',
		icon: {
			light: 'file:../shared/icons/clarifai.svg',
			dark: 'file:../shared/icons/clarifai.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["modelId"] }}',
		description:
			'Create an empty Clarifai model of a model type, ready to be trained. Returns modelId and modelTypeId. Use it once before Clarifai Train; it does not start a training.',
		defaults: { name: 'Clarifai Create Model' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: [
			{
				displayName: 'Model ID',
				name: 'modelId',
				type: 'string',
				required: true,
				default: '',
				placeholder: 'e.g. car-classifier',
				description:
					'ID of the new model, unique in the app: letters and digits, joined by "-" or "_"',
			},
			locator({
				displayName: 'Model Type',
				name: 'modelType',
				required: true,
				default: { mode: 'list', value: 'visual-classifier' },
				description: 'What the model takes and gives, and how it can be trained',
				search: 'searchModelTypes',
				placeholder: 'visual-classifier',
			}),
			{
				displayName: 'If Model Exists',
				name: 'ifModelExists',
				type: 'options',
				default: 'fail',
				description: 'What to do when the app has a model with this ID already',
				options: [
					{
						name: 'Fail',
						value: 'fail',
						description: 'Report an error for the item',
					},
					{
						name: 'Reuse',
						value: 'reuse',
						description: 'Go on with the existing model if it has the same type',
					},
				],
			},
			simplify,
			additionalFields(
				'model',
				tagField('Languages', 'languages', 'en, de'),
				tagField('Toolkits', 'toolkits', 'MMClassification'),
			),
			optionsWith(),
		],
	};

	methods = { listSearch: { searchModelTypes } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, createModel);
	}
}
