import { objectAt, textAt, type JsonObject } from './json';
import { versionState, type TrainingState } from './trainingState';

/** A model as Clarifai shows it. */
export interface Model {
	id?: string;
	modelTypeId?: string;
	userId?: string;
	appId?: string;
	createdAt?: string;
	/** The newest version, where there is one. */
	version?: ModelVersion;
	raw: JsonObject;
}

export interface ModelVersion {
	id?: string;
	createdAt?: string;
	completedAt?: string;
	state: TrainingState;
	/** The training template it was trained with. */
	template?: string;
	/** Where the training's log can be read. */
	log?: string;
	raw: JsonObject;
}

export function readModel(raw: JsonObject): Model {
	const version = readModelVersion(objectAt(raw, 'model_version'));
	return {
		id: textAt(raw, 'id'),
		modelTypeId: textAt(raw, 'model_type_id'),
		userId: textAt(raw, 'user_id'),
		appId: textAt(raw, 'app_id'),
		createdAt: textAt(raw, 'created_at'),
		version: version.id === undefined ? undefined : version,
		raw,
	};
}

export function readModelVersion(raw: JsonObject): ModelVersion {
	return {
		id: textAt(raw, 'id'),
		createdAt: textAt(raw, 'created_at'),
		completedAt: textAt(raw, 'completed_at'),
		state: versionState(raw),
		template: textAt(objectAt(objectAt(raw, 'train_info'), 'params'), 'template'),
		log: textAt(raw, 'train_log'),
		raw,
	};
}

/** Whether predictions can be had from a version, and it can go into a workflow or a deployment. */
export function isUsable({ state }: ModelVersion): boolean {
	return state.status === 'trained';
}
