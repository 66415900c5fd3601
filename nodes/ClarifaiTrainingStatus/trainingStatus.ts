import type { IDataObject } from 'n8n-workflow';
import { modelTypeIdOf } from '../shared/api/models';
import { jobOf, type Training } from '../shared/api/trainings';
import type { AppScope } from '../shared/clarifai/identifiers';
import type { PipelineRunIds } from '../shared/clarifai/pipelines';
import { trainingStateOf } from '../shared/clarifai/trainingState';
import type { ItemWork, Route } from '../shared/node/itemWork';
import { failureOutput, trainingOutput } from '../shared/node/trainingOutput';
import { checkOptionalId } from '../shared/parameters/ids';
import type { ItemParameters } from '../shared/parameters/itemParameters';
import { refuseSkippedTraining } from '../shared/parameters/usableVersion';
import { trainingStatusProperties } from './properties';

interface StatusRequest {
	scope: AppScope;
	modelId: string;
	/** Known from the item, so that Clarifai need not be asked. */
	modelTypeId?: string;
	versionId?: string;
	run?: PipelineRunIds;
	simplify: boolean;
}

/** The node's outputs, in the order of its description. */
export const OUTPUTS = ['Trained', 'In Progress', 'Failed'];

const byState: Route<Training> = {
	outputs: OUTPUTS.length,
	of: ({ state }) => (state.status === 'trained' ? 0 : state.status === 'failed' ? 2 : 1),
	// Never among the trained: a look-up that failed must not deploy anything.
	ofErrors: 2,
};

export const trainingStatus: ItemWork<StatusRequest, Training> = {
	properties: trainingStatusProperties,
	writes: false,

	prepare(item) {
		refuseSkippedTraining(item);
		const model = item.located('model', 'models');
		const scope = item.scope(model.scope);
		const before = item.problems.length;
		const run = pipelineRun(item);
		const isRun = run !== undefined || item.problems.length > before;
		return {
			scope,
			modelId: model.id,
			modelTypeId: item.knownModel(scope, model.id)?.modelTypeId,
			// A run's version does not exist before the run has completed.
			versionId: (isRun ? item.locatedIfAny('modelVersionId') : item.located('modelVersionId'))?.id,
			run,
			simplify: item.boolean('simplify'),
		};
	},

	async perform({ scope, modelId, modelTypeId, versionId, run }, { client }) {
		const asked = { scope, modelId, modelTypeId, versionId, run };
		const training = await jobOf(asked).look(
			client,
			{ ...asked, state: trainingStateOf({}), raw: {} },
			{},
		);
		if (modelTypeId !== undefined) return training;
		return { ...training, modelTypeId: await modelTypeIdOf(client, scope, modelId) };
	},

	output(training, { simplify }) {
		if (!simplify) return [training.raw as IDataObject];
		return [{ ...trainingOutput(training), ...failureOutput(training) }];
	},

	route: byState,
};

/** The same for an agent, which reads a tool's first output only. */
export const trainingStatusTool: ItemWork<StatusRequest, Training> = {
	...trainingStatus,
	route: { outputs: OUTPUTS.length, of: () => 0, ofErrors: 0 },
};

/** The run that made the version: as 'Options' name it, else as the item that came in does. */
function pipelineRun(item: ItemParameters): PipelineRunIds | undefined {
	const of = (name: 'pipelineId' | 'pipelineVersionId' | 'pipelineRunId') =>
		item.optionalId(`options.${name}`) ??
		item.attempt(
			() => checkOptionalId(item.incoming[name], item.label(`options.${name}`)),
			undefined,
		);
	const [pipelineId, pipelineVersionId, runId] = [
		of('pipelineId'),
		of('pipelineVersionId'),
		of('pipelineRunId'),
	];
	if (runId === undefined) return undefined;
	if (pipelineId === undefined || pipelineVersionId === undefined) {
		item.refuse(
			`'${item.label('options.pipelineRunId')}' is set, but '${item.label('options.pipelineId')}' or '${item.label('options.pipelineVersionId')}' is empty`,
			'A run belongs to a version of a pipeline: give all three, as Clarifai Train put them out.',
		);
		return undefined;
	}
	return { pipelineId, pipelineVersionId, runId };
}
