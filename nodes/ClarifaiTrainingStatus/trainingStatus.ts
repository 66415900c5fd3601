import type { IDataObject } from 'n8n-workflow';
import { modelTypeIdOf } from '../shared/api/resources';
import { refreshed, type PipelineRun, type Training } from '../shared/api/trainings';
import { checkId, checkOptionalId, type AppScope } from '../shared/clarifai/identifiers';
import type { ItemParameters } from '../shared/node/itemParameters';
import type { ItemWork, Route } from '../shared/node/itemWork';
import { failureOutput, progressOutput, trainingOutput } from '../shared/node/trainingOutput';

interface StatusRequest {
	scope: AppScope;
	modelId: string;
	/** Known from the item, so that Clarifai need not be asked. */
	modelTypeId?: string;
	versionId?: string;
	run?: PipelineRun;
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
	writes: false,

	prepare(item) {
		const model = item.located('model', 'Model', 'models');
		const scope = item.scope(model.scope);
		const run = pipelineRun(item);
		return {
			scope,
			modelId: model.id,
			modelTypeId: item.knownModel(scope, model.id)?.modelTypeId,
			// A run's version does not exist before the run has completed.
			versionId: run
				? checkOptionalId(item.value('modelVersionId', ''), 'Model Version ID')
				: checkId(item.value('modelVersionId', ''), 'Model Version ID'),
			run,
			simplify: item.boolean('simplify', 'Simplify', true),
		};
	},

	async perform({ scope, modelId, modelTypeId, versionId, run }, { client }) {
		const training = await refreshed(client, { scope, modelId, modelTypeId, versionId, run });
		if (modelTypeId !== undefined) return training;
		return { ...training, modelTypeId: await modelTypeIdOf(client, scope, modelId) };
	},

	output(training, { simplify }) {
		if (!simplify) return [training.raw as IDataObject];
		return [
			{ ...trainingOutput(training), ...progressOutput(training), ...failureOutput(training) },
		];
	},

	route: byState,
};

/** The same for an agent, which reads a tool's first output only. */
export const trainingStatusTool: ItemWork<StatusRequest, Training> = {
	...trainingStatus,
	route: { outputs: OUTPUTS.length, of: () => 0, ofErrors: 0 },
};

function pipelineRun(item: ItemParameters): PipelineRun | undefined {
	const runId = checkOptionalId(item.value('pipelineRunId', ''), 'Pipeline Run ID');
	if (runId === undefined) return undefined;
	return {
		runId,
		pipelineId: item.id('pipelineId', 'Pipeline ID'),
		pipelineVersionId: item.id('pipelineVersionId', 'Pipeline Version ID'),
	};
}
