import type { AppScope } from '../shared/clarifai/identifiers';
import { isObject, type JsonObject } from '../shared/clarifai/json';
import type { TrainingMethodName } from '../shared/clarifai/trainingMethods';
import type { WaitOptions } from '../shared/api/jobs';
import { nodepoolOf, type ChosenNodepool } from '../shared/parameters/computeParameters';
import { isNothing } from '../shared/parameters/ids';
import type { ItemParameters, KnownModel } from '../shared/parameters/itemParameters';
import { isExpression } from '../shared/parameters/parameterReader';
import { InputProblem, inputProblemOf } from '../shared/parameters/problems';
import { parseJsonObject, refuseUndefinedMembers } from '../shared/parameters/values';
import { waitOptions } from '../shared/parameters/waitOptions';

/** What the user chooses: a method, or that the template decides. */
export type MethodChoice = TrainingMethodName | 'automatic';

/** One item's training, as its parameters ask for it. */
export interface TrainRequest {
	method: MethodChoice;
	scope: AppScope;
	modelId: string;
	template: string;
	/** By name, as the user gave them. */
	hyperparameters: JsonObject;
	/** The hyperparameters come from the form, which fills in every default. */
	fromForm: boolean;
	conceptIds: string[];
	/** The training_config.py of a custom template, as text. */
	customConfig?: string;
	datasetId?: string;
	datasetVersionId?: string;
	resumeFrom?: {
		modelId: string;
		versionId?: string;
		/** Set for a model that a link names with its owner. */
		scope?: AppScope;
	};
	description?: string;
	metadata: JsonObject;
	evaluateAfterTraining: boolean;
	estimatedInputCount?: number;
	/** So many inputs must be new, or nothing is started. */
	minimumNewInputs?: number;
	/** Where a pipeline runs. */
	nodepool?: ChosenNodepool;
	dryRun: boolean;
	/** An agent runs the node. */
	asTool: boolean;
	/** Absent when the node returns as soon as the training has started. */
	wait?: WaitOptions;
	/** What the item tells of the model. */
	knownModel?: KnownModel;
	simplify: boolean;
	/** What is wrong with the parameters, to be shown together with what Clarifai finds wrong. */
	problems: InputProblem[];
	/** What the editor calls a parameter, for what is found wrong later. */
	label(path: string): string;
}

/**
 * Reads an item's parameters. What is wrong with them is kept in the request.
 * @throws InputProblem when model, template or owner cannot be read, so that Clarifai cannot be asked
 */
export async function readRequest(item: ItemParameters, mayWait: boolean): Promise<TrainRequest> {
	const model = item.located('model', 'models');
	const template = item.locatedName('template');
	const scope = item.scope(model.scope);
	const cannotAsk = item.problems.length > 0;

	const dryRun = item.boolean('dryRun');
	const fromForm = item.choice<'form' | 'json'>('specifyHyperparameters') === 'form';
	const request: TrainRequest = {
		method: item.choice('trainingMethod'),
		scope,
		modelId: model.id,
		template,
		hyperparameters: fromForm ? formValues(item) : item.json('hyperparametersJson'),
		fromForm,
		conceptIds: item.idList('concepts'),
		customConfig: await customConfig(item),
		datasetId: item.optionallyLocated('dataset')?.id,
		datasetVersionId: item.optionallyLocated('datasetVersion')?.id,
		resumeFrom: resumeFrom(item, model.id),
		description: item.text('additionalFields.description'),
		metadata: item.json('additionalFields.metadata'),
		evaluateAfterTraining: item.boolean('additionalFields.evaluateAfterTraining'),
		estimatedInputCount: item.number('additionalFields.estimatedInputCount', {
			min: 1,
			whole: true,
		}),
		minimumNewInputs: item.number('additionalFields.minimumNewInputs', { min: 0, whole: true }),
		nodepool: nodepoolOf(item, 'additionalFields.computeCluster', 'additionalFields.nodepool'),
		dryRun,
		asTool: !mayWait,
		wait: trainWait(item, mayWait && !dryRun),
		knownModel: item.knownModel(scope, model.id),
		simplify: item.boolean('simplify'),
		problems: [],
		label: (path) => item.label(path),
	};
	if (request.datasetVersionId && !request.datasetId) {
		item.refuse(
			`'${item.label('datasetVersion')}' is set, but '${item.label('dataset')}' is empty`,
			'A version belongs to a dataset: choose the dataset too.',
		);
	}
	refuseUncountable(request, item);
	if (cannotAsk) throw inputProblemOf(item.problems);
	request.problems = item.problems.splice(0);
	return request;
}

/** New inputs are those of a dataset as it is now; a version of it is frozen. */
function refuseUncountable(request: TrainRequest, item: ItemParameters): void {
	const { minimumNewInputs, datasetId, datasetVersionId } = request;
	if (minimumNewInputs === undefined || minimumNewInputs === 0) return;
	const label = item.label('additionalFields.minimumNewInputs');
	if (datasetVersionId !== undefined) {
		item.refuse(
			`'${label}' and '${item.label('datasetVersion')}' are both set`,
			'A dataset version gets no new inputs: clear one of the two.',
		);
	} else if (datasetId === undefined) {
		item.refuse(
			`'${label}' is set, but '${item.label('dataset')}' is empty`,
			'The inputs of a dataset are counted: choose the dataset too.',
		);
	}
}

/**
 * The form leaves a field empty that the user has cleared, and an expression of one of its fields that
 * gives nothing is a mistake.
 */
function formValues(item: ItemParameters): JsonObject {
	return item.attempt(() => {
		const form = item.value('hyperparameters');
		const label = item.label('hyperparameters');
		const values = isObject(form) ? { ...parseJsonObject(form.value, label) } : {};
		const saved = item.rawObject('hyperparameters').value;
		if (isExpression(saved)) {
			if (isNothing(isObject(form) ? form.value : form)) throw item.gaveNothing(label);
			refuseUndefinedMembers(values, label);
		}
		for (const [name, raw] of Object.entries(isObject(saved) ? saved : {})) {
			if (!isExpression(raw)) continue;
			if (isNothing(values[name])) {
				item.keep(item.gaveNothing(name));
				delete values[name];
			} else item.attempt(() => refuseUndefinedMembers(values[name], name), undefined);
		}
		return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
	}, {});
}

async function customConfig(item: ItemParameters): Promise<string | undefined> {
	const source = item.choice<'none' | 'text' | 'binary'>('customConfigSource');
	if (source === 'none') return undefined;
	const before = item.problems.length;
	const text = source === 'text' ? item.text('customConfig') : await textOfFile(item);
	if (item.problems.length === before && (text ?? '').trim() === '') {
		item.refuse(
			`'${item.label('customConfig')}' is empty`,
			`Give the training_config.py of your template, or set '${item.label('customConfigSource')}' to None.`,
		);
	}
	return text;
}

async function textOfFile(item: ItemParameters): Promise<string | undefined> {
	try {
		return (await item.file('customConfigBinaryProperty')).toString('utf8');
	} catch (error) {
		item.keep(error);
		return undefined;
	}
}

function resumeFrom(item: ItemParameters, modelId: string): TrainRequest['resumeFrom'] {
	const versionId = item.optionallyLocated('additionalFields.resumeFromVersionId')?.id;
	const resumed = item.optionallyLocated('additionalFields.resumeFromModelId', 'models');
	if (!resumed && !versionId) return undefined;
	return { modelId: resumed?.id ?? modelId, versionId, scope: resumed?.scope };
}

function trainWait(item: ItemParameters, mayWait: boolean): WaitOptions | undefined {
	const options = waitOptions(item);
	const cancelOnStop = item.boolean('waitOptions.cancelTrainingOnStop');
	return item.boolean('waitForCompletion') && mayWait ? { ...options, cancelOnStop } : undefined;
}
