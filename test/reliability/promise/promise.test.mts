import fc from 'fast-check';
import { brokenPromises } from './brokenPromises.mts';
import { generatedRuns, seedOfRuns } from './generatedRuns.mts';
import { play } from './play.mts';
import { anyFailedNode, anyScenario, anySecondRetry } from './scenario.mts';

// A computer that has other things to do must not fail these runs.
jest.setTimeout(3_600_000);

test(`whatever goes wrong, nothing is done twice, and the report is true (${seedOfRuns})`, async () => {
	await fc.assert(
		fc.asyncProperty(anyScenario, async (scenario) => {
			const played = await play(scenario);

			expect(brokenPromises(played)).toEqual([]);
		}),
		generatedRuns(40),
	);
});

test('once an item has failed the node, nothing more is started', async () => {
	await fc.assert(
		fc.asyncProperty(anyFailedNode, async (scenario) => {
			const played = await play(scenario);

			expect(brokenPromises(played)).toEqual([]);
			expect(played.runs[0]!.error).toBeDefined();
		}),
		generatedRuns(10),
	);
});

test('a second retry of the original does nothing that the first one has done', async () => {
	await fc.assert(
		fc.asyncProperty(anySecondRetry, async (scenario) => {
			const played = await play(scenario);

			expect(brokenPromises(played)).toEqual([]);
		}),
		generatedRuns(4),
	);
});
