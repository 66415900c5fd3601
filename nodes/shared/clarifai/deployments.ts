import { ME, type AppScope } from './identifiers';
import { numberAt, objectAt, textAt, type JsonObject } from './json';

/** A deployment as Clarifai shows it. */
export interface Deployment {
	id?: string;
	/** The model that it serves. */
	modelId?: string;
	/** The owner of that model. */
	modelUserId?: string;
	modelAppId?: string;
	/** The version that it runs. */
	runningVersionId?: string;
	/** The version that it is to run; platforms before API 12 tell only what runs. */
	desiredVersionId?: string;
	minReplicas: number;
	/** It goes over to each new version of the model by itself. */
	followsLatest: boolean;
	isDisabled: boolean;
	raw: JsonObject;
}

export function readDeployment(raw: JsonObject): Deployment {
	const running = objectAt(objectAt(raw, 'worker'), 'model');
	const desired = objectAt(objectAt(raw, 'desired_worker'), 'model');
	const model = textAt(desired, 'id') === undefined ? running : desired;
	const runningVersionId = textAt(objectAt(running, 'model_version'), 'id');
	return {
		id: textAt(raw, 'id'),
		modelId: textAt(model, 'id'),
		modelUserId: textAt(model, 'user_id'),
		modelAppId: textAt(model, 'app_id'),
		runningVersionId,
		desiredVersionId: textAt(objectAt(desired, 'model_version'), 'id') ?? runningVersionId,
		minReplicas: numberAt(objectAt(raw, 'autoscale_config'), 'min_replicas') ?? 0,
		followsLatest: raw.deploy_latest_version === true,
		isDisabled: raw.status === 1 || raw.status === 'DISABLED',
		raw,
	};
}

/** What a deployment serves instead of a model, in words; undefined when nothing says so. */
export function otherModelOf(
	{ modelId, modelUserId, modelAppId }: Deployment,
	scope: AppScope,
	wantedId: string,
): string | undefined {
	const differs = (shown: string | undefined, wanted: string) =>
		shown !== undefined && shown !== wanted;
	if (differs(modelId, wantedId)) return `model "${modelId}"`;
	const isOtherUser = scope.userId !== ME && differs(modelUserId, scope.userId);
	if (!isOtherUser && !differs(modelAppId, scope.appId)) return undefined;
	return `model "${modelId}" of app "${modelAppId}" of user "${modelUserId}"`;
}
