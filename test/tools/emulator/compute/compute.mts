import type { Message } from '../message.mts';
import type { Clock } from '../clock.mts';
import { ApiError, Code } from '../statuses.mts';
import type { DeploymentState } from './deployments.mts';

/** What runs models and pipelines: compute clusters with their nodepools, and what is deployed on them. */
export class Compute {
	readonly instanceTypes: Message[] = [];
	readonly clusters: Message[] = [];
	readonly nodepools: Message[] = [];
	readonly deployments: DeploymentState[] = [];

	readonly #clock: Clock;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** The cluster is made when there is none of that ID. */
	addNodepool(userId: string, clusterId: string, id: string): Message {
		const owned = (one: Message) => one.id === clusterId && one.user_id === userId;
		const cluster = this.clusters.find(owned) ?? this.#addCluster(userId, clusterId);
		const nodepool = {
			id,
			description: `Nodepool ${id}`,
			created_at: this.#clock.timestamp(),
			modified_at: this.#clock.timestamp(),
			compute_cluster: cluster,
			node_capacity_type: { capacity_types: [1] },
			instance_types: this.instanceTypes.slice(0, 1),
			min_instances: 0,
			max_instances: 1,
			visibility: { gettable: 10 },
		};
		this.nodepools.push(nodepool);
		return nodepool;
	}

	#addCluster(userId: string, id: string): Message {
		const [instanceType] = this.instanceTypes;
		const cluster = {
			id,
			description: `Compute cluster ${id}`,
			cloud_provider: instanceType?.cloud_provider,
			region: instanceType?.region,
			user_id: userId,
			created_at: this.#clock.timestamp(),
			modified_at: this.#clock.timestamp(),
			visibility: { gettable: 10 },
			cluster_type: 'dedicated',
			managed_by: 'clarifai',
		};
		this.clusters.push(cluster);
		return cluster;
	}

	cluster(userId: string, id: string): Message {
		const cluster = this.clusters.find((one) => one.id === id && one.user_id === userId);
		if (cluster) return cluster;
		throw new ApiError(Code.computeClusterDoesNotExist, `Compute cluster '${id}' does not exist`);
	}

	/**
	 * A nodepool as a request names it. Without a cluster it is looked for in all clusters of the user,
	 * which is assumed.
	 */
	nodepool(userId: string, { id, compute_cluster: asked }: Message): Message {
		const owner: string = asked?.user_id || userId;
		const cluster = asked?.id ? this.cluster(owner, asked.id) : undefined;
		const found = this.nodepools.find(
			(one) =>
				one.id === id &&
				one.compute_cluster.user_id === owner &&
				(!cluster || one.compute_cluster === cluster),
		);
		if (found) return found;
		throw new ApiError(Code.nodepoolDoesNotExist, `Nodepool '${id ?? ''}' does not exist`);
	}

	deployment(userId: string, id: string): DeploymentState {
		const found = this.deployments.find((one) => one.id === id && one.userId === userId);
		if (found) return found;
		throw new ApiError(Code.deploymentDoesNotExist, `Deployment '${id}' does not exist`);
	}
}
