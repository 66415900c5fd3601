/**
 * The area under the ROC curve: how probable it is that a positive has a higher value than a
 * negative. Equal values share their middle rank, so that a tie counts half.
 * Nothing without both positives and negatives.
 */
export function rocAuc(
	scored: ReadonlyArray<{ value: number; positive: boolean }>,
): number | undefined {
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
