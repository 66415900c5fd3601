import type { Emulator } from '../../emulator/emulator.mts';
import { hasEnded } from '../../emulator/training.mts';
import type { StoredWorkflow } from '../n8n/client.mts';
import type { Stack } from '../stack.mts';

export interface ExampleExpectation {
	/** Puts into the emulator what the example takes for granted. */
	prepare?(emulator: Emulator): void;
	/** How to run an example that does not begin with a manual trigger. */
	run?(stack: Stack, workflow: StoredWorkflow): Promise<void>;
	/** What the example must have left in the app. */
	expect(emulator: Emulator): void | Promise<void>;
}

/** One entry for each file in examples/. */
export const expectations: Record<string, ExampleExpectation> = {
	'fine-tune-and-deploy.json': {
		expect(emulator) {
			const { models, workflows, message } = emulator.app();
			expect([...models.keys()]).toEqual(['my-classifier']);
			const [version] = trainedVersions(emulator, 'my-classifier');
			expect(version.train_info.params).toMatchObject({ num_epochs: 10 });
			expect([...workflows.keys()]).toEqual(['my-workflow']);
			expect(workflows.get('my-workflow')?.message.nodes).toMatchObject([
				{ model: { id: 'my-classifier', model_version: { id: version.id } } },
			]);
			expect(message.default_workflow).toMatchObject({ id: 'my-workflow' });
		},
	},
};

function trainedVersions(emulator: Emulator, modelId: string) {
	const versions = [...(emulator.app().models.get(modelId)?.versions.values() ?? [])];
	const trained = versions.filter(({ training }) => hasEnded(training, emulator.clock.now()));
	expect(trained).not.toHaveLength(0);
	return trained.map(({ message }) => message);
}
