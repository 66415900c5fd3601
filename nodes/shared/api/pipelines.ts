import type { AppScope } from '../clarifai/identifiers';
import { isObject, objectsAt, type JsonObject } from '../clarifai/json';
import { InputProblem } from '../clarifai/problems';
import { inApp } from './call';
import type { ClarifaiClient } from './client';
import { ClarifaiFailure } from './failures';

/** The pipeline templates for training, fetched once in a run. */
export async function pipelineTemplates(client: ClarifaiClient): Promise<JsonObject[]> {
	return await client.cached('pipeline templates', async () => {
		const answer = await client
			.get(['pipeline_templates'], { pipeline_template_type: 'TRAINING', per_page: 1000 })
			.catch((error: unknown) => error);
		if (!isObject(answer)) throw namingModelTypes(answer);
		// The list's name is not established by a capture, so any list of named objects will do.
		const lists = [
			objectsAt(answer, 'pipeline_templates'),
			...Object.keys(answer).map((key) => objectsAt(answer, key)),
		];
		const found = lists.find((list) => list.length > 0) ?? [];
		return found.filter(isTraining);
	});
}

/** A platform without pipeline templates does not know the endpoint. */
function namingModelTypes(error: unknown): unknown {
	if (!(error instanceof ClarifaiFailure) || !error.isNotOffered()) return error;
	const { message, code, httpStatus } = error.facts;
	return new InputProblem(
		`This platform offers no pipeline templates: ${message} (${code === undefined ? `HTTP ${httpStatus}` : `code ${code}`})`,
		"Self-hosted and older platforms train with 'Training Method' Deep Fine-Tuning, whose templates Clarifai List Templates shows with 'Source' Model Types.",
	);
}

/** A platform that ignores the filter sends other types as well. */
function isTraining({ pipeline_template_type: type }: JsonObject): boolean {
	return (
		type === undefined || type === 1 || type === 'TRAINING' || String(type).endsWith('_TRAINING')
	);
}

/** All runs of a version of a pipeline. */
export async function pipelineRuns(
	client: ClarifaiClient,
	scope: AppScope,
	pipelineId: string,
	pipelineVersionId: string,
): Promise<JsonObject[]> {
	return await client.list(
		inApp(scope, 'pipelines', pipelineId, 'versions', pipelineVersionId, 'runs'),
		'pipeline_version_runs',
		{},
		{ patOnly: true },
	);
}
