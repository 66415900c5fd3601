import type {
	GenericValue,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import { Main, describe, ofConditions } from './builtInNode.mts';
import { lodash } from './n8n.mts';

/** Stand-ins for nodes of n8n that sort, split, join and count items; see builtInNodes.mts. */

const filter: INodeType = {
	description: describe('filter', [2, 2.1, 2.2, 2.3], [ofConditions]),
	async execute(this: IExecuteFunctions) {
		const kept = this.getInputData().flatMap((item, index): INodeExecutionData[] =>
			this.getNodeParameter('conditions', index, false, { extractValue: true })
				? [{ ...item, pairedItem: { item: index } }]
				: [],
		);
		return [kept];
	},
};

/** An output for each of up to three rules, and one for items that none of them takes. */
const switchNode: INodeType = {
	description: describe(
		'switch',
		[3, 3.1, 3.2, 3.3, 3.4],
		[
			{
				displayName: 'Rules',
				name: 'rules',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				default: {},
				options: [{ displayName: 'Values', name: 'values', values: [ofConditions] }],
			},
		],
		[Main, Main, Main, Main],
	),
	async execute(this: IExecuteFunctions) {
		const outputs: INodeExecutionData[][] = [[], [], [], []];
		this.getInputData().forEach((item, index) => {
			const rules = this.getNodeParameter('rules.values', index, []) as IDataObject[];
			const taken = rules.findIndex((_rule, rule) =>
				this.getNodeParameter(`rules.values[${rule}].conditions`, index, false, {
					extractValue: true,
				}),
			);
			outputs[taken < 0 ? rules.length : taken].push({ ...item, pairedItem: { item: index } });
		});
		return outputs;
	},
};

/** An item for each entry of a field, or for each file. */
const splitOut: INodeType = {
	description: describe('splitOut', 1, [
		{ displayName: 'Field', name: 'fieldToSplitOut', type: 'string', default: '' },
	]),
	async execute(this: IExecuteFunctions) {
		const entries = this.getInputData().flatMap(({ json, binary = {} }, index) => {
			const field = this.getNodeParameter('fieldToSplitOut', index) as string;
			const pairedItem = { item: index };
			if (field === '$binary') {
				return Object.entries(binary).map(([name, file]): INodeExecutionData => {
					return { json: {}, binary: { [name]: file }, pairedItem };
				});
			}
			const list = (lodash.get(json, field) ?? []) as GenericValue[];
			return list.map((entry): INodeExecutionData => {
				return { json: entry as IDataObject, pairedItem };
			});
		});
		return [entries];
	},
};

/** Takes the first item alone. */
const limit: INodeType = {
	description: describe('limit', 1),
	async execute(this: IExecuteFunctions) {
		return [this.getInputData().slice(0, 1)];
	},
};

/** Combines by position; of fields with one name those of the second input stay. */
const merge: INodeType = {
	description: { ...describe('merge', [3, 3.1, 3.2]), inputs: [Main, Main] },
	async execute(this: IExecuteFunctions) {
		const [first, second] = [this.getInputData(0), this.getInputData(1)];
		const combined = first.slice(0, second.length).map((item, index): INodeExecutionData => {
			const other = second[index];
			return {
				json: { ...item.json, ...other.json },
				binary: { ...item.binary, ...other.binary },
				pairedItem: [
					{ item: index, input: 0 },
					{ item: index, input: 1 },
				],
			};
		});
		return [combined];
	},
};

/** Gives one item after the other to its second output, and all that came back to its first. */
const splitInBatches: INodeType = {
	description: describe('splitInBatches', 3, [], [Main, Main]),
	async execute(this: IExecuteFunctions) {
		const kept = this.getContext('node') as {
			left?: INodeExecutionData[];
			done?: INodeExecutionData[];
		};
		const isFirst = kept.left === undefined;
		kept.left ??= this.getInputData().map((item, index) => ({
			...item,
			pairedItem: { item: index },
		}));
		kept.done = [...(kept.done ?? []), ...(isFirst ? [] : this.getInputData())];
		const next = kept.left.shift();
		return next ? [[], [next]] : [kept.done, []];
	},
};

export const itemNodes: INodeType[] = [filter, switchNode, splitOut, limit, merge, splitInBatches];
