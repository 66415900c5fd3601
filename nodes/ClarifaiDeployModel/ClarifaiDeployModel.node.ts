import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import {
	searchComputeClusters,
	searchDeployments,
	searchModels,
	searchModelVersions,
	searchNodepools,
} from '../shared/node/lists';
import { runItems } from '../shared/node/runItems';
import { deployItems } from './deployModel';
import { deployModelProperties } from './properties';

export class ClarifaiDeployModel implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Deploy Model',
		name: 'clarifaiDeployModel',
		icon: {
			light: 'file:deployModel.svg',
			dark: 'file:deployModel.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["deploymentId"] }}',
		description: 'Deploy a trained model version, or let a deployment go over to it',
		defaults: { name: 'Clarifai Deploy Model' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// What an agent reads in its place.
		usableAsTool: {
			replacements: {
				description:
					'Deploy a trained Clarifai model version so that it answers predictions, or let an existing deployment go over to it. Running replicas cost money. Returns deploymentId, the version before for a rollback, and whether it is ready. Needs a Personal Access Token.',
			},
		},
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: deployModelProperties,
	};

	methods = {
		listSearch: {
			searchModels,
			searchModelVersions,
			searchDeployments,
			searchComputeClusters,
			searchNodepools,
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, deployItems(this));
	}
}
