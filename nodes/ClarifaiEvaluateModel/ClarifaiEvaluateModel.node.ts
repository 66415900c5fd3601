import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import {
	searchDatasets,
	searchDatasetVersions,
	searchDeployments,
	searchModels,
	searchModelVersions,
	searchWorkflows,
} from '../shared/node/lists';
import { runItems } from '../shared/node/runItems';
import { evaluateItems, OUTPUTS } from './evaluateModel';
import { evaluateModelProperties } from './properties';

export class ClarifaiEvaluateModel implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Evaluate Model',
		name: 'clarifaiEvaluateModel',
		icon: {
			light: 'file:evaluateModel.svg',
			dark: 'file:evaluateModel.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["dataset"] }}',
		description: 'Evaluate a model version and tell whether it is better than the live one',
		defaults: { name: 'Clarifai Evaluate Model' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: OUTPUTS,
		// What an agent reads in its place.
		usableAsTool: {
			replacements: {
				description:
					'Evaluate a trained Clarifai model version on labelled data and tell whether it is better than the version that is live. Costs an evaluation. Returns passed with the reason, value, baselineValue and metrics; for an agent at once, with what is known: call it again until status is gone.',
			},
		},
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: evaluateModelProperties,
	};

	methods = {
		listSearch: {
			searchModels,
			searchModelVersions,
			searchDatasets,
			searchDatasetVersions,
			searchWorkflows,
			searchDeployments,
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, evaluateItems(this));
	}
}
