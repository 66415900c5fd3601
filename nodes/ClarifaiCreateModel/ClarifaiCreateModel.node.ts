import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { searchModelTypes } from '../shared/node/lists';
import { locator, optionsWith, simplify } from '../shared/node/properties';
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
			{
				displayName: 'Additional Fields',
				name: 'additionalFields',
				type: 'collection',
				placeholder: 'Add field',
				default: {},
				options: [
					{
						displayName: 'Description',
						name: 'description',
						type: 'string',
						default: '',
						description: 'Short description of the model',
					},
					{
						displayName: 'Languages',
						name: 'languages',
						type: 'string',
						default: '',
						placeholder: 'e.g. en, de',
						description: 'Language tags, separated by commas',
					},
					{
						displayName: 'Metadata',
						name: 'metadata',
						type: 'json',
						default: '{}',
						description: 'Any JSON object to keep with the model',
					},
					{
						displayName: 'Notes',
						name: 'notes',
						type: 'string',
						typeOptions: { rows: 4 },
						default: '',
						description: 'Longer text about the model, up to 64 KB',
					},
					{
						displayName: 'Toolkits',
						name: 'toolkits',
						type: 'string',
						default: '',
						placeholder: 'e.g. MMClassification',
						description: 'Toolkit tags, separated by commas',
					},
					{
						displayName: 'Use Cases',
						name: 'useCases',
						type: 'string',
						default: '',
						placeholder: 'e.g. quality-control',
						description: 'Use case tags, separated by commas',
					},
					{
						displayName: 'Visibility',
						name: 'visibility',
						type: 'options',
						default: 'private',
						description: 'Who can see the model',
						options: [
							{ name: 'Private', value: 'private' },
							{ name: 'Public', value: 'public' },
						],
					},
				],
			},
			optionsWith(),
		],
	};

	methods = { listSearch: { searchModelTypes } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, createModel);
	}
}
