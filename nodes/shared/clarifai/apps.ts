import type { AppScope } from './identifiers';
import { objectAt, textAt, type JsonObject } from './json';

/** A workflow by its ID and its owner. */
export interface WorkflowReference {
	id: string;
	owner: AppScope;
}

/** An app as Clarifai shows it. */
export interface App {
	userId?: string;
	/** From the current field, or from the deprecated one that names no owner. */
	defaultWorkflow?: WorkflowReference;
	raw: JsonObject;
}

export function readApp(raw: JsonObject, scope: AppScope): App {
	const userId = textAt(raw, 'user_id');
	const current = objectAt(raw, 'default_workflow');
	const id = textAt(current, 'id') ?? textAt(raw, 'default_workflow_id');
	if (id === undefined) return { userId, raw };
	const owner = {
		userId: textAt(current, 'user_id') ?? userId ?? scope.userId,
		appId: textAt(current, 'app_id') ?? scope.appId,
	};
	return { userId, defaultWorkflow: { id, owner }, raw };
}
