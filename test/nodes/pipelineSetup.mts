import type { INodeParameters } from 'n8n-workflow';
import {
	bodiesOf,
	DEMO,
	type InProcessOptions,
	type InProcessSetUp,
	locate,
	type SetUp,
	setUp,
} from './setup.mts';

export const CLASSIFIER = 'classifier-pipeline-resnet';
export const YOLOF = 'detector-pipeline-yolof';
export const DFINE = 'detector-pipeline-dfine';
export const START = 'PostPipelineVersionRunFromTemplate';

export const MINUTE = 60_000;

/** Where a pipeline runs. */
export const ON_NODEPOOL: INodeParameters = {
	computeCluster: locate('list', DEMO.computeClusterId),
	nodepool: locate('list', DEMO.nodepoolId),
};

/** Everything that a pipeline needs. */
export const valid = (more: INodeParameters = {}): INodeParameters => ({
	trainingMethod: 'pipelineTemplate',
	model: locate('id', 'piped'),
	template: locate('list', CLASSIFIER),
	specifyHyperparameters: 'json',
	hyperparametersJson: '{}',
	concepts: ['cat', 'dog'],
	dataset: locate('list', DEMO.datasetId),
	additionalFields: ON_NODEPOOL,
	options: { maxRequestsPerSecond: 0 },
	...more,
});

export const withFields = (additionalFields: INodeParameters) =>
	valid({ additionalFields: { ...ON_NODEPOOL, ...additionalFields } });

export const waiting = (waitOptions: INodeParameters = {}): INodeParameters => ({
	waitForCompletion: true,
	waitOptions: { pollIntervalSeconds: 1, ...waitOptions },
});

export interface RunBody {
	input_args_override: {
		argo_args_override: { parameters: Array<{ name: string; value: string }> };
	};
}

/** The arguments of each run that was asked for, by name. */
export const argumentsOf = ({ emulator }: SetUp) =>
	bodiesOf(emulator, START).map((body) => {
		const { parameters } = (body as RunBody).input_args_override.argo_args_override;
		return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
	});

export const startsOf = ({ emulator }: SetUp) => bodiesOf(emulator, START).length;

/** The runs that the emulator has, in the order of their start. */
export const runsOf = ({ emulator }: SetUp) =>
	[...emulator.app().pipelines.values()].flatMap((pipeline) =>
		[...pipeline.versions.values()].flatMap((version) => [...version.runs.values()]),
	);

/** The version of the demo dataset that was made last. */
export const newestDatasetVersion = ({ emulator }: SetUp) =>
	[...emulator.app().datasets.get(DEMO.datasetId)!.versions.keys()].at(-1)!;

/** An emulator on which a run has ended when it is looked at for the first time. */
export async function setUpQuick(options: InProcessOptions = {}): Promise<InProcessSetUp> {
	const platform: InProcessSetUp = await setUp({
		trainingSeconds: 60,
		onRequest: ({ rpc }) => {
			if (rpc === START) platform.emulator.clock.advance(2 * MINUTE);
		},
		...options,
	});
	return platform;
}

/** An emulator on which a run goes on by some minutes whenever it is looked at. */
export async function setUpStepwise(
	stepMinutes: number,
	options: InProcessOptions = {},
): Promise<InProcessSetUp> {
	const platform: InProcessSetUp = await setUp({
		trainingSeconds: 60,
		onRequest: ({ rpc }) => {
			if (rpc === 'GetPipelineVersionRun') platform.emulator.clock.advance(stepMinutes * MINUTE);
		},
		...options,
	});
	return platform;
}
