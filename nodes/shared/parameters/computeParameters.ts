import type { ClarifaiClient } from '../api/client';
import { computeClusters, nodepools, type Compute } from '../api/compute';
import { nearest } from '../clarifai/nearest';
import type { ParameterReader } from './parameterReader';
import { InputProblem } from './problems';

/** The nodepool and its compute cluster, which belong together; undefined when both are empty. */
export function computeOf(
	parameters: ParameterReader,
	clusterPath: string,
	nodepoolPath: string,
): Compute | undefined {
	const computeClusterId = parameters.optionallyLocated(clusterPath)?.id;
	const nodepoolId = parameters.optionallyLocated(nodepoolPath)?.id;
	if (nodepoolId && computeClusterId) return { nodepoolId, computeClusterId };
	if (nodepoolId || computeClusterId) {
		const [set, empty] = nodepoolId ? [nodepoolPath, clusterPath] : [clusterPath, nodepoolPath];
		parameters.refuse(
			`'${parameters.label(set)}' is set, but '${parameters.label(empty)}' is empty`,
			'A nodepool belongs to a compute cluster: set both.',
		);
	}
	return undefined;
}

/** What is wrong with a nodepool that is named: its cluster or itself is not there. */
export async function unknownCompute(
	client: ClarifaiClient,
	userId: string,
	{ computeClusterId, nodepoolId }: Compute,
): Promise<InputProblem | undefined> {
	const clusters = await computeClusters(client, userId);
	if (!clusters.includes(computeClusterId))
		return unknown('compute cluster', computeClusterId, clusters);
	const pools = await nodepools(client, userId, computeClusterId);
	return pools.includes(nodepoolId)
		? undefined
		: unknown(`nodepool in compute cluster "${computeClusterId}"`, nodepoolId, pools);
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
