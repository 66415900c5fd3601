import type {
	AssignmentCollectionValue,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeType,
	ITriggerFunctions,
} from 'n8n-workflow';
import { Main, describe, ofConditions, passThrough } from './builtInNode.mts';
import { itemNodes } from './itemNodes.mts';
import { lodash } from './n8n.mts';
import type { NodeTypesByName } from './nodeTypes.mts';

/**
 * Stand-ins for the few n8n-nodes-base nodes that the example workflows use; n8n-nodes-base is not a
 * dependency. They cover the parameters that the examples set, no more: the end-to-end suite runs the
 * examples in a real n8n, with the real nodes.
 */
export function builtInNodes(onWait: (wait: RecordedWait) => void): NodeTypesByName {
	const types = [
		trigger('manualTrigger'),
		trigger('scheduleTrigger'),
		noOp,
		stickyNote,
		set,
		ifNode,
		httpRequest,
		...itemNodes,
	];
	return Object.fromEntries(
		[...types, waitNode(onWait)].map((type) => [`n8n-nodes-base.${type.description.name}`, type]),
	);
}

/** A Wait node that ran: the stand-in passes its items on at once. */
export interface RecordedWait {
	executionId: string | undefined;
	nodeName: string;
	parameters: INode['parameters'];
}

function trigger(name: string): INodeType {
	return {
		description: { ...describe(name, [1, 1.1, 1.2, 1.3]), group: ['trigger'], inputs: [] },
		async trigger(this: ITriggerFunctions) {
			return { manualTriggerFunction: async () => this.emit([[{ json: {} }]]) };
		},
	};
}

const noOp: INodeType = { description: describe('noOp', 1), execute: passThrough };

const stickyNote: INodeType = {
	description: { ...describe('stickyNote', 1), inputs: [], outputs: [] },
	execute: passThrough,
};

function waitNode(onWait: (wait: RecordedWait) => void): INodeType {
	return {
		description: describe('wait', [1, 1.1]),
		async execute(this: IExecuteFunctions) {
			onWait({
				executionId: this.getExecutionId(),
				nodeName: this.getNode().name,
				parameters: this.getNode().parameters,
			});
			return [this.getInputData()];
		},
	};
}

const set: INodeType = {
	description: describe(
		'set',
		[3, 3.1, 3.2, 3.3, 3.4],
		[
			{ displayName: 'Mode', name: 'mode', type: 'string', default: 'manual' },
			{ displayName: 'JSON', name: 'jsonOutput', type: 'json', default: '{}' },
			{
				displayName: 'Fields to Set',
				name: 'assignments',
				type: 'assignmentCollection',
				default: {},
			},
			{
				displayName: 'Include Other Input Fields',
				name: 'includeOtherFields',
				type: 'boolean',
				default: false,
			},
		],
	),
	async execute(this: IExecuteFunctions) {
		const items = this.getInputData().map((item, index): INodeExecutionData => {
			const kept = this.getNodeParameter('includeOtherFields', index) ? item.json : {};
			return {
				json: { ...structuredClone(kept), ...fieldsOf(this, index) },
				pairedItem: { item: index },
			};
		});
		return [items];
	},
};

function fieldsOf(context: IExecuteFunctions, index: number): IDataObject {
	if (context.getNodeParameter('mode', index) === 'raw') {
		const json = context.getNodeParameter('jsonOutput', index) as string | IDataObject;
		return typeof json === 'string' ? (JSON.parse(json) as IDataObject) : json;
	}
	const { assignments = [] } = context.getNodeParameter(
		'assignments',
		index,
		{},
	) as Partial<AssignmentCollectionValue>;
	const fields: IDataObject = {};
	for (const { name, value } of assignments) lodash.set(fields, name, value);
	return fields;
}

const ifNode: INodeType = {
	description: describe('if', [2, 2.1, 2.2, 2.3], [ofConditions], [Main, Main]),
	async execute(this: IExecuteFunctions) {
		const branches: INodeExecutionData[][] = [[], []];
		this.getInputData().forEach((item, index) => {
			const matches = this.getNodeParameter('conditions', index, false, { extractValue: true });
			branches[matches ? 0 : 1].push({ ...item, pairedItem: { item: index } });
		});
		return branches;
	},
};

const httpRequest: INodeType = {
	description: describe(
		'httpRequest',
		[4, 4.1, 4.2, 4.3],
		[
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Credential Type', name: 'nodeCredentialType', type: 'string', default: '' },
		],
	),
	async execute(this: IExecuteFunctions) {
		const { length } = this.getInputData();
		const answers: INodeExecutionData[] = [];
		for (let index = 0; index < length; index++) {
			const json = (await this.helpers.httpRequestWithAuthentication.call(
				this,
				this.getNodeParameter('nodeCredentialType', index) as string,
				{ url: this.getNodeParameter('url', index) as string, json: true },
			)) as IDataObject;
			answers.push({ json, pairedItem: { item: index } });
		}
		return [answers];
	},
};
