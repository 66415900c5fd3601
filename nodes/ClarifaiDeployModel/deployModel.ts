import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { deploymentPath, findDeployment, isServing, servingJob } from '../shared/api/deployments';
import { waitForJob } from '../shared/api/jobs';
import type { Deployment } from '../shared/clarifai/deployments';
import { known } from '../shared/clarifai/json';
import type { ItemRun, ItemWork } from '../shared/node/itemWork';
import { isTool } from '../shared/node/tool';
import { InputProblem, inputProblemOf } from '../shared/parameters/problems';
import { usableVersion, type UsableVersion } from '../shared/parameters/usableVersion';
import { problemOfDeployment, problemOfExisting } from './checkDeployment';
import { deployModelProperties } from './properties';
import { readDeployRequest, type DeployRequest } from './request';
import { createDeployment, promoteVersion } from './writeDeployment';

interface CheckedDeployment {
	versionId: string;
}

/** What became of one item. Plain data. */
interface DeployResult {
	deployment: Deployment;
	/** The version that it is to run. */
	versionId: string;
	previousVersionId?: string;
	created?: boolean;
	promoted?: boolean;
	/** Absent until it has been asked. */
	isReady?: boolean;
}

export function deployItems(
	context: IExecuteFunctions,
): ItemWork<DeployRequest, DeployResult, CheckedDeployment> {
	// Agents call tools within seconds.
	const mayWait = !isTool(context);
	return {
		properties: deployModelProperties,
		writes: true,

		prepare: (item) => readDeployRequest(item, mayWait),

		async check(request, run) {
			const { scope, modelId } = request;
			const version = await usableVersion(run.client, scope, modelId, request.versionId);
			const problems = [
				version instanceof InputProblem ? version : undefined,
				await problemOfDeployment(request, run),
			].filter((problem) => problem !== undefined);
			if (problems.length > 0) throw inputProblemOf(problems);
			return { versionId: (version as UsableVersion).id };
		},

		async perform(request, run, { versionId }) {
			const { userId, deploymentId } = request;
			// In turn, so that of several items with one deployment the last decides, as their order says.
			return await run.inTurn(
				deploymentPath(userId, deploymentId).join('/'),
				async () => await deploy(request, versionId, run),
			);
		},

		async settle(result, { wait, userId, deploymentId }, { client, hint }) {
			const { deployment, versionId } = result;
			if (deployment.followsLatest) {
				hint(
					`Deployment "${deploymentId}" follows the model's latest version: it will not stay with version ${versionId}.`,
				);
			}
			const isReady = await isServing(client, userId, deployment, versionId);
			if (isReady || !wait) return { ...result, isReady };
			const serving = { userId, deploymentId, versionId, deployment, isReady };
			const { state, end } = await waitForJob(client, servingJob, serving, wait);
			if (end === 'timedOut') {
				hint(`The wait ran out before deployment "${deploymentId}" ran version ${versionId}.`);
			}
			return { ...result, deployment: state.deployment, isReady: state.isReady };
		},

		output(result, { deploymentId, modelId, scope, simplify }) {
			if (!simplify) return [result.deployment.raw as IDataObject];
			return [
				known<IDataObject>({
					deploymentId,
					ready: result.isReady === true,
					created: result.created === true,
					promoted: result.promoted === true,
					modelId: result.deployment.modelId ?? modelId,
					modelVersionId: result.versionId,
					previousModelVersionId: result.previousVersionId,
					userId: scope.userId,
					appId: scope.appId,
				}),
			];
		},
	};
}

/** Makes the deployment, or lets it go over to the version, unless it runs that one already. */
async function deploy(
	request: DeployRequest,
	versionId: string,
	run: ItemRun,
): Promise<DeployResult> {
	const { userId, deploymentId, ifExists } = request;
	const existing = await findDeployment(run.client, userId, deploymentId);
	if (!existing || (run.mayBeDone && run.kept.sent === 'create')) {
		return {
			deployment: await createDeployment(request, versionId, run),
			versionId,
			created: true,
		};
	}
	// An earlier item may have made or changed it since the check.
	const problem = problemOfExisting(existing, request, run);
	if (problem) throw problem;
	const { desiredVersionId, runningVersionId } = existing;
	const previousVersionId = run.mayBeDone
		? (run.kept.previous as string | undefined)
		: runningVersionId;
	run.kept.previous = previousVersionId;
	if (ifExists === 'reuse') {
		return {
			deployment: existing,
			versionId: desiredVersionId ?? versionId,
			previousVersionId,
		};
	}
	if (desiredVersionId === versionId && !run.mayBeDone) {
		return { deployment: existing, versionId, previousVersionId };
	}
	const deployment = await promoteVersion(request, existing, versionId, run);
	return { deployment, versionId, previousVersionId, promoted: true };
}
