import type { Call } from '../call.mts';
import type { DeploymentState } from '../compute/deployments.mts';
import type { Message } from '../message.mts';
import type { AppState, ModelState, VersionState } from '../state.mts';
import { ApiError, Code } from '../statuses.mts';
import { isTrained, newestTrainedVersion } from '../views.mts';

/** The version that answers a call, and where it runs. */
export interface Serving {
	app: AppState;
	model: ModelState;
	version: VersionState;
	/** Where it ran, for what runs on compute of its own. */
	runnerSelector?: Message;
}

/**
 * Finds what answers a call of a model, in the documented order: the selected deployment or nodepool,
 * then an active deployment of the version, then, for models that are no containers, shared compute.
 */
export function findServing(
	call: Call,
	app: AppState,
	model: ModelState,
	versionId: string | undefined,
	selector: Message = {},
): Serving {
	if (selector.deployment?.id) {
		const deployment = selectedDeployment(call, selector.deployment);
		if (deployment.model !== model) {
			throw new ApiError(
				Code.deploymentInvalidRequest,
				`Deployment '${deployment.id}' does not run model '${model.message.id}'`,
			);
		}
		const version = versionId
			? askedVersion(call, model, versionId)
			: deployment.observed(call.now);
		return runOn(call, { app, model, version }, deployment);
	}
	const serving = { app, model, version: askedVersion(call, model, versionId) };
	if (selector.nodepool?.id) return runOnNodepool(call, serving, selector.nodepool);
	return serving.version.learned.lesson.byPipeline ? runAnywhere(call, serving) : serving;
}

/** The deployment that a call names, of the caller's own. */
export function selectedDeployment(call: Call, { id, user_id }: Message): DeploymentState {
	const { userId } = call.caller!;
	// Assumed: nobody is told of another user's compute.
	if (user_id && ![userId, 'me'].includes(user_id)) {
		throw new ApiError(Code.deploymentDoesNotExist, `Deployment '${id}' does not exist`);
	}
	const deployment = call.world.compute.deployment(userId, id);
	deployment.followLatest(call.now);
	if (deployment.isDisabled) {
		throw new ApiError(Code.deploymentDisabled, `Deployment '${id}' is disabled`);
	}
	return deployment;
}

function askedVersion({ now }: Call, model: ModelState, versionId?: string): VersionState {
	const version = versionId ? model.versions.get(versionId) : newestTrainedVersion(model, now);
	if (versionId && !version) {
		throw new ApiError(Code.modelDoesNotExist, `Model version '${versionId}' does not exist`);
	}
	if (version && isTrained(version, now)) return version;
	throw new ApiError(Code.modelUntrained, `Model '${model.message.id}' is not trained`);
}

/** "If no deployments then default autoscaling will be used", says the proto. */
function runOnNodepool(call: Call, serving: Serving, asked: Message): Serving {
	const { compute } = call.world;
	const nodepool = compute.nodepool(call.caller!.userId, asked);
	const deployment = deploymentsOf(call, serving.model).find(({ nodepools }) =>
		nodepools.includes(nodepool),
	);
	if (deployment) return runOn(call, serving, deployment);
	return { ...serving, runnerSelector: { nodepool } };
}

function runAnywhere(call: Call, serving: Serving): Serving {
	const { model, version } = serving;
	const active = deploymentsOf(call, model);
	const deployment =
		active.find((one) => one.observed(call.now) === version) ??
		active.find((one) => one.desired === version);
	if (deployment) return runOn(call, serving, deployment);
	const { code, details } = call.world.inference.undeployed;
	throw new ApiError(code, details);
}

function deploymentsOf({ world, now }: Call, model: ModelState): DeploymentState[] {
	const found = world.compute.deployments.filter((one) => one.model === model && !one.isDisabled);
	for (const deployment of found) deployment.followLatest(now);
	return found;
}

function runOn(call: Call, serving: Serving, deployment: DeploymentState): Serving {
	if (deployment.observed(call.now) !== serving.version)
		throw wait(deployment, Code.modelDeploying);
	const code = deployment.call(call.now);
	if (code !== undefined) throw wait(deployment, code);
	const [nodepool] = deployment.nodepools;
	const deploymentRef = { id: deployment.id, user_id: deployment.userId };
	return { ...serving, runnerSelector: { nodepool, deployment: deploymentRef } };
}

function wait({ id, coldStart }: DeploymentState, code: number) {
	const error = new ApiError(code, `Deployment '${id}' is not ready. Please try again.`);
	return Object.assign(error, coldStart.httpStatus && { httpStatus: coldStart.httpStatus });
}
