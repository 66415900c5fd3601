import type { Parameters } from 'fast-check';

/**
 * How many runs a property generates: few in `npm test`, and in the complete check so many times more as
 * CLARIFAI_TEST_RUNS says. A failure prints its seed and path; CLARIFAI_TEST_SEED and CLARIFAI_TEST_PATH
 * play it again.
 */
export function generatedRuns(few: number): Parameters<unknown[]> {
	const {
		CLARIFAI_TEST_RUNS: times,
		CLARIFAI_TEST_SEED: seed,
		CLARIFAI_TEST_PATH: path,
	} = process.env;
	return {
		numRuns: few * Number(times ?? 1),
		...(seed === undefined ? {} : { seed: Number(seed) }),
		...(path === undefined ? {} : { path, endOnFailure: true }),
	};
}
