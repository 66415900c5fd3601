import type { Message } from '../message.mts';
import { float } from '../predictions/hash.mts';
import type { ModelConcept } from '../predictions/learned.mts';
import type { Predictor } from '../predictions/predict.mts';
import type { Box } from '../predictions/regions.mts';
import { boxOf } from '../predictions/regions.mts';
import { showEvaluatedInput } from './evaluatedInput.mts';
import type { Metrics } from './evaluations.mts';
import type { GroundTruth } from './groundTruth.mts';
import { regionLabels } from './groundTruth.mts';
import { averagePrecision, mean } from './statistics.mts';

/** A region that is in an input, or that the model says is in it. */
interface Placed {
	inputId: string;
	concept: ModelConcept;
	box: Box;
	value: number;
}

/** COCO's overlaps; the summary has the first and the mean of all. */
const OVERLAPS = Array.from({ length: 10 }, (_none, index) =>
	Number((0.5 + index * 0.05).toFixed(2)),
);

/** Shares of the picture. COCO's limits are in pixels, which the emulator does not know. */
const AREAS = [
	{ area_name: 'all', area_min: 0, area_max: 1 },
	{ area_name: 'small', area_min: 0, area_max: 0.01 },
	{ area_name: 'medium', area_min: 0.01, area_max: 0.1 },
	{ area_name: 'large', area_min: 0.1, area_max: 1 },
];

type Area = (typeof AREAS)[number];

export function detectorMetrics(predictor: Predictor, truth: GroundTruth): Metrics {
	const { version, app } = predictor.serving;
	const { concepts } = version.learned;
	const actual = truth.inputs.flatMap(({ id, regions }) =>
		regions.flatMap((region) => placed(region, id, concepts, regionLabels)),
	);
	const predicted = truth.inputs.flatMap(({ id, content }) =>
		(predictor.answer({}, content).regions as Message[]).flatMap((region) =>
			placed(region, id, concepts, (one) => labelsById(one, concepts)),
		),
	);
	const labelled = concepts.filter((concept) => actual.some((one) => one.concept === concept));
	const precisionOf = (concept: ModelConcept, overlap: number, area: Area) =>
		conceptPrecision(concept, overlap, area, actual, predicted);
	const meanAt = (overlap: number, area: Area) =>
		mean(labelled.map((concept) => precisionOf(concept, overlap, area)));
	const shown = ({ id, name }: ModelConcept) => ({ id, name, value: 1, app_id: app.id });

	return {
		summary: {
			mean_avg_precision_iou_50: float(meanAt(0.5, AREAS[0]!)),
			mean_avg_precision_iou_range: float(
				mean(OVERLAPS.map((overlap) => meanAt(overlap, AREAS[0]!))),
			),
		},
		fields: {
			label_counts: () => ({
				positive_label_counts: labelled.map((concept) => ({
					concept_name: concept.name,
					count: actual.filter((one) => one.concept === concept).length,
					concept: shown(concept),
				})),
			}),
			metrics_by_class: () =>
				labelled.flatMap((concept) =>
					AREAS.map((area) => ({
						...counts(actual, area, concept),
						...area,
						concept: shown(concept),
						avg_precision: float(precisionOf(concept, 0.5, area)),
						iou: 0.5,
					})),
				),
			metrics_by_area: () =>
				AREAS.flatMap((area) =>
					[0.5, 0.75].map((overlap) => ({
						...counts(actual, area),
						...area,
						avg_precision: float(meanAt(overlap, area)),
						iou: overlap,
					})),
				),
			test_set: () => testSet(truth, actual, predicted, shown),
		},
	};
}

function labelsById({ data }: Message, concepts: ModelConcept[]): string[] {
	const ids = data.concepts.map(({ id }: Message) => id as string);
	return concepts.filter(({ id }) => ids.includes(id)).map(({ label }) => label);
}

function placed(
	region: Message,
	inputId: string,
	concepts: ModelConcept[],
	labelsIn: (region: Message) => string[],
): Placed[] {
	const box = boxOf(region);
	const concept = concepts.find(({ label }) => labelsIn(region).includes(label));
	return box && concept ? [{ inputId, concept, box, value: region.value ?? 1 }] : [];
}

function counts(actual: Placed[], area: Area, concept?: ModelConcept): Message {
	const inArea = actual.filter(
		(one) => isInArea(one, area) && (!concept || one.concept === concept),
	);
	return { num_pos: inArea.length, num_tot: inArea.length };
}

/**
 * The most certain regions choose first; one that overlaps enough with a labelled region of its
 * concept, which no other has taken, is right.
 */
function conceptPrecision(
	concept: ModelConcept,
	overlap: number,
	area: Area,
	actual: Placed[],
	predicted: Placed[],
): number {
	const sought = actual.filter((one) => one.concept === concept && isInArea(one, area));
	const taken = new Set<Placed>();
	const scored = predicted
		.filter((one) => one.concept === concept && isInArea(one, area))
		.sort((left, right) => right.value - left.value)
		.map((one) => {
			const match = bestMatch(one, sought, taken);
			const isPositive = match !== undefined && overlapOf(one.box, match.box) >= overlap;
			if (isPositive) taken.add(match);
			return { value: one.value, isPositive };
		});
	return averagePrecision(scored, sought.length);
}

function bestMatch(one: Placed, candidates: Placed[], taken: Set<Placed>): Placed | undefined {
	return candidates
		.filter((other) => other.inputId === one.inputId && !taken.has(other))
		.sort((left, right) => overlapOf(one.box, right.box) - overlapOf(one.box, left.box))[0];
}

function isInArea({ box }: Placed, { area_min: min, area_max: max }: Area) {
	const area = areaOf(box);
	return area >= min && (area < max || max === 1);
}

function areaOf({ top_row, left_col, bottom_row, right_col }: Box) {
	return Math.max(0, bottom_row - top_row) * Math.max(0, right_col - left_col);
}

/** The shared part of two boxes' area, from 0 to 1. */
export function overlapOf(left: Box, right: Box): number {
	const shared = areaOf({
		top_row: Math.max(left.top_row, right.top_row),
		left_col: Math.max(left.left_col, right.left_col),
		bottom_row: Math.min(left.bottom_row, right.bottom_row),
		right_col: Math.min(left.right_col, right.right_col),
	});
	const whole = areaOf(left) + areaOf(right) - shared;
	return whole > 0 ? shared / whole : 0;
}

/** An entry for each labelled region with what was found there, then for what was found elsewhere. */
function testSet(
	truth: GroundTruth,
	actual: Placed[],
	predicted: Placed[],
	shown: (concept: ModelConcept) => Message,
): Message[] {
	const taken = new Set<Placed>();
	const entry = (inputId: string, found: Placed | undefined, there: Placed | undefined) => ({
		input: showEvaluatedInput(truth.app, inputId),
		...(found && {
			predicted_concepts: [{ ...shown(found.concept), value: found.value }],
			predicted_annotation: annotation(found),
		}),
		...(there && {
			ground_truth_concepts: [shown(there.concept)],
			ground_truth_annotation: annotation(there),
		}),
	});
	const labelled = actual.map((there) => {
		const match = bestMatch(there, predicted, taken);
		const found = match && overlapOf(match.box, there.box) >= 0.5 ? match : undefined;
		if (found) taken.add(found);
		return entry(there.inputId, found, there);
	});
	const elsewhere = predicted.filter((found) => !taken.has(found));
	return [...labelled, ...elsewhere.map((found) => entry(found.inputId, found, undefined))];
}

function annotation({ inputId, box }: Placed): Message {
	return { input_id: inputId, data: { regions: [{ region_info: { bounding_box: box } }] } };
}
