import { countsOf } from './datasetMetrics.mts';
import { showExports } from './datasetExport.mts';
import type { DatasetState, DatasetVersionState, FrozenInput } from './datasetState.mts';
import { showMedia } from './hostedMedia.mts';
import { inputStatus, isProcessed } from './inputProcessing.mts';
import type { InputState } from './inputState.mts';
import type { Message } from './message.mts';
import type { AppState } from './state.mts';
import { Code, makeStatus } from './statuses.mts';
import { endStatus, hasEnded, progressOf } from './training.mts';

/** What an answer shows of inputs and datasets at a moment. */

export function showInput(app: AppState, input: InputState, now: number): Message {
	return {
		...input.message,
		data: showData(app, input, isProcessed(input, now)),
		status: inputStatus(input, now),
	};
}

export function showData(app: AppState, { message, media }: FrozenInput, isProcessed: boolean) {
	return { ...showMedia(app, media, isProcessed), ...message.data };
}

/** The first half of the time a version waits, the second half it is being made. */
const WAITING_SHARE = 0.5;

export function showDatasetVersion(
	app: AppState,
	version: DatasetVersionState,
	now: number,
): Message {
	const { message, processing } = version;
	const isReady = hasEnded(processing, now) && processing.outcome === Code.datasetVersionReady;
	const isWaiting = progressOf(processing, now) < WAITING_SHARE;
	return {
		...message,
		status: hasEnded(processing, now)
			? endStatus(processing)
			: makeStatus(isWaiting ? Code.datasetVersionPending : Code.datasetVersionInProgress),
		...(isReady && { metrics: { train: countsOf(version.inputs) } }),
		...(version.exports.size > 0 && { export_info: showExports(app, version, now) }),
	};
}

export function showDataset(app: AppState, dataset: DatasetState, now: number): Message {
	const newest = [...dataset.versions.values()].at(-1);
	return {
		...dataset.message,
		...(newest && { version: showDatasetVersion(app, newest, now) }),
	};
}
