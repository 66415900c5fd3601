import fc from 'fast-check';
import type { Scored } from '../../emulator/evaluations/statistics.mts';
import {
	averagePrecision,
	deviation,
	f1At,
	mean,
	precisionAt,
	recallAt,
	rocAuc,
	rocCurve,
} from '../../emulator/evaluations/statistics.mts';
import { overlapOf } from '../../emulator/evaluations/detectorMetrics.mts';

/** Values with whether they are of a positive example, worked out by hand. */
const SCORED: Scored[] = [
	{ value: 0.9, isPositive: true },
	{ value: 0.8, isPositive: false },
	{ value: 0.7, isPositive: true },
	{ value: 0.4, isPositive: true },
	{ value: 0.2, isPositive: false },
];

test('at one half two of three are found, and one is wrong', () => {
	expect(precisionAt(SCORED, 0.5)).toBeCloseTo(2 / 3);
	expect(recallAt(SCORED, 0.5)).toBeCloseTo(2 / 3);
	expect(f1At(SCORED, 0.5)).toBeCloseTo(2 / 3);
});

test('four of six pairs of a positive and a negative are in order', () => {
	expect(rocAuc(SCORED)).toBeCloseTo(4 / 6);
	expect(rocAuc(SCORED.map((one) => ({ ...one, value: 0.5 })))).toBeCloseTo(0.5);
});

test('average precision takes the best precision at each recall', () => {
	expect(averagePrecision(SCORED, 3)).toBeCloseTo((1 + 3 / 4 + 3 / 4) / 3);
	expect(averagePrecision(SCORED, 6)).toBeCloseTo((1 + 3 / 4 + 3 / 4) / 6);
	expect(averagePrecision([], 0)).toBe(0);
});

test('mean and standard deviation', () => {
	expect(mean([1, 2, 6])).toBe(3);
	expect(deviation([1, 2, 6])).toBeCloseTo(Math.sqrt(14 / 3));
	expect([mean([]), deviation([])]).toEqual([0, 0]);
});

test('the area under the curve is what counting the pairs gives', () => {
	const scored = fc.array(
		fc.record({ value: fc.integer({ min: 0, max: 9 }), isPositive: fc.boolean() }),
		{ minLength: 2 },
	);
	fc.assert(
		fc.property(scored, (examples) => {
			const positives = examples.filter(({ isPositive }) => isPositive);
			const negatives = examples.filter(({ isPositive }) => !isPositive);
			fc.pre(positives.length > 0 && negatives.length > 0);
			const wins = positives.flatMap((positive) =>
				negatives.map((negative) => (Math.sign(positive.value - negative.value) + 1) / 2),
			);
			expect(rocAuc(examples)).toBeCloseTo(mean(wins), 8);
		}),
	);
});

test('the curve has 101 points, from nothing to everything', () => {
	const { fpr, tpr, thresholds } = rocCurve(SCORED);
	expect([fpr.length, tpr.length, thresholds.length]).toEqual([101, 101, 101]);
	expect([fpr[0], tpr[0]]).toEqual([0, 0]);
	expect([fpr.at(-1), tpr.at(-1)]).toEqual([1, 1]);
});

test('boxes overlap by their shared part', () => {
	const box = (top_row: number, left_col: number, bottom_row: number, right_col: number) => ({
		top_row,
		left_col,
		bottom_row,
		right_col,
	});
	expect(overlapOf(box(0, 0, 0.5, 0.5), box(0, 0, 0.5, 0.5))).toBe(1);
	expect(overlapOf(box(0, 0, 0.5, 0.5), box(0, 0.25, 0.5, 0.75))).toBeCloseTo(1 / 3);
	expect(overlapOf(box(0, 0, 0.5, 0.5), box(0.6, 0.6, 1, 1))).toBe(0);
});
