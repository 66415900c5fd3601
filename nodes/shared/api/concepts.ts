import type { AppScope } from '../clarifai/identifiers';
import { textAt } from '../clarifai/json';
import { inApp } from './call';
import type { ClarifaiClient } from './client';

/** The IDs of all concepts of an app, asked once in a run. */
export async function conceptIds(
	client: ClarifaiClient,
	scope: AppScope,
): Promise<ReadonlySet<string>> {
	return await client.cached(inApp(scope, 'concepts'), async (path) => {
		const concepts = await client.list(path, 'concepts');
		return new Set(concepts.flatMap((concept) => textAt(concept, 'id') ?? []));
	});
}
