import { objectAt, objectsAt, textAt, type JsonObject } from '../clarifai/json';
import { StatusCode, statusCodeOf } from '../clarifai/statusCodes';
import type { Call, Path, SafeCall } from './call';
import type { ClarifaiClient } from './client';
import { ClarifaiFailure } from './failures';
import { fileBody, type PlaceFile } from './fileBody';
import { FIRST_MODEL_PAUSE_MS, LONGEST_MODEL_PAUSE_MS, MODEL_PAUSE_GROWTH } from './retries';
import { time, wait } from './time';

/** Clarifai's limits of inputs in a call (docs: compute/inference). */
export const MOST_FOR_MODEL = 128;
export const MOST_FOR_WORKFLOW = 32;

/** What answers predictions: a model's version, perhaps through a deployment, or a workflow. */
export interface PredictionTarget {
	path: Path;
	/** Where the answer lists what it says of each input. */
	key: 'outputs' | 'results';
	/** The body besides the inputs. */
	body: JsonObject;
}

/** One input of a prediction. */
export interface PredictionInput {
	/** Bytes of its file, 0 without one. */
	size: number;
	/** The `data` in Clarifai's own form; `place` puts a file into it. */
	data(place: PlaceFile): JsonObject;
}

export interface Patience {
	/** How long a model that is not ready yet is waited for. */
	waitMs: number;
	/** Told once a wait begins, with Clarifai's words. */
	onWait(words: string): void;
}

/** What Clarifai says of an input, or why it says nothing. */
export type Predicted = JsonObject | ClarifaiFailure;

/** The codes with which a model says that it is on its way (clarifai-python, `client/model.py`). */
const NOT_READY_YET: ReadonlySet<number> = new Set([
	StatusCode.MODEL_DEPLOYING,
	StatusCode.MODEL_BUSY_PLEASE_RETRY,
	StatusCode.MODEL_LOADING,
	StatusCode.RUNNER_NEEDS_RETRY,
]);

/** Whether an input has no answer because the model is still on its way. */
export function isNotReady(predicted: Predicted): boolean {
	return predicted instanceof ClarifaiFailure && NOT_READY_YET.has(predicted.facts.code ?? 0);
}

/**
 * Predicts inputs in one request, and waits out a model that is not ready yet. A batch that fails as a
 * whole is split until each input has its own answer: one bad input fails all of a container model's.
 */
export async function predict(
	client: ClarifaiClient,
	target: PredictionTarget,
	inputs: PredictionInput[],
	patience: Patience,
): Promise<Predicted[]> {
	const call = callOf(target, inputs);
	const answer = await whenReady(client, call, target, patience);
	const predicted = readAnswers(answer, call, target, inputs.length);
	if (inputs.length === 1 || !failedAsWhole(answer, predicted)) return predicted;
	const half = Math.ceil(inputs.length / 2);
	const halves = await Promise.all(
		[inputs.slice(0, half), inputs.slice(half)].map(
			async (part) => await predict(client, target, part, patience),
		),
	);
	return halves.flat();
}

function callOf({ path, key, body }: PredictionTarget, inputs: PredictionInput[]): SafeCall {
	const size = inputs.reduce((sum, input) => sum + input.size, 0);
	const compose = (place: PlaceFile) => ({
		...body,
		inputs: inputs.map((input) => ({ data: input.data(place) })),
	});
	return {
		method: 'POST',
		path,
		body: fileBody(compose, size),
		entries: key,
		// A prediction changes nothing.
		repeatable: true,
		waitsForModel: true,
	};
}

/** The answer, once the model is ready or the patience is at its end. */
async function whenReady(
	client: ClarifaiClient,
	call: SafeCall,
	target: PredictionTarget,
	{ waitMs, onWait }: Patience,
): Promise<Predicted> {
	const began = time.now();
	let pause = FIRST_MODEL_PAUSE_MS;
	let isTold = false;
	for (;;) {
		const answer = await client.attempt(call);
		const words = notReadyYet(answer, target);
		if (words === undefined) return answer;
		const remaining = began + waitMs - time.now();
		if (remaining <= 0) return waitedInVain(answer, call, target, waitMs);
		if (!isTold) onWait(words);
		isTold = true;
		if (!(await wait(Math.min(pause, remaining), client.signal))) return answer;
		pause = Math.min(pause * MODEL_PAUSE_GROWTH, LONGEST_MODEL_PAUSE_MS);
	}
}

/** In Clarifai's words, that the model is on its way; undefined for any other answer. */
function notReadyYet(answer: Predicted, { key }: PredictionTarget): string | undefined {
	if (answer instanceof ClarifaiFailure) return isNotReady(answer) ? answer.message : undefined;
	const statuses = objectsAt(answer, key).map((entry) => objectAt(entry, 'status'));
	const isAnyNotReady = statuses.some((status) =>
		NOT_READY_YET.has(statusCodeOf(status.code) ?? 0),
	);
	return isAnyNotReady
		? (textAt(statuses[0], 'description') ?? 'The model is not ready')
		: undefined;
}

function waitedInVain(
	answer: Predicted,
	call: Call,
	target: PredictionTarget,
	waitMs: number,
): ClarifaiFailure {
	const [failure] =
		answer instanceof ClarifaiFailure ? [answer] : readAnswers(answer, call, target, 1);
	const facts = failure instanceof ClarifaiFailure ? failure.facts : undefined;
	return new ClarifaiFailure({
		kind: 'refused',
		message: 'The model is not ready',
		call,
		...facts,
		details: `Waited ${waitMs < 60_000 ? `${Math.round(waitMs / 1000)} seconds` : `${Math.round(waitMs / 60_000)} minutes`} for the model`,
	});
}

/** One entry for each input: Clarifai answers in the order of the inputs. */
function readAnswers(
	answer: Predicted,
	call: Call,
	{ key }: PredictionTarget,
	count: number,
): Predicted[] {
	if (answer instanceof ClarifaiFailure) return Array<Predicted>(count).fill(answer);
	const entries = objectsAt(answer, key);
	const requestId = textAt(objectAt(answer, 'status'), 'req_id');
	return Array.from({ length: count }, (_none, index) => {
		const entry = entries.length === count ? entries[index] : undefined;
		if (!entry) {
			const message = `Clarifai gave ${entries.length} answers for ${count} inputs`;
			return new ClarifaiFailure({ kind: 'unclear', message, call, requestId });
		}
		const status = objectAt(entry, 'status');
		const code = statusCodeOf(status.code);
		if (code === undefined || code === StatusCode.SUCCESS) return entry;
		return new ClarifaiFailure({
			kind: 'refused',
			message: textAt(status, 'description') ?? `Status ${code}`,
			details: textAt(status, 'details'),
			code,
			requestId,
			call,
		});
	});
}

/** Whether no input has an answer, though some might have one by themselves. */
function failedAsWhole(answer: Predicted, predicted: Predicted[]): boolean {
	if (answer instanceof ClarifaiFailure) return answer.isAboutInputs();
	return predicted.every((each) => each instanceof ClarifaiFailure);
}
