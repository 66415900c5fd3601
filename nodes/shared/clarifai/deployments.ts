import { numberAt, objectAt, textAt, type JsonObject } from './json';

/** A deployment as Clarifai shows it. */
export interface Deployment {
	id?: string;
	/** The model that it serves. */
	modelId?: string;
	/** The version that it runs. */
	runningVersionId?: string;
	/** The version that it is to run; platforms before API 12 tell only what runs. */
	desiredVersionId?: string;
	minReplicas: number;
	isDisabled: boolean;
	raw: JsonObject;
}

export function readDeployment(raw: JsonObject): Deployment {
	const running = objectAt(objectAt(raw, 'worker'), 'model');
	const desired = objectAt(objectAt(raw, 'desired_worker'), 'model');
	const runningVersionId = textAt(objectAt(running, 'model_version'), 'id');
	return {
		id: textAt(raw, 'id'),
		modelId: textAt(desired, 'id') ?? textAt(running, 'id'),
		runningVersionId,
		desiredVersionId: textAt(objectAt(desired, 'model_version'), 'id') ?? runningVersionId,
		minReplicas: numberAt(objectAt(raw, 'autoscale_config'), 'min_replicas') ?? 0,
		isDisabled: raw.status === 1 || raw.status === 'DISABLED',
		raw,
	};
}
