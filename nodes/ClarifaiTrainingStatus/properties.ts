import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { fromInput, locator } from '../shared/parameters/locators';

export const trainingStatusProperties: INodeProperties[] = [
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
];
