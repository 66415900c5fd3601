import type { IDataObject } from 'n8n-workflow';
import { checkIdList, checkOptionalId, type AppScope } from '../shared/clarifai/identifiers';
import { isObject, parseJsonObject, type JsonObject } from '../shared/clarifai/json';
import { InputProblem, inputProblemOf, Problems } from '../shared/clarifai/problems';
import { TRAINING_METHODS, type TrainingMethod } from '../shared/clarifai/trainingMethods';
import type { TrainingRequest } from '../shared/clarifai/trainingRequest';
import { checkBoolean, checkNumber, checkOptionalText, orDefault } from '../shared/clarifai/values';
import type { ItemParameters, KnownModel } from '../shared/node/itemParameters';
import { checkLocator } from '../shared/node/locators';
import type { WaitOptions } from './waitForTraining';

/** One item's training, as its parameters ask for it. */
export interface TrainRequest extends TrainingRequest {
	method: TrainingMethod;
	scope: AppScope;
	modelId: string;
	/** The hyperparameters come from the form, which fills in every default. */
	fromForm: boolean;
	dryRun: boolean;
	/** Absent when the node returns as soon as the training has started. */
	wait?: WaitOptions;
	estimatedInputCount?: number;
	/** What the item tells of the model. */
	knownModel?: KnownModel;
	/** Where a pipeline runs; Clarifai chooses when it is absent. */
	nodepool?: { id: string; clusterId?: string };
	simplify: boolean;
	/** What is wrong with the parameters. */
	problems: InputProblem[];
}

/**
 * Reads an item's parameters. What is wrong with them is kept in the request, to be shown together with
 * what Clarifai finds wrong.
 * @throws InputProblem when model, template or owner cannot be read, so that Clarifai cannot be asked
 */
export async function readRequest(item: ItemParameters, mayWait: boolean): Promise<TrainRequest> {
	const problems = new Problems();
	const fields = item.collection('additionalFields');
	const method =
		problems.of(() => item.choice('trainingMethod', 'Training Method', TRAINING_METHODS)) ??
		'deepFineTuning';
	const model = problems.of(() => item.located('model', 'Model', 'models'));
	const template = problems.of(() => item.located('template', 'Template').id);
	const scope = problems.of(() => item.scope(model?.scope));
	const source = problems.of(() =>
		item.choice('specifyHyperparameters', 'Specify Hyperparameters', ['form', 'json']),
	);
	const hyperparameters = problems.of(() =>
		source === 'json'
			? item.json('hyperparametersJson', 'Hyperparameters (JSON)')
			: formValues(item),
	);
	const dryRun = problems.of(() => item.boolean('dryRun', 'Dry Run')) ?? false;
	const optional = {
		conceptIds:
			problems.of(() => checkIdList(item.value('concepts', []), 'Concept Names or IDs')) ?? [],
		customConfig: await customConfig(item, problems),
		datasetId: problems.of(() => checkLocator(fields.datasetId, 'Dataset')?.id),
		datasetVersionId: problems.of(() =>
			checkOptionalId(fields.datasetVersionId, 'Dataset Version ID'),
		),
		resumeFrom: model && problems.of(() => resumeFrom(fields, model.id)),
		description: problems.of(() => checkOptionalText(fields.description, 'Description')),
		metadata: problems.of(() => parseJsonObject(fields.metadata, 'Metadata')),
		evaluateAfterTraining:
			problems.of(() => checkBoolean(fields.evaluateAfterTraining, 'Evaluate After Training')) ??
			false,
		estimatedInputCount: problems.of(() => estimatedInputCount(fields)),
		nodepool: problems.of(() => nodepool(fields)),
		wait: problems.of(() => waitOptions(item, mayWait && !dryRun)),
		simplify: problems.of(() => item.boolean('simplify', 'Simplify', true)) ?? true,
	};
	if (optional.datasetVersionId && !optional.datasetId) {
		problems.found.push(
			new InputProblem(
				"'Dataset Version ID' is set, but 'Dataset' is empty",
				'A version belongs to a dataset: choose the dataset too.',
			),
		);
	}
	if (!model || template === undefined || !scope) throw inputProblemOf(problems.found);
	return {
		method,
		scope,
		modelId: model.id,
		template,
		hyperparameters: hyperparameters ?? {},
		fromForm: source !== 'json',
		dryRun,
		knownModel: item.knownModel(scope, model.id),
		...optional,
		problems: problems.found,
	};
}

/** The form leaves a field empty that the user has cleared. */
function formValues(item: ItemParameters): JsonObject {
	const form = item.value('hyperparameters', {});
	const values = isObject(form) ? parseJsonObject(form.value ?? {}, 'Hyperparameters') : {};
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

async function customConfig(item: ItemParameters, problems: Problems): Promise<string | undefined> {
	const source = problems.of(() =>
		item.choice('customConfigSource', 'Custom Config Source', ['none', 'text', 'binary']),
	);
	if (source === undefined || source === 'none') return undefined;
	const before = problems.found.length;
	const text =
		source === 'text'
			? problems.of(() => checkOptionalText(item.value('customConfig', ''), 'Custom Config'))
			: (await customConfigFile(item).catch(problems.keep))?.toString('utf8');
	if (problems.found.length === before && (text ?? '').trim() === '') {
		problems.found.push(
			new InputProblem(
				"'Custom Config' is empty",
				"Give the training_config.py of your template, or set 'Custom Config Source' to None.",
			),
		);
	}
	return text;
}

async function customConfigFile(item: ItemParameters): Promise<Buffer> {
	const property = item.text('customConfigBinaryProperty') || 'data';
	return await item.binary(property, 'Input Data Field Name');
}

function resumeFrom(fields: IDataObject, modelId: string): TrainRequest['resumeFrom'] {
	const versionId = checkOptionalId(fields.resumeFromVersionId, 'Resume From Version ID');
	const resumed = checkLocator(fields.resumeFromModelId, 'Resume From Model', 'models');
	if (!resumed && !versionId) return undefined;
	return { modelId: resumed?.id ?? modelId, versionId, scope: resumed?.scope };
}

function estimatedInputCount({ estimatedInputCount: count }: IDataObject): number | undefined {
	if (count === undefined || count === null || count === '') return undefined;
	return checkNumber(count, 'Estimated Input Count', 1, { whole: true });
}

function nodepool(fields: IDataObject): TrainRequest['nodepool'] {
	const id = checkOptionalId(fields.nodepoolId, 'Nodepool ID');
	const clusterId = checkOptionalId(fields.computeClusterId, 'Compute Cluster ID');
	if (id) return { id, clusterId };
	if (!clusterId) return undefined;
	throw new InputProblem(
		"'Compute Cluster ID' is set, but 'Nodepool ID' is empty",
		'A pipeline runs on a nodepool of the cluster: set the nodepool too, or clear both to let Clarifai choose.',
	);
}

function waitOptions(item: ItemParameters, mayWait: boolean): WaitOptions | undefined {
	const waits = item.boolean('waitForCompletion', 'Wait for Completion');
	if (!waits || !mayWait) return undefined;
	const options = item.collection('waitOptions');
	const timeout = checkNumber(orDefault(options.timeoutMinutes, 60), 'Timeout', 0);
	const interval = checkNumber(orDefault(options.pollIntervalSeconds, 10), 'Poll Interval', 1);
	return {
		timeoutMs: timeout * 60_000,
		pollIntervalMs: interval * 1000,
		cancelOnStop: checkBoolean(options.cancelTrainingOnStop, 'Cancel Training on Stop'),
	};
}
