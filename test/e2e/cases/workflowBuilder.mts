import type { IConnections, INode, INodeExecutionData } from 'n8n-workflow';
import type { WorkflowContent } from '../../tools/n8n/client.mts';
import { withCredential } from '../../tools/n8n/demoContent.mts';
import type { Execution, StoredWorkflow } from '../../tools/n8n/client.mts';
import type { Stack } from '../stack.mts';

export const MANUAL_TRIGGER = 'n8n-nodes-base.manualTrigger';

type NodeSketch = Partial<INode> & Pick<INode, 'name' | 'type'>;

/** Nodes in a row, each connected to the next. */
export function chain(name: string, sketches: NodeSketch[]): WorkflowContent {
	const nodes = sketches.map(
		(sketch, index): INode => ({
			id: `node-${index}`,
			typeVersion: 1,
			position: [index * 220, 0],
			parameters: {},
			...sketch,
		}),
	);
	const connections: IConnections = {};
	for (const [index, { name: next }] of nodes.slice(1).entries()) {
		connections[nodes[index].name] = { main: [[{ node: next, type: 'main', index: 0 }]] };
	}
	return { name, nodes, connections };
}

/** The workflow with all its Wait nodes waiting so many seconds. */
export function withWaits(workflow: WorkflowContent, seconds: number): WorkflowContent {
	const nodes = workflow.nodes.map((node) =>
		node.type === 'n8n-nodes-base.wait'
			? { ...node, parameters: { ...node.parameters, amount: seconds, unit: 'seconds' } }
			: node,
	);
	return { ...workflow, nodes };
}

export async function store(stack: Stack, workflow: WorkflowContent): Promise<StoredWorkflow> {
	return await stack.n8n.createWorkflow(await withCredential(workflow, stack.credential));
}

/** The items that a node put out in its last run, by output. */
export function outputsOf({ data }: Execution, nodeName: string): INodeExecutionData[][] {
	const runs = data.resultData.runData[nodeName];
	if (!runs) throw new Error(`"${nodeName}" did not run; ${failureOf(data.resultData.error)}`);
	return (runs.at(-1)?.data?.main ?? []).map((items) => items ?? []);
}

export function expectSuccess({ status, data }: Execution) {
	if (status !== 'success')
		throw new Error(`The execution ended as "${status}": ${failureOf(data.resultData.error)}`);
}

const failureOf = (error?: { message: string; description?: string | null }) =>
	error ? [error.message, error.description].filter(Boolean).join(' ') : 'no error was stored';
