import { locate } from '../../../nodes/setup.mts';
import { field, optionsOf, textOf, type DeedRule, type Step } from '../step.mts';

const ofDefault = {
	keyOfEntry: ({ id }) => id,
	mayBeClaimedBy: ({ defaultWorkflowId }) => textOf(defaultWorkflowId),
} satisfies Partial<DeedRule>;

export const updateDefault: Step = {
	type: 'clarifaiUpdateDefaultWorkflow',
	name: 'Update Default Workflow',
	parameters: (choices) => ({
		workflow: locate('id', field('workflow')),
		reindex: `={{ ${choices.reindex} && $('Start').item.json.epochs > 1 }}`,
		options: optionsOf(choices),
	}),
	deeds: [
		{
			...ofDefault,
			deed: 'defaultWorkflow',
			keyOfItem: ({ workflow }) => workflow,
			// Whoever asks for reindexing names the default once more.
			claimedBy: ({ changed, defaultWorkflowId }, { reindex }, { epochs }) =>
				changed === true || (reindex && epochs > 1) ? textOf(defaultWorkflowId) : undefined,
		},
		{
			...ofDefault,
			deed: 'reindexing',
			keyOfItem: ({ workflow, epochs }) => (epochs > 1 ? workflow : undefined),
			claimedBy: ({ defaultWorkflowId }, { reindex }) =>
				reindex ? textOf(defaultWorkflowId) : undefined,
		},
	],
	concerns: ({ path }) => /apps|workflows/.test(path),
};
