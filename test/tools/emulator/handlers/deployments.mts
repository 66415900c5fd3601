import type { Call, Handler } from '../call.mts';
import { DeploymentState, showDeployment } from '../compute/deployments.mts';
import type { Message } from '../message.mts';
import type { ModelState, VersionState } from '../state.mts';
import { ApiError, Code } from '../statuses.mts';
import { isTrained, newestTrainedVersion } from '../views.mts';
import { ownUserId } from './compute.mts';

/** Deployments of a user: which version of a model runs on which nodepools. */

/** What the owner of a deployment may set, besides the worker and the nodepools. */
const SETTABLE = [
	'autoscale_config',
	'scheduling_choice',
	'visibility',
	'metadata',
	'description',
	'deploy_latest_version',
	'deployment_nodepools',
	'status',
	'graceful_deploy',
];

const ID_PATTERN = /^[0-9A-Za-z][\w.-]*$/;

const MAX_PRIORITY = 9;

export function ownDeployments(call: Call): DeploymentState[] {
	const userId = ownUserId(call);
	const found = call.world.compute.deployments.filter((one) => one.userId === userId);
	for (const deployment of found) deployment.followLatest(call.now);
	return found;
}

function findDeployment(call: Call, id: string): DeploymentState {
	const found = ownDeployments(call).find((one) => one.id === id);
	if (found) return found;
	throw new ApiError(Code.deploymentDoesNotExist, `Deployment '${id ?? ''}' does not exist`);
}

/** Everything is checked before anything is made. Which codes refuse what is assumed. */
const postDeployments: Handler = (call) => {
	const asked: Message[] = call.request.deployments ?? [];
	if (asked.length === 0) throw invalid('no deployments given');
	const made = asked.map((fields) => prepareDeployment(call, fields));
	for (const [index, { id }] of made.entries()) {
		if (made.findIndex((one) => one.id === id) < index) throw duplicate(id);
	}
	call.world.compute.deployments.push(...made);
	return { deployments: made.map((one) => showDeployment(one, call.now)) };
};

function prepareDeployment(call: Call, asked: Message): DeploymentState {
	const { id } = asked;
	if (!ID_PATTERN.test(id ?? '')) throw invalid(`deployment id '${id ?? ''}' is not valid`);
	if (ownDeployments(call).some((one) => one.id === id)) throw duplicate(id);
	checkAutoscaling(asked.autoscale_config);
	const nodepools = askedNodepools(call, asked);
	const { model, version } = askedWorker(call, asked.desired_worker ?? asked.worker);
	refuseSecondOnNodepool(call, model, nodepools);
	const { deploySeconds, coldStart } = call.world.inference;
	return new DeploymentState(
		ownUserId(call),
		model,
		{ id, visibility: { gettable: 10 }, ...settable(asked) },
		nodepools,
		version,
		call.now,
		{ deploySeconds, coldStart },
	);
}

function askedNodepools(call: Call, asked: Message): Message[] {
	const { nodepools = [], deployment_nodepools: ranked = [] } = asked;
	if (nodepools.length > 0 && ranked.length > 0) {
		throw invalid('either nodepools or deployment_nodepools, not both');
	}
	if (ranked.some(({ priority = 0 }: Message) => priority > MAX_PRIORITY)) {
		throw invalid(`priority: at most ${MAX_PRIORITY}`);
	}
	const refs: Message[] = [...nodepools, ...ranked];
	if (refs.length === 0) throw invalid('a deployment needs a nodepool');
	return refs.map((ref) => call.world.compute.nodepool(ownUserId(call), ref));
}

/** A worker's model, and its version: without one the newest that is trained. */
function askedWorker(call: Call, worker: Message = {}) {
	const asked: Message | undefined = worker.model;
	if (!asked?.id) {
		throw worker.workflow
			? new ApiError(Code.notImplemented, 'The emulator does not deploy workflows')
			: invalid('worker: no model given');
	}
	const app = call.world.findApp(asked.user_id || ownUserId(call), asked.app_id ?? '');
	const model = app && call.mayRead(app) ? app.models.get(asked.id) : undefined;
	if (!model) throw new ApiError(Code.modelDoesNotExist, `Model '${asked.id}' does not exist`);
	const versionId = asked.model_version?.id;
	return { model, version: deployableVersion(call, model, versionId) };
}

function deployableVersion(call: Call, model: ModelState, versionId?: string): VersionState {
	const version = versionId ? model.versions.get(versionId) : newestTrainedVersion(model, call.now);
	if (!version) {
		throw new ApiError(
			Code.modelDoesNotExist,
			versionId
				? `Model version '${versionId}' does not exist`
				: `Model '${model.message.id}' has no trained version`,
		);
	}
	if (!isTrained(version, call.now)) {
		throw invalid(`Model version '${versionId}' is not trained`);
	}
	return version;
}

/** "For a given user_id, nodepool_id, and object ID we can only have one deployment." */
function refuseSecondOnNodepool(call: Call, model: ModelState, nodepools: Message[]) {
	const other = ownDeployments(call).find(
		(one) => one.model === model && one.nodepools.some((nodepool) => nodepools.includes(nodepool)),
	);
	if (!other) return;
	throw invalid(
		`Model '${model.message.id}' is deployed on this nodepool already, by deployment '${other.id}'`,
	);
}

function checkAutoscaling({ min_replicas: min = 0, max_replicas: max }: Message = {}) {
	if (max !== undefined && min > max) throw invalid('min_replicas is greater than max_replicas');
}

function settable(asked: Message): Message {
	return Object.fromEntries(
		SETTABLE.filter((key) => asked[key] !== undefined).map((key) => [key, asked[key]]),
	);
}

/**
 * Only "overwrite" is taken, whatever the protos say, and `worker` is ignored without a word: it tells
 * what runs, `desired_worker` what shall run (both reported in Clarifai/clarifai-python#1024). What a
 * patch leaves out stays as it is: assumed.
 */
const patchDeployments: Handler = (call) => {
	const { action = '', deployments: patches = [] } = call.request;
	if (action !== 'overwrite') {
		throw invalid(`Invalid action: Unrecognized action '${action}'. Supported actions: overwrite`);
	}
	const prepared = (patches as Message[]).map((patch) => {
		const deployment = findDeployment(call, patch.id);
		checkAutoscaling(patch.autoscale_config);
		return { patch, deployment, version: desiredVersion(call, deployment, patch) };
	});
	for (const { patch, deployment, version } of prepared) {
		Object.assign(deployment.fields, settable(patch));
		deployment.modifiedAt = call.now;
		if (version) {
			deployment.assign(version, call.now);
			// To the protos false is as good as left out: what is told its version follows no other (assumed).
			deployment.fields.deploy_latest_version = patch.deploy_latest_version === true;
		}
		deployment.followLatest(call.now);
	}
	return { deployments: prepared.map(({ deployment }) => showDeployment(deployment, call.now)) };
};

function desiredVersion(call: Call, deployment: DeploymentState, patch: Message) {
	if (!patch.desired_worker) return undefined;
	const { model, version } = askedWorker(call, patch.desired_worker);
	// Assumed: a deployment stays with its model.
	if (model !== deployment.model) throw invalid('desired_worker: another model');
	return version;
}

const getDeployment: Handler = (call) => ({
	deployment: showDeployment(findDeployment(call, call.request.deployment_id), call.now),
});

/** That `model_version_ids` goes by the version that runs, not by the desired one, is assumed. */
const listDeployments: Handler = (call) => {
	call.supportsOnly(
		'nodepool_id',
		'compute_cluster_id',
		'model_version_ids',
		'workflow_version_ids',
	);
	const {
		nodepool_id: nodepoolId,
		compute_cluster_id: clusterId,
		model_version_ids: versionIds,
		workflow_version_ids: workflowVersionIds,
	} = call.request;
	const found = ownDeployments(call).filter(
		(deployment) =>
			// The emulator deploys no workflows.
			!workflowVersionIds &&
			(!nodepoolId || deployment.nodepools.some(({ id }) => id === nodepoolId)) &&
			(!clusterId ||
				deployment.nodepools.some(({ compute_cluster }) => compute_cluster.id === clusterId)) &&
			(!versionIds || versionIds.includes(deployment.observed(call.now).message.id)),
	);
	const shown = found.map((deployment) => showDeployment(deployment, call.now));
	return { deployments: call.paginate(call.sort(shown)) };
};

const deleteDeployments: Handler = (call) => {
	const ids: string[] = call.request.ids ?? [];
	const gone = ids.map((id) => findDeployment(call, id));
	const { deployments } = call.world.compute;
	for (const deployment of gone) deployments.splice(deployments.indexOf(deployment), 1);
	return {};
};

function invalid(details: string) {
	return new ApiError(Code.deploymentInvalidArgument, details);
}

function duplicate(id: string) {
	return new ApiError(Code.duplicate, `Deployment with ID '${id}' already exists`);
}

export const deploymentHandlers: Record<string, Handler> = {
	PostDeployments: postDeployments,
	PatchDeployments: patchDeployments,
	GetDeployment: getDeployment,
	ListDeployments: listDeployments,
	DeleteDeployments: deleteDeployments,
};
