/** What a watcher has to remember of one model (or of an app's pipeline runs) between two looks. */
export interface Watch {
	/** When the newest training that was seen was created; RFC 3339, so that texts compare in time. */
	newest: string;
	/** The trainings created at that very moment. */
	newestIds: string[];
	/** The trainings that had not ended. */
	pending: string[];
}

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
	const isNew = ({ id, createdAt }: Seen) =>
		before === undefined ||
		createdAt > before.newest ||
		(createdAt === before.newest && !before.newestIds.includes(id));
	const ended = seen.filter(
		(training) => training.ended && (before?.pending.includes(training.id) || isNew(training)),
	);
	return { ended: ended.map(({ id }) => id), watch: watchOf(seen, before) };
}

/** What to remember after a look, without counting anything as ended since. */
export function watchOf(seen: Seen[], before?: Watch): Watch {
	const newest = seen.reduce(
		(latest, { createdAt }) => (createdAt > latest ? createdAt : latest),
		before?.newest ?? '',
	);
	const newestIds = seen.filter(({ createdAt }) => createdAt === newest).map(({ id }) => id);
	return {
		newest,
		newestIds:
			newest === before?.newest ? [...new Set([...before.newestIds, ...newestIds])] : newestIds,
		pending: seen.filter(({ ended }) => !ended).map(({ id }) => id),
	};
}
