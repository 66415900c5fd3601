import type { IDataObject } from 'n8n-workflow';
import { inApp, type Call } from '../shared/api/call';
import { ClarifaiFailure } from '../shared/api/failures';
import { findWorkflow, workflowPath } from '../shared/api/workflows';
import { portalUrl, type AppScope } from '../shared/clarifai/identifiers';
import { known, objectsAt, type JsonObject } from '../shared/clarifai/json';
import {
	readWorkflow,
	readWorkflowNode,
	type Workflow,
	type WorkflowNode,
} from '../shared/clarifai/workflows';
import type { ItemRun, ItemWork } from '../shared/node/itemWork';
import { describingFields } from '../shared/parameters/describingFields';
import { InputProblem, inputProblemOf } from '../shared/parameters/problems';
import { refuseNoTraining, usableVersion } from '../shared/parameters/usableVersion';
import { workflowProperties } from './properties';
import { readGraph } from './readGraph';
import { hasNodes, isSameWorkflow } from './workflowGraph';

interface WorkflowRequest {
	scope: AppScope;
	/** The workflow in Clarifai's own form. */
	workflow: JsonObject & { id: string; nodes: JsonObject[] };
	ifExists: 'fail' | 'reuse' | 'update';
	simplify: boolean;
}

interface WorkflowResult {
	workflow: Workflow;
	created: boolean;
	updated: boolean;
}

export const createWorkflow: ItemWork<WorkflowRequest, WorkflowResult> = {
	properties: workflowProperties,
	writes: true,

	prepare(item) {
		refuseNoTraining(item);
		const scope = item.scope();
		const { nodes, ...fields } = readGraph(item, scope);
		return {
			scope,
			workflow: { ...fields, ...describingFields(item), id: item.id('workflowId'), nodes },
			ifExists: item.choice('ifWorkflowExists'),
			simplify: item.boolean('simplify'),
		};
	},

	async check(request, run) {
		const problems: InputProblem[] = [];
		for (const node of request.workflow.nodes.map(readWorkflowNode)) {
			const problem = await problemOfVersion(node, request.scope, run);
			if (problem) problems.push(problem);
		}
		if (request.ifExists === 'fail' && !run.mayBeDone && (await find(request, run)))
			problems.push(alreadyExists(request));
		if (problems.length > 0) throw inputProblemOf(problems);
	},

	async perform(request, run) {
		// In turn, so that of several items with one ID the last decides, as their order says.
		return await run.inTurn(turnOf(request), async () => {
			const existing = await find(request, run);
			if (!existing || (run.mayBeDone && run.kept.sent === 'create')) {
				return await create(request, run);
			}
			if (request.ifExists === 'fail') throw alreadyExists(request);
			const isSame = isSameWorkflow(existing, request.workflow);
			if (request.ifExists === 'reuse' || (isSame && !run.mayBeDone)) {
				return { workflow: existing, created: false, updated: false };
			}
			return await update(existing, request, run);
		});
	},

	output({ workflow, created, updated }, { scope, workflow: requested, simplify }) {
		if (!simplify) return [workflow.raw as IDataObject];
		const nodes =
			workflow.nodes.length > 0 ? workflow.nodes : requested.nodes.map(readWorkflowNode);
		return [
			known<IDataObject>({
				workflowId: workflow.id ?? requested.id,
				created,
				updated,
				workflowVersionId: workflow.versionId,
				nodeIds: nodes.map(({ id }) => id ?? ''),
				userId: workflow.userId ?? scope.userId,
				appId: workflow.appId ?? scope.appId,
				createdAt: workflow.createdAt,
			}),
		];
	},
};

async function find({ scope, workflow }: WorkflowRequest, { client }: ItemRun) {
	return await findWorkflow(client, scope, workflow.id);
}

function turnOf({ scope, workflow }: WorkflowRequest): string {
	return workflowPath(scope, workflow.id).join('/');
}

function alreadyExists({ workflow }: WorkflowRequest): InputProblem {
	return new InputProblem(
		`Workflow "${workflow.id}" already exists`,
		"Choose another 'Workflow ID', or set 'If Workflow Exists' to Reuse or Update.",
	);
}

/** A version of the app's own models that is not trained, or is not there, would serve nothing. */
async function problemOfVersion(
	node: WorkflowNode,
	scope: AppScope,
	{ client }: ItemRun,
): Promise<InputProblem | undefined> {
	const { modelId, modelVersionId } = node;
	const { modelUserId = scope.userId, modelAppId = scope.appId } = node;
	const isOwn = modelUserId === scope.userId && modelAppId === scope.appId;
	if (!isOwn || modelId === undefined || modelVersionId === undefined) return undefined;
	const result = await usableVersion(client, scope, modelId, modelVersionId);
	return result instanceof InputProblem ? result : undefined;
}

async function create(request: WorkflowRequest, run: ItemRun): Promise<WorkflowResult> {
	const { scope, workflow } = request;
	run.kept.sent = 'create';
	const body = { workflows: [workflow] };
	const call: Call = { method: 'POST', path: inApp(scope, 'workflows'), body };
	const made = await write(call, undefined, request, run).catch((error: unknown) => error);
	if (!(made instanceof Error)) {
		return { workflow: made as Workflow, created: true, updated: false };
	}
	// Somebody else may have made it since it was looked up.
	const mayExist = made instanceof ClarifaiFailure && made.kind === 'refused';
	const mayUse = request.ifExists !== 'fail' && !run.mayBeDone;
	const existing = mayExist && mayUse ? await find(request, run) : undefined;
	if (!existing) throw made;
	return request.ifExists === 'reuse'
		? { workflow: existing, created: false, updated: false }
		: await update(existing, request, run);
}

/** Sends the whole workflow again: Clarifai keeps the old one as an earlier version. */
async function update(
	existing: Workflow,
	request: WorkflowRequest,
	run: ItemRun,
): Promise<WorkflowResult> {
	const { scope, workflow } = request;
	run.kept.sent = 'update';
	const body = { action: 'overwrite', workflows: [workflow] };
	const call: Call = { method: 'PATCH', path: inApp(scope, 'workflows'), body };
	const made = await write(call, existing, request, run);
	return { workflow: made, created: false, updated: true };
}

/** @param existing the workflow as it was; absent for one that is made */
async function write(
	call: Call,
	existing: Workflow | undefined,
	request: WorkflowRequest,
	run: ItemRun,
): Promise<Workflow> {
	const { scope, workflow } = request;
	const isNew = existing === undefined;
	const made = await run.writeInTurn<Workflow>({
		call,
		turn: `${turnOf(request)} ${isNew ? 'new' : 'version'}`,
		read: (answer) => objectsAt(answer, 'workflows').map(readWorkflow)[0],
		idOf: (found) => (isNew ? found.id : stateOf(found)),
		async look(client) {
			const found = await findWorkflow(client, scope, workflow.id);
			return found ? [found] : [];
		},
		isOurs: (found) => hasNodes(found, workflow.nodes),
		there: isNew ? [] : [existing],
		isChange: !isNew,
		isUnique: isNew,
		what: `${isNew ? 'creating' : 'updating'} workflow "${workflow.id}"`,
		where: portalUrl(scope, 'workflows', workflow.id),
	});
	return made;
}

/** What changes with every update: the version, or the nodes where workflows have no versions. */
function stateOf({ versionId, nodes }: Workflow): string {
	return versionId ?? JSON.stringify(nodes.map(({ raw }) => raw));
}
