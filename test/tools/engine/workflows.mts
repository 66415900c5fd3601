import type { IDataObject, INode, INodeExecutionData, IWorkflowSettings } from 'n8n-workflow';

/** A workflow as the editor exports it; what n8n fills in by itself may be left out. */
export interface WorkflowJson {
	name?: string;
	nodes: NodeJson[];
	connections: ConnectionsJson;
	settings?: IWorkflowSettings;
	staticData?: IDataObject | null;
	pinData?: Record<string, INodeExecutionData[]>;
}

export type NodeJson = Pick<INode, 'name' | 'type'> &
	Partial<Omit<INode, 'name' | 'type' | 'position'>> & { position?: number[] };

export type ConnectionsJson = Record<
	string,
	Record<string, Array<Array<{ node: string; type: string; index: number }> | null>>
>;

export const triggerName = 'Start';

export const manualTrigger: NodeJson = { name: triggerName, type: 'n8n-nodes-base.manualTrigger' };

export const mainLink = (node: string, index = 0) => ({ node, type: 'main', index });

/** A manual trigger called `Start`, followed by the nodes, each connected to the next one. */
export function chain(...nodes: NodeJson[]): WorkflowJson {
	const all = [manualTrigger, ...nodes];
	const links = all
		.slice(0, -1)
		.map(({ name }, index) => [name, { main: [[mainLink(all[index + 1].name)]] }]);
	return { nodes: all, connections: Object.fromEntries(links) as ConnectionsJson };
}

/** The workflow with the output of one node connected to another node as well. */
export function connect(
	workflow: WorkflowJson,
	from: string,
	outputIndex: number,
	to: string,
): WorkflowJson {
	const outputs = [...(workflow.connections[from]?.main ?? [])];
	while (outputs.length <= outputIndex) outputs.push([]);
	outputs[outputIndex] = [...(outputs[outputIndex] ?? []), mainLink(to)];
	return {
		...workflow,
		connections: {
			...workflow.connections,
			[from]: { ...workflow.connections[from], main: outputs },
		},
	};
}
