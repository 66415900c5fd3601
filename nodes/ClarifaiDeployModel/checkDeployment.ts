import type { Compute } from '../shared/api/compute';
import { findDeployment } from '../shared/api/deployments';
import { otherModelOf, type Deployment } from '../shared/clarifai/deployments';
import type { ItemRun } from '../shared/node/itemWork';
import { knownCompute } from '../shared/parameters/computeParameters';
import { InputProblem } from '../shared/parameters/problems';
import type { DeployRequest } from './request';

/** What keeps a deployment from being made or changed; undefined when nothing does. */
export async function problemOfDeployment(
	request: DeployRequest,
	run: ItemRun,
): Promise<InputProblem | undefined> {
	const { userId, deploymentId } = request;
	const existing = await findDeployment(run.client, userId, deploymentId);
	if (existing) return problemOfExisting(existing, request, run);
	const known = await computeOfNew(request, run);
	return known instanceof InputProblem ? known : undefined;
}

/** Where a deployment is to be made. */
export async function computeOfNew(
	{ userId, deploymentId, nodepool }: DeployRequest,
	{ client }: ItemRun,
): Promise<Compute | InputProblem> {
	if (nodepool) return await knownCompute(client, userId, nodepool);
	return new InputProblem(
		`Deployment "${deploymentId}" does not exist, and 'Nodepool' is empty`,
		"Pick where a new deployment is to run, or check 'Deployment'.",
	);
}

/** The same of one that is there. */
export function problemOfExisting(
	existing: Deployment,
	{ scope, deploymentId, modelId, ifExists }: DeployRequest,
	run: ItemRun,
): InputProblem | undefined {
	// What may be there because of this very item is no stranger.
	if (ifExists === 'fail' && !run.mayBeDone) {
		return new InputProblem(
			`Deployment "${deploymentId}" already exists`,
			"Choose another 'Deployment', or set 'If Deployment Exists' to Promote or Reuse.",
		);
	}
	const other = otherModelOf(existing, scope, modelId);
	if (other === undefined) return undefined;
	return new InputProblem(
		`Deployment "${deploymentId}" serves ${other}, not "${modelId}"`,
		"Choose another 'Deployment', or the model that it serves.",
	);
}
