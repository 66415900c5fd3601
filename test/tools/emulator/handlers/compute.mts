import type { Call, Handler } from '../call.mts';
import { ApiError, Code } from '../statuses.mts';

/** Compute clusters and nodepools of a user, and the machines there are for them. */

/** Compute is private: another user's is refused. */
export function ownUserId(call: Call): string {
	const { id } = call.user.message;
	if (id === call.caller?.userId) return id as string;
	throw new ApiError(Code.insufficientScopes, `The compute of '${id}' belongs to another user`);
}

const listComputeClusters: Handler = (call) => {
	call.supportsOnly();
	const userId = ownUserId(call);
	const found = call.world.compute.clusters.filter(({ user_id }) => user_id === userId);
	return { compute_clusters: call.paginate(call.sort(found)) };
};

const getComputeCluster: Handler = (call) => ({
	compute_cluster: call.world.compute.cluster(ownUserId(call), call.request.compute_cluster_id),
});

const listNodepools: Handler = (call) => {
	call.supportsOnly('compute_cluster_id');
	const userId = ownUserId(call);
	const { compute } = call.world;
	const { compute_cluster_id: clusterId } = call.request;
	if (clusterId) compute.cluster(userId, clusterId);
	const found = compute.nodepools.filter(
		({ compute_cluster: cluster }) =>
			cluster.user_id === userId && (!clusterId || cluster.id === clusterId),
	);
	return { nodepools: call.paginate(call.sort(found)) };
};

const getNodepool: Handler = (call) => {
	const { compute_cluster_id, nodepool_id: id } = call.request;
	const asked = { id, compute_cluster: { id: compute_cluster_id } };
	return { nodepool: call.world.compute.nodepool(ownUserId(call), asked) };
};

const listInstanceTypes: Handler = ({ world, request }) => ({
	instance_types: world.compute.instanceTypes.filter(
		({ region, cloud_provider: provider }) =>
			region === request.region && provider.id === request.cloud_provider?.id,
	),
});

export const computeHandlers: Record<string, Handler> = {
	ListComputeClusters: listComputeClusters,
	GetComputeCluster: getComputeCluster,
	ListNodepools: listNodepools,
	GetNodepool: getNodepool,
	ListInstanceTypes: listInstanceTypes,
};
