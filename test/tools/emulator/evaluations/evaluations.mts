import type { Message } from '../message.mts';
import { Predictor } from '../predictions/predict.mts';
import type { Serving } from '../predictions/serving.mts';
import type { AppState, World } from '../state.mts';
import { Code, describeCode, makeStatus } from '../statuses.mts';
import type { TimedJob, TrainingPlan } from '../training.mts';
import { hasEnded } from '../training.mts';
import { showModel } from '../views.mts';
import { classifierMetrics } from './classifierMetrics.mts';
import { detectorMetrics } from './detectorMetrics.mts';
import type { GroundTruth } from './groundTruth.mts';

/** How evaluations of a model, of a version or of an ID shall go: as plans of trainings do. */
export type EvaluationPlan = TrainingPlan;

/** What an evaluation has found. Fields are worked out when they are asked for: some are large. */
export interface Metrics {
	summary: Message;
	fields: Partial<Record<MetricsField, () => unknown>>;
}

export const METRICS_FIELDS = [
	'confusion_matrix',
	'cooccurrence_matrix',
	'label_counts',
	'binary_metrics',
	'test_set',
	'metrics_by_area',
	'metrics_by_class',
] as const;

export type MetricsField = (typeof METRICS_FIELDS)[number];

type Evaluate = (predictor: Predictor, truth: GroundTruth) => Metrics;

const EVALUATORS: Record<string, Evaluate> = {
	'visual-classifier': classifierMetrics,
	'text-classifier': classifierMetrics,
	'embedding-classifier': classifierMetrics,
	'visual-detector': detectorMetrics,
};

export function isEvaluable(modelTypeId: string) {
	return Object.hasOwn(EVALUATORS, modelTypeId);
}

const QUEUE_SHARE = 0.1;

/** Every concept counts, however low its value is. */
const EVERYTHING = {
	maxConcepts: Infinity,
	minValue: 0,
	missesSome: false,
	sampleMs: 1000,
	params: {},
};

/** An evaluation of a version against labelled inputs as they were when it was asked for. */
export class EvaluationState {
	#metrics: Metrics | undefined;

	constructor(
		readonly world: World,
		/** The app that it belongs to; model and data may be of others. */
		readonly app: AppState,
		readonly id: string,
		readonly serving: Serving,
		readonly truth: GroundTruth,
		readonly evalInfo: Message | undefined,
		readonly job: TimedJob,
	) {}

	get createdAt() {
		return this.job.startedAt;
	}

	isEvaluated(now: number) {
		return hasEnded(this.job, now) && this.job.outcome === Code.modelEvaluated;
	}

	hasFailed(now: number) {
		return hasEnded(this.job, now) && this.job.outcome !== Code.modelEvaluated;
	}

	/** Made from the version's predictions, which hold from then on. */
	get metrics(): Metrics {
		const evaluate = EVALUATORS[this.serving.model.message.model_type_id as string]!;
		this.#metrics ??= evaluate(new Predictor(this.world, this.serving, EVERYTHING), this.truth);
		return this.#metrics;
	}

	status(now: number): Message {
		const { startedAt, endsAt, outcome, description, details } = this.job;
		if (hasEnded(this.job, now)) {
			return {
				code: outcome,
				description: description ?? describeCode(outcome),
				...(details && { details }),
			};
		}
		const progress = Number.isFinite(endsAt) ? (now - startedAt) / (endsAt - startedAt) : 0;
		if (progress < QUEUE_SHARE) return makeStatus(Code.modelQueuedForEvaluation);
		return makeStatus(Code.modelEvaluating, { percent_completed: Math.floor(progress * 100) });
	}

	/** What a version shows of its newest evaluation. */
	overview(now: number, asked: MetricsField[] = []): Message {
		const shown: Message = { status: this.status(now) };
		if (!this.isEvaluated(now)) return shown;
		shown.summary = this.metrics.summary;
		for (const field of asked) shown[field] = this.metrics.fields[field]?.();
		return shown;
	}
}

/** The answer to a request for an evaluation: it has been queued, however short it is. */
export function showQueued({ id, app }: EvaluationState): Message {
	const status = makeStatus(Code.modelQueuedForEvaluation);
	return { status, id, user_id: app.userId, app_id: app.id };
}

export function showEvaluation(evaluation: EvaluationState, now: number, asked?: MetricsField[]) {
	const { id, app, serving, truth, evalInfo } = evaluation;
	return {
		...evaluation.overview(now, asked),
		id,
		user_id: app.userId,
		app_id: app.id,
		model: showModel(serving.app, serving.model, now, serving.version),
		ground_truth_dataset: truth.dataset,
		eval_info: evalInfo,
	};
}
