import { Code } from './statuses.mts';
import { isProcessed } from './inputProcessing.mts';
import type { InputState } from './inputState.mts';
import { isLabelled } from './labels.mts';
import type { Message } from './message.mts';
import type { AppState } from './state.mts';
import { startJob } from './training.mts';
import type { TimedJob } from './training.mts';

/** How the making of the next versions of a dataset shall go. */
export interface DatasetVersionPlan {
	/** The status code it ends with; default 64015, ready. */
	outcome?: number;
	description?: string;
	details?: string;
	/** How long it takes; Infinity for a version that never becomes ready. */
	seconds?: number;
}

/** An input as it was when a dataset version was made. */
export type FrozenInput = Pick<InputState, 'message' | 'media'>;

export interface DatasetVersionState {
	message: Message;
	readonly inputs: FrozenInput[];
	readonly processing: TimedJob;
	/** By their format. */
	readonly exports: Map<number, DatasetExport>;
}

export interface DatasetExport {
	readonly job: TimedJob;
	/** The finished file; a version does not change, so it is made once. */
	archive?: Buffer;
}

export interface DatasetState {
	message: Message;
	readonly versions: Map<string, DatasetVersionState>;
	/** When inputs joined, by their ID. */
	readonly members: Map<string, string>;
}

const REQUESTED_BY_HAND = 1;

export function addDataset(app: AppState, fields: Message): DatasetState {
	const now = app.world.clock.timestamp();
	const dataset: DatasetState = {
		message: {
			visibility: app.message.visibility,
			...fields,
			app_id: app.id,
			user_id: app.userId,
			created_at: now,
			modified_at: now,
		},
		versions: new Map(),
		members: new Map(),
	};
	app.datasets.set(fields.id, dataset);
	return dataset;
}

export function joinDataset(app: AppState, dataset: DatasetState, inputId: string) {
	if (!dataset.members.has(inputId)) dataset.members.set(inputId, app.world.clock.timestamp());
}

/** The inputs a dataset holds now, whether processed or not. */
export function inputsOf(app: AppState, dataset: DatasetState): InputState[] {
	return [...dataset.members.keys()].flatMap((id) => app.inputs.get(id) ?? []);
}

/**
 * Freezes what the dataset holds now. That inputs which are still being processed stay out is assumed.
 */
export function addDatasetVersion(
	app: AppState,
	dataset: DatasetState,
	fields: Message = {},
	plan: DatasetVersionPlan = {},
): DatasetVersionState {
	const { world } = app;
	const now = world.clock.now();
	const onlyLabelled = fields.annotation_filter_config?.ignore_empty_inputs === true;
	const timestamp = world.clock.timestamp();
	const version: DatasetVersionState = {
		message: {
			visibility: dataset.message.visibility,
			request_origin: REQUESTED_BY_HAND,
			...fields,
			id: fields.id ?? world.random.hexId(),
			dataset_id: dataset.message.id,
			app_id: app.id,
			user_id: app.userId,
			created_at: timestamp,
			modified_at: timestamp,
		},
		inputs: inputsOf(app, dataset)
			.filter((input) => isProcessed(input, now) && (!onlyLabelled || isLabelled(input)))
			.map(({ message, media }) => ({ message, media })),
		processing: startJob(
			now,
			{ outcome: Code.datasetVersionReady, ...plan },
			world.dataSettings.datasetVersionSeconds,
		),
		exports: new Map(),
	};
	dataset.versions.set(version.message.id, version);
	return version;
}
