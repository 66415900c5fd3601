import type { INodeProperties, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { n8nWorkflow } from './n8n.mts';

/**
 * The `...Tool` node type that n8n generates for each node that is usable as an AI tool. n8n does
 * this in its server package; n8n-core has no function for it.
 */
export function toolVariant(nodeType: INodeType): INodeType {
	const { usableAsTool, ...rest } = nodeType.description;
	if (!usableAsTool) {
		throw new Error(`Node type "${nodeType.description.name}" is not usable as a tool`);
	}

	const replacements = typeof usableAsTool === 'object' ? usableAsTool.replacements : {};
	const replaced: INodeTypeDescription = { ...rest, ...replacements };
	const description: INodeTypeDescription = {
		...replaced,
		name: `${replaced.name}Tool`,
		displayName: `${replaced.displayName} Tool`,
		inputs: [],
		outputs: [n8nWorkflow.NodeConnectionTypes.AiTool],
		properties: [...toolProperties(replaced), ...replaced.properties],
	};
	return Object.create(nodeType, { description: { value: description } }) as INodeType;
}

function toolProperties({ description, properties }: INodeTypeDescription): INodeProperties[] {
	const names = properties.map((property) => property.name);
	if (names.includes('toolDescription')) return [];

	const toolDescription: INodeProperties = {
		displayName: 'Description',
		name: 'toolDescription',
		type: 'string',
		default: description,
		required: true,
	};
	if (!names.includes('resource') && !names.includes('operation')) return [toolDescription];

	const descriptionType: INodeProperties = {
		displayName: 'Tool Description',
		name: 'descriptionType',
		type: 'options',
		options: [
			{ name: 'Set Automatically', value: 'auto' },
			{ name: 'Set Manually', value: 'manual' },
		],
		default: 'auto',
	};
	return [
		descriptionType,
		{ ...toolDescription, displayOptions: { show: { descriptionType: ['manual'] } } },
	];
}
