import type { Call, Handler } from '../call.mts';
import type { Message } from '../message.mts';
import type { WorkflowState } from '../state.mts';
import { ApiError, Code } from '../statuses.mts';
import { resolveNodes } from '../workflowGraph.mts';
import { matchesSearch } from './models.mts';

/** Fields of a workflow that its creator may set. */
const SETTABLE = [
	'id',
	'nodes',
	'metadata',
	'description',
	'notes',
	'use_cases',
	'visibility',
	'image',
	'check_consents',
];

const ID_PATTERN = /^[0-9A-Za-z][\w.-]*$/;

const postWorkflows: Handler = (call) => {
	const workflows = askedWorkflows(call);
	const prepared = workflows.map((workflow) => {
		if (!ID_PATTERN.test(workflow.id ?? '')) {
			throw new ApiError(
				Code.workflowInvalidArgument,
				`workflow id '${workflow.id ?? ''}' is not valid`,
			);
		}
		// The code list has this code beside the general 40010; that it is the one used is assumed.
		if (call.app.workflows.has(workflow.id)) {
			throw new ApiError(Code.workflowDuplicate, `Workflow '${workflow.id}' already exists`);
		}
		return { ...settable(workflow), nodes: resolveNodes(call, workflow.nodes ?? []) };
	});
	return { workflows: prepared.map((fields) => call.app.saveWorkflow(fields).message) };
};

const patchWorkflows: Handler = (call) => {
	const { action } = call.request;
	if (action !== 'overwrite' && action !== 'merge') {
		throw new ApiError(
			action === 'remove' ? Code.notImplemented : Code.invalidRequest,
			`action: '${action ?? ''}' is not possible`,
		);
	}
	const prepared = askedWorkflows(call).map((workflow) => {
		const old = findWorkflow(call, workflow.id).message;
		const fields = settable(workflow);
		const nodes = mergedNodes(action, old.nodes, workflow.nodes);
		return { ...settable(old), ...fields, nodes: resolveNodes(call, nodes) };
	});
	return { workflows: prepared.map((fields) => call.app.saveWorkflow(fields).message) };
};

/** That "merge" merges nodes by their ID is assumed. */
function mergedNodes(action: string, old: Message[], patch: Message[] | undefined): Message[] {
	if (!patch) return old;
	if (action === 'overwrite') return patch;
	const kept = old.filter(({ id }) => !patch.some((node) => node.id === id));
	return [...kept, ...patch];
}

function askedWorkflows({ request }: Call): Message[] {
	const workflows: Message[] = request.workflows ?? [];
	if (workflows.length === 0) throw new ApiError(Code.invalidRequest, 'no workflows given');
	return workflows;
}

function settable(workflow: Message): Message {
	return Object.fromEntries(
		SETTABLE.filter((key) => workflow[key] !== undefined).map((key) => [key, workflow[key]]),
	);
}

function findWorkflow(call: Call, id: string): WorkflowState {
	const workflow = call.app.workflows.get(id);
	if (workflow) return workflow;
	throw new ApiError(Code.workflowDoesNotExist, `Workflow '${id ?? ''}' does not exist`);
}

const getWorkflow: Handler = (call) => ({
	workflow: findWorkflow(call, call.request.workflow_id).message,
});

const listWorkflows: Handler = (call) => {
	call.supportsOnly('search', 'query', 'search_term', 'id');
	const { search, query, search_term, id } = call.request;
	const terms = [search, query, search_term, id].filter(Boolean) as string[];
	const found = call.listedApps
		.flatMap((app) => [...app.workflows.values()].map(({ message }) => message))
		.filter((workflow) => {
			const text = [workflow.id, workflow.description, workflow.notes].join(' ');
			return terms.every((term) => matchesSearch(text, term));
		});
	return { workflows: call.paginate(call.sort(found)) };
};

const listWorkflowVersions: Handler = (call) => {
	call.supportsOnly('workflow_id');
	const { versions } = findWorkflow(call, call.request.workflow_id);
	return { workflow_versions: call.paginate(call.sort(versions)) };
};

const getWorkflowVersion: Handler = (call) => {
	const { workflow_id: workflowId, workflow_version_id: id } = call.request;
	const version = findWorkflow(call, workflowId).versions.find((one) => one.id === id);
	if (!version) {
		throw new ApiError(Code.workflowDoesNotExist, `Workflow version '${id}' does not exist`);
	}
	return { workflow_version: version };
};

const deleteWorkflow: Handler = (call) => {
	call.app.workflows.delete(findWorkflow(call, call.request.workflow_id).message.id);
	return {};
};

export const workflowHandlers: Record<string, Handler> = {
	PostWorkflows: postWorkflows,
	PatchWorkflows: patchWorkflows,
	GetWorkflow: getWorkflow,
	ListWorkflows: listWorkflows,
	ListWorkflowVersions: listWorkflowVersions,
	GetWorkflowVersion: getWorkflowVersion,
	DeleteWorkflow: deleteWorkflow,
};
