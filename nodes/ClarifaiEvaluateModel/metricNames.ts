import type { EvaluationKind } from './evaluationKind';

/** The metrics that a version can be judged by: the values of the node's parameter, with labels. */
export const METRICS = [
	{
		name: 'Accuracy',
		value: 'accuracy',
		description: 'Share of inputs whose labels are all predicted right. Only by predictions.',
	},
	{
		name: 'Macro F1',
		value: 'macroF1',
		description: 'F1 averaged over the concepts, each counting the same',
	},
	{
		name: 'Macro Precision',
		value: 'macroPrecision',
		description: 'Share of predictions that are right, averaged over the concepts',
	},
	{
		name: 'Macro Recall',
		value: 'macroRecall',
		description: 'Share of labels that are found, averaged over the concepts',
	},
	{
		name: 'mAP at IoU 0.5',
		value: 'map50',
		description: 'Of detectors: mean average precision, boxes that overlap by half count as found',
	},
	{
		name: 'mAP at IoU 0.5 to 0.95',
		value: 'map',
		description: 'Of detectors: mean average precision over ten overlaps, the strictest 0.95',
	},
	{
		name: 'ROC AUC',
		value: 'rocAuc',
		description: 'How well the values rank the right inputs first, averaged over the concepts',
	},
] as const;

export type MetricName = (typeof METRICS)[number]['value'];

export function metricLabel(metric: MetricName): string {
	return METRICS.find(({ value }) => value === metric)?.name ?? metric;
}

/**
 * What `auto` means; nothing where Clarifai names no metric for this kind of model.
 * mAP at 0.5 rather than over the range: hand-drawn boxes are seldom exact enough for the strict end.
 */
export function automaticMetric(kind: EvaluationKind | undefined): MetricName | undefined {
	if (kind === 'classification') return 'macroF1';
	return kind === 'detection' ? 'map50' : undefined;
}
