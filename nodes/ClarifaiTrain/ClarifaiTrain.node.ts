import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import {
	getConcepts,
	searchComputeClusters,
	searchDatasets,
	searchDatasetVersions,
	searchModels,
	searchNodepools,
	searchVersionsToResume,
} from '../shared/node/lists';
import { runItems } from '../shared/node/runItems';
import { getHyperparameters } from './hyperparameterForm';
import { trainProperties } from './properties';
import { searchTemplates } from './templateList';
import { trainItems } from './train';

export class ClarifaiTrain implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Train',
		name: 'clarifaiTrain',
		icon: {
			light: 'file:train.svg',
			dark: 'file:train.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["template"] }}',
		description: 'Train a model with a training template on labelled data',
		defaults: { name: 'Clarifai Train' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// What an agent reads in its place.
		usableAsTool: {
			replacements: {
				description:
					'Start the training of a Clarifai model with a training template, hyperparameters and concepts. Costs GPU time. Returns modelVersionId and status at once, while the training goes on for minutes or hours; ask Clarifai Training Status whether it has ended. Set Dry Run to check the values without starting anything.',
			},
		},
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: trainProperties,
	};

	methods = {
		listSearch: {
			searchModels,
			searchTemplates,
			searchDatasets,
			searchDatasetVersions,
			searchComputeClusters,
			searchNodepools,
			searchVersionsToResume,
		},
		loadOptions: { getConcepts },
		resourceMapping: { getHyperparameters },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, trainItems(this));
	}
}
