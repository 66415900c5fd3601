import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { BookEntry, Emulator } from '../../../tools/emulator/emulator.mts';
import { isTrained } from '../../../tools/emulator/views.mts';
import { DEMO, locate } from '../../../nodes/setup.mts';
import { TEMPLATE } from '../../plans.mts';
import { CLASSIFIER } from '../../../nodes/pipelineSetup.mts';
import {
	field,
	names,
	optionsOf,
	textOf,
	waitOptionsOf,
	type Choices,
	type DeedRule,
	type Item,
	type Step,
} from '../step.mts';

const HYPERPARAMETERS = `={{ JSON.stringify({ num_epochs: $('Start').item.json.epochs }) }}`;

const trainParameters = (choices: Choices): INodeParameters => ({
	model: locate('id', field('model')),
	specifyHyperparameters: 'json',
	hyperparametersJson: HYPERPARAMETERS,
	concepts: ['cat', 'dog'],
	waitForCompletion: choices.wait,
	waitOptions: { ...waitOptionsOf(choices), cancelTrainingOnStop: choices.cancelOnStop },
	options: optionsOf(choices),
});

const keyOfItem = ({ model, epochs }: Item) => `${model} for ${epochs} epochs`;

const training: DeedRule = {
	deed: 'training',
	keyOfEntry: ({ of, request }) => `${of} for ${epochsOfTraining(request?.body)} epochs`,
	keyOfItem,
	claimedBy: ({ modelVersionId }) => textOf(modelVersionId),
	mayBeClaimedBy: ({ modelVersionId }) => textOf(modelVersionId),
};

function epochsOfTraining(body: unknown) {
	const { model_versions: versions } = body as {
		model_versions: Array<{ train_info: { params: { num_epochs: number } } }>;
	};
	return versions[0]!.train_info.params.num_epochs;
}

const run: DeedRule = {
	deed: 'run',
	keyOfEntry({ request }: BookEntry) {
		const args = argumentsOf(request?.body);
		return `${args.model_id} for ${args.num_epochs} epochs`;
	},
	keyOfItem,
	claimedBy: ({ pipelineRunId }) => textOf(pipelineRunId),
	mayBeClaimedBy: ({ pipelineRunId }) => textOf(pipelineRunId),
};

function argumentsOf(body: unknown): Record<string, string> {
	const { input_args_override: override } = body as {
		input_args_override: {
			argo_args_override: { parameters: Array<{ name: string; value: string }> };
		};
	};
	const { parameters } = override.argo_args_override;
	return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}

/** A version that is reported as trained can be used, and is the one that the training made. */
function untrueIn(output: IDataObject, emulator: Emulator): string | undefined {
	const { status, modelId, modelVersionId, pipelineRunId, cancelled } = output;
	if (cancelled === true && !isGone(output, emulator)) return 'cancelled, and goes on';
	if (status === 'trained' && !textOf(modelVersionId)) return 'trained without a version';
	if (!textOf(modelVersionId)) return undefined;
	if (pipelineRunId) {
		const made = emulator.book.of('runVersion').find(({ id }) => id === modelVersionId);
		if (made?.of !== pipelineRunId) return `version ${String(modelVersionId)} of another run`;
	}
	const version = emulator.app().models.get(String(modelId))?.versions.get(String(modelVersionId));
	if (status === 'trained' && version && !isTrained(version, emulator.clock.now())) {
		return 'trained, and is not';
	}
	return undefined;
}

function isGone({ pipelineRunId, modelVersionId }: IDataObject, { book }: Emulator) {
	const ended = pipelineRunId ? book.of('runChange') : book.of('versionDeletion');
	return ended.some(({ id }) => id === (pipelineRunId ?? modelVersionId));
}

export const trainVersion: Step = {
	type: 'clarifaiTrain',
	name: 'Train',
	parameters: (choices) => ({ ...trainParameters(choices), template: locate('id', TEMPLATE) }),
	deeds: [training],
	concerns: (request, { model }) => names(request, model),
	untrueIn,
};

export const trainPipeline: Step = {
	...trainVersion,
	parameters: (choices) => ({
		...trainParameters(choices),
		template: locate('id', CLASSIFIER),
		dataset: locate('id', DEMO.datasetId),
		datasetVersion: locate('id', choices.namesDatasetVersion ? DEMO.datasetVersionId : ''),
		additionalFields: {
			nodepool: locate('id', DEMO.nodepoolId),
			computeCluster: locate('id', DEMO.computeClusterId),
		},
	}),
	deeds: [run],
	concerns: (request, { model }) => names(request, model) || /dataset|pipeline/.test(request.path),
};
