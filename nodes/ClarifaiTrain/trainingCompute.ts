import type { Compute } from '../shared/api/compute';
import { listPipelineRuns, listPipelines } from '../shared/api/pipelines';
import { objectsAt } from '../shared/clarifai/json';
import type { ItemRun } from '../shared/node/itemWork';
import { knownCompute } from '../shared/parameters/computeParameters';
import { InputProblem } from '../shared/parameters/problems';
import type { TrainRequest } from './request';

/** The newest pipelines that are asked whether one of their runs went without a nodepool. */
const LOOKED_AT = 5;

/**
 * Where a pipeline is to run. Clarifai's CLI, documents and portal demand a nodepool and its compute
 * cluster, its API calls them optional: none is fine where the platform has taken a run without one before.
 */
export async function computeOfRun(
	request: TrainRequest,
	run: ItemRun,
): Promise<Compute | InputProblem | undefined> {
	const { nodepool, scope, label } = request;
	if (nodepool) return await knownCompute(run.client, scope.userId, nodepool);
	if (await tookRunWithout(request, run)) return undefined;
	return new InputProblem(
		`'${label('additionalFields.nodepool')}' is empty, and a pipeline runs on a nodepool`,
		"Pick it under 'Additional Fields'. A nodepool is made in Clarifai's portal, under Compute.",
	);
}

async function tookRunWithout({ scope }: TrainRequest, { client }: ItemRun): Promise<boolean> {
	const key = [
		'users',
		scope.userId,
		'apps',
		scope.appId,
		'pipelines',
		'took run without nodepool',
	];
	return await client.cached(key, async () => {
		const newest = (await listPipelines(client, scope)).slice(0, LOOKED_AT);
		for (const { id, versionId } of newest) {
			if (id === undefined || versionId === undefined) continue;
			const runs = await listPipelineRuns(client, scope, id, versionId);
			if (runs.some(({ raw }) => objectsAt(raw, 'nodepools').length === 0)) return true;
		}
		return false;
	});
}
