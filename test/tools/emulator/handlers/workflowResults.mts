import type { Call, Handler } from '../call.mts';
import type { Message } from '../message.mts';
import { checkInputs, MAX_WORKFLOW_INPUTS } from '../predictions/limits.mts';
import { readOutputConfig } from '../predictions/outputConfig.mts';
import {
	echo,
	isSuccess,
	overallStatus,
	Predictor,
	refuseFailure,
} from '../predictions/predict.mts';
import { findServing } from '../predictions/serving.mts';
import { ApiError, Code, makeStatus } from '../statuses.mts';

/** A node of a workflow with what predicts for it. */
interface WorkingNode {
	node: Message;
	predictor: Predictor;
}

/** Every input goes through all nodes, in their order. */
const postWorkflowResults: Handler = (call) => {
	const { inputs = [], workflow_state: state } = call.request;
	checkInputs(inputs as Message[], MAX_WORKFLOW_INPUTS);
	const workflow = askedWorkflow(call);
	const nodes = workflow.nodes.map((node: Message) => prepareNode(call, node)) as WorkingNode[];
	const results = (inputs as Message[]).map((input) => resultOf(call, nodes, input));
	const answer = {
		workflow: { ...workflow, nodes: undefined },
		results,
		...(state?.id && { workflow_state: stateFor(call, state.id) }),
	};
	refuseFailure(results, answer);
	const missesSome = nodes.some(({ predictor }) => predictor.config.missesSome);
	return { ...answer, ...overallStatus(results, missesSome) };
};

/** The workflow with the nodes of the asked version. */
function askedWorkflow(call: Call): Message {
	const { workflow_id: id, version_id: versionId } = call.request;
	const workflow = call.app.workflows.get(id);
	if (!workflow) {
		throw new ApiError(Code.workflowDoesNotExist, `Workflow '${id}' does not exist`);
	}
	if (!versionId) return workflow.message;
	const version = workflow.versions.find(({ id }) => id === versionId);
	if (!version) {
		throw new ApiError(Code.workflowDoesNotExist, `Workflow version '${versionId}' does not exist`);
	}
	return { ...workflow.message, version: { ...version, nodes: undefined }, nodes: version.nodes };
}

function prepareNode(call: Call, node: Message): WorkingNode {
	const { id, user_id: userId, app_id: appId, model_version: versionRef } = node.model;
	const app = call.world.findApp(userId || call.app.userId, appId || call.app.id);
	const model = app?.models.get(id);
	if (!app || !model) {
		throw new ApiError(Code.modelDoesNotExist, `Model '${id}' does not exist`);
	}
	const selector = call.request.node_runner_selectors?.[node.id];
	const serving = findServing(call, app, model, versionRef?.id, selector);
	const config = readOutputConfig(
		serving.version.learned.concepts,
		serving.version.message.output_info,
		node.output_info_override,
		{ output_config: call.request.output_config },
	);
	return { node, predictor: new Predictor(call.world, serving, config) };
}

/** One bad output ends the way of its input: the result has its status and no outputs (assumed). */
function resultOf(call: Call, nodes: WorkingNode[], input: Message): Message {
	const { world, now } = call;
	const outputs = new Map<string, Message>();
	const result = {
		id: world.random.hexId(),
		created_at: world.clock.timestamp(),
		input: { id: input.id || world.random.hexId(), data: echo(input.data ?? {}) },
	};
	for (const { node, predictor } of nodes) {
		const output = predictor.output(input, dataFor(node, outputs, input.data ?? {}), now);
		if (!isSuccess(output)) return { ...result, status: output.status, outputs: [] };
		outputs.set(node.id, { ...output, input: undefined });
	}
	const shown = nodes.filter(({ node }) => !node.suppress_output);
	return {
		...result,
		status: makeStatus(Code.success),
		outputs: shown.map(({ node }) => outputs.get(node.id)),
	};
}

/** A node takes the text or the picture that a node before it has made, and else the workflow's input. */
function dataFor(node: Message, outputs: Map<string, Message>, original: Message): Message {
	const before: Message[] = (node.node_inputs ?? []).map(
		({ node_id: id }: Message) => outputs.get(id)?.data ?? {},
	);
	return before.find((data) => data.text ?? data.image) ?? original;
}

/** A state that is begun with "init" gets an ID of its own. */
function stateFor({ world }: Call, id: string): Message {
	return { id: id === 'init' ? world.random.hexId() : id };
}

export const workflowResultHandlers: Record<string, Handler> = {
	PostWorkflowResults: postWorkflowResults,
};
