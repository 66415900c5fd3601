import { numberAt, objectAt, textAt, type JsonObject } from './json';
import { evaluationStatusOf, type EvaluationStatus } from './evaluationStatus';
import { StatusCode, statusCodeOf } from './statusCodes';
import { versionState, type TrainingState } from './trainingState';

/** A model as Clarifai shows it. */
export interface Model {
	id?: string;
	modelTypeId?: string;
	userId?: string;
	appId?: string;
	createdAt?: string;
	/** The newest version, where there is one. */
	version?: ModelVersion;
	raw: JsonObject;
}

export interface ModelVersion {
	id?: string;
	createdAt?: string;
	completedAt?: string;
	state: TrainingState;
	/** The training template it was trained with. */
	template?: string;
	/** Where the training's log can be read. */
	log?: string;
	/** What an evaluation after the training says, by the names of Clarifai Evaluate Model. */
	metrics: Record<string, number>;
	/** Where that evaluation stands; absent where Clarifai shows none. */
	evaluation?: EvaluationStatus;
	raw: JsonObject;
}

export function readModel(raw: JsonObject): Model {
	const version = readModelVersion(objectAt(raw, 'model_version'));
	return {
		id: textAt(raw, 'id'),
		modelTypeId: textAt(raw, 'model_type_id'),
		userId: textAt(raw, 'user_id'),
		appId: textAt(raw, 'app_id'),
		createdAt: textAt(raw, 'created_at'),
		version: version.id === undefined ? undefined : version,
		raw,
	};
}

export function readModelVersion(raw: JsonObject): ModelVersion {
	return {
		id: textAt(raw, 'id'),
		createdAt: textAt(raw, 'created_at'),
		completedAt: textAt(raw, 'completed_at'),
		state: versionState(raw),
		template: textAt(objectAt(objectAt(raw, 'train_info'), 'params'), 'template'),
		log: textAt(raw, 'train_log'),
		metrics: metricsOf(objectAt(objectAt(raw, 'metrics'), 'summary')),
		evaluation: evaluationOf(objectAt(objectAt(raw, 'metrics'), 'status')),
		raw,
	};
}

function evaluationOf(status: JsonObject): EvaluationStatus | undefined {
	const code = statusCodeOf(status.code);
	// So it is called also before it has begun.
	const isNone = code === undefined || code === StatusCode.MODEL_NOT_EVALUATED;
	return isNone ? undefined : evaluationStatusOf(code);
}

const SUMMARY: ReadonlyArray<readonly [string, string]> = [
	['macroF1', 'macro_avg_f1_score'],
	['macroPrecision', 'macro_avg_precision'],
	['macroRecall', 'macro_avg_recall'],
	['rocAuc', 'macro_avg_roc_auc'],
	['map50', 'mean_avg_precision_iou_50'],
	['map', 'mean_avg_precision_iou_range'],
];

/** Clarifai shows what it has not computed as 0. */
function metricsOf(summary: JsonObject): Record<string, number> {
	return Object.fromEntries(
		SUMMARY.flatMap(([name, key]) => {
			const value = numberAt(summary, key);
			return value ? [[name, value] as const] : [];
		}),
	);
}

/** Whether predictions can be had from a version, and it can go into a workflow or a deployment. */
export function isUsable({ state }: ModelVersion): boolean {
	return state.status === 'trained';
}
