import type { ColdStartPlan } from './compute/deployments.mts';
import { DeploymentState } from './compute/deployments.mts';
import type { EvaluationPlan } from './evaluations/evaluations.mts';
import type { Message } from './message.mts';
import type { InputMatch, PredictionPlan } from './predictions/plans.mts';
import type { QualityPlan } from './predictions/quality.mts';
import { DEMO } from './seed.mts';
import type { AppState, ModelState, VersionState, World } from './state.mts';
import { newestTrainedVersion } from './views.mts';

export interface ContainerOptions {
	/** What it learns from; default all of the app. */
	datasetId?: string;
	datasetVersionId?: string;
	/** Default: those that the data are labelled with. */
	concepts?: string[];
	/** Of the model, when there is none yet; default visual-classifier. */
	modelTypeId?: string;
	/** Further fields of the version. */
	fields?: Message;
}

export interface DeploymentOptions {
	/** Default: the newest trained version. */
	versionId?: string;
	/** Default: the demo nodepool. */
	nodepoolId?: string;
	/** Further fields of the deployment, such as autoscale_config. */
	fields?: Message;
}

/** What a test says about compute, predictions and evaluations. */
export interface InferenceApi {
	addNodepool(clusterId: string, id: string): Message;
	/** A trained version as if a pipeline had made it. */
	addContainerVersion(modelId: string, options?: ContainerOptions): VersionState;
	/** A deployment that runs its version already. */
	addDeployment(id: string, modelId: string, options?: DeploymentOptions): DeploymentState;
	planColdStart(deploymentId: string, plan: ColdStartPlan): void;
	/** How predictions of an input go; see PredictionPlan. */
	planPrediction(match: InputMatch, plan: PredictionPlan): void;
	/** How good a model or a version is; undefined for the normal course. */
	planQuality(modelOrVersionId: string, plan: QualityPlan | undefined): void;
	/** How the next evaluations of an ID, a version or a model go; undefined for the normal course. */
	planEvaluation(id: string, plan: EvaluationPlan | undefined): void;
}

export function inferenceApi(
	world: World,
	app: () => AppState,
	findOrAddModel: (id: string, fields?: Message) => ModelState,
): InferenceApi {
	const { compute, inference } = world;
	return {
		addNodepool: (clusterId, id) => compute.addNodepool(DEMO.userId, clusterId, id),
		addContainerVersion: (modelId, options = {}) => {
			const { datasetId, datasetVersionId, concepts = [], modelTypeId, fields = {} } = options;
			const type = modelTypeId && { model_type_id: modelTypeId };
			const lesson = {
				datasetId,
				datasetVersionId,
				concepts: concepts.map((id) => ({ id })),
				byPipeline: true,
			};
			const model = findOrAddModel(modelId, { ...type });
			return app().addContainerVersion(model, fields, { seconds: 0 }, world.clock.now(), lesson);
		},
		addDeployment: (id, modelId, options = {}) => {
			const { versionId, nodepoolId = DEMO.nodepoolId, fields = {} } = options;
			const now = world.clock.now();
			const model = app().models.get(modelId);
			const version = versionId
				? model?.versions.get(versionId)
				: model && newestTrainedVersion(model, now);
			if (!model || !version) throw new Error(`'${modelId}' has no such version to deploy`);
			const deployment = new DeploymentState(
				DEMO.userId,
				model,
				{ id, ...fields },
				[compute.nodepool(DEMO.userId, { id: nodepoolId })],
				version,
				now - inference.deploySeconds * 1000,
				inference,
			);
			compute.deployments.push(deployment);
			return deployment;
		},
		planColdStart: (deploymentId, plan) => {
			compute.deployment(DEMO.userId, deploymentId).coldStart = plan;
		},
		planPrediction: (match, plan) => inference.plans.plan(match, plan),
		planQuality: (id, plan) => inference.plans.planQuality(id, plan),
		planEvaluation: (id, plan) => {
			if (plan) inference.evaluationPlans.set(id, plan);
			else inference.evaluationPlans.delete(id);
		},
	};
}
