import {
	NodeApiError,
	type IDataObject,
	type INodeExecutionData,
	type IPollFunctions,
	type JsonObject as ErrorJson,
} from 'n8n-workflow';
import { ClarifaiClient, DEFAULT_LIMITS, inApp, MAX_PAGE_SIZE } from '../shared/api/client';
import { pipelineRuns } from '../shared/api/pipelines';
import { fetchModel, ifExists } from '../shared/api/resources';
import { refreshed, withRun, withVersion, type Training } from '../shared/api/trainings';
import {
	compareTimes,
	endedSince,
	watchOf,
	type Seen,
	type Watch,
} from '../shared/clarifai/endedTrainings';
import { checkId, checkOptionalId, type AppScope } from '../shared/clarifai/identifiers';
import { objectAt, objectsAt, textAt, type JsonObject } from '../shared/clarifai/json';
import { hasEnded } from '../shared/clarifai/trainingState';
import { toNodeError } from '../shared/node/errors';
import {
	checkBoolean,
	checkChoice,
	checkLocator,
	checkNumber,
	orDefault,
} from '../shared/node/itemParameters';
import { failureOutput, progressOutput, trainingOutput } from '../shared/node/trainingOutput';

const EVENTS = ['finished', 'trained', 'failed'] as const;

type Event = (typeof EVENTS)[number];

const METHODS = ['deepFineTuning', 'pipelineTemplate'] as const;

/** Pipelines whose runs are looked at in one poll, at one request each. */
const WATCHED_PIPELINES = 100;

interface Watched {
	scope: AppScope;
	/** Absent for every model of the app. */
	modelId?: string;
	method: (typeof METHODS)[number];
	event: Event;
	simplify: boolean;
}

/** What the trigger remembers in n8n's static data: one watch per model, or one for all runs. */
interface Memory {
	/** What is watched; when the user changes it, the trigger starts afresh. */
	subject?: string;
	watches?: Record<string, Watch>;
}

/** Trainings of one model, or all runs, as seen in one look. */
interface Look {
	key: string;
	trainings: Training[];
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
	const client = await ClarifaiClient.connect(context, {
		requestsPerSecond: checkNumber(
			orDefault(options.maxRequestsPerSecond, DEFAULT_LIMITS.requestsPerSecond),
			'Max Requests per Second',
			0,
		),
		timeoutMs:
			checkNumber(
				orDefault(options.requestTimeoutSeconds, DEFAULT_LIMITS.timeoutMs / 1000),
				'Request Timeout',
				1,
			) * 1000,
	});
	const watched = readWatched(context, options, client);
	const { watches } = context.getWorkflowStaticData('node') as Memory;
	const looks =
		watched.method === 'pipelineTemplate'
			? await lookAtRuns(client, watched)
			: await lookAtVersions(client, watched, watches);

	if (context.getMode() === 'manual') {
		const latest = await completed(client, sample(context, watched, looks));
		return [[{ json: outputOf(latest, watched) }]];
	}
	const { ended, memory } = compare(context, watched, looks);
	const wanted = ended.filter(({ state }) => isWanted(watched.event, state.status));
	const complete = await Promise.all(
		wanted.map(async (training) => await completed(client, training)),
	);
	// Last of all: a poll that fails before has seen nothing.
	activated.add(context);
	Object.assign(context.getWorkflowStaticData('node'), memory);
	if (complete.length === 0) return null;
	return [complete.map((training) => ({ json: outputOf(training, watched) }))];
}

function readWatched(
	context: IPollFunctions,
	options: IDataObject,
	client: ClarifaiClient,
): Watched {
	const model = checkLocator(context.getNodeParameter('model', ''), 'Model', 'models');
	return {
		scope: model?.scope ?? {
			userId: checkOptionalId(options.userId, 'User ID') ?? checkId(client.home.userId, 'User ID'),
			appId: checkOptionalId(options.appId, 'App ID') ?? checkId(client.home.appId, 'App ID'),
		},
		modelId: model?.id,
		method: checkChoice(
			context.getNodeParameter('trainingMethod', 'deepFineTuning'),
			'Training Method',
			METHODS,
		),
		event: checkChoice(context.getNodeParameter('event', 'finished'), 'Trigger On', EVENTS),
		simplify: checkBoolean(context.getNodeParameter('simplify', true), 'Simplify', true),
	};
}

/** The newest versions of a model: Clarifai lists them by the time of their creation, the latest first. */
const NEWEST = { page: 1, per_page: MAX_PAGE_SIZE };

/**
 * One list call for each model: its newest versions. A training that has fallen off that page while
 * it was under way is looked up by itself.
 */
async function lookAtVersions(
	client: ClarifaiClient,
	{ scope, modelId }: Watched,
	watches: Memory['watches'],
): Promise<Look[]> {
	const models: JsonObject[] =
		modelId === undefined ? await client.list(inApp(scope, 'models'), 'models') : [{ id: modelId }];
	return await Promise.all(
		models
			// Older platforms mix Clarifai's own models into an app's list.
			.filter((model) => (textAt(model, 'app_id') ?? scope.appId) === scope.appId)
			.map(async (model) => {
				const id = textAt(model, 'id') ?? '';
				const known = { scope, modelId: id, modelTypeId: textAt(model, 'model_type_id') };
				const path = inApp(scope, 'models', id, 'versions');
				const before = watchFor(id, watches);
				const versions = await client.page(path, 'model_versions', NEWEST);
				const listed = new Set(versions.map((version) => textAt(version, 'id')));
				const fallenOff = (before?.pending ?? []).filter((pending) => !listed.has(pending));
				const found = await Promise.all(
					fallenOff.map(async (pending) => await ifExists(client.get([...path, pending]))),
				);
				const all = [
					...versions,
					...found
						.filter((answer) => answer !== undefined)
						.map((answer) => objectAt(answer, 'model_version')),
				];
				return { key: id, trainings: all.map((version) => withVersion(known, version)) };
			}),
	);
}

/**
 * One list call for each of the newest pipelines. Each training that is started from a template makes
 * a pipeline of its own, so that an app gets ever more of them.
 */
async function lookAtRuns(client: ClarifaiClient, { scope, modelId }: Watched): Promise<Look[]> {
	const pipelines = await client.list(inApp(scope, 'pipelines'), 'pipelines');
	const newest = pipelines
		.sort((a, b) => (textAt(b, 'created_at') ?? '').localeCompare(textAt(a, 'created_at') ?? ''))
		.slice(0, WATCHED_PIPELINES);
	const trainings = await Promise.all(
		newest.map(async (pipeline) => {
			const pipelineId = textAt(pipeline, 'id') ?? '';
			const pipelineVersionId = textAt(objectAt(pipeline, 'pipeline_version'), 'id') ?? '';
			const runs = await pipelineRuns(client, scope, pipelineId, pipelineVersionId);
			return runs.map((run) =>
				withRun(
					{
						scope,
						modelId: modelOfRun(run) ?? '',
						run: { pipelineId, pipelineVersionId, runId: textAt(run, 'id') ?? '' },
					},
					run,
				),
			);
		}),
	);
	const ofModel = trainings
		.flat()
		.filter((training) => modelId === undefined || training.modelId === modelId);
	return [{ key: 'runs', trainings: ofModel.filter((training) => training.modelId !== '') }];
}

/** The model that a run trains: its `model_id` argument. */
function modelOfRun(run: JsonObject): string | undefined {
	const override = objectAt(objectAt(run, 'input_args_override'), 'argo_args_override');
	return textAt(
		objectsAt(override, 'parameters').find(({ name }) => name === 'model_id'),
		'value',
	);
}

/** Keys are IDs of Clarifai's, so those that every object knows, such as "constructor", may occur. */
function watchFor(key: string, watches: Memory['watches']): Watch | undefined {
	return watches && Object.hasOwn(watches, key) ? watches[key] : undefined;
}

/**
 * The trainings that have ended since the last poll, and what to remember for the next one. Nothing
 * of an activation's first look counts: what ended before is not news. A restart of n8n goes on from
 * what was remembered.
 */
function compare(
	context: IPollFunctions,
	watched: Watched,
	looks: Look[],
): { ended: Training[]; memory: Required<Memory> } {
	const before = context.getWorkflowStaticData('node') as Memory;
	const { scope, modelId, method } = watched;
	const subject = [method, scope.userId, scope.appId, modelId ?? '*'].join('/');
	const isNewActivation = context.getActivationMode() === 'activate' && !activated.has(context);
	const startsAfresh =
		before.subject !== subject || before.watches === undefined || isNewActivation;

	// What is missing from the list for once is not new when it comes back.
	const watches = new Map<string, Watch>(startsAfresh ? [] : Object.entries(before.watches ?? {}));
	const ended = looks.flatMap(({ key, trainings }) => {
		const seen = trainings.map(toSeen);
		if (startsAfresh) {
			watches.set(key, watchOf(seen));
			return [];
		}
		const result = endedSince(watchFor(key, before.watches), seen);
		watches.set(key, result.watch);
		return trainings.filter((training) => result.ended.includes(toSeen(training).id));
	});
	return { ended, memory: { subject, watches: Object.fromEntries(watches) } };
}

function toSeen({ versionId, run, createdAt, state }: Training): Seen {
	return { id: run?.runId ?? versionId ?? '', createdAt: createdAt ?? '', ended: hasEnded(state) };
}

function isWanted(event: Event, status: string): boolean {
	return event === 'finished' ? status === 'trained' || status === 'failed' : event === status;
}

/** The model's type and a run's version, which are looked up only for a training that is put out. */
async function completed(client: ClarifaiClient, training: Training): Promise<Training> {
	if (training.modelTypeId !== undefined) return training;
	const { scope, modelId } = training;
	const model = await client.cached(
		`model ${scope.userId}/${scope.appId}/${modelId}`,
		async () => await ifExists(fetchModel(client, scope, modelId)),
	);
	const known = { ...training, modelTypeId: model && textAt(model, 'model_type_id') };
	return training.run && training.state.status === 'trained'
		? await refreshed(client, known)
		: known;
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
