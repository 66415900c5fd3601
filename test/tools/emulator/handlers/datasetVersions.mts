import type { Call, Handler } from '../call.mts';
import { isExportable, showExport, startExport } from '../datasetExport.mts';
import { metricsGroups } from '../datasetMetrics.mts';
import { addDatasetVersion } from '../datasetState.mts';
import type { DatasetVersionState } from '../datasetState.mts';
import { showDatasetVersion } from '../dataViews.mts';
import type { Message } from '../message.mts';
import { ApiError, Code } from '../statuses.mts';
import { hasEnded } from '../training.mts';
import { findDataset } from './datasets.mts';

/** Fields of a version that its creator may set. */
const SETTABLE = [
	'id',
	'description',
	'metadata',
	'visibility',
	'processing_info',
	'annotation_filter_config',
	'embed_model_version_ids',
];

const postDatasetVersions: Handler = (call) => {
	const { app, now, request, world } = call;
	const dataset = findDataset(call);
	const versions: Message[] = request.dataset_versions ?? [];
	if (versions.length === 0) throw new ApiError(Code.invalidRequest, 'no dataset versions given');
	for (const version of versions) {
		checkSupported(version);
		// The code is assumed.
		if (dataset.versions.has(version.id)) {
			throw new ApiError(Code.duplicate, `Dataset version '${version.id}' already exists`);
		}
	}
	const added = versions.map((version) => {
		const fields = SETTABLE.filter((key) => version[key] !== undefined);
		return addDatasetVersion(
			app,
			dataset,
			Object.fromEntries(fields.map((key) => [key, version[key]])),
			world.datasetVersionPlans.get(dataset.message.id),
		);
	});
	return { dataset_versions: added.map((version) => showDatasetVersion(app, version, now)) };
};

function checkSupported({
	model_predict_config: predicted,
	annotation_filter_config: filter,
}: Message) {
	if (!predicted && !filter?.annotation_filter) return;
	const details = 'The emulator makes dataset versions of neither predictions nor filters';
	throw new ApiError(Code.notImplemented, details);
}

function findVersion(call: Call): DatasetVersionState {
	const { dataset_version_id: id } = call.request;
	const version = findDataset(call).versions.get(id);
	if (!version) throw new ApiError(Code.doesNotExist, `Dataset version '${id}' does not exist`);
	return version;
}

const getDatasetVersion: Handler = (call) => ({
	dataset_version: showDatasetVersion(call.app, findVersion(call), call.now),
});

const listDatasetVersions: Handler = (call) => {
	call.supportsOnly('dataset_id', 'request_origins');
	const { app, now } = call;
	const { request_origins: origins } = call.request as { request_origins?: number[] };
	const found = [...findDataset(call).versions.values()].filter(
		({ message }) => !origins || origins.includes(message.request_origin),
	);
	const shown = found.map((version) => showDatasetVersion(app, version, now));
	return { dataset_versions: call.paginate(call.sort(shown)) };
};

const deleteDatasetVersions: Handler = (call) => {
	const dataset = findDataset(call);
	for (const id of (call.request.dataset_version_ids ?? []) as string[])
		dataset.versions.delete(id);
	return {};
};

/** Empty until the version is ready. */
const listMetricsGroups: Handler = (call) => {
	call.supportsOnly('dataset_id', 'dataset_version_id', 'types');
	const { inputs, processing } = findVersion(call);
	const groups = hasEnded(processing, call.now) ? metricsGroups(inputs, call.request.types) : [];
	return { dataset_version_metrics_groups: call.paginate(groups) };
};

const putExports: Handler = (call) => {
	const { app, now, request } = call;
	const version = findVersion(call);
	const formats = ((request.exports ?? []) as Message[]).map(({ format = 0 }) => format as number);
	const unknown = formats.find((format) => !isExportable(format));
	if (unknown !== undefined) {
		throw new ApiError(Code.notImplemented, `The emulator does not export format ${unknown}`);
	}
	for (const format of formats) startExport(app, version, format);
	return { exports: formats.map((format) => showExport(app, version, format, now)) };
};

export const datasetVersionHandlers: Record<string, Handler> = {
	PostDatasetVersions: postDatasetVersions,
	GetDatasetVersion: getDatasetVersion,
	ListDatasetVersions: listDatasetVersions,
	DeleteDatasetVersions: deleteDatasetVersions,
	ListDatasetVersionMetricsGroups: listMetricsGroups,
	PutDatasetVersionExports: putExports,
};
