import {
	NodeApiError,
	type IDataObject,
	type INodeExecutionData,
	type IPollFunctions,
	type JsonObject as ErrorJson,
} from 'n8n-workflow';
import { ClarifaiClient } from '../shared/api/client';
import { modelTypeIdOf } from '../shared/api/resources';
import { refreshed, type Training } from '../shared/api/trainings';
import {
	compareTimes,
	endedSince,
	watchFor,
	watchOf,
	type Seen,
	type Watch,
	type Watches,
} from '../shared/clarifai/endedTrainings';
import { TRAINING_METHODS } from '../shared/clarifai/trainingMethods';
import { hasEnded } from '../shared/clarifai/trainingState';
import { checkBoolean, checkChoice } from '../shared/clarifai/values';
import { limitsOf, scopeOf } from '../shared/node/commonProperties';
import { toNodeError } from '../shared/node/errors';
import { checkLocator } from '../shared/node/locators';
import { failureOutput, progressOutput, trainingOutput } from '../shared/node/trainingOutput';
import { keyOf, lookAtTrainings, type Look, type Subject } from './lookAtTrainings';

const EVENTS = ['finished', 'trained', 'failed'] as const;

type Event = (typeof EVENTS)[number];

interface Watched extends Subject {
	event: Event;
	simplify: boolean;
}

/** What the trigger remembers in n8n's static data: one watch per model, or one for all runs. */
interface Memory {
	/** What is watched; when the user changes it, the trigger starts afresh. */
	subject?: string;
	watches?: Watches;
}

/**
 * The activations that have polled. n8n calls every poll of an activation with the same context, so
 * the first poll of a new activation can be told from the next ones.
 */
const activated = new WeakSet<IPollFunctions>();

/** One poll: an item for each training that has ended since the last one; null for none. */
export async function pollTrainings(
	context: IPollFunctions,
): Promise<INodeExecutionData[][] | null> {
	let failure: unknown;
	try {
		return await poll(context);
	} catch (error) {
		failure = error;
	}
	throw toNodeError(context.getNode(), failure);
}

async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const client = await ClarifaiClient.connect(context, limitsOf(options));
	const watched = readWatched(context, options, client);
	const before = remembered(context, watched);
	const looks = await lookAtTrainings(client, watched, before);

	if (context.getMode() === 'manual') {
		const latest = await completed(client, sample(context, watched, looks));
		return [[{ json: outputOf(latest, watched) }]];
	}
	const { ended, watches } = compare(before, looks);
	const wanted = ended.filter(({ state }) => isWanted(watched.event, state.status));
	const complete = await Promise.all(
		wanted.map(async (training) => await completed(client, training)),
	);
	// Last of all: a poll that fails before has seen nothing.
	activated.add(context);
	const memory: Memory = { subject: subjectOf(watched), watches };
	Object.assign(context.getWorkflowStaticData('node'), memory);
	if (complete.length === 0) return null;
	return [complete.map((training) => ({ json: outputOf(training, watched) }))];
}

function readWatched(
	context: IPollFunctions,
	options: IDataObject,
	{ home }: ClarifaiClient,
): Watched {
	const model = checkLocator(context.getNodeParameter('model', ''), 'Model', 'models');
	const [method] = TRAINING_METHODS;
	return {
		scope: model?.scope ?? scopeOf(options, home),
		modelId: model?.id,
		method: checkChoice(
			context.getNodeParameter('trainingMethod', method),
			'Training Method',
			TRAINING_METHODS,
		),
		event: checkChoice(context.getNodeParameter('event', 'finished'), 'Trigger On', EVENTS),
		simplify: checkBoolean(context.getNodeParameter('simplify', true), 'Simplify', true),
	};
}

const subjectOf = ({ method, scope, modelId }: Watched): string =>
	[method, scope.userId, scope.appId, modelId ?? '*'].join('/');

/**
 * What the last poll left to remember; nothing for the first poll of an activation, because what ended
 * before it is not news. A restart of n8n goes on from what was remembered.
 */
function remembered(context: IPollFunctions, watched: Watched): Watches | undefined {
	const { subject, watches } = context.getWorkflowStaticData('node') as Memory;
	const isNewActivation = context.getActivationMode() === 'activate' && !activated.has(context);
	return isNewActivation || subject !== subjectOf(watched) ? undefined : watches;
}

/** The trainings that have ended since the last look, and what to remember for the next one. */
function compare(
	before: Watches | undefined,
	looks: Look[],
): { ended: Training[]; watches: Watches } {
	// What is missing from the list for once is not new when it comes back.
	const watches = new Map<string, Watch>(Object.entries(before ?? {}));
	const ended = looks.flatMap(({ key, trainings }) => {
		const seen = trainings.map(toSeen);
		if (!before) {
			watches.set(key, watchOf(seen));
			return [];
		}
		const result = endedSince(watchFor(key, before), seen);
		watches.set(key, result.watch);
		return trainings.filter((training) => result.ended.includes(keyOf(training)));
	});
	return { ended, watches: Object.fromEntries(watches) };
}

function toSeen(training: Training): Seen {
	const { createdAt = '', state } = training;
	return { id: keyOf(training), createdAt, ended: hasEnded(state) };
}

function isWanted(event: Event, status: string): boolean {
	return event === 'finished' ? status === 'trained' || status === 'failed' : event === status;
}

/** The model's type and a run's version, which are looked up only for a training that is put out. */
async function completed(client: ClarifaiClient, training: Training): Promise<Training> {
	if (training.modelTypeId !== undefined) return training;
	const { scope, modelId, run, state } = training;
	const known = { ...training, modelTypeId: await modelTypeIdOf(client, scope, modelId) };
	return run && state.status === 'trained' ? await refreshed(client, known) : known;
}

function outputOf(training: Training, { simplify }: Watched): IDataObject {
	if (!simplify) return training.raw as IDataObject;
	return { ...trainingOutput(training), ...progressOutput(training), ...failureOutput(training) };
}

/** For a test run in the editor: the latest training that would have been put out. */
function sample(context: IPollFunctions, watched: Watched, looks: Look[]): Training {
	const [latest] = looks
		.flatMap(({ trainings }) => trainings)
		.filter(({ state }) => isWanted(watched.event, state.status))
		.sort((a, b) => compareTimes(b.createdAt ?? '', a.createdAt ?? ''));
	if (!latest) {
		const message = 'No training has ended yet that this trigger would start on';
		throw new NodeApiError(context.getNode(), { message } as ErrorJson, {
			message,
			description: 'Train a model first, or choose another event or model, then test again.',
		});
	}
	return latest;
}
