import type { LabelledInput } from '../labelledInputs.mts';
import type { Message } from '../message.mts';
import type { AppState } from '../state.mts';
import type { Snapshot } from './snapshots.mts';
import { takeSnapshot } from './snapshots.mts';

/** What a version is made from. */
export interface Lesson {
	datasetId?: string;
	datasetVersionId?: string;
	/** The concepts it was told to learn; none for those that the data are labelled with. */
	concepts: Message[];
	/** Made by a pipeline run: a container, which answers through a deployment only. */
	byPipeline: boolean;
}

/** A concept as a version knows it: `label` is the concept ID that inputs are labelled with. */
export interface ModelConcept {
	label: string;
	id: string;
	name: string;
}

/** The lesson of a version that is trained by its own fields. */
export function lessonOfFields({ train_info: train, output_info: output }: Message): Lesson {
	return {
		datasetId: train?.dataset?.id ?? train?.params?.dataset_id,
		datasetVersionId: train?.dataset?.version?.id ?? train?.params?.dataset_version_id,
		concepts: output?.data?.concepts ?? [],
		byPipeline: false,
	};
}

/** The lesson of a pipeline run, from its arguments. */
export function lessonOfRun(args: Record<string, string>): Lesson {
	return {
		datasetId: args.dataset_id ?? args.clarifai_dataset_id,
		datasetVersionId: args.dataset_version_id,
		concepts: conceptIdsIn(args.concepts).map((id) => ({ id })),
		byPipeline: true,
	};
}

/** Templates take the concepts as a JSON list; what is none says nothing. */
function conceptIdsIn(text = '[]'): string[] {
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) ? list.map(String) : [];
	} catch {
		return [];
	}
}

/**
 * What a version knows: the labels that its dataset had when it was made, and those that the rest of
 * the app had, which stand for what a good model makes of inputs it has not seen. Labels that are
 * corrected later are learned by the next version.
 */
export class Learned {
	readonly concepts: ModelConcept[];
	readonly #ofDataset: Snapshot;
	readonly #ofApp: Snapshot;

	constructor(
		app: AppState,
		readonly lesson: Lesson,
	) {
		const { datasetId, datasetVersionId } = lesson;
		this.#ofApp = takeSnapshot(app);
		this.#ofDataset = datasetId
			? takeSnapshot(app, datasetId, datasetVersionId || undefined)
			: this.#ofApp;
		const known: Message[] =
			lesson.concepts.length > 0 ? lesson.concepts : this.#ofDataset.labels().map((id) => ({ id }));
		const concepts = known.length > 0 ? known : [...app.concepts.values()];
		this.concepts = lesson.byPipeline
			? numbered(concepts)
			: concepts.map(({ id, name }) => ({
					label: id,
					id,
					name: name ?? app.concepts.get(id)?.name ?? id,
				}));
	}

	/** What it learned of a medium; the dataset's labels count before the app's. */
	of(content: string): LabelledInput | undefined {
		return this.#ofDataset.of(content) ?? this.#ofApp.of(content);
	}
}

/** What concepts a version shows as its own. */
export function conceptsShown(concepts: ModelConcept[], app: AppState): Message[] {
	return concepts.map(({ id, name }) => ({ id, name, value: 1, app_id: app.id }));
}

/** Models that pipelines train number their concepts in the order of their sorted IDs. */
function numbered(concepts: Message[]): ModelConcept[] {
	const labels = [...new Set(concepts.map(({ id }) => id as string))].sort();
	return labels.map((label, index) => ({ label, id: String(index), name: label }));
}
