import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';
import { agentNodes, agentType, type AgentStyle, type ToolCall } from './agents.mts';
import { builtInNodes, type RecordedWait } from './builtInNodes.mts';
import { EngineCredentials, type CredentialsByType } from './credentials.mts';
import { testCredential, type CredentialTestResult } from './credentialTest.mts';
import { loadOptionsOf, type LoadOptions } from './editor.mts';
import { startRun, type RunHandle, type RunOptions, type RunResult } from './execution.mts';
import { EngineNodeTypes } from './nodeTypes.mts';
import { loadPackage, repositoryRoot } from './package.mts';
import { pollOnce, type PollOptions, type PollResult } from './polling.mts';
import { useRegularExpressionsWithoutTimeout } from './regularExpressions.mts';
import { chain, type NodeJson, type WorkflowJson } from './workflows.mts';

export { chain, connect } from './workflows.mts';
export type { RunHandle, RunOptions, RunResult } from './execution.mts';
export type { NodeJson, WorkflowJson } from './workflows.mts';

export interface EngineOptions {
	/** The decrypted data by credential type; every node gets the one of its type. */
	credentials?: CredentialsByType;
	/** A package with an `n8n` block, built; this repository by default. */
	packageDirectory?: string;
}

export interface ToolRun {
	/** What the model is shown of the tool, and the text that it gets back. */
	call: ToolCall | undefined;
	run: RunResult;
}

export type Engine = Awaited<ReturnType<typeof createEngine>>;

/** Runs workflows on n8n-core, with the nodes and credentials of a built package. */
export async function createEngine(options: EngineOptions = {}) {
	useRegularExpressionsWithoutTimeout();
	const loader = await loadPackage(options.packageDirectory ?? repositoryRoot);
	const waits: RecordedWait[] = [];
	const nodeTypes = new EngineNodeTypes(loader, {
		...builtInNodes((wait) => waits.push(wait)),
		...agentNodes,
	});
	const credentials = new EngineCredentials(loader, options.credentials ?? {});
	const runtime = { nodeTypes, credentials, waits };

	function selectedCredentials(type: string): NonNullable<NodeJson['credentials']> {
		const { description } = nodeTypes.getByNameAndVersion(type);
		const selected = (description.credentials ?? [])
			.filter(({ name }) => credentials.has(name))
			.map(({ name }) => [name, { id: name, name }] as const);
		return Object.fromEntries(selected);
	}

	/** A node of the package for a workflow, with the engine's credentials selected. */
	function node(
		type: string,
		parameters: INodeParameters = {},
		settings: Partial<NodeJson> = {},
	): NodeJson {
		const fullType = type.includes('.') ? type : `${loader.packageName}.${type}`;
		const { description } = nodeTypes.getByNameAndVersion(fullType);
		return {
			name: String(description.defaults.name ?? description.displayName),
			type: fullType,
			parameters,
			credentials: selectedCredentials(fullType),
			...settings,
		};
	}

	/** The workflow as after an import, when the user has selected a credential on each node. */
	const withCredentials = (workflow: WorkflowJson): WorkflowJson => ({
		...workflow,
		nodes: workflow.nodes.map((each) => {
			// The HTTP Request node can use any credential.
			const chosen = each.parameters?.nodeCredentialType as string | undefined;
			return {
				...each,
				credentials: {
					...selectedCredentials(each.type),
					...(chosen !== undefined && { [chosen]: { id: chosen, name: chosen } }),
					...each.credentials,
				},
			};
		}),
	});

	const start = (workflow: WorkflowJson, runOptions: RunOptions = {}): RunHandle =>
		startRun(runtime, workflow, runOptions);

	return {
		nodeTypes,
		node,
		withCredentials,
		start,

		async run(workflow: WorkflowJson, runOptions: RunOptions = {}): Promise<RunResult> {
			return await start(workflow, runOptions).done;
		},

		/** `item` is the input item that expressions in the parameters refer to. */
		loadOptions(
			type: string,
			parameters: INodeParameters = {},
			item?: INodeExecutionData,
			credentials?: NodeJson['credentials'],
		): LoadOptions {
			const asked = node(type, parameters);
			return loadOptionsOf(runtime, credentials ? { ...asked, credentials } : asked, item);
		},

		async poll(
			type: string,
			parameters: INodeParameters = {},
			pollOptions: PollOptions = {},
		): Promise<PollResult> {
			return await pollOnce(runtime, node(type, parameters), pollOptions);
		},

		async testCredential(
			data: ICredentialDataDecryptedObject,
			type = Object.keys(loader.credentialTypes)[0],
		): Promise<CredentialTestResult> {
			return await testCredential(runtime, type, data);
		},

		/** Lets an AI agent call the node's tool variant once, with the given `$fromAI` arguments. */
		async asTool(
			type: string,
			parameters: INodeParameters,
			args: IDataObject = {},
			style: AgentStyle = 'v3',
		): Promise<ToolRun> {
			const tool = node(`${type}Tool`, parameters);
			const agentParameters = { style, arguments: JSON.stringify(args) };
			const workflow = chain({ name: 'Agent', type: agentType, parameters: agentParameters });
			const run = await start({
				...workflow,
				nodes: [...workflow.nodes, tool],
				connections: {
					...workflow.connections,
					[tool.name]: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
				},
			}).done;
			return { call: run.outputs('Agent')[0]?.json as ToolCall | undefined, run };
		},
	};
}
