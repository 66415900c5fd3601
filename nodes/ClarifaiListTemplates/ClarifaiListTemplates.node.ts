import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { searchModelTypes } from '../shared/node/lists';
import { optionsWith, simplify } from '../shared/node/commonProperties';
import { locator } from '../shared/node/locators';
import { runItems } from '../shared/node/runItems';
import { listTemplates } from './listTemplates';

export class ClarifaiListTemplates implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai List Templates',
		name: 'clarifaiListTemplates',
		icon: {
			light: 'file:../shared/icons/clarifai.svg',
			dark: 'file:../shared/icons/clarifai.dark.svg',
		},
		group: ['input'],
		version: 1,
		subtitle:
			'={{ $parameter["source"] === "pipelineTemplates" ? "pipeline templates" : $parameter["modelType"] || "all model types" }}',
		description:
			'List the training templates that a Clarifai platform offers, each with its hyperparameters (type, default, range) and its defaults. Returns one item per template. Use it before Clarifai Train to choose a template; it changes nothing.',
		defaults: { name: 'Clarifai List Templates' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: [
			{
				displayName: 'Source',
				name: 'source',
				type: 'options',
				default: 'modelTypes',
				description: 'Which kind of training to list templates for',
				options: [
					{
						name: 'Model Types',
						value: 'modelTypes',
						description:
							'Templates for deep fine-tuning of models, on self-hosted and older platforms',
					},
					{
						name: 'Pipeline Templates',
						value: 'pipelineTemplates',
						description: "Training pipelines, on Clarifai's hosted platform",
					},
				],
			},
			locator({
				displayName: 'Model Type',
				name: 'modelType',
				description: 'List the templates of this model type only',
				hint: 'Empty: all model types',
				search: 'searchModelTypes',
				placeholder: 'visual-classifier',
				displayOptions: { show: { source: ['modelTypes'] } },
			}),
			{
				displayName: 'Return All',
				name: 'returnAll',
				type: 'boolean',
				default: true,
				description: 'Whether to return all results or only up to a given limit',
			},
			{
				displayName: 'Limit',
				name: 'limit',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 50,
				description: 'Max number of results to return',
				displayOptions: { show: { returnAll: [false] } },
			},
			simplify,
			optionsWith(
				{
					displayName: 'Include Internal',
					name: 'includeInternal',
					type: 'boolean',
					default: false,
					description:
						'Whether to include templates and hyperparameters that Clarifai marks as internal',
				},
				{
					displayName: 'Name Contains',
					name: 'nameContains',
					type: 'string',
					default: '',
					placeholder: 'e.g. ResNet',
					description: 'Only templates whose name has this text, in capitals or not',
				},
			),
		],
	};

	methods = { listSearch: { searchModelTypes } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, listTemplates);
	}
}
