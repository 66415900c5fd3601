import { isObject, known, numberAt, objectAt, objectsAt, textAt, type JsonObject } from './json';
import { plainText } from './plainText';

export type HyperparameterType =
	| 'boolean'
	| 'string'
	| 'number'
	| 'integer'
	| 'range'
	| 'enum'
	| 'json'
	| 'numbers'
	| 'strings'
	| 'code';

/** A field of its own that whoever trains fills in, in place of a parameter of the template. */
export type OwnField =
	| 'userId'
	| 'appId'
	| 'modelId'
	| 'datasetId'
	| 'datasetVersionId'
	| 'conceptIds';

/** One value that a training template takes. */
export interface Hyperparameter {
	name: string;
	type: HyperparameterType;
	required: boolean;
	/** Clarifai's own default; absent when it documents none. */
	default?: unknown;
	description?: string;
	min?: number;
	max?: number;
	step?: number;
	minLength?: number;
	maxLength?: number;
	/** The allowed values of an `enum`. */
	options?: string[];
	/** An `enum` that takes other values than its options as well. */
	freeText?: boolean;
	/** Not meant for users: hidden in forms, accepted when it is given. */
	internal: boolean;
	/** A type that these nodes do not know: any value passes. */
	unchecked?: boolean;
	/** The node's own field that this value comes from. */
	filledFrom?: OwnField;
	/** The choices, any of which it belongs to: it means nothing where none of them is made. */
	belongsTo?: Choice[];
}

/** An option of an `enum`. */
export interface Choice {
	name: string;
	option: string;
}

/** A way of training, of a model type (deep fine-tuning) or as a pipeline template. */
export interface TrainingTemplate {
	/** Absent for a pipeline template, which belongs to no model type. */
	modelTypeId?: string;
	template: string;
	description?: string;
	recommended: boolean;
	internalOnly: boolean;
	hyperparameters: Hyperparameter[];
	/** Clarifai lists the template without any field of its own: what it takes is not known. */
	undescribed?: boolean;
}

/** Where a model type wants its dataset: as fields of `params`, or in `train_info.dataset`. */
export interface DatasetFields {
	/** Path below `train_info.params`, from a DATASET_ID field. */
	datasetIdPath?: string;
	/** Path below `train_info.params`, from a DATASET_VERSION_ID field. */
	datasetVersionIdPath?: string;
}

/** `ModelTypeField.ModelTypeFieldType` of Clarifai's resources.proto, as far as training needs it. */
const FIELD_TYPES: ReadonlyArray<readonly [number, string, HyperparameterType?]> = [
	[1, 'BOOLEAN', 'boolean'],
	[2, 'STRING', 'string'],
	[3, 'NUMBER', 'number'],
	[4, 'ARRAY_OF_CONCEPTS'],
	[5, 'ARRAY_OF_CONCEPTS_WITH_THRESHOLD'],
	[7, 'RANGE', 'range'],
	[8, 'ENUM', 'enum'],
	[9, 'COLLABORATORS'],
	[10, 'JSON', 'json'],
	[11, 'ARRAY_OF_NUMBERS', 'numbers'],
	[12, 'WORKFLOW_EMBED_MODELS'],
	[13, 'ARRAY_OF_STRINGS', 'strings'],
	[14, 'RECURSIVE_ENUM', 'enum'],
	[15, 'PYTHON_CODE', 'code'],
	[16, 'DATASET_ID'],
	[17, 'DATASET_VERSION_ID'],
	[18, 'ARRAY_OF_MODEL_CONCEPTS'],
	[19, 'DATASET'],
	[20, 'DATASET_VERSION'],
	[21, 'ENCRYPTED_STRING', 'string'],
	[22, 'CHECKPOINT_MODEL'],
	[23, 'ARRAY_OF_SECRETS'],
];

const PARAMS = 'train_info.params.';

const MAX_DESCRIPTION = 1500;

/** A description of Clarifai's, fit to be shown. */
export function descriptionOf(described: JsonObject): string | undefined {
	const description = textAt(described, 'description');
	return description === undefined ? undefined : plainText(description, MAX_DESCRIPTION);
}

/** The field of a model type that lists its templates; transfer learning types have none. */
function templateField(modelType: JsonObject): JsonObject | undefined {
	return objectsAt(modelType, 'model_type_fields').find((field) =>
		(textAt(field, 'path') ?? '').endsWith('.template'),
	);
}

/**
 * The training templates in a model type of `ListModelTypes`, in Clarifai's order.
 * Absent booleans mean false and an absent `min` of a range means 0, as proto3 JSON leaves them out.
 */
export function templatesOf(modelType: JsonObject): TrainingTemplate[] {
	const selector = templateField(modelType);
	if (!selector) return [];
	const modelTypeId = textAt(modelType, 'id') ?? '';
	const shared = objectsAt(modelType, 'model_type_fields').filter((field) => field !== selector);
	return objectsAt(selector, 'model_type_enum_options').flatMap((option) => {
		const template = textAt(option, 'id');
		if (template === undefined) return [];
		const own = objectsAt(option, 'model_type_fields');
		const found: TrainingTemplate = {
			modelTypeId,
			template,
			recommended: option.recommended === true,
			internalOnly: option.internal_only === true,
			hyperparameters: hyperparametersOf([...own, ...shared]),
		};
		if (own.length === 0) found.undescribed = true;
		const description = descriptionOf(option);
		if (description !== undefined) found.description = description;
		return [found];
	});
}

/** Clarifai's own object for one template of a model type. */
export function templateOption(modelType: JsonObject, template: string): JsonObject {
	const options = objectsAt(templateField(modelType), 'model_type_enum_options');
	return options.find((option) => textAt(option, 'id') === template) ?? {};
}

/** Where a training of this model type and template takes its dataset. */
export function datasetFieldsOf(modelType: JsonObject, template: string): DatasetFields {
	const fields: DatasetFields = {};
	const all = [
		...objectsAt(templateOption(modelType, template), 'model_type_fields'),
		...objectsAt(modelType, 'model_type_fields'),
	];
	for (const field of all) {
		const path = textAt(field, 'path') ?? '';
		if (!path.startsWith(PARAMS)) continue;
		const name = path.slice(PARAMS.length);
		const type = fieldTypeName(field.field_type);
		if (type === 'DATASET_ID') fields.datasetIdPath ??= name;
		if (type === 'DATASET_VERSION_ID') fields.datasetVersionIdPath ??= name;
	}
	return fields;
}

function hyperparametersOf(fields: JsonObject[]): Hyperparameter[] {
	const byName = new Map<string, Hyperparameter>();
	const add = (field: JsonObject, choice?: Choice) => {
		const hyperparameter = hyperparameterOf(field);
		const known = hyperparameter && byName.get(hyperparameter.name);
		if (known) {
			if (choice) known.belongsTo?.push(choice);
			else delete known.belongsTo;
		} else if (hyperparameter) {
			if (choice) hyperparameter.belongsTo = [choice];
			byName.set(hyperparameter.name, hyperparameter);
		}
		for (const option of objectsAt(field, 'model_type_enum_options')) {
			const made = hyperparameter && {
				name: hyperparameter.name,
				option: textAt(option, 'id') ?? '',
			};
			objectsAt(option, 'model_type_fields').forEach((nested) => add(nested, made));
		}
	};
	fields.forEach((field) => add(field));
	return [...byName.values()];
}

function hyperparameterOf(field: JsonObject): Hyperparameter | undefined {
	const path = textAt(field, 'path') ?? '';
	if (!path.startsWith(PARAMS)) return undefined;
	const known = FIELD_TYPES.find(
		([id, name]) => field.field_type === id || field.field_type === name,
	);
	if (known && !known[2]) return undefined;

	const hyperparameter: Hyperparameter = {
		name: path.slice(PARAMS.length),
		type: known?.[2] ?? 'json',
		required: field.required === true,
		internal: field.internal_only === true,
	};
	if (!known) hyperparameter.unchecked = true;
	if (field.default_value !== undefined) hyperparameter.default = field.default_value;
	const description = descriptionOf(field);
	if (description !== undefined) hyperparameter.description = description;
	if (hyperparameter.type === 'enum') hyperparameter.options = enumOptionsOf(field);
	if (isObject(field.model_type_range_info)) {
		Object.assign(hyperparameter, rangeOf(objectAt(field, 'model_type_range_info')));
	}
	return hyperparameter;
}

function enumOptionsOf(field: JsonObject): string[] {
	return objectsAt(field, 'model_type_enum_options').flatMap(
		(option) => textAt(option, 'id') ?? [],
	);
}

/** The bounds in a range or constraint; an absent `min` beside a `max` means 0, as zero is left out. */
export function rangeOf(info: JsonObject): { min?: number; max?: number; step?: number } {
	const range: { min?: number; max?: number; step?: number } = {};
	const max = numberAt(info, 'max');
	const min = numberAt(info, 'min');
	// Nothing at all is a range that Clarifai does not limit, not the range from 0 to 0.
	if (max === undefined && min === undefined) return range;
	range.min = min ?? 0;
	if (max !== undefined) range.max = max;
	else if (range.min < 0) range.max = 0;
	const step = numberAt(info, 'step');
	if (step !== undefined && step > 0) range.step = step;
	return range;
}

function fieldTypeName(fieldType: unknown): string | undefined {
	return FIELD_TYPES.find(([id, name]) => fieldType === id || fieldType === name)?.[1];
}

/** Clarifai's own defaults by name, of those hyperparameters that have one. */
export function defaultsOf({ hyperparameters }: TrainingTemplate): JsonObject {
	return Object.fromEntries(
		hyperparameters
			.filter((hyperparameter) => hyperparameter.default !== undefined)
			.map((hyperparameter) => [hyperparameter.name, hyperparameter.default]),
	);
}

/** The template with what is meant for users. */
export function withoutInternal(template: TrainingTemplate): TrainingTemplate {
	const hyperparameters = template.hyperparameters.filter(({ internal }) => !internal);
	return { ...template, hyperparameters };
}

/** A template as the nodes put it out: absent keys left out, internal hyperparameters on request. */
export function describeTemplate(
	template: TrainingTemplate,
	options: { includeInternal: boolean },
): {
	modelTypeId?: string;
	template: string;
	description: string;
	recommended: boolean;
	internalOnly: boolean;
	hyperparameters: object[];
	defaults: JsonObject;
} {
	const shown = options.includeInternal ? template : withoutInternal(template);
	return {
		template: template.template,
		...(template.modelTypeId === undefined ? {} : { modelTypeId: template.modelTypeId }),
		recommended: template.recommended,
		internalOnly: template.internalOnly,
		description: template.description ?? '',
		defaults: defaultsOf(shown),
		hyperparameters: shown.hyperparameters.map(describeHyperparameter),
	};
}

function describeHyperparameter(hyperparameter: Hyperparameter): object {
	const { name, type, required, description, min, max, step, options } = hyperparameter;
	return known({
		name,
		type,
		required,
		default: hyperparameter.default,
		description,
		min,
		max,
		step,
		options,
	});
}
