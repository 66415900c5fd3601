import type { IDataObject } from 'n8n-workflow';
import { jobOf, type Training } from '../api/trainings';
import { plainText } from '../clarifai/plainText';
import { ExplainedError } from '../parameters/problems';
import { trainingRemedy } from './trainingRemedies';

/** A training as Train, Training Status and Training Trigger put it out. */
export function trainingOutput(training: Training): IDataObject {
	const { scope, state, run } = training;
	const output: IDataObject = {
		modelId: training.modelId,
		modelVersionId: training.versionId ?? null,
		status: state.status,
		statusDescription: plainText(state.description, 500),
		modelTypeId: training.modelTypeId ?? null,
		template: training.template ?? null,
		statusCode: state.code ?? null,
		userId: scope.userId,
		appId: scope.appId,
		createdAt: training.createdAt ?? null,
	};
	const { metrics = {} } = training;
	if (Object.keys(metrics).length > 0) output.metrics = metrics;
	if (training.completedAt !== undefined) output.completedAt = training.completedAt;
	if (training.durationSeconds !== undefined) output.durationSeconds = training.durationSeconds;
	if (training.datasetId !== undefined) output.datasetId = training.datasetId;
	if (training.datasetVersionId !== undefined) output.datasetVersionId = training.datasetVersionId;
	if (run) {
		output.pipelineId = run.pipelineId;
		output.pipelineVersionId = run.pipelineVersionId;
		output.pipelineRunId = run.runId;
	}
	return output;
}

/** Progress, where Clarifai gives it. */
export function progressOutput({ state }: Training): IDataObject {
	const output: IDataObject = {};
	if (state.percentCompleted !== undefined) output.percentCompleted = state.percentCompleted;
	if (state.secondsRemaining !== undefined) output.secondsRemaining = state.secondsRemaining;
	return output;
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
