import type { WaitOptions } from '../shared/api/jobs';
import type { AppScope } from '../shared/clarifai/identifiers';
import type { JsonObject } from '../shared/clarifai/json';
import { nodepoolOf, type ChosenNodepool } from '../shared/parameters/computeParameters';
import type { ItemParameters } from '../shared/parameters/itemParameters';
import { refuseNoTraining, versionIdToUse } from '../shared/parameters/usableVersion';
import { waitOptions } from '../shared/parameters/waitOptions';

/** One item's deployment, as its parameters ask for it. */
export interface DeployRequest {
	/** The model's owner; the deployment belongs to `userId`. */
	scope: AppScope;
	userId: string;
	modelId: string;
	/** Absent for the newest version that can be used. */
	versionId?: string;
	deploymentId: string;
	ifExists: 'promote' | 'reuse' | 'fail';
	nodepool?: ChosenNodepool;
	/** Further fields of a new deployment, in Clarifai's own form. */
	fields: JsonObject;
	/** Absent when the node returns at once. */
	wait?: WaitOptions;
	simplify: boolean;
}

export function readDeployRequest(item: ItemParameters, mayWait: boolean): DeployRequest {
	refuseNoTraining(item);
	const model = item.located('model', 'models');
	const own = item.scope();
	const wait = waitOptions(item);
	return {
		scope: model.scope ?? own,
		userId: own.userId,
		modelId: model.id,
		versionId: versionIdToUse(item, 'modelVersionId'),
		deploymentId: item.located('deploymentId').id,
		ifExists: item.choice('ifDeploymentExists'),
		nodepool: nodepoolOf(item, 'computeCluster', 'nodepool'),
		fields: newFields(item),
		wait: item.boolean('waitUntilReady') && mayWait ? wait : undefined,
		simplify: item.boolean('simplify'),
	};
}

/** What a new deployment is made with, besides model and nodepool. */
function newFields(item: ItemParameters): JsonObject {
	const min = item.numberOrDefault('additionalFields.minReplicas', { min: 0, whole: true });
	const max = item.numberOrDefault('additionalFields.maxReplicas', { min: 1, whole: true });
	const delay = item.number('additionalFields.scaleToZeroDelaySeconds', { min: 0, whole: true });
	const description = item.text('additionalFields.description');
	if (min > max) {
		const [minLabel, maxLabel] = [
			item.label('additionalFields.minReplicas'),
			item.label('additionalFields.maxReplicas'),
		];
		item.refuse(
			`'${minLabel}' is ${min}, which is more than '${maxLabel}', ${max}`,
			'Lower one, or raise the other.',
		);
	}
	return {
		...(description ? { description } : {}),
		autoscale_config: {
			min_replicas: min,
			max_replicas: max,
			...(delay === undefined ? {} : { scale_to_zero_delay_seconds: delay }),
		},
	};
}
