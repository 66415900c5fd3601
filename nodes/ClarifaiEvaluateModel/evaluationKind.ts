import { isObject, objectAt, numberAt } from '../shared/clarifai/json';

/** Clarifai's `EvaluationType` of `resources.proto`, in the order of its numbers. */
const KINDS = [
	undefined,
	'classification',
	'detection',
	'segmentation',
	'clustering',
	'tracker',
	'generation',
] as const;

export type EvaluationKind = NonNullable<(typeof KINDS)[number]>;

/** What Clarifai's own clients go by where the model type itself does not say. */
const KINDS_BY_ID: ReadonlyArray<[part: string, kind: EvaluationKind]> = [
	['classifier', 'classification'],
	['detector', 'detection'],
	['segmenter', 'segmentation'],
	['embedder', 'clustering'],
	['tracker', 'tracker'],
];

/** How models of a type are evaluated: by the model type object, else by its ID. */
export function evaluationKindOf(modelType: unknown, modelTypeId = ''): EvaluationKind | undefined {
	return (
		kindNamed(isObject(modelType) ? modelType.evaluation_type : undefined) ??
		KINDS_BY_ID.find(([part]) => modelTypeId.includes(part))?.[1]
	);
}

/**
 * The kind by what the summary holds: Clarifai shows a detector's macro values as 0, and leaves out
 * a classifier's mAP.
 */
export function kindBySummary(evalMetrics: unknown): EvaluationKind | undefined {
	const summary = objectAt(evalMetrics, 'summary');
	const has = (key: string) => (numberAt(summary, key) ?? 0) > 0;
	if (MACRO_KEYS.some(has)) return 'classification';
	return MAP_KEYS.some(has) ? 'detection' : undefined;
}

const MACRO_KEYS = [
	'macro_avg_f1_score',
	'macro_avg_precision',
	'macro_avg_recall',
	'macro_avg_roc_auc',
];
const MAP_KEYS = ['mean_avg_precision_iou_50', 'mean_avg_precision_iou_range'];

/** An enum value: a number in the live API, a name where a client generated the JSON. */
function kindNamed(value: unknown): EvaluationKind | undefined {
	if (typeof value === 'number') return KINDS[value];
	return KINDS.find((kind) => typeof value === 'string' && kind === value.toLowerCase());
}
