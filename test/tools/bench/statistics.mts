export interface Spread {
	median: number;
	min: number;
	max: number;
}

export function spreadOf(values: number[]): Spread {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const median =
		sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** The median, and behind it the lowest and highest value where there are several. */
export function shown({ median, min, max }: Spread, digits: number): string {
	const text = median.toFixed(digits);
	return min === max ? text : `${text} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}
