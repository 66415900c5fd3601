import { findModel, findModelVersion } from '../shared/api/models';
import { isUsable, type ModelVersion } from '../shared/clarifai/models';
import type { ItemRun } from '../shared/node/itemWork';
import { InputProblem } from '../shared/parameters/problems';
import type { TrainRequest } from './request';

/** Why a training cannot go on from the version that it names; undefined when it can, or names none. */
export async function resumeProblem(
	{ scope, resumeFrom, label }: TrainRequest,
	{ client }: ItemRun,
): Promise<InputProblem | undefined> {
	if (!resumeFrom) return undefined;
	const { modelId, versionId } = resumeFrom;
	const owner = resumeFrom.scope ?? scope;
	const model = `model "${modelId}"`;
	const name = versionId ? `version "${versionId}" of ${model}` : model;
	let version: ModelVersion | undefined;
	if (versionId) {
		version = await findModelVersion(client, owner, modelId, versionId);
	} else {
		const found = await findModel(client, owner, modelId);
		if (found && !found.version) {
			return cannotResume(`The ${name} cannot be resumed from: it has no version`);
		}
		version = found?.version;
	}
	if (!version) {
		return new InputProblem(
			`There is no ${name} to resume from`,
			`Check '${label('additionalFields.resumeFromModelId')}' and '${label('additionalFields.resumeFromVersionId')}', or leave both empty to train from the start.`,
		);
	}
	if (isUsable(version)) return undefined;
	return cannotResume(
		`The ${name} cannot be resumed from: it is not trained (${version.state.description})`,
	);
}

function cannotResume(message: string): InputProblem {
	return new InputProblem(message, 'Choose a version whose training has completed.');
}
