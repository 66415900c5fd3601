import type { ConfusedWith, ConfusionMatrix } from './evaluationResult';

/** As many as are shown of the concepts that one is mistaken for. */
const SHOWN = 3;

/** The concepts that `concept` is most often mistaken for; `examples` are its own, where cells count. */
export function mostConfused(
	{ rows, unit }: ConfusionMatrix,
	concept: string,
	examples = 1,
): ConfusedWith[] {
	return [...(rows.get(concept) ?? [])]
		.filter(([predicted]) => predicted !== concept)
		.map(([predicted, value]) => ({
			concept: predicted,
			...(unit === 'count' ? { count: value } : {}),
			share: value / examples,
		}))
		.filter(({ share }) => unit === 'count' || share >= NOTICEABLE)
		.sort((a, b) => b.share - a.share || (a.concept < b.concept ? -1 : 1))
		.slice(0, SHOWN);
}

/** Clarifai's shares are averaged probabilities, of which next to none is quite 0. */
const NOTICEABLE = 0.00005;

/** Adds to a cell. */
export function addTo(
	rows: Map<string, Map<string, number>>,
	actual: string,
	predicted: string,
	value: number,
): void {
	const row = rows.get(actual) ?? new Map<string, number>();
	row.set(predicted, (row.get(predicted) ?? 0) + value);
	rows.set(actual, row);
}
