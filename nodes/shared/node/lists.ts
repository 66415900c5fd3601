import {
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeListSearchItems,
	type INodeListSearchResult,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { inApp } from '../api/call';
import { ClarifaiClient } from '../api/client';
import type { Access } from '../api/credential';
import { computeClusters, nodepools } from '../api/compute';
import { listDatasetVersions } from '../api/datasets';
import { listDeployments } from '../api/deployments';
import { modelTypes, modelVersions } from '../api/models';
import { pipelineTemplates } from '../api/pipelines';
import { EDITOR_LIMITS } from '../api/transport';
import type { DatasetVersion } from '../clarifai/datasets';
import type { Deployment } from '../clarifai/deployments';
import { parsePortalUrl, portalUrl, type AppScope } from '../clarifai/identifiers';
import { isObject, textAt, type JsonObject } from '../clarifai/json';
import type { ModelVersion } from '../clarifai/models';
import { plainText } from '../clarifai/plainText';
import { compareTimes } from '../clarifai/timestamps';
import { kindOfTemplate, kindOfType } from '../clarifai/templateKind';
import { descriptionOf, templatesOf } from '../clarifai/trainingTemplates';
import { readCredential } from '../parameters/credentialParameters';
import { checkId } from '../parameters/ids';
import { InputProblem } from '../parameters/problems';
import { toNodeError } from './errors';

/** Entries that a list shows before the editor asks for more. */
const PAGE_SIZE = 50;

/** Characters of a name that Clarifai's users chose. */
const MAX_NAME = 200;

/** Runs a list's look-up, with the editor's 'Options' in force and Clarifai's words in its errors. */
export async function lookUp<T>(
	context: ILoadOptionsFunctions,
	look: (client: ClarifaiClient, scope: AppScope) => Promise<T>,
): Promise<T> {
	let failure: unknown;
	try {
		const access = await readCredential(context);
		const client = ClarifaiClient.of(context, access, EDITOR_LIMITS);
		return await look(client, currentScope(context, access));
	} catch (error) {
		failure = error;
	}
	throw toNodeError(context.getNode(), failure);
}

function currentScope(context: ILoadOptionsFunctions, { home }: Access): AppScope {
	const options = (context.getCurrentNodeParameter('options') ?? {}) as IDataObject;
	return {
		userId: checkId(resolved(options.userId) ?? home.userId, 'User ID'),
		appId: checkId(resolved(options.appId) ?? home.appId, 'App ID'),
	};
}

/** A parameter's value as the editor sent it; undefined when it is an unresolved expression. */
function resolved(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' && !value.startsWith('=') ? value : undefined;
}

/** What a locator of the node holds now; undefined while it is empty or cannot be resolved. */
export function currentId(context: ILoadOptionsFunctions, parameter: string): string | undefined {
	const locator: unknown = context.getCurrentNodeParameter(parameter);
	return resolved(isObject(locator) ? locator.value : locator);
}

/** The model that a locator of the node holds now; a link gives its owner as well. */
export function currentModel(
	context: ILoadOptionsFunctions,
	parameter: string,
): { id: string; scope?: AppScope } | undefined {
	const value = currentId(context, parameter);
	if (value === undefined) return undefined;
	const linked = parsePortalUrl(value, 'models');
	return linked ? { id: linked.id, scope: linked } : { id: value };
}

export function matches(filter: string | undefined, ...texts: Array<string | undefined>): boolean {
	const wanted = filter?.trim().toLowerCase() ?? '';
	return wanted === '' || texts.some((text) => text?.toLowerCase().includes(wanted));
}

/** What the editor asks of a list. */
interface ListQuery {
	filter?: string;
	paginationToken?: string;
}

/** Why a list is empty, and what to do. */
interface Emptiness {
	message: string;
	hint: string;
}

/** The editor shows no more than the message in the place of a list. */
function noList({ message, hint }: Emptiness): InputProblem {
	return new InputProblem(`${message}. ${hint}`, hint);
}

/**
 * A list, or why it is empty: the editor shows the reason of a failure, and for an empty list only
 * "No results".
 * @throws InputProblem for a list without entries, unless it was searched
 */
export function listOrReason(
	found: INodeListSearchResult,
	{ filter, paginationToken }: ListQuery,
	emptiness: Emptiness,
): INodeListSearchResult {
	if (found.results.length > 0 || filter || paginationToken) return found;
	throw noList(emptiness);
}

/** One page of a list of the app that Clarifai pages and searches. */
async function searchPage(
	context: ILoadOptionsFunctions,
	{ segments, key, search }: { segments: string[]; key: string; search?: string },
	query: ListQuery,
	emptiness: Emptiness,
	toResult: (entry: JsonObject, scope: AppScope) => INodeListSearchItems | undefined,
): Promise<INodeListSearchResult> {
	const page = Number(query.paginationToken ?? 1);
	return await lookUp(context, async (client, scope) => {
		const found = await client.page(inApp(scope, ...segments), key, {
			...(search ? { search } : {}),
			page,
			per_page: PAGE_SIZE,
		});
		const results = found.flatMap((entry) => toResult(entry, scope) ?? []);
		const next = found.length === PAGE_SIZE ? String(page + 1) : undefined;
		return listOrReason({ results, paginationToken: next }, query, emptiness);
	});
}

/** One page of a list that is already here, because Clarifai gives it whole. */
export function pageOf(
	results: INodeListSearchItems[],
	paginationToken: string | undefined,
): INodeListSearchResult {
	const page = Number(paginationToken ?? 1);
	const end = page * PAGE_SIZE;
	return {
		results: results.slice(end - PAGE_SIZE, end),
		paginationToken: results.length > end ? String(page + 1) : undefined,
	};
}

export async function searchModels(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchPage(
		this,
		{ segments: ['models'], key: 'models', search: filter },
		{ filter, paginationToken },
		{ message: 'The app has no models', hint: 'Clarifai Create Model makes one.' },
		(model, scope) => {
			const id = textAt(model, 'id');
			// Older platforms mix Clarifai's own models into an app's list.
			if (id === undefined || (textAt(model, 'app_id') ?? scope.appId) !== scope.appId) {
				return undefined;
			}
			const type = textAt(model, 'model_type_id');
			return {
				name: type === undefined ? id : `${id} (${type})`,
				value: id,
				url: portalUrl(scope, 'models', id),
			};
		},
	);
}

export async function searchWorkflows(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchPage(
		this,
		{ segments: ['workflows'], key: 'workflows', search: filter },
		{ filter, paginationToken },
		{ message: 'The app has no workflows', hint: 'Clarifai Create Workflow makes one.' },
		(workflow, scope) => {
			const id = textAt(workflow, 'id');
			if (id === undefined) return undefined;
			return { name: id, value: id, url: portalUrl(scope, 'workflows', id) };
		},
	);
}

export async function searchDatasets(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchPage(
		this,
		{ segments: ['datasets'], key: 'datasets', search: filter },
		{ filter, paginationToken },
		{
			message: 'The app has no datasets',
			hint: "Clarifai Add Inputs makes one: choose By ID and give a new ID, and switch on 'Create Dataset' there.",
		},
		(dataset) => {
			const id = textAt(dataset, 'id');
			return id === undefined ? undefined : { name: id, value: id };
		},
	);
}

/**
 * The model types of Clarifai's deep fine-tuning guide. Only for putting them first in a list: which
 * types and templates exist is always asked of the platform.
 */
const FIRST_IN_LIST: ReadonlySet<string> = new Set([
	'visual-classifier',
	'visual-detector',
	'visual-embedder',
	'text-classifier',
	'visual-segmenter',
	'visual-anomaly-heatmap',
]);

const MODEL_NOT_KNOWN: Emptiness = {
	message: 'The model is not known yet',
	hint: 'Choose it from its list, or run the nodes before this one, so that its expression has a value.',
};

const DATASET_NOT_KNOWN: Emptiness = {
	message: 'The dataset is not known yet',
	hint: 'Choose the dataset first.',
};

/** How the versions of a model are listed: for the parameter that names the model. */
function versionsOf(parameter: string) {
	return async function (
		this: ILoadOptionsFunctions,
		filter?: string,
		paginationToken?: string,
	): Promise<INodeListSearchResult> {
		const model = currentModel(this, parameter);
		if (!model) throw toNodeError(this.getNode(), noList(MODEL_NOT_KNOWN));
		return await lookUp(this, async (client, scope) => {
			const versions = await modelVersions(client, model.scope ?? scope, model.id);
			const found = versions
				.filter(({ id, state }) => id !== undefined && matches(filter, id, state.status))
				.sort((a, b) => compareTimes(b.createdAt ?? '', a.createdAt ?? ''));
			const named = found.map((version) => ({
				name: nameOfVersion(version),
				value: version.id ?? '',
			}));
			return listOrReason(
				pageOf(named, paginationToken),
				{ filter, paginationToken },
				{ message: 'The model has no versions', hint: 'Clarifai Train makes one.' },
			);
		});
	};
}

/** "2026-04-08 12:30 trained, macroF1 0.9012 (3ad2c152)": what tells versions apart. */
function nameOfVersion({ id = '', createdAt = '', state, metrics }: ModelVersion): string {
	const [metric] = Object.entries(metrics);
	const figure = metric ? `, ${metric[0]} ${metric[1].toFixed(4)}` : '';
	return `${shortTime(createdAt)} ${state.status}${figure} (${id.slice(0, 8)})`.trim();
}

export const searchModelVersions = versionsOf('model');

/** For a node of a workflow, beside its own model. */
export const searchVersionsOfNode = versionsOf('&modelId');

/** For the model that a training goes on from, or else the one that is trained. */
export async function searchVersionsToResume(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const from = currentModel(this, 'additionalFields.resumeFromModelId');
	const list = versionsOf(from ? 'additionalFields.resumeFromModelId' : 'model');
	return await list.call(this, filter, paginationToken);
}

/** The versions of the dataset that is chosen, with when they were made and whether they are ready. */
export async function searchDatasetVersions(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const datasetId = currentId(this, 'dataset');
	if (datasetId === undefined) throw toNodeError(this.getNode(), noList(DATASET_NOT_KNOWN));
	return await lookUp(this, async (client, scope) => {
		const versions = await listDatasetVersions(client, scope, datasetId);
		const named = versions
			.sort((a, b) => compareTimes(b.createdAt ?? '', a.createdAt ?? ''))
			.map((version) => ({
				name: nameOfDatasetVersion(version),
				value: version.id ?? '',
				description: version.description,
			}));
		const found = named.filter(
			({ name, value, description }) => value !== '' && matches(filter, name, description),
		);
		return listOrReason(
			pageOf(found, paginationToken),
			{ filter, paginationToken },
			{
				message: 'The dataset has no versions',
				hint: 'Leave this field empty: a version is made of what the dataset holds now.',
			},
		);
	});
}

/** "v2 of 2026-04-08 12:30 (processing)"; what can be trained on needs no state. */
function nameOfDatasetVersion({ id = '', createdAt, status }: DatasetVersion): string {
	const when = createdAt === undefined ? '' : ` of ${shortTime(createdAt)}`;
	return `${id}${when}${status === 'ready' ? '' : ` (${status})`}`;
}

const MADE_IN_PORTAL = "They are made in Clarifai's portal, under Compute.";

/** The compute clusters of the user. */
export async function searchComputeClusters(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await lookUp(this, async (client, { userId }) => {
		const found = (await computeClusters(client, userId)).filter((id) => matches(filter, id));
		return listOrReason(
			pageOf(
				found.map((id) => ({ name: id, value: id })),
				paginationToken,
			),
			{ filter, paginationToken },
			{ message: 'There are no compute clusters', hint: MADE_IN_PORTAL },
		);
	});
}

/** The nodepools of the compute cluster that is chosen, or of all clusters as long as none is. */
export async function searchNodepools(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const chosen =
		currentId(this, 'additionalFields.computeCluster') ?? currentId(this, 'computeCluster');
	return await lookUp(this, async (client, { userId }) => {
		const clusters = chosen === undefined ? await computeClusters(client, userId) : [chosen];
		const poolsOf = await Promise.all(
			clusters.map(async (cluster) => await nodepools(client, userId, cluster)),
		);
		// Each name once: of entries with one value the editor shows only the first.
		const wanted = [...new Set(poolsOf.flat())].filter((id) => matches(filter, id));
		const named = wanted.map((id) => {
			const having = clusters.filter((_cluster, index) => poolsOf[index].includes(id));
			return { name: chosen === undefined ? `${id} (in ${having.join(' and ')})` : id, value: id };
		});
		return listOrReason(
			pageOf(named, paginationToken),
			{ filter, paginationToken },
			{ message: 'There are no nodepools', hint: MADE_IN_PORTAL },
		);
	});
}

/** The deployments of the user, with the model and the version that each runs. */
export async function searchDeployments(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await lookUp(this, async (client, { userId }) => {
		const found = (await listDeployments(client, userId)).filter(
			({ id, modelId, runningVersionId }) =>
				id !== undefined && matches(filter, id, modelId, runningVersionId),
		);
		return listOrReason(
			pageOf(
				found.map((deployment) => ({
					name: nameOfDeployment(deployment),
					value: deployment.id ?? '',
				})),
				paginationToken,
			),
			{ filter, paginationToken },
			{
				message: 'There are no deployments',
				hint: 'Clarifai Deploy Model makes one: choose By ID there, and give a new ID.',
			},
		);
	});
}

/** "shop (cars, version 3ad2c152)": what a deployment runs tells it from others. */
function nameOfDeployment({ id = '', modelId, runningVersionId }: Deployment): string {
	const runs = [modelId, runningVersionId && `version ${runningVersionId.slice(0, 8)}`];
	const named = runs.filter((part) => part !== undefined);
	return named.length > 0 ? `${id} (${named.join(', ')})` : id;
}

/** "2026-04-08 12:30", of Clarifai's timestamps. */
function shortTime(timestamp: string): string {
	return timestamp.slice(0, 16).replace('T', ' ');
}

const NOT_TRAINABLE = ', no training templates here';

/** Whether the platform has a template for a type of model: of the type, or a pipeline of its kind. */
function trainableTypes(
	types: JsonObject[],
	pipelines: JsonObject[],
): (modelTypeId: string) => boolean {
	const ids = types.flatMap((type) => textAt(type, 'id') ?? []);
	const withTemplates = new Set(types.flatMap(templatesOf).map(({ modelTypeId }) => modelTypeId));
	const kinds = new Set(
		pipelines.map((template) => kindOfTemplate(textAt(template, 'name') ?? '', ids)),
	);
	return (id) => withTemplates.has(id) || kinds.has(kindOfType(id));
}

/** The creatable model types: those of the deep fine-tuning guide first, then by title. */
export async function searchModelTypes(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await lookUp(this, async (client, scope) => {
		const all = await modelTypes(client, scope);
		const templates = (await pipelineTemplates(client)) ?? [];
		const isTrainable = trainableTypes(all, templates);
		const types = all
			.filter((type) => type.creatable === true && type.internal_only !== true)
			.map((type) => ({ id: textAt(type, 'id') ?? '', title: textAt(type, 'title') ?? '', type }))
			.filter(({ id, title }) => id !== '' && matches(filter, id, title))
			.sort(
				(a, b) =>
					Number(FIRST_IN_LIST.has(b.id)) - Number(FIRST_IN_LIST.has(a.id)) ||
					(a.title || a.id).localeCompare(b.title || b.id),
			);
		return pageOf(
			types.map(({ id, title, type }) => ({
				name: `${title === '' ? id : `${plainText(title, MAX_NAME)} (${id})`}${isTrainable(id) ? '' : NOT_TRAINABLE}`,
				value: id,
				description: descriptionOf(type),
			})),
			paginationToken,
		);
	});
}

/** All concepts of the app: n8n's multi-select neither pages nor searches on the server. */
export async function getConcepts(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	// The editor asks before it has selected the credential of a new node, and would show an error until
	// a parameter that the list depends on changes.
	if (this.getNode().credentials?.clarifaiApi === undefined) return [];
	return await lookUp(this, async (client, scope) => {
		const concepts = await client.list(inApp(scope, 'concepts'), 'concepts');
		return concepts.flatMap((concept) => {
			const id = textAt(concept, 'id');
			if (id === undefined) return [];
			const name = textAt(concept, 'name');
			return [
				{
					name: name === undefined || name === id ? id : `${plainText(name, MAX_NAME)} (${id})`,
					value: id,
				},
			];
		});
	});
}
