import {
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeListSearchItems,
	type INodeListSearchResult,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { inApp } from '../api/call';
import { ClarifaiClient } from '../api/client';
import { EDITOR_LIMITS } from '../api/transport';
import { pipelineTemplates } from '../api/pipelines';
import { fetchModel, ifExists, modelTypes } from '../api/resources';
import { checkId, parsePortalUrl, type AppScope } from '../clarifai/identifiers';
import { isObject, textAt, type JsonObject } from '../clarifai/json';
import { isDeepFineTuning } from '../clarifai/modelTypes';
import { templateOfPipeline } from '../clarifai/pipelineTemplates';
import { plainText } from '../clarifai/plainText';
import { descriptionOf, templatesOf, type TrainingTemplate } from '../clarifai/trainingTemplates';
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
		const client = await ClarifaiClient.connect(context, EDITOR_LIMITS);
		return await look(client, currentScope(context, client));
	} catch (error) {
		failure = error;
	}
	throw toNodeError(context.getNode(), failure);
}

function currentScope(context: ILoadOptionsFunctions, client: ClarifaiClient): AppScope {
	const options = (context.getCurrentNodeParameter('options') ?? {}) as IDataObject;
	return {
		userId: checkId(resolved(options.userId) ?? client.home.userId, 'User ID'),
		appId: checkId(resolved(options.appId) ?? client.home.appId, 'App ID'),
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

function matches(filter: string | undefined, ...texts: Array<string | undefined>): boolean {
	const wanted = filter?.trim().toLowerCase() ?? '';
	return wanted === '' || texts.some((text) => text?.toLowerCase().includes(wanted));
}

/** One page of a list that Clarifai pages and searches. */
async function searchPage(
	context: ILoadOptionsFunctions,
	segments: string[],
	key: string,
	query: Record<string, string | number>,
	paginationToken: string | undefined,
	toResult: (entry: JsonObject, scope: AppScope) => INodeListSearchItems | undefined,
): Promise<INodeListSearchResult> {
	const page = Number(paginationToken ?? 1);
	return await lookUp(context, async (client, scope) => {
		const found = await client.page(inApp(scope, ...segments), key, {
			...query,
			page,
			per_page: PAGE_SIZE,
		});
		return {
			results: found.flatMap((entry) => toResult(entry, scope) ?? []),
			paginationToken: found.length === PAGE_SIZE ? String(page + 1) : undefined,
		};
	});
}

/** One page of a list that is already here, because Clarifai gives it whole. */
function pageOf(
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

function portalUrl(scope: AppScope, kind: 'models' | 'workflows', id: string): string {
	return `https://clarifai.com/${scope.userId}/${scope.appId}/${kind}/${id}`;
}

export async function searchModels(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const query: Record<string, string | number> = filter ? { search: filter } : {};
	return await searchPage(this, ['models'], 'models', query, paginationToken, (model, scope) => {
		const id = textAt(model, 'id');
		// Older platforms mix Clarifai's own models into an app's list.
		if (id === undefined || (textAt(model, 'app_id') ?? scope.appId) !== scope.appId)
			return undefined;
		const type = textAt(model, 'model_type_id');
		return {
			name: type === undefined ? id : `${id} (${type})`,
			value: id,
			url: portalUrl(scope, 'models', id),
		};
	});
}

export async function searchWorkflows(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const query: Record<string, string | number> = filter ? { search: filter } : {};
	return await searchPage(
		this,
		['workflows'],
		'workflows',
		query,
		paginationToken,
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
	const query: Record<string, string | number> = filter ? { search: filter } : {};
	return await searchPage(this, ['datasets'], 'datasets', query, paginationToken, (dataset) => {
		const id = textAt(dataset, 'id');
		return id === undefined ? undefined : { name: id, value: id };
	});
}

/** The creatable model types: those of the deep fine-tuning guide first, then by title. */
export async function searchModelTypes(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await lookUp(this, async (client, scope) => {
		const types = (await modelTypes(client, scope))
			.filter((type) => type.creatable === true && type.internal_only !== true)
			.map((type) => ({ id: textAt(type, 'id') ?? '', title: textAt(type, 'title') ?? '', type }))
			.filter(({ id, title }) => id !== '' && matches(filter, id, title))
			.sort(
				(a, b) =>
					Number(isDeepFineTuning(b.id)) - Number(isDeepFineTuning(a.id)) ||
					(a.title || a.id).localeCompare(b.title || b.id),
			);
		return pageOf(
			types.map(({ id, title, type }) => ({
				name: title === '' ? id : `${plainText(title, MAX_NAME)} (${id})`,
				value: id,
				description: descriptionOf(type),
			})),
			paginationToken,
		);
	});
}

/**
 * The training templates for the chosen method. For deep fine-tuning those of the chosen model's
 * type, the recommended one first; as long as the model is not known (an expression that the editor
 * cannot resolve), those of every type.
 */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await lookUp(this, async (client, scope) => {
		if (this.getCurrentNodeParameter('trainingMethod') === 'pipelineTemplate') {
			const found = (await pipelineTemplates(client)).map(templateOfPipeline);
			return pageOf(
				found
					.filter(({ template, description }) => matches(filter, template, description))
					.map(({ template, description }) => ({ name: template, value: template, description })),
				paginationToken,
			);
		}
		const chosen = currentModel(this, 'model');
		const model = chosen && (await ifExists(fetchModel(client, chosen.scope ?? scope, chosen.id)));
		const modelTypeId = model && textAt(model, 'model_type_id');
		const templates = (await modelTypes(client, scope))
			.filter((type) => modelTypeId === undefined || textAt(type, 'id') === modelTypeId)
			.flatMap(templatesOf)
			.filter(
				(template) =>
					!template.internalOnly && matches(filter, template.template, template.modelTypeId),
			)
			.sort((a, b) => Number(b.recommended) - Number(a.recommended));
		return pageOf(
			templates.map((template) => ({
				name: templateName(template, modelTypeId === undefined),
				value: template.template,
				description: template.description,
			})),
			paginationToken,
		);
	});
}

function templateName(template: TrainingTemplate, withType: boolean): string {
	const notes = [
		template.recommended ? 'recommended' : undefined,
		withType ? template.modelTypeId : undefined,
	];
	const shown = notes.filter((note) => note !== undefined);
	return shown.length > 0 ? `${template.template} (${shown.join(', ')})` : template.template;
}

/** All concepts of the app: n8n's multi-select neither pages nor searches on the server. */
export async function getConcepts(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
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
