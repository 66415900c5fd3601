import type { ClarifaiClient } from '../api/client';
import { findModel, findModelVersion, modelPath, modelVersions } from '../api/models';
import type { AppScope } from '../clarifai/identifiers';
import { isUsable, type ModelVersion } from '../clarifai/models';
import { compareTimes } from '../clarifai/timestamps';
import type { ItemParameters } from './itemParameters';
import type { ParameterReader } from './parameterReader';
import { InputProblem } from './problems';

/**
 * The ID of a model version that is to be put to use; undefined when the field is empty, for the model's
 * latest. A training that has not made its version yet puts out null, and a dry run makes none: neither
 * may end in an older version.
 */
export function versionIdToUse(
	item: ItemParameters,
	path: string,
	entry: ParameterReader = item,
): string | undefined {
	const before = item.problems.length;
	const versionId = entry.optionallyLocated(path)?.id;
	if (item.problems.length > before && item.incoming.modelVersionId === null) {
		item.problems.splice(before);
		item.refuse(
			`'${entry.label(path)}' is null: the training that came in has not made a version yet`,
			"Wait for it, with 'Wait for Completion' in Clarifai Train or with Clarifai Training Status in a loop. To take the model's latest version whatever came in, clear the field.",
		);
	}
	return versionId;
}

/** Refuses the item of a Train that started nothing, for it had too few new inputs. */
export function refuseSkippedTraining(item: ItemParameters): void {
	if (item.incoming.trainingSkipped !== true) return;
	item.refuse(
		'The item comes from Clarifai Train, which started no training: there were too few new inputs',
		'Put an If node after Clarifai Train that lets only items without trainingSkipped through to this node.',
	);
}

/** Refuses the item of a Train that trained nothing. */
export function refuseNoTraining(item: ItemParameters): void {
	refuseSkippedTraining(item);
	if (item.incoming.dryRun !== true) return;
	item.refuse(
		'The item comes from a dry run of Clarifai Train, which trained nothing',
		"Turn off 'Dry Run' in Clarifai Train, or let only real trainings through to this node.",
	);
}

/** A version of a model that predictions can be had from. */
export type UsableVersion = ModelVersion & { id: string };

/**
 * A version that predictions can be had from: the one that is named, else the newest one; a problem when
 * it does not exist or is not trained.
 */
export async function usableVersion(
	client: ClarifaiClient,
	scope: AppScope,
	modelId: string,
	versionId: string | undefined,
): Promise<UsableVersion | InputProblem> {
	if (versionId === undefined) return await newestUsable(client, scope, modelId);
	const version = await findModelVersion(client, scope, modelId, versionId);
	if (!version) {
		return new InputProblem(
			`Version "${versionId}" of model "${modelId}" does not exist`,
			'Check the ID, and that the model is the one it was trained for.',
		);
	}
	if (isUsable(version)) return { ...version, id: versionId };
	const { description, code } = version.state;
	return new InputProblem(
		`Version "${versionId}" of model "${modelId}" cannot be used: ${description} (code ${code ?? 'unknown'})`,
		`${WAIT_FOR_IT} Or choose a version that is trained.`,
	);
}

const WAIT_FOR_IT =
	"Wait for its training, with 'Wait for Completion' in Clarifai Train or with Clarifai Training Status in a loop.";

async function newestUsable(
	client: ClarifaiClient,
	scope: AppScope,
	modelId: string,
): Promise<UsableVersion | InputProblem> {
	if (!(await findModel(client, scope, modelId))) {
		return new InputProblem(
			`Model "${modelId}" does not exist`,
			"Check its ID, and the user and app in the credential or in 'Options'.",
		);
	}
	const versions = await client.cached(
		[...modelPath(scope, modelId), 'versions'],
		async () => await modelVersions(client, scope, modelId),
	);
	const [newest] = versions
		.filter(isUsable)
		.sort((a, b) => compareTimes(b.createdAt ?? '', a.createdAt ?? ''));
	if (newest?.id !== undefined) return { ...newest, id: newest.id };
	return new InputProblem(`Model "${modelId}" has no version that can be used`, WAIT_FOR_IT);
}
