import { field, names, optionsOf, textOf, type Step } from '../step.mts';

export const createModel: Step = {
	type: 'clarifaiCreateModel',
	name: 'Create Model',
	parameters: (choices) => ({
		modelId: field('model'),
		ifModelExists: choices.ifExists === 'fail' ? 'fail' : 'reuse',
		options: optionsOf(choices),
	}),
	deeds: [
		{
			deed: 'model',
			keyOfEntry: ({ id }) => id,
			keyOfItem: ({ model }) => model,
			claimedBy: ({ created, modelId }) => (created === true ? textOf(modelId) : undefined),
			mayBeClaimedBy: ({ modelId }) => textOf(modelId),
		},
	],
	concerns: (request, { model }) => names(request, model),
};
