import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { fromInput, locator, pickInstead, whileExpression } from '../shared/parameters/locators';
import { waitProperties } from '../shared/parameters/waitOptions';
import { METRICS } from './metricNames';

const withLive = { show: { compareWith: ['liveVersion'] } };

export const evaluateModelProperties: INodeProperties[] = [
	locator({
		displayName: 'Model',
		name: 'model',
		required: true,
		default: fromInput('modelId'),
		description: 'The model to evaluate. By default the one that the node before put out.',
		search: 'searchModels',
		placeholder: 'my-classifier',
		portal: 'models',
	}),
	locator({
		displayName: 'Model Version',
		name: 'modelVersionId',
		default: fromInput('modelVersionId'),
		description:
			'The trained version to evaluate. Empty means the newest version that can be used.',
		search: 'searchModelVersions',
		placeholder: '3ad2c152f7c14f1c9e21e4d1fcb0a5b2',
	}),
	pickInstead('Model and Model Version', whileExpression('model')),
	locator({
		displayName: 'Dataset',
		name: 'dataset',
		required: true,
		description: 'Labelled data that the model has not been trained on',
		search: 'searchDatasets',
		placeholder: 'my-test-set',
	}),
	{
		displayName: 'Evaluate With',
		name: 'evaluateWith',
		type: 'options',
		default: 'clarifai',
		description: 'Who evaluates. Both are billed by Clarifai.',
		options: [
			{
				name: 'Clarifai',
				value: 'clarifai',
				description: "Clarifai's own evaluation",
			},
			{
				name: 'Predictions',
				value: 'predictions',
				description:
					'One prediction for each input, compared with its labels in this node, for models that the platform does not evaluate',
			},
		],
	},
	{
		displayName: 'Metric',
		name: 'metric',
		type: 'options',
		default: 'auto',
		description: 'What decides which version is better',
		options: [
			{
				name: 'Automatic',
				value: 'auto',
				description: 'Macro F1 for classifiers, mAP at IoU 0.5 for detectors',
			},
			...METRICS.map(({ name, value, description }) => ({ name, value, description })),
		].sort((a, b) => a.name.localeCompare(b.name)),
	},
	{
		displayName: 'Compare With',
		name: 'compareWith',
		type: 'options',
		default: 'liveVersion',
		description: 'What the version has to be better than',
		options: [
			{
				name: 'Live Version',
				value: 'liveVersion',
				description:
					"What the app's default workflow, or the workflow or deployment below, runs now",
			},
			{ name: 'Nothing', value: 'nothing', description: "'Minimum Value' alone decides" },
			{ name: 'Version', value: 'version', description: 'A certain version of the model' },
		],
	},
	locator({
		displayName: 'Workflow',
		name: 'workflow',
		description: 'The Clarifai workflow whose version is the live one',
		hint: "Empty: the app's default workflow, unless a deployment is named",
		search: 'searchWorkflows',
		placeholder: 'my-workflow',
		portal: 'workflows',
		displayOptions: withLive,
	}),
	locator({
		displayName: 'Deployment',
		name: 'deploymentId',
		description: 'The deployment whose version is the live one. Needs a Personal Access Token.',
		search: 'searchDeployments',
		placeholder: 'car-classifier-live',
		displayOptions: withLive,
	}),
	locator({
		displayName: 'Baseline Version',
		name: 'baselineVersionId',
		description: 'The version of the model to compare with',
		search: 'searchModelVersions',
		placeholder: '3ad2c152f7c14f1c9e21e4d1fcb0a5b2',
		displayOptions: { show: { compareWith: ['version'] } },
	}),
	{
		displayName: 'Minimum Value',
		name: 'minimumValue',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 4 },
		default: 0,
		description: 'The least that the metric must reach, from 0 to 1',
	},
	{
		displayName: 'Minimum Gain',
		name: 'minimumGain',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 4 },
		default: 0,
		description: 'By how much more than this the version must be better. Equal is never better.',
	},
	waitProperties(
		{
			timeoutMinutes: 60,
			pollSeconds: 10,
			displayOptions: { hide: { '@tool': [true] } },
		},
		'Minutes to wait for the evaluations. One that is not done by then does not pass.',
	),
	simplify,
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		options: [
			locator({
				displayName: 'Dataset Version',
				name: 'datasetVersionId',
				description: 'A frozen copy of the dataset to evaluate on',
				hint: 'Empty: a new version of what the dataset holds now',
				search: 'searchDatasetVersions',
				placeholder: 'my-version',
			}),
			{
				displayName: 'Evaluation ID',
				name: 'evaluationId',
				type: 'string',
				default: '',
				placeholder: 'e.g. nightly-2026-04-08',
				description:
					'ID of the evaluation; one that exists is used again. Empty: made from model version and dataset version.',
			},
			{
				displayName: 'Per Concept',
				name: 'perConcept',
				type: 'boolean',
				default: true,
				description: 'Whether to put out figures for each concept as well',
			},
			{
				displayName: 'Report',
				name: 'report',
				type: 'boolean',
				default: false,
				description: 'Whether to add a picture of the result as a file, in the field "report"',
			},
		],
	},
	optionsWith(),
];
