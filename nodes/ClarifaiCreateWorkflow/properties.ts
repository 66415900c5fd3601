import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { describingProperties } from '../shared/parameters/describingFields';
import { fromInput, locator, pickInstead } from '../shared/parameters/locators';

const nodeFields: INodeProperties[] = [
	{
		displayName: 'Node ID',
		name: 'nodeId',
		type: 'string',
		default: '',
		placeholder: 'e.g. classifier',
		description: 'Name of this node within the workflow. Other nodes take its output by this name.',
	},
	locator({
		displayName: 'Model',
		name: 'modelId',
		description: 'The model of this node. In the first node by default the one that came in.',
		search: 'searchModels',
		placeholder: 'my-classifier',
		portal: 'models',
	}),
	locator({
		displayName: 'Model Version',
		name: 'modelVersionId',
		description: 'The trained version of the model. Empty means the latest.',
		search: 'searchVersionsOfNode',
		placeholder: '3ad2c152f7c14f1c9e21e4d1fcb0a5b2',
	}),
	{
		displayName: 'Inputs',
		name: 'inputs',
		type: 'string',
		default: '',
		placeholder: 'e.g. detector, embedder',
		description:
			"IDs of the nodes whose output this node takes, separated by commas. Empty means the workflow's own input.",
	},
	{
		displayName: 'Model User ID',
		name: 'modelUserId',
		type: 'string',
		default: '',
		placeholder: 'e.g. clarifai',
		description: 'Owner of the model, if it belongs to another user',
	},
	{
		displayName: 'Model App ID',
		name: 'modelAppId',
		type: 'string',
		default: '',
		placeholder: 'e.g. main',
		description: 'App of the model, if it belongs to another app. Needs a Personal Access Token.',
	},
	{
		displayName: 'Concept IDs',
		name: 'conceptIds',
		type: 'string',
		default: '',
		placeholder: 'e.g. car, truck',
		description: 'Only put out these concepts, separated by commas',
	},
	{
		displayName: 'Max Concepts',
		name: 'maxConcepts',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Put out at most so many concepts. 0 means no limit.',
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
		displayName: 'Suppress Output',
		name: 'suppressOutput',
		type: 'boolean',
		default: false,
		description: "Whether to leave this node's output out of the prediction",
	},
];

export const workflowProperties: INodeProperties[] = [
	{
		displayName: 'Workflow ID',
		name: 'workflowId',
		type: 'string',
		required: true,
		default: '={{ $json.modelId }}',
		placeholder: 'e.g. car-workflow',
		description: 'ID of the workflow, unique in the app: letters and digits, joined by "-" or "_"',
	},
	{
		displayName: 'Specify Graph',
		name: 'specifyGraph',
		type: 'options',
		default: 'form',
		description: "How to give the workflow's nodes",
		options: [
			{ name: 'Using Fields Below', value: 'form', description: 'One entry for each model' },
			{ name: 'Using JSON', value: 'json', description: "A list of nodes in Clarifai's own form" },
		],
	},
	{
		displayName: 'Nodes',
		name: 'nodes',
		type: 'fixedCollection',
		typeOptions: {
			multipleValues: true,
			hideOptionalFields: true,
			addOptionalFieldButtonText: 'Add Option',
		},
		placeholder: 'Add node',
		default: {
			node: [
				{
					nodeId: 'model',
					modelId: fromInput('modelId'),
					modelVersionId: fromInput('modelVersionId'),
					inputs: '',
				},
			],
		},
		description: 'The models of the workflow and how they are connected',
		displayOptions: { show: { specifyGraph: ['form'] } },
		options: [
			{
				displayName: 'Node',
				name: 'node',
				values: nodeFields,
			},
		],
	},
	pickInstead('Model and Model Version', { specifyGraph: ['form'] }),
	{
		displayName: 'Graph (JSON)',
		name: 'graphJson',
		type: 'json',
		default: '[]',
		description:
			"A list of nodes as in Clarifai's API (each with its model, and node_inputs where it takes another node's output), or a whole workflow object",
		displayOptions: { show: { specifyGraph: ['json'] } },
	},
	{
		displayName: 'If Workflow Exists',
		name: 'ifWorkflowExists',
		type: 'options',
		default: 'update',
		description: 'What to do when the app has a workflow with this ID already',
		options: [
			{ name: 'Fail', value: 'fail', description: 'Report an error for the item' },
			{ name: 'Reuse', value: 'reuse', description: 'Go on with the existing workflow as it is' },
			{ name: 'Update', value: 'update', description: 'Give it these nodes, as a new version' },
		],
	},
	simplify,
	describingProperties('workflow'),
	optionsWith(),
];
