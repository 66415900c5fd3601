import type { Call, Handler } from '../call.mts';
import { showEvaluation, showQueued } from '../evaluations/evaluations.mts';
import type { Message } from '../message.mts';
import type { Serving } from '../predictions/serving.mts';
import type { VersionState } from '../state.mts';
import { ApiError, Code, makeStatus } from '../statuses.mts';
import { showVersion } from '../views.mts';
import { askedFields, prepareEvaluation, startEvaluation } from './evaluations.mts';

/** The older forms of evaluations, which hang on one version. */

/** These calls name the version `version_id` or `model_version_id`. */
function servingOf(call: Call): Serving {
	const { model_version_id: id = call.request.version_id } = call.request;
	const version: VersionState | undefined = call.model.versions.get(id);
	if (version) return { app: call.app, model: call.model, version };
	throw new ApiError(Code.modelDoesNotExist, `Model version '${id}' does not exist`);
}

/** The oldest form names the dataset in the parameters, if at all. */
const postModelVersionMetrics: Handler = (call) => {
	const { test_search: search, eval_info: info } = call.request;
	if (search) throw new ApiError(Code.notImplemented, 'The emulator does not search test inputs');
	const { dataset_id: datasetId, dataset_version_id: versionId } = info?.params ?? {};
	const dataset = datasetId && { id: datasetId, version: { id: versionId } };
	const serving = servingOf(call);
	startEvaluation(
		prepareEvaluation(call, serving, { eval_info: info, ground_truth_dataset: dataset }),
	);
	const shown = showVersion(serving.app, serving.version, call.now);
	const metrics = { status: makeStatus(Code.modelQueuedForEvaluation) };
	return { model_version: { ...shown, metrics } };
};

const getModelVersionMetrics: Handler = (call) => {
	const { app, version } = servingOf(call);
	const metrics = version.evaluation?.overview(call.now, askedFields(call.request.fields));
	return { model_version: { ...showVersion(app, version, call.now), metrics } };
};

const postModelVersionEvaluations: Handler = (call) => {
	const asked: Message[] = call.request.eval_metrics ?? [];
	if (asked.length === 0) throw new ApiError(Code.invalidRequest, 'no eval_metrics given');
	const prepared = asked.map((fields) => prepareEvaluation(call, servingOf(call), fields));
	for (const evaluation of prepared) startEvaluation(evaluation);
	return { eval_metrics: prepared.map(showQueued) };
};

function evaluationsOf(call: Call) {
	const { version } = servingOf(call);
	return [...call.app.evaluations.values()].filter((one) => one.serving.version === version);
}

const listModelVersionEvaluations: Handler = (call) => {
	const newestFirst = evaluationsOf(call).reverse();
	return {
		eval_metrics: call.paginate(newestFirst).map((one) => showEvaluation(one, call.now)),
	};
};

const getModelVersionEvaluation: Handler = (call) => {
	const { evaluation_id: id, fields } = call.request;
	const evaluation = evaluationsOf(call).find((one) => one.id === id);
	if (!evaluation) throw new ApiError(Code.doesNotExist, `Evaluation '${id}' does not exist`);
	return { eval_metrics: showEvaluation(evaluation, call.now, askedFields(fields)) };
};

export const modelVersionEvaluationHandlers: Record<string, Handler> = {
	PostModelVersionMetrics: postModelVersionMetrics,
	GetModelVersionMetrics: getModelVersionMetrics,
	PostModelVersionEvaluations: postModelVersionEvaluations,
	ListModelVersionEvaluations: listModelVersionEvaluations,
	GetModelVersionEvaluation: getModelVersionEvaluation,
};
