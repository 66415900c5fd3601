import { unknownConcepts } from '../../../../nodes/shared/parameters/unknownConcepts.ts';

const KNOWN = new Set(['ferrari', 'outdoors']);

it('are none where the app has them all', () => {
	expect(unknownConcepts(['ferrari', 'outdoors'], KNOWN)).toBeUndefined();
	expect(unknownConcepts([], KNOWN)).toBeUndefined();
});

it('are named, with what they are like', () => {
	expect(unknownConcepts(['ferari', 'ferrari', 'xyz'], KNOWN)).toMatchObject({
		message: 'The app has no concept "ferari", "xyz"',
		hint: 'Did you mean "ferrari" for "ferari"?',
	});
});

it('show what there is where they are like nothing', () => {
	expect(unknownConcepts(['xyz'], KNOWN)?.hint).toBe(
		'Create the concepts in Clarifai first, or choose from: ferrari, outdoors.',
	);
});

it('are named up to 30, and compared up to 5, however many there are', () => {
	const known = new Set(Array.from({ length: 10_000 }, (_none, index) => `concept-${index}`));
	const unknown = Array.from({ length: 1_000 }, (_none, index) => `koncept-${index}`);

	const problem = unknownConcepts(unknown, known)!;

	expect(problem.message).toMatch(/"koncept-29" and 970 more$/);
	expect(problem.hint.match(/ for "/g)).toHaveLength(5);
	expect(unknownConcepts(['?'], known)?.hint).toMatch(/concept-29 and 9970 more\.$/);
});
