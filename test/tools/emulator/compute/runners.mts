import { createHash } from 'node:crypto';
import { toTimestamp } from '../clock.mts';
import type { Message } from '../message.mts';
import type { VersionState } from '../state.mts';
import type { DeploymentState } from './deployments.mts';
import { workerOf } from './deployments.mts';

/**
 * The runners of a deployment, one for each version on it: this is where Clarifai's own clients see
 * whether a deployment answers (runner_metrics.pods_running against the replicas). That those of
 * several nodepools all run on the first one is assumed.
 */
export function showRunners(deployment: DeploymentState, now: number): Message[] {
	const versions = new Set([deployment.desired, deployment.observed(now)]);
	return [...versions].map((version) => showRunner(deployment, version, now));
}

function showRunner(deployment: DeploymentState, version: VersionState, now: number): Message {
	const wanted = deployment.wantedReplicas(now);
	const isReady = deployment.isReady(version, now);
	return {
		id: runnerId(deployment, version),
		description: `Runner of deployment ${deployment.id}`,
		created_at: toTimestamp(deployment.createdAt),
		modified_at: toTimestamp(deployment.modifiedAt),
		worker: workerOf(deployment.model, version),
		nodepool: deployment.nodepools[0],
		num_replicas: wanted,
		runner_metrics: {
			pods_total: wanted,
			pods_running: isReady ? deployment.runningReplicas(now) : 0,
		},
	};
}

function runnerId(deployment: DeploymentState, version: VersionState) {
	const name = [deployment.userId, deployment.id, version.message.id].join('/');
	return createHash('sha256').update(name).digest('hex').slice(0, 32);
}
