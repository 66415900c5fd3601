import type { Call, Handler } from '../call.mts';
import { addDataset } from '../datasetState.mts';
import type { DatasetState } from '../datasetState.mts';
import { showDataset } from '../dataViews.mts';
import { merge } from '../inputPatch.mts';
import type { Message } from '../message.mts';
import { ApiError, Code } from '../statuses.mts';
import { matchesSearch } from './models.mts';

/** Fields of a dataset that its creator may set. */
const SETTABLE = [
	'description',
	'metadata',
	'visibility',
	'notes',
	'default_annotation_filter',
	'default_processing_info',
	'image',
];

const ID_PATTERN = /^[0-9A-Za-z][\w.-]{0,47}$/;

/** Which codes refuse a dataset is assumed. */
const postDatasets: Handler = (call) => {
	const { app, now, request, world } = call;
	const datasets: Message[] = request.datasets ?? [];
	if (datasets.length === 0) throw new ApiError(Code.invalidRequest, 'no datasets given');
	const seen = new Set<string>();
	for (const { id } of datasets) {
		if (id === undefined) continue;
		if (!ID_PATTERN.test(id)) {
			throw new ApiError(Code.invalidRequest, `dataset id '${id}' is not valid`);
		}
		if (app.datasets.has(id) || seen.has(id)) {
			throw new ApiError(Code.duplicate, `Dataset with ID '${id}' already exists`);
		}
		seen.add(id);
	}
	const added = datasets.map((dataset) =>
		addDataset(app, { ...settable(dataset), id: dataset.id ?? world.random.hexId() }),
	);
	return { datasets: added.map((dataset) => showDataset(app, dataset, now)) };
};

function settable(dataset: Message): Message {
	return Object.fromEntries(
		SETTABLE.filter((key) => dataset[key] !== undefined).map((key) => [key, dataset[key]]),
	);
}

const patchDatasets: Handler = (call) => {
	const { app, now, request, world } = call;
	const { action, datasets = [] } = request as { action?: string; datasets?: Message[] };
	if (action !== 'overwrite' && action !== 'merge') {
		throw new ApiError(Code.notImplemented, `The emulator does not '${action ?? ''}' datasets`);
	}
	const found = datasets.map(({ id }) => findDataset(call, id));
	found.forEach((dataset, index) => {
		const patch = settable(datasets[index]!);
		const { message } = dataset;
		dataset.message = {
			...(action === 'merge' ? merge(message, patch) : { ...message, ...patch }),
			modified_at: world.clock.timestamp(),
		};
	});
	return { datasets: found.map((dataset) => showDataset(app, dataset, now)) };
};

const listDatasets: Handler = (call) => {
	call.supportsOnly('search', 'id');
	const terms = [call.request.search, call.request.id].filter(Boolean) as string[];
	const found = call.listedApps.flatMap((app) =>
		[...app.datasets.values()]
			.filter(({ message }) =>
				terms.every((term) => matchesSearch(`${message.id} ${message.description ?? ''}`, term)),
			)
			.map((dataset) => showDataset(app, dataset, call.now)),
	);
	return { datasets: call.paginate(call.sort(found)) };
};

export function findDataset(call: Call, id: string = call.request.dataset_id): DatasetState {
	const dataset = call.app.datasets.get(id);
	if (!dataset) throw new ApiError(Code.doesNotExist, `Dataset '${id}' does not exist`);
	return dataset;
}

const getDataset: Handler = (call) => ({
	dataset: showDataset(call.app, findDataset(call), call.now),
});

/** The inputs stay in the app: assumed. */
const deleteDatasets: Handler = (call) => {
	const ids: string[] = call.request.dataset_ids ?? [];
	for (const id of ids) findDataset(call, id);
	for (const id of ids) call.app.datasets.delete(id);
	return {};
};

export const datasetHandlers: Record<string, Handler> = {
	PostDatasets: postDatasets,
	PatchDatasets: patchDatasets,
	ListDatasets: listDatasets,
	GetDataset: getDataset,
	DeleteDatasets: deleteDatasets,
};
