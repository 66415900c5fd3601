import { durationSeconds } from './duration';
import { isObject, objectAt, objectsAt, textAt, type JsonObject } from './json';

/** What tells one run of a pipeline from all others. */
export interface PipelineRunIds {
	pipelineId: string;
	pipelineVersionId: string;
	runId: string;
}

/** A run of a pipeline as Clarifai shows it. */
export interface PipelineRun {
	id?: string;
	pipelineId?: string;
	pipelineVersionId?: string;
	/** Clarifai's `status` object; empty in the first moments of some runs. */
	status: JsonObject;
	createdAt?: string;
	startedAt?: string;
	endedAt?: string;
	durationSeconds?: number;
	/** The run's arguments by name: those it was started with, or those baked into its specification. */
	arguments: Record<string, string>;
	raw: JsonObject;
}

export function readPipelineRun(raw: JsonObject): PipelineRun {
	const version = objectAt(raw, 'pipeline_version');
	const startedAt = textAt(raw, 'started_at');
	const endedAt = textAt(raw, 'ended_at');
	return {
		id: textAt(raw, 'id'),
		pipelineId: textAt(version, 'pipeline_id'),
		pipelineVersionId: textAt(version, 'id'),
		status: objectAt(objectAt(raw, 'orchestration_status'), 'status'),
		createdAt: textAt(raw, 'created_at'),
		startedAt,
		endedAt,
		durationSeconds: durationSeconds(raw.total_run_duration) ?? secondsBetween(startedAt, endedAt),
		arguments: argumentsOf(raw),
		raw,
	};
}

function secondsBetween(start: string | undefined, end: string | undefined): number | undefined {
	const seconds = (Date.parse(end ?? '') - Date.parse(start ?? '')) / 1000;
	return Number.isNaN(seconds) ? undefined : seconds;
}

/**
 * Runs that the nodes and the portal start carry their arguments as an override. Clarifai's CLI bakes
 * them into the specification instead (clarifai-python, `pipeline run`).
 */
function argumentsOf(raw: JsonObject): Record<string, string> {
	const override = objectAt(objectAt(raw, 'input_args_override'), 'argo_args_override');
	const baked = objectAt(
		objectAt(specificationOf(raw) ?? specificationOf(objectAt(raw, 'pipeline_version')), 'spec'),
		'arguments',
	);
	const all = [...objectsAt(baked, 'parameters'), ...objectsAt(override, 'parameters')];
	return Object.fromEntries(
		all.flatMap((parameter) => {
			const name = textAt(parameter, 'name');
			return name === undefined ? [] : [[name, textAt(parameter, 'value') ?? '']];
		}),
	);
}

function specificationOf(raw: JsonObject): JsonObject | undefined {
	const argo = objectAt(objectAt(raw, 'orchestration_spec'), 'argo_orchestration_spec');
	try {
		const parsed: unknown = JSON.parse(textAt(argo, 'spec_json') ?? '');
		return isObject(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}

/** A pipeline as Clarifai shows it, with its newest version. */
export interface Pipeline {
	id?: string;
	versionId?: string;
	createdAt?: string;
	raw: JsonObject;
}

export function readPipeline(raw: JsonObject): Pipeline {
	return {
		id: textAt(raw, 'id'),
		versionId: textAt(objectAt(raw, 'pipeline_version'), 'id'),
		createdAt: textAt(raw, 'created_at'),
		raw,
	};
}
