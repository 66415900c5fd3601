import type { Parameters } from 'fast-check';

const { CLARIFAI_TEST_RUNS, CLARIFAI_TEST_SEED, CLARIFAI_TEST_PATH } = process.env;

/** In the complete check: so many times more generated runs than in `npm test`. */
const TIMES = Number(CLARIFAI_TEST_RUNS ?? 1);

/**
 * The same runs each time, so that a change is judged by what it changed; CLARIFAI_TEST_SEED=random (or
 * another number) goes looking for what these do not show.
 */
const SEED = 20_260_105;

/** For the name of a test. */
export const seedOfRuns = `seed ${CLARIFAI_TEST_SEED ?? SEED}`;

/**
 * How many runs a property generates, and from which seed. A failure prints its seed and path;
 * CLARIFAI_TEST_SEED and CLARIFAI_TEST_PATH play it again.
 */
export function generatedRuns(few: number): Parameters<unknown> {
	return {
		numRuns: few * TIMES,
		...(CLARIFAI_TEST_SEED === 'random' ? {} : { seed: Number(CLARIFAI_TEST_SEED ?? SEED) }),
		...(CLARIFAI_TEST_PATH === undefined ? {} : { path: CLARIFAI_TEST_PATH, endOnFailure: true }),
	};
}

/** For a run with very many items, which takes minutes: fewer of them in `npm test`. */
export const itemsOfLargeRun = TIMES > 1 ? 1_000 : 40;
