import { deploymentPath, findDeployment } from '../shared/api/deployments';
import { inApp } from '../shared/api/call';
import { findModel, modelType, versionPath } from '../shared/api/models';
import type { PredictionTarget } from '../shared/api/predictions';
import { findWorkflow, workflowPath } from '../shared/api/workflows';
import type { AppScope } from '../shared/clarifai/identifiers';
import type { JsonObject } from '../shared/clarifai/json';
import type { Model } from '../shared/clarifai/models';
import type { Workflow } from '../shared/clarifai/workflows';
import type { ItemRun } from '../shared/node/itemWork';
import type { InputType } from '../shared/parameters/mediaParameters';
import { gathered, InputProblem, inputProblemOf } from '../shared/parameters/problems';
import { usableVersion } from '../shared/parameters/usableVersion';

/** Who is asked, as the parameters say it. */
export type Asked =
	| {
			with: 'model';
			scope: AppScope;
			/** Of the credential: the owner of deployments, and whose models' versions are looked up. */
			home: AppScope;
			modelId: string;
			versionId?: string;
			deploymentId?: string;
	  }
	| { with: 'workflow'; scope: AppScope; workflowId: string };

/** What changes what a model puts out. */
export interface OutputConfig {
	maxConcepts?: number;
	minValue?: number;
	conceptNames: string[];
}

/** Who answers, found out once a run. */
export interface Target extends PredictionTarget {
	/** For a workflow: the nodes whose outputs are put out, in their order. */
	nodes?: Array<{ nodeId?: string; modelId?: string }>;
}

/** @throws InputProblem when nobody of this name can answer this type of input: all problems together */
export async function findTarget(
	asked: Asked,
	config: OutputConfig,
	inputType: InputType,
	run: ItemRun,
): Promise<Target> {
	const outputConfig = configOf(config);
	if (asked.with === 'workflow') {
		const { scope, workflowId } = asked;
		const found = await run.client.cached(
			workflowPath(scope, workflowId),
			async () => await findWorkflow(run.client, scope, workflowId),
		);
		if (!found) throw missing('Workflow', workflowId);
		return {
			path: inApp(scope, 'workflows', workflowId, 'results'),
			key: 'results',
			body: outputConfig ? { output_config: outputConfig } : {},
			nodes: shownNodes(found),
		};
	}
	const { scope, modelId } = asked;
	const versionId = await checkedVersion(asked, inputType, run);
	const body: JsonObject = {};
	// As Clarifai's SDK sends it.
	if (outputConfig)
		body.model = { model_version: { output_info: { output_config: outputConfig } } };
	if (asked.deploymentId) {
		body.runner_selector = {
			deployment: { id: asked.deploymentId, user_id: asked.home.userId },
		};
	}
	const path = versionId
		? [...versionPath(scope, modelId, versionId), 'outputs']
		: inApp(scope, 'models', modelId, 'outputs');
	return { path, key: 'outputs', body };
}

function configOf({ maxConcepts, minValue, conceptNames }: OutputConfig): JsonObject | undefined {
	const config: JsonObject = {};
	if (maxConcepts !== undefined) config.max_concepts = maxConcepts;
	if (minValue) config.min_value = minValue;
	if (conceptNames.length > 0) config.select_concepts = conceptNames.map((name) => ({ name }));
	return Object.keys(config).length > 0 ? config : undefined;
}

function shownNodes({ nodes }: Workflow): Target['nodes'] {
	return nodes
		.filter(({ isHidden }) => !isHidden)
		.map(({ id, modelId }) => ({ nodeId: id, modelId }));
}

function missing(what: 'Model' | 'Workflow', id: string): InputProblem {
	return new InputProblem(
		`${what} "${id}" does not exist`,
		"Pick it from the list, or check the user and app in the credential or in 'Options'. For one of another app, paste its link.",
	);
}

/** The version to ask, once everything that is named is there and fits. */
async function checkedVersion(
	asked: Asked & { with: 'model' },
	inputType: InputType,
	run: ItemRun,
): Promise<string | undefined> {
	const problems: InputProblem[] = [];
	const model = await findModel(run.client, asked.scope, asked.modelId);
	if (model) await gathered(problems, refuseOtherInput(asked, model, inputType, run));
	else problems.push(missing('Model', asked.modelId));
	// A model that is not there has no newest version either.
	const mayHaveOne = model !== undefined || asked.deploymentId !== undefined;
	const versionId = mayHaveOne ? await gathered(problems, versionOf(asked, run)) : undefined;
	if (problems.length > 0) throw inputProblemOf(problems);
	return versionId;
}

/** Models say what they take in the fields of their type; a platform that tells none is not second-guessed. */
async function refuseOtherInput(
	asked: Asked & { with: 'model' },
	model: Model,
	inputType: InputType,
	{ client }: ItemRun,
): Promise<void> {
	const type = model.modelTypeId && (await modelType(client, asked.home, model.modelTypeId));
	const fields = type && Array.isArray(type.input_fields) ? type.input_fields.map(String) : [];
	if (fields.length === 0 || fields.some((field) => takes(field, inputType))) return;
	throw new InputProblem(
		`Model "${asked.modelId}" (${model.modelTypeId}) takes ${fields.join(', ')}, not ${inputType}`,
		"Set 'Input Type' to what the model takes, or choose another model.",
	);
}

/** Visual models take the frames of a video as well. */
function takes(field: string, inputType: InputType): boolean {
	return field.includes(inputType) || (field.includes('image') && inputType === 'video');
}

/** The version that is asked for; undefined where the platform's latest will do. */
async function versionOf(
	asked: Asked & { with: 'model' },
	{ client }: ItemRun,
): Promise<string | undefined> {
	const { scope, home, modelId, versionId, deploymentId } = asked;
	if (deploymentId) {
		const deployment = await client.cached(
			deploymentPath(home.userId, deploymentId),
			async () => await findDeployment(client, home.userId, deploymentId),
		);
		if (!deployment) {
			throw new InputProblem(
				`Deployment "${deploymentId}" does not exist`,
				"Check 'Deployment', or make the deployment with Clarifai Deploy Model.",
			);
		}
		const { runningVersionId } = deployment;
		if (versionId !== undefined && versionId !== runningVersionId) {
			throw new InputProblem(
				`Deployment "${deploymentId}" runs version ${runningVersionId ?? 'unknown'}, not ${versionId}`,
				"Clear 'Model Version' to take the version that it runs, or promote the other one with Clarifai Deploy Model.",
			);
		}
		return runningVersionId;
	}
	const isOwn = scope.userId === home.userId && scope.appId === home.appId;
	if (versionId !== undefined || !isOwn) return versionId;
	const newest = await usableVersion(client, scope, modelId, undefined);
	if (newest instanceof InputProblem) throw newest;
	return newest.id;
}
