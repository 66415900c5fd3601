import fc from 'fast-check';
import type { FaultKind, FaultRule, Untidiness } from '../../tools/emulator/emulator.mts';
import { DEMO } from '../../tools/emulator/emulator.mts';
import { anyUntidiness } from '../../tools/emulator/untidinessArbitrary.mts';
import type { Choices, Item } from './step.mts';
import type { StepName } from './steps/index.mts';

/** What somebody deletes while a node looks for it cannot be told from what was never made. */
function nothingDeleted(untidiness: Untidiness): Untidiness {
	const { vanishing } = untidiness;
	return vanishing ? { ...untidiness, vanishing: { ...vanishing, forGood: false } } : untidiness;
}

/** What happens in one generated run. */
export interface Scenario {
	steps: StepName[];
	items: Item[];
	choices: Choices;
	/** The workflows and deployments are there already, with other content, where nothing is trained. */
	areThere?: boolean;
	faults: FaultRule[];
	untidiness: Untidiness;
	seed: number;
	trainingSeconds: number;
	onError: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
	retryOnFail: boolean;
	/** How often the failed execution is retried by hand. */
	retries: number;
	/** Each retry is one of the first execution, and knows nothing of the others. */
	retriesOriginal?: boolean;
	/** Stopped after so many answers, or so many seconds. */
	stop?: { answers: number } | { seconds: number };
}

const WRITES = [
	'PostModels',
	'PostModelVersions',
	'PostPipelineVersionRunFromTemplate',
	'PostDatasetVersions',
	'PostDatasets',
	'PostWorkflows',
	'PatchWorkflows',
	'PatchApps',
	'PostDeployments',
	'PatchDeployments',
	'PostEvaluations',
	'PostInputs',
	'PatchInputs',
];

const READS = [
	'GetModel',
	'GetApp',
	'GetWorkflow',
	'GetDeployment',
	'GetModelVersion',
	'GetPipelineVersionRun',
	'GetDatasetVersion',
	'GetEvaluation',
	'ListModelVersions',
	'ListConcepts',
	'ListInputs',
	'ListPipelineVersionRuns',
	'ListDatasetVersions',
	'ListEvaluations',
];

/** Each kind with what belongs to it. */
const fault: fc.Arbitrary<FaultRule> = fc.oneof(
	fc.record({
		kind: fc.constant<FaultKind>('throttle'),
		retryAfter: fc.constantFrom<Array<number | 'past' | undefined>>(0, 2, 'past', undefined),
	}),
	fc.record({
		kind: fc.constantFrom<FaultKind>('http500', 'http502html', 'http503', 'http504'),
		carriedOutAfterSeconds: fc.constantFrom(undefined, 0.5, 2, 5),
	}),
	fc.record({ kind: fc.constant<FaultKind>('http504'), html: fc.constant(true) }),
	fc.record({ kind: fc.constantFrom<FaultKind>('resetBefore', 'resetAfter', 'emptyBody') }),
	fc.record({ kind: fc.constant<FaultKind>('hang'), carriedOut: fc.boolean() }),
	fc.record({ kind: fc.constant<FaultKind>('truncatedJson'), fullLength: fc.boolean() }),
	fc.record({
		kind: fc.constantFrom<FaultKind>('okWithFailureStatus', 'mixed10010', 'failure10020'),
		code: fc.constantFrom(undefined, 10030, 21354, 11003, 99009),
		// A server that shows what it was sent.
		details: fc.constantFrom(undefined, `Key ${DEMO.pat} is not allowed`),
	}),
	fc.record({ kind: fc.constantFrom<FaultKind>('repeatPage', 'shrinkPage', 'trainingFails') }),
	fc.record({
		kind: fc.constant<FaultKind>('clockJump'),
		ms: fc.integer({ min: -3_600_000, max: 3_600_000 }),
	}),
);

const faultRule = fc
	.tuple(
		fault,
		fc.record({
			rpc: fc.oneof(
				{ weight: 3, arbitrary: fc.constantFrom(...WRITES) },
				{ weight: 1, arbitrary: fc.constantFrom(...READS) },
				{ weight: 1, arbitrary: fc.constant(undefined) },
			),
			skip: fc.nat({ max: 4 }),
			// A look takes up to 40 requests: five pauses, eight tries after each.
			times: fc.oneof(
				{ weight: 9, arbitrary: fc.integer({ min: 1, max: 4 }) },
				{ weight: 1, arbitrary: fc.constantFrom(40, 80) },
			),
		}),
	)
	.map(([kind, where]): FaultRule => ({ ...kind, ...where }));

const item: fc.Arbitrary<Item> = fc.record({
	model: fc.constantFrom('m1', 'm2', 'm3'),
	epochs: fc.integer({ min: 1, max: 3 }),
	workflow: fc.constantFrom('w1', 'w2', 'w3'),
	deployment: fc.constantFrom('d1', 'd2', 'd3'),
	text: fc.constantFrom('one', 'two', 'three'),
});

const apart = (count: number): Item[] =>
	Array.from({ length: count }, (_none, index) => ({
		model: `model-${index}`,
		epochs: 1 + (index % 3),
		workflow: `workflow-${index}`,
		deployment: `deployment-${index}`,
		text: `text ${index}`,
	}));

/** Items that may be about the same, that are all alike, of one model, or that have nothing in common. */
const items = fc.oneof(
	fc
		.array(item, { minLength: 2, maxLength: 5 })
		.map((some) => some.map((each) => ({ ...each, model: 'm1' }))),
	fc
		.tuple(item, fc.integer({ min: 2, max: 5 }))
		.map(([each, count]) => Array.from({ length: count }, () => each)),
	fc.array(item, { minLength: 1, maxLength: 5 }),
	fc
		.oneof(
			{ weight: 29, arbitrary: fc.integer({ min: 1, max: 5 }) },
			{ weight: 1, arbitrary: fc.integer({ min: 6, max: 50 }) },
		)
		.map(apart),
);

const choices: fc.Arbitrary<Choices> = fc.record({
	ifExists: fc.constantFrom('fail', 'reuse', 'change'),
	wait: fc.boolean(),
	timeoutMinutes: fc.constantFrom(1, 10),
	cancelOnStop: fc.boolean(),
	reindex: fc.boolean(),
	namesDatasetVersion: fc.boolean(),
	requestsPerSecond: fc.constantFrom(0, 2, 15),
});

/** Steps in an order that makes sense; some chains begin in the middle, on what is there already. */
const steps: fc.Arbitrary<StepName[]> = fc.oneof(
	fc
		.tuple(
			fc.subarray<StepName>(['addInputs', 'createModel']),
			fc.constantFrom<StepName>('trainVersion', 'trainPipeline'),
			fc.subarray<StepName>(['evaluate', 'deploy', 'createWorkflow', 'updateDefault'], {
				maxLength: 2,
			}),
		)
		.map(([before, train, after]) => [...before, train, ...after]),
	fc.subarray<StepName>(['evaluate', 'deploy', 'createWorkflow', 'updateDefault'], {
		minLength: 1,
	}),
	fc.subarray<StepName>(['addInputs', 'createModel'], { minLength: 1 }),
);

const stop = fc.oneof(
	fc.nat({ max: 60 }).map((answers) => ({ answers })),
	fc.integer({ min: 0, max: 120 }).map((seconds) => ({ seconds })),
);

export const anyScenario: fc.Arbitrary<Scenario> = fc.record(
	{
		steps,
		items,
		choices,
		areThere: fc.boolean(),
		faults: fc.array(faultRule, { maxLength: 5 }),
		untidiness: fc.oneof(fc.constant({}), anyUntidiness().map(nothingDeleted)),
		seed: fc.integer({ min: 1, max: 1000 }),
		trainingSeconds: fc.constantFrom(0, 30, 200),
		onError: fc.constantFrom('stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'),
		retryOnFail: fc.boolean(),
		retries: fc.nat({ max: 2 }),
		stop,
	},
	{
		requiredKeys: [
			'steps',
			'items',
			'choices',
			'faults',
			'untidiness',
			'seed',
			'trainingSeconds',
			'onError',
			'retryOnFail',
			'retries',
		],
	},
);

/** The write with which each step of a single node begins what it is for. */
const STARTS = {
	createModel: 'PostModels',
	trainVersion: 'PostModelVersions',
	trainPipeline: 'PostPipelineVersionRunFromTemplate',
	createWorkflow: 'PostWorkflows',
	deploy: 'PostDeployments',
	evaluate: 'PostEvaluations',
} satisfies Partial<Record<StepName, string>>;

/** One of several items that have nothing in common is refused for good, and fails the node. */
export const anyFailedNode: fc.Arbitrary<Scenario> = fc
	.record({
		step: fc.constantFrom(...(Object.keys(STARTS) as Array<keyof typeof STARTS>)),
		count: fc.integer({ min: 2, max: 25 }),
		choices: fc
			.tuple(choices, fc.constantFrom(2, 5, 15))
			.map(([all, requestsPerSecond]) => ({ ...all, requestsPerSecond })),
		skip: fc.nat({ max: 5 }),
		untidiness: fc.oneof(fc.constant({}), anyUntidiness().map(nothingDeleted)),
		seed: fc.integer({ min: 1, max: 1000 }),
		trainingSeconds: fc.constantFrom(0, 30, 200),
	})
	.map(({ step, count, skip, ...rest }) => ({
		...rest,
		steps: [step],
		items: apart(count),
		faults: [{ kind: 'failure10020', rpc: STARTS[step], skip: skip % count, times: 1 }],
		onError: 'stopWorkflow',
		retryOnFail: false,
		retries: 0,
	}));

/**
 * The same, and the first retry fails as well: then the original is retried once more. It does not know a
 * dataset version that the first one made, so one is named; and it looks once, so nothing is hidden from it.
 */
export const anySecondRetry: fc.Arbitrary<Scenario> = fc
	.tuple(anyFailedNode, fc.nat({ max: 60 }))
	.map(([failed, skip]) => {
		const [fault] = failed.faults;
		const again: FaultRule = { ...fault!, skip: skip % (failed.items.length + 1) };
		const choices = { ...failed.choices, namesDatasetVersion: true };
		const { vanishing, ...untidiness } = failed.untidiness;
		const faults = [fault!, again];
		return { ...failed, choices, untidiness, faults, retries: 2, retriesOriginal: true };
	});
