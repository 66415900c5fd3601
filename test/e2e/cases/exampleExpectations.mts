import type { Emulator } from '../../tools/emulator/emulator.mts';
import { hasEnded } from '../../tools/emulator/training.mts';
import type { WorkflowContent } from '../../tools/n8n/client.mts';
import type { Stack } from '../stack.mts';
import { runAgent, runApproval, runNightly } from './exampleRuns.mts';

export interface ExampleExpectation {
	/** How to run an example that takes more than a click on its manual trigger. */
	run?(stack: Stack, workflow: WorkflowContent): Promise<void>;
	/** What the example must have left in the app. */
	expect(emulator: Emulator): void | Promise<void>;
}

/** One entry for each file in examples/. */
export const expectations: Record<string, ExampleExpectation> = {
	'fine-tune-and-deploy-self-hosted.json': {
		expect(emulator) {
			const [version] = trainedVersions(emulator, 'my-classifier');
			expect(version.train_info.params).toMatchObject({ num_epochs: 10 });
			expectDeployed(emulator, 'my-workflow', version.id);
		},
	},

	'train-and-check-loop.json': {
		expect(emulator) {
			const [version] = trainedVersions(emulator, 'my-classifier');
			expect(version.train_info.params).toMatchObject({ num_epochs: 10 });
		},
	},

	'fine-tune-and-deploy.json': {
		expect(emulator) {
			const [version] = trainedVersions(emulator, 'my-classifier');
			expect(runArguments(emulator)).toEqual([
				expect.objectContaining({ model_id: 'my-classifier', num_epochs: '10' }),
			]);
			expectDeployed(emulator, 'my-workflow', version.id);
		},
	},

	'nightly-retraining.json': {
		run: runNightly,
		expect(emulator) {
			expect(runArguments(emulator)).toEqual([
				expect.objectContaining({ model_id: 'my-classifier', num_epochs: '50' }),
			]);
		},
	},

	'approve-before-deploy.json': {
		run: runApproval,
		expect(emulator) {
			const [version] = trainedVersions(emulator, 'photos');
			const workflowId = `photos-${version.id.slice(0, 8)}`;
			expectDeployed(emulator, workflowId, version.id);
		},
	},

	'agent-starts-training.json': {
		run: runAgent,
		expect(emulator) {
			expect(runArguments(emulator)).toEqual([
				expect.objectContaining({ model_id: 'photos', num_epochs: '5' }),
			]);
		},
	},
};

function expectDeployed(emulator: Emulator, workflowId: string, versionId: string) {
	const { workflows, message } = emulator.app();
	expect([...workflows.keys()]).toEqual([workflowId]);
	expect(workflows.get(workflowId)?.message.nodes).toMatchObject([
		{ model: { model_version: { id: versionId } } },
	]);
	expect(message.default_workflow).toMatchObject({ id: workflowId });
}

/** The arguments of every pipeline run that has been started. */
function runArguments(emulator: Emulator): Array<Record<string, string>> {
	return [...emulator.app().pipelines.values()]
		.flatMap(({ versions }) => [...versions.values()])
		.flatMap(({ runs }) => [...runs.values()].map(({ args }) => args));
}

function trainedVersions(emulator: Emulator, modelId: string) {
	const versions = [...(emulator.app().models.get(modelId)?.versions.values() ?? [])];
	const trained = versions.filter(({ training }) => hasEnded(training, emulator.clock.now()));
	expect(trained).not.toHaveLength(0);
	return trained.map(({ message }) => message);
}
