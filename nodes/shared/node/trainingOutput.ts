import type { IDataObject } from 'n8n-workflow';
import { jobOf, type Training } from '../api/trainings';
import { known } from '../clarifai/json';
import { plainText } from '../clarifai/plainText';
import { ExplainedError } from '../parameters/problems';
import { trainingRemedy } from './trainingRemedies';

/** A training as Train, Training Status and Training Trigger put it out. */
export function trainingOutput(training: Training): IDataObject {
	const { scope, state, run, metrics = {} } = training;
	return known<IDataObject>({
		modelId: training.modelId,
		status: state.status,
		percentCompleted: state.percentCompleted,
		secondsRemaining: state.secondsRemaining,
		// Null, not absent, while a pipeline has not made it: nothing may take that for the latest one.
		modelVersionId: training.versionId ?? null,
		metrics: Object.keys(metrics).length > 0 ? metrics : undefined,
		statusDescription: plainText(state.description, 500),
		modelTypeId: training.modelTypeId,
		template: training.template,
		statusCode: state.code,
		userId: scope.userId,
		appId: scope.appId,
		createdAt: training.createdAt,
		completedAt: training.completedAt,
		durationSeconds: training.durationSeconds,
		datasetId: training.datasetId,
		datasetVersionId: training.datasetVersionId,
		pipelineId: run?.pipelineId,
		pipelineVersionId: run?.pipelineVersionId,
		pipelineRunId: run?.runId,
	});
}

/** Why a training failed and what to do about it; nothing for one that did not. */
export function failureOutput({ state, log }: Training): IDataObject {
	if (state.status !== 'failed') return {};
	const output: IDataObject = { remedy: trainingRemedy(state.code) };
	if (state.details !== undefined) output.statusDetails = plainText(state.details, 1500);
	if (log !== undefined) output.log = log;
	return output;
}

/** A training that ended badly at Clarifai. */
class TrainingFailure extends ExplainedError {}

/** The error of a training that failed: code, reason, version ID, what to do, and the log. */
export function trainingFailure(training: Training): ExplainedError {
	const { state, log } = training;
	const what = jobOf(training).what(training);
	const details = state.details && state.details !== state.description ? ` ${state.details}` : '';
	return new TrainingFailure(
		`T${what.slice(1)} failed: ${state.description} (code ${state.code ?? 'unknown'})`,
		`${details} ${trainingRemedy(state.code)}${log ? ` Log: ${log}` : ''}`.trim(),
	);
}

/** "training, 40%, 120 s left". */
export function progress({ state }: Training): string {
	return [
		state.status,
		state.percentCompleted === undefined ? undefined : `${state.percentCompleted}%`,
		state.secondsRemaining === undefined ? undefined : `${state.secondsRemaining} s left`,
	]
		.filter((part) => part !== undefined)
		.join(', ');
}

/** One line of progress that names the training. */
export function progressLine(training: Training): string {
	const { modelId, versionId, run, state } = training;
	const line = `${modelId} (${versionId ?? run?.runId}): ${progress(training)}. ${state.description}`;
	return plainText(line, 500);
}
