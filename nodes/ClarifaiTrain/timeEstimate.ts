import { inApp } from '../shared/api/call';
import { ClarifaiFailure } from '../shared/api/failures';
import { durationSeconds } from '../shared/clarifai/duration';
import type { JsonObject } from '../shared/clarifai/json';
import type { ItemRun } from '../shared/node/itemWork';
import type { TrainRequest } from './request';

/** Seconds that Clarifai expects the training to take; undefined when it gives no estimate. */
export async function estimateSeconds(
	{ scope, modelId, estimatedInputCount }: TrainRequest,
	params: JsonObject,
	{ client, hint }: ItemRun,
): Promise<number | undefined> {
	const answer = await client.attempt({
		method: 'POST',
		path: inApp(scope, 'models', modelId, 'versions', 'time_estimate'),
		body: {
			model_versions: [{ train_info: { params } }],
			...(estimatedInputCount === undefined ? {} : { estimated_input_count: estimatedInputCount }),
		},
		repeatable: true,
	});
	if (answer instanceof ClarifaiFailure) {
		// The checks have passed; a platform without estimates must not make them look failed.
		if (answer.kind !== 'refused') throw answer;
		hint(`Clarifai gave no time estimate: ${answer.message}`);
		return undefined;
	}
	const estimates = answer.training_time_estimates;
	return durationSeconds(Array.isArray(estimates) ? estimates[0] : estimates);
}
