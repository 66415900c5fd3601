import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { locator } from '../shared/parameters/locators';

export const listTemplatesProperties: INodeProperties[] = [
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		default: 'modelTypes',
		description: 'Which kind of training to list templates for',
		options: [
			{
				name: 'Model Types',
				value: 'modelTypes',
				description: 'Templates for deep fine-tuning of models, on self-hosted and older platforms',
			},
			{
				name: 'Pipeline Templates',
				value: 'pipelineTemplates',
				description: "Training pipelines, on Clarifai's hosted platform",
			},
		],
	},
	locator({
		displayName: 'Model Type',
		name: 'modelType',
		description: 'List the templates of this model type only',
		hint: 'Empty: all model types',
		search: 'searchModelTypes',
		placeholder: 'visual-classifier',
		displayOptions: { show: { source: ['modelTypes'] } },
	}),
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: true,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
	simplify,
	{
		displayName: 'Include Hyperparameters',
		name: 'includeHyperparameters',
		type: 'boolean',
		default: true,
		description: 'Whether to put out the values that each template takes, and their defaults',
		hint: 'Off: a few lines for each template in the table',
		displayOptions: { show: { simplify: [true] } },
	},
	optionsWith(
		{
			displayName: 'Include Internal',
			name: 'includeInternal',
			type: 'boolean',
			default: false,
			description:
				'Whether to include templates and hyperparameters that Clarifai marks as internal',
		},
		{
			displayName: 'Name Contains',
			name: 'nameContains',
			type: 'string',
			default: '',
			placeholder: 'e.g. ResNet',
			description: 'Only templates whose name has this text, in capitals or not',
		},
	),
];
