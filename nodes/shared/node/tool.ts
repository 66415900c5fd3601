import type { IExecuteFunctions } from 'n8n-workflow';

/** Whether an AI agent runs the node: as a sub-node of an agent, or as a node of the tool variant. */
export function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool') || context.isToolExecution?.() === true;
}
