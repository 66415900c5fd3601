import type { AppScope } from '../clarifai/identifiers';
import { readInput, type Input } from '../clarifai/inputs';
import { numberAt, objectAt, objectsAt, type JsonObject } from '../clarifai/json';
import { inApp, type Call } from './call';
import { isWhole, type ClarifaiClient } from './client';
import type { Job } from './jobs';

/** Inputs in one call, at most (docs: create/inputs/upload). */
export const MOST_INPUTS = 128;

/** Pages of a server that shows few entries on each are fetched up to this one. */
const LAST_PAGE = MOST_INPUTS;

/** The inputs with these IDs that the app's list shows, by their IDs. */
export async function findInputs(
	client: ClarifaiClient,
	scope: AppScope,
	ids: readonly string[],
	traits: Pick<Call, 'maxTries'> = {},
): Promise<Map<string, Input>> {
	const wanted = new Set(ids);
	const found = new Map<string, Input>();
	for (let page = 1; page <= LAST_PAGE; page++) {
		const query = { ids, page, per_page: MOST_INPUTS };
		const shown = await client.page(inApp(scope, 'inputs'), 'inputs', query, traits);
		const before = found.size;
		for (const input of shown.map(readInput)) {
			if (input.id !== undefined && wanted.has(input.id)) found.set(input.id, input);
		}
		const isAll = found.size === wanted.size || isWhole(shown.length, page);
		if (isAll || found.size === before) break;
	}
	return found;
}

/** The same for inputs that the app has for certain: lists may show them late, they themselves do not. */
export async function readInputs(
	client: ClarifaiClient,
	scope: AppScope,
	ids: readonly string[],
	traits: Pick<Call, 'maxTries'> = {},
): Promise<Map<string, Input>> {
	const found = await findInputs(client, scope, ids, traits);
	for (const id of ids) {
		if (found.has(id)) continue;
		const answer = await client.getIfAny(inApp(scope, 'inputs', id), undefined, traits);
		if (answer) found.set(id, readInput(objectAt(answer, 'input')));
	}
	return found;
}

/** Inputs that were added together and are being read. Plain data. */
export interface InputsProcessing {
	scope: AppScope;
	/** The job under which they were added; absent for inputs that were there. */
	jobId?: string;
	ids: string[];
	/** What was seen last; absent before the first look. */
	inputs?: Record<
		string,
		Pick<Input, 'processing' | 'statusCode' | 'statusDescription' | 'statusDetails'>
	>;
}

/**
 * The processing of inputs: their job says when it is over, at the price of one small answer a look, and
 * then each input how it went.
 */
export const inputsProcessingJob: Job<InputsProcessing> = {
	what: ({ ids }) => `the processing of ${ids.length} inputs`,
	hasEnded: ({ ids, inputs = {} }) =>
		ids.every((id) => (inputs[id]?.processing ?? 'pending') !== 'pending'),
	async look(client, state, traits) {
		const { scope, jobId, ids } = state;
		if (jobId !== undefined && !(await isOver(client, scope, jobId, traits))) return state;
		const found = await readInputs(client, scope, ids, traits);
		return { ...state, inputs: Object.fromEntries(found) };
	},
};

async function isOver(
	client: ClarifaiClient,
	scope: AppScope,
	jobId: string,
	traits: Pick<Call, 'maxTries'>,
): Promise<boolean> {
	const answer = await client.get(inApp(scope, 'inputs', 'jobs', 'add', jobId), undefined, traits);
	const progress = objectAt(objectAt(answer, 'inputs_add_job'), 'progress');
	const open =
		(numberAt(progress, 'pending_count') ?? 0) + (numberAt(progress, 'in_progress_count') ?? 0);
	return open === 0;
}

/** Each input of an answer, in the order of the request. */
export function inputsOf(answer: JsonObject): Input[] {
	return objectsAt(answer, 'inputs').map(readInput);
}
