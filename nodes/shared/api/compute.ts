import { textAt, type JsonObject } from '../clarifai/json';
import type { ClarifaiClient } from './client';

const PAT_ONLY = { patOnly: true };

/** A nodepool and the compute cluster that it is in; both belong to a user. */
export interface Compute {
	nodepoolId: string;
	computeClusterId: string;
}

/** Which nodepool of a user a request means, in Clarifai's own form. */
export function nodepoolReference(userId: string, compute: Compute): JsonObject {
	const { nodepoolId, computeClusterId } = compute;
	return { id: nodepoolId, compute_cluster: { id: computeClusterId, user_id: userId } };
}

/** The IDs of a user's compute clusters, asked once in a run. */
export async function computeClusters(client: ClarifaiClient, userId: string): Promise<string[]> {
	return await client.cached(['users', userId, 'compute_clusters'], async (path) =>
		(await client.list(path, 'compute_clusters', {}, PAT_ONLY)).flatMap(
			(cluster) => textAt(cluster, 'id') ?? [],
		),
	);
}

/** The IDs of the nodepools of a compute cluster, asked once in a run. */
export async function nodepools(
	client: ClarifaiClient,
	userId: string,
	computeClusterId: string,
): Promise<string[]> {
	const path = ['users', userId, 'compute_clusters', computeClusterId, 'nodepools'];
	return await client.cached(path, async () =>
		(await client.list(path, 'nodepools', {}, PAT_ONLY)).flatMap(
			(nodepool) => textAt(nodepool, 'id') ?? [],
		),
	);
}
