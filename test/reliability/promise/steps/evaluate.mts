import type { BookEntry } from '../../../tools/emulator/emulator.mts';
import { DEMO, locate } from '../../../nodes/setup.mts';
import { optionsOf, textOf, waitOptionsOf, type Step } from '../step.mts';

function versionOf({ request }: BookEntry) {
	const { eval_metrics: asked } = request?.body as {
		eval_metrics: Array<{ model: { model_version: { id: string } } }>;
	};
	return asked[0]!.model.model_version.id;
}

export const evaluate: Step = {
	type: 'clarifaiEvaluateModel',
	name: 'Evaluate Model',
	parameters: (choices) => ({
		dataset: locate('id', DEMO.datasetId),
		compareWith: 'nothing',
		waitOptions: { ...waitOptionsOf(choices), ...(choices.wait ? {} : { timeoutMinutes: 0 }) },
		additionalFields: choices.namesDatasetVersion
			? { datasetVersionId: locate('id', DEMO.datasetVersionId) }
			: {},
		options: optionsOf(choices),
	}),
	deeds: [
		{
			deed: 'evaluation',
			keyOfEntry: versionOf,
			keyOfItem: (_item, { modelVersionId }) => textOf(modelVersionId),
			isShared: true,
			claimedBy: ({ evaluationId }) => textOf(evaluationId),
			mayBeClaimedBy: ({ evaluationId }) => textOf(evaluationId),
		},
	],
	concerns: () => true,
};
