import type { JsonObject } from './json';

/** The `data` of an input in Clarifai's own form, with one medium. */
export function mediumData(
	type: 'image' | 'text' | 'video' | 'audio',
	content: { url: string } | { base64: string } | { text: string },
): JsonObject {
	if (type !== 'text') return { [type]: content };
	if ('text' in content) return { text: { raw: content.text } };
	return { text: content };
}
