import { objectAt, objectsAt, textAt, type JsonObject } from './json';

/** A workflow as Clarifai shows it. */
export interface Workflow {
	id?: string;
	userId?: string;
	appId?: string;
	createdAt?: string;
	/** Absent on platforms whose workflows have no versions. */
	versionId?: string;
	nodes: WorkflowNode[];
	raw: JsonObject;
}

export function readWorkflow(raw: JsonObject): Workflow {
	return {
		id: textAt(raw, 'id'),
		userId: textAt(raw, 'user_id'),
		appId: textAt(raw, 'app_id'),
		createdAt: textAt(raw, 'created_at'),
		versionId: textAt(objectAt(raw, 'version'), 'id'),
		nodes: objectsAt(raw, 'nodes').map(readWorkflowNode),
		raw,
	};
}

/** A node of a workflow, as Clarifai shows it or as somebody writes it in Clarifai's own form. */
export interface WorkflowNode {
	id?: string;
	modelId?: string;
	/** Absent for the model's latest version. */
	modelVersionId?: string;
	/** Absent for a model of the workflow's own app. */
	modelUserId?: string;
	modelAppId?: string;
	/** IDs of the nodes whose output it takes; empty for an entry without one. */
	inputs: string[];
	/** Its output is left out of predictions. */
	isHidden: boolean;
	raw: JsonObject;
}

export function readWorkflowNode(raw: JsonObject): WorkflowNode {
	const model = objectAt(raw, 'model');
	return {
		id: textAt(raw, 'id'),
		modelId: textAt(model, 'id'),
		modelVersionId: textAt(objectAt(model, 'model_version'), 'id'),
		modelUserId: textAt(model, 'user_id'),
		modelAppId: textAt(model, 'app_id'),
		inputs: objectsAt(raw, 'node_inputs').map((input) => textAt(input, 'node_id') ?? ''),
		isHidden: raw.suppress_output === true,
		raw,
	};
}
