import {
	datasetPath,
	datasetVersionJob,
	datasetVersionWrite,
	findDataset,
	findDatasetVersion,
} from '../shared/api/datasets';
import { waitForJob } from '../shared/api/jobs';
import { cancelled } from '../shared/api/transport';
import type { DatasetVersion } from '../shared/clarifai/datasets';
import type { ItemRun } from '../shared/node/itemWork';
import { ExplainedError, InputProblem } from '../shared/parameters/problems';
import type { TrainRequest } from './request';

/** A dataset version of hundreds of thousands of inputs takes minutes. */
const WAIT = { timeoutMs: 30 * 60_000, pollIntervalMs: 5_000 };

const DESCRIPTION = 'Made by Clarifai Train in n8n';

/** A dataset version that could not be made. */
class DatasetVersionFailure extends ExplainedError {}

/** What is wrong with the dataset that a training names, and its version. */
export async function datasetProblem(
	{ scope, datasetId, datasetVersionId, label }: TrainRequest,
	{ client }: ItemRun,
): Promise<InputProblem | undefined> {
	if (datasetId === undefined) return undefined;
	if (!(await findDataset(client, scope, datasetId))) {
		return new InputProblem(
			`Dataset "${datasetId}" does not exist in the app`,
			`Pick '${label('dataset')}' from the list, or create the dataset with Clarifai Add Inputs.`,
		);
	}
	if (datasetVersionId === undefined) return undefined;
	const version = await findDatasetVersion(client, scope, datasetId, datasetVersionId);
	if (version && version.status !== 'failed') return undefined;
	return new InputProblem(
		version
			? `Version "${datasetVersionId}" of dataset "${datasetId}" cannot be used: ${version.statusDescription}`
			: `Version "${datasetVersionId}" of dataset "${datasetId}" does not exist`,
		`Pick '${label('datasetVersion')}' from the list, or leave it empty to train on what the dataset holds now.`,
	);
}

/**
 * The dataset version that a pipeline trains on, ready: the one that is named, or a new one of what the
 * dataset holds now. All items of a run that train on the same dataset share the new one.
 * @throws DatasetVersionFailure when it does not become ready
 */
export async function readyDatasetVersion(
	{ scope, datasetId = '', datasetVersionId }: TrainRequest,
	run: ItemRun,
): Promise<string> {
	const { client } = run;
	const known = datasetVersionId ?? (run.kept.datasetVersionId as string | undefined);
	const path = [...datasetPath(scope, datasetId), 'versions', known ?? 'made by this run'];
	const ready = await client.cached(path, async () => {
		const version = known
			? await findDatasetVersion(client, scope, datasetId, known)
			: (await run.write(datasetVersionWrite(scope, datasetId, DESCRIPTION))).made;
		run.kept.datasetVersionId = version?.id;
		const started = { scope, datasetId, version: version ?? missing(datasetId, known) };
		const { state, end } = await waitForJob(client, datasetVersionJob, started, WAIT);
		if (end === 'runEnded') throw cancelled({ method: 'GET', path });
		return idOfReady(state.version, datasetId);
	});
	run.kept.datasetVersionId = ready;
	return ready;
}

function idOfReady(version: DatasetVersion, datasetId: string): string {
	if (version.status === 'ready' && version.id !== undefined) return version.id;
	const { statusDescription, statusCode } = version;
	throw new DatasetVersionFailure(
		`Version "${version.id}" of dataset "${datasetId}" is not ready: ${statusDescription} (code ${statusCode ?? 'unknown'})`,
		"No training was started. Look at the dataset in Clarifai's portal, then run this again, or pick another version.",
	);
}

function missing(datasetId: string, versionId: string | undefined): never {
	throw new InputProblem(
		`Version "${versionId}" of dataset "${datasetId}" does not exist`,
		'Pick another version, or leave the field empty.',
	);
}
