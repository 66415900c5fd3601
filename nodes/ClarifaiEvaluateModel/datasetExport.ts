import { inApp } from '../shared/api/call';
import type { ClarifaiClient } from '../shared/api/client';
import { waitForJob, type Job } from '../shared/api/jobs';
import type { AppScope } from '../shared/clarifai/identifiers';
import { readInput, type Input } from '../shared/clarifai/inputs';
import { objectAt, objectsAt, textAt, type JsonObject } from '../shared/clarifai/json';
import { StatusCode, statusCodeOf } from '../shared/clarifai/statusCodes';
import { ExplainedError } from '../shared/parameters/problems';
import type { Deadline } from './deadline';
import { unzip } from './unzip';

/** `DatasetVersionExportFormat` CLARIFAI_DATA_JSON. */
const AS_JSON = 3;

/** An export of a dataset version. Plain data. */
interface Export {
	scope: AppScope;
	datasetId: string;
	versionId: string;
	code?: number;
	description: string;
	url?: string;
}

const FAILED: ReadonlySet<number> = new Set([
	StatusCode.DATASET_VERSION_EXPORT_FAILED,
	StatusCode.DATASET_VERSION_EXPORT_UNEXPECTED_ERROR,
]);

/** An export goes on by itself; asking for it again tells how it stands. */
const exportJob: Job<Export> = {
	what: ({ datasetId, versionId }) =>
		`the export of version ${versionId} of dataset "${datasetId}"`,
	hasEnded: ({ code, url }) => url !== undefined || FAILED.has(code ?? 0),
	async look(client, state, traits) {
		const { scope, datasetId, versionId } = state;
		const answer = await client.request({
			method: 'PUT',
			path: inApp(scope, 'datasets', datasetId, 'versions', versionId, 'exports'),
			body: { exports: [{ format: AS_JSON }] },
			repeatable: true,
			...traits,
		});
		return { ...state, ...readExport(answer) };
	},
};

function readExport(answer: JsonObject): Pick<Export, 'code' | 'description' | 'url'> {
	const [found] = objectsAt(answer, 'exports');
	const status = objectAt(found, 'status');
	const code = statusCodeOf(status.code);
	const isDone = code === StatusCode.DATASET_VERSION_EXPORT_SUCCESS;
	return {
		code,
		description: textAt(status, 'description') ?? 'no status',
		url: isDone ? textAt(found, 'url') : undefined,
	};
}

/** The labelled data could not be read. */
class ExportFailure extends ExplainedError {}

/**
 * The inputs of a dataset version with their labels. Only the export gives them: Clarifai's lists know
 * what a dataset holds now, not what it held.
 * @throws ExportFailure
 * @throws WaitRanOut
 */
export async function inputsOfVersion(
	client: ClarifaiClient,
	scope: AppScope,
	datasetId: string,
	versionId: string,
	deadline: Deadline,
): Promise<Input[]> {
	const started: Export = { scope, datasetId, versionId, description: 'not started' };
	const { state, end } = await waitForJob(client, exportJob, started, deadline.left());
	if (end === 'timedOut') {
		deadline.check(() => `the labelled data were not exported yet (${state.description})`);
	}
	const what = `Version ${versionId} of dataset "${datasetId}"`;
	if (state.url === undefined) {
		throw new ExportFailure(
			`${what} could not be exported: ${state.description} (code ${state.code ?? 'unknown'})`,
			"Look at the dataset version in Clarifai's portal, then run this again.",
		);
	}
	const archive = await client.download(state.url).catch((error: Error) => error);
	const files = archive instanceof Error ? archive : await unzip(archive).catch((e: Error) => e);
	if (files instanceof Error) {
		throw new ExportFailure(
			`The export of version ${versionId} of dataset "${datasetId}" could not be read: ${files.message}`,
			'Run this again; if it fails again, evaluate with Clarifai instead.',
		);
	}
	return files.flatMap(({ content }) => batchOf(content));
}

/** The inputs in one file of an export; none in a file that is no batch. */
function batchOf(content: Buffer): Input[] {
	const text = content.toString('utf8');
	if (!text.trimStart().startsWith('{')) return [];
	return objectsAt(JSON.parse(text) as unknown, 'inputs').map(readInput);
}
