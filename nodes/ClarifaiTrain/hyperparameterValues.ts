import { sameJson, type JsonObject } from '../shared/clarifai/json';
import type { TrainingTemplate } from '../shared/clarifai/trainingTemplates';

/**
 * The checked hyperparameters that are sent. n8n's form fills every field with its default; of those
 * only what differs goes out, so that a default that Clarifai changes later still takes effect.
 */
export function valuesToSend(
	values: JsonObject,
	template: TrainingTemplate,
	fromForm: boolean,
): JsonObject {
	if (!fromForm) return values;
	const defaults = new Map(template.hyperparameters.map((known) => [known.name, known]));
	return Object.fromEntries(
		Object.entries(values).filter(([name, value]) => {
			const known = defaults.get(name);
			const isDefault = known !== undefined && sameJson(known.default, value);
			return value !== '' && !(isDefault && !known?.required);
		}),
	);
}
