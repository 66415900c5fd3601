import type { Call, Handler } from '../call.mts';
import type { Message } from '../message.mts';
import { checkInputs, MAX_MODEL_INPUTS } from '../predictions/limits.mts';
import { readOutputConfig } from '../predictions/outputConfig.mts';
import { overallStatus, Predictor, refuseFailure } from '../predictions/predict.mts';
import type { Serving } from '../predictions/serving.mts';
import { findServing, selectedDeployment } from '../predictions/serving.mts';
import { ApiError, Code } from '../statuses.mts';

const postModelOutputs: Handler = (call) => {
	const { inputs = [], model: asked } = call.request;
	checkInputs(inputs as Message[], MAX_MODEL_INPUTS);
	const serving = askedServing(call);
	const config = readOutputConfig(
		serving.version.learned.concepts,
		serving.version.message.output_info,
		asked?.output_info,
		asked?.model_version?.output_info,
	);
	const predictor = new Predictor(call.world, serving, config);
	const outputs = predictor.outputs(inputs as Message[], call.now);
	const answer = { outputs, runner_selector: serving.runnerSelector };
	refuseFailure(outputs, answer);
	return { ...answer, ...overallStatus(outputs, config.missesSome) };
};

function askedServing(call: Call): Serving {
	const { model_id: modelId, version_id: versionId, runner_selector: selector } = call.request;
	if (modelId) return findServing(call, call.app, call.model, versionId, selector);
	// By the address of a deployment, the model is the one it runs.
	const { model } = selectedDeployment(call, selector.deployment);
	const { user_id: userId, app_id: appId } = model.message;
	const app = call.world.findApp(userId, appId);
	if (!app) throw new ApiError(Code.doesNotExist, `App '${appId}' does not exist`);
	return findServing(call, app, model, versionId, selector);
}

export const predictionHandlers: Record<string, Handler> = {
	PostModelOutputs: postModelOutputs,
};
