import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { locator } from '../shared/parameters/locators';
import { mediaProperties } from '../shared/parameters/mediaParameters';

const forModels = { show: { predictWith: ['model'] } };
const forModelsBelow = { show: { '/predictWith': ['model'] } };

export const predictProperties: INodeProperties[] = [
	{
		displayName: 'Predict With',
		name: 'predictWith',
		type: 'options',
		default: 'model',
		description: 'What answers. Clarifai bills predictions, and the replicas that run for them.',
		options: [
			{ name: 'Model', value: 'model', description: 'One model' },
			{ name: 'Workflow', value: 'workflow', description: 'A Clarifai workflow of models' },
		],
	},
	locator({
		displayName: 'Model',
		name: 'model',
		required: true,
		description: 'The model that predicts. A model of another app by its link from the portal.',
		search: 'searchModels',
		placeholder: 'my-classifier',
		portal: 'models',
		displayOptions: forModels,
	}),
	locator({
		displayName: 'Model Version',
		name: 'modelVersionId',
		description: 'The version that predicts',
		hint: 'Empty: what the deployment runs, else the newest that can be used',
		search: 'searchModelVersions',
		placeholder: '3ad2c152f7c14f1c9e21e4d1fcb0a5b2',
		displayOptions: forModels,
	}),
	locator({
		displayName: 'Workflow',
		name: 'workflow',
		required: true,
		description: 'The Clarifai workflow that predicts',
		search: 'searchWorkflows',
		placeholder: 'my-workflow',
		portal: 'workflows',
		displayOptions: { show: { predictWith: ['workflow'] } },
	}),
	...mediaProperties,
	simplify,
	optionsWith(
		{
			displayName: 'Concept Names',
			name: 'conceptIds',
			type: 'string',
			default: '',
			placeholder: 'e.g. cat, dog',
			description: 'Only put out these concepts, separated by commas',
		},
		locator({
			displayName: 'Deployment',
			name: 'deploymentId',
			description:
				'The deployment that answers, where a model has several. Needs a Personal Access Token.',
			search: 'searchDeployments',
			placeholder: 'car-classifier-live',
			displayOptions: forModelsBelow,
		}),
		{
			displayName: 'Include Input Fields',
			name: 'includeInputFields',
			type: 'boolean',
			default: false,
			description: 'Whether to put out the fields and files of the input item, too',
		},
		{
			displayName: 'Max Concepts',
			name: 'maxConcepts',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 200 },
			default: 20,
			description: 'How many concepts to put out at most',
		},
		{
			displayName: 'Min Value',
			name: 'minValue',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 3 },
			default: 0,
			description: 'Only put out concepts with this probability or more, from 0 to 1',
		},
		{
			displayName: 'Put Output in Field',
			name: 'putOutputInField',
			type: 'string',
			default: '',
			placeholder: 'e.g. prediction',
			description: 'The field to put the prediction in. Empty puts its fields side by side.',
		},
		{
			displayName: 'Wait for Model',
			name: 'waitForModelMinutes',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 10,
			description:
				'Minutes to wait for a model that is being started: a deployment sleeps when nobody calls it',
		},
	),
];
