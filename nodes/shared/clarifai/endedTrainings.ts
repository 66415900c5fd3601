/** What a watcher has to remember of one model (or of an app's pipeline runs) between two looks. */
export interface Watch {
	/** When the newest training that was seen was created, as Clarifai wrote it. */
	newest: string;
	/** The trainings created at that very moment. */
	newestIds: string[];
	/** The trainings that had not ended. */
	pending: string[];
}

/** Watches by a model's ID, or by another name. */
export type Watches = Record<string, Watch>;

export interface Seen {
	id: string;
	createdAt: string;
	ended: boolean;
}

/**
 * The trainings that have ended since the last look, each once: those that were under way then, and
 * those that were created since. It goes by Clarifai's own creation times alone, so that neither
 * clock of the host nor the order of a list matters.
 * @param before absent when everything here is new
 */
export function endedSince(
	before: Watch | undefined,
	seen: Seen[],
): { ended: string[]; watch: Watch } {
	const isNew = ({ id, createdAt }: Seen) => {
		if (before === undefined) return true;
		const order = compareTimes(createdAt, before.newest);
		return order > 0 || (order === 0 && !before.newestIds.includes(id));
	};
	const ended = seen.filter(
		(training) => training.ended && (before?.pending.includes(training.id) || isNew(training)),
	);
	return { ended: ended.map(({ id }) => id), watch: watchOf(seen, before) };
}

/** IDs of Clarifai's, such as "constructor", may be what every object knows. */
export function watchFor(key: string, watches: Watches | undefined): Watch | undefined {
	return watches && Object.hasOwn(watches, key) ? watches[key] : undefined;
}

/** What to remember after a look, without counting anything as ended since. */
export function watchOf(seen: Seen[], before?: Watch): Watch {
	const newest = seen.reduce(
		(latest, { createdAt }) => (compareTimes(createdAt, latest) > 0 ? createdAt : latest),
		before?.newest ?? '',
	);
	const newestIds = seen
		.filter(({ createdAt }) => compareTimes(createdAt, newest) === 0)
		.map(({ id }) => id);
	return {
		newest,
		newestIds:
			before && compareTimes(newest, before.newest) === 0
				? [...new Set([...before.newestIds, ...newestIds])]
				: newestIds,
		pending: seen.filter(({ ended }) => !ended).map(({ id }) => id),
	};
}

/**
 * Which of two RFC 3339 timestamps is later: negative, zero or positive. They have no or up to nine
 * decimal places, so that neither their texts nor JavaScript's dates compare right.
 */
export function compareTimes(a: string, b: string): number {
	const [left, right] = [fullTime(a), fullTime(b)];
	return left < right ? -1 : left > right ? 1 : 0;
}

function fullTime(timestamp: string): string {
	return timestamp.replace(
		/(?:\.(\d*))?Z$/,
		(_all, decimals: string | undefined) => `.${(decimals ?? '').padEnd(9, '0')}Z`,
	);
}
