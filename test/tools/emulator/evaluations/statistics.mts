import { float } from '../predictions/hash.mts';

/** An example with the value that a model gives it, and whether it is one of those sought. */
export interface Scored {
	value: number;
	isPositive: boolean;
}

export function mean(values: number[]): number {
	return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}

export function deviation(values: number[]): number {
	const middle = mean(values);
	return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** How many of the examples are right and wrong when all from a value on are taken for positive. */
export function countsAt(scored: Scored[], threshold: number) {
	const taken = scored.filter(({ value }) => value >= threshold);
	const truePositives = taken.filter(({ isPositive }) => isPositive).length;
	const positives = scored.filter(({ isPositive }) => isPositive).length;
	return {
		truePositives,
		falsePositives: taken.length - truePositives,
		positives,
		negatives: scored.length - positives,
	};
}

export const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : 0);

export function precisionAt(scored: Scored[], threshold: number): number {
	const { truePositives, falsePositives } = countsAt(scored, threshold);
	return ratio(truePositives, truePositives + falsePositives);
}

export function recallAt(scored: Scored[], threshold: number): number {
	const { truePositives, positives } = countsAt(scored, threshold);
	return ratio(truePositives, positives);
}

export function f1At(scored: Scored[], threshold: number): number {
	const { truePositives, falsePositives, positives } = countsAt(scored, threshold);
	return ratio(2 * truePositives, truePositives + falsePositives + positives);
}

/** The chance that a positive example has a higher value than a negative one; ties count half. */
export function rocAuc(scored: Scored[]): number {
	const sorted = [...scored].sort((left, right) => left.value - right.value);
	let rankSum = 0;
	for (let start = 0; start < sorted.length; ) {
		let end = start;
		while (end < sorted.length && sorted[end]!.value === sorted[start]!.value) end++;
		// Ranks count from 1; equal values share the middle of theirs.
		const rank = (start + 1 + end) / 2;
		rankSum += rank * sorted.slice(start, end).filter(({ isPositive }) => isPositive).length;
		start = end;
	}
	const { positives, negatives } = countsAt(scored, Infinity);
	if (positives === 0 || negatives === 0) return positives > 0 ? 1 : 0;
	return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * The area under precision over recall, precision being the best at this recall or a higher one.
 * `positives` counts also those that were not found at all.
 */
export function averagePrecision(scored: Scored[], positives: number): number {
	const sorted = [...scored].sort((left, right) => right.value - left.value);
	let found = 0;
	const steps = sorted.map(({ isPositive }, index) => {
		if (isPositive) found++;
		return { isPositive, precision: found / (index + 1) };
	});
	let best = 0;
	let sum = 0;
	for (const { isPositive, precision } of steps.reverse()) {
		best = Math.max(best, precision);
		if (isPositive) sum += best;
	}
	return ratio(sum, positives);
}

/** From 0 to 1 in hundredths. */
const THRESHOLDS = Array.from({ length: 101 }, (_none, index) => index / 100);

export function rocCurve(scored: Scored[]) {
	const points = [...THRESHOLDS].reverse().map((threshold) => {
		const { truePositives, falsePositives, positives, negatives } = countsAt(scored, threshold);
		return {
			threshold,
			fpr: ratio(falsePositives, negatives),
			tpr: ratio(truePositives, positives),
		};
	});
	return {
		fpr: points.map(({ fpr }) => float(fpr)),
		tpr: points.map(({ tpr }) => float(tpr)),
		thresholds: points.map(({ threshold }) => threshold),
	};
}

export function precisionRecallCurve(scored: Scored[]) {
	return {
		recall: THRESHOLDS.map((threshold) => float(recallAt(scored, threshold))),
		precision: THRESHOLDS.map((threshold) => float(precisionAt(scored, threshold))),
		thresholds: THRESHOLDS,
	};
}
