import type { IDataObject } from 'n8n-workflow';
import { inApp, type Call } from '../shared/api/call';
import { ClarifaiFailure } from '../shared/api/failures';
import { fetchWorkflow, ifExists } from '../shared/api/resources';
import {
	checkId,
	checkIdList,
	checkOptionalId,
	type AppScope,
} from '../shared/clarifai/identifiers';
import {
	isObject,
	objectAt,
	objectsAt,
	parseJson,
	textAt,
	type JsonObject,
} from '../shared/clarifai/json';
import { InputProblem } from '../shared/clarifai/problems';
import { checkBoolean, checkNumber, orDefault } from '../shared/clarifai/values';
import {
	nodesOfJson,
	orderGraph,
	toClarifaiNode,
	type GraphNode,
} from '../shared/clarifai/workflowGraph';
import { describingFields } from '../shared/node/describingFields';
import type { ItemParameters } from '../shared/node/itemParameters';
import type { ItemWork, NodeRun } from '../shared/node/itemWork';

const IF_EXISTS = ['fail', 'reuse', 'update'] as const;

interface WorkflowRequest {
	scope: AppScope;
	/** The workflow in Clarifai's own form. */
	workflow: JsonObject & { id: string; nodes: JsonObject[] };
	ifExists: (typeof IF_EXISTS)[number];
	simplify: boolean;
}

interface WorkflowResult {
	workflow: JsonObject;
	created: boolean;
	updated: boolean;
}

export const createWorkflow: ItemWork<WorkflowRequest, WorkflowResult> = {
	writes: true,

	prepare(item) {
		const id = checkId(item.value('workflowId', ''), 'Workflow ID');
		const scope = item.scope();
		const { nodes, ...fields } = readGraph(item, scope);
		return {
			scope,
			workflow: { ...fields, ...describingFields(item.collection('additionalFields')), id, nodes },
			ifExists: item.choice('ifWorkflowExists', 'If Workflow Exists', IF_EXISTS),
			simplify: item.boolean('simplify', 'Simplify', true),
		};
	},

	async perform(request, run) {
		const { scope, workflow } = request;
		// In turn, so that of several items with one ID the last decides, as their order says.
		return await run.client.inTurn(`${scope.userId}/${scope.appId}/${workflow.id}`, async () => {
			const posted = await post(request, run).catch((error: unknown) => error);
			if (!(posted instanceof Error)) {
				return { workflow: posted as JsonObject, created: true, updated: false };
			}
			const refused = posted instanceof ClarifaiFailure && posted.kind === 'refused';
			if (!refused || request.ifExists === 'fail') throw posted;
			const updated = request.ifExists === 'update';
			const existing = await ifExists(
				updated ? update(request, run) : existingWorkflow(request, run),
			);
			// What was refused is not the ID: the first answer says what it is.
			if (!existing) throw posted;
			return { workflow: existing, created: false, updated };
		});
	},

	output({ workflow, created, updated }, { scope, workflow: requested, simplify }) {
		if (!simplify) return [workflow as IDataObject];
		const nodes = objectsAt(workflow, 'nodes');
		return [
			{
				workflowId: textAt(workflow, 'id') ?? requested.id,
				workflowVersionId: textAt(objectAt(workflow, 'version'), 'id') ?? null,
				userId: textAt(workflow, 'user_id') ?? scope.userId,
				appId: textAt(workflow, 'app_id') ?? scope.appId,
				nodeIds: (nodes.length > 0 ? nodes : requested.nodes).map(
					(node) => textAt(node, 'id') ?? '',
				),
				createdAt: textAt(workflow, 'created_at') ?? null,
				created,
				updated,
			},
		];
	},
};

async function post(request: WorkflowRequest, run: NodeRun): Promise<JsonObject> {
	const { scope, workflow } = request;
	const body = { workflows: [workflow] };
	return await write(
		{ method: 'POST', path: inApp(scope, 'workflows'), body },
		(found) => found,
		request,
		run,
	);
}

/** Sends the whole workflow again: Clarifai keeps the old one as an earlier version. */
async function update(request: WorkflowRequest, run: NodeRun): Promise<JsonObject> {
	const { scope, workflow } = request;
	const body = { action: 'overwrite', workflows: [workflow] };
	return await write(
		{ method: 'PATCH', path: inApp(scope, 'workflows'), body },
		(found) => objectAt(found, 'version'),
		request,
		run,
	);
}

/** @param made what the write makes anew: the workflow or its version */
async function write(
	call: Call,
	made: (found: JsonObject) => JsonObject,
	request: WorkflowRequest,
	run: NodeRun,
): Promise<JsonObject> {
	const result = await run.client.writeOnce(
		call,
		async (isOurs) => {
			const found = await ifExists(existingWorkflow(request, run));
			const done =
				found &&
				isOurs(made(found)) &&
				!run.claimed.includes(versionOf(found)) &&
				hasNodes(found, request.workflow.nodes);
			return done ? found : undefined;
		},
		run.earlier,
	);
	const workflow =
		'found' in result ? result.found : (objectsAt(result.answer, 'workflows')[0] ?? {});
	run.claimed.push(versionOf(workflow));
	return workflow;
}

function versionOf(workflow: JsonObject): string {
	return textAt(objectAt(workflow, 'version'), 'id') ?? '';
}

async function existingWorkflow({ scope, workflow }: WorkflowRequest, { client }: NodeRun) {
	return await fetchWorkflow(client, scope, workflow.id);
}

/** Whether a workflow of Clarifai's has these nodes with these models, and these versions where given. */
function hasNodes(workflow: JsonObject, wanted: JsonObject[]): boolean {
	const nodes = objectsAt(workflow, 'nodes');
	return (
		nodes.length === wanted.length && wanted.every((node) => nodes.some((it) => isNode(it, node)))
	);
}

function isNode(node: JsonObject, wanted: JsonObject): boolean {
	const model = objectAt(node, 'model');
	const wantedModel = objectAt(wanted, 'model');
	const version = textAt(objectAt(wantedModel, 'model_version'), 'id');
	return (
		textAt(node, 'id') === textAt(wanted, 'id') &&
		textAt(model, 'id') === textAt(wantedModel, 'id') &&
		(version === undefined || version === textAt(objectAt(model, 'model_version'), 'id'))
	);
}

function readGraph(item: ItemParameters, scope: AppScope): JsonObject & { nodes: JsonObject[] } {
	if (item.choice('specifyGraph', 'Specify Graph', ['form', 'json']) === 'json') {
		const label = 'Graph (JSON)';
		const graph = parseJson(item.value('graphJson', '[]'), label);
		const fields = isObject(graph) ? graph : {};
		return { ...fields, nodes: orderGraph(nodesOfJson(graph, label)) };
	}
	const { node: entries = [] } = item.collection('nodes');
	const nodes = (Array.isArray(entries) ? entries : [entries]) as IDataObject[];
	return {
		nodes: orderGraph(
			nodes.map((entry, index) => toClarifaiNode(formNode(item, entry, index, scope))),
		),
	};
}

/** Absent for the latest version; null is what a training puts out that has not made its version yet. */
function modelVersion({ modelVersionId }: IDataObject, label: string): string | undefined {
	if (modelVersionId !== null) return checkOptionalId(modelVersionId, label);
	throw new InputProblem(
		`'${label}' is null: the training that came in has not made a version yet`,
		"Wait for it, with 'Wait for Completion' in Clarifai Train or with Clarifai Training Status in a loop. To take the model's latest version whatever came in, clear the field.",
	);
}

function formNode(
	item: ItemParameters,
	entry: IDataObject,
	index: number,
	scope: AppScope,
): GraphNode {
	const of = (label: string) => `${label} (node ${index + 1})`;
	const model = item.locatedBy(entry.modelId, of('Model'), 'models');
	const node: GraphNode = {
		nodeId: checkId(entry.nodeId, of('Node ID')),
		modelId: model.id,
		modelVersionId: modelVersion(entry, of('Model Version ID')),
		modelUserId: checkOptionalId(entry.modelUserId, of('Model User ID')) ?? model.scope?.userId,
		modelAppId: checkOptionalId(entry.modelAppId, of('Model App ID')) ?? model.scope?.appId,
		inputs: checkIdList(entry.inputs, of('Inputs')),
		conceptIds: checkIdList(entry.conceptIds, of('Concept IDs')),
		maxConcepts: checkNumber(orDefault(entry.maxConcepts, 0), of('Max Concepts'), 0, {
			whole: true,
		}),
		minValue: checkNumber(orDefault(entry.minValue, 0), of('Min Value'), 0, { max: 1 }),
		suppressOutput: checkBoolean(entry.suppressOutput, of('Suppress Output')),
	};
	// Clarifai resolves bare model IDs inside the app only, and the guide's own body names the owner.
	return {
		...node,
		modelUserId: node.modelUserId ?? scope.userId,
		modelAppId: node.modelAppId ?? scope.appId,
	};
}
