import { inApp } from '../shared/api/call';
import { textAt } from '../shared/clarifai/json';
import { nearest } from '../shared/clarifai/nearest';
import { InputProblem } from '../shared/clarifai/problems';
import type { NodeRun } from '../shared/node/itemWork';
import type { TrainRequest } from './request';

/**
 * Concepts of the request that the app does not have. Clarifai does not refuse them: it creates new,
 * empty concepts and trains on those (clarifai-python#295).
 */
export async function missingConcepts(
	{ scope, conceptIds }: TrainRequest,
	{ client }: NodeRun,
): Promise<InputProblem[]> {
	if (conceptIds.length === 0) return [];
	const known = await client.cached(`concepts ${scope.userId}/${scope.appId}`, async () => {
		const concepts = await client.list(inApp(scope, 'concepts'), 'concepts');
		return concepts.flatMap((concept) => textAt(concept, 'id') ?? []);
	});
	const missing = conceptIds.filter((id) => !known.includes(id));
	if (missing.length === 0) return [];
	const suggestions = missing.flatMap((id) => {
		const near = nearest(id, known);
		return near ? `"${near}" for "${id}"` : [];
	});
	return [
		new InputProblem(
			`The app has no concept ${missing.map((id) => `"${id}"`).join(', ')}`,
			suggestions.length > 0
				? `Did you mean ${suggestions.join(', ')}?`
				: `Create the concepts in Clarifai first, or choose from: ${known.slice(0, 30).join(', ')}${known.length > 30 ? ' …' : ''}.`,
		),
	];
}
