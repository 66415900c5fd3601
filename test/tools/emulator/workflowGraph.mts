import type { Call } from './call.mts';
import type { Message } from './message.mts';
import type { AppState, ModelState } from './state.mts';
import { ApiError, Code } from './statuses.mts';
import { isTrained, newestTrainedVersion } from './views.mts';

/** Documented: "models per workflow: 20". */
const MAX_MODELS = 20;

/**
 * Checks a workflow's nodes as a graph and gives them back with the models filled in. The codes come
 * from the list of status codes; which one answers which mistake is assumed.
 */
export function resolveNodes(call: Call, nodes: Message[]): Message[] {
	if (nodes.length === 0) throw new ApiError(Code.workflowInvalidGraph, 'workflow has no nodes');
	if (nodes.length > MAX_MODELS) {
		throw new ApiError(
			Code.workflowInvalidArgument,
			`a workflow has at most ${MAX_MODELS} models, got ${nodes.length}`,
		);
	}
	checkEdges(nodes);
	return nodes.map((node) => ({ ...node, model: resolveModel(call, node) }));
}

function checkEdges(nodes: Message[]) {
	const ids = nodes.map(({ id }) => id as string | undefined);
	if (ids.some((id) => !id)) throw invalidGraph('every node needs an id');
	if (new Set(ids).size < ids.length) throw invalidGraph('node ids must be unique');
	nodes.forEach((node, index) => {
		for (const input of inputsOf(node)) {
			if (!ids.includes(input)) {
				throw invalidGraph(`node '${node.id}' has the unknown input '${input}'`);
			}
		}
		if (isInCycle(node, nodes)) throw invalidGraph(`node '${node.id}' is part of a cycle`);
		// Assumed to be so on the server, as the Python SDK refuses it before sending.
		const later = inputsOf(node).find((input) => !ids.slice(0, index).includes(input));
		if (later) throw invalidGraph(`node '${node.id}' comes before its input '${later}'`);
	});
}

function isInCycle(start: Message, nodes: Message[]) {
	const seen = new Set<string>();
	const pending = inputsOf(start);
	while (pending.length > 0) {
		const id = pending.pop()!;
		if (id === start.id) return true;
		if (seen.has(id)) continue;
		seen.add(id);
		pending.push(...inputsOf(nodes.find((node) => node.id === id) ?? {}));
	}
	return false;
}

function inputsOf(node: Message): string[] {
	return (node.node_inputs ?? []).map(({ node_id }: Message) => node_id as string);
}

function resolveModel(call: Call, node: Message): Message {
	const asked: Message = node.model ?? {};
	if (!asked.id) throw new ApiError(Code.workflowInvalidArgument, `node '${node.id}' has no model`);
	const app = findApp(call, asked);
	const model = app?.models.get(asked.id);
	if (!app || !model) {
		throw new ApiError(Code.modelDoesNotExist, `Model '${asked.id}' does not exist`);
	}
	const version = resolveVersion(call, model, asked.model_version?.id);
	const { id, model_type_id } = model.message;
	return {
		id,
		model_type_id,
		app_id: app.id,
		user_id: app.userId,
		model_version: { id: version.message.id, app_id: app.id, user_id: app.userId },
	};
}

/** An ID alone is that of a model of the workflow's own app, or else of a public one of Clarifai's. */
function findApp(call: Call, asked: Message): AppState | undefined {
	const own = call.app;
	const isBare = !asked.user_id && !asked.app_id;
	if (isBare && !own.models.has(asked.id)) return findPublicApp(call, asked.id) ?? own;
	const app = call.world.findApp(asked.user_id || own.userId, asked.app_id || own.id);
	if (!app || call.mayRead(app)) return app;
	throw new ApiError(
		Code.modelPermissionDenied,
		`the key has no access to the models of '${app.userId}/${app.id}'`,
	);
}

/** As in Clarifai's own tests, whose workflows name models of clarifai/main by nothing but their ID. */
function findPublicApp({ world }: Call, modelId: string): AppState | undefined {
	const main = world.findApp('clarifai', 'main');
	return main?.models.has(modelId) ? main : undefined;
}

function resolveVersion(call: Call, model: ModelState, versionId: string | undefined) {
	const version = versionId ? model.versions.get(versionId) : newestTrainedVersion(model, call.now);
	if (!version && versionId) {
		throw new ApiError(Code.modelDoesNotExist, `Model version '${versionId}' does not exist`);
	}
	if (!version || !isTrained(version, call.now)) {
		throw new ApiError(
			Code.workflowRequiresTrainedModel,
			`Model '${model.message.id}' has to be trained first`,
		);
	}
	return version;
}

function invalidGraph(details: string) {
	return new ApiError(Code.workflowInvalidGraph, details);
}
