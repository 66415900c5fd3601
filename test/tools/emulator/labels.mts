import type { Message } from './message.mts';
import type { AppState } from './state.mts';

/** Why a concept's ID is refused, in the words that a user reports; undefined for a good one. */
export function problemOfConceptId(id = ''): string | undefined {
	if (/^[\w-]+$/.test(id)) return undefined;
	return `'id' must consist of alphanumeric strings, '-' and '_', got '${id}'`;
}

/** The concepts of an input or a patch, those of its regions included. */
export function conceptsIn(data: Message = {}): Message[] {
	const regions: Message[] = data.regions ?? [];
	return [...(data.concepts ?? []), ...regions.flatMap((region) => region.data?.concepts ?? [])];
}

/**
 * The labels of a request as they are stored and shown. Concepts that the app does not have yet are
 * created without a word, named by their ID, as Clarifai does.
 */
export function storeLabels(app: AppState, data: Message): Message {
	for (const { id } of conceptsIn(data)) if (!app.concepts.has(id)) app.addConcept(id);
	const shown = ({ id, value }: Message): Message => ({
		id,
		name: app.concepts.get(id)!.name,
		value: value ?? 0,
		app_id: app.id,
	});
	return {
		...data,
		...(data.concepts && { concepts: data.concepts.map(shown) }),
		...(data.regions && {
			regions: data.regions.map((region: Message) => ({
				...region,
				id: region.id ?? app.world.random.hexId(),
				...(region.data && {
					data: { ...region.data, concepts: (region.data.concepts ?? []).map(shown) },
				}),
			})),
		}),
	};
}

/** Whether there is a positive label on the input or on a region of it. */
export function isLabelled({ message }: { message: Message }) {
	return conceptsIn(message.data).some(({ value }) => value > 0);
}
