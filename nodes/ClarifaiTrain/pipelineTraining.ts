import { inApp } from '../shared/api/call';
import type { ClarifaiClient } from '../shared/api/client';
import { nodepoolReference, type Compute } from '../shared/api/compute';
import { conceptIds as conceptsOfApp } from '../shared/api/concepts';
import { ClarifaiFailure } from '../shared/api/failures';
import { modelTypeIdOf, modelTypes } from '../shared/api/models';
import { findPipeline, listPipelineRuns, pipelineTemplates } from '../shared/api/pipelines';
import { forgetOwnRun, noteOwnRun, notYetMade, withRun } from '../shared/api/trainings';
import type { Write } from '../shared/api/write';
import { portalUrl } from '../shared/clarifai/identifiers';
import { objectAt, textAt, type JsonObject } from '../shared/clarifai/json';
import { didYouMean } from '../shared/clarifai/nearest';
import {
	readPipeline,
	readPipelineRun,
	type PipelineRun,
	type PipelineRunIds,
} from '../shared/clarifai/pipelines';
import {
	missingOwnFields,
	pipelineArguments,
	templateOfPipeline,
	type OwnFields,
} from '../shared/clarifai/pipelineTemplates';
import { StatusCode } from '../shared/clarifai/statusCodes';
import {
	defaultsOf,
	type OwnField,
	type TrainingTemplate,
} from '../shared/clarifai/trainingTemplates';
import { readyDatasetVersion } from '../shared/node/datasetVersion';
import type { ItemRun } from '../shared/node/itemWork';
import { datasetProblem } from '../shared/parameters/datasetProblem';
import { InputProblem, inputProblemOf } from '../shared/parameters/problems';
import { unknownConcepts } from '../shared/parameters/unknownConcepts';
import { checkHyperparameters, valuesToSend } from './checkHyperparameters';
import type { TrainRequest } from './request';
import { kindOfTemplate, kindOfType } from '../shared/clarifai/templateKind';
import { computeOfRun } from './trainingCompute';
import { CHOOSE_ANOTHER, type CheckedTraining, type TrainingMethod } from './trainingMethod';

interface CheckedPipeline extends CheckedTraining {
	template: TrainingTemplate;
	/** The checked hyperparameters that are sent. */
	values: JsonObject;
	/** Absent where the platform needs none. */
	compute?: Compute;
}

/** The arguments of a run in Argo's form. */
type RunArguments = Array<{ name: string; value: string }>;

/** What a dataset version that is made for a training says of itself. */
const PURPOSE = 'Made by Clarifai Train in n8n';

/** What a dry run shows in place of the dataset version that a training would make. */
const NEW_VERSION = '(a new version of what the dataset holds)';

/** What the one call makes. */
interface StartedPipeline {
	ids: PipelineRunIds;
	run: PipelineRun;
}

/** Where the parameters of a template come from that the node's own fields fill. */
const PARAMETER_OF: Record<OwnField, string> = {
	userId: 'options.userId',
	appId: 'options.appId',
	modelId: 'model',
	datasetId: 'dataset',
	datasetVersionId: 'datasetVersion',
	conceptIds: 'concepts',
};

/** The codes with which a platform may say that it runs no training pipelines. */
const GONE: ReadonlySet<number> = new Set([
	StatusCode.NOT_IMPLEMENTED,
	StatusCode.CONN_METHOD_NOT_ALLOWED,
	StatusCode.PIPELINE_DOES_NOT_EXIST,
]);

/** Runs a pipeline that trains the model and makes its version, on Clarifai's hosted platform. */
export const pipelineTraining: TrainingMethod<CheckedPipeline> = {
	displayName: 'Pipeline Template',

	withoutTemplates: CHOOSE_ANOTHER,

	async templates(client) {
		return ((await pipelineTemplates(client)) ?? []).map(templateOfPipeline);
	},

	unknownTemplate(template, templates) {
		const names = templates.map((known) => known.template);
		return {
			message: `This platform has no pipeline template "${template}"`,
			hint:
				templates.length > 0
					? `${didYouMean(template, names)}It has: ${names.join(', ')}. Templates of a model type are chosen with 'Training Method' Deep Fine-Tuning.`
					: "It has none at all: self-hosted and older platforms train with 'Training Method' Deep Fine-Tuning.",
		};
	},

	async check(request, run) {
		const { client } = run;
		const { scope, modelId } = request;
		const templates = await this.templates(client, scope, undefined);
		const template = templates.find((candidate) => candidate.template === request.template);
		if (!template) {
			const { message, hint } = this.unknownTemplate(request.template, templates, undefined);
			throw inputProblemOf([...request.problems, new InputProblem(message, hint)]);
		}
		// Absent for a model that the run is to make.
		const modelTypeId =
			request.knownModel?.modelTypeId ?? (await modelTypeIdOf(client, scope, modelId));
		const own = ownFields(request);
		const settable = template.hyperparameters.filter(({ filledFrom }) => !filledFrom);
		const filled = template.hyperparameters.filter(
			({ name, filledFrom }) => filledFrom && request.hyperparameters[name] != null,
		);
		const names = new Set(filled.map(({ name }) => name));
		const given = Object.fromEntries(
			Object.entries(request.hyperparameters).filter(([name]) => !names.has(name)),
		);
		const checked = checkHyperparameters(given, { ...template, hyperparameters: settable });
		const concepts =
			request.conceptIds.length > 0
				? unknownConcepts(request.conceptIds, await conceptsOfApp(client, scope))
				: undefined;
		const compute = await computeOfRun(request, run);
		const problems = [
			...request.problems,
			...unsupportedFields(request),
			...filled.map(({ name, filledFrom }) => filledTwice(name, filledFrom!, request)),
			...checked.problems,
			...missingOwnFields(template, own).map((field) => missing(field, request)),
			...[
				concepts,
				await problemOfDataset(request, client),
				compute instanceof InputProblem ? compute : undefined,
				await kindProblem(request, template.template, modelTypeId, run),
			].filter((problem) => problem !== undefined),
		];
		if (problems.length > 0) throw inputProblemOf(problems);
		const values = valuesToSend(checked.values, template, request.fromForm);
		return { modelTypeId, template, values, compute: compute as Compute | undefined };
	},

	async dryRun(request, checked) {
		const all = { ...checked, values: { ...defaultsOf(checked.template), ...checked.values } };
		const values = argumentsOf(request, all, request.datasetVersionId ?? NEW_VERSION);
		const params = Object.fromEntries(values.map(({ name, value }) => [name, value]));
		return { params };
	},

	async start(request, checked, run) {
		const { scope, modelId, template, datasetId } = request;
		const datasetVersionId =
			datasetId !== undefined && takesDatasetVersion(checked.template)
				? await readyDatasetVersion({ ...request, datasetId }, PURPOSE, run)
				: request.datasetVersionId;
		const values = argumentsOf(request, checked, datasetVersionId);
		const { ids, run: started } = await startPipeline(request, values, checked.compute, run);
		const known = { scope, modelId, modelTypeId: checked.modelTypeId, template, run: ids };
		return notYetMade(withRun({ ...known, datasetId, datasetVersionId }, started));
	},

	mayBeGone({ facts: { code, call } }) {
		if (code === StatusCode.CONN_DOES_NOT_EXIST) return call.method === 'POST';
		return code !== undefined && GONE.has(code);
	},

	insteadOfIt:
		"If this platform runs no training pipelines (self-hosted and older platforms do not), set 'Training Method' to Deep Fine-Tuning",
};

function argumentsOf(
	request: TrainRequest,
	{ template, values }: CheckedPipeline,
	datasetVersionId: string | undefined,
): RunArguments {
	return pipelineArguments(template, values, ownFields({ ...request, datasetVersionId }));
}

function takesDatasetVersion({ hyperparameters }: TrainingTemplate): boolean {
	return hyperparameters.some(({ filledFrom }) => filledFrom === 'datasetVersionId');
}

function ownFields({ scope, modelId, conceptIds, ...request }: TrainRequest): OwnFields {
	const own: OwnFields = { ...scope, modelId, conceptIds };
	if (request.datasetId) own.datasetId = request.datasetId;
	if (request.datasetVersionId) own.datasetVersionId = request.datasetVersionId;
	return own;
}

function filledTwice(name: string, field: OwnField, { label }: TrainRequest): InputProblem {
	const from = label(PARAMETER_OF[field]);
	return new InputProblem(
		`Parameter "${name}" is filled from '${from}'`,
		`Remove "${name}" from the hyperparameters, and set '${from}' instead.`,
	);
}

function missing(field: OwnField, { template, label }: TrainRequest): InputProblem {
	const name = label(PARAMETER_OF[field]);
	return new InputProblem(
		`'${name}' is empty, and template "${template}" needs it`,
		`Set '${name}'.`,
	);
}

async function problemOfDataset(
	{ scope, datasetId, datasetVersionId }: TrainRequest,
	client: ClarifaiClient,
): Promise<InputProblem | undefined> {
	if (datasetId === undefined) return undefined;
	return await datasetProblem(client, scope, datasetId, datasetVersionId);
}

/** A pipeline adds a version to a model of any type, also one that it cannot be used with. */
async function kindProblem(
	{ scope, modelId }: TrainRequest,
	template: string,
	modelTypeId: string | undefined,
	{ client }: ItemRun,
): Promise<InputProblem | undefined> {
	if (modelTypeId === undefined) return undefined;
	const types = (await modelTypes(client, scope)).flatMap((type) => textAt(type, 'id') ?? []);
	const kind = kindOfTemplate(template, types);
	if (kind === undefined || kind === kindOfType(modelTypeId)) return undefined;
	return new InputProblem(
		`Template "${template}" trains a ${kind}, and model "${modelId}" is a ${modelTypeId}`,
		'Choose a template for this type of model, or another model.',
	);
}

/** What only a training of a model version can do. */
function unsupportedFields(request: TrainRequest): InputProblem[] {
	const { customConfig, resumeFrom, evaluateAfterTraining, metadata, label } = request;
	const set = [
		customConfig === undefined ? undefined : 'customConfigSource',
		resumeFrom ? 'additionalFields.resumeFromModelId' : undefined,
		evaluateAfterTraining ? 'additionalFields.evaluateAfterTraining' : undefined,
		Object.keys(metadata).length > 0 ? 'additionalFields.metadata' : undefined,
	].filter((path) => path !== undefined);
	return set.map(
		(path) =>
			new InputProblem(
				`'${label(path)}' does not work with pipeline templates`,
				`Clear '${label(path)}', or set 'Training Method' to Deep Fine-Tuning.`,
			),
	);
}

/** The one-call form: Clarifai makes the pipeline from the template and starts a run of it. */
async function startPipeline(
	request: TrainRequest,
	values: RunArguments,
	compute: Compute | undefined,
	itemRun: ItemRun,
): Promise<StartedPipeline> {
	const { scope, modelId, template } = request;
	// Chosen here, so that a run whose answer was lost can be found exactly.
	const pipelineId = `n8n-${itemRun.token}`;
	noteOwnRun(itemRun.client, { scope, modelId, run: { pipelineId } });
	const write: Write<StartedPipeline> = {
		call: {
			method: 'POST',
			path: inApp(scope, 'pipeline_templates', template, 'pipeline_version_runs'),
			body: bodyOf(request, values, compute, pipelineId),
			patOnly: true,
		},
		turn: `pipeline ${scope.userId}/${scope.appId}/${pipelineId}`,
		read(answer) {
			const pipeline = readPipeline(objectAt(answer, 'pipeline'));
			const run = readPipelineRun(objectAt(answer, 'pipeline_version_run'));
			// Without its version a run cannot be looked at: then it is looked for.
			const versionId = pipeline.versionId ?? run.pipelineVersionId;
			if (run.id === undefined || versionId === undefined) return undefined;
			const madeId = pipeline.id ?? pipelineId;
			return { ids: { pipelineId: madeId, pipelineVersionId: versionId, runId: run.id }, run };
		},
		idOf: ({ ids }) => ids.pipelineId,
		look: async (client) => await lookForRun(client, request, pipelineId),
		isOurs: () => true,
		there: [],
		what: `the training of model "${modelId}"`,
		where: `pipeline "${pipelineId}", ${portalUrl(scope, 'pipelines', pipelineId)}`,
	};
	const made = await itemRun.write(write).catch((error: unknown) => {
		const mayBeMade = error instanceof ClarifaiFailure && error.facts.unknownWrite !== undefined;
		if (!mayBeMade) forgetOwnRun(itemRun.client, pipelineId);
		throw error;
	});
	return made;
}

function bodyOf(
	{ scope, description }: TrainRequest,
	values: RunArguments,
	compute: Compute | undefined,
	pipelineId: string,
): JsonObject {
	const body: JsonObject = {
		pipeline_id: pipelineId,
		input_args_override: { argo_args_override: { parameters: values } },
	};
	if (description) body.pipeline_description = description;
	if (compute) body.nodepools = [nodepoolReference(scope.userId, compute)];
	return body;
}

/** @throws ClarifaiFailure for a pipeline that shows no run: the call has been carried out, in part or whole */
async function lookForRun(
	client: ClarifaiClient,
	{ scope }: TrainRequest,
	pipelineId: string,
): Promise<StartedPipeline[]> {
	const pipeline = await findPipeline(client, scope, pipelineId);
	if (!pipeline) return [];
	const { versionId } = pipeline;
	const [run] =
		versionId === undefined ? [] : await listPipelineRuns(client, scope, pipelineId, versionId);
	if (run?.id !== undefined && versionId !== undefined) {
		return [{ ids: { pipelineId, pipelineVersionId: versionId, runId: run.id }, run }];
	}
	throw new ClarifaiFailure({
		kind: 'unclear',
		message: `Pipeline "${pipelineId}" was made, but shows no run so far`,
		call: { method: 'GET', path: inApp(scope, 'pipelines', pipelineId) },
	});
}
