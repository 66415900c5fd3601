import type { Message } from '../message.mts';
import { float, fractionOf } from './hash.mts';
import type { ModelConcept } from './learned.mts';
import type { Sight } from './sight.mts';

/** Values of what is in the input, and of all other concepts, lie apart, on both sides of one half. */
const SURE = 0.9;
const UNSURE = 0.3;

/** A value for every concept of the version, which differs a little from version to version. */
export function conceptValues(sight: Sight): Message[] {
	return sight.version.learned.concepts.map((concept) => {
		const place = sight.recognized.concepts.indexOf(concept);
		const fraction = fractionOf(sight.version.message.id, sight.content, concept.label);
		const value = place < 0 ? UNSURE * fraction : SURE - place / 100 + fraction / 110;
		return showConcept(sight, concept, value);
	});
}

export function showConcept({ app }: Sight, { id, name }: ModelConcept, value: number): Message {
	return { id, name, value: float(value), app_id: app.id, user_id: app.userId };
}
