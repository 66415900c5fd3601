import fc from 'fast-check';
import type { Untidiness } from '../../tools/emulator/emulator.mts';
import { anyUntidiness } from '../../tools/emulator/untidinessArbitrary.mts';
import { brokenPromises } from './brokenPromises.mts';
import { generatedRuns } from './generatedRuns.mts';
import { play } from './play.mts';
import type { Scenario } from './scenario.mts';
import type { StepName } from './steps/index.mts';

// A computer that has other things to do must not fail these runs.
jest.setTimeout(3_600_000);

/** What keeps a cancel, or the start before it, from being answered, or ends trainings by itself. */
const IN_THE_WAY: Array<keyof Untidiness> = [
	'gatewayTimeouts',
	'hanging',
	'throttled',
	'accepted',
	'missingAtFirstSeconds',
	'statuses',
	'startsWithoutVersion',
	'vanishing',
	'runs',
	// A page of one concept is taken for all there are, and the item refused.
	'pageCap',
];

/** Trainings of which none ends by itself, with the stop once all are started and waited for. */
const scenario = fc
	.record({
		train: fc.constantFrom<StepName>('trainVersion', 'trainPipeline'),
		count: fc.integer({ min: 1, max: 20 }),
		requestsPerSecond: fc.constantFrom(0, 5, 15),
		untidiness: anyUntidiness(IN_THE_WAY),
		seed: fc.integer({ min: 1, max: 1000 }),
		seconds: fc.integer({ min: 120, max: 300 }),
	})
	.map(
		({ train, count, requestsPerSecond, untidiness, seed, seconds }): Scenario => ({
			steps: [train],
			items: Array.from({ length: count }, (_none, index) => ({
				model: `model-${index}`,
				epochs: 1,
				workflow: '',
				deployment: '',
				text: '',
			})),
			choices: {
				ifExists: 'fail',
				wait: true,
				timeoutMinutes: 60,
				cancelOnStop: true,
				reindex: false,
				namesDatasetVersion: true,
				requestsPerSecond,
			},
			faults: [],
			untidiness,
			seed,
			trainingSeconds: 100_000,
			onError: 'stopWorkflow',
			retryOnFail: false,
			retries: 0,
			stop: { seconds },
		}),
	);

test('a stop cancels every training that is waited for, and says so', async () => {
	await fc.assert(
		fc.asyncProperty(scenario, async (each) => {
			const played = await play(each);

			expect(brokenPromises(played)).toEqual([]);
			const { book } = played.emulator;
			const ended = [...book.of('versionDeletion'), ...book.of('runChange')].map(({ id }) => id);
			const started = [...book.of('training'), ...book.of('run')].map(({ id }) => id);
			expect(ended.sort()).toEqual(started.sort());
			expect(started).toHaveLength(each.items.length);
			const [run] = played.runs;
			const shown = run!.outputs(played.nodeNames[0]!).map(({ json }) => json.cancelled);
			expect(shown).toEqual(each.items.map(() => true));
		}),
		generatedRuns(3),
	);
});
