import { isObject, numberAt, objectAt, objectsAt, textAt, type JsonObject } from './json';
import {
	descriptionOf,
	rangeOf,
	type Hyperparameter,
	type OwnField,
	type TrainingTemplate,
} from './trainingTemplates';

/**
 * Parameters of a pipeline template that the node's own fields fill, by their names in
 * Clarifai/pipeline-examples.
 */
const FILLED: ReadonlyMap<string, OwnField> = new Map<string, OwnField>([
	['user_id', 'userId'],
	['app_id', 'appId'],
	['model_id', 'modelId'],
	['dataset_id', 'datasetId'],
	['clarifai_dataset_id', 'datasetId'],
	['dataset_version_id', 'datasetVersionId'],
	['concepts', 'conceptIds'],
]);

/** What the node's own fields and the credential give to a pipeline. */
export interface OwnFields {
	userId: string;
	appId: string;
	modelId: string;
	datasetId?: string;
	datasetVersionId?: string;
	conceptIds: string[];
}

/** `PipelineTemplateParameter.type` by number and name. */
const PARAMETER_TYPES = [
	[1, 'STRING', 'string'],
	[2, 'INT', 'integer'],
	[3, 'FLOAT', 'number'],
	[4, 'BOOL', 'boolean'],
] as const;

/** A `PipelineTemplate` of Clarifai in the shape that all training templates share. */
export function templateOfPipeline(pipelineTemplate: JsonObject): TrainingTemplate {
	const template: TrainingTemplate = {
		template: textAt(pipelineTemplate, 'name') ?? '',
		recommended: false,
		internalOnly: false,
		hyperparameters: objectsAt(pipelineTemplate, 'parameters').flatMap(
			(parameter) => parameterOf(parameter) ?? [],
		),
	};
	const description = descriptionOf(pipelineTemplate);
	if (description !== undefined) template.description = description;
	return template;
}

function parameterOf(parameter: JsonObject): Hyperparameter | undefined {
	const name = textAt(parameter, 'name');
	if (name === undefined) return undefined;
	const known = PARAMETER_TYPES.find(
		([id, typeName]) => parameter.type === id || parameter.type === typeName,
	);
	const filledBy = FILLED.get(name);
	const result: Hyperparameter = {
		name,
		type: known?.[2] ?? 'string',
		required: parameter.required === true,
		// Set once, in the node's own fields.
		internal: filledBy !== undefined,
	};
	if (filledBy) result.filledFrom = filledBy;
	if (!known) result.unchecked = true;
	const byDefault = [
		parameter.default_string,
		parameter.default_int,
		parameter.default_float,
		parameter.default_bool,
	].find((value) => value !== undefined);
	if (byDefault !== undefined)
		result.default = result.type === 'integer' ? Number(byDefault) : byDefault;
	const description = descriptionOf(parameter);
	if (description !== undefined) result.description = description;
	applyConstraints(result, objectAt(parameter, 'constraints'));
	return result;
}

function applyConstraints(parameter: Hyperparameter, constraints: JsonObject): void {
	const range = constraints.int_constraints ?? constraints.float_constraints;
	if (isObject(range)) Object.assign(parameter, rangeOf(range));
	const strings = objectAt(constraints, 'string_constraints');
	const allowed = strings.allowed_values;
	if (Array.isArray(allowed) && allowed.length > 0) {
		parameter.type = 'enum';
		parameter.options = allowed.map(String);
		if (strings.allow_free_text === true) parameter.freeText = true;
	}
	const minLength = numberAt(strings, 'min_length');
	if (minLength) parameter.minLength = minLength;
	const maxLength = numberAt(strings, 'max_length');
	if (maxLength) parameter.maxLength = maxLength;
}

/** The node's fields that this template needs and that are empty. */
export function missingOwnFields(template: TrainingTemplate, own: OwnFields): OwnField[] {
	const fields = template.hyperparameters.flatMap(({ name, required }) => {
		const field = FILLED.get(name);
		// The templates' own sample datasets and concepts are never what a user wants to train on.
		const isMissing =
			required && field !== undefined && field !== 'datasetVersionId' && isEmpty(own[field]);
		return isMissing ? [field] : [];
	});
	return [...new Set(fields)];
}

/**
 * The parameters of a pipeline run in Argo's form, in which every value is a text: what the node's own
 * fields fill, the checked hyperparameters, and the defaults of required ones that were not given.
 */
export function pipelineArguments(
	template: TrainingTemplate,
	hyperparameters: JsonObject,
	own: OwnFields,
): Array<{ name: string; value: string }> {
	return template.hyperparameters.flatMap(({ name, required, default: byDefault }) => {
		const field = FILLED.get(name);
		const value = field
			? own[field]
			: (hyperparameters[name] ?? (required ? byDefault : undefined));
		return isEmpty(value) ? [] : [{ name, value: asText(value) }];
	});
}

function isEmpty(value: unknown): boolean {
	return (
		value === undefined ||
		value === null ||
		value === '' ||
		(Array.isArray(value) && value.length === 0)
	);
}

function asText(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
