import type { Handler } from '../call.mts';
import { accountHandlers } from './account.mts';
import { annotationHandlers } from './annotations.mts';
import { appHandlers } from './apps.mts';
import { conceptHandlers } from './concepts.mts';
import { datasetInputHandlers } from './datasetInputs.mts';
import { datasetHandlers } from './datasets.mts';
import { datasetVersionHandlers } from './datasetVersions.mts';
import { inputHandlers } from './inputs.mts';
import { inputsAddJobHandlers } from './inputsAddJobs.mts';
import { computeHandlers } from './compute.mts';
import { deploymentHandlers } from './deployments.mts';
import { evaluationHandlers } from './evaluations.mts';
import { modelHandlers } from './models.mts';
import { modelTypeHandlers } from './modelTypes.mts';
import { modelVersionHandlers } from './modelVersions.mts';
import { modelVersionEvaluationHandlers } from './modelVersionEvaluations.mts';
import { pipelineHandlers } from './pipelines.mts';
import { predictionHandlers } from './predictions.mts';
import { runnerHandlers } from './runners.mts';
import { workflowResultHandlers } from './workflowResults.mts';
import { workflowHandlers } from './workflows.mts';

/** What the emulator implements, by the name of the call in the protos. */
export const handlers: Record<string, Handler> = {
	...accountHandlers,
	...annotationHandlers,
	...appHandlers,
	...conceptHandlers,
	...datasetHandlers,
	...datasetInputHandlers,
	...datasetVersionHandlers,
	...inputHandlers,
	...inputsAddJobHandlers,
	...computeHandlers,
	...deploymentHandlers,
	...evaluationHandlers,
	...modelHandlers,
	...modelTypeHandlers,
	...modelVersionHandlers,
	...modelVersionEvaluationHandlers,
	...pipelineHandlers,
	...predictionHandlers,
	...runnerHandlers,
	...workflowHandlers,
	...workflowResultHandlers,
};
