import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { searchModels } from '../shared/node/lists';
import { optionsWith, simplify } from '../shared/node/commonProperties';
import { locator } from '../shared/node/locators';
import { pollTrainings } from './pollTrainings';

export class ClarifaiTrainingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Training Trigger',
		name: 'clarifaiTrainingTrigger',
		icon: {
			light: 'file:../shared/icons/clarifai.svg',
			dark: 'file:../shared/icons/clarifai.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["event"] }}',
		description: 'Start the workflow when a Clarifai training has ended',
		defaults: { name: 'Clarifai Training Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: [
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
				default: 'deepFineTuning',
				description: 'Which kind of training to watch',
				options: [
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
		],
	};

	methods = { listSearch: { searchModels } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollTrainings(this);
	}
}
