/** Training a model version with a template of its type, or running a pipeline that makes the version. */
export const TRAINING_METHODS = ['deepFineTuning', 'pipelineTemplate'] as const;

export type TrainingMethod = (typeof TRAINING_METHODS)[number];
