import type { IDataObject } from 'n8n-workflow';
import { inApp } from '../shared/api/call';
import { conceptIds as conceptsOfApp } from '../shared/api/concepts';
import { findModel, modelType, modelTypes, modelVersions } from '../shared/api/models';
import { withVersion, type Training } from '../shared/api/trainings';
import type { Write } from '../shared/api/write';
import { portalUrl } from '../shared/clarifai/identifiers';
import {
	agrees,
	objectAt,
	objectsAt,
	showsAll,
	textAt,
	type JsonObject,
} from '../shared/clarifai/json';
import { readModelVersion, type ModelVersion } from '../shared/clarifai/models';
import { didYouMean } from '../shared/clarifai/nearest';
import { StatusCode } from '../shared/clarifai/statusCodes';
import {
	datasetFieldsOf,
	defaultsOf,
	templatesOf,
	withoutInternal,
	type DatasetFields,
	type TrainingTemplate,
} from '../shared/clarifai/trainingTemplates';
import type { ItemRun } from '../shared/node/itemWork';
import { datasetProblem } from '../shared/parameters/datasetProblem';
import { InputProblem, inputProblemOf } from '../shared/parameters/problems';
import { unknownConcepts } from '../shared/parameters/unknownConcepts';
import { checkHyperparameters, uncheckedNames, valuesToSend } from './checkHyperparameters';
import type { TrainRequest } from './request';
import { resumeProblem } from './resumeFrom';
import { estimateSeconds } from './timeEstimate';
import { trainingBody, trainingParams, type TrainingContent } from './trainingBody';
import type { CheckedTraining, TrainingMethod } from './trainingMethod';

interface CheckedVersion extends CheckedTraining {
	modelTypeId: string;
	content: TrainingContent;
	datasetFields: DatasetFields;
	/** What applies of the template where nothing else is sent. */
	defaults: JsonObject;
}

/** The codes with which a platform may say that it does not train model versions, or not any more. */
const GONE: ReadonlySet<number> = new Set([
	StatusCode.NOT_IMPLEMENTED,
	StatusCode.CONN_METHOD_NOT_ALLOWED,
	StatusCode.MODEL_INVALID_ARGUMENT,
	StatusCode.MODEL_INVALID_REQUEST,
]);

/** Trains a model version with a template of its model type, on self-hosted and older platforms. */
export const deepFineTuning: TrainingMethod<CheckedVersion> = {
	displayName: 'Deep Fine-Tuning',

	withoutTemplates:
		"Give the hyperparameters as JSON, choose another model, or another 'Training Method'.",

	async templates(client, scope, modelTypeId) {
		const types = await modelTypes(client, scope);
		return types
			.filter((type) => modelTypeId === undefined || textAt(type, 'id') === modelTypeId)
			.flatMap(templatesOf);
	},

	unknownTemplate(template, templates, modelTypeId) {
		const names = templates.filter((known) => !known.internalOnly).map((known) => known.template);
		const ofType = modelTypeId === undefined ? '' : `Model type ${modelTypeId} has `;
		return {
			message: `${ofType === '' ? 'There is ' : ofType}no training template "${template}" on this platform`,
			hint: `${didYouMean(template, names)}It has: ${names.join(', ')}. Templates of Clarifai's hosted platform are chosen with 'Training Method' Pipeline Template.`,
		};
	},

	async check(request, run) {
		const { client } = run;
		const { scope, modelId, template: templateId, knownModel } = request;
		const modelTypeId = knownModel?.isNew
			? knownModel.modelTypeId
			: ((await findModel(client, scope, modelId))?.modelTypeId ?? noModel(request));
		const type = await modelType(client, scope, modelTypeId);
		const templates = type ? templatesOf(type) : [];
		const template = templates.find((candidate) => candidate.template === templateId);

		const problems = [...request.problems];
		let unchecked: string | undefined;
		let { hyperparameters } = request;
		if (template) {
			const checked = checkHyperparameters(hyperparameters, template);
			problems.push(...checked.problems, ...customConfigProblems(request, template));
			hyperparameters = valuesToSend(checked.values, template, request.fromForm);
			const passed = uncheckedNames(hyperparameters, template);
			if (passed.length > 0) {
				unchecked = `The platform does not describe these hyperparameters of template ${templateId}, so they passed unchecked: ${passed.join(', ')}.`;
			}
		} else if (templates.length > 0) {
			const { message, hint } = this.unknownTemplate(templateId, templates, modelTypeId);
			problems.push(new InputProblem(message, hint));
		} else if ((await this.templates(client, scope, undefined)).length > 0) {
			problems.push(notTrainable(modelTypeId));
		} else {
			unchecked = `The platform describes no templates for model type ${modelTypeId}, so the template and its hyperparameters were sent unchecked. Clarifai's hosted platform trains with 'Training Method' Pipeline Template.`;
		}
		problems.push(...(await problemsOfResources(request, run)));
		if (problems.length > 0) throw inputProblemOf(problems);

		const content = { ...request, hyperparameters };
		const datasetFields = type ? datasetFieldsOf(type, templateId) : {};
		// A model that was created just before has no version yet.
		if (!request.dryRun && !knownModel?.isNew) {
			const isGuarded = await run.learn(trainingWrite(request, content, datasetFields));
			if (!isGuarded) run.hint(unguarded(modelId));
		}
		return {
			content,
			datasetFields,
			defaults: template ? defaultsOf(withoutInternal(template)) : {},
			modelTypeId,
			unchecked,
		};
	},

	async dryRun(request, { content, datasetFields, defaults }, run) {
		const sent = trainingParams(content, datasetFields);
		const estimated = await estimateSeconds(request, sent, run);
		const hyperparameters = { ...defaults, ...content.hyperparameters };
		const params = trainingParams({ ...content, hyperparameters }, datasetFields);
		return { params: params as IDataObject, estimatedSeconds: estimated ?? null };
	},

	async start(request, { content, datasetFields, modelTypeId }, run): Promise<Training> {
		const { scope, modelId, template } = request;
		if (run.client.isHosted) run.hint(DEPRECATED);
		const made = await run.write(trainingWrite(request, content, datasetFields));
		const { datasetId, datasetVersionId } = content;
		const known = { scope, modelId, modelTypeId, template, datasetId, datasetVersionId };
		return withVersion(known, made);
	},

	mayBeGone({ facts: { code, call } }) {
		// A look-up that finds nothing is about the resource; only the start is about the method.
		if (code === StatusCode.CONN_DOES_NOT_EXIST) return call.method === 'POST';
		return code !== undefined && GONE.has(code);
	},

	insteadOfIt:
		"If this platform no longer trains model versions (Clarifai's hosted platform deprecated it in April 2026), set 'Training Method' to Pipeline Template",
};

const DEPRECATED =
	"Clarifai deprecated this training method on api.clarifai.com in April 2026. Set 'Training Method' to Pipeline Template before it ends.";

function trainingWrite(
	{ scope, modelId, knownModel }: TrainRequest,
	content: TrainingContent,
	datasetFields: DatasetFields,
): Write<ModelVersion> {
	const body = trainingBody(content, datasetFields);
	const [asked] = objectsAt(body, 'model_versions');
	return {
		call: { method: 'POST', path: inApp(scope, 'models', modelId, 'versions'), body },
		// One after the other: only so can a lost one be told from its neighbours.
		turn: `trainings of ${scope.userId}/${scope.appId}/${modelId}`,
		read: (answer) => readModelVersion(objectAt(objectAt(answer, 'model'), 'model_version')),
		idOf: ({ id }) => id,
		look: async (client) => await modelVersions(client, scope, modelId),
		isOurs: ({ raw }) => isSameTraining(raw, asked),
		showsAll: ({ raw }) => isShownTraining(raw, asked),
		there: knownModel?.isNew ? [] : undefined,
		what: `the training of model "${modelId}"`,
		where: `the versions of the model, ${portalUrl(scope, 'models', modelId)}`,
	};
}

/** For a retry of an execution that failed in its checks. */
function unguarded(modelId: string): string {
	return `This execution failed before it knew which versions model "${modelId}" had. If another retry of it has trained the model, this one cannot tell, and trains it again.`;
}

function noModel({ modelId }: TrainRequest): never {
	throw new InputProblem(
		`Model "${modelId}" does not exist`,
		"Create it with Clarifai Create Model, or check 'Model', and the user and app in the credential or in 'Options'.",
	);
}

/** What a training names and Clarifai must have: concepts, and the version to resume from. */
async function problemsOfResources(request: TrainRequest, run: ItemRun): Promise<InputProblem[]> {
	const { scope, conceptIds } = request;
	const concepts =
		conceptIds.length > 0
			? unknownConcepts(conceptIds, await conceptsOfApp(run.client, scope))
			: undefined;
	const { datasetId, datasetVersionId } = request;
	const dataset =
		datasetId === undefined
			? undefined
			: await datasetProblem(run.client, scope, datasetId, datasetVersionId);
	const resume = await resumeProblem(request, run);
	return [concepts, dataset, resume].filter((problem) => problem !== undefined);
}

/** The platform has templates, so one that it does not describe for this type it does not have. */
function notTrainable(modelTypeId: string): InputProblem {
	return new InputProblem(
		`Model type ${modelTypeId} has no training templates on this platform`,
		"Choose a model of a type that 'Clarifai List Templates' shows templates for, or set 'Training Method' to Pipeline Template.",
	);
}

function customConfigProblems(request: TrainRequest, template: TrainingTemplate): InputProblem[] {
	const code = template.hyperparameters.find(({ type }) => type === 'code');
	const isGiven = request.customConfig !== undefined;
	if (isGiven === (code !== undefined)) return [];
	if (code) {
		const hasOther = code.default !== undefined || code.name in request.hyperparameters;
		return hasOther ? [] : [needsConfig(request)];
	}
	return [
		new InputProblem(
			`Template "${template.template}" takes no custom config`,
			`Set '${request.label('customConfigSource')}' to None, or choose a custom template, such as one whose name ends with AdvancedConfig.`,
		),
	];
}

function needsConfig({ template, label }: TrainRequest): InputProblem {
	return new InputProblem(
		`Template "${template}" is made by a custom config, and there is none`,
		`Set '${label('customConfigSource')}' to Text or Binary File.`,
	);
}

/** Whether nothing that Clarifai shows of a version contradicts the training that was asked for. */
function isSameTraining(version: JsonObject, asked: JsonObject): boolean {
	const { output_info, ...others } = asked;
	const [wanted, shown] = [
		conceptsOf(objectAt({ output_info }, 'output_info')),
		conceptsOf(objectAt(version, 'output_info')),
	];
	return agrees(version, others) && (wanted === '' || shown === '' || wanted === shown);
}

/** Whether everything that was asked for is shown of a version. */
function isShownTraining(version: JsonObject, { output_info, ...others }: JsonObject): boolean {
	const [wanted, shown] = [
		conceptsOf(objectAt({ output_info }, 'output_info')),
		conceptsOf(objectAt(version, 'output_info')),
	];
	return showsAll(version, others) && wanted === shown;
}

function conceptsOf(outputInfo: JsonObject): string {
	const ids = objectsAt(objectAt(outputInfo, 'data'), 'concepts').map((concept) =>
		textAt(concept, 'id'),
	);
	return ids.sort().join(',');
}
