import type { Message } from '../message.mts';
import { Random } from '../random.mts';
import { float, fractionOf } from './hash.mts';
import type { Sight } from './sight.mts';

/** Clarifai's embedders give 512 and more; a test has no use for as many. */
const DIMENSIONS = 64;

/** A vector of length 1. The same content gives the same one in every version of a model. */
export function embedding({ model, content }: Sight): Message {
	const random = new Random(Math.floor(fractionOf(model.message.id, content) * 2 ** 32));
	const raw = Array.from({ length: DIMENSIONS }, () => random.next() - 0.5);
	const length = Math.hypot(...raw);
	return { vector: raw.map((value) => float(value / length)), num_dimensions: DIMENSIONS };
}
