import { brokenPromises } from './brokenPromises.mts';
import { itemsOfLargeRun } from './generatedRuns.mts';
import { play } from './play.mts';
import { reportsOf } from './reports.mts';
import type { Scenario } from './scenario.mts';
import { PASSING } from '../plans.mts';
import { report } from '../report.mts';

jest.setTimeout(1_200_000);

const TIDY: Scenario = {
	steps: ['createModel', 'trainVersion'],
	items: Array.from({ length: itemsOfLargeRun }, (_none, index) => ({
		model: `model-${index}`,
		epochs: 2,
		workflow: '',
		deployment: '',
		text: '',
	})),
	choices: {
		ifExists: 'reuse',
		wait: false,
		timeoutMinutes: 10,
		cancelOnStop: false,
		reindex: false,
		namesDatasetVersion: true,
		requestsPerSecond: 0,
	},
	faults: [],
	untidiness: {},
	seed: 1,
	trainingSeconds: 100,
	onError: 'continueRegularOutput',
	retryOnFail: false,
	retries: 0,
};

const UNTIDY: Scenario = {
	...TIDY,
	faults: PASSING.map((rule) => ({ ...rule, rate: 0.1 / PASSING.length })),
	untidiness: {
		dateAheadSeconds: -200,
		createdAt: 'wholeSeconds',
		listsLagSeconds: 20,
		listsOmit: ['concepts', 'trainInfo'],
		pageCap: 128,
		defaultsShown: true,
		startsWithoutVersion: 0.1,
		accepted: 0.2,
		gatewayTimeouts: { share: 0.03, lost: 0.5 },
	},
};

test.each([
	['on a tidy platform', TIDY],
	['with a tenth of all calls faulted on an untidy platform', UNTIDY],
])(`${itemsOfLargeRun} items %s: none lost, none twice, none untrue`, async (title, scenario) => {
	const played = await play(scenario);

	expect(brokenPromises(played)).toEqual([]);
	const { items } = reportsOf(played, 1)[0]!;
	expect(items.filter(({ outputs, error }) => outputs.length === 0 && !error)).toEqual([]);
	expect(items).toHaveLength(itemsOfLargeRun);
	const { emulator, requests, seconds } = played;
	const trainings = emulator.book.of('training').length;
	report(`${itemsOfLargeRun} items ${title}`, emulator, { requests, seconds, trainings });
});
