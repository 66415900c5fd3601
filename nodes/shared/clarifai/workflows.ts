import { objectAt, objectsAt, textAt, type JsonObject } from './json';

/** A workflow as Clarifai shows it. */
export interface Workflow {
	id?: string;
	userId?: string;
	appId?: string;
	createdAt?: string;
	/** Absent on platforms whose workflows have no versions. */
	versionId?: string;
	/** Nodes in Clarifai's own form. */
	nodes: JsonObject[];
	raw: JsonObject;
}

export function readWorkflow(raw: JsonObject): Workflow {
	return {
		id: textAt(raw, 'id'),
		userId: textAt(raw, 'user_id'),
		appId: textAt(raw, 'app_id'),
		createdAt: textAt(raw, 'created_at'),
		versionId: textAt(objectAt(raw, 'version'), 'id'),
		nodes: objectsAt(raw, 'nodes'),
		raw,
	};
}

/** Set on a node whose output is left out of predictions. */
export const HIDDEN_OUTPUT = 'suppress_output';
