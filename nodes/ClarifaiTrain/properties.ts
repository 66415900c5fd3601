import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { fromInput, locator, pickInstead, whileExpression } from '../shared/parameters/locators';
import { waitProperties } from '../shared/parameters/waitOptions';

/** For what only a training of a model version can do; with Automatic the template decides. */
const notForPipelines = { show: { trainingMethod: ['automatic', 'deepFineTuning'] } };
const notForPipelinesBelow = { show: { '/trainingMethod': ['automatic', 'deepFineTuning'] } };
/**
 * Custom templates are named after what they take, such as MMDetection_AdvancedConfig, or after a whole
 * toolbox, such as MMDetection; what an expression gives is not known here. No regular expression: n8n
 * gives one 250 ms, and a workflow cannot be loaded when a busy machine takes longer.
 */
const forCustomTemplates = {
	show: {
		...notForPipelines.show,
		template: [
			{ _cnd: { includes: 'onfig' } },
			{ _cnd: { endsWith: 'tion' } },
			{ _cnd: { startsWith: '=' } },
		],
	},
};
const onlyForPipelinesBelow = { show: { '/trainingMethod': ['automatic', 'pipelineTemplate'] } };

export const trainProperties: INodeProperties[] = [
	locator({
		displayName: 'Model',
		name: 'model',
		required: true,
		default: fromInput('modelId'),
		description: 'The model to train. By default the one that the node before put out.',
		search: 'searchModels',
		placeholder: 'my-classifier',
		portal: 'models',
	}),
	pickInstead('Model', whileExpression('model')),
	locator({
		displayName: 'Dataset',
		name: 'dataset',
		description: 'The labelled data to train on',
		hint: "Pipeline templates need one. Empty: all of the app's inputs, for deep fine-tuning.",
		search: 'searchDatasets',
		placeholder: 'my-dataset',
	}),
	locator({
		displayName: 'Dataset Version',
		name: 'datasetVersion',
		description: 'A frozen copy of the dataset to train on',
		hint: 'Empty: what the dataset holds now. Pipelines get a new version of it.',
		search: 'searchDatasetVersions',
		placeholder: 'my-version',
		displayOptions: { hide: { dataset: [''] } },
	}),
	{
		displayName: 'Concept Names or IDs',
		name: 'concepts',
		type: 'multiOptions',
		typeOptions: {
			loadOptionsMethod: 'getConcepts',
			// Also what is chosen first: for a new node the editor asks before it has selected the credential.
			loadOptionsDependsOn: ['options.userId', 'options.appId', 'dataset.value', 'template.value'],
		},
		default: [],
		hint: 'Pipeline templates need them',
		description:
			'The concepts to train. An expression may give a list of IDs or a comma-separated text. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	locator({
		displayName: 'Template',
		name: 'template',
		required: true,
		description: "The training template. The list shows what fits the model's type.",
		hint: 'Lists templates of every type until the node before has run; then Refresh List (⋮) shows what fits',
		search: 'searchTemplates',
		placeholder: 'classifier-pipeline-resnet',
		anyText: true,
		loadOptionsDependsOn: ['trainingMethod'],
	}),
	{
		displayName: 'Wait for Completion',
		name: 'waitForCompletion',
		type: 'boolean',
		default: false,
		description:
			'Whether to wait in this node until the training ends. A restart of n8n ends the wait, not the training; for long trainings use Clarifai Training Status in a loop.',
		hint: "Until then its progress is only in the browser's console and in n8n's log. For more than minutes, loop with Clarifai Training Status.",
		displayOptions: { show: { dryRun: [false] }, hide: { '@tool': [true] } },
	},
	waitProperties(
		{
			timeoutMinutes: 60,
			pollSeconds: 10,
			default: { cancelTrainingOnStop: false },
			displayOptions: {
				show: { dryRun: [false], waitForCompletion: [true] },
				hide: { '@tool': [true] },
			},
		},
		'Minutes to wait. After that the item goes on with the current status and timedOut.',
		{
			displayName: 'Cancel Training on Stop',
			name: 'cancelTrainingOnStop',
			type: 'boolean',
			default: false,
			description:
				'Whether to end the training at Clarifai, too, when the execution is stopped while it waits. What it has used so far is billed.',
		},
	),
	{
		displayName:
			'Each item starts a training, which Clarifai bills by its compute time. Dry Run checks everything and starts none.',
		name: 'costNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description:
			'Whether to check everything and ask for a time estimate without starting a training',
	},
	{
		displayName: 'Specify Hyperparameters',
		name: 'specifyHyperparameters',
		type: 'options',
		default: 'form',
		description: 'How to give the values that the template takes',
		options: [
			{
				name: 'Using Fields Below',
				value: 'form',
				description: 'A field for each hyperparameter of the template',
			},
			{
				name: 'Using JSON',
				value: 'json',
				description: 'One JSON object, for expressions and AI agents',
			},
		],
	},
	{
		displayName: 'Hyperparameters',
		name: 'hyperparameters',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'defineBelow', value: null },
		description:
			"The template's hyperparameters. Clarifai's own defaults are sent only where the template requires a value.",
		typeOptions: {
			// Not the model: it is resolved anew with each item that comes in, and n8n would clear the form.
			loadOptionsDependsOn: ['trainingMethod', 'template.value'],
			resourceMapper: {
				resourceMapperMethod: 'getHyperparameters',
				mode: 'add',
				valuesLabel: 'Hyperparameters',
				fieldWords: { singular: 'hyperparameter', plural: 'hyperparameters' },
				addAllFields: true,
				supportAutoMap: false,
				noFieldsError: 'This template has no hyperparameters to set',
				refreshStaleSchemaOnOpen: true,
			},
		},
		// Hidden until a template is chosen: as long as the expression in 'Model' cannot be resolved, the
		// editor does not load the fields of a form that it shows already.
		displayOptions: { show: { specifyHyperparameters: ['form'] }, hide: { template: [''] } },
	},
	{
		displayName: 'Hyperparameters (JSON)',
		name: 'hyperparametersJson',
		type: 'json',
		default: '{}',
		description:
			'JSON object of hyperparameter names and values, such as {"num_epochs": 10}. Names left out keep their defaults; Clarifai List Templates shows names, ranges and defaults.',
		displayOptions: { show: { specifyHyperparameters: ['json'] } },
	},
	{
		displayName: 'Custom Config Source',
		name: 'customConfigSource',
		type: 'options',
		default: 'none',
		description: 'Where the training_config.py of a custom template comes from',
		options: [
			{ name: 'None', value: 'none', description: 'The template is not a custom one' },
			{ name: 'Text', value: 'text', description: 'From a text field' },
			{ name: 'Binary File', value: 'binary', description: 'From a file of the input item' },
		],
		displayOptions: forCustomTemplates,
	},
	{
		displayName: 'Custom Config',
		name: 'customConfig',
		type: 'string',
		typeOptions: { rows: 8 },
		default: '',
		placeholder: "e.g. _base_ = '/mmclassification/configs/resnet/resnet50_8xb32_in1k.py'",
		description: 'Python source of the training configuration',
		displayOptions: { show: { ...forCustomTemplates.show, customConfigSource: ['text'] } },
	},
	{
		displayName: 'Input Data Field Name',
		name: 'customConfigBinaryProperty',
		type: 'string',
		default: 'data',
		hint: 'The name of the input field that holds the file',
		description: 'The binary field of the input item with the Python source of the configuration',
		displayOptions: { show: { ...forCustomTemplates.show, customConfigSource: ['binary'] } },
	},
	{
		displayName: 'Training Method',
		name: 'trainingMethod',
		type: 'options',
		default: 'automatic',
		description: 'How Clarifai trains the model',
		options: [
			{
				name: 'Automatic',
				value: 'automatic',
				description: 'The template that you choose decides',
			},
			{
				name: 'Deep Fine-Tuning',
				value: 'deepFineTuning',
				description:
					'Trains a model version with a template of its model type, on self-hosted and older platforms',
			},
			{
				name: 'Pipeline Template',
				value: 'pipelineTemplate',
				description: "Runs a training pipeline, on Clarifai's hosted platform",
			},
		],
	},
	{
		displayName:
			'On api.clarifai.com, Clarifai deprecated this method in April 2026: choose a pipeline template there. Self-hosted and older platforms still train by it.',
		name: 'deprecationNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { trainingMethod: ['deepFineTuning'] } },
	},
	simplify,
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add field',
		// Shown at once: the hosted platform needs it.
		default: { nodepool: { mode: 'list', value: '' } },
		options: [
			locator({
				displayName: 'Compute Cluster',
				name: 'computeCluster',
				description: 'The compute cluster of the nodepool. Empty means the one that has it.',
				search: 'searchComputeClusters',
				placeholder: 'my-cluster',
				displayOptions: onlyForPipelinesBelow,
			}),
			{
				displayName: 'Description',
				name: 'description',
				type: 'string',
				default: '',
				description: 'Description of the new model version or pipeline',
			},
			{
				displayName: 'Estimated Input Count',
				name: 'estimatedInputCount',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 1000,
				description: 'How many inputs the time estimate of a dry run reckons with',
				displayOptions: notForPipelinesBelow,
			},
			{
				displayName: 'Evaluate After Training',
				name: 'evaluateAfterTraining',
				type: 'boolean',
				default: false,
				description:
					'Whether Clarifai evaluates the version as soon as it is trained, which takes compute time of its own',
				displayOptions: notForPipelinesBelow,
			},
			{
				displayName: 'Metadata',
				name: 'metadata',
				type: 'json',
				default: '{}',
				description: 'Any JSON object to keep with the model version',
				displayOptions: notForPipelinesBelow,
			},
			{
				displayName: 'Minimum New Inputs',
				name: 'minimumNewInputs',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 10,
				description:
					"How many inputs must have been added to the dataset since it was last trained on for the model's newest version. With fewer, nothing is started, and the item goes on with trainingSkipped. 0 trains every time.",
			},
			locator({
				displayName: 'Nodepool',
				name: 'nodepool',
				description: 'The nodepool to run the pipeline on. Its GPU time is billed.',
				hint: 'Pipeline templates need one',
				search: 'searchNodepools',
				placeholder: 'my-gpus',
				displayOptions: onlyForPipelinesBelow,
			}),
			locator({
				displayName: 'Resume From Model',
				name: 'resumeFromModelId',
				description: 'The model to go on from. Empty means the model that is trained.',
				search: 'searchModels',
				placeholder: 'my-classifier',
				portal: 'models',
				displayOptions: notForPipelinesBelow,
			}),
			locator({
				displayName: 'Resume From Version',
				name: 'resumeFromVersionId',
				description: 'A trained version to go on from instead of training from the start',
				search: 'searchVersionsToResume',
				placeholder: '3ad2c152f7c14f1c9e21e4d1fcb0a5b2',
				displayOptions: notForPipelinesBelow,
			}),
		],
	},
	optionsWith(),
];
