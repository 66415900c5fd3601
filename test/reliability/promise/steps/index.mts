import type { Step } from '../step.mts';
import { addInputs } from './addInputs.mts';
import { createModel } from './createModel.mts';
import { createWorkflow } from './createWorkflow.mts';
import { deploy } from './deploy.mts';
import { evaluate } from './evaluate.mts';
import { trainPipeline, trainVersion } from './train.mts';
import { updateDefault } from './updateDefault.mts';

/** Every node that writes. */
export const STEPS = {
	addInputs,
	createModel,
	createWorkflow,
	deploy,
	evaluate,
	trainPipeline,
	trainVersion,
	updateDefault,
} satisfies Record<string, Step>;

export type StepName = keyof typeof STEPS;
