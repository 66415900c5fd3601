import { readDatasetVersion, type DatasetVersion } from '../clarifai/datasets';
import { portalUrl, type AppScope } from '../clarifai/identifiers';
import { objectAt, objectsAt, textAt, type JsonObject } from '../clarifai/json';
import { compareTimes } from '../clarifai/timestamps';
import { inApp, type Path } from './call';
import { isWhole, MAX_PAGE_SIZE, type ClarifaiClient } from './client';
import type { Job } from './jobs';
import type { Write } from './write';

export function datasetPath(scope: AppScope, datasetId: string): Path {
	return inApp(scope, 'datasets', datasetId);
}

/** A dataset, asked once in a run; undefined when it does not exist. */
export async function findDataset(
	client: ClarifaiClient,
	scope: AppScope,
	datasetId: string,
): Promise<JsonObject | undefined> {
	return await client.cached(datasetPath(scope, datasetId), async (path) => {
		const answer = await client.getIfAny(path);
		return answer && objectAt(answer, 'dataset');
	});
}

/** A version of a dataset as it is now; undefined when it does not exist. */
export async function findDatasetVersion(
	client: ClarifaiClient,
	scope: AppScope,
	datasetId: string,
	versionId: string,
): Promise<DatasetVersion | undefined> {
	const path = inApp(scope, 'datasets', datasetId, 'versions', versionId);
	const answer = await client.getIfAny(path);
	return answer && readDatasetVersion(objectAt(answer, 'dataset_version'));
}

/** All versions of a dataset, as they are now. */
export async function listDatasetVersions(
	client: ClarifaiClient,
	scope: AppScope,
	datasetId: string,
): Promise<DatasetVersion[]> {
	const path = [...datasetPath(scope, datasetId), 'versions'];
	return (await client.list(path, 'dataset_versions')).map(readDatasetVersion);
}

/**
 * How many inputs a dataset holds that joined it after a time, counted until there are `enough`: Clarifai
 * has no call that counts them.
 */
export async function inputsAddedAfter(
	client: ClarifaiClient,
	{ scope, datasetId, since }: { scope: AppScope; datasetId: string; since: string },
	enough: number,
): Promise<{ count: number; undated: number }> {
	const path = [...datasetPath(scope, datasetId), 'inputs'];
	const seen = new Set<string>();
	let [count, undated] = [0, 0];
	for (let page = 1; ; page++) {
		const found = await client.page(path, 'dataset_inputs', { page, per_page: MAX_PAGE_SIZE });
		const before = seen.size;
		for (const entry of found) {
			const id = textAt(objectAt(entry, 'input'), 'id') ?? '';
			if (seen.has(id)) continue;
			seen.add(id);
			const joined = textAt(entry, 'created_at');
			if (joined === undefined) undated++;
			else if (compareTimes(joined, since) > 0) count++;
		}
		if (count >= enough || seen.size === before || isWhole(found.length, page)) {
			return { count, undated };
		}
	}
}

/** A dataset version that is being made. Plain data. */
export interface NewDatasetVersion {
	scope: AppScope;
	datasetId: string;
	version: DatasetVersion;
}

export const datasetVersionJob: Job<NewDatasetVersion> = {
	what: ({ datasetId, version }) => `version ${version.id} of dataset "${datasetId}"`,
	hasEnded: ({ version }) => version.status !== 'processing',
	async look(client, state, traits) {
		const { scope, datasetId, version } = state;
		const path = inApp(scope, 'datasets', datasetId, 'versions', version.id ?? '');
		const answer = await client.get(path, undefined, traits);
		return { ...state, version: readDatasetVersion(objectAt(answer, 'dataset_version')) };
	},
};

/** Makes a version of what a dataset holds now. */
export function datasetVersionWrite(
	scope: AppScope,
	datasetId: string,
	description: string,
): Write<DatasetVersion> {
	const path = inApp(scope, 'datasets', datasetId, 'versions');
	return {
		call: { method: 'POST', path, body: { dataset_versions: [{ description }] } },
		turn: path.join('/'),
		read: (answer) => objectsAt(answer, 'dataset_versions').map(readDatasetVersion)[0],
		idOf: ({ id }) => id,
		look: async (client) => await listDatasetVersions(client, scope, datasetId),
		isOurs: (version) => version.description === undefined || version.description === description,
		what: `making a version of dataset "${datasetId}"`,
		where: portalUrl(scope, 'datasets', datasetId),
	};
}

/** Creates a dataset; its ID is unique in the app. */
export function datasetWrite(scope: AppScope, datasetId: string): Write<JsonObject> {
	return {
		call: {
			method: 'POST',
			path: inApp(scope, 'datasets'),
			body: { datasets: [{ id: datasetId }] },
		},
		turn: datasetPath(scope, datasetId).join('/'),
		read: (answer) => objectsAt(answer, 'datasets')[0],
		idOf: (dataset) => textAt(dataset, 'id'),
		async look(client) {
			client.forget(datasetPath(scope, datasetId));
			const found = await findDataset(client, scope, datasetId);
			return found ? [found] : [];
		},
		isOurs: () => true,
		there: [],
		isUnique: true,
		what: `creating dataset "${datasetId}"`,
		where: portalUrl(scope, 'datasets', datasetId),
	};
}
