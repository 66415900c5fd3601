import type { Call } from './call';
import type { ClarifaiClient } from './client';
import { ClarifaiFailure } from './failures';
import { FIRST_INTERVAL_MS, INTERVAL_GROWTH, MISSING_TOLERATED_MS } from './retries';
import { time, wait } from './time';

/**
 * A kind of work that goes on at Clarifai and is waited for: a training, a pipeline run, a dataset
 * version, an evaluation, inputs that are processed, a deployment. What is known of one is plain data,
 * so that it can be kept between two tries of a run.
 */
export interface Job<State> {
	/** For messages, such as `the training of model "cars" (version 1234)`. */
	what(state: State): string;
	/** Whether nothing more will happen, well or badly. */
	hasEnded(state: State): boolean;
	/** Asks Clarifai again. */
	look(client: ClarifaiClient, state: State, traits: Pick<Call, 'maxTries'>): Promise<State>;
	/** The call that ends it at Clarifai, where that can be done. */
	cancelCall?(state: State): Call | undefined;
}

export interface WaitOptions {
	timeoutMs: number;
	/** The interval that polling grows to. */
	pollIntervalMs: number;
	/** End the job at Clarifai when the execution is stopped. */
	cancelOnStop?: boolean;
}

/** How a wait ended: with the job's end, with its own deadline, with the run, or by cancelling the job. */
export type WaitEnd = 'jobEnded' | 'timedOut' | 'runEnded' | 'cancelled';

export interface Waited<State> {
	state: State;
	end: WaitEnd;
	/** The look at the deadline failed, too: the state is of an earlier time. */
	lastFailure?: ClarifaiFailure;
}

/**
 * Looks at a job until it ends, by a wall-clock deadline: first at once, then after 2 seconds, then ever
 * more slowly up to the chosen interval. Looks that get no readable answer do not end the wait: outages
 * pass. Nor does a job that cannot be found for a while.
 * @throws ClarifaiFailure when Clarifai refuses the look
 */
export async function waitForJob<State>(
	client: ClarifaiClient,
	job: Job<State>,
	started: State,
	options: WaitOptions,
	onLook: (state: State) => void = () => undefined,
): Promise<Waited<State>> {
	const deadline = time.now() + options.timeoutMs;
	let state = started;
	let interval = Math.min(FIRST_INTERVAL_MS, options.pollIntervalMs);
	let missingSince: number | undefined;
	for (;;) {
		const looked = await job.look(client, state, { maxTries: 1 }).catch((error: unknown) => error);
		let lastFailure: ClarifaiFailure | undefined;
		if (looked instanceof ClarifaiFailure) {
			if (client.signal?.aborted) return await runEnded(client, job, state, options);
			lastFailure = looked;
			const isMissing = looked.isMissing();
			if (isMissing) missingSince ??= time.now();
			const isLost = isMissing && time.now() - (missingSince ?? 0) > MISSING_TOLERATED_MS;
			if (isLost || (looked.kind === 'refused' && !isMissing)) {
				throw couldNotFollow(looked, job.what(state));
			}
		} else if (looked instanceof Error) {
			throw looked;
		} else {
			missingSince = undefined;
			state = looked as State;
			onLook(state);
			if (job.hasEnded(state)) return { state, end: 'jobEnded' };
		}
		const remaining = deadline - time.now();
		if (remaining <= 0) return { state, end: 'timedOut', lastFailure };
		if (!(await wait(Math.min(interval, remaining), client.signal))) {
			return await runEnded(client, job, state, options);
		}
		interval = Math.min(interval * INTERVAL_GROWTH, options.pollIntervalMs);
	}
}

async function runEnded<State>(
	client: ClarifaiClient,
	job: Job<State>,
	state: State,
	{ cancelOnStop }: WaitOptions,
): Promise<Waited<State>> {
	// It may have ended when it was started; a cancel would delete what it has made.
	if (job.hasEnded(state)) return { state, end: 'jobEnded' };
	const call = cancelOnStop && client.wasStopped ? job.cancelCall?.(state) : undefined;
	if (!call) return { state, end: 'runEnded' };
	const result = await client.afterEnd().attempt({ ...call, repeatable: true });
	// What is gone already need not be cancelled.
	const isOver = !(result instanceof ClarifaiFailure) || result.isMissing();
	return { state, end: isOver ? 'cancelled' : 'runEnded' };
}

/** What was started and paid for must not be lost with the look at it that failed. */
function couldNotFollow(failure: ClarifaiFailure, what: string): ClarifaiFailure {
	const details = failure.facts.details?.replace(/\.$/, '');
	const goesOn = failure.isMissing() ? undefined : 'It goes on at Clarifai';
	return new ClarifaiFailure({
		...failure.facts,
		message: `Clarifai does not tell how ${what} goes on: ${failure.message}`,
		details: [details, goesOn].filter(Boolean).join('. ') || undefined,
	});
}
