import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { describingProperties, tagProperty } from '../shared/parameters/describingFields';
import { locator } from '../shared/parameters/locators';

export const createModelProperties: INodeProperties[] = [
	{
		displayName: 'Model ID',
		name: 'modelId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. car-classifier',
		description: 'ID of the new model, unique in the app: letters and digits, joined by "-" or "_"',
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
		default: 'reuse',
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
	describingProperties(
		'model',
		tagProperty('Languages', 'languages', 'en, de'),
		tagProperty('Toolkits', 'toolkits', 'MMClassification'),
	),
	optionsWith(),
];
