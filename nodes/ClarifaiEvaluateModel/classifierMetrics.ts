import { addTo, mostConfused } from './confusions';
import type { ConceptResult, ConfusionMatrix, EvaluationResult } from './evaluationResult';

/** An input with its labels and what the model predicts for it. */
export interface LabelledExample {
	actual: readonly string[];
	predicted: ReadonlyArray<{ concept: string; value: number }>;
}

/**
 * How predictions become labels.
 * - `singleLabel`, where every input has exactly one label: the concept with the highest value, the
 *   first by name among equals, as `numpy.argmax` over scikit-learn's sorted classes.
 * - `multiLabel`, where some have several or none: all concepts above 0.5, as scikit-learn's
 *   multi-label classifiers.
 */
export type Labelling = 'singleLabel' | 'multiLabel';

const THRESHOLD = 0.5;

interface Labelled {
	actual: ReadonlySet<string>;
	chosen: ReadonlySet<string>;
	values: ReadonlyMap<string, number>;
}

/**
 * The figures of scikit-learn's `accuracy_score`, `precision_recall_fscore_support`,
 * `confusion_matrix` and `roc_auc_score` by their defaults: macro averages are over the concepts
 * that occur as a label or as a prediction, and a division by zero gives 0.
 */
export function classifierMetrics(
	examples: readonly LabelledExample[],
): EvaluationResult & { labelling: Labelling } {
	const labelling = labellingOf(examples);
	const labelled = examples.map((example) => decided(example, labelling));
	const counts = countsByConcept(labelled);
	const confusion: ConfusionMatrix = {
		concepts: [...counts.keys()].sort(),
		unit: 'count',
		rows: confusionRows(labelled),
	};
	const aucs = rocAucs(labelled);
	const perConcept = confusion.concepts.map((concept): ConceptResult => {
		const { found, missed, wrong } = counts.get(concept)!;
		const auc = aucs.get(concept);
		return {
			concept,
			examples: found + missed,
			precision: ratio(found, found + wrong),
			recall: ratio(found, found + missed),
			f1: ratio(2 * found, 2 * found + missed + wrong),
			...(auc === undefined ? {} : { rocAuc: auc }),
			confusedWith: mostConfused(confusion, concept, found + missed),
		};
	});
	return { labelling, metrics: metricsOf(labelled, perConcept, aucs), perConcept, confusion };
}

function labellingOf(examples: readonly LabelledExample[]): Labelling {
	const isSingle = examples.every(({ actual }) => new Set(actual).size === 1);
	return isSingle ? 'singleLabel' : 'multiLabel';
}

function decided({ actual, predicted }: LabelledExample, labelling: Labelling): Labelled {
	const values = new Map<string, number>();
	for (const { concept, value } of predicted) {
		values.set(concept, Math.max(value, values.get(concept) ?? -Infinity));
	}
	const chosen =
		labelling === 'singleLabel'
			? highest(values)
			: [...values].filter(([, value]) => value > THRESHOLD).map(([concept]) => concept);
	return { actual: new Set(actual), chosen: new Set(chosen), values };
}

/** One concept; none where nothing was predicted. */
function highest(values: ReadonlyMap<string, number>): string[] {
	const best = [...values].sort(
		([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1),
	)[0] as [string, number] | undefined;
	return best ? [best[0]] : [];
}

interface Counts {
	found: number;
	missed: number;
	wrong: number;
}

/** Of the concepts that occur as a label or as a prediction. */
function countsByConcept(labelled: readonly Labelled[]): Map<string, Counts> {
	const counts = new Map<string, Counts>();
	const of = (concept: string): Counts => {
		const known = counts.get(concept) ?? { found: 0, missed: 0, wrong: 0 };
		counts.set(concept, known);
		return known;
	};
	for (const { actual, chosen } of labelled) {
		for (const concept of actual) of(concept)[chosen.has(concept) ? 'found' : 'missed']++;
		for (const concept of chosen) if (!actual.has(concept)) of(concept).wrong++;
	}
	return counts;
}

/**
 * The diagonal counts what was found; beside it stands each label that was missed, under each
 * concept that was predicted wrongly for the same input. With one label an input this is the usual
 * matrix. Where nothing was predicted, no column counts.
 */
function confusionRows(labelled: readonly Labelled[]): Map<string, Map<string, number>> {
	const rows = new Map<string, Map<string, number>>();
	for (const { actual, chosen } of labelled) {
		const wrong = [...chosen].filter((concept) => !actual.has(concept));
		for (const concept of actual) {
			const columns = chosen.has(concept) ? [concept] : wrong;
			for (const column of columns) addTo(rows, concept, column, 1);
		}
	}
	return rows;
}

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/**
 * By concept, one against the rest. None unless every prediction has a value for every concept: a
 * model that gives only its best concepts does not say how it ranks the others.
 */
function rocAucs(labelled: readonly Labelled[]): Map<string, number> {
	const areas = new Map<string, number>();
	const concepts = new Set(labelled.flatMap(({ actual, values }) => [...actual, ...values.keys()]));
	if (labelled.some(({ values }) => values.size < concepts.size)) return areas;
	for (const concept of concepts) {
		const area = rocAuc(
			labelled.map(({ actual, values }) => ({
				value: values.get(concept)!,
				positive: actual.has(concept),
			})),
		);
		// A concept that all inputs have, or none, has no curve.
		if (area !== undefined) areas.set(concept, area);
	}
	return areas;
}

function metricsOf(
	labelled: readonly Labelled[],
	perConcept: readonly ConceptResult[],
	aucs: ReadonlyMap<string, number>,
): EvaluationResult['metrics'] {
	if (perConcept.length === 0) return {};
	const right = labelled.filter(({ actual, chosen }) => sameSet(actual, chosen));
	return {
		accuracy: right.length / labelled.length,
		macroF1: mean(perConcept.map(({ f1 }) => f1 ?? 0)),
		macroPrecision: mean(perConcept.map(({ precision }) => precision ?? 0)),
		macroRecall: mean(perConcept.map(({ recall }) => recall ?? 0)),
		...(aucs.size > 0 ? { rocAuc: mean([...aucs.values()]) } : {}),
	};
}

const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
	a.size === b.size && [...a].every((entry) => b.has(entry));

const mean = (values: readonly number[]) =>
	values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The area under the ROC curve: how probable it is that a positive has a higher value than a
 * negative. Equal values share their middle rank, so that a tie counts half.
 * Nothing without both positives and negatives.
 */
function rocAuc(scored: ReadonlyArray<{ value: number; positive: boolean }>): number | undefined {
	const positives = scored.filter(({ positive }) => positive).length;
	const negatives = scored.length - positives;
	if (positives === 0 || negatives === 0) return undefined;
	const ranked = [...scored].sort((a, b) => a.value - b.value);
	let rankSum = 0;
	for (let start = 0, end = 0; start < ranked.length; start = end) {
		while (end < ranked.length && ranked[end].value === ranked[start].value) end++;
		// Ranks count from 1: the tied ones are start + 1 to end.
		const middleRank = (start + 1 + end) / 2;
		for (let i = start; i < end; i++) if (ranked[i].positive) rankSum += middleRank;
	}
	return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
