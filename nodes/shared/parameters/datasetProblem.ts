import type { ClarifaiClient } from '../api/client';
import { findDataset, findDatasetVersion } from '../api/datasets';
import type { AppScope } from '../clarifai/identifiers';
import { InputProblem } from './problems';

/** What is wrong with a dataset that is named, or with its version; undefined when both can be used. */
export async function datasetProblem(
	client: ClarifaiClient,
	scope: AppScope,
	datasetId: string,
	datasetVersionId: string | undefined,
): Promise<InputProblem | undefined> {
	if (!(await findDataset(client, scope, datasetId))) {
		return new InputProblem(
			`Dataset "${datasetId}" does not exist in the app`,
			'Pick it from the list, or create it with Clarifai Add Inputs.',
		);
	}
	if (datasetVersionId === undefined) return undefined;
	const version = await findDatasetVersion(client, scope, datasetId, datasetVersionId);
	if (version && version.status !== 'failed') return undefined;
	return new InputProblem(
		version
			? `Version "${datasetVersionId}" of dataset "${datasetId}" cannot be used: ${version.statusDescription}`
			: `Version "${datasetVersionId}" of dataset "${datasetId}" does not exist`,
		'Pick it from the list, or leave the version empty to take what the dataset holds now.',
	);
}
