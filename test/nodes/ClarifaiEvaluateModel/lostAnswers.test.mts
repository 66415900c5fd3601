import type { FaultRule } from '../../tools/emulator/emulator.mts';
import { chain, type RunHandle } from '../../tools/engine/engine.mts';
import { retryOf } from '../../tools/engine/retryExecution.mts';
import { callsOf, type SetUp } from '../setup.mts';
import {
	addVersion,
	evaluatedVersions,
	EVALUATE,
	flowers,
	notPassed,
	onApril,
	onHeldOut,
	passed,
	setUpHeldOut,
	setUpRivals,
} from './evaluateSetup.mts';

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } as const;
const START = 'PostEvaluations';

const startsOf = ({ emulator }: SetUp) =>
	callsOf(emulator).filter((call) => call === `POST ${START}`);

/** Loses the answer to the start, and those to the looks for it, until the node gives up. */
function loseStart(platform: SetUp) {
	const { faults } = platform.emulator;
	faults.add({ kind: 'resetAfter', rpc: START, times: 1 });
	faults.add({
		kind: 'okWithFailureStatus',
		rpc: 'GetEvaluation',
		times: 5,
		when: () => startsOf(platform).length > 0,
	});
}

const ways: Array<[string, FaultRule]> = [
	['broke off after it was carried out', { kind: 'resetAfter' }],
	['broke off before it was carried out', { kind: 'resetBefore' }],
	['was cut off', { kind: 'truncatedJson', fullLength: true }],
	['was empty', { kind: 'emptyBody' }],
	['came from a gateway that gave up', { kind: 'http504', carriedOutAfterSeconds: 6 }],
	['came from a gateway, and it was lost', { kind: 'http504', html: true }],
	['was an error of the server', { kind: 'http500' }],
	['was throttled', { kind: 'throttle', retryAfter: 2 }],
	['asked to try again', { kind: 'okWithFailureStatus', code: 10030 }],
];

describe.each(ways)('an answer to the start that %s', (_how, fault) => {
	it('leaves one evaluation, which is put out', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		platform.emulator.faults.add({ ...fault, rpc: START, times: 1 });

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });

		expect(result.error).toBeUndefined();
		expect(passed(result)).toMatchObject([{ modelVersionId: version, passed: true }]);
		expect(evaluatedVersions(platform)).toEqual([version]);
		expect(platform.emulator.faults.total).toBe(1);
	});
});

describe('a start of which nothing can be told', () => {
	it('is said to be unknown, and not repeated', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		loseStart(platform);

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });

		expect(result.error?.description).toContain(
			`Clarifai gave no readable answer to the evaluation of version ${version} of model "flowers"`,
		);
		expect([...passed(result), ...notPassed(result)]).toEqual([]);
		expect(startsOf(platform)).toHaveLength(1);
	});

	it('is found by Retry On Fail, under its own ID', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		loseStart(platform);

		const result = await platform.run(EVALUATE, onApril(), {
			items: [flowers(version)],
			settings: RETRY,
		});

		expect(result.error).toBeUndefined();
		expect(passed(result)).toMatchObject([{ passed: true }]);
		expect(startsOf(platform)).toHaveLength(1);
	});

	it('is found by Retry On Fail on the dataset version that the first try made', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		loseStart(platform);

		const result = await platform.run(EVALUATE, onHeldOut(), {
			items: [flowers(version)],
			settings: RETRY,
		});

		expect(passed(result)).toMatchObject([{ passed: true }]);
		expect(platform.emulator.book.of('datasetVersion')).toHaveLength(1);
		expect(evaluatedVersions(platform)).toEqual([version]);
	});

	it('is found when somebody retries the failed execution', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		loseStart(platform);
		const { engine } = platform;
		const node = engine.node(EVALUATE, onHeldOut());
		const workflow = chain(node);
		const failed = await engine.run(workflow, { items: [{ json: flowers(version) }] });
		expect(failed.error).toBeDefined();

		const retried = await engine.run(workflow, retryOf(failed));

		expect(retried.error).toBeUndefined();
		expect(retried.outputs(node.name, 0)).toMatchObject([{ json: { passed: true } }]);
		expect(platform.emulator.book.of('datasetVersion')).toHaveLength(1);
		expect(evaluatedVersions(platform)).toEqual([version]);
	});
});

describe('Retry On Fail', () => {
	it('does not evaluate again what other items have been evaluated for', async () => {
		const platform = await setUpRivals();
		const { better, worse, live, run, emulator } = platform;
		emulator.faults.add({
			kind: 'okWithFailureStatus',
			rpc: START,
			skip: 2,
			times: 1,
		});

		const result = await run(EVALUATE, onHeldOut(), {
			items: [flowers(better), flowers(worse)],
			settings: RETRY,
		});

		expect(result.error).toBeUndefined();
		expect(passed(result)).toMatchObject([{ modelVersionId: better }]);
		expect(notPassed(result)).toMatchObject([{ modelVersionId: worse }]);
		expect(evaluatedVersions(platform).sort()).toEqual([better, worse, live].sort());
		expect(emulator.book.of('datasetVersion')).toHaveLength(1);
	});
});

describe('a stop while the evaluation is waited for', () => {
	it('ends the execution; what is known is put out, and passes nothing', async () => {
		let handle: RunHandle | undefined;
		let looks = 0;
		const platform = await setUpHeldOut(undefined, {
			evaluationSeconds: 7200,
			onRequest: ({ rpc }) => {
				if (rpc === 'GetEvaluation' && ++looks === 6) handle?.cancel();
			},
		});
		const version = addVersion(platform);
		const node = platform.engine.node(EVALUATE, onApril());

		handle = platform.engine.start(chain(node), { items: [{ json: flowers(version) }] });
		const result = await handle.done;

		expect(result.status).toBe('canceled');
		expect(result.outputs(node.name, 0)).toEqual([]);
		expect(result.outputs(node.name, 1)).toMatchObject([
			{ json: { passed: false, status: 'evaluating', reason: 'The evaluation is not done yet' } },
		]);
		expect(evaluatedVersions(platform)).toEqual([version]);
		expect(looks).toBeLessThan(9);
	});

	it('is taken up by the next run', async () => {
		let handle: RunHandle | undefined;
		const platform = await setUpHeldOut(undefined, {
			evaluationSeconds: 600,
			onRequest: ({ rpc }) => {
				if (rpc === START) handle?.cancel();
			},
		});
		const version = addVersion(platform);
		const node = platform.engine.node(EVALUATE, onApril());
		handle = platform.engine.start(chain(node), { items: [{ json: flowers(version) }] });
		await handle.done;

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });

		expect(passed(result)).toMatchObject([{ passed: true }]);
		expect(evaluatedVersions(platform)).toEqual([version]);
	});
});

describe('a stop while inputs are predicted', () => {
	it('leaves no figure of a part of the data', async () => {
		let handle: RunHandle | undefined;
		const platform = await setUpHeldOut(undefined, {
			onRequest: ({ rpc }) => {
				if (rpc === 'PostModelOutputs') handle?.cancel();
			},
		});
		const version = addVersion(platform);
		const node = platform.engine.node(EVALUATE, onApril({ evaluateWith: 'predictions' }));

		handle = platform.engine.start(chain(node), { items: [{ json: flowers(version) }] });
		const result = await handle.done;

		expect(result.status).toBe('canceled');
		expect(result.outputs(node.name, 0)).toEqual([]);
	});
});
