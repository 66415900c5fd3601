import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { fromInput, locator, pickInstead, whileExpression } from '../shared/parameters/locators';

/** What Clarifai Train puts out of a training by pipeline template. */
const ofPipeline = (displayName: string, name: string, example: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder: `e.g. ${example}`,
	description:
		'For trainings by pipeline template, as Clarifai Train put it out. Empty takes it from the item that comes in.',
});

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
	locator({
		displayName: 'Model Version',
		name: 'modelVersionId',
		default: fromInput('modelVersionId'),
		description: 'The version that is being trained, as Clarifai Train put it out',
		search: 'searchModelVersions',
		placeholder: '3ad2c152f7c14f1c9e21e4d1fcb0a5b2',
	}),
	pickInstead('Model and Model Version', whileExpression('model')),
	simplify,
	optionsWith(
		ofPipeline('Pipeline ID', 'pipelineId', 'my-training-pipeline'),
		ofPipeline('Pipeline Version ID', 'pipelineVersionId', '3ad2c152f7c14f1c9e21e4d1fcb0a5b2'),
		ofPipeline('Pipeline Run ID', 'pipelineRunId', '589f50b02decaf0b02839d5f108aa509'),
	),
];
