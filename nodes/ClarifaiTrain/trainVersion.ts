import { inApp } from '../shared/api/call';
import { ClarifaiFailure } from '../shared/api/failures';
import { fetchModel, ifExists, modelType } from '../shared/api/resources';
import { modelVersions, withVersion, type Training } from '../shared/api/trainings';
import { durationSeconds } from '../shared/clarifai/duration';
import { checkHyperparameters, uncheckedNames } from '../shared/clarifai/hyperparameters';
import { isObject, objectAt, sameJson, textAt, type JsonObject } from '../shared/clarifai/json';
import { InputProblem, inputProblemOf } from '../shared/clarifai/problems';
import {
	trainingBody,
	trainingParams,
	type TrainingRequest,
} from '../shared/clarifai/trainingRequest';
import { versionState } from '../shared/clarifai/trainingState';
import {
	datasetFieldsOf,
	templatesOf,
	type DatasetFields,
	type TrainingTemplate,
} from '../shared/clarifai/trainingTemplates';
import type { NodeRun } from '../shared/node/itemWork';
import { missingConcepts } from './concepts';
import type { TrainRequest } from './request';
import { valuesToSend } from './hyperparameterValues';

/** A training of a new model version that has passed every check and can be sent. */
export interface CheckedVersion {
	request: TrainingRequest;
	datasetFields: DatasetFields;
	modelTypeId: string;
	/** Set when the platform describes no such template, so that its values passed unchecked. */
	unchecked?: string;
	/** The model's newest version before this training. */
	latestVersion: JsonObject;
}

/**
 * Holds a training against what the platform knows: template, hyperparameters, concepts, the version
 * to resume from, the custom config.
 * @throws InputProblem with all problems of the item together
 */
export async function checkVersion(request: TrainRequest, run: NodeRun): Promise<CheckedVersion> {
	const { client } = run;
	const { scope, modelId, template: templateId } = request;
	// A model that was created just before has no version yet that would have to be known.
	const { knownModel } = request;
	const model: JsonObject = knownModel?.isNew
		? { model_type_id: knownModel.modelTypeId }
		: await client.cached(
				`model ${scope.userId}/${scope.appId}/${modelId}`,
				async () => await fetchModel(client, scope, modelId),
			);
	const modelTypeId = textAt(model, 'model_type_id') ?? '';
	const type = await modelType(client, scope, modelTypeId);
	const templates = await client.cached(
		`templates ${scope.userId}/${scope.appId}/${modelTypeId}`,
		async () => (type ? templatesOf(type) : []),
	);
	const template = templates.find((candidate) => candidate.template === templateId);

	const problems = [...request.problems];
	let unchecked: string | undefined;
	let hyperparameters = request.hyperparameters;
	if (template) {
		const checked = checkHyperparameters(request.hyperparameters, template);
		problems.push(...checked.problems, ...customConfigProblems(request, template));
		hyperparameters = valuesToSend(checked.values, template, request.fromForm);
		const passed = uncheckedNames(hyperparameters, template);
		if (passed.length > 0) {
			unchecked = `The platform does not describe these hyperparameters of template ${templateId}, so they passed unchecked: ${passed.join(', ')}.`;
		}
	} else if (templates.length > 0) {
		problems.push(unknownTemplate(templateId, modelTypeId, templates));
	} else {
		unchecked = `The platform describes no templates for model type ${modelTypeId}, so the template and its hyperparameters were sent unchecked. Clarifai's hosted platform trains with 'Training Method' Pipeline Template.`;
	}
	problems.push(...(await missingConcepts(request, run)), ...(await resumeProblems(request, run)));
	if (problems.length > 0) throw inputProblemOf(problems);

	return {
		request: { ...request, hyperparameters },
		datasetFields: type ? datasetFieldsOf(type, templateId) : {},
		modelTypeId,
		unchecked,
		latestVersion: objectAt(model, 'model_version'),
	};
}

/** Seconds that Clarifai expects the training to take; undefined when it gives no estimate. */
export async function estimateSeconds(
	{ scope, modelId, estimatedInputCount }: TrainRequest,
	checked: CheckedVersion,
	{ client, hint }: NodeRun,
): Promise<number | undefined> {
	const answer = await client
		.request({
			method: 'POST',
			path: inApp(scope, 'models', modelId, 'versions', 'time_estimate'),
			body: {
				model_versions: [
					{ train_info: { params: trainingParams(checked.request, checked.datasetFields) } },
				],
				...(estimatedInputCount === undefined
					? {}
					: { estimated_input_count: estimatedInputCount }),
			},
			repeatable: true,
		})
		.catch((error: unknown) => error);
	if (answer instanceof Error) {
		// The checks have passed; a platform without estimates must not make them look failed.
		if (!(answer instanceof ClarifaiFailure) || answer.kind !== 'refused') throw answer;
		hint(`Clarifai gave no time estimate: ${answer.message}`);
		return undefined;
	}
	const estimates = isObject(answer) ? answer.training_time_estimates : undefined;
	return durationSeconds(Array.isArray(estimates) ? estimates[0] : estimates);
}

/**
 * Starts the training, once. When the answer is lost, the version that this call made is recognised
 * among the model's versions before anything is sent again.
 */
export async function startVersion(
	{ scope, modelId }: TrainRequest,
	checked: CheckedVersion,
	{ client, earlier, claimed }: NodeRun,
): Promise<Training> {
	const body = trainingBody(checked.request, checked.datasetFields);
	const training = {
		scope,
		modelId,
		modelTypeId: checked.modelTypeId,
		template: checked.request.template,
	};
	// Trainings of one model start one after the other: only so can a lost one be told from its neighbours.
	const key = `train ${scope.userId}/${scope.appId}/${modelId}`;
	const version = await client.inTurn(key, async () => {
		// In a repeated try the newest version may be the very one that the first try started.
		const before =
			earlier.unclearSince === undefined ? textAt(checked.latestVersion, 'id') : undefined;
		const started = client.writeOnce(
			{ method: 'POST', path: inApp(scope, 'models', modelId, 'versions'), body },
			async (isOurs) => {
				const versions = await modelVersions(client, scope, modelId);
				return versions.find(
					(candidate) =>
						isOurs(candidate) &&
						!claimed.includes(textAt(candidate, 'id') ?? '') &&
						textAt(candidate, 'id') !== before &&
						isSameTraining(candidate, body),
				);
			},
			earlier,
		);
		const result = await started.catch(versionMadeInPart);
		const made =
			'found' in result
				? result.found
				: objectAt(objectAt(result.answer, 'model'), 'model_version');
		claimed.push(textAt(made, 'id') ?? '');
		return made;
	});
	return withVersion(training, version);
}

/** A version that was made but failed at once is a training that has failed, and has an ID to tell. */
function versionMadeInPart(error: unknown): { found: JsonObject } {
	const partial = error instanceof ClarifaiFailure ? error.facts.partial : undefined;
	const version = objectAt(objectAt(partial, 'model'), 'model_version');
	if (textAt(version, 'id') === undefined) throw error;
	return { found: version };
}

/**
 * Whether a version was trained with what this request asks for: parameters, dataset and concepts.
 * What the request leaves open, Clarifai may have filled in.
 */
function isSameTraining(version: JsonObject, body: JsonObject): boolean {
	const [requested] = body.model_versions as JsonObject[];
	const wanted = objectAt(requested, 'train_info');
	const given = objectAt(version, 'train_info');
	const params = objectAt(given, 'params');
	const dataset = textAt(objectAt(wanted, 'dataset'), 'id');
	const concepts = conceptsOf(requested);
	return (
		Object.entries(objectAt(wanted, 'params')).every(([name, value]) =>
			sameJson(params[name], value),
		) &&
		(dataset === undefined || dataset === textAt(objectAt(given, 'dataset'), 'id')) &&
		(concepts === '' || concepts === conceptsOf(version))
	);
}

function conceptsOf(version: JsonObject): string {
	const { concepts } = objectAt(objectAt(version, 'output_info'), 'data');
	const ids = Array.isArray(concepts)
		? concepts.map((concept: unknown) => textAt(concept, 'id'))
		: [];
	return ids.sort().join(',');
}

function unknownTemplate(
	templateId: string,
	modelTypeId: string,
	templates: TrainingTemplate[],
): InputProblem {
	const names = templates.filter((known) => !known.internalOnly).map((known) => known.template);
	return new InputProblem(
		`Model type ${modelTypeId} has no training template "${templateId}" on this platform`,
		`It has: ${names.join(', ')}. Templates of Clarifai's hosted platform are chosen with 'Training Method' Pipeline Template.`,
	);
}

function customConfigProblems(request: TrainRequest, template: TrainingTemplate): InputProblem[] {
	const takesCode = template.hyperparameters.some(({ type }) => type === 'code');
	if (request.customConfig === undefined || takesCode) return [];
	return [
		new InputProblem(
			`Template "${template.template}" takes no custom config`,
			"Set 'Custom Config Source' to None, or choose a custom template, such as one whose name ends with AdvancedConfig.",
		),
	];
}

async function resumeProblems(request: TrainRequest, { client }: NodeRun): Promise<InputProblem[]> {
	const { scope, resumeFrom } = request;
	if (!resumeFrom) return [];
	const { modelId, versionId } = resumeFrom;
	const segments = versionId ? ['models', modelId, 'versions', versionId] : ['models', modelId];
	const path = inApp(resumeFrom.scope ?? scope, ...segments);
	const found = await client.cached(
		`resume ${path.join('/')}`,
		async () => await ifExists(client.get(path)),
	);
	const name = versionId ? `version "${versionId}" of model "${modelId}"` : `model "${modelId}"`;
	if (!found) {
		return [
			new InputProblem(
				`There is no ${name} to resume from`,
				"Check 'Resume From Model' and 'Resume From Version ID', or leave both empty to train from the start.",
			),
		];
	}
	const version = versionId
		? objectAt(found, 'model_version')
		: objectAt(objectAt(found, 'model'), 'model_version');
	if (versionState(version).status === 'trained') return [];
	const state =
		textAt(version, 'id') === undefined
			? 'it has no version'
			: `it is not trained (${versionState(version).description})`;
	return [
		new InputProblem(
			`The ${name} cannot be resumed from: ${state}`,
			'Choose a version whose training has completed.',
		),
	];
}
