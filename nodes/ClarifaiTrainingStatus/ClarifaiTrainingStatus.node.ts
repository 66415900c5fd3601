import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { searchModels, searchModelVersions } from '../shared/node/lists';
import { runItems } from '../shared/node/runItems';
import { isTool } from '../shared/node/tool';
import { trainingStatusProperties } from './properties';
import { OUTPUTS, trainingStatus, trainingStatusTool } from './trainingStatus';

export class ClarifaiTrainingStatus implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Training Status',
		name: 'clarifaiTrainingStatus',
		icon: {
			light: 'file:trainingStatus.svg',
			dark: 'file:trainingStatus.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["modelVersionId"] }}',
		description: 'Tell whether a training is done, goes on or has failed',
		defaults: { name: 'Clarifai Training Status' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: OUTPUTS,
		// What an agent reads in its place.
		usableAsTool: {
			replacements: {
				description:
					'Look up once whether a Clarifai training is queued, training, trained or failed, with its percentage and the reason of a failure. Returns at once. Use it after Clarifai Train, with the modelId and modelVersionId that it returned.',
			},
		},
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: trainingStatusProperties,
	};

	methods = { listSearch: { searchModels, searchModelVersions } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, isTool(this) ? trainingStatusTool : trainingStatus);
	}
}
