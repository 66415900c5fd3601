import { randomUUID } from 'node:crypto';
import type { IDataObject, INodeExecutionData, WorkflowActivateMode } from 'n8n-workflow';
import { additionalDataFor } from './additionalData.mts';
import { workflowFrom, type Runtime } from './execution.mts';
import { n8nCore } from './n8n.mts';
import type { NodeJson } from './workflows.mts';

export interface PollOptions {
	/**
	 * The node's static data. Changed in place, as it stays in memory from poll to poll while the
	 * workflow is active. To simulate a restart, poll with a copy made through JSON.
	 */
	staticData?: IDataObject;
	/** `manual` is the editor's test run, `trigger` (the default) a poll of an active workflow. */
	mode?: 'trigger' | 'manual';
	/** The poll that n8n makes once to activate the workflow, not one of the scheduled ones. */
	testing?: boolean;
}

export interface PollResult {
	items: INodeExecutionData[][] | null;
	staticData: IDataObject;
	/** Whether n8n writes the static data to its database: only a poll that emits makes it do so. */
	saved: boolean;
}

export async function pollOnce(
	runtime: Runtime,
	nodeJson: NodeJson,
	{ staticData = {}, mode = 'trigger', testing = false }: PollOptions,
): Promise<PollResult> {
	const workflow = workflowFrom(
		{
			nodes: [nodeJson],
			connections: {},
			staticData: { [`node:${nodeJson.name}`]: staticData },
		},
		runtime.nodeTypes,
	);
	workflow.id = workflowIdOf(runtime);
	const node = workflow.nodes[nodeJson.name];
	const nodeType = runtime.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	if (!nodeType.poll) throw new Error(`Node type "${node.type}" does not poll`);

	const context = new n8nCore.PollContext(
		workflow,
		node,
		additionalDataFor(runtime.credentials),
		mode,
		activationOf(mode, testing),
	);
	try {
		const items = await nodeType.poll.call(context);
		return { items, staticData, saved: mode === 'trigger' && items !== null };
	} finally {
		replaceContents(staticData, workflow.getStaticData('node', node));
	}
}

const workflowIds = new WeakMap<Runtime, string>();

/**
 * The workflow of an engine. The nodes live on from one file of tests to the next, and what a trigger
 * remembers of a poll that never ended must not meet the workflows of other tests.
 */
function workflowIdOf(runtime: Runtime): string {
	const id = workflowIds.get(runtime) ?? randomUUID();
	workflowIds.set(runtime, id);
	return id;
}

const activationOf = (mode: PollOptions['mode'], testing: boolean): WorkflowActivateMode => {
	if (mode === 'manual') return 'manual';
	return testing ? 'activate' : 'init';
};

function replaceContents(target: IDataObject, source: IDataObject): void {
	const contents = JSON.parse(JSON.stringify(source)) as IDataObject;
	for (const key of Object.keys(target)) delete target[key];
	Object.assign(target, contents);
}
