/**
 * COCO's average precision of one concept: the precision that is still reached at 101 recalls.
 * @param hits whether each prediction met a label, the highest value first
 * @param labels how many labels there are, at least one
 */
export function averagePrecision(hits: readonly boolean[], labels: number): number {
	const recalls: number[] = [];
	const precisions: number[] = [];
	let found = 0;
	hits.forEach((hit, index) => {
		if (hit) found++;
		recalls.push(found / labels);
		precisions.push(found / (index + 1));
	});
	for (let i = precisions.length - 2; i >= 0; i--) {
		precisions[i] = Math.max(precisions[i], precisions[i + 1]);
	}
	let sum = 0;
	for (let point = 0, index = 0; point <= 100; point++) {
		// Not point / 100: numpy's linspace, which COCO compares with, is a hair above some of these.
		const recall = point * 0.01;
		while (index < recalls.length && recalls[index] < recall) index++;
		if (index < precisions.length) sum += precisions[index];
	}
	return sum / 101;
}
