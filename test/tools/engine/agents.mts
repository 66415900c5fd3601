import type {
	EngineRequest,
	EngineResponse,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import { n8nWorkflow } from './n8n.mts';
import type { NodeTypesByName } from './nodeTypes.mts';

const { AiTool, Main } = n8nWorkflow.NodeConnectionTypes;

/** How an agent runs its tools: as nodes of the execution (version 3), or by itself (before). */
export type AgentStyle = 'v2' | 'v3';

export const agentType = 'test-engine.agent';

/** What the agent's model is shown of its one tool, and what it gets back from the call. */
export interface ToolCall extends IDataObject {
	name: string;
	description: string;
	response: string;
}

interface Tool {
	name: string;
	description: string;
	metadata: { sourceNodeName: string };
	invoke(args: IDataObject): Promise<string>;
}

/** An AI agent without a model: it calls its one connected tool once, with the arguments given. */
const agent: INodeType = {
	description: {
		displayName: 'Agent',
		name: 'agent',
		group: ['transform'],
		version: 1,
		description: 'Calls its one tool once',
		defaults: { name: 'Agent' },
		inputs: [Main, { type: AiTool, required: true }],
		outputs: [Main],
		properties: [
			{ displayName: 'Style', name: 'style', type: 'string', default: 'v3' },
			{ displayName: 'Arguments', name: 'arguments', type: 'json', default: '{}' },
		],
	},
	async execute(
		this: IExecuteFunctions,
		engineResponse?: EngineResponse,
	): Promise<INodeExecutionData[][] | EngineRequest> {
		const [tool] = (await this.getInputConnectionData(AiTool, 0)) as Tool[];
		const args = JSON.parse(this.getNodeParameter('arguments', 0) as string) as IDataObject;

		const answer = (response: string) => {
			const json: ToolCall = { name: tool.name, description: tool.description, response };
			return [[{ json }]];
		};

		if (this.getNodeParameter('style', 0) === 'v2') return answer(await tool.invoke(args));

		const [finished] = engineResponse?.actionResponses ?? [];
		if (finished) {
			return answer(JSON.stringify(finished.data.data?.ai_tool?.[0]?.map((item) => item.json)));
		}
		return {
			actions: [
				{
					actionType: 'ExecutionNodeAction',
					nodeName: tool.metadata.sourceNodeName,
					input: args,
					type: AiTool,
					id: 'call-1',
					metadata: { itemIndex: 0 },
				},
			],
			metadata: {},
		};
	},
};

export const agentNodes: NodeTypesByName = { [agentType]: agent };
