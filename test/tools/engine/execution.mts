import type {
	ExecutionError,
	ExecutionStatus,
	IDataObject,
	INode,
	INodeExecutionData,
	IRun,
	IRunData,
	IRunExecutionData,
	ITaskData,
	IWorkflowBase,
	NodeExecutionHint,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { additionalDataFor } from './additionalData.mts';
import type { RecordedWait } from './builtInNodes.mts';
import type { EngineCredentials } from './credentials.mts';
import { flatted, n8nCore, n8nWorkflow } from './n8n.mts';
import type { EngineNodeTypes } from './nodeTypes.mts';
import type { WorkflowJson } from './workflows.mts';

export interface RunOptions {
	/** What the first node gets, or a trigger emits; one empty item by default. */
	items?: INodeExecutionData[];
	/** The name of the node to start at, by default the workflow's trigger. */
	startNode?: string;
	/** `manual` is a run from the editor, `trigger` (the default) one of an active workflow. */
	mode?: WorkflowExecuteMode;
	/** The run goes on when the promise that these may return has resolved. */
	onNodeStarted?: (nodeName: string) => unknown;
	onNodeFinished?: (nodeName: string, task: ITaskData) => unknown;
	/** A run that ended as `waiting`, to go on with as n8n does after a wait. */
	continueFrom?: RunResult;
}

/** A run that is under way. */
export interface RunHandle {
	done: Promise<RunResult>;
	/** What the Stop button does. */
	cancel(): void;
}

export interface RunResult {
	status: ExecutionStatus;
	/** The error that ended the run. */
	error: ExecutionError | undefined;
	runData: IRunData;
	run: IRun;
	/** What was run. */
	workflow: Workflow;
	/** The names of the nodes in the order in which they ran, one entry per run. */
	executed: string[];
	/** The items of one output of one run of a node; none when the node did not run. */
	outputs(nodeName: string, outputIndex?: number, runIndex?: number): INodeExecutionData[];
	/** The error of one run of a node, also when the workflow went on. */
	nodeError(nodeName: string, runIndex?: number): ExecutionError | undefined;
	hints: Array<NodeExecutionHint & { nodeName: string }>;
	/** What nodes set through `customData`, as shown on the execution. */
	customData: Record<string, string>;
	/** What nodes sent to the editor; n8n-core lets them in mode `manual` only. */
	sentToUI: Array<{ type: string; data: unknown }>;
	/** The runs of the Wait stand-in. */
	waits: RecordedWait[];
	/** The workflow's static data after the run. */
	staticData: IDataObject;
	/** The execution as n8n stores it in its database. */
	serialized(): string;
}

export interface Runtime {
	nodeTypes: EngineNodeTypes;
	credentials: EngineCredentials;
	waits: RecordedWait[];
}

let executionCount = 0;

export function startRun(runtime: Runtime, json: WorkflowJson, options: RunOptions): RunHandle {
	const { mode = 'trigger', continueFrom } = options;
	const executionId = String(++executionCount);
	const workflow = workflowFrom(json, runtime.nodeTypes);
	const executed: string[] = [];
	const sentToUI: RunResult['sentToUI'] = [];

	const hooks = new n8nCore.ExecutionLifecycleHooks(mode, executionId, asStoredWorkflow(workflow));
	hooks.addHandler('nodeExecuteBefore', async (nodeName) => {
		await options.onNodeStarted?.(nodeName);
	});
	hooks.addHandler('nodeExecuteAfter', async (nodeName, task) => {
		executed.push(nodeName);
		await options.onNodeFinished?.(nodeName, task);
	});

	const additionalData = additionalDataFor(runtime.credentials, {
		hooks,
		executionId,
		restartExecutionId: continueFrom && executionId,
		sendDataToUI: (type, data) => void sentToUI.push({ type, data }),
	});

	const runExecutionData = continueFrom
		? (flatted.parse(continueFrom.serialized()) as IRunExecutionData)
		: initialData(workflow, json, options);

	const running = new n8nCore.WorkflowExecute(
		additionalData,
		mode,
		runExecutionData,
	).processRunExecutionData(workflow);

	const toResult = (run: IRun): RunResult => {
		const { error, runData, metadata } = run.data.resultData;
		return {
			status: run.status,
			error,
			runData,
			run,
			workflow,
			executed,
			outputs(nodeName, outputIndex = 0, runIndex = 0) {
				assertNode(workflow, nodeName);
				return runData[nodeName]?.[runIndex]?.data?.main?.[outputIndex] ?? [];
			},
			nodeError(nodeName, runIndex = 0) {
				assertNode(workflow, nodeName);
				return runData[nodeName]?.[runIndex]?.error;
			},
			hints: Object.entries(runData).flatMap(([nodeName, tasks]) =>
				tasks.flatMap((task) => (task.hints ?? []).map((hint) => ({ ...hint, nodeName }))),
			),
			customData: metadata ?? {},
			sentToUI,
			waits: runtime.waits.filter((wait) => wait.executionId === executionId),
			staticData: JSON.parse(JSON.stringify(workflow.staticData)) as IDataObject,
			serialized: () => flatted.stringify(run.data),
		};
	};

	return { done: running.then(toResult), cancel: () => running.cancel() };
}

export function workflowFrom(json: WorkflowJson, nodeTypes: EngineNodeTypes): Workflow {
	const copy = structuredClone(json);
	return new n8nWorkflow.Workflow({
		id: 'test-workflow',
		name: copy.name ?? 'Test workflow',
		nodes: copy.nodes.map(
			(node, index) =>
				({
					id: `node-${index}`,
					typeVersion: 1,
					position: [index * 200, 0],
					parameters: {},
					...node,
				}) as INode,
		),
		connections: copy.connections as Workflow['connectionsBySourceNode'],
		active: false,
		nodeTypes,
		settings: { executionOrder: 'v1', ...copy.settings },
		staticData: copy.staticData ?? {},
	});
}

function initialData(workflow: Workflow, json: WorkflowJson, options: RunOptions) {
	const startNode = findStartNode(workflow, options.startNode);
	const { trigger, poll } = workflow.nodeTypes.getByNameAndVersion(
		startNode.type,
		startNode.typeVersion,
	);

	// In a manual run a trigger makes its own data. Pinning is how the editor gives it other data.
	const pinned =
		options.mode === 'manual' && options.items && (trigger ?? poll)
			? { [startNode.name]: options.items }
			: {};

	return n8nWorkflow.createRunExecutionData({
		executionData: {
			nodeExecutionStack: [
				{ node: startNode, data: { main: [options.items ?? [{ json: {} }]] }, source: null },
			],
		},
		resultData: { pinData: { ...json.pinData, ...pinned } },
	});
}

function findStartNode(workflow: Workflow, name: string | undefined): INode {
	if (name !== undefined) {
		assertNode(workflow, name);
		return workflow.nodes[name];
	}
	const node = workflow.getStartNode();
	if (!node) throw new Error('The workflow has no trigger: give the name of the start node');
	return node;
}

function assertNode(workflow: Workflow, name: string): void {
	if (!workflow.nodes[name]) {
		const names = Object.keys(workflow.nodes).join(', ');
		throw new Error(`The workflow has no node "${name}", it has: ${names}`);
	}
}

function asStoredWorkflow(workflow: Workflow): IWorkflowBase {
	return {
		id: workflow.id,
		name: workflow.name ?? '',
		active: false,
		isArchived: false,
		createdAt: new Date(),
		updatedAt: new Date(),
		nodes: Object.values(workflow.nodes),
		connections: workflow.connectionsBySourceNode,
		activeVersionId: null,
	};
}
