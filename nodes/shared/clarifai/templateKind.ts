/** What a model type makes of its input: the last word of its ID, such as "classifier". */
export function kindOfType(modelTypeId: string): string {
	return modelTypeId.split('-').at(-1) ?? '';
}

/** Shorter words, such as "text" of "text-to-text", say nothing about a template in whose name they are. */
const SHORTEST_KIND = 6;

/**
 * What a pipeline template trains, as far as its name says it: Clarifai's templates begin with the kind of
 * model, and nothing else in them tells. The kinds are those of the platform's own model types.
 */
export function kindOfTemplate(template: string, modelTypeIds: string[]): string | undefined {
	const words = new Set(template.toLowerCase().split(/[^a-z]+/));
	const kinds = new Set(modelTypeIds.map(kindOfType));
	const found = [...kinds].filter((kind) => kind.length >= SHORTEST_KIND && words.has(kind));
	return found.length === 1 ? found[0] : undefined;
}
