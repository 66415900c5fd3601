import type { TrainingMethodName } from '../shared/clarifai/trainingMethods';
import { deepFineTuning } from './deepFineTuning';
import { pipelineTraining } from './pipelineTraining';
import type { TrainingMethod } from './trainingMethod';

const METHODS: Record<TrainingMethodName, TrainingMethod> = {
	deepFineTuning,
	pipelineTemplate: pipelineTraining,
};

export function methodNamed(name: TrainingMethodName): TrainingMethod {
	return METHODS[name];
}
