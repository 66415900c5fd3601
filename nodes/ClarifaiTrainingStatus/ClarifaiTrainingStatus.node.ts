import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { searchModels } from '../shared/node/lists';
import { optionsWith, simplify } from '../shared/node/commonProperties';
import { fromInput, locator } from '../shared/node/locators';
import { runItems } from '../shared/node/runItems';
import { isTool } from '../shared/node/tool';
import { OUTPUTS, trainingStatus, trainingStatusTool } from './trainingStatus';

export class ClarifaiTrainingStatus implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Training Status',
		name: 'clarifaiTrainingStatus',
		icon: {
			light: 'file:../shared/icons/clarifai.svg',
			dark: 'file:../shared/icons/clarifai.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["modelVersionId"] }}',
		description:
			'Look up once whether a Clarifai training is queued, training, trained or failed, with its percentage and the reason of a failure. Returns at once. Use it after Clarifai Train, with the modelId and modelVersionId that it returned.',
		defaults: { name: 'Clarifai Training Status' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: OUTPUTS,
		usableAsTool: true,
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: [
			locator({
				displayName: 'Model',
				name: 'model',
				required: true,
				default: fromInput('modelId'),
				description: 'The model that is being trained',
				search: 'searchModels',
				placeholder: 'my-classifier',
				portal: 'models',
			}),
			{
				displayName: 'Model Version ID',
				name: 'modelVersionId',
				type: 'string',
				default: '={{ $json.modelVersionId }}',
				description: 'The version that is being trained, as Clarifai Train put it out',
			},
			{
				displayName: 'Pipeline ID',
				name: 'pipelineId',
				type: 'string',
				default: "={{ $json.pipelineId ?? '' }}",
				description:
					'For trainings by pipeline template, as Clarifai Train put it out; otherwise empty',
			},
			{
				displayName: 'Pipeline Version ID',
				name: 'pipelineVersionId',
				type: 'string',
				default: "={{ $json.pipelineVersionId ?? '' }}",
				description:
					'For trainings by pipeline template, as Clarifai Train put it out; otherwise empty',
			},
			{
				displayName: 'Pipeline Run ID',
				name: 'pipelineRunId',
				type: 'string',
				default: "={{ $json.pipelineRunId ?? '' }}",
				description:
					'For trainings by pipeline template, as Clarifai Train put it out; otherwise empty',
			},
			simplify,
			optionsWith(),
		],
	};

	methods = { listSearch: { searchModels } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, isTool(this) ? trainingStatusTool : trainingStatus);
	}
}
