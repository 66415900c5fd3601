import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Call } from '../shared/api/call';
import { nodepoolReference, type Compute } from '../shared/api/compute';
import { deploymentPath, findDeployment, isServing, servingJob } from '../shared/api/deployments';
import { waitForJob, type WaitOptions } from '../shared/api/jobs';
import { readDeployment, type Deployment } from '../shared/clarifai/deployments';
import type { AppScope } from '../shared/clarifai/identifiers';
import { objectsAt, type JsonObject } from '../shared/clarifai/json';
import type { ItemRun, ItemWork } from '../shared/node/itemWork';
import { isTool } from '../shared/node/tool';
import { computeOf, unknownCompute } from '../shared/parameters/computeParameters';
import { InputProblem, inputProblemOf } from '../shared/parameters/problems';
import type { ItemParameters } from '../shared/parameters/itemParameters';
import {
	refuseDryRun,
	usableVersion,
	versionIdToUse,
	type UsableVersion,
} from '../shared/parameters/usableVersion';
import { waitOptions } from '../shared/parameters/waitOptions';
import { deployModelProperties } from './properties';

interface DeployRequest {
	/** The model's owner; the deployment belongs to `userId`. */
	scope: AppScope;
	userId: string;
	modelId: string;
	/** Absent for the newest version that can be used. */
	versionId?: string;
	deploymentId: string;
	ifExists: 'promote' | 'reuse' | 'fail';
	compute?: Compute;
	/** Further fields of a new deployment, in Clarifai's own form. */
	fields: JsonObject;
	/** Absent when the node returns at once. */
	wait?: WaitOptions;
	simplify: boolean;
}

interface CheckedDeployment {
	versionId: string;
}

interface DeployResult {
	deployment: Deployment;
	versionId: string;
	previousVersionId?: string;
	created: boolean;
	promoted: boolean;
	isReady: boolean;
}

export function deployItems(
	context: IExecuteFunctions,
): ItemWork<DeployRequest, DeployResult, CheckedDeployment> {
	// Agents call tools within seconds.
	const mayWait = !isTool(context);
	return {
		properties: deployModelProperties,
		writes: true,

		prepare(item) {
			refuseDryRun(item);
			const model = item.located('model', 'models');
			const own = item.scope();
			const wait = waitOptions(item);
			return {
				scope: model.scope ?? own,
				userId: own.userId,
				modelId: model.id,
				versionId: versionIdToUse(item, 'modelVersionId'),
				deploymentId: item.id('deploymentId'),
				ifExists: item.choice('ifDeploymentExists'),
				compute: computeOf(item, 'computeCluster', 'nodepool'),
				fields: newFields(item),
				wait: item.boolean('waitUntilReady') && mayWait ? wait : undefined,
				simplify: item.boolean('simplify'),
			};
		},

		async check(request, run) {
			const { scope, modelId } = request;
			const version = await usableVersion(run.client, scope, modelId, request.versionId);
			const problems = [
				version instanceof InputProblem ? version : undefined,
				...(await problemsOfDeployment(request, run)),
			].filter((problem) => problem !== undefined);
			if (problems.length > 0) throw inputProblemOf(problems);
			return { versionId: (version as UsableVersion).id };
		},

		async perform(request, run, { versionId }) {
			const { userId, deploymentId, ifExists } = request;
			const path = deploymentPath(userId, deploymentId);
			// In turn, so that of several items with one deployment the last decides, as their order says.
			return await run.inTurn(path.join('/'), async () => {
				const existing = await findDeployment(run.client, userId, deploymentId);
				if (!existing || (run.mayBeDone && run.kept.sent === 'create')) {
					const made = await create(request, versionId, run);
					return await resultOf(made, request, versionId, { created: true }, run);
				}
				// Another item of this run may have made it since the check.
				const problem = problemOfExisting(existing, request, run);
				if (problem) throw problem;
				const previous = run.mayBeDone
					? (run.kept.previous as string | undefined)
					: existing.runningVersionId;
				run.kept.previous = previous;
				const isThere = existing.desiredVersionId === versionId && !run.mayBeDone;
				if (ifExists === 'reuse' || isThere) {
					const shown = ifExists === 'reuse' ? (existing.desiredVersionId ?? versionId) : versionId;
					return await resultOf(existing, request, shown, { previous }, run);
				}
				const promoted = await promote(request, existing, versionId, run);
				return await resultOf(promoted, request, versionId, { previous, promoted: true }, run);
			});
		},

		async settle(result, { wait, userId, deploymentId }, { client, hint }) {
			if (!wait || result.isReady) return result;
			const { deployment, versionId } = result;
			const serving = { userId, deploymentId, versionId, deployment, isReady: false };
			const { state, end } = await waitForJob(client, servingJob, serving, wait);
			if (end === 'timedOut') {
				hint(`The wait ran out before deployment "${deploymentId}" ran version ${versionId}.`);
			}
			return { ...result, deployment: state.deployment, isReady: state.isReady };
		},

		output(result, { deploymentId, modelId, scope, simplify }) {
			if (!simplify) return [result.deployment.raw as IDataObject];
			return [
				{
					deploymentId,
					modelId: result.deployment.modelId ?? modelId,
					modelVersionId: result.versionId,
					previousModelVersionId: result.previousVersionId ?? null,
					created: result.created,
					promoted: result.promoted,
					ready: result.isReady,
					userId: scope.userId,
					appId: scope.appId,
				},
			];
		},
	};
}

/** What a new deployment is made with, besides model and nodepool. */
function newFields(item: ItemParameters): JsonObject {
	const min = item.numberOrDefault('additionalFields.minReplicas', { min: 0, whole: true });
	const max = item.numberOrDefault('additionalFields.maxReplicas', { min: 1, whole: true });
	const delay = item.number('additionalFields.scaleToZeroDelaySeconds', { min: 0, whole: true });
	const description = item.text('additionalFields.description');
	if (min > max) {
		const [minLabel, maxLabel] = [
			item.label('additionalFields.minReplicas'),
			item.label('additionalFields.maxReplicas'),
		];
		item.refuse(
			`'${minLabel}' is ${min}, which is more than '${maxLabel}', ${max}`,
			'Lower one, or raise the other.',
		);
	}
	return {
		...(description ? { description } : {}),
		autoscale_config: {
			min_replicas: min,
			max_replicas: max,
			...(delay === undefined ? {} : { scale_to_zero_delay_seconds: delay }),
		},
	};
}

async function problemsOfDeployment(
	request: DeployRequest,
	run: ItemRun,
): Promise<Array<InputProblem | undefined>> {
	const { userId, deploymentId, compute } = request;
	const { client } = run;
	const existing = await findDeployment(client, userId, deploymentId);
	if (!existing) {
		if (compute) return [await unknownCompute(client, userId, compute)];
		return [
			new InputProblem(
				`Deployment "${deploymentId}" does not exist, and 'Compute Cluster' and 'Nodepool' are empty`,
				"Pick where a new deployment is to run, or check 'Deployment ID'.",
			),
		];
	}
	return [problemOfExisting(existing, request, run)];
}

/** Why a deployment that is there cannot be what the item asks for. */
function problemOfExisting(
	existing: Deployment,
	{ deploymentId, modelId, ifExists }: DeployRequest,
	run: ItemRun,
): InputProblem | undefined {
	const mayBeOurs = run.mayBeDone || run.kept.sent === 'create';
	if (ifExists === 'fail' && !mayBeOurs) {
		return new InputProblem(
			`Deployment "${deploymentId}" already exists`,
			"Choose another 'Deployment ID', or set 'If Deployment Exists' to Promote or Reuse.",
		);
	}
	if (existing.modelId === undefined || existing.modelId === modelId) return undefined;
	return new InputProblem(
		`Deployment "${deploymentId}" serves model "${existing.modelId}", not "${modelId}"`,
		"Choose another 'Deployment ID', or the model that it serves.",
	);
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

/** `SchedulingChoice` PRICE: of several types of instances the cheaper one. */
const CHEAPER = 3;

async function create(
	request: DeployRequest,
	versionId: string,
	run: ItemRun,
): Promise<Deployment> {
	const { userId, deploymentId, compute, fields } = request;
	run.kept.sent = 'create';
	const body = {
		deployments: [
			{
				...fields,
				id: deploymentId,
				worker: workerOf(request, versionId),
				nodepools: compute ? [nodepoolReference(userId, compute)] : [],
				scheduling_choice: CHEAPER,
			},
		],
	};
	const call: Call = {
		method: 'POST',
		path: ['users', userId, 'deployments'],
		body,
		patOnly: true,
	};
	return await write(call, undefined, request, versionId, run);
}

/**
 * Lets a deployment go over to a version. The server takes "overwrite" only, ignores `worker`, and a
 * deployment that follows the latest version would not stay with this one (clarifai-python,
 * `cli/model.py`).
 */
async function promote(
	request: DeployRequest,
	existing: Deployment,
	versionId: string,
	run: ItemRun,
): Promise<Deployment> {
	const { userId, deploymentId } = request;
	run.kept.sent = 'promote';
	const body = {
		action: 'overwrite',
		deployments: [
			{
				id: deploymentId,
				desired_worker: workerOf(request, versionId),
				deploy_latest_version: false,
			},
		],
	};
	const call: Call = {
		method: 'PATCH',
		path: ['users', userId, 'deployments'],
		body,
		patOnly: true,
	};
	return await write(call, existing, request, versionId, run);
}

/** @param existing the deployment as it was; absent for one that is made */
async function write(
	call: Call,
	existing: Deployment | undefined,
	{ userId, deploymentId }: DeployRequest,
	versionId: string,
	run: ItemRun,
): Promise<Deployment> {
	const isNew = existing === undefined;
	const { made } = await run.writeInTurn<Deployment>({
		call,
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

async function resultOf(
	deployment: Deployment,
	{ userId }: DeployRequest,
	versionId: string,
	done: { created?: boolean; promoted?: boolean; previous?: string },
	{ client }: ItemRun,
): Promise<DeployResult> {
	return {
		deployment,
		versionId,
		previousVersionId: done.previous,
		created: done.created === true,
		promoted: done.promoted === true,
		isReady: await isServing(client, userId, deployment, versionId),
	};
}
