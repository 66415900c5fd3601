import type { Message } from '../message.mts';
import type { Found } from './regions.mts';
import { findRegions, regionId } from './regions.mts';
import type { Sight } from './sight.mts';

/** What models say. The words are the emulator's own; a test can work them out from the input. */

const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean);

/** An answer to a prompt, of at most `max_tokens` words. */
export function answerTo({ data, config, content }: Sight): string {
	const prompt: string = data.text?.raw ?? data.text?.url ?? '';
	const words = wordsOf(`Answer ${content.slice(0, 8)} to: ${prompt}`);
	const { max_tokens: most } = config.params;
	return words.slice(0, typeof most === 'number' && most > 0 ? most : words.length).join(' ');
}

export function captionOf({ recognized, content }: Sight): string {
	const names = recognized.concepts.map(({ name }) => name);
	return names.length > 0 ? `a photo of ${names.join(' and ')}` : `a photo, ${content.slice(0, 8)}`;
}

export function transcriptOf({ content }: Sight): string {
	return `a recording, ${content.slice(0, 8)}`;
}

/** What a reader of texts in pictures finds: a line of text for each region. */
export function textRegions(sight: Sight): Message[] {
	return findRegions(sight).map((found, index) => ({
		id: regionId(sight, index),
		region_info: { bounding_box: found.box },
		data: { text: { raw: lineOf(found, sight.content) } },
		value: found.value,
	}));
}

function lineOf({ concept }: Found, content: string) {
	return `${concept.name.toUpperCase()} ${content.slice(0, 6)}`;
}

/** A word counts as a token. */
export function tokenCounts(input: Message, output: Message): Message {
	return {
		prompt_tokens: wordsOf(input.text?.raw ?? '').length,
		completion_tokens: wordsOf(output.text?.raw ?? '').length,
	};
}
