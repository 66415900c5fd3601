import type { Call } from '../call.mts';
import type { Message } from '../message.mts';
import { ApiError, Code } from '../statuses.mts';

/**
 * Refuses a run without a nodepool, which Clarifai's command line, guide and portal all demand and the
 * proto does not, and one on a nodepool that does not exist.
 */
export function checkNodepools(call: Call, nodepools: Message[] = []) {
	const complete = nodepools.filter(hasComputeCluster);
	const isComplete = complete.length > 0 && complete.length === nodepools.length;
	if (!isComplete && call.world.platform.nodepools === 'required') {
		throw new ApiError(
			Code.nodepoolInvalidArgument,
			'a nodepool with its compute cluster is required to run a pipeline',
		);
	}
	for (const nodepool of complete) call.world.compute.nodepool(call.app.userId, nodepool);
}

function hasComputeCluster({ id, compute_cluster }: Message) {
	return Boolean(id && compute_cluster?.id);
}
