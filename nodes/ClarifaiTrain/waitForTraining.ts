import type { ClarifaiClient } from '../shared/api/client';
import { ClarifaiFailure } from '../shared/api/failures';
import { cancelCall, refreshed, type Training } from '../shared/api/trainings';
import { time, wait } from '../shared/api/time';
import { hasEnded } from '../shared/clarifai/trainingState';

const FIRST_INTERVAL_MS = 2_000;
const INTERVAL_GROWTH = 1.5;

/** Polls in a row that may fail before the wait gives up. */
const TOLERATED_FAILURES = 3;

export interface WaitOptions {
	timeoutMs: number;
	/** The interval that polling grows to. */
	pollIntervalMs: number;
	/** End the training at Clarifai when the execution is stopped. */
	cancelOnStop: boolean;
}

/** How a wait ended: with the training's end, with its own deadline, or with a stop. */
export interface WaitResult {
	training: Training;
	ended: 'completed' | 'timedOut' | 'stopped' | 'cancelled';
}

/**
 * Polls a training until it ends, by a wall-clock deadline: first at once, then after 2 seconds,
 * then ever more slowly up to the chosen interval.
 * @param isOver whether the node has ended, so that nobody waits any more
 * @throws ClarifaiFailure when Clarifai refuses a poll, or several polls in a row fail
 */
export async function waitForTraining(
	client: ClarifaiClient,
	started: Training,
	options: WaitOptions,
	isOver: () => boolean,
	onProgress: (training: Training) => void,
): Promise<WaitResult> {
	const deadline = time.now() + options.timeoutMs;
	let training = started;
	let interval = Math.min(FIRST_INTERVAL_MS, options.pollIntervalMs);
	let failures = 0;
	for (;;) {
		const polled = await refreshed(client, training, { maxTries: 1 }).catch(
			(error: unknown) => error,
		);
		if (polled instanceof Error) {
			if (client.signal?.aborted) return await stopped(client, training, options);
			const transient = polled instanceof ClarifaiFailure && polled.kind !== 'refused';
			// Being throttled says that many items wait, not that something is wrong.
			const counts = !transient || polled.kind !== 'throttled';
			if (counts) failures++;
			if (!transient || failures > TOLERATED_FAILURES) throw namingTraining(polled, training);
		} else {
			failures = 0;
			training = polled as Training;
			onProgress(training);
			if (hasEnded(training.state)) return { training, ended: 'completed' };
		}
		const remaining = deadline - time.now();
		if (remaining <= 0) return { training, ended: 'timedOut' };
		if (!(await wait(Math.min(interval, remaining), client.signal))) {
			return await stopped(client, training, options);
		}
		if (isOver()) return { training, ended: 'timedOut' };
		interval = Math.min(interval * INTERVAL_GROWTH, options.pollIntervalMs);
	}
}

async function stopped(
	client: ClarifaiClient,
	training: Training,
	{ cancelOnStop }: WaitOptions,
): Promise<WaitResult> {
	const cancelled = cancelOnStop && (await client.sendAfterStop(cancelCall(training)));
	return { training, ended: cancelled ? 'cancelled' : 'stopped' };
}

/** What was started and paid for must not be lost with the look at it that failed. */
function namingTraining(error: Error, { modelId, versionId, run }: Training): Error {
	if (!(error instanceof ClarifaiFailure)) return error;
	const what = run ? `pipeline run ${run.runId}` : `version ${versionId}`;
	const goesOn = error.isMissing()
		? undefined
		: "The training goes on at Clarifai; 'Clarifai Training Status' can look it up";
	return new ClarifaiFailure({
		...error.facts,
		message: `The training of model "${modelId}" (${what}) could not be followed: ${error.message}`,
		details: [error.facts.details?.replace(/\.$/, ''), goesOn].filter(Boolean).join('. '),
	});
}
