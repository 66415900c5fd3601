import { startEmulator, type TrainingPlan } from '../../emulator/emulator.mts';
import type { PlatformKind } from '../../emulator/platform.mts';
import { tellGuideStory } from '../../demo/guideStory.mts';
import { targetOf } from '../../demo/target.mts';

const finished = (lines: string[]) =>
	lines.filter((line) => line.includes(' finished in ')).map((line) => line.split(' finished')[0]);

async function tell(plan?: TrainingPlan, platform: PlatformKind = 'selfHosted') {
	const emulator = await startEmulator({ platform, trainingSeconds: 0 });
	emulator.planTraining('my-classifier', plan);
	const told: string[] = [];
	try {
		const outcome = await tellGuideStory(targetOf(emulator), (line) => told.push(line)).catch(
			(error: unknown) => error,
		);
		return { told, outcome };
	} finally {
		await emulator.close();
	}
}

test('the steps of the guide are taken, and end with the new default workflow', async () => {
	const { told, outcome } = await tell();

	expect(outcome).toBe(true);
	expect(finished(told)).toEqual([
		'Manual Trigger',
		'Clarifai List Templates',
		'Clarifai Create Model',
		'Clarifai Train',
		'Clarifai Create Workflow',
		'Clarifai Update Default Workflow',
	]);
	expect(told.join('\n')).toMatch(/Model my-classifier, version \w+: trained/);
	expect(told.at(-1)).toBe(`The app's default workflow is now "my-classifier".`);
});

test('a training that fails ends the story with its reason', async () => {
	const { told, outcome } = await tell({ outcome: 21106, details: 'out of memory', seconds: 0 });

	expect(finished(told).at(-1)).toBe('Clarifai Create Model');
	expect(told.at(-1)).toMatch(/^Clarifai Train failed after .*out of memory/);
	expect(outcome).toEqual(new Error('The workflow ended with status "error".'));
});

test('on a platform that has no templates of model types nothing is trained, which is said and no success', async () => {
	const { told, outcome } = await tell(undefined, 'hosted');

	expect(finished(told)).not.toContain('Clarifai Train');
	expect(outcome).toBe(false);
	expect(told.at(-1)).toMatch(/^Nothing was trained: .* self-hosted/);
});
