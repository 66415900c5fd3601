import type { Compute } from '../shared/api/compute';
import { listPipelineRuns, listPipelines } from '../shared/api/pipelines';
import type { PipelineRun } from '../shared/clarifai/pipelines';
import { runState } from '../shared/clarifai/trainingState';
import type { ItemRun } from '../shared/node/itemWork';
import { knownCompute } from '../shared/parameters/computeParameters';
import { InputProblem } from '../shared/parameters/problems';
import type { TrainRequest } from './request';

/** The newest pipelines that are asked whether one of their runs went without a nodepool. */
const LOOKED_AT = 5;

/**
 * Where a pipeline is to run. Clarifai's CLI, documents and portal demand a nodepool and its compute
 * cluster, its API calls them optional: none is fine where a run of before shows that it went without.
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
			if (runs.some(wentWithout)) return true;
		}
		return false;
	});
}

/**
 * Whether a run proves that none is needed. One that does not show its nodepools does not: a platform may
 * leave them out of its answer, and a run costs money.
 */
function wentWithout({ raw: { nodepools }, status }: PipelineRun): boolean {
	const isShownEmpty = Array.isArray(nodepools) && nodepools.length === 0;
	return isShownEmpty && runState(status).status !== 'failed';
}
