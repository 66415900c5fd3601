import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import {
	searchDeployments,
	searchModels,
	searchModelVersions,
	searchWorkflows,
} from '../shared/node/lists';
import { runItems } from '../shared/node/runItems';
import { predictItems } from './predict';
import { predictProperties } from './properties';

export class ClarifaiPredict implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Predict',
		name: 'clarifaiPredict',
		icon: {
			light: 'file:predict.svg',
			dark: 'file:predict.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ $parameter["predictWith"] === "workflow" ? $parameter["workflow"] : $parameter["model"] }}',
		description: 'Ask a model or a workflow about images, text, video or audio',
		defaults: { name: 'Clarifai Predict' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// What an agent reads in its place.
		usableAsTool: {
			replacements: {
				description:
					'Ask a Clarifai model or workflow about an image, a text, a video or a sound: which concepts it shows, where they are, what it says. Give a public URL or a text. Returns topConcept, concepts, regions or text, by what the model gives. Each prediction is billed.',
			},
		},
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: predictProperties,
	};

	methods = {
		listSearch: { searchModels, searchModelVersions, searchDeployments, searchWorkflows },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, predictItems(this));
	}
}
