import type { AppScope } from '../clarifai/identifiers';
import { objectAt } from '../clarifai/json';
import { readWorkflow, type Workflow } from '../clarifai/workflows';
import { inApp, type Path } from './call';
import type { ClarifaiClient } from './client';

export function workflowPath(scope: AppScope, workflowId: string): Path {
	return inApp(scope, 'workflows', workflowId);
}

/** A workflow as it is now; undefined when it does not exist. */
export async function findWorkflow(
	client: ClarifaiClient,
	scope: AppScope,
	workflowId: string,
): Promise<Workflow | undefined> {
	const answer = await client.getIfAny(workflowPath(scope, workflowId));
	return answer && readWorkflow(objectAt(answer, 'workflow'));
}
