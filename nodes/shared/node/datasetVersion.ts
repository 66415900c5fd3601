import {
	datasetPath,
	datasetVersionJob,
	datasetVersionWrite,
	findDatasetVersion,
	inputsAddedAfter,
	listDatasetVersions,
} from '../api/datasets';
import { waitForJob } from '../api/jobs';
import { time } from '../api/time';
import { cancelled } from '../api/transport';
import type { DatasetVersion } from '../clarifai/datasets';
import type { AppScope } from '../clarifai/identifiers';
import { ExplainedError, InputProblem } from '../parameters/problems';
import { compareTimes } from '../clarifai/timestamps';
import type { ItemRun } from './itemWork';
import { TOOL_WAIT_MS } from './tool';

/** A dataset, and a version of it where one is named. */
export interface NamedDataset {
	scope: AppScope;
	datasetId: string;
	datasetVersionId?: string;
	/** An agent waits: not for long, and it may call again. */
	asTool?: boolean;
}

/** A dataset version of hundreds of thousands of inputs takes minutes. */
const WAIT = { timeoutMs: 30 * 60_000, pollIntervalMs: 5_000 };

const WAIT_AS_TOOL = { timeoutMs: TOOL_WAIT_MS, pollIntervalMs: 5_000 };

/** For how long a call of an agent goes on with the version that the call before it has made. */
const SAME_CALL_MS = 30 * 60_000;

/** A dataset version that could not be made. */
class DatasetVersionFailure extends ExplainedError {}

/**
 * The version of a dataset, ready: the one that is named, or a new one of what the dataset holds now. All
 * items of a run share the new one.
 * @param purpose what the description of a new version says
 * @throws DatasetVersionFailure when it does not become ready
 */
export async function readyDatasetVersion(
	{ scope, datasetId, datasetVersionId, asTool }: NamedDataset,
	purpose: string,
	run: ItemRun,
): Promise<string> {
	const { client } = run;
	const known = datasetVersionId ?? (run.kept.datasetVersionId as string | undefined);
	const versions = [...datasetPath(scope, datasetId), 'versions'];
	const what = known === undefined ? 'a new one' : `version ${known}`;
	const ready = await client.onceInRun(`${what} of ${versions.join('/')}`, async () => {
		const madeAs = asTool ? `${purpose}, for an agent` : purpose;
		const make = async () =>
			(asTool ? await ofCallBefore(scope, datasetId, madeAs, run) : undefined) ??
			(await run.write(datasetVersionWrite(scope, datasetId, madeAs)));
		const version = known
			? await findDatasetVersion(client, scope, datasetId, known)
			: await make();
		run.kept.datasetVersionId = version?.id;
		const started = { scope, datasetId, version: version ?? missing(datasetId, known) };
		const wait = asTool ? WAIT_AS_TOOL : WAIT;
		const { state, end } = await waitForJob(client, datasetVersionJob, started, wait);
		if (end === 'runEnded') throw cancelled({ method: 'GET', path: versions });
		if (asTool && end === 'timedOut') throw stillMade(state.version, datasetId);
		return idOfReady(state.version, datasetId);
	});
	run.kept.datasetVersionId = ready;
	return ready;
}

/**
 * The version that an agent's call before this one has made and not waited for, unless the dataset has
 * new inputs since.
 */
async function ofCallBefore(
	scope: AppScope,
	datasetId: string,
	description: string,
	{ client, mayBeDone, hint }: ItemRun,
): Promise<DatasetVersion | undefined> {
	if (mayBeDone) return undefined;
	const [newest] = (await listDatasetVersions(client, scope, datasetId)).sort((a, b) =>
		compareTimes(b.createdAt ?? '', a.createdAt ?? ''),
	);
	if (newest?.description !== description || newest.status === 'failed') return undefined;
	const since = newest.createdAt;
	if (since === undefined || time.date() - Date.parse(since) > SAME_CALL_MS) return undefined;
	const { count } = await inputsAddedAfter(client, { scope, datasetId, since }, 1);
	if (count > 0) return undefined;
	hint(`Version "${newest.id}" of dataset "${datasetId}", made at ${since}, is used again.`);
	return newest;
}

function stillMade({ id, statusDescription }: DatasetVersion, datasetId: string): Error {
	return new DatasetVersionFailure(
		`Version "${id}" of dataset "${datasetId}" is still being made: ${statusDescription}`,
		'Nothing was started with it. Call this again in a minute: it goes on with the same version.',
	);
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
