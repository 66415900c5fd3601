import type { DatasetState, DatasetVersionState } from './datasetState.mts';
import { encodeJson } from './encodeJson.mts';
import { showMedia } from './hostedMedia.mts';
import { jsonToBinary } from './jsonToProtobuf.mts';
import type { Message } from './message.mts';
import { loadProtos } from './protos.mts';
import type { AppState } from './state.mts';
import { Code, makeStatus } from './statuses.mts';
import { endStatus, hasEnded, progressOf, startJob } from './training.mts';
import { zip } from './zip.mts';

/** Where exports can be downloaded, with a key. */
export const EXPORTS_PATH = '/exports';

/** COCO is left out: nothing that uses the emulator reads it. */
const FORMATS: Record<number, { field: string; mimeType: string; extension: string }> = {
	1: {
		field: 'clarifai_data_protobuf',
		mimeType: 'application/x.clarifai-data+protobuf',
		extension: 'pb',
	},
	3: {
		field: 'clarifai_data_json',
		mimeType: 'application/x.clarifai-data+json',
		extension: 'json',
	},
};

/** How many inputs go into one file of an export; the true number is not known. */
const BATCH_SIZE = 500;

const WAITING_SHARE = 0.5;

export function isExportable(format: number) {
	return format in FORMATS;
}

/** Starts an export that has not been asked for before; asking again tells how it stands. */
export function startExport(app: AppState, version: DatasetVersionState, format: number) {
	if (version.exports.has(format)) return;
	const { clock, dataSettings } = app.world;
	const plan = { outcome: Code.exportSuccess };
	const job = startJob(clock.now(), plan, dataSettings.datasetVersionSeconds);
	version.exports.set(format, { job });
}

export function showExport(
	app: AppState,
	version: DatasetVersionState,
	format: number,
	now: number,
): Message {
	const { job } = version.exports.get(format)!;
	if (!hasEnded(job, now)) {
		const isWaiting = progressOf(job, now) < WAITING_SHARE;
		return { format, status: makeStatus(isWaiting ? Code.exportPending : Code.exportInProgress) };
	}
	const { dataset_id: datasetId, id } = version.message;
	const owner = `users/${app.userId}/apps/${app.id}`;
	return {
		format,
		status: endStatus(job),
		url: `${app.world.url}${EXPORTS_PATH}/${owner}/datasets/${datasetId}/versions/${id}/${format}.zip`,
		size: archiveOf(app, version, format).length,
	};
}

export function showExports(app: AppState, version: DatasetVersionState, now: number): Message {
	return Object.fromEntries(
		[...version.exports.keys()].map((format) => [
			FORMATS[format]!.field,
			showExport(app, version, format, now),
		]),
	);
}

/** The archive behind the link, once the export is done. */
export function exportedFile(
	app: AppState,
	dataset: DatasetState,
	versionId: string,
	format: number,
): Buffer | undefined {
	const version = dataset.versions.get(versionId);
	const asked = version?.exports.get(format);
	if (!asked || !hasEnded(asked.job, app.world.clock.now())) return undefined;
	return archiveOf(app, version!, format);
}

function archiveOf(app: AppState, version: DatasetVersionState, format: number): Buffer {
	const asked = version.exports.get(format)!;
	asked.archive ??= makeArchive(app, version, format);
	return asked.archive;
}

/** A file that tells the type, and the inputs in batches, of which id and data alone are set. */
function makeArchive(app: AppState, version: DatasetVersionState, format: number): Buffer {
	const { mimeType, extension } = FORMATS[format]!;
	const type = loadProtos().type('InputBatch');
	const inputs = version.inputs.map(({ message, media }) => ({
		id: message.id as string,
		data: { ...showMedia(app, media, true), ...message.data },
	}));
	const files: Record<string, Buffer> = { mimetype: Buffer.from(mimeType) };
	for (let start = 0; start < inputs.length; start += BATCH_SIZE) {
		const json = encodeJson(type, { inputs: inputs.slice(start, start + BATCH_SIZE) });
		files[`batch-${start / BATCH_SIZE}.${extension}`] =
			extension === 'json'
				? Buffer.from(JSON.stringify(json))
				: Buffer.from(jsonToBinary(type, json));
	}
	return zip(files);
}
