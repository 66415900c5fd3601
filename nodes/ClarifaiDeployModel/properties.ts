import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { fromInput, locator, pickInstead, whileExpression } from '../shared/parameters/locators';
import { waitProperties } from '../shared/parameters/waitOptions';

export const deployModelProperties: INodeProperties[] = [
	{
		displayName:
			'Running replicas cost money at Clarifai. By default a deployment goes to zero replicas when nobody calls it, and the first call after that waits for minutes.',
		name: 'costNotice',
		type: 'notice',
		default: '',
	},
	locator({
		displayName: 'Model',
		name: 'model',
		required: true,
		default: fromInput('modelId'),
		description: 'The model to deploy. By default the one that the node before put out.',
		search: 'searchModels',
		placeholder: 'my-classifier',
		portal: 'models',
	}),
	locator({
		displayName: 'Model Version',
		name: 'modelVersionId',
		default: fromInput('modelVersionId'),
		description: 'The trained version to deploy. Empty means the newest version that can be used.',
		search: 'searchModelVersions',
		placeholder: '3ad2c152f7c14f1c9e21e4d1fcb0a5b2',
	}),
	pickInstead('Model and Model Version', whileExpression('model')),
	locator({
		displayName: 'Deployment',
		name: 'deploymentId',
		required: true,
		default: fromInput('modelId'),
		description:
			'The deployment that serves the version. IDs of deployments are unique for the user.',
		hint: 'For a new one, type its ID under By ID. To pick one from the list, switch from Expression to Fixed.',
		search: 'searchDeployments',
		placeholder: 'car-classifier-live',
	}),
	{
		displayName: 'If Deployment Exists',
		name: 'ifDeploymentExists',
		type: 'options',
		default: 'promote',
		description: 'What to do when the user has a deployment with this ID already',
		options: [
			{ name: 'Fail', value: 'fail', description: 'Report an error for the item' },
			{
				name: 'Promote',
				value: 'promote',
				description: 'Let it go over to this version, while the old one serves on until then',
			},
			{ name: 'Reuse', value: 'reuse', description: 'Go on with it as it is' },
		],
	},
	locator({
		displayName: 'Compute Cluster',
		name: 'computeCluster',
		description: 'The compute cluster of the nodepool',
		hint: 'Empty: the one that has the nodepool',
		search: 'searchComputeClusters',
		placeholder: 'my-cluster',
	}),
	locator({
		displayName: 'Nodepool',
		name: 'nodepool',
		description: 'The nodepool that the replicas run on',
		hint: 'Needed when the deployment is made',
		search: 'searchNodepools',
		placeholder: 'my-gpus',
	}),
	{
		displayName: 'Wait Until Ready',
		name: 'waitUntilReady',
		type: 'boolean',
		default: false,
		displayOptions: { hide: { '@tool': [true] } },
		description: 'Whether to wait in this node until the deployment runs this version',
	},
	waitProperties(
		{
			timeoutMinutes: 60,
			pollSeconds: 10,
			displayOptions: { show: { waitUntilReady: [true] }, hide: { '@tool': [true] } },
		},
		'Minutes to wait. After that the item goes on with ready: false.',
	),
	simplify,
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		options: [
			{
				displayName: 'Description',
				name: 'description',
				type: 'string',
				default: '',
				description: 'Short description of a new deployment',
			},
			{
				displayName: 'Max Replicas',
				name: 'maxReplicas',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 1,
				description: 'How many replicas a new deployment may run at once. Each is billed.',
			},
			{
				displayName: 'Min Replicas',
				name: 'minReplicas',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					'How many replicas of a new deployment run all the time, and are billed. 0 lets it sleep.',
			},
			{
				displayName: 'Scale to Zero Delay',
				name: 'scaleToZeroDelaySeconds',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 1800,
				description:
					'After how many seconds without a call the last replica of a new deployment ends',
			},
		],
	},
	optionsWith(),
];
