import { inputsOf } from './datasetState.mts';
import type { FrozenInput } from './datasetState.mts';
import { isProcessed } from './inputProcessing.mts';
import { conceptsIn } from './labels.mts';
import type { Message } from './message.mts';
import type { AppState } from './state.mts';

/** What trainings learn from and predictions are compared with. */
export interface LabelledInput {
	id: string;
	/** See contentKey. */
	content: string;
	/** Concepts of the whole input that are there, and those that are said not to be. */
	positive: string[];
	negative: string[];
	/** As Clarifai shows them, with their concepts. */
	regions: Message[];
}

/**
 * The labelled inputs of a dataset version, of what a dataset holds now, or of the whole app. Those that
 * have not been processed are not among them.
 */
export function labelledInputs(
	app: AppState,
	datasetId?: string,
	versionId?: string,
): LabelledInput[] {
	return trainingData(app, datasetId, versionId)
		.filter(({ message }) => conceptsIn(message.data).length > 0)
		.map(({ message, media }) => {
			const { concepts = [], regions = [] } = message.data as Message;
			const idsOf = (isThere: boolean) =>
				concepts
					.filter(({ value }: Message) => value > 0 === isThere)
					.map(({ id }: Message) => id as string);
			return {
				id: message.id,
				content: media.key,
				positive: idsOf(true),
				negative: idsOf(false),
				regions,
			};
		});
}

/** The processed inputs of the same places, labelled or not. */
export function trainingData(app: AppState, datasetId?: string, versionId?: string): FrozenInput[] {
	const dataset = datasetId === undefined ? undefined : app.datasets.get(datasetId);
	if (datasetId !== undefined && !dataset) return [];
	if (versionId !== undefined) return dataset?.versions.get(versionId)?.inputs ?? [];
	const now = app.world.clock.now();
	const held = dataset ? inputsOf(app, dataset) : app.inputs.values();
	return held.filter((input) => isProcessed(input, now));
}
