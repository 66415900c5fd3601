import type { BookEntry } from '../../../tools/emulator/emulator.mts';
import { locate } from '../../../nodes/setup.mts';
import { field, optionsOf, textOf, waitOptionsOf, type Step } from '../step.mts';

function textOfEntry({ id, request }: BookEntry) {
	const { inputs } = request?.body as {
		inputs: Array<{ id: string; data: { text: { raw: string } } }>;
	};
	return inputs.find((input) => input.id === id)!.data.text.raw;
}

export const DATASET = 'new-dataset';

export const addInputs: Step = {
	type: 'clarifaiAddInputs',
	name: 'Add Inputs',
	parameters: (choices) => ({
		inputType: 'text',
		inputSource: 'text',
		text: field('text'),
		concepts: ['cat'],
		ifInputExists: { fail: 'fail', reuse: 'skip', change: 'update' }[choices.ifExists],
		waitForProcessing: choices.wait,
		waitOptions: waitOptionsOf(choices),
		...(choices.namesDatasetVersion ? {} : { dataset: locate('id', DATASET) }),
		additionalFields: choices.namesDatasetVersion ? {} : { createDataset: true },
		options: optionsOf(choices),
	}),
	deeds: [
		{
			deed: 'input',
			keyOfEntry: textOfEntry,
			keyOfItem: ({ text }) => text,
			isShared: true,
			claimedBy: ({ status, inputId }) => (status === 'added' ? textOf(inputId) : undefined),
			mayBeClaimedBy: ({ inputId }) => textOf(inputId),
		},
	],
	concerns: () => true,
};
