import type { ClarifaiClient } from '../api/client';
import { computeClusters, nodepools, type Compute } from '../api/compute';
import { nearest } from '../clarifai/nearest';
import type { ParameterReader } from './parameterReader';
import { InputProblem } from './problems';

/** A nodepool as the parameters name it. */
export interface ChosenNodepool {
	nodepoolId: string;
	/** Absent for the one compute cluster that has it. */
	computeClusterId?: string;
}

/** The nodepool that is chosen; undefined where none is. */
export function nodepoolOf(
	parameters: ParameterReader,
	clusterPath: string,
	nodepoolPath: string,
): ChosenNodepool | undefined {
	const computeClusterId = parameters.optionallyLocated(clusterPath)?.id;
	const nodepoolId = parameters.optionallyLocated(nodepoolPath)?.id;
	if (nodepoolId) return { nodepoolId, computeClusterId };
	if (computeClusterId) {
		parameters.refuse(
			`'${parameters.label(clusterPath)}' is set, but '${parameters.label(nodepoolPath)}' is empty`,
			`Set '${parameters.label(nodepoolPath)}', too.`,
		);
	}
	return undefined;
}

/** The nodepool with its compute cluster, or what is wrong with it: it is not there, or in several clusters. */
export async function knownCompute(
	client: ClarifaiClient,
	userId: string,
	{ nodepoolId, computeClusterId }: ChosenNodepool,
): Promise<Compute | InputProblem> {
	const clusters = await computeClusters(client, userId);
	if (computeClusterId !== undefined) {
		if (!clusters.includes(computeClusterId)) {
			return unknown('compute cluster', computeClusterId, clusters);
		}
		const pools = await nodepools(client, userId, computeClusterId);
		if (pools.includes(nodepoolId)) return { nodepoolId, computeClusterId };
		return unknown(`nodepool in compute cluster "${computeClusterId}"`, nodepoolId, pools);
	}
	const poolsOf = await Promise.all(
		clusters.map(async (cluster) => await nodepools(client, userId, cluster)),
	);
	const having = clusters.filter((_, index) => poolsOf[index].includes(nodepoolId));
	if (having.length === 1) return { nodepoolId, computeClusterId: having[0] };
	if (having.length === 0) return unknown('nodepool', nodepoolId, poolsOf.flat());
	return new InputProblem(
		`There is a nodepool "${nodepoolId}" in several compute clusters: ${having.join(', ')}`,
		"Pick the one that is meant in 'Compute Cluster'.",
	);
}

const MOST_NAMED = 20;

function unknown(what: string, id: string, known: string[]): InputProblem {
	const near = nearest(id, known);
	const there = known.length > 0 ? `There are: ${known.slice(0, MOST_NAMED).join(', ')}.` : '';
	return new InputProblem(
		`There is no ${what} called "${id}"`,
		near
			? `Did you mean "${near}"?`
			: `Pick it from the list, or make it in Clarifai's portal. ${there}`.trim(),
	);
}
