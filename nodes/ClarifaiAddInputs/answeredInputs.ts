import type { Input } from '../shared/clarifai/inputs';
import { refusal } from './refusals';
import type { Identified } from './addResult';

/**
 * What an answer says of each item, found by the ID, or by the place where it names none.
 * @throws ClarifaiFailure when it speaks of none of them
 */
export function answersFor(
	items: Identified[],
	inputs: Input[],
	method: 'POST' | 'PATCH',
): Array<Input | undefined> {
	const byId = new Map(inputs.map((input) => [input.id, input]));
	const isByPlace = inputs.length === items.length;
	const answers = items.map(({ id }, place) => {
		const atPlace = isByPlace && inputs[place].id === undefined ? inputs[place] : undefined;
		return byId.get(id) ?? atPlace;
	});
	const reason = inputs.find(({ processing }) => processing === 'failed');
	if (reason && answers.every((answer) => answer === undefined)) {
		throw refusal(reason, method, items[0].request.scope);
	}
	return answers;
}
