import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { locator } from '../shared/parameters/locators';

export const trainingTriggerProperties: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		default: 'finished',
		options: [
			{ name: 'Training Finished', value: 'finished', description: 'Trained or failed' },
			{ name: 'Training Succeeded', value: 'trained' },
			{ name: 'Training Failed', value: 'failed' },
		],
	},
	{
		displayName: 'Training Method',
		name: 'trainingMethod',
		type: 'options',
		default: 'all',
		description: 'Which kind of training to watch',
		options: [
			{
				name: 'All',
				value: 'all',
				description: 'Both kinds, as far as the platform has them',
			},
			{
				name: 'Deep Fine-Tuning',
				value: 'deepFineTuning',
				description: 'Trainings of model versions',
			},
			{
				name: 'Pipeline Template',
				value: 'pipelineTemplate',
				description: 'Runs of training pipelines, of the 100 newest ones of the app',
			},
		],
	},
	locator({
		displayName: 'Model',
		name: 'model',
		description: 'Watch this model only',
		hint: 'Empty: all models of the app',
		search: 'searchModels',
		placeholder: 'my-classifier',
		portal: 'models',
	}),
	simplify,
	optionsWith(),
];
