import type { ColdStartPlan } from './compute/deployments.mts';
import type { EvaluationPlan } from './evaluations/evaluations.mts';
import { PredictionPlans } from './predictions/plans.mts';
import { Code } from './statuses.mts';

/** How deployments, predictions and evaluations go when nothing else is planned. */
export interface InferenceOptions {
	/** How long a deployment takes to run a version it was told to run; default 5. */
	deploySeconds?: number;
	/** What the first calls after a sleep are answered with; default: they are served at once. */
	coldStart?: ColdStartPlan;
	/** The answer for a container version that is not deployed; which one Clarifai gives is not known. */
	undeployed?: { code: number; details: string };
	/** How long an evaluation takes; default 5. */
	evaluationSeconds?: number;
	/** Labelled inputs that an evaluation needs for each concept; default 1, documented are 10. */
	evaluationInputs?: number;
	/** Whether container versions are evaluated, which is not known; default true. */
	evaluatesContainers?: boolean;
}

export class Inference {
	readonly plans = new PredictionPlans();
	/** By the ID of an evaluation, of a version or of a model. */
	readonly evaluationPlans = new Map<string, EvaluationPlan>();
	readonly deploySeconds: number;
	readonly coldStart: ColdStartPlan;
	readonly undeployed: { code: number; details: string };
	readonly evaluationSeconds: number;
	readonly evaluationInputs: number;
	readonly evaluatesContainers: boolean;

	constructor(options: InferenceOptions) {
		this.deploySeconds = options.deploySeconds ?? 5;
		this.coldStart = options.coldStart ?? { seconds: 0 };
		this.undeployed = options.undeployed ?? {
			code: Code.modelNotDeployed,
			details: 'The model has no deployment. Deploy it to a nodepool first.',
		};
		this.evaluationSeconds = options.evaluationSeconds ?? 5;
		this.evaluationInputs = options.evaluationInputs ?? 1;
		this.evaluatesContainers = options.evaluatesContainers ?? true;
	}
}
