import type { ClarifaiClient } from '../shared/api/client';
import type { AppScope } from '../shared/clarifai/identifiers';
import { TRAINING_METHODS, type TrainingMethodName } from '../shared/clarifai/trainingMethods';
import type { TrainingTemplate } from '../shared/clarifai/trainingTemplates';
import { deepFineTuning } from './deepFineTuning';
import { pipelineTraining } from './pipelineTraining';
import type { MethodChoice } from './request';
import type { TrainingMethod } from './trainingMethod';

const METHODS: Record<TrainingMethodName, TrainingMethod> = {
	deepFineTuning,
	pipelineTemplate: pipelineTraining,
};

export function methodNamed(name: TrainingMethodName): TrainingMethod {
	return METHODS[name];
}

/** A template of one of the methods. */
export interface OfferedTemplate {
	method: TrainingMethodName;
	template: TrainingTemplate;
}

/**
 * What a platform offers for a choice of method and a model type; for any type where it is not known.
 * A method that the platform does not have offers nothing.
 */
export async function offeredTemplates(
	choice: MethodChoice,
	client: ClarifaiClient,
	scope: AppScope,
	modelTypeId: string | undefined,
): Promise<OfferedTemplate[]> {
	const names = choice === 'automatic' ? TRAINING_METHODS : [choice];
	const offered = await Promise.all(
		names.map(async (method) => {
			const templates = await METHODS[method].templates(client, scope, modelTypeId);
			return templates.map((template) => ({ method, template }));
		}),
	);
	return offered.flat();
}
