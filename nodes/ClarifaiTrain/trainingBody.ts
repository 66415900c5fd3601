import { isObject, type JsonObject } from '../shared/clarifai/json';
import type { DatasetFields } from '../shared/clarifai/trainingTemplates';
import type { TrainRequest } from './request';

/** Everything that a new model version is trained with; the hyperparameters are checked. */
export type TrainingContent = Pick<
	TrainRequest,
	| 'template'
	| 'hyperparameters'
	| 'conceptIds'
	| 'customConfig'
	| 'datasetId'
	| 'datasetVersionId'
	| 'resumeFrom'
	| 'description'
	| 'metadata'
	| 'evaluateAfterTraining'
>;

/** `train_info.params`: the template, its hyperparameters and the dataset. */
export function trainingParams(request: TrainingContent, datasetFields: DatasetFields): JsonObject {
	const params: JsonObject = { template: request.template };
	for (const [name, value] of Object.entries(request.hyperparameters)) setPath(params, name, value);
	if (request.customConfig !== undefined) params.custom_config = request.customConfig;
	const { datasetIdPath = 'dataset_id', datasetVersionIdPath = 'dataset_version_id' } =
		datasetFields;
	if (request.datasetId) setPath(params, datasetIdPath, request.datasetId);
	if (request.datasetVersionId) setPath(params, datasetVersionIdPath, request.datasetVersionId);
	return params;
}

/** The body of PostModelVersions, as in Clarifai's guide to deep fine-tuning. */
export function trainingBody(request: TrainingContent, datasetFields: DatasetFields): JsonObject {
	const trainInfo: JsonObject = { params: trainingParams(request, datasetFields) };
	// Clarifai's SDK and documents put the dataset into `params`, its proto says `dataset`: both.
	if (request.datasetId) {
		trainInfo.dataset = withVersion('version', request.datasetId, request.datasetVersionId);
	}
	if (request.resumeFrom) {
		const { modelId, versionId, scope } = request.resumeFrom;
		trainInfo.resume_from_model = {
			...withVersion('model_version', modelId, versionId),
			...(scope ? { user_id: scope.userId, app_id: scope.appId } : {}),
		};
	}
	const version: JsonObject = { train_info: trainInfo };
	if (request.conceptIds.length > 0) {
		version.output_info = { data: { concepts: request.conceptIds.map((id) => ({ id })) } };
	}
	if (request.description) version.description = request.description;
	if (Object.keys(request.metadata).length > 0) version.metadata = request.metadata;

	const body: JsonObject = { model_versions: [version] };
	// The key is the proto's comment on PostModelVersionsRequest.eval_info; no sample shows it.
	if (request.evaluateAfterTraining) body.eval_info = { params: { evaluate_after_training: true } };
	return body;
}

function withVersion(key: string, id: string, versionId: string | undefined): JsonObject {
	return versionId ? { id, [key]: { id: versionId } } : { id };
}

function setPath(target: JsonObject, path: string, value: unknown): void {
	const steps = path.split('.');
	const last = steps.pop() as string;
	let place = target;
	for (const step of steps) {
		const next = Object.hasOwn(place, step) ? place[step] : undefined;
		place = isObject(next) ? next : define(place, step, {});
	}
	define(place, last, value);
}

/** Sets a key of the object itself, also one such as `__proto__`, which an assignment takes for more. */
function define<T>(target: JsonObject, key: string, value: T): T {
	Object.defineProperty(target, key, {
		value,
		enumerable: true,
		configurable: true,
		writable: true,
	});
	return value;
}
