import type { Handler } from '../call.mts';
import { showModelType } from '../platform.mts';
import { ApiError, Code } from '../statuses.mts';

const listModelTypes: Handler = (call) => ({
	model_types: call
		.paginate(call.world.modelTypes)
		.map((modelType) => showModelType(call.world.platform, modelType)),
});

const getModelType: Handler = (call) => {
	const { model_type_id: id } = call.request;
	const modelType = call.world.findModelType(id);
	if (!modelType) throw new ApiError(Code.doesNotExist, `Model type '${id}' does not exist`);
	return { model_type: showModelType(call.world.platform, modelType) };
};

export const modelTypeHandlers: Record<string, Handler> = {
	ListModelTypes: listModelTypes,
	GetModelType: getModelType,
};
