import type { Random } from './random.mts';

/** What can go wrong on purpose. "Carried out" means the emulator's state has changed. */
export type FaultKind =
	/** HTTP 429 with Clarifai's 11005; not carried out. */
	| 'throttle'
	/**
	 * HTTP 500, 503, 504 with a Clarifai status, 502 with a proxy's HTML page; not carried out, unless
	 * `carriedOutAfterSeconds` says when.
	 */
	| 'http500'
	| 'http502html'
	| 'http503'
	| 'http504'
	/** The connection is destroyed before or after the request is carried out. */
	| 'resetBefore'
	| 'resetAfter'
	/** No answer until the emulator closes. Carried out only with `carriedOut: true`. */
	| 'hang'
	/** Carried out, HTTP 200, the JSON cut in half. With `fullLength` the connection breaks off. */
	| 'truncatedJson'
	/** Carried out, HTTP 200, no body. */
	| 'emptyBody'
	/** HTTP 200 that carries a failure status; not carried out. */
	| 'okWithFailureStatus'
	/** Carried out, but the answer says Mixed Success and the last item carries a failure status. */
	| 'mixed10010'
	/** Not carried out: HTTP 400, Failure, the reason only in the item's status. */
	| 'failure10020'
	/** Every later page of a list is the first page again, or lacks half of its items. */
	| 'repeatPage'
	| 'shrinkPage'
	/** A training or pipeline run that is started now will fail. */
	| 'trainingFails'
	/** The server's clock jumps by `ms` and the request is carried out. */
	| 'clockJump';

export interface FaultRule {
	kind: FaultKind;
	/** The calls it hits, by name, such as 'PostModelVersions'; every call when left out. */
	rpc?: string | string[];
	/** The share of the matching requests that are hit; default 1. */
	rate?: number;
	/** How many requests are hit at most; default no limit. */
	times?: number;
	/** How many matching requests are let through first. */
	skip?: number;
	when?: (request: FaultTarget) => boolean;
	/** throttle: seconds in a Retry-After header, or a date in the past; without it there is no such header. */
	retryAfter?: number | 'past';
	/** http504: a gateway's page instead of a Clarifai status. */
	html?: boolean;
	/** http504: the gateway gave up, but the request is carried out this much later. */
	carriedOutAfterSeconds?: number;
	/** hang: whether the request is carried out. */
	carriedOut?: boolean;
	/** truncatedJson: announce the whole length and break off, instead of a complete short answer. */
	fullLength?: boolean;
	/** clockJump: how far, in milliseconds; negative is back. */
	ms?: number;
	/** The status code and details of kinds that carry a failure. */
	code?: number;
	details?: string;
}

export interface FaultTarget {
	method: string;
	path: string;
	query: Record<string, string>;
	rpc: string;
	body: unknown;
}

/** A rule at work on one request. */
export type Fault = Readonly<FaultRule>;

/** A rule in place, with what it has done. */
export interface ActiveFault {
	readonly rule: Fault;
	readonly matched: number;
	readonly injected: number;
	remove(): void;
}

const TRAINING_STARTS = [
	'PostModelVersions',
	'PostPipelineVersionRunFromTemplate',
	'PostPipelineVersionRuns',
];

export class Faults {
	readonly #random: Random;
	#active: Array<{ rule: Fault; matched: number; injected: number; remove(): void }> = [];
	#counts: Partial<Record<FaultKind, number>> = {};

	constructor(random: Random) {
		this.#random = random;
	}

	add(rule: FaultRule): ActiveFault {
		const active = {
			rule,
			matched: 0,
			injected: 0,
			remove: () => {
				this.#active = this.#active.filter((other) => other !== active);
			},
		};
		this.#active.push(active);
		return active;
	}

	clear() {
		this.#active = [];
	}

	/** How many requests were hit so far, by kind; clear() keeps these numbers. */
	get injected(): Readonly<Partial<Record<FaultKind, number>>> {
		return { ...this.#counts };
	}

	get total() {
		return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
	}

	/** The fault for a request: the first rule that matches and whose rate and limits say so. */
	pick(target: FaultTarget): Fault | undefined {
		for (const active of this.#active) {
			const { rule } = active;
			if (!matches(rule, target)) continue;
			active.matched++;
			if (active.matched <= (rule.skip ?? 0)) continue;
			if (active.injected >= (rule.times ?? Infinity)) continue;
			if (rule.rate !== undefined && this.#random.next() >= rule.rate) continue;
			active.injected++;
			this.#counts[rule.kind] = (this.#counts[rule.kind] ?? 0) + 1;
			return rule;
		}
		return undefined;
	}
}

function matches(rule: Fault, target: FaultTarget) {
	if (rule.rpc !== undefined && ![rule.rpc].flat().includes(target.rpc)) return false;
	if (!canShow(rule, target)) return false;
	return rule.when?.(target) ?? true;
}

/** Some kinds make no difference to some calls; hitting those would only spoil the counts. */
function canShow(rule: Fault, target: FaultTarget) {
	switch (rule.kind) {
		case 'repeatPage':
		case 'shrinkPage':
			return Number(target.query.page ?? 1) > 1;
		case 'trainingFails':
			return TRAINING_STARTS.includes(target.rpc);
		default:
			return true;
	}
}
