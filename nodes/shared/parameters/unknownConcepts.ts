import { nearest } from '../clarifai/nearest';
import { InputProblem } from './problems';

/** Unknown concepts for which a similar one is looked for; each is compared with all that there are. */
const MOST_SUGGESTIONS = 5;
const MOST_NAMED = 30;

/**
 * The problem of concepts that the app does not have; none when it has them all. Clarifai does not refuse
 * them: it creates new, empty concepts and trains on those (clarifai-python#295).
 */
export function unknownConcepts(
	conceptIds: readonly string[],
	known: ReadonlySet<string>,
): InputProblem | undefined {
	const unknown = conceptIds.filter((id) => !known.has(id));
	if (unknown.length === 0) return undefined;
	const suggestions = unknown.slice(0, MOST_SUGGESTIONS).flatMap((id) => {
		const near = nearest(id, known);
		return near ? `"${near}" for "${id}"` : [];
	});
	return new InputProblem(
		`The app has no concept ${named(unknown.map((id) => `"${id}"`))}`,
		suggestions.length > 0
			? `Did you mean ${suggestions.join(', ')}?`
			: `Create the concepts in Clarifai first, or choose from: ${named([...known])}.`,
	);
}

function named(ids: string[]): string {
	const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
	return ids.slice(0, MOST_NAMED).join(', ') + more;
}
