import { readDeployment, type Deployment } from '../clarifai/deployments';
import { numberAt, objectAt, objectsAt } from '../clarifai/json';
import type { Path } from './call';
import type { ClarifaiClient } from './client';
import type { Job } from './jobs';

const PAT_ONLY = { patOnly: true };

export function deploymentPath(userId: string, deploymentId: string): Path {
	return ['users', userId, 'deployments', deploymentId];
}

/** A deployment as it is now; undefined when it does not exist. */
export async function findDeployment(
	client: ClarifaiClient,
	userId: string,
	deploymentId: string,
): Promise<Deployment | undefined> {
	const answer = await client.getIfAny(deploymentPath(userId, deploymentId), undefined, PAT_ONLY);
	return answer && readDeployment(objectAt(answer, 'deployment'));
}

/** A user's deployments. Clarifai does not search them. */
export async function listDeployments(
	client: ClarifaiClient,
	userId: string,
): Promise<Deployment[]> {
	const path = ['users', userId, 'deployments'];
	return (await client.list(path, 'deployments', {}, PAT_ONLY)).map(readDeployment);
}

/** A deployment on its way to serving a version. Plain data. */
export interface Serving {
	userId: string;
	deploymentId: string;
	versionId: string;
	deployment: Deployment;
	/** Whether it serves the version, as far as that is told without a paid prediction. */
	isReady: boolean;
}

export const servingJob: Job<Serving> = {
	what: ({ deploymentId, versionId }) =>
		`deployment "${deploymentId}" on its way to version ${versionId}`,
	hasEnded: ({ isReady }) => isReady,
	async look(client, serving, traits) {
		const { userId, deploymentId, versionId } = serving;
		const answer = await client.get(deploymentPath(userId, deploymentId), undefined, {
			...PAT_ONLY,
			...traits,
		});
		const deployment = readDeployment(objectAt(answer, 'deployment'));
		return {
			...serving,
			deployment,
			isReady: await isServing(client, userId, deployment, versionId),
		};
	},
};

/**
 * Whether a deployment serves a version: it runs it, and has replicas, or may sleep without any until
 * somebody calls.
 */
export async function isServing(
	client: ClarifaiClient,
	userId: string,
	deployment: Deployment,
	versionId: string,
): Promise<boolean> {
	const { runningVersionId, minReplicas, isDisabled } = deployment;
	if (runningVersionId !== versionId || isDisabled) return false;
	if (minReplicas === 0) return true;
	const path = ['users', userId, 'runners'];
	const query = { model_version_ids: [versionId] };
	const answer = await client.get(path, query, PAT_ONLY);
	return objectsAt(answer, 'runners').some(
		(runner) => (numberAt(objectAt(runner, 'runner_metrics'), 'pods_running') ?? 0) > 0,
	);
}
