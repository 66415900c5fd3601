import { Random } from './random.mts';

/**
 * How far the emulator is from tidy: what Clarifai, the gateway before it and its data do that no document
 * promises and no client can rule out. Everything is off by default. A share is a number from 0 to 1; which
 * objects and requests it hits follows from the emulator's seed.
 */
export interface Untidiness {
	/** How far the clock of the Date header is ahead of the one that stamps objects; negative: behind. */
	dateAheadSeconds?: number;
	createdAt?: 'wholeSeconds' | 'absent';

	/** Objects that a request has made show in lists up to this much later; by ID they show at once. */
	listsLagSeconds?: number;
	listsOmit?: ListOmission[];
	/** No page is longer, whatever was asked for. */
	pageCap?: number;
	/** Workflows show their nodes in another order than they were sent in. */
	nodesReordered?: boolean;
	/** The share of listed objects that are gone when they are looked at: for one look, or for good. */
	vanishing?: { share: number; forGood?: boolean };

	/** A training shows the platform's values for parameters that were not sent, nested ones included. */
	defaultsShown?: boolean;
	/** A run does not show the arguments that it was started with. */
	overridesHidden?: boolean;
	/** The share of trainings and runs whose first answer does not name the version. */
	startsWithoutVersion?: number;
	/** Trainings and runs cannot be looked at for up to this long after their start. */
	missingAtFirstSeconds?: number;
	/** Trainings and runs without a status, or with a code that no document has, at first or always. */
	statuses?: { absent?: number; unknown?: number; forSeconds?: number };

	/** Workflows are not versioned: no answer shows a version of one. */
	workflowsWithoutVersion?: boolean;

	runs?: RunUntidiness;

	/** The share of writes that are answered with HTTP 202 and ACCEPTED. */
	accepted?: number;
	/** Writes that the gateway gives up; of them a share is lost, the others are done 0.5 to 5 s later. */
	gatewayTimeouts?: { share: number; lost?: number; html?: boolean };
	/** Requests that are never answered, of which a share is carried out. */
	hanging?: { share: number; carriedOut?: number };
	/** Requests refused as too many, with a Retry-After of 0, one in the past, or none. */
	throttled?: { share: number; retryAfter: 'zero' | 'past' | 'absent' };
}

/** What the entries of lists lack, although a look at a single one shows it. */
export type ListOmission =
	| 'concepts'
	| 'trainInfo'
	| 'pipelineVersion'
	| 'inputArgsOverride'
	| 'workflowVersion';

/** What becomes of pipeline runs and their models, where no plan says otherwise. */
export interface RunUntidiness {
	/** How long the image of a model is built after its run has completed, at most. */
	buildSeconds?: number;
	buildFails?: number;
	/** Completed runs that leave no version. */
	noVersion?: number;
	/** Runs that somebody pauses and goes on with. */
	paused?: number;
	/** Runs that somebody cancels. */
	cancelled?: number;
}

/**
 * A number from 0 to 1 that is always the same for a seed, a purpose and an object: so what happens to an
 * object does not depend on the order in which objects are looked at.
 */
export function fate(seed: number, purpose: string, id: string): number {
	let hash = 0x811c9dc5 ^ seed;
	for (const char of `${purpose}/${id}`) {
		hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
	}
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** The plan in force, and the chance by which it hits. */
export class Untidy {
	plan: Untidiness = {};
	/** For what hits requests: their order is what tells them apart. */
	readonly random: Random;

	constructor(private readonly seed: number) {
		this.random = new Random(seed);
	}

	/** Whether something that hits a share of all objects hits this one. */
	hits(purpose: string, id: string, share = 0) {
		return fate(this.seed, purpose, id) < share;
	}

	/** A number up to `most`, of its own for each object. */
	upTo(purpose: string, id: string, most = 0) {
		return fate(this.seed, purpose, id) * most;
	}
}
