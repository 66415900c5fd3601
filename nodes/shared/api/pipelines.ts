import type { AppScope } from '../clarifai/identifiers';
import { objectAt, objectsAt, type JsonObject } from '../clarifai/json';
import {
	readPipeline,
	readPipelineRun,
	type Pipeline,
	type PipelineRun,
	type PipelineRunIds,
} from '../clarifai/pipelines';
import { inApp, type Call, type Path } from './call';
import type { ClarifaiClient } from './client';
import { ClarifaiFailure } from './failures';

const PAT_ONLY = { patOnly: true };

export function pipelineRunPath(scope: AppScope, ids: PipelineRunIds): Path {
	const { pipelineId, pipelineVersionId, runId } = ids;
	return inApp(scope, 'pipelines', pipelineId, 'versions', pipelineVersionId, 'runs', runId);
}

/**
 * The pipeline templates for training, asked once in a run; undefined where the platform does not know
 * the endpoint.
 */
export async function pipelineTemplates(client: ClarifaiClient): Promise<JsonObject[] | undefined> {
	return await client.cached(['pipeline_templates'], async (path) => {
		const query = { pipeline_template_type: 'TRAINING' };
		const answer = await client.attempt({ method: 'GET', path, query });
		if (answer instanceof ClarifaiFailure) {
			if (answer.isNotOffered()) return undefined;
			throw answer;
		}
		// The list's name is not established by a capture, so any list of named objects will do.
		const lists = [
			objectsAt(answer, 'pipeline_templates'),
			...Object.keys(answer).map((key) => objectsAt(answer, key)),
		];
		const found = lists.find((list) => list.length > 0) ?? [];
		return found.filter(isTraining);
	});
}

/** A platform that ignores the filter sends other types as well. */
function isTraining({ pipeline_template_type: type }: JsonObject): boolean {
	return (
		type === undefined || type === 1 || type === 'TRAINING' || String(type).endsWith('_TRAINING')
	);
}

/** The pipelines of an app, with their newest versions. */
export async function listPipelines(client: ClarifaiClient, scope: AppScope): Promise<Pipeline[]> {
	return (await client.list(inApp(scope, 'pipelines'), 'pipelines')).map(readPipeline);
}

/** A pipeline as it is now; undefined when it does not exist. */
export async function findPipeline(
	client: ClarifaiClient,
	scope: AppScope,
	pipelineId: string,
): Promise<Pipeline | undefined> {
	const answer = await client.getIfAny(inApp(scope, 'pipelines', pipelineId));
	return answer && readPipeline(objectAt(answer, 'pipeline'));
}

/** A pipeline of a list with its newest version, which lists may leave out; undefined when it is gone. */
export async function withNewestVersion(
	client: ClarifaiClient,
	scope: AppScope,
	pipeline: Pipeline,
): Promise<Pipeline | undefined> {
	const { id, versionId } = pipeline;
	if (id === undefined || versionId !== undefined) return pipeline;
	const found = await findPipeline(client, scope, id);
	return found && { ...pipeline, versionId: found.versionId };
}

/** All runs of a version of a pipeline. */
export async function listPipelineRuns(
	client: ClarifaiClient,
	scope: AppScope,
	pipelineId: string,
	pipelineVersionId: string,
): Promise<PipelineRun[]> {
	const path = inApp(scope, 'pipelines', pipelineId, 'versions', pipelineVersionId, 'runs');
	return (await client.list(path, 'pipeline_version_runs', {}, PAT_ONLY)).map(readPipelineRun);
}

export async function fetchPipelineRun(
	client: ClarifaiClient,
	scope: AppScope,
	ids: PipelineRunIds,
	traits: Pick<Call, 'maxTries'> = {},
): Promise<PipelineRun> {
	const answer = await client.get(pipelineRunPath(scope, ids), undefined, {
		...PAT_ONLY,
		...traits,
	});
	return readPipelineRun(objectAt(answer, 'pipeline_version_run'));
}
