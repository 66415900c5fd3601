import type { JsonObject } from './json';
import { InputProblem } from './problems';

/** `Visibility.Gettable` of Clarifai's resources.proto. */
const GETTABLE = { private: 10, public: 50 } as const;

/** @throws InputProblem for anything but `private` and `public` */
export function visibilityOf(value: unknown): JsonObject {
	if (value !== 'private' && value !== 'public') {
		throw new InputProblem(
			`'Visibility' must be "private" or "public", not "${String(value)}"`,
			'Pick one of the two.',
		);
	}
	return { gettable: GETTABLE[value] };
}
