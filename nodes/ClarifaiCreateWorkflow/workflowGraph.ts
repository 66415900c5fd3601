import { ME } from '../shared/clarifai/identifiers';
import {
	agrees,
	describeType,
	isObject,
	objectAt,
	objectsAt,
	sameJson,
	textAt,
	type JsonObject,
} from '../shared/clarifai/json';
import { readWorkflowNode, type Workflow, type WorkflowNode } from '../shared/clarifai/workflows';
import { checkId } from '../shared/parameters/ids';
import { InputProblem } from '../shared/parameters/problems';

/** Clarifai's limit of models in one workflow (docs: create/workflows/create). */
export const MAX_MODELS = 20;

/** A node of a workflow as the form asks for it. */
export interface GraphNode {
	nodeId: string;
	modelId: string;
	modelVersionId?: string;
	/** Owner of a model from another app, such as clarifai/main. */
	modelUserId: string;
	modelAppId: string;
	/** IDs of the nodes whose output it takes; none for a node that takes the workflow's input. */
	inputs: string[];
	conceptIds?: string[];
	maxConcepts?: number;
	minValue?: number;
	suppressOutput?: boolean;
}

/** The node in Clarifai's own form (`WorkflowNode` of resources.proto). */
export function toClarifaiNode(node: GraphNode): JsonObject {
	const model: JsonObject = { id: node.modelId };
	if (node.modelVersionId) model.model_version = { id: node.modelVersionId };
	model.user_id = node.modelUserId;
	model.app_id = node.modelAppId;

	const result: JsonObject = { id: node.nodeId, model };
	if (node.inputs.length > 0) result.node_inputs = node.inputs.map((id) => ({ node_id: id }));
	if (node.suppressOutput) result.suppress_output = true;
	const override = outputOverride(node);
	if (override) result.output_info_override = override;
	return result;
}

function outputOverride(node: GraphNode): JsonObject | undefined {
	const override: JsonObject = {};
	if (node.conceptIds?.length) {
		override.data = { concepts: node.conceptIds.map((id) => ({ id })) };
	}
	const params: JsonObject = {};
	if (node.maxConcepts) params.max_concepts = node.maxConcepts;
	if (node.minValue) params.min_value = node.minValue;
	if (Object.keys(params).length > 0) override.params = params;
	return Object.keys(override).length > 0 ? override : undefined;
}

/**
 * The nodes in a JSON graph: a list of nodes, or a whole workflow object with `nodes`.
 * @param parameter display name of the parameter it came from
 * @throws InputProblem when it is neither
 */
export function nodesOfJson(value: unknown, parameter: string): JsonObject[] {
	const nodes = isObject(value) ? value.nodes : value;
	if (!Array.isArray(nodes)) {
		throw new InputProblem(
			`'${parameter}' must be a list of nodes or an object with "nodes", not ${describeType(isObject(value) ? nodes : value)}`,
			'For example [{"id": "classifier", "model": {"id": "my-model", "model_version": {"id": "…"}}}].',
		);
	}
	nodes.forEach((node, index) => {
		if (!isObject(node)) {
			throw new InputProblem(
				`Node ${index + 1} of '${parameter}' must be an object, not ${describeType(node)}`,
				'Each node needs "id" and "model".',
			);
		}
	});
	return nodes as JsonObject[];
}

/**
 * Checks a graph of Clarifai nodes and puts it in an order that Clarifai accepts: every node after
 * those it takes its input from (rule of clarifai-python's workflow validation). Nodes that are in
 * such an order already keep it.
 * @throws InputProblem for no nodes, more than 20 models, duplicate, empty or malformed node IDs,
 * nodes without a model, unknown inputs, and cycles
 */
export function orderGraph(nodes: JsonObject[]): JsonObject[] {
	if (nodes.length === 0) {
		throw new InputProblem('The workflow has no nodes', 'Add at least one node with a model.');
	}
	if (nodes.length > MAX_MODELS) {
		throw new InputProblem(
			`The workflow has ${nodes.length} models; Clarifai allows ${MAX_MODELS}`,
			'Split it into several workflows.',
		);
	}
	const ids = nodes.map((node, index) => checkId(node.id, `Node ID (node ${index + 1})`));
	const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
	if (repeated !== undefined) {
		throw new InputProblem(
			`Two nodes have the ID "${repeated}"`,
			'Give every node an ID of its own: inputs are wired by these IDs.',
		);
	}
	nodes.forEach((node, index) => {
		const { modelId, inputs } = readWorkflowNode(node);
		if (modelId === undefined) {
			throw new InputProblem(
				`Node "${ids[index]}" has no model`,
				'Give it the model in Clarifai\'s form, for example "model": {"id": "my-model"}.',
			);
		}
		for (const input of inputs) {
			if (!ids.includes(input)) {
				throw new InputProblem(
					`Node "${ids[index]}" takes its input from "${input}", which is not a node of this workflow`,
					`The nodes are: ${ids.join(', ')}. A node that takes the workflow's own input has no inputs.`,
				);
			}
		}
	});
	return inOrder(nodes, ids);
}

function inOrder(nodes: JsonObject[], ids: string[]): JsonObject[] {
	const placed = new Set<string>();
	const ordered: JsonObject[] = [];
	let waiting = nodes.map((node, index) => {
		const { inputs } = readWorkflowNode(node);
		return { node, inputs, id: ids[index] };
	});
	while (waiting.length > 0) {
		// The first that can be placed, not all that can: an order that is right stays as it is.
		const next = waiting.find(({ inputs }) => inputs.every((input) => placed.has(input)));
		if (!next) {
			throw new InputProblem(
				`The nodes ${waiting.map(({ id }) => `"${id}"`).join(', ')} wait for each other's output`,
				'A workflow runs from its input to its output: take out one of the inputs that lead back.',
			);
		}
		placed.add(next.id);
		ordered.push(next.node);
		waiting = waiting.filter((entry) => entry !== next);
	}
	return ordered;
}

/** Whether a workflow of Clarifai's has these nodes with these models, and these versions where given. */
export function hasNodes({ nodes }: Workflow, wanted: JsonObject[]): boolean {
	return (
		nodes.length === wanted.length &&
		wanted.map(readWorkflowNode).every((node) => nodes.some((it) => isNode(it, node)))
	);
}

function isNode(node: WorkflowNode, wanted: WorkflowNode): boolean {
	return (
		node.id === wanted.id &&
		node.modelId === wanted.modelId &&
		agrees(node.modelVersionId, wanted.modelVersionId) &&
		// "me" stands for the owner of the token, whose name Clarifai shows.
		(wanted.modelUserId === ME || agrees(node.modelUserId, wanted.modelUserId)) &&
		agrees(node.modelAppId, wanted.modelAppId)
	);
}

/** Whether an update to `wanted` would leave the workflow as it is. */
export function isSameWorkflow(
	{ nodes, raw }: Workflow,
	{ nodes: asked, ...fields }: JsonObject & { nodes: JsonObject[] },
): boolean {
	const wantedNodes = asked.map(readWorkflowNode);
	return (
		nodes.length === wantedNodes.length &&
		wantedNodes.every((node) =>
			nodes.some((it) => isNode(it, node) && sameJson(essence(it), essence(node))),
		) &&
		Object.entries(fields).every(([key, value]) => sameJson(raw[key] ?? emptyOf(value), value))
	);
}

/** What decides how a node works; an empty version means the latest, which is not any one of them. */
function essence({ modelVersionId, inputs, isHidden, raw }: WorkflowNode): JsonObject {
	const { data, ...override } = objectAt(raw, 'output_info_override');
	return {
		version: modelVersionId ?? '',
		inputs,
		// Clarifai completes what it shows of a concept.
		concepts: objectsAt(data, 'concepts').map((concept) => textAt(concept, 'id')),
		override,
		isHidden,
	};
}

/** Clarifai leaves out what is empty. */
function emptyOf(value: unknown): unknown {
	if (Array.isArray(value)) return [];
	return isObject(value) ? {} : undefined;
}
