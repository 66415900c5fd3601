import type { AppScope } from '../clarifai/identifiers';
import { objectAt, textAt, type JsonObject } from '../clarifai/json';
import { inApp } from './call';
import type { ClarifaiClient } from './client';
import { ClarifaiFailure } from './failures';

const keyOf = (...parts: string[]) => parts.join('/');

/** Every model type of the platform with its training templates, fetched once in a run. */
export async function modelTypes(client: ClarifaiClient, scope: AppScope): Promise<JsonObject[]> {
	return await client.cached(
		keyOf('model types', scope.userId, scope.appId),
		async () => await client.list(inApp(scope, 'models', 'types'), 'model_types'),
	);
}

export async function modelType(
	client: ClarifaiClient,
	scope: AppScope,
	modelTypeId: string,
): Promise<JsonObject | undefined> {
	const types = await modelTypes(client, scope);
	return types.find((type) => textAt(type, 'id') === modelTypeId);
}

export async function fetchModel(
	client: ClarifaiClient,
	scope: AppScope,
	modelId: string,
): Promise<JsonObject> {
	return objectAt(await client.get(inApp(scope, 'models', modelId)), 'model');
}

/** The type of a model, asked once in a run; absent for a model that does not exist. */
export async function modelTypeIdOf(
	client: ClarifaiClient,
	scope: AppScope,
	modelId: string,
): Promise<string | undefined> {
	const model = await client.cached(
		keyOf('model if any', scope.userId, scope.appId, modelId),
		async () => await ifExists(fetchModel(client, scope, modelId)),
	);
	return model && textAt(model, 'model_type_id');
}

export async function fetchWorkflow(
	client: ClarifaiClient,
	scope: AppScope,
	workflowId: string,
): Promise<JsonObject> {
	return objectAt(await client.get(inApp(scope, 'workflows', workflowId)), 'workflow');
}

/** Undefined when Clarifai says that it does not exist. */
export async function ifExists(load: Promise<JsonObject>): Promise<JsonObject | undefined> {
	const result = await load.catch((error: unknown) => error);
	if (!(result instanceof Error)) return result as JsonObject;
	if (result instanceof ClarifaiFailure && result.isMissing()) return undefined;
	throw result;
}
