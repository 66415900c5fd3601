import type { IExecuteFunctions } from 'n8n-workflow';

/** For so long a tool of an AI agent waits at most: a longer wait would end the conversation. */
export const TOOL_WAIT_MS = 30_000;

/** Whether an AI agent runs the node: as a sub-node of an agent, or as a node of the tool variant. */
export function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool') || context.isToolExecution?.() === true;
}
