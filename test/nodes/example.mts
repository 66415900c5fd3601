import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';
import type { WorkflowJson } from '../tools/engine/engine.mts';
import { repositoryRoot } from '../tools/engine/package.mts';

export const readExample = (file: string) =>
	JSON.parse(readFileSync(join(repositoryRoot, 'examples', file), 'utf8')) as WorkflowJson;

export const exampleParameters = (file: string, nodeName: string) =>
	readExample(file).nodes.find(({ name }) => name === nodeName)!.parameters!;

/** The workflow with nodes that ask people, mails or disks replaced by what they answer. */
export function answering(
	workflow: WorkflowJson,
	answers: Record<string, INodeExecutionData[]>,
): WorkflowJson {
	for (const name of Object.keys(answers)) {
		if (!workflow.nodes.some((node) => node.name === name)) {
			throw new Error(`The example has no node "${name}" any more`);
		}
	}
	const nodes = workflow.nodes.map((node) => {
		if (!answers[node.name]) return node;
		const isTrigger = node.type.endsWith('Trigger');
		const type = `n8n-nodes-base.${isTrigger ? 'manualTrigger' : 'noOp'}`;
		return { ...node, type, typeVersion: 1, parameters: {} };
	});
	return { ...workflow, nodes, pinData: { ...workflow.pinData, ...answers } };
}
