import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { fromInput, locator, pickInstead, whileExpression } from '../shared/parameters/locators';

export const defaultWorkflowProperties: INodeProperties[] = [
	locator({
		displayName: 'Workflow',
		name: 'workflow',
		required: true,
		default: fromInput('workflowId'),
		description: 'The workflow that becomes the default of the app',
		search: 'searchWorkflows',
		placeholder: 'my-workflow',
		portal: 'workflows',
	}),
	pickInstead('Workflow', whileExpression('workflow')),
	{
		displayName: 'Reindex',
		name: 'reindex',
		type: 'boolean',
		default: false,
		description:
			'Whether to run the new default workflow over all inputs of the app again. This can cost money; it is sent even if the workflow is the default already.',
	},
	simplify,
	optionsWith(),
];
