import { isObject, objectsAt, type JsonObject } from '../clarifai/json';
import type { ClarifaiClient } from './client';

/** The pipeline templates for training, fetched once in a run. */
export async function pipelineTemplates(client: ClarifaiClient): Promise<JsonObject[]> {
	return await client.cached('pipeline templates', async () => {
		const answer = await client.get(['pipeline_templates'], {
			pipeline_template_type: 'TRAINING',
			per_page: 1000,
		});
		// The list's name is not established by a capture, so any list of named objects will do.
		const lists = [
			objectsAt(answer, 'pipeline_templates'),
			...Object.keys(answer).map((key) => objectsAt(answer, key)),
		];
		const found = lists.find((list) => list.length > 0) ?? [];
		return found.filter((template) => isObject(template) && isTraining(template));
	});
}

/** A platform that ignores the filter sends other types as well. */
function isTraining({ pipeline_template_type: type }: JsonObject): boolean {
	return (
		type === undefined || type === 1 || type === 'TRAINING' || String(type).endsWith('_TRAINING')
	);
}
