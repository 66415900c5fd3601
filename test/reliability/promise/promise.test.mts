import fc from 'fast-check';
import { brokenPromises } from './brokenPromises.mts';
import { generatedRuns } from './generatedRuns.mts';
import { play } from './play.mts';
import { anyScenario } from './scenario.mts';

jest.setTimeout(600_000);

test('whatever goes wrong, nothing is done twice, and the report is true', async () => {
	await fc.assert(
		fc.asyncProperty(anyScenario, async (scenario) => {
			const played = await play(scenario);

			expect(brokenPromises(played)).toEqual([]);
		}),
		generatedRuns(40),
	);
});
