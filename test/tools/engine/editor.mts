import type {
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameters,
	INodePropertyOptions,
	INodeType,
	ResourceMapperFields,
	Workflow,
} from 'n8n-workflow';
import { additionalDataFor } from './additionalData.mts';
import { workflowFrom, type Runtime } from './execution.mts';
import { n8nCore } from './n8n.mts';
import type { NodeJson } from './workflows.mts';

/** What the editor asks a node for while its parameters are being filled in. */
export interface LoadOptions {
	listSearch(
		methodName: string,
		filter?: string,
		paginationToken?: string,
	): Promise<INodeListSearchResult>;
	loadOptions(methodName: string): Promise<INodePropertyOptions[]>;
	resourceMapping(methodName: string): Promise<ResourceMapperFields>;
}

type Methods = NonNullable<INodeType['methods']>;

/** `item` is the input item that the editor resolves the parameters' expressions with. */
export function loadOptionsOf(
	runtime: Runtime,
	nodeJson: NodeJson,
	item?: INodeExecutionData,
): LoadOptions {
	const workflow = workflowFrom({ nodes: [nodeJson], connections: {} }, runtime.nodeTypes);
	const node = workflow.nodes[nodeJson.name];
	const { methods = {} } = runtime.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const currentNodeParameters = resolveAsEditor(workflow, node.name, item);

	const context = () =>
		new n8nCore.LoadOptionsContext(
			workflow,
			node,
			additionalDataFor(runtime.credentials, { currentNodeParameters }),
			'',
		);

	function find<Kind extends keyof Methods>(kind: Kind, name: string) {
		const found = (methods as Methods)[kind]?.[name];
		if (!found) throw new Error(`Node type "${node.type}" has no ${kind} method "${name}"`);
		return found as NonNullable<Methods[Kind]>[string];
	}

	return {
		listSearch: async (name, filter, token) =>
			await find('listSearch', name).call(context(), filter, token),
		loadOptions: async (name) => await find('loadOptions', name).call(context()),
		resourceMapping: async (name) => await find('resourceMapping', name).call(context()),
	};
}

/** The editor sends parameters resolved, and null for expressions that it cannot resolve. */
function resolveAsEditor(
	workflow: Workflow,
	nodeName: string,
	item: INodeExecutionData | undefined,
): INodeParameters {
	const resolve = (value: INodeParameters[string]) => {
		try {
			return workflow.expression.getParameterValue(
				value,
				null,
				0,
				0,
				nodeName,
				item ? [item] : [],
				'internal',
				{},
			);
		} catch {
			return null;
		}
	};
	return Object.fromEntries(
		Object.entries(workflow.nodes[nodeName].parameters).map(([name, value]) => [
			name,
			resolve(value),
		]),
	) as INodeParameters;
}
