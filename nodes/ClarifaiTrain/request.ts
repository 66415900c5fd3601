import {
	checkId,
	checkIdList,
	checkOptionalId,
	type AppScope,
} from '../shared/clarifai/identifiers';
import { isObject, parseJsonObject, type JsonObject } from '../shared/clarifai/json';
import { InputProblem } from '../shared/clarifai/problems';
import type { TrainingRequest } from '../shared/clarifai/trainingRequest';
import {
	checkBoolean,
	checkNumber,
	checkOptionalText,
	type ItemParameters,
} from '../shared/node/itemParameters';
import type { TrainingMethod } from './otherMethod';
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
	/** Where a pipeline runs; Clarifai chooses when it is absent. */
	nodepool?: { id: string; clusterId?: string };
	simplify: boolean;
}

/** @throws InputProblem for everything that is wrong without asking Clarifai */
export async function readRequest(item: ItemParameters, mayWait: boolean): Promise<TrainRequest> {
	const model = item.located('model', 'Model', 'models');
	const fields = item.collection('additionalFields');
	const fromForm = item.value('specifyHyperparameters', 'form') === 'form';
	const request: TrainRequest = {
		method:
			item.value('trainingMethod', 'deepFineTuning') === 'pipelineTemplate'
				? 'pipelineTemplate'
				: 'deepFineTuning',
		scope: item.scope(model.scope),
		modelId: model.id,
		template: item.located('template', 'Template').id,
		hyperparameters: fromForm
			? formValues(item)
			: item.json('hyperparametersJson', 'Hyperparameters (JSON)'),
		fromForm,
		conceptIds: checkIdList(item.value('concepts', []), 'Concepts'),
		customConfig: await customConfig(item),
		datasetId: item.locatedIn(fields, 'datasetId', 'Dataset')?.id,
		datasetVersionId: checkOptionalId(fields.datasetVersionId, 'Dataset Version ID'),
		resumeFrom: resumeFrom(item, model.id),
		metadata: parseJsonObject(fields.metadata, 'Metadata'),
		evaluateAfterTraining: checkBoolean(fields.evaluateAfterTraining, 'Evaluate After Training'),
		dryRun: item.boolean('dryRun', 'Dry Run'),
		simplify: item.boolean('simplify', 'Simplify', true),
	};
	const description = checkOptionalText(fields.description, 'Description');
	if (description !== undefined) request.description = description;
	if (fields.estimatedInputCount) {
		request.estimatedInputCount = checkNumber(
			fields.estimatedInputCount,
			'Estimated Input Count',
			1,
		);
	}
	const nodepoolId = checkOptionalId(fields.nodepoolId, 'Nodepool ID');
	const clusterId = checkOptionalId(fields.computeClusterId, 'Compute Cluster ID');
	if (nodepoolId) {
		request.nodepool = { id: nodepoolId, clusterId };
	} else if (clusterId) {
		throw new InputProblem(
			"'Compute Cluster ID' is set, but 'Nodepool ID' is empty",
			'A pipeline runs on a nodepool of the cluster: set the nodepool too, or clear both to let Clarifai choose.',
		);
	}
	if (request.datasetVersionId && !request.datasetId) {
		throw new InputProblem(
			"'Dataset Version ID' is set, but 'Dataset' is empty",
			'A version belongs to a dataset: choose the dataset too.',
		);
	}
	if (item.boolean('waitForCompletion', 'Wait for Completion') && mayWait && !request.dryRun)
		request.wait = waitOptions(item);
	return request;
}

function formValues(item: ItemParameters): JsonObject {
	const form = item.value('hyperparameters', {});
	return isObject(form) ? parseJsonObject(form.value ?? {}, 'Hyperparameters') : {};
}

async function customConfig(item: ItemParameters): Promise<string | undefined> {
	const source = item.value('customConfigSource', 'none');
	if (source !== 'text' && source !== 'binary') return undefined;
	const text =
		source === 'text'
			? String(item.value('customConfig', '') ?? '')
			: (await item.binary(item.text('customConfigBinaryProperty') || 'data')).toString('utf8');
	if (text.trim() === '') {
		throw new InputProblem(
			"'Custom Config' is empty",
			"Give the training_config.py of your template, or set 'Custom Config Source' to None.",
		);
	}
	return text;
}

function resumeFrom(item: ItemParameters, modelId: string): TrainRequest['resumeFrom'] {
	const fields = item.collection('additionalFields');
	const versionId = checkOptionalId(fields.resumeFromVersionId, 'Resume From Version ID');
	const resumed = item.locatedIn(fields, 'resumeFromModelId', 'Resume From Model', 'models');
	if (!resumed && !versionId) return undefined;
	return { modelId: resumed?.id ?? checkId(modelId, 'Model'), versionId };
}

function waitOptions(item: ItemParameters): WaitOptions {
	const options = item.collection('waitOptions');
	const timeout = checkNumber(options.timeoutMinutes ?? 60, 'Timeout', 0);
	const interval = checkNumber(options.pollIntervalSeconds ?? 10, 'Poll Interval', 1);
	return {
		timeoutMs: timeout * 60_000,
		pollIntervalMs: interval * 1000,
		cancelOnStop: checkBoolean(options.cancelTrainingOnStop, 'Cancel Training on Stop'),
	};
}
