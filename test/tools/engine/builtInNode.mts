import type { IExecuteFunctions, INodeProperties, INodeType } from 'n8n-workflow';
import { n8nWorkflow } from './n8n.mts';

/** What the stand-ins for n8n's own nodes have in common. */
export const { Main } = n8nWorkflow.NodeConnectionTypes;

export function describe(
	name: string,
	version: number | number[],
	properties: INodeProperties[] = [],
	outputs: Array<typeof Main> = [Main],
): INodeType['description'] {
	return {
		displayName: name,
		name,
		group: ['transform'],
		version,
		description: name,
		defaults: { name },
		inputs: [Main],
		outputs,
		properties,
	};
}

export const passThrough = async function (this: IExecuteFunctions) {
	return [this.getInputData()];
};

/** Read with `extractValue`, it is whether the conditions hold. */
export const ofConditions: INodeProperties = {
	displayName: 'Conditions',
	name: 'conditions',
	type: 'filter',
	default: {},
	typeOptions: { filter: { version: 2 } },
};
