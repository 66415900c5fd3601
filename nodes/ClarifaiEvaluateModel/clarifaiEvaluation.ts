import {
	known,
	numberAt,
	objectAt,
	objectsAt,
	textAt,
	type JsonObject,
} from '../shared/clarifai/json';
import { addTo, mostConfused } from './confusions';
import { kindBySummary, type EvaluationKind } from './evaluationKind';
import type { ConceptResult, ConfusionMatrix, EvaluationResult, Metrics } from './evaluationResult';

/** Clarifai's own evaluation, and how it has judged the model. */
export type ClarifaiEvaluation = EvaluationResult & { kind?: EvaluationKind };

/**
 * Reads the `eval_metrics` of a finished evaluation.
 * @param expected the kind by the model type; a summary with nothing but mAP is a detector's all the same
 */
export function readEvaluation(
	evalMetrics: unknown,
	expected?: EvaluationKind,
): ClarifaiEvaluation {
	const bySummary = kindBySummary(evalMetrics);
	const kind = bySummary === 'detection' ? bySummary : (expected ?? bySummary);
	const confusion = confusionMatrix(evalMetrics);
	return {
		...(kind ? { kind } : {}),
		metrics: metricsOf(objectAt(evalMetrics, 'summary'), kind),
		perConcept: conceptResults(evalMetrics, kind, confusion),
		...(confusion ? { confusion } : {}),
	};
}

/**
 * Clarifai always shows the macro values, as 0 where it has not computed them, and leaves out an mAP
 * of 0. So a classifier's 0 is a value; elsewhere 0 and what is absent are none.
 */
function metricsOf(summary: JsonObject, kind: EvaluationKind | undefined): Metrics {
	const macro = kind === 'classification' ? numberAt : positiveAt;
	const metrics: Metrics = {
		macroF1: macro(summary, 'macro_avg_f1_score'),
		macroPrecision: macro(summary, 'macro_avg_precision'),
		macroRecall: macro(summary, 'macro_avg_recall'),
		rocAuc: macro(summary, 'macro_avg_roc_auc'),
	};
	if (kind !== 'classification') {
		metrics.map50 = positiveAt(summary, 'mean_avg_precision_iou_50');
		metrics.map = positiveAt(summary, 'mean_avg_precision_iou_range');
	}
	return known(metrics);
}

function conceptResults(
	evalMetrics: unknown,
	kind: EvaluationKind | undefined,
	confusion: ConfusionMatrix | undefined,
): ConceptResult[] {
	const labels = new Map(
		objectsAt(objectAt(evalMetrics, 'label_counts'), 'positive_label_counts').map(
			(entry): [string, number | undefined] => [nameAt(entry, 'concept'), numberAt(entry, 'count')],
		),
	);
	const figures = new Map<string, Partial<ConceptResult>>();
	for (const entry of objectsAt(evalMetrics, 'binary_metrics')) {
		if (kind !== 'detection') figures.set(nameAt(entry, 'concept'), classFigures(entry));
	}
	for (const entry of objectsAt(evalMetrics, 'metrics_by_class')) {
		if (isAtHalf(entry)) figures.set(nameAt(entry, 'concept'), boxFigures(entry));
	}
	const concepts = new Set([...figures.keys(), ...labels.keys(), ...(confusion?.concepts ?? [])]);
	return [...concepts].sort().map((concept) =>
		known<ConceptResult>({
			concept,
			examples: labels.get(concept),
			...figures.get(concept),
			confusedWith: confusion ? mostConfused(confusion, concept) : [],
		}),
	);
}

function classFigures(entry: JsonObject): Partial<ConceptResult> {
	return known({
		examples: numberAt(entry, 'num_pos'),
		...atThreshold(objectAt(entry, 'precision_recall_curve')),
		f1: numberAt(entry, 'f1'),
		rocAuc: numberAt(entry, 'roc_auc'),
	});
}

/** Clarifai's own client takes `num_tot` for the number of labelled regions here. */
function boxFigures(entry: JsonObject): Partial<ConceptResult> {
	const examples = numberAt(entry, 'num_tot');
	return known({
		examples,
		...atThreshold(objectAt(entry, 'precision_recall_curve')),
		f1: positiveAt(entry, 'f1'),
		// Left out where it is 0.
		averagePrecision: numberAt(entry, 'avg_precision') ?? (examples ? 0 : undefined),
	});
}

/** Detectors are measured by size of the regions and by overlap too. */
function isAtHalf(entry: JsonObject): boolean {
	return (
		textAt(entry, 'area_name') === 'all' && Math.abs((numberAt(entry, 'iou') ?? 0) - 0.5) < 0.001
	);
}

/** Precision and recall at a threshold of 0.5, where the curve has that point. */
function atThreshold(curve: JsonObject): Pick<ConceptResult, 'precision' | 'recall'> {
	const { thresholds } = curve;
	if (!Array.isArray(thresholds)) return {};
	const index = thresholds.findIndex((threshold) => Math.abs(Number(threshold) - 0.5) < 0.001);
	const pointOf = (values: unknown) =>
		Array.isArray(values) ? numberAt({ point: values[index] as unknown }, 'point') : undefined;
	return { precision: pointOf(curve.precision), recall: pointOf(curve.recall) };
}

function confusionMatrix(evalMetrics: unknown): ConfusionMatrix | undefined {
	const entries = objectsAt(objectAt(evalMetrics, 'confusion_matrix'), 'matrix');
	if (entries.length === 0) return undefined;
	const rows = new Map<string, Map<string, number>>();
	const concepts = new Set<string>();
	for (const entry of entries) {
		const actual = nameAt(entry, 'actual_concept', 'actual');
		const predicted = nameAt(entry, 'predicted_concept', 'predicted');
		concepts.add(actual).add(predicted);
		addTo(rows, actual, predicted, numberAt(entry, 'value') ?? 0);
	}
	return { concepts: [...concepts].sort(), unit: 'share', rows };
}

/** Models trained by a pipeline number their concepts: the user knows them by name. */
function nameAt(entry: JsonObject, key: string, textKey?: string): string {
	const concept = objectAt(entry, key);
	return (
		textAt(concept, 'name') ??
		textAt(concept, 'id') ??
		textAt(entry, textKey ?? 'concept_name') ??
		''
	);
}

function positiveAt(parent: unknown, key: string): number | undefined {
	const value = numberAt(parent, key);
	return value !== undefined && value > 0 ? value : undefined;
}
