import type { AppScope } from '../clarifai/identifiers';
import { objectAt, textAt, type JsonObject } from '../clarifai/json';
import { readModel, readModelVersion, type Model, type ModelVersion } from '../clarifai/models';
import { inApp, type Call, type Path } from './call';
import type { ClarifaiClient } from './client';

export function modelPath(scope: AppScope, modelId: string): Path {
	return inApp(scope, 'models', modelId);
}

export function versionPath(scope: AppScope, modelId: string, versionId: string): Path {
	return inApp(scope, 'models', modelId, 'versions', versionId);
}

/** A model, asked once in a run; undefined when Clarifai says that it does not exist. */
export async function findModel(
	client: ClarifaiClient,
	scope: AppScope,
	modelId: string,
): Promise<Model | undefined> {
	return await client.cached(modelPath(scope, modelId), async (path) => {
		const answer = await client.getIfAny(path);
		return answer && readModel(objectAt(answer, 'model'));
	});
}

/** The type of a model; undefined for a model that does not exist. */
export async function modelTypeIdOf(
	client: ClarifaiClient,
	scope: AppScope,
	modelId: string,
): Promise<string | undefined> {
	return (await findModel(client, scope, modelId))?.modelTypeId;
}

/** All versions of a model, as they are now. */
export async function modelVersions(
	client: ClarifaiClient,
	scope: AppScope,
	modelId: string,
): Promise<ModelVersion[]> {
	const path = inApp(scope, 'models', modelId, 'versions');
	return (await client.list(path, 'model_versions')).map(readModelVersion);
}

export async function fetchModelVersion(
	client: ClarifaiClient,
	scope: AppScope,
	modelId: string,
	versionId: string,
	traits: Pick<Call, 'maxTries'> = {},
): Promise<ModelVersion> {
	const answer = await client.get(versionPath(scope, modelId, versionId), undefined, traits);
	return readModelVersion(objectAt(answer, 'model_version'));
}

/** The same, undefined when it does not exist; asked once in a run. */
export async function findModelVersion(
	client: ClarifaiClient,
	scope: AppScope,
	modelId: string,
	versionId: string,
): Promise<ModelVersion | undefined> {
	return await client.cached(versionPath(scope, modelId, versionId), async (path) => {
		const answer = await client.getIfAny(path);
		return answer && readModelVersion(objectAt(answer, 'model_version'));
	});
}

/** Every model type of the platform with its training templates, asked once in a run. */
export async function modelTypes(client: ClarifaiClient, scope: AppScope): Promise<JsonObject[]> {
	return await client.cached(
		inApp(scope, 'models', 'types'),
		async (path) => await client.list(path, 'model_types'),
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
