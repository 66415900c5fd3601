import type { Call } from '../../../../nodes/shared/api/call.ts';
import type { ClarifaiClient } from '../../../../nodes/shared/api/client.ts';
import {
	ClarifaiFailure,
	type FailureFacts,
	type FailureKind,
} from '../../../../nodes/shared/api/failures.ts';
import { waitForJob, type Job, type WaitOptions } from '../../../../nodes/shared/api/jobs.ts';
import { time } from '../../../../nodes/shared/api/time.ts';
import { VirtualTime } from '../../../tools/engine/virtualTime.mts';

const MINUTE = 60_000;

const CALL: Call = { method: 'GET', path: ['job'] };

let virtual: VirtualTime;
let began: number;

beforeEach(() => {
	virtual = new VirtualTime();
	Object.assign(time, { now: virtual.now, date: virtual.date, sleep: virtual.sleep });
	began = virtual.now();
});

afterEach(() => virtual.end());

const failure = (kind: FailureKind, facts: Partial<FailureFacts> = {}) =>
	new ClarifaiFailure({ kind, message: kind, call: CALL, ...facts });

const missing = () => failure('refused', { code: 21200, message: 'Model does not exist' });

/** What a look finds at some time after the start of the wait. */
type Course = (afterMs: number) => 'underWay' | 'ended' | Error;

/** A job with a course of its own; its state counts the looks that found something. */
function jobWith(course: Course) {
	const looks: number[] = [];
	const job: Job<{ count: number; ended: boolean }> = {
		what: () => 'the job',
		hasEnded: ({ ended }) => ended,
		async look(_client, { count }) {
			const afterMs = virtual.now() - began;
			looks.push(afterMs);
			const found = course(afterMs);
			if (found instanceof Error) throw found;
			return { count: count + 1, ended: found === 'ended' };
		},
		cancelCall: () => ({ method: 'DELETE', path: ['job'] }),
	};
	return { job, looks };
}

/** A run that can be stopped, and what is sent after its end. */
function runWith(answerToCancel: unknown = {}) {
	const end = new AbortController();
	const sent: Call[] = [];
	const client = {
		signal: end.signal,
		wasStopped: true,
		afterEnd: () => ({
			async attempt(call: Call) {
				sent.push(call);
				return answerToCancel;
			},
		}),
	};
	return { client: client as unknown as ClarifaiClient & typeof client, end, sent };
}

const OPTIONS: WaitOptions = { timeoutMs: 60 * MINUTE, pollIntervalMs: 10_000 };

const START = { count: 0, ended: false };

async function waitWith(course: Course, options: Partial<WaitOptions> = {}) {
	const { job, looks } = jobWith(course);
	const waited = await waitForJob(runWith().client, job, START, { ...OPTIONS, ...options });
	return { ...waited, looks, tookMs: virtual.now() - began };
}

const endsAfter =
	(ms: number): Course =>
	(afterMs) =>
		afterMs >= ms ? 'ended' : 'underWay';

describe('a wait', () => {
	it('looks at once, then ever more slowly up to the interval', async () => {
		const { end, looks } = await waitWith(endsAfter(40_000));

		expect(end).toBe('jobEnded');
		expect(looks).toEqual([0, 2000, 5000, 9500, 16_250, 26_250, 36_250, 46_250]);
	});

	it('begins with the interval where that is short', async () => {
		const { looks } = await waitWith(endsAfter(3000), { pollIntervalMs: 1000 });

		expect(looks).toEqual([0, 1000, 2000, 3000]);
	});

	it('tells of each state that it sees', async () => {
		const { job } = jobWith(endsAfter(5000));
		const seen: number[] = [];

		const { state } = await waitForJob(runWith().client, job, START, OPTIONS, ({ count }) =>
			seen.push(count),
		);

		expect(seen).toEqual([1, 2, 3]);
		expect(state).toEqual({ count: 3, ended: true });
	});

	it('ends at its deadline, with a last look', async () => {
		const { end, looks, state, tookMs } = await waitWith(() => 'underWay', { timeoutMs: 6000 });

		expect(end).toBe('timedOut');
		expect(looks).toEqual([0, 2000, 5000, 6000]);
		expect(state.count).toBe(4);
		expect(tookMs).toBe(6000);
	});

	it('of no time looks once', async () => {
		expect(await waitWith(() => 'underWay', { timeoutMs: 0 })).toMatchObject({
			end: 'timedOut',
			looks: [0],
		});
		began = virtual.now();
		expect(await waitWith(() => 'ended', { timeoutMs: 0 })).toMatchObject({ end: 'jobEnded' });
	});
});

describe('an outage', () => {
	it.each<FailureKind>(['unclear', 'unreachable', 'throttled', 'busy'])(
		'of 40 minutes (%s) does not end the wait',
		async (kind) => {
			const { end, tookMs } = await waitWith((afterMs) => {
				if (afterMs < 40 * MINUTE) return failure(kind);
				return endsAfter(45 * MINUTE)(afterMs);
			});

			expect(end).toBe('jobEnded');
			expect(tookMs).toBeGreaterThanOrEqual(45 * MINUTE);
		},
	);

	it('until the deadline gives the state of before, and the failure', async () => {
		const { end, state, lastFailure, tookMs } = await waitWith((afterMs) =>
			afterMs < MINUTE ? 'underWay' : failure('unclear'),
		);

		expect(end).toBe('timedOut');
		expect(state.count).toBeGreaterThan(5);
		expect(lastFailure?.kind).toBe('unclear');
		expect(tookMs).toBe(OPTIONS.timeoutMs);
	});

	it('that is over at the deadline leaves no failure', async () => {
		const { lastFailure } = await waitWith(
			(afterMs) => (afterMs < 5000 ? failure('unclear') : 'underWay'),
			{ timeoutMs: 9000 },
		);

		expect(lastFailure).toBeUndefined();
	});
});

describe('a job that is not found', () => {
	it('for two minutes is waited for', async () => {
		const { end } = await waitWith((afterMs) => (afterMs < 2 * MINUTE ? missing() : 'ended'));

		expect(end).toBe('jobEnded');
	});

	it('for longer is gone', async () => {
		const waiting = waitWith((afterMs) => (afterMs === 0 ? 'underWay' : missing()));

		await expect(waiting).rejects.toMatchObject({
			facts: {
				message: 'Clarifai does not tell how the job goes on: Model does not exist',
				details: undefined,
				code: 21200,
			},
		});
		expect(virtual.now() - began).toBeGreaterThan(2 * MINUTE);
		expect(virtual.now() - began).toBeLessThan(3 * MINUTE);
	});

	it('for once, before an outage, is waited for', async () => {
		const { end } = await waitWith((afterMs) => {
			if (afterMs === 0) return missing();
			return afterMs < 10 * MINUTE ? failure('unclear') : 'ended';
		});

		expect(end).toBe('jobEnded');
	});

	it('is waited for anew after it was seen', async () => {
		const { end } = await waitWith((afterMs) => {
			const minutes = Math.floor(afterMs / MINUTE);
			if (minutes >= 20) return 'ended';
			return minutes % 2 === 0 ? missing() : 'underWay';
		});

		expect(end).toBe('jobEnded');
	});
});

describe('a look that Clarifai refuses', () => {
	it('ends the wait, and says that the job goes on', async () => {
		const refusal = failure('refused', { code: 11007, message: 'no scope', details: 'ask.' });

		await expect(waitWith(() => refusal)).rejects.toMatchObject({
			facts: {
				message: 'Clarifai does not tell how the job goes on: no scope',
				details: 'ask. It goes on at Clarifai',
				code: 11007,
			},
		});
	});

	it('is not a mistake of ours, which is thrown as it is', async () => {
		const mistake = new TypeError('undefined is not a function');

		await expect(waitWith(() => mistake)).rejects.toBe(mistake);
	});
});

describe('the end of the run', () => {
	const PATIENT: WaitOptions = { ...OPTIONS, pollIntervalMs: 10 * MINUTE };

	async function stopped({
		cancelOnStop = true,
		wasStopped = true,
		answer = {} as unknown,
		course = (() => 'underWay') as Course,
	} = {}) {
		const { job, looks } = jobWith(course);
		const { client, end, sent } = runWith(answer);
		client.wasStopped = wasStopped;
		virtual.wakeAfter(MINUTE, () => end.abort());
		const waited = await waitForJob(client, job, START, { ...PATIENT, cancelOnStop });
		return { ...waited, looks, sent, tookMs: virtual.now() - began };
	}

	it('ends the wait at once, with the state so far and no further look', async () => {
		const { end, state, looks, sent, tookMs } = await stopped({ cancelOnStop: false });

		expect(end).toBe('runEnded');
		expect(state.count).toBe(looks.length);
		expect(tookMs).toBe(MINUTE);
		expect(sent).toEqual([]);
	});

	it('cancels the job where that is asked for, and may be repeated', async () => {
		const { end, sent } = await stopped();

		expect(end).toBe('cancelled');
		expect(sent).toEqual([{ method: 'DELETE', path: ['job'], repeatable: true }]);
	});

	it('counts a job that is gone as cancelled', async () => {
		expect((await stopped({ answer: missing() })).end).toBe('cancelled');
	});

	it('does not say that it cancelled what could not be cancelled', async () => {
		expect((await stopped({ answer: failure('unclear') })).end).toBe('runEnded');
	});

	it('by the failure of another item cancels nothing', async () => {
		const { end, sent } = await stopped({ wasStopped: false });

		expect(end).toBe('runEnded');
		expect(sent).toEqual([]);
	});

	it('within a look is no failure of the look', async () => {
		const { job } = jobWith(() => 'underWay');
		const { client, end } = runWith();
		const hanging: Job<typeof START> = {
			...job,
			async look() {
				end.abort();
				throw failure('cancelled');
			},
		};

		expect((await waitForJob(client, hanging, START, PATIENT)).end).toBe('runEnded');
	});
});
