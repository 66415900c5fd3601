import { contentKey } from './content.mts';
import type { Message } from './message.mts';
import type { AppState } from './state.mts';

/** What is known of one input: what trainings learn from and evaluations compare with. */
export interface LabelledInput {
	id: string;
	/** See content.mts. */
	content: string;
	/** IDs of the concepts that the input has, and of those that it is said not to have. */
	positive: string[];
	negative: string[];
	/** Regions with concepts of their own, as the API writes them. */
	regions: Message[];
}

/** The inputs of a dataset version, of a dataset as it is now, or of the whole app. */
export function labelledInputs(
	app: AppState,
	datasetId?: string,
	// Without inputs that can change, a version holds what its dataset holds.
	_versionId?: string,
): LabelledInput[] {
	return [...app.inputs.values()]
		.filter(({ dataset_ids: ids }) => !datasetId || ids?.includes(datasetId))
		.map(({ id, data }) => {
			const concepts: Message[] = data?.concepts ?? [];
			const withValue = (wanted: (value: number) => boolean) =>
				concepts.filter(({ value = 1 }) => wanted(value)).map((concept) => concept.id as string);
			return {
				id,
				content: contentKey(data),
				positive: withValue((value) => value > 0),
				negative: withValue((value) => value === 0),
				regions: data?.regions ?? [],
			};
		});
}
