import {
	datasetPath,
	datasetVersionJob,
	datasetVersionWrite,
	findDatasetVersion,
} from '../api/datasets';
import { waitForJob } from '../api/jobs';
import { cancelled } from '../api/transport';
import type { DatasetVersion } from '../clarifai/datasets';
import type { AppScope } from '../clarifai/identifiers';
import { ExplainedError, InputProblem } from '../parameters/problems';
import type { ItemRun } from './itemWork';

/** A dataset, and a version of it where one is named. */
export interface NamedDataset {
	scope: AppScope;
	datasetId: string;
	datasetVersionId?: string;
}

/** A dataset version of hundreds of thousands of inputs takes minutes. */
const WAIT = { timeoutMs: 30 * 60_000, pollIntervalMs: 5_000 };

/** A dataset version that could not be made. */
class DatasetVersionFailure extends ExplainedError {}

/**
 * The version of a dataset, ready: the one that is named, or a new one of what the dataset holds now. All
 * items of a run share the new one.
 * @param purpose what the description of a new version says
 * @throws DatasetVersionFailure when it does not become ready
 */
export async function readyDatasetVersion(
	{ scope, datasetId, datasetVersionId }: NamedDataset,
	purpose: string,
	run: ItemRun,
): Promise<string> {
	const { client } = run;
	const known = datasetVersionId ?? (run.kept.datasetVersionId as string | undefined);
	const versions = [...datasetPath(scope, datasetId), 'versions'];
	const what = known === undefined ? 'a new one' : `version ${known}`;
	const ready = await client.onceInRun(`${what} of ${versions.join('/')}`, async () => {
		const version = known
			? await findDatasetVersion(client, scope, datasetId, known)
			: (await run.write(datasetVersionWrite(scope, datasetId, purpose))).made;
		run.kept.datasetVersionId = version?.id;
		const started = { scope, datasetId, version: version ?? missing(datasetId, known) };
		const { state, end } = await waitForJob(client, datasetVersionJob, started, WAIT);
		if (end === 'runEnded') throw cancelled({ method: 'GET', path: versions });
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
		"Nothing was started with it. Look at the dataset in Clarifai's portal, then run this again, or pick another version.",
	);
}

function missing(datasetId: string, versionId: string | undefined): never {
	throw new InputProblem(
		`Version "${versionId}" of dataset "${datasetId}" does not exist`,
		'Pick another version, or leave the field empty.',
	);
}
