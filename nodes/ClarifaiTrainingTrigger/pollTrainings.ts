import {
	NodeApiError,
	type IDataObject,
	type INodeExecutionData,
	type IPollFunctions,
	type JsonObject as ErrorJson,
} from 'n8n-workflow';
import { ClarifaiClient } from '../shared/api/client';
import type { Access } from '../shared/api/credential';
import { modelTypeIdOf } from '../shared/api/models';
import { wait } from '../shared/api/time';
import type { Training } from '../shared/api/trainings';
import { compareTimes } from '../shared/clarifai/timestamps';
import type { TrainingMethodName } from '../shared/clarifai/trainingMethods';
import { hasEnded } from '../shared/clarifai/trainingState';
import { toNodeError } from '../shared/node/errors';
import { failureOutput, trainingOutput } from '../shared/node/trainingOutput';
import { limitsOf, scopeOf } from '../shared/parameters/commonProperties';
import { readCredential } from '../shared/parameters/credentialParameters';
import { ParameterReader } from '../shared/parameters/parameterReader';
import { inputProblemOf } from '../shared/parameters/problems';
import { endedSince, firstWatch, type Seen, type Watch } from './endedTrainings';
import { keyOf, TrainingsLook, type Subject } from './lookAtTrainings';
import { trainingTriggerProperties } from './properties';

type Event = 'finished' | 'trained' | 'failed';

interface Watched extends Subject {
	event: Event;
	simplify: boolean;
}

/** What the trigger remembers in n8n's static data. */
interface Memory {
	/** What is watched; when the user changes it, the trigger starts afresh. */
	subject?: string;
	watch?: Watch;
}

/**
 * The activations that have polled. n8n calls every poll of an activation with the same context, so
 * the first poll of a new activation can be told from the next ones.
 */
const activated = new WeakSet<IPollFunctions>();

/** The triggers that are polling: n8n starts the next poll also while one is under way. */
const polling = new Set<string>();

/** How long a poll may take where n8n does not say it. */
const POLL_BUDGET_MS = 5 * 60_000;

/** Before n8n gives up on a poll it is to be over, with everything that it has sent. */
const MARGIN_MS = 5_000;

/** One poll: an item for each training that has ended since the last one; null for none. */
export async function pollTrainings(
	context: IPollFunctions,
): Promise<INodeExecutionData[][] | null> {
	const trigger = `${context.getWorkflow().id}/${context.getNode().id}`;
	const isManual = context.getMode() === 'manual';
	if (!isManual && polling.has(trigger)) return null;
	const over = new AbortController();
	if (!isManual) polling.add(trigger);
	let failure: unknown;
	try {
		void endAfter(budgetOf(context), over);
		return await poll(context, over.signal);
	} catch (error) {
		failure = error;
	} finally {
		over.abort();
		if (!isManual) polling.delete(trigger);
	}
	throw toNodeError(context.getNode(), failure);
}

function budgetOf(context: IPollFunctions): number {
	const { getPollBudgetMs } = context as { getPollBudgetMs?: () => number };
	return Math.max(MARGIN_MS, (getPollBudgetMs?.call(context) ?? POLL_BUDGET_MS) - MARGIN_MS);
}

async function endAfter(ms: number, over: AbortController): Promise<void> {
	if (await wait(ms, over.signal)) over.abort();
}

async function poll(
	context: IPollFunctions,
	signal: AbortSignal,
): Promise<INodeExecutionData[][] | null> {
	const access = await readCredential(context);
	const parameters = new ParameterReader(sourceOf(context), trainingTriggerProperties);
	const watched = readWatched(parameters, access);
	const limits = limitsOf(parameters);
	if (parameters.problems.length > 0) throw inputProblemOf(parameters.problems);
	const client = ClarifaiClient.of(context, access, limits, signal);
	const look = new TrainingsLook(client, watched, context.logger);

	if (context.getMode() === 'manual') {
		const latest = await sample(context, watched, await look.all([]), look);
		return [[{ json: await outputOf(latest, watched, client) }]];
	}
	const before = remembered(context, watched);
	const trainings = await completed(await look.all(before?.pending ?? []), before, look);
	const { ended, watch } = before
		? endedSince(before, trainings.map(toSeen), look.notFound)
		: { ended: [], watch: firstWatch(trainings.map(toSeen)) };
	const wanted = trainings.filter(
		(training) => ended.includes(keyOf(training)) && isWanted(watched.event, training),
	);
	const items = await Promise.all(
		wanted.map(async (training) => ({ json: await outputOf(training, watched, client) })),
	);
	// Last of all: a poll that fails before has seen nothing.
	activated.add(context);
	const memory: Memory = { subject: subjectOf(watched), watch };
	Object.assign(context.getWorkflowStaticData('node'), memory);
	return items.length === 0 ? null : [items];
}

function sourceOf(context: IPollFunctions) {
	const nothing = null as unknown as object;
	return {
		raw: (path: string) =>
			context.getNodeParameter(path, nothing, { rawExpressions: true }) ?? undefined,
		resolved: (path: string) => context.getNodeParameter(path, nothing) as unknown,
		fieldsInWords: () => '',
	};
}

function readWatched(parameters: ParameterReader, { home }: Access): Watched {
	const model = parameters.optionallyLocated('model', 'models');
	const method = parameters.choice<TrainingMethodName | 'all'>('trainingMethod');
	return {
		scope: model?.scope ?? scopeOf(parameters, home),
		modelId: model?.id,
		methods: method === 'all' ? ['deepFineTuning', 'pipelineTemplate'] : [method],
		event: parameters.choice('event'),
		simplify: parameters.boolean('simplify'),
	};
}

const subjectOf = ({ methods, scope, modelId }: Watched): string =>
	[methods.join('+'), scope.userId, scope.appId, modelId ?? '*'].join('/');

/**
 * What the last poll left to remember; nothing for the first poll of an activation, because what ended
 * before it is not news. A restart of n8n goes on from what was remembered.
 */
function remembered(context: IPollFunctions, watched: Watched): Watch | undefined {
	const { subject, watch } = context.getWorkflowStaticData('node') as Memory;
	const isNewActivation = context.getActivationMode() === 'activate' && !activated.has(context);
	return isNewActivation || subject !== subjectOf(watched) ? undefined : watch;
}

/** The trainings with how they really stand, where a list does not tell and it matters. */
async function completed(
	trainings: Training[],
	before: Watch | undefined,
	look: TrainingsLook,
): Promise<Training[]> {
	return await Promise.all(
		trainings.map(async (training) => {
			const key = keyOf(training);
			const isKnown = before !== undefined && Object.hasOwn(before.seen, key);
			const matters = before !== undefined && (!isKnown || before.pending.includes(key));
			return matters ? await look.complete(training) : training;
		}),
	);
}

/** A version that has been trained once and is being deployed again has ended long ago. */
function toSeen(training: Training): Seen {
	const { createdAt = '', state, run, completedAt } = training;
	const wasTrained = run === undefined && completedAt !== undefined;
	return { id: keyOf(training), createdAt, ended: wasTrained || hasEnded(state) };
}

function isWanted(event: Event, { state: { status } }: Training): boolean {
	return event === 'finished' ? status === 'trained' || status === 'failed' : event === status;
}

async function outputOf(
	training: Training,
	{ simplify }: Watched,
	client: ClarifaiClient,
): Promise<IDataObject> {
	if (!simplify) return training.raw as IDataObject;
	const { scope, modelId } = training;
	const modelTypeId = training.modelTypeId ?? (await modelTypeIdOf(client, scope, modelId));
	return {
		...trainingOutput({ ...training, modelTypeId }),
		...failureOutput(training),
	};
}

/** For a test run in the editor: the latest training that would have been put out. */
async function sample(
	context: IPollFunctions,
	{ event }: Watched,
	trainings: Training[],
	look: TrainingsLook,
): Promise<Training> {
	const latestFirst = trainings
		.filter((training) => isWanted(event, training))
		.sort((a, b) => compareTimes(b.createdAt ?? '', a.createdAt ?? ''));
	for (const training of latestFirst) {
		const complete = await look.complete(training);
		if (isWanted(event, complete)) return complete;
	}
	const message = 'No training has ended yet that this trigger would start on';
	throw new NodeApiError(context.getNode(), { message } as ErrorJson, {
		message,
		description: 'Train a model first, or choose another event or model, then test again.',
	});
}
