import type { Call, Handler } from '../call.mts';
import type { Message } from '../message.mts';
import { checkLegacyTraining } from '../platform.mts';
import type { ModelState, VersionState } from '../state.mts';
import { ApiError, Code } from '../statuses.mts';
import type { TrainingPlan } from '../training.mts';
import { checkTrainingRequest, fieldsOf, findTemplate, lateFailure } from '../trainingRequest.mts';
import { isTrained, showModel, showVersion } from '../views.mts';
import { evaluationAfterTraining } from './evaluations.mts';

/** Fields of a version that whoever trains it may set. */
const SETTABLE = [
	'description',
	'metadata',
	'visibility',
	'license',
	'train_info',
	'output_info',
	'input_info',
	'pretrained_model_config',
	'inference_compute_info',
];

const postModelVersions: Handler = (call) => {
	const { app, model, request, world } = call;
	const asked = askedVersion(model, request);
	const modelType = world.findModelType(model.message.model_type_id);
	if (modelType) checkLegacyTraining(world.platform, modelType);
	checkTrainingRequest(call, modelType, asked);

	const fields: Message = { description: request.description };
	for (const key of SETTABLE) if (asked[key] !== undefined) fields[key] = asked[key];
	const late = lateFailure(call, modelType!, asked);
	const version = app.addVersion(model, fields, { ...late, ...planFor(call) }, call.now);
	version.evaluateAfterTraining = request.eval_info?.params?.evaluate_after_training === true;
	if (version.evaluateAfterTraining) {
		version.evaluation = evaluationAfterTraining(call, { app, model, version });
	}
	return { model: showModel(app, model, call.now, justQueued(version)) };
};

/** The oldest guides send no body and train by what the model was created with: assumed to be so still. */
function askedVersion(model: ModelState, request: Message): Message {
	return request.model_versions ? singleVersion(request) : model.trainedBy;
}

/** The answer to a training request always says "queued", however short the training is. */
function justQueued(version: VersionState): VersionState {
	const endsAt = Math.max(version.training.endsAt, version.training.startedAt + 1);
	return { ...version, training: { ...version.training, endsAt } };
}

/** What was planned for the model, or the injected failure, takes the place of the natural course. */
function planFor({ fault, model, world }: Call): TrainingPlan | undefined {
	if (fault?.kind === 'trainingFails') {
		return { outcome: fault.code ?? Code.trainingFailed, details: fault.details };
	}
	return world.trainingPlans.get(model.message.id);
}

function singleVersion(request: Message): Message {
	const versions: Message[] = request.model_versions ?? [];
	if (versions.length === 1) return versions[0]!;
	throw new ApiError(Code.invalidRequest, `expected one model version, got ${versions.length}`);
}

const getModelVersion: Handler = (call) => ({
	model_version: showVersion(call.app, call.version, call.now),
});

const listModelVersions: Handler = (call) => {
	call.supportsOnly('model_id', 'trained_only', 'concept_ids');
	const { app, model, request, now } = call;
	const found = [...model.versions.values()].filter(
		(version) =>
			(!request.trained_only || isTrained(version, now)) && knowsConcepts(version, request),
	);
	const shown = found.map((version) => showVersion(app, version, now));
	return { model_versions: call.paginate(call.sort(shown)) };
};

function knowsConcepts({ message }: VersionState, request: Message) {
	const known = (message.output_info?.data?.concepts ?? []).map(({ id }: Message) => id);
	return (request.concept_ids ?? []).every((id: string) => known.includes(id));
}

/** Deleting a version that is being trained cancels its training. */
const deleteModelVersion: Handler = (call) => {
	call.model.versions.delete(call.version.message.id);
	return {};
};

/**
 * The documented formula A * inputs * epochs + B with the template's default epochs. A and B are the
 * emulator's own, such that 100 inputs and 60 epochs take the 308 seconds of Clarifai's sample.
 */
const SECONDS_PER_INPUT_AND_EPOCH = 0.048;
const START_UP_SECONDS = 20;

const estimateTrainingTime: Handler = (call) => {
	const { app, model, request, world } = call;
	const version = singleVersion(request);
	const modelType = world.findModelType(model.message.model_type_id);
	const template = findTemplate(modelType, version);
	const epochs = fieldsOf(template).find(({ path }) => path === 'train_info.params.num_epochs');
	const inputs = Number(request.estimated_input_count ?? app.inputs.size);
	const work = inputs * Number(epochs?.default_value ?? 1);
	return {
		training_time_estimates: [Math.round(SECONDS_PER_INPUT_AND_EPOCH * work + START_UP_SECONDS)],
	};
};

export const modelVersionHandlers: Record<string, Handler> = {
	PostModelVersions: postModelVersions,
	GetModelVersion: getModelVersion,
	ListModelVersions: listModelVersions,
	DeleteModelVersion: deleteModelVersion,
	PostModelVersionsTrainingTimeEstimate: estimateTrainingTime,
};
