import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { searchModels } from '../shared/node/lists';
import { pollTrainings } from './pollTrainings';
import { trainingTriggerProperties } from './properties';

export class ClarifaiTrainingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Training Ended Trigger',
		name: 'clarifaiTrainingTrigger',
		icon: {
			light: 'file:trainingTrigger.svg',
			dark: 'file:trainingTrigger.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["event"] }}',
		description: 'Start the workflow when a Clarifai training has ended',
		defaults: { name: 'Clarifai Training Ended Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: trainingTriggerProperties,
	};

	methods = { listSearch: { searchModels } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollTrainings(this);
	}
}
