import { inApp } from '../shared/api/call';
import type { ClarifaiClient } from '../shared/api/client';
import { pipelineRuns, pipelineTemplates } from '../shared/api/pipelines';
import { modelTypeIdOf } from '../shared/api/resources';
import { withRun, type Training } from '../shared/api/trainings';
import { checkHyperparameters } from '../shared/clarifai/hyperparameters';
import type { AppScope } from '../shared/clarifai/identifiers';
import { objectAt, objectsAt, textAt, type JsonObject } from '../shared/clarifai/json';
import {
	missingOwnFields,
	pipelineArguments,
	templateOfPipeline,
	type OwnFields,
} from '../shared/clarifai/pipelineTemplates';
import { InputProblem, inputProblemOf } from '../shared/clarifai/problems';
import type { NodeRun } from '../shared/node/itemWork';
import { missingConcepts } from './concepts';
import { valuesToSend } from './hyperparameterValues';
import type { TrainRequest } from './request';

/** A pipeline run that has passed every check and can be started. */
export interface CheckedPipeline {
	arguments: Array<{ name: string; value: string }>;
	modelTypeId?: string;
}

/** @throws InputProblem with all problems of the item together */
export async function checkPipeline(request: TrainRequest, run: NodeRun): Promise<CheckedPipeline> {
	const { client } = run;
	const { scope, modelId } = request;
	const templates = await client.cached('templates of pipelines', async () =>
		(await pipelineTemplates(client)).map(templateOfPipeline),
	);
	const template = templates.find((candidate) => candidate.template === request.template);
	if (!template) {
		const unknown = new InputProblem(
			`This platform has no pipeline template "${request.template}"`,
			templates.length > 0
				? `It has: ${templates.map((known) => known.template).join(', ')}. Templates of a model type are chosen with 'Training Method' Deep Fine-Tuning.`
				: "It has none at all: self-hosted and older platforms train with 'Training Method' Deep Fine-Tuning.",
		);
		throw inputProblemOf([...request.problems, unknown]);
	}
	const own: OwnFields = { ...scope, modelId, conceptIds: request.conceptIds };
	if (request.datasetId) own.datasetId = request.datasetId;
	if (request.datasetVersionId) own.datasetVersionId = request.datasetVersionId;

	const problems = [...request.problems, ...unsupportedFields(request)];
	const hyperparameters = { ...request.hyperparameters };
	const settable = template.hyperparameters.filter(({ name, filledFrom }) => {
		if (filledFrom && hyperparameters[name] != null) {
			problems.push(
				new InputProblem(
					`Parameter "${name}" is filled from '${filledFrom}'`,
					`Remove "${name}" from the hyperparameters, and set '${filledFrom}' instead.`,
				),
			);
			delete hyperparameters[name];
		}
		return !filledFrom;
	});
	const { values, problems: wrongValues } = checkHyperparameters(hyperparameters, {
		...template,
		hyperparameters: settable,
	});
	problems.push(
		...wrongValues,
		...missingOwnFields(template, own).map(
			(label) =>
				new InputProblem(
					`'${label}' is empty, and template "${template.template}" needs it`,
					`Set '${label}'${label === 'Dataset' ? " in 'Additional Fields'" : ''}.`,
				),
		),
		...(await missingConcepts(request, run)),
	);
	if (problems.length > 0) throw inputProblemOf(problems);

	return {
		arguments: pipelineArguments(template, valuesToSend(values, template, request.fromForm), own),
		// Absent for a model that the run is to make.
		modelTypeId: request.knownModel?.modelTypeId ?? (await modelTypeIdOf(client, scope, modelId)),
	};
}

/** The one-call form: Clarifai makes the pipeline from the template and starts a run of it. */
export async function startPipeline(
	{ scope, modelId, template, description, nodepool }: TrainRequest,
	checked: CheckedPipeline,
	{ client, earlier, claimed }: NodeRun,
): Promise<Training> {
	const body: JsonObject = {
		input_args_override: { argo_args_override: { parameters: checked.arguments } },
	};
	if (description) body.pipeline_description = description;
	if (nodepool) {
		const cluster = nodepool.clusterId && {
			compute_cluster: { id: nodepool.clusterId, user_id: scope.userId },
		};
		body.nodepools = [{ id: nodepool.id, ...cluster }];
	}
	const training = { scope, modelId, modelTypeId: checked.modelTypeId, template };
	const key = `run ${scope.userId}/${scope.appId}/${template}/${modelId}`;
	return await client.inTurn(key, async () => {
		const result = await client.writeOnce(
			{
				method: 'POST',
				path: inApp(scope, 'pipeline_templates', template, 'pipeline_version_runs'),
				body,
				patOnly: true,
			},
			async (isOurs) => await findRun(client, scope, checked, claimed, isOurs),
			earlier,
		);
		const { pipeline, run } =
			'found' in result
				? result.found
				: {
						pipeline: objectAt(result.answer, 'pipeline'),
						run: objectAt(result.answer, 'pipeline_version_run'),
					};
		const pipelineVersionId = textAt(objectAt(pipeline, 'pipeline_version'), 'id') ?? '';
		const ids = { pipelineId: textAt(pipeline, 'id') ?? '', pipelineVersionId, runId: '' };
		claimed.push(textAt(run, 'id') ?? '');
		return withRun({ ...training, run: ids }, run);
	});
}

/** The run that a lost answer was about: new, of a new pipeline or version, with the same arguments. */
async function findRun(
	client: ClarifaiClient,
	scope: AppScope,
	{ arguments: wanted }: CheckedPipeline,
	claimed: readonly string[],
	isOurs: (object: JsonObject) => boolean,
): Promise<{ pipeline: JsonObject; run: JsonObject } | undefined> {
	const pipelines = await client.list(inApp(scope, 'pipelines'), 'pipelines');
	for (const pipeline of pipelines) {
		const version = objectAt(pipeline, 'pipeline_version');
		const id = textAt(pipeline, 'id');
		const versionId = textAt(version, 'id');
		if (id === undefined || versionId === undefined) continue;
		if (!isOurs(pipeline) && !isOurs(version)) continue;
		const runs = await pipelineRuns(client, scope, id, versionId);
		const run = runs.find(
			(candidate) =>
				isOurs(candidate) &&
				!claimed.includes(textAt(candidate, 'id') ?? '') &&
				hasArguments(candidate, wanted),
		);
		if (run) return { pipeline, run };
	}
	return undefined;
}

function hasArguments(run: JsonObject, wanted: CheckedPipeline['arguments']): boolean {
	const override = objectAt(objectAt(run, 'input_args_override'), 'argo_args_override');
	const given = objectsAt(override, 'parameters');
	return wanted.every(({ name, value }) =>
		given.some((parameter) => parameter.name === name && (parameter.value ?? '') === value),
	);
}

/** What only a training of a model version can do. */
function unsupportedFields(request: TrainRequest): InputProblem[] {
	const set = [
		request.customConfig === undefined ? undefined : 'Custom Config Source',
		request.resumeFrom ? 'Resume From Model' : undefined,
		request.evaluateAfterTraining ? 'Evaluate After Training' : undefined,
		Object.keys(request.metadata ?? {}).length > 0 ? 'Metadata' : undefined,
	].filter((label) => label !== undefined);
	return set.map(
		(label) =>
			new InputProblem(
				`'${label}' does not work with pipeline templates`,
				`Clear '${label}', or set 'Training Method' to Deep Fine-Tuning.`,
			),
	);
}
