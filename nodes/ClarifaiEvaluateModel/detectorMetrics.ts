import { averagePrecision } from './averagePrecision';
import { overlap, type Box } from './boxes';
import type { ConceptResult, EvaluationResult } from './evaluationResult';

/** An input with its labelled regions and those that the model predicts. */
export interface LabelledRegions {
	actual: ReadonlyArray<{ concept: string; box: Box }>;
	predicted: ReadonlyArray<{ concept: string; value: number; box: Box }>;
}

/** Of one concept in one input; the predictions with the highest value first. */
interface Regions {
	labels: number;
	values: number[];
	/** By prediction, then by label. */
	overlaps: number[][];
}

/** COCO's limit of predictions for one concept in one input. */
const MAX_PREDICTIONS = 100;

/** COCO's 0.5, 0.55 … 0.95: how much a prediction has to overlap a label. */
const OVERLAPS = Array.from({ length: 10 }, (_, i) => (50 + 5 * i) / 100);

/**
 * COCO's mean average precision, as pycocotools computes it. Each prediction, the highest value
 * first, takes the label that it overlaps most of those not taken yet. Averaged over the concepts
 * that have labels.
 */
export function detectorMetrics(examples: readonly LabelledRegions[]): EvaluationResult {
	const perConcept: ConceptResult[] = [];
	const atHalf: number[] = [];
	const overRange: number[] = [];
	for (const [concept, inputs] of [...byConcept(examples)].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const labels = inputs.reduce((sum, input) => sum + input.labels, 0);
		const precisions =
			labels === 0 ? [] : OVERLAPS.map((least) => precisionAt(inputs, least, labels));
		if (precisions.length > 0) {
			atHalf.push(precisions[0]);
			overRange.push(mean(precisions));
		}
		perConcept.push({
			concept,
			examples: labels,
			...(precisions.length > 0 ? { averagePrecision: precisions[0] } : {}),
			...missedAndDuplicates(inputs),
			confusedWith: [],
		});
	}
	const metrics = atHalf.length > 0 ? { map50: mean(atHalf), map: mean(overRange) } : {};
	return { metrics, perConcept };
}

function byConcept(examples: readonly LabelledRegions[]): Map<string, Regions[]> {
	const concepts = new Map<string, Regions[]>();
	for (const { actual, predicted } of examples) {
		const present = new Set([...actual, ...predicted].map(({ concept }) => concept));
		for (const concept of present) {
			const labels = actual.filter((region) => region.concept === concept);
			const predictions = predicted
				.filter((region) => region.concept === concept)
				.sort((a, b) => b.value - a.value)
				.slice(0, MAX_PREDICTIONS);
			const regions = {
				labels: labels.length,
				values: predictions.map(({ value }) => value),
				overlaps: predictions.map(({ box }) => labels.map((label) => overlap(box, label.box))),
			};
			const inputs = concepts.get(concept);
			if (inputs) inputs.push(regions);
			else concepts.set(concept, [regions]);
		}
	}
	return concepts;
}

/** By prediction, the label that it takes; undefined where it meets none that is free. */
function matches({ labels, overlaps }: Regions, least: number): Array<number | undefined> {
	const taken = new Array<boolean>(labels).fill(false);
	return overlaps.map((withLabels) => {
		let best: number | undefined;
		withLabels.forEach((amount, label) => {
			if (taken[label] || amount < least) return;
			// Of equal overlaps COCO takes the last.
			if (best === undefined || amount >= withLabels[best]) best = label;
		});
		if (best !== undefined) taken[best] = true;
		return best;
	});
}

function precisionAt(inputs: readonly Regions[], least: number, labels: number): number {
	const ranked = inputs
		.flatMap((input) =>
			matches(input, least).map((label, i) => ({
				hit: label !== undefined,
				value: input.values[i],
			})),
		)
		.sort((a, b) => b.value - a.value);
	return averagePrecision(
		ranked.map(({ hit }) => hit),
		labels,
	);
}

function missedAndDuplicates(inputs: readonly Regions[]) {
	let missed = 0;
	let duplicates = 0;
	for (const input of inputs) {
		const [least] = OVERLAPS;
		const taken = matches(input, least);
		missed += input.labels - taken.filter((label) => label !== undefined).length;
		duplicates += taken.filter(
			(label, i) => label === undefined && input.overlaps[i].some((amount) => amount >= least),
		).length;
	}
	return { missed, duplicates };
}

const mean = (values: readonly number[]) =>
	values.reduce((sum, value) => sum + value, 0) / values.length;
