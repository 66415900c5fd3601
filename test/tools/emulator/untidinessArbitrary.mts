import fc from 'fast-check';
import type { ListOmission, RunUntidiness, Untidiness } from './untidiness.mts';

const share = (max: number) => fc.integer({ min: 0, max: max * 100 }).map((value) => value / 100);

const OMISSIONS: ListOmission[] = [
	'concepts',
	'trainInfo',
	'pipelineVersion',
	'inputArgsOverride',
	'workflowVersion',
];

const runs: fc.Arbitrary<RunUntidiness> = fc.record(
	{
		buildSeconds: fc.nat({ max: 600 }),
		buildFails: share(0.5),
		noVersion: share(0.5),
		paused: share(1),
		cancelled: share(0.5),
	},
	{ requiredKeys: [] },
);

/** What a platform is, not how it behaves: tests of Create Workflow choose it. */
type Generated = Omit<Untidiness, 'workflowsWithoutVersion'>;

/** Each way of being untidy, within what a client with eight tries can be asked to bear. */
const WAYS: { [Way in keyof Generated]-?: fc.Arbitrary<NonNullable<Generated[Way]>> } = {
	dateAheadSeconds: fc.integer({ min: -600, max: 600 }),
	createdAt: fc.constantFrom('wholeSeconds', 'absent'),
	listsLagSeconds: fc.nat({ max: 20 }),
	listsOmit: fc.subarray(OMISSIONS, { minLength: 1 }),
	pageCap: fc.constantFrom(128, 20, 1),
	nodesReordered: fc.constant(true),
	vanishing: fc.record({ share: share(0.5), forGood: fc.boolean() }),
	defaultsShown: fc.constant(true),
	overridesHidden: fc.constant(true),
	startsWithoutVersion: share(1),
	missingAtFirstSeconds: fc.nat({ max: 10 }),
	statuses: fc.record(
		{ absent: share(1), unknown: share(1), forSeconds: fc.nat({ max: 60 }) },
		{ requiredKeys: ['forSeconds'] },
	),
	runs,
	accepted: share(1),
	gatewayTimeouts: fc.record({ share: share(0.3), lost: share(1), html: fc.boolean() }),
	hanging: fc.record({ share: share(0.1), carriedOut: share(1) }),
	throttled: fc.record({
		share: share(0.3),
		retryAfter: fc.constantFrom('zero', 'past', 'absent'),
	}),
};

/** Any untidiness, for property tests; it shrinks to the ways that a failure needs. */
export function anyUntidiness(except: Array<keyof Untidiness> = []): fc.Arbitrary<Untidiness> {
	const ways = Object.entries(WAYS).filter(([way]) => !except.includes(way as keyof Untidiness));
	return fc.record(Object.fromEntries(ways), { requiredKeys: [] }) as fc.Arbitrary<Untidiness>;
}

/** The untidiness of a number, always the same. */
export function untidinessFrom(seed: number): Untidiness {
	return fc.sample(anyUntidiness(), { seed, numRuns: 1 })[0]!;
}

/** @throws Error when a key is none of untidiness */
export function readUntidiness(text: string): Untidiness {
	if (/^\d+$/.test(text)) return untidinessFrom(Number(text));
	const plan = JSON.parse(text) as Untidiness;
	const unknown = Object.keys(plan).find((key) => !(key in WAYS));
	if (unknown === undefined) return plan;
	throw new Error(`'${unknown}' is none of ${Object.keys(WAYS).join(', ')}`);
}
