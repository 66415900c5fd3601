import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Emulator, FaultRule } from '../tools/emulator/emulator.mts';
import type { NodeJson } from '../tools/engine/engine.mts';
import { DEMO, locate, type SetUp } from '../nodes/setup.mts';

/** Items of the long runs: a hundred in `npm test`, a thousand where CLARIFAI_TEST_RUNS asks for more. */
export const COUNT = process.env.CLARIFAI_TEST_RUNS === undefined ? 100 : 1000;

export const TEMPLATE = 'MMClassification_ResNet_50_RSB_A1';

/** The calls that make something, and so must not be carried out twice. */
export const WRITES = ['PostModels', 'PostModelVersions', 'PostWorkflows'];

/** Each way in which a call can go wrong for a while, once: none of them may show in a result. */
export const PASSING: FaultRule[] = [
	{ kind: 'http500' },
	{ kind: 'http502html' },
	{ kind: 'http503' },
	{ kind: 'http504' },
	{ kind: 'resetBefore' },
	{ kind: 'resetAfter' },
	{ kind: 'truncatedJson' },
	{ kind: 'truncatedJson', fullLength: true },
	{ kind: 'emptyBody' },
	{ kind: 'okWithFailureStatus', code: 10030 },
	{ kind: 'okWithFailureStatus', code: 21354 },
	{ kind: 'okWithFailureStatus', code: 21355 },
];

/** Faults that cost much time, so that there are few of them among many requests; by the thousand items. */
export const SLOW: FaultRule[] = [
	{ kind: 'throttle', rpc: 'PostModels', skip: 300, times: 2 },
	{ kind: 'throttle', rpc: 'PostModelVersions', retryAfter: 1, skip: 200, times: 2 },
	{ kind: 'okWithFailureStatus', rpc: 'PostModelVersions', code: 11003, skip: 400, times: 1 },
	{ kind: 'hang', skip: 150, times: 2 },
	{ kind: 'hang', carriedOut: true, rpc: WRITES, skip: 40, times: 3 },
	{ kind: 'clockJump', ms: 3_600_000, skip: 300, times: 1 },
	{ kind: 'clockJump', ms: -7_200_000, skip: 600, times: 1 },
	{ kind: 'clockJump', ms: 3_600_000, skip: 900, times: 1 },
];

/** With the kinds that are rarer, a tenth of all calls is hit. */
const SHARE = 0.11;

/** Hits a tenth of all calls of a run over so many items, by all the kinds that pass alike. */
export function faultAll({ faults }: Emulator, count: number): void {
	for (const { skip = 0, ...rule } of SLOW) {
		faults.add({ ...rule, skip: Math.ceil((skip * count) / 1000) });
	}
	PASSING.forEach((rule, index) => {
		// A rule sees only what the rules before it let through.
		const rate = SHARE / PASSING.length / (1 - (SHARE * index) / PASSING.length);
		faults.add({ ...rule, rate });
	});
}

/** No limit on requests, because the emulator has none, and no long wait for a hanging answer. */
export const OPTIONS = { maxRequestsPerSecond: 0, requestTimeoutSeconds: 1 };

export const createModel = (
	{ engine }: SetUp,
	parameters: IDataObject = {},
	settings: Partial<NodeJson> = {},
): NodeJson =>
	engine.node(
		'clarifaiCreateModel',
		{ modelId: '={{ $json.id }}', options: OPTIONS, ...parameters } as NodeJson['parameters'],
		settings,
	);

export const trainParameters = (parameters: IDataObject = {}) =>
	({
		template: locate('id', TEMPLATE),
		specifyHyperparameters: 'json',
		hyperparametersJson: '{"num_epochs": 2}',
		concepts: [...DEMO.concepts],
		options: OPTIONS,
		...parameters,
	}) as NodeJson['parameters'];

export const train = (
	{ engine }: SetUp,
	parameters: IDataObject = {},
	settings: Partial<NodeJson> = {},
): NodeJson => engine.node('clarifaiTrain', trainParameters(parameters), settings);

export const itemsOf = (count: number): INodeExecutionData[] =>
	Array.from({ length: count }, (_none, index) => ({ json: { id: `model-${index}` } }));

/** The IDs of all trainings that the emulator has been asked for, by model. */
export function startedVersions(emulator: Emulator): Record<string, string[]> {
	return Object.fromEntries(
		[...emulator.app().models].map(([id, model]) => [id, [...model.versions.keys()]]),
	);
}

/** What a run of items over these models must leave behind: one training for each. */
export const onceEach = (items: INodeExecutionData[], reported: INodeExecutionData[]) =>
	Object.fromEntries(
		items.map(({ json }, index) => [json.id, [reported[index]?.json.modelVersionId]]),
	);
