import type { Emulator } from '../../emulator/emulator.mts';
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

const TRAINED = 21100;

/** One entry for each file in examples/. */
export const expectations: Record<string, ExampleExpectation> = {
	'fine-tune-and-deploy.json': {
		expect(emulator) {
			const { models, workflows, message } = emulator.app();
			const [model] = models.values();
			const [workflow] = workflows.values();
			expect(trainedVersions(emulator, model.message.id as string)).toBe(1);
			expect(workflow.message.nodes).toHaveLength(1);
			expect(message.default_workflow).toMatchObject({ id: workflow.message.id });
		},
	},
};

function trainedVersions(emulator: Emulator, modelId: string): number {
	const versions = emulator.app().models.get(modelId)?.versions.values() ?? [];
	return [...versions].filter(({ training }) => training.outcome === TRAINED).length;
}
