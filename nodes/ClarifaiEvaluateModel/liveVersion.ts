import { fetchApp } from '../shared/api/apps';
import { findDeployment } from '../shared/api/deployments';
import { ClarifaiFailure } from '../shared/api/failures';
import { modelVersions } from '../shared/api/models';
import { findWorkflow } from '../shared/api/workflows';
import { otherModelOf } from '../shared/clarifai/deployments';
import { ME, type AppScope } from '../shared/clarifai/identifiers';
import { isUsable } from '../shared/clarifai/models';
import { compareTimes } from '../shared/clarifai/timestamps';
import type { Workflow, WorkflowNode } from '../shared/clarifai/workflows';
import type { ItemRun } from '../shared/node/itemWork';
import { InputProblem } from '../shared/parameters/problems';
import { usableVersion, type UsableVersion } from '../shared/parameters/usableVersion';
import type { EvaluateRequest } from './request';

/** What a version is compared with. */
export interface ComparedVersion {
	versionId: string;
	/** As it stands in a sentence. */
	name: string;
}

/**
 * The version that the candidate has to be better than; undefined where there is none, which is then
 * said on the node.
 * @throws InputProblem when what is named does not exist, or cannot be compared with
 */
export async function comparedVersion(
	request: EvaluateRequest,
	candidate: UsableVersion,
	run: ItemRun,
): Promise<ComparedVersion | undefined> {
	const { scope, modelId, compareWith, baselineVersionId } = request;
	if (compareWith === 'nothing') return undefined;
	if (compareWith === 'version') {
		const version = await usableVersion(run.client, scope, modelId, baselineVersionId);
		if (version instanceof InputProblem) throw version;
		return { versionId: version.id, name: `version ${version.id}` };
	}
	const live = await liveVersionId(request, candidate, run);
	return live === undefined ? undefined : { versionId: live, name: 'the live version' };
}

async function liveVersionId(
	request: EvaluateRequest,
	candidate: UsableVersion,
	run: ItemRun,
): Promise<string | undefined> {
	const { deploymentId, workflow, modelId } = request;
	if (deploymentId !== undefined) return await versionOfDeployment(request, deploymentId, run);
	const found: LiveWorkflow | undefined = workflow ?? (await defaultWorkflow(request, run));
	if (!found) {
		run.hint('The app has no default workflow, so there is no live version to compare with.');
		return undefined;
	}
	const nodes = (await readableWorkflow(found, run))?.nodes;
	if (!nodes) {
		if (workflow) throw missing('Workflow', found.id);
		run.hint(`Workflow "${found.id}" cannot be read, so there is no live version to compare with.`);
		return undefined;
	}
	const node = nodes.find((each) => isOfModel(each, request, found.scope));
	if (!node) {
		run.hint(
			`Workflow "${found.id}" does not use model "${modelId}", so there is no live version to compare with.`,
		);
		return undefined;
	}
	return node.modelVersionId ?? (await newestBefore(request, candidate, run));
}

/** The workflow whose version is the live one. */
interface LiveWorkflow {
	id: string;
	scope: AppScope;
	/** The app uses the workflow of another user. */
	isForeign?: boolean;
}

/** A workflow's models belong to its own app unless they say otherwise. */
function isOfModel(
	node: WorkflowNode,
	{ scope, modelId }: EvaluateRequest,
	owner: AppScope,
): boolean {
	const { modelUserId = owner.userId, modelAppId = owner.appId } = node;
	const isSameUser = scope.userId === ME || modelUserId === scope.userId;
	return node.modelId === modelId && isSameUser && modelAppId === scope.appId;
}

async function defaultWorkflow(
	{ home }: EvaluateRequest,
	{ client }: ItemRun,
): Promise<LiveWorkflow | undefined> {
	const { userId = home.userId, defaultWorkflow: found } = await fetchApp(client, home);
	return found && { id: found.id, scope: found.owner, isForeign: found.owner.userId !== userId };
}

/** An app key may not look into the workflow of another user, such as Clarifai's own "Universal". */
async function readableWorkflow(
	{ id, scope, isForeign }: LiveWorkflow,
	{ client }: ItemRun,
): Promise<Workflow | undefined> {
	const found = await findWorkflow(client, scope, id).catch((error: unknown) => error);
	if (!(found instanceof Error)) return found as Workflow | undefined;
	const isForbidden =
		found instanceof ClarifaiFailure && [401, 403].includes(found.facts.httpStatus ?? 0);
	if (isForeign && isForbidden) return undefined;
	throw found;
}

async function versionOfDeployment(
	{ scope, home, modelId }: EvaluateRequest,
	deploymentId: string,
	{ client, hint }: ItemRun,
): Promise<string | undefined> {
	const deployment = await findDeployment(client, home.userId, deploymentId);
	if (!deployment) throw missing('Deployment', deploymentId);
	const other = otherModelOf(deployment, scope, modelId);
	if (other !== undefined) {
		throw new InputProblem(
			`Deployment "${deploymentId}" serves ${other}, not "${modelId}"`,
			"Check 'Deployment' and 'Model'.",
		);
	}
	if (deployment.runningVersionId === undefined)
		hint(`Deployment "${deploymentId}" runs no version, so there is none to compare with.`);
	return deployment.runningVersionId;
}

/** A node without a version runs the model's newest one: before the candidate was made, another. */
async function newestBefore(
	{ scope, modelId }: EvaluateRequest,
	candidate: UsableVersion,
	{ client }: ItemRun,
): Promise<string | undefined> {
	const [newest] = (await modelVersions(client, scope, modelId))
		.filter((version) => isUsable(version) && version.id !== candidate.id)
		.filter(({ createdAt = '' }) => compareTimes(createdAt, candidate.createdAt ?? '') < 0)
		.sort((a, b) => compareTimes(b.createdAt ?? '', a.createdAt ?? ''));
	return newest?.id;
}

function missing(what: 'Workflow' | 'Deployment', id: string): InputProblem {
	return new InputProblem(
		`${what} "${id}" does not exist`,
		`Check its ID, or clear the field to compare with what the app's default workflow runs.`,
	);
}
