import { readExamples } from '../../tools/n8n/demoContent.mts';
import type { WorkflowContent } from '../../tools/n8n/client.mts';
import { repositoryRoot } from '../../tools/n8n/repository.mts';
import type { Stack } from '../stack.mts';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expectations } from './exampleExpectations.mts';
import { expectSuccess, MANUAL_TRIGGER, store, withWaits } from './workflowBuilder.mts';

export function exampleCases(stack: Stack) {
	const files = readdirSync(join(repositoryRoot, 'examples')).filter((file) =>
		file.endsWith('.json'),
	);

	test('there is an example for every expectation', () => {
		expect(files).toEqual(expect.arrayContaining(Object.keys(expectations)));
	});

	test.each(files)('%s runs', async (file) => {
		const expectation = expectations[file];
		if (!expectation) {
			throw new Error(
				`examples/${file} has no entry in exampleExpectations.mts that says what it leaves behind`,
			);
		}
		const example = (await readExamples()).find((candidate) => candidate.file === file);
		// The examples wait minutes between two looks at a training, which the emulator finishes in a second.
		const workflow = withWaits(example!.workflow, 1);
		if (expectation.run) {
			await expectation.run(stack, workflow);
		} else {
			const { id } = await store(stack, workflow);
			expectSuccess(await stack.n8n.runToEnd(id, manualTriggerOf(workflow)));
		}

		await expectation.expect(stack.emulator);
	});
}

function manualTriggerOf({ name, nodes }: WorkflowContent): string {
	const trigger = nodes.find(({ type }) => type === MANUAL_TRIGGER);
	if (!trigger)
		throw new Error(`"${name}" has no manual trigger; its expectation must say how to run it`);
	return trigger.name;
}
