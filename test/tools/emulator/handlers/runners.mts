import type { Call, Handler } from '../call.mts';
import { showRunners } from '../compute/runners.mts';
import type { Message } from '../message.mts';
import { ApiError, Code } from '../statuses.mts';
import { ownUserId } from './compute.mts';
import { ownDeployments } from './deployments.mts';

function runnersOf(call: Call): Message[] {
	return ownDeployments(call).flatMap((deployment) => showRunners(deployment, call.now));
}

const listRunners: Handler = (call) => {
	call.supportsOnly('compute_cluster_id', 'nodepool_id', 'min_replicas', 'model_version_ids');
	const { compute_cluster_id, nodepool_id, min_replicas = 0, model_version_ids } = call.request;
	const userId = ownUserId(call);
	const nodepool =
		nodepool_id &&
		call.world.compute.nodepool(userId, {
			id: nodepool_id,
			compute_cluster: { id: compute_cluster_id },
		});
	const found = runnersOf(call).filter(
		(runner) =>
			(!nodepool || runner.nodepool === nodepool) &&
			runner.num_replicas >= min_replicas &&
			(!model_version_ids || model_version_ids.includes(runner.worker.model.model_version.id)),
	);
	return { runners: call.paginate(call.sort(found)) };
};

const getRunner: Handler = (call) => {
	const { runner_id: id } = call.request;
	const runner = runnersOf(call).find((one) => one.id === id);
	if (!runner) throw new ApiError(Code.runnerDoesNotExist, `Runner '${id}' does not exist`);
	return { runner };
};

export const runnerHandlers: Record<string, Handler> = {
	ListRunners: listRunners,
	GetRunner: getRunner,
};
