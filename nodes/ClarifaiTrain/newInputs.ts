import type { IDataObject } from 'n8n-workflow';
import { listDatasetVersions, inputsAddedAfter } from '../shared/api/datasets';
import { ifExists } from '../shared/api/failures';
import { modelVersions } from '../shared/api/models';
import type { DatasetVersion } from '../shared/clarifai/datasets';
import { objectAt, textAt } from '../shared/clarifai/json';
import type { ModelVersion } from '../shared/clarifai/models';
import { compareTimes } from '../shared/clarifai/timestamps';
import type { ItemRun } from '../shared/node/itemWork';
import { InputProblem } from '../shared/parameters/problems';
import type { TrainRequest } from './request';

const FIELD = 'additionalFields.minimumNewInputs';

/**
 * What is put out in place of a training for which the dataset has too few new inputs; undefined where
 * it may start: also for a model that has no version yet.
 * @throws InputProblem where Clarifai does not tell what is new: a training costs money
 */
export async function tooFewNewInputs(
	request: TrainRequest,
	run: ItemRun,
): Promise<IDataObject | undefined> {
	const { scope, modelId, datasetId, minimumNewInputs, knownModel, template } = request;
	if (!minimumNewInputs || datasetId === undefined || knownModel?.isNew) return;
	// The version that an earlier try may have started is not one to compare with.
	if (run.mayBeDone) return;
	const { client } = run;
	const versions = (await ifExists(modelVersions(client, scope, modelId))) ?? [];
	const trained = newestTrainedOn(datasetId, versions);
	if (!trained) return;
	const since = readAt(trained, await listDatasetVersions(client, scope, datasetId));
	if (since === undefined) throw unknown(request, `when version "${trained.id}" was made`);
	const { count, undated } = await inputsAddedAfter(
		client,
		{ scope, datasetId, since },
		minimumNewInputs,
	);
	if (count >= minimumNewInputs) return;
	if (undated > 0) throw unknown(request, `when ${undated} of the inputs were added`);
	return {
		trainingSkipped: true,
		modelId,
		template,
		newInputs: count,
		minimumNewInputs,
		newInputsSince: since,
		previousModelVersionId: trained.id ?? null,
		datasetId,
		userId: scope.userId,
		appId: scope.appId,
	};
}

/** The newest version that was, or is being, trained on a dataset, as far as the platform tells. */
export function newestTrainedOn(
	datasetId: string,
	versions: readonly ModelVersion[],
): ModelVersion | undefined {
	const [newest] = versions
		.filter(({ state, raw }) => {
			const { dataset = datasetId } = trainedOn(raw);
			return state.status !== 'failed' && dataset === datasetId;
		})
		.sort((a, b) => compareTimes(b.createdAt ?? '', a.createdAt ?? ''));
	return newest;
}

/**
 * When a training read its dataset. A pipeline makes its version at the end and does not tell what it
 * was trained on: that was a dataset version made before, and no newer one than the newest of those.
 */
export function readAt(
	{ createdAt, raw, template }: ModelVersion,
	versions: readonly DatasetVersion[],
): string | undefined {
	const { version } = trainedOn(raw);
	const named = versions.find(({ id }) => version !== undefined && id === version);
	if (named || template !== undefined || createdAt === undefined) {
		return named?.createdAt ?? createdAt;
	}
	const before = versions
		.flatMap((each) => each.createdAt ?? [])
		.filter((made) => compareTimes(made, createdAt) <= 0)
		.sort(compareTimes);
	return before.at(-1) ?? createdAt;
}

function trainedOn(raw: ModelVersion['raw']): { dataset?: string; version?: string } {
	const info = objectAt(raw, 'train_info');
	const [params, dataset] = [objectAt(info, 'params'), objectAt(info, 'dataset')];
	return {
		dataset: textAt(params, 'dataset_id') ?? textAt(dataset, 'id'),
		version: textAt(params, 'dataset_version_id') ?? textAt(objectAt(dataset, 'version'), 'id'),
	};
}

function unknown({ label, modelId, datasetId }: TrainRequest, what: string): InputProblem {
	return new InputProblem(
		`'${label(FIELD)}' cannot be checked for model "${modelId}" and dataset "${datasetId}": Clarifai does not tell ${what}`,
		`Nothing was started. Clear '${label(FIELD)}' to train without it.`,
	);
}
