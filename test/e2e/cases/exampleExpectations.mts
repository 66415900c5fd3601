import type { Emulator } from '../../tools/emulator/emulator.mts';
import { labelledInputs } from '../../tools/emulator/labelledInputs.mts';
import { hasEnded } from '../../tools/emulator/training.mts';
import type { WorkflowContent } from '../../tools/n8n/client.mts';
import type { Stack } from '../stack.mts';
import {
	runApproval,
	runClassifying,
	runCollectingAgent,
	runCorrecting,
	runCounting,
	runLabelling,
	runNightly,
	runNightlySelfHosted,
	runRollBack,
	runTrainingAgent,
} from './exampleRuns.mts';

export interface ExampleExpectation {
	/** How to run an example that takes more than a click on its manual trigger. */
	run?(stack: Stack, workflow: WorkflowContent): Promise<void>;
	/** What the example must have left in the app. */
	expect(emulator: Emulator): void | Promise<void>;
}

const MODEL = 'my-classifier';

/** One entry for each file in examples/. */
export const expectations: Record<string, ExampleExpectation> = {
	'fine-tune-and-deploy.json': {
		expect(emulator) {
			expect(runArguments(emulator)).toEqual([
				expect.objectContaining({ model_id: MODEL, num_epochs: '10' }),
			]);
			expectLive(emulator, trainedVersions(emulator, MODEL)[0].id);
		},
	},

	'fine-tune-and-deploy-self-hosted.json': {
		expect(emulator) {
			const [version] = trainedVersions(emulator, MODEL);
			expectDefault(emulator, version.id);
		},
	},

	'train-and-check-loop.json': {
		expect(emulator) {
			expect(runArguments(emulator)).toHaveLength(1);
			expect(trainedVersions(emulator, MODEL)).toHaveLength(1);
		},
	},

	'nightly-retraining.json': {
		run: runNightly,
		expect(emulator) {
			expect(runArguments(emulator)).toEqual([
				expect.objectContaining({ model_id: MODEL, num_epochs: '50' }),
			]);
			const [, better] = trainedVersions(emulator, MODEL);
			expectLive(emulator, better.id);
		},
	},

	'nightly-retraining-self-hosted.json': {
		run: runNightlySelfHosted,
		expect(emulator) {
			const [, better] = trainedVersions(emulator, MODEL);
			expectDefault(emulator, better.id);
		},
	},

	'approve-before-deploy.json': {
		run: runApproval,
		expect(emulator) {
			expectLive(emulator, trainedVersions(emulator, MODEL)[0].id);
		},
	},

	'roll-back.json': {
		run: runRollBack,
		expect(emulator) {
			const [old] = trainedVersions(emulator, MODEL);
			expectLive(emulator, old.id);
			// There and back.
			expect(emulator.book.of('deploymentChange')).toHaveLength(2);
		},
	},

	'label-and-train.json': {
		run: runLabelling,
		expect(emulator) {
			expect(addedLabels(emulator, 'my-pictures')).toEqual([['cat'], ['tapir']]);
			expect(runArguments(emulator)).toEqual([
				expect.objectContaining({
					model_id: 'my-pictures-classifier',
					concepts: '["cat","tapir"]',
				}),
			]);
		},
	},

	'classify-new-files.json': {
		run: runClassifying,
		expect(emulator) {
			expect(emulator.requests.filter(({ rpc }) => rpc === 'PostModelOutputs')).not.toHaveLength(0);
		},
	},

	'correct-and-retrain.json': {
		run: runCorrecting,
		expect(emulator) {
			expect(addedLabels(emulator, 'demo-dataset')).toEqual([['dog']]);
			expect(runArguments(emulator)).toEqual([expect.objectContaining({ model_id: MODEL })]);
		},
	},

	'agent-starts-training.json': {
		run: runTrainingAgent,
		expect(emulator) {
			expect(runArguments(emulator)).toEqual([
				expect.objectContaining({ model_id: 'photos', num_epochs: '5' }),
			]);
		},
	},

	'agent-adds-inputs.json': {
		run: runCollectingAgent,
		async expect(emulator) {
			emulator.clock.advance(60_000);
			expect(addedLabels(emulator, 'demo-dataset')).toEqual([['dog']]);
		},
	},

	'count-labels-with-http-request.json': {
		run: runCounting,
		expect(emulator) {
			expect(addedLabels(emulator, 'demo-dataset')).toEqual([['dog']]);
		},
	},
};

function expectLive({ world }: Emulator, versionId: string) {
	expect(world.compute.deployments.map(({ id }) => id)).toEqual(['my-classifier-live']);
	expect(world.compute.deployments[0].desired.message).toMatchObject({ id: versionId });
}

function expectDefault(emulator: Emulator, versionId: string) {
	const { workflows, message } = emulator.app();
	expect([...workflows.keys()]).toEqual([MODEL]);
	expect(workflows.get(MODEL)?.versions.at(-1)).toMatchObject({
		nodes: [{ model: { model_version: { id: versionId } } }],
	});
	expect(message.default_workflow).toMatchObject({ id: MODEL });
}

/** The labels of what the nodes have put into a dataset. */
function addedLabels(emulator: Emulator, datasetId: string): string[][] {
	const added = new Set(emulator.book.of('input').map(({ id }) => id));
	return labelledInputs(emulator.app(), datasetId)
		.filter(({ id }) => added.has(id))
		.map(({ positive }) => positive);
}

/** The arguments of every pipeline run that has been started. */
function runArguments(emulator: Emulator): Array<Record<string, string>> {
	return [...emulator.app().pipelines.values()]
		.flatMap(({ versions }) => [...versions.values()])
		.flatMap(({ runs }) => [...runs.values()].map(({ args }) => args));
}

/** The oldest first. */
function trainedVersions(emulator: Emulator, modelId: string) {
	const versions = [...(emulator.app().models.get(modelId)?.versions.values() ?? [])];
	const trained = versions.filter(({ training }) => hasEnded(training, emulator.clock.now()));
	expect(trained).not.toHaveLength(0);
	return trained.map(({ message }) => message);
}
