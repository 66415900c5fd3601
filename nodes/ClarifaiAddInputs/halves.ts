/**
 * Does something for a batch; one that fails as a whole is halved, again and again, until what it fails
 * by stands alone.
 * @param mayBeOne whether one entry may be the reason of a failure
 */
export async function inHalves<Item, Result>(
	items: Item[],
	once: (items: Item[]) => Promise<Array<Result | Error>>,
	mayBeOne: (error: unknown) => boolean,
): Promise<Array<Result | Error>> {
	if (items.length === 0) return [];
	try {
		return await once(items);
	} catch (error) {
		if (items.length === 1 || !mayBeOne(error)) return items.map(() => asError(error));
	}
	const half = Math.ceil(items.length / 2);
	const halves = await Promise.all(
		[items.slice(0, half), items.slice(half)].map(
			async (part) => await inHalves(part, once, mayBeOne),
		),
	);
	return halves.flat();
}

export function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
