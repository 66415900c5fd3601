import { field, names, optionsOf, textOf, type DeedRule, type Step } from '../step.mts';

const ofWorkflow = {
	keyOfEntry: ({ id }) => id,
	keyOfItem: ({ workflow }) => workflow,
	mayBeClaimedBy: ({ workflowId }) => textOf(workflowId),
} satisfies Partial<DeedRule>;

export const createWorkflow: Step = {
	type: 'clarifaiCreateWorkflow',
	name: 'Create Workflow',
	parameters: (choices) => ({
		workflowId: field('workflow'),
		ifWorkflowExists: choices.ifExists === 'change' ? 'update' : choices.ifExists,
		options: optionsOf(choices),
	}),
	deeds: [
		{
			...ofWorkflow,
			deed: 'workflow',
			claimedBy: ({ created, workflowId }) => (created === true ? textOf(workflowId) : undefined),
		},
		{
			...ofWorkflow,
			deed: 'workflowUpdate',
			claimedBy: ({ updated, workflowId }) => (updated === true ? textOf(workflowId) : undefined),
		},
	],
	concerns: (request, { workflow }) => names(request, workflow),
};
