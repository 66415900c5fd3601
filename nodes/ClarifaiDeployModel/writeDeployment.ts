import type { Call } from '../shared/api/call';
import { nodepoolReference } from '../shared/api/compute';
import { deploymentPath, findDeployment } from '../shared/api/deployments';
import { readDeployment, type Deployment } from '../shared/clarifai/deployments';
import { objectsAt, type JsonObject } from '../shared/clarifai/json';
import type { ItemRun } from '../shared/node/itemWork';
import { InputProblem } from '../shared/parameters/problems';
import { computeOfNew } from './checkDeployment';
import type { DeployRequest } from './request';

/** `SchedulingChoice` PRICE: of several types of instances the cheaper one. */
const CHEAPER = 3;

export async function createDeployment(
	request: DeployRequest,
	versionId: string,
	run: ItemRun,
): Promise<Deployment> {
	const { userId, deploymentId, fields } = request;
	const compute = await computeOfNew(request, run);
	if (compute instanceof InputProblem) throw compute;
	run.kept.sent = 'create';
	const body = {
		deployments: [
			{
				...fields,
				id: deploymentId,
				worker: workerOf(request, versionId),
				nodepools: [nodepoolReference(userId, compute)],
				scheduling_choice: CHEAPER,
			},
		],
	};
	return await write({ method: 'POST', body }, undefined, request, versionId, run);
}

/**
 * Lets a deployment go over to a version. The server takes "overwrite" only, ignores `worker`, and a
 * deployment that follows the latest version would not stay with this one (clarifai-python,
 * `cli/model.py`).
 */
export async function promoteVersion(
	request: DeployRequest,
	existing: Deployment,
	versionId: string,
	run: ItemRun,
): Promise<Deployment> {
	run.kept.sent = 'promote';
	const body = {
		action: 'overwrite',
		deployments: [
			{
				id: request.deploymentId,
				desired_worker: workerOf(request, versionId),
				deploy_latest_version: false,
			},
		],
	};
	return await write({ method: 'PATCH', body }, existing, request, versionId, run);
}

function workerOf({ scope, modelId }: DeployRequest, versionId: string): JsonObject {
	return {
		model: {
			id: modelId,
			user_id: scope.userId,
			app_id: scope.appId,
			model_version: { id: versionId },
		},
	};
}

/** @param existing the deployment as it was; absent for one that is made */
async function write(
	call: Pick<Call, 'method' | 'body'>,
	existing: Deployment | undefined,
	{ userId, deploymentId }: DeployRequest,
	versionId: string,
	run: ItemRun,
): Promise<Deployment> {
	const isNew = existing === undefined;
	const made = await run.writeInTurn<Deployment>({
		call: { ...call, path: ['users', userId, 'deployments'], patOnly: true },
		turn: `${deploymentPath(userId, deploymentId).join('/')} ${isNew ? 'new' : 'version'}`,
		read: (answer) => objectsAt(answer, 'deployments').map(readDeployment)[0],
		idOf: ({ id, desiredVersionId }) => (isNew ? id : desiredVersionId),
		async look(client) {
			const found = await findDeployment(client, userId, deploymentId);
			return found ? [found] : [];
		},
		isOurs: ({ desiredVersionId }) => desiredVersionId === versionId,
		there: isNew ? [] : [existing],
		isChange: !isNew,
		what: isNew
			? `creating deployment "${deploymentId}"`
			: `promoting version ${versionId} under deployment "${deploymentId}"`,
		where: "the deployments under Compute in Clarifai's portal",
	});
	return made;
}
