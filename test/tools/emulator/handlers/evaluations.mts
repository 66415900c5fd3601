import type { Call, Handler } from '../call.mts';
import { toTimestamp } from '../clock.mts';
import type { EvaluationPlan, MetricsField } from '../evaluations/evaluations.mts';
import {
	EvaluationState,
	isEvaluable,
	METRICS_FIELDS,
	showEvaluation,
	showQueued,
} from '../evaluations/evaluations.mts';
import type { GroundTruth } from '../evaluations/groundTruth.mts';
import { groundTruth, labelsOf } from '../evaluations/groundTruth.mts';
import type { Message } from '../message.mts';
import type { Serving } from '../predictions/serving.mts';
import { ApiError, Code } from '../statuses.mts';
import { startJob } from '../training.mts';
import { isTrained, newestTrainedVersion } from '../views.mts';

/** Evaluations in the current form: of any version, against any dataset. */

const postEvaluations: Handler = (call) => {
	const asked: Message[] = call.request.eval_metrics ?? [];
	if (asked.length === 0) throw new ApiError(Code.invalidRequest, 'no eval_metrics given');
	const prepared = asked.map((fields) =>
		prepareEvaluation(call, evaluatedModel(call, fields), fields),
	);
	for (const evaluation of prepared) startEvaluation(evaluation);
	return { eval_metrics: prepared.map(showQueued) };
};

function evaluatedModel(call: Call, { model: asked = {} }: Message): Serving {
	const own = call.app;
	const app = call.world.findApp(asked.user_id || own.userId, asked.app_id || own.id);
	const model = app && call.mayRead(app) ? app.models.get(asked.id) : undefined;
	if (!app || !model) {
		throw new ApiError(Code.modelDoesNotExist, `Model '${asked.id ?? ''}' does not exist`);
	}
	const versionId = asked.model_version?.id;
	const version = versionId ? model.versions.get(versionId) : newestTrainedVersion(model, call.now);
	if (!version) {
		throw new ApiError(Code.modelDoesNotExist, `Model version '${versionId ?? ''}' does not exist`);
	}
	return { app, model, version };
}

/** Which codes refuse an evaluation is assumed. */
export function prepareEvaluation(call: Call, serving: Serving, asked: Message): EvaluationState {
	const { world, app, now } = call;
	const { model, version } = serving;
	const typeId: string = model.message.model_type_id;
	if (!isEvaluable(typeId)) throw refused(`Models of type '${typeId}' cannot be evaluated`);
	if (version.learned.lesson.byPipeline && !world.inference.evaluatesContainers) {
		throw refused('Versions that pipelines made cannot be evaluated');
	}
	if (!isTrained(version, now)) {
		throw new ApiError(Code.modelUntrained, `Version '${version.message.id}' is not trained`);
	}
	const truth = groundTruth(call, serving, asked.ground_truth_dataset);
	const id: string = asked.id || world.random.hexId();
	const plan = {
		outcome: Code.modelEvaluated,
		...lacks(call, serving, truth),
		...planFor(call, serving, id),
	};
	const job = startJob(now, plan, world.inference.evaluationSeconds);
	return new EvaluationState(world, app, id, serving, truth, asked.eval_info, job);
}

/** The evaluation that follows a training; that it goes by the app's labelled inputs is assumed. */
export function evaluationAfterTraining(call: Call, serving: Serving): EvaluationState | undefined {
	const { world, app } = call;
	if (!isEvaluable(serving.model.message.model_type_id)) return undefined;
	const truth = groundTruth(call, serving, undefined);
	const id = world.random.hexId();
	const plan = {
		outcome: Code.modelEvaluated,
		...lacks(call, serving, truth),
		...planFor(call, serving, id),
	};
	const job = startJob(serving.version.training.endsAt, plan, world.inference.evaluationSeconds);
	return new EvaluationState(world, app, id, serving, truth, undefined, job);
}

/** A repeated ID overwrites the evaluation that had it. */
export function startEvaluation(evaluation: EvaluationState) {
	const { app, id, serving } = evaluation;
	// Made anew, so that it is the last in the order of making.
	app.evaluations.delete(id);
	app.evaluations.set(id, evaluation);
	serving.version.evaluation = evaluation;
}

function planFor({ world }: Call, { model, version }: Serving, id: string) {
	const plans = world.inference.evaluationPlans;
	return plans.get(id) ?? plans.get(version.message.id) ?? plans.get(model.message.id);
}

/** What lets an evaluation fail: too few labelled concepts, or too few inputs of one. */
function lacks(
	{ world }: Call,
	{ model, version }: Serving,
	{ inputs }: GroundTruth,
): EvaluationPlan {
	const { evaluationInputs: needed } = world.inference;
	const counts = version.learned.concepts
		.map(({ label }) => inputs.filter((input) => labelsOf(input).includes(label)).length)
		.filter((count) => count > 0);
	if (counts.length === 0) return { outcome: Code.evaluationNeedsInputs };
	const isDetector = model.message.model_type_id === 'visual-detector';
	if (counts.length < 2 && !isDetector) return { outcome: Code.evaluationNeedsLabels };
	return Math.min(...counts) < needed ? { outcome: Code.evaluationNeedsInputs } : {};
}

function refused(details: string) {
	return new ApiError(Code.modelInvalidRequest, details);
}

const getEvaluation: Handler = (call) => {
	const { evaluation_id: id, fields } = call.request;
	const evaluation = call.app.evaluations.get(id);
	if (!evaluation) throw new ApiError(Code.doesNotExist, `Evaluation '${id}' does not exist`);
	return { eval_metrics: showEvaluation(evaluation, call.now, askedFields(fields)) };
};

export function askedFields(fields: Message = {}): MetricsField[] {
	return METRICS_FIELDS.filter((field) => fields[field]);
}

const listEvaluations: Handler = (call) => {
	call.supportsOnly(
		'model_type_id',
		'eval_dataset_ids',
		'train_dataset_ids',
		'concept_ids',
		'show_failed_metrics',
	);
	const found = call.listedApps
		.flatMap((app) => [...app.evaluations.values()])
		.filter((evaluation) => isAskedFor(call, evaluation));
	const page = call.paginate(call.sort(found.map((one) => sortable(one, call.now))));
	return { eval_metrics: page.map(({ evaluation }) => showEvaluation(evaluation, call.now)) };
};

function isAskedFor({ request, now }: Call, evaluation: EvaluationState) {
	const { model, version } = evaluation.serving;
	const includes = (field: string, value: string | undefined) =>
		!request[field] || request[field].includes(value);
	const conceptIds = version.learned.concepts.map(({ id }) => id);
	return (
		(request.show_failed_metrics || !evaluation.hasFailed(now)) &&
		(!request.model_type_id || request.model_type_id === model.message.model_type_id) &&
		includes('eval_dataset_ids', evaluation.truth.dataset?.id) &&
		includes('train_dataset_ids', version.learned.lesson.datasetId) &&
		(request.concept_ids ?? []).every((id: string) => conceptIds.includes(id))
	);
}

/** What lists of evaluations can be sorted by; an evaluation without a result counts as 0. */
function sortable(evaluation: EvaluationState, now: number): Message {
	const { app, serving, truth } = evaluation;
	const summary = evaluation.isEvaluated(now) ? evaluation.metrics.summary : {};
	return {
		evaluation,
		created_at: toTimestamp(evaluation.createdAt),
		app_id: app.id,
		roc_auc: summary.macro_avg_roc_auc ?? 0,
		f1: summary.macro_avg_f1_score ?? 0,
		mean_avg_precision: summary.mean_avg_precision_iou_50 ?? 0,
		precision: summary.macro_avg_precision ?? 0,
		recall: summary.macro_avg_recall ?? 0,
		model_id: serving.model.message.id,
		eval_dataset_id: truth.dataset?.id ?? '',
		train_dataset_id: serving.version.learned.lesson.datasetId ?? '',
	};
}

export const evaluationHandlers: Record<string, Handler> = {
	PostEvaluations: postEvaluations,
	GetEvaluation: getEvaluation,
	ListEvaluations: listEvaluations,
};
