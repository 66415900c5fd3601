import { compareTimes } from '../shared/clarifai/timestamps';

/** What a watcher has to remember between two looks. */
export interface Watch {
	/** The creation time of the newest training that there was at the first look. */
	since: string;
	/** The newest creation time that was seen so far. */
	newest: string;
	/** The trainings of the latest day that were seen, with their creation times. */
	seen: Record<string, string>;
	/** The trainings that had not ended. */
	pending: string[];
	/** Those of them that Clarifai said it does not have, with how many looks in a row it said so. */
	missing: Record<string, number>;
}

/** A training as one look shows it. */
export interface Seen {
	id: string;
	/** Empty where Clarifai does not show it. */
	createdAt: string;
	ended: boolean;
}

/** How long a training is remembered by its ID. An older one that shows up for the first time is not news. */
const REMEMBERED_MS = 24 * 3_600_000;

/** However many trainings a day brings, this many are remembered. */
const MOST_REMEMBERED = 5_000;

/** A training that Clarifai does not find in so many looks in a row is deleted; in one it may be late. */
const LOOKS_UNTIL_GONE = 3;

/** What to remember after the first look, which finds nothing that has ended since. */
export function firstWatch(seen: readonly Seen[]): Watch {
	const nothing: Watch = {
		since: newestOf(seen, ''),
		newest: '',
		seen: {},
		pending: [],
		missing: {},
	};
	return watchAfter(nothing, seen, []);
}

/**
 * The trainings that have ended since the last look, each once: those that were under way then, and
 * those that were made since the first look. It goes by IDs and by Clarifai's own creation times, so that
 * neither the clock of the host matters, nor a list that shows a training late, nor the deployment of a
 * version that has ended before.
 * @param notFound the trainings under way of which Clarifai now says that they do not exist
 */
export function endedSince(
	before: Watch,
	seen: readonly Seen[],
	notFound: readonly string[],
): { ended: string[]; watch: Watch } {
	const pending = new Set(before.pending);
	const ended = seen.filter(
		(training) => training.ended && (pending.has(training.id) || isNew(training, before)),
	);
	return { ended: ended.map(({ id }) => id), watch: watchAfter(before, seen, notFound) };
}

function isNew({ id, createdAt }: Seen, { since, newest, seen }: Watch): boolean {
	if (Object.hasOwn(seen, id)) return false;
	// Of the same moment counts, too: timestamps may be cut to whole seconds.
	return createdAt === '' || (compareTimes(createdAt, since) >= 0 && !isOld(createdAt, newest));
}

function watchAfter(before: Watch, seen: readonly Seen[], notFound: readonly string[]): Watch {
	const newest = newestOf(seen, before.newest);
	const underWay = seen.filter(
		({ id, ended }) => !ended && (before.pending.includes(id) || !Object.hasOwn(before.seen, id)),
	);
	const shown = new Set(seen.map(({ id }) => id));
	const all = new Map(Object.entries(before.seen));
	for (const { id, createdAt } of seen) all.set(id, createdAt);
	const recent = [...all]
		.filter(([, createdAt]) => !isOld(createdAt, newest))
		.sort(([, a], [, b]) => compareTimes(a, b));
	const missing = notFound.map((id) => [id, (before.missing[id] ?? 0) + 1] as const);
	const gone = new Set(missing.filter(([, looks]) => looks >= LOOKS_UNTIL_GONE).map(([id]) => id));
	return {
		since: before.since,
		newest,
		seen: Object.fromEntries(recent.slice(-MOST_REMEMBERED)),
		// What a look does not show for once has not ended.
		pending: [
			...before.pending.filter((id) => !shown.has(id) && !gone.has(id)),
			...underWay.map(({ id }) => id),
		],
		missing: Object.fromEntries(missing.filter(([id]) => !gone.has(id))),
	};
}

function newestOf(seen: readonly Seen[], before: string): string {
	return seen.reduce(
		(newest, { createdAt }) => (compareTimes(createdAt, newest) > 0 ? createdAt : newest),
		before,
	);
}

function isOld(createdAt: string, newest: string): boolean {
	return Date.parse(newest) - Date.parse(createdAt) > REMEMBERED_MS;
}
