import type { Together } from './itemWork';

/**
 * Bytes of the files of all batches that are under way at once: three batches of 128 images of 200 KB, so
 * that one is read while others are sent and answered. They are held as base64.
 */
const MOST_BYTES_UNDER_WAY = 96 * 1024 * 1024;

/** Items in the order of the input, those with the same key together, within a batch's limits. */
export function batchesOf<Request, Result, Checked, Item extends { request: Request }>(
	items: Item[],
	{ key, most, mostBytes, sizeOf }: Together<Request, Result, Checked>,
): Array<{ items: Item[]; bytes: number }> {
	const batches: Array<{ items: Item[]; bytes: number }> = [];
	const open = new Map<string, { items: Item[]; bytes: number }>();
	for (const item of items) {
		const ofKey = key(item.request);
		const bytes = sizeOf(item.request);
		let batch = open.get(ofKey);
		if (!batch || batch.items.length >= most(item.request) || batch.bytes + bytes > mostBytes) {
			batch = { items: [], bytes: 0 };
			open.set(ofKey, batch);
			batches.push(batch);
		}
		batch.items.push(item);
		batch.bytes += bytes;
	}
	return batches;
}

/**
 * Lets work begin, in the order of the calls, while the bytes of all work under way are within the
 * bound, or nothing is under way.
 */
export function inBoundedBytes(): (bytes: number, work: () => Promise<void>) => Promise<void> {
	let underWay = 0;
	let goOn: () => void = () => undefined;
	let before = Promise.resolve();
	const begin = async (bytes: number) => {
		while (underWay > 0 && underWay + bytes > MOST_BYTES_UNDER_WAY) {
			await new Promise<void>((resolve) => (goOn = resolve));
		}
		underWay += bytes;
	};
	return async (bytes, work) => {
		before = before.then(async () => await begin(bytes));
		await before;
		try {
			await work();
		} finally {
			underWay -= bytes;
			goOn();
		}
	};
}
