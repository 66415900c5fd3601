/** A pipeline run, as far as it matters for which model version it made. */
export interface RunTimes {
	id: string;
	createdAt?: string;
	/** Absent while it goes on. */
	endedAt?: string;
}

export interface VersionTime {
	id: string;
	createdAt?: string;
}

/** Timestamps may be cut to whole seconds, each in its own way. */
export const SLACK_MS = 1_000;

/** Which versions a run may have made, and whether the one that is named is certainly its own. */
export interface VersionsOfRun {
	candidates: string[];
	isCertain: boolean;
}

/**
 * Which versions of a model a run may have made. Nothing in Clarifai's API links the two, so it goes by
 * the time of the run, and by what the other runs of the model in that time must have made: a run makes
 * one version at most.
 * @param runs all runs of the model that may have been under way in the time of this one, and this one
 */
export function versionsOfRun(
	runId: string,
	runs: readonly RunTimes[],
	versions: readonly VersionTime[],
): VersionsOfRun {
	const candidates = new Map(
		runs.map((run) => [
			run.id,
			new Set(versions.filter((version) => isInTimeOf(run, version)).map(({ id }) => id)),
		]),
	);
	// A version that only one run can have made is that run's, and so no other is.
	for (let settled = true; settled; ) {
		settled = false;
		for (const [run, own] of candidates) {
			if (own.size <= 1) continue;
			const others = [...candidates].filter(([other]) => other !== run);
			const onlyOwn = [...own].filter((id) => others.every(([, theirs]) => !theirs.has(id)));
			if (onlyOwn.length !== 1) continue;
			candidates.set(run, new Set(onlyOwn));
			settled = true;
		}
	}
	const own = [...(candidates.get(runId) ?? [])];
	// One that another run may have made as well is not certain, even when it is the only one.
	const isShared = own.some((id) =>
		[...candidates].some(([run, theirs]) => run !== runId && theirs.has(id)),
	);
	return { candidates: own, isCertain: own.length <= 1 && !isShared };
}

function isInTimeOf({ createdAt, endedAt }: RunTimes, version: VersionTime): boolean {
	const made = Date.parse(version.createdAt ?? '');
	if (Number.isNaN(made)) return true;
	const from = Date.parse(createdAt ?? '');
	const to = Date.parse(endedAt ?? '');
	return (
		(Number.isNaN(from) || made >= from - SLACK_MS) && (Number.isNaN(to) || made <= to + SLACK_MS)
	);
}
