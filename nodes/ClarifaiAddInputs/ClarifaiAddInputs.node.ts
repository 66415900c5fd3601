import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { getConcepts, searchDatasets } from '../shared/node/lists';
import { runItems } from '../shared/node/runItems';
import { addInputsItems } from './addInputs';
import { addInputsProperties } from './properties';

export class ClarifaiAddInputs implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Clarifai Add Inputs',
		name: 'clarifaiAddInputs',
		icon: {
			light: 'file:addInputs.svg',
			dark: 'file:addInputs.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["dataset"] }}',
		description: 'Add labelled images, text, video or audio to an app and a dataset',
		defaults: { name: 'Clarifai Add Inputs' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// What an agent reads in its place.
		usableAsTool: {
			replacements: {
				description:
					'Add images, texts, videos or sounds to a Clarifai app, with their labels, and to a dataset. The same content is added once. Give a public URL or a text, and concepts as a comma-separated text. Returns inputId and whether it was added, exists or was updated.',
			},
		},
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties: addInputsProperties,
	};

	methods = { listSearch: { searchDatasets }, loadOptions: { getConcepts } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, addInputsItems(this));
	}
}
