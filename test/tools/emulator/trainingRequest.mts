import type { Call } from './call.mts';
import type { FrozenInput } from './datasetState.mts';
import { trainingData } from './labelledInputs.mts';
import { conceptsIn } from './labels.mts';
import type { Message } from './message.mts';
import { valueAt } from './paths.mts';
import type { AppState } from './state.mts';
import { ApiError, Code } from './statuses.mts';
import type { TrainingPlan } from './training.mts';

const TEMPLATE_PATH = 'train_info.params.template';

const FieldType = {
	boolean: 1,
	string: 2,
	number: 3,
	range: 7,
	enum: 8,
	json: 10,
	arrayOfNumbers: 11,
	arrayOfStrings: 13,
	recursiveEnum: 14,
	pythonCode: 15,
	datasetId: 16,
	datasetVersionId: 17,
};

/** The option of the model type's template field, or undefined for a type without templates. */
export function findTemplate(modelType: Message | undefined, version: Message) {
	const field = fieldsOf(modelType).find(({ path }) => path === TEMPLATE_PATH);
	if (!field) return undefined;
	const asked = valueAt(version, TEMPLATE_PATH);
	const option = (field.model_type_enum_options ?? []).find(({ id }: Message) => id === asked);
	// Assumed code: nothing captured shows how an unknown template is refused.
	if (!option) {
		throw new ApiError(
			Code.modelInvalidArgument,
			`${TEMPLATE_PATH}: '${asked ?? ''}' is not a template of ${modelType!.id}`,
		);
	}
	return option as Message;
}

/** The option of whichever model type has this template. */
export function templateWithId(modelTypes: Message[], id: string): Message | undefined {
	return modelTypes
		.flatMap(fieldsOf)
		.filter(({ path }) => path === TEMPLATE_PATH)
		.flatMap(({ model_type_enum_options }) => (model_type_enum_options ?? []) as Message[])
		.find((option) => option.id === id);
}

/** Refuses a training at once for what the server must know to start it; the codes are assumed. */
export function checkTrainingRequest(call: Call, modelType: Message | undefined, version: Message) {
	if (!modelType?.trainable) {
		throw new ApiError(Code.modelInvalidArgument, `models of this type cannot be trained`);
	}
	findTemplate(modelType, version);
	checkDataset(call.app, modelType, version);
	checkResume(call.app, version);
}

function checkDataset(app: AppState, modelType: Message, version: Message) {
	const { id, versionId } = datasetOf(modelType, version);
	if (id === undefined) return;
	const dataset = app.datasets.get(id);
	if (!dataset) throw new ApiError(Code.modelInvalidArgument, `dataset '${id}' does not exist`);
	if (versionId !== undefined && !dataset.versions.has(versionId)) {
		throw new ApiError(
			Code.modelInvalidArgument,
			`version '${versionId}' of dataset '${id}' does not exist`,
		);
	}
}

/** Both documented spellings, and the paths of the type's own DATASET_ID fields. */
function datasetOf(modelType: Message, version: Message) {
	const pathsOf = (type: number) =>
		fieldsOf(modelType)
			.filter((field) => field.field_type === type)
			.map((field) => field.path as string);
	const first = (paths: string[]) =>
		paths.map((path) => valueAt(version, path)).find(Boolean) as string | undefined;
	return {
		id: first([
			'train_info.dataset.id',
			'train_info.params.dataset_id',
			...pathsOf(FieldType.datasetId),
		]),
		versionId: first([
			'train_info.dataset.version.id',
			'train_info.params.dataset_version_id',
			...pathsOf(FieldType.datasetVersionId),
		]),
	};
}

function checkResume(app: AppState, version: Message) {
	const resume: Message | undefined = version.train_info?.resume_from_model;
	if (!resume) return;
	const model = app.models.get(resume.id);
	const versionId = resume.model_version?.id;
	if (!model || (versionId && !model.versions.has(versionId))) {
		throw new ApiError(
			Code.modelDoesNotExist,
			`resume_from_model: model '${resume.id ?? ''}' version '${versionId ?? ''}' does not exist`,
		);
	}
}

/**
 * What lets a training that has been started fail later: parameters of the wrong type or out of
 * range, no data, and concepts without a positive label in it. Unknown concepts are
 * created without a word, as users report (Clarifai/clarifai-python#295); that the other two come
 * to light late, on the version, is assumed.
 */
export function lateFailure(call: Call, modelType: Message, version: Message): TrainingPlan {
	const { app } = call;
	for (const id of conceptIds(version)) if (!app.concepts.has(id)) app.addConcept(id);

	const wrong = wrongParameters(modelType, version);
	if (wrong.length > 0) {
		return { outcome: Code.trainingInvalidParams, details: wrong.join('; ') };
	}
	const { id: datasetId, versionId } = datasetOf(modelType, version);
	const data = trainingData(app, datasetId, versionId);
	if (data.length === 0) return { outcome: Code.trainingNoData };
	const missing = conceptsWithoutPositives(app, data, conceptIds(version));
	if (missing.length > 0) {
		return {
			outcome: Code.trainingNoPositives,
			details: `no positive examples for: ${missing.join(', ')}`,
		};
	}
	return {};
}

function conceptsWithoutPositives(app: AppState, data: FrozenInput[], ids: string[]): string[] {
	const missing = new Set(ids.filter((id) => !app.readyConcepts.has(id)));
	for (const { message } of data) {
		if (missing.size === 0) break;
		for (const { id, value } of conceptsIn(message.data)) if (value > 0) missing.delete(id);
	}
	return [...missing];
}

function conceptIds(version: Message): string[] {
	return (version.output_info?.data?.concepts ?? []).map(({ id }: Message) => id as string);
}

function wrongParameters(modelType: Message, version: Message): string[] {
	const template = findTemplate(modelType, version);
	const fields = [...fieldsOf(modelType), ...fieldsOf(template)].filter(
		({ path }) => path !== TEMPLATE_PATH && path?.includes('.params.'),
	);
	return fields.flatMap((field) => {
		const value = valueAt(version, field.path);
		if (value === undefined) {
			const missing = field.required && field.default_value === undefined;
			return missing ? [`${field.path} is required`] : [];
		}
		return fits(field, value) ? [] : [`${field.path} cannot be ${JSON.stringify(value)}`];
	});
}

function fits(field: Message, value: unknown): boolean {
	const isNumber = (one: unknown) => typeof one === 'number' && Number.isFinite(one);
	switch (field.field_type) {
		case FieldType.boolean:
			return typeof value === 'boolean';
		case FieldType.string:
		case FieldType.pythonCode:
			return typeof value === 'string';
		case FieldType.number:
			return isNumber(value);
		case FieldType.range: {
			const { min = 0, max = Infinity } = field.model_type_range_info ?? {};
			return isNumber(value) && (value as number) >= min && (value as number) <= max;
		}
		case FieldType.enum:
		case FieldType.recursiveEnum:
			return isOption(field, value);
		case FieldType.arrayOfNumbers:
			return Array.isArray(value) && value.every(isNumber);
		case FieldType.arrayOfStrings:
			return Array.isArray(value) && value.every((one) => typeof one === 'string');
		case FieldType.json:
			return typeof value === 'object' || typeof value === 'string';
		default:
			return true;
	}
}

function isOption(field: Message, value: unknown) {
	return (field.model_type_enum_options ?? []).some(
		({ id, aliases = [] }: Message) =>
			id === value || aliases.some(({ id_int }: Message) => id_int === value),
	);
}

export function fieldsOf(holder: Message | undefined): Message[] {
	return holder?.model_type_fields ?? [];
}
