/** The candidate that is most like `text`, if one is like it at all. */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
	let best: string | undefined;
	let bestDistance = Math.max(2, Math.floor(text.length / 2));
	for (const candidate of candidates) {
		const distance = distanceOf(text.toLowerCase(), candidate.toLowerCase());
		if (distance <= bestDistance && (best === undefined || distance < bestDistance)) {
			best = candidate;
			bestDistance = distance;
		}
	}
	return best;
}

/** `Did you mean "cars"? `, or nothing where no candidate is like the text. */
export function didYouMean(text: string, candidates: Iterable<string>): string {
	const near = nearest(text, candidates);
	return near === undefined ? '' : `Did you mean "${near}"? `;
}

/** Shorter than this, a text is part of too many others. */
const MIN_PART = 4;

/** "epochs" is near "num_epochs", though letter by letter it is not. */
function distanceOf(text: string, candidate: string): number {
	const isPart = text.length >= MIN_PART && candidate.includes(text);
	return isPart ? 1 : editDistance(text, candidate);
}

/** Levenshtein distance. */
function editDistance(from: string, to: string): number {
	let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
	for (let i = 1; i <= from.length; i++) {
		const current = [i];
		for (let j = 1; j <= to.length; j++) {
			const replaced = previous[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
			current[j] = Math.min(previous[j] + 1, current[j - 1] + 1, replaced);
		}
		previous = current;
	}
	return previous[to.length];
}
