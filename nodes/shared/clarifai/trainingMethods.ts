/** Training a model version with a template of its type, or running a pipeline that makes the version. */
export type TrainingMethodName = 'deepFineTuning' | 'pipelineTemplate';

export const TRAINING_METHODS: readonly TrainingMethodName[] = [
	'deepFineTuning',
	'pipelineTemplate',
];
