import type { IDataObject } from 'n8n-workflow';
import { modelTypes } from '../shared/api/models';
import { pipelineTemplates } from '../shared/api/pipelines';
import type { AppScope } from '../shared/clarifai/identifiers';
import { known, textAt, type JsonObject } from '../shared/clarifai/json';
import { didYouMean } from '../shared/clarifai/nearest';
import { templateOfPipeline } from '../shared/clarifai/pipelineTemplates';
import {
	describeTemplate,
	templateOption,
	templatesOf,
	type TrainingTemplate,
} from '../shared/clarifai/trainingTemplates';
import type { ItemRun, ItemWork } from '../shared/node/itemWork';
import { InputProblem } from '../shared/parameters/problems';
import { listTemplatesProperties } from './properties';

interface ListRequest {
	scope: AppScope;
	source: 'modelTypes' | 'pipelineTemplates';
	modelTypeId?: string;
	limit: number;
	includeInternal: boolean;
	includeHyperparameters: boolean;
	nameContains: string;
	simplify: boolean;
}

/** A template as read, beside Clarifai's own object. */
interface Listed {
	template: TrainingTemplate;
	raw: JsonObject;
}

export const listTemplates: ItemWork<ListRequest, Listed[]> = {
	properties: listTemplatesProperties,
	writes: false,

	prepare(item) {
		const source = item.choice<ListRequest['source']>('source');
		const ofType = source === 'modelTypes' ? item.optionallyLocated('modelType') : undefined;
		return {
			scope: item.scope(),
			source,
			modelTypeId: ofType?.id,
			limit: item.boolean('returnAll')
				? Infinity
				: item.numberOrDefault('limit', { min: 1, whole: true }),
			includeInternal: item.boolean('options.includeInternal'),
			includeHyperparameters: item.boolean('includeHyperparameters'),
			nameContains: (item.text('options.nameContains') ?? '').trim().toLowerCase(),
			simplify: item.boolean('simplify'),
		};
	},

	async perform(request, run) {
		const { includeInternal, nameContains, limit, source } = request;
		const all =
			source === 'pipelineTemplates'
				? await listedPipelineTemplates(run)
				: await modelTypeTemplates(request, run);
		return all
			.filter(({ template }) => includeInternal || !template.internalOnly)
			.filter(({ template }) => template.template.toLowerCase().includes(nameContains))
			.sort((a, b) => Number(b.template.recommended) - Number(a.template.recommended))
			.slice(0, limit);
	},

	output(listed, request) {
		return listed.map(
			({ template, raw }) => (request.simplify ? shown(template, request) : raw) as IDataObject,
		);
	},
};

function shown(
	template: TrainingTemplate,
	{ includeInternal, includeHyperparameters }: ListRequest,
): object {
	const described = describeTemplate(template, { includeInternal });
	if (includeHyperparameters) return described;
	return known({ ...described, defaults: undefined, hyperparameters: undefined });
}

async function listedPipelineTemplates({ client, hint }: ItemRun): Promise<Listed[]> {
	const templates = (await pipelineTemplates(client)) ?? [];
	if (templates.length === 0) {
		hint(
			"This platform lists no pipeline templates for training. Self-hosted and older platforms have templates of model types: set 'Source' to Model Types.",
		);
	}
	return templates.map((raw) => ({ template: templateOfPipeline(raw), raw }));
}

async function modelTypeTemplates(
	{ scope, modelTypeId }: ListRequest,
	{ client, hint }: ItemRun,
): Promise<Listed[]> {
	const types = await modelTypes(client, scope);
	const chosen =
		modelTypeId === undefined ? types : types.filter((type) => textAt(type, 'id') === modelTypeId);
	if (modelTypeId !== undefined && chosen.length === 0) {
		const ids = types.flatMap((type) => textAt(type, 'id') ?? []);
		throw new InputProblem(
			`This platform has no model type "${modelTypeId}"`,
			`${didYouMean(modelTypeId, ids)}It has: ${ids.join(', ')}.`,
		);
	}
	const listed = chosen.flatMap((type) =>
		templatesOf(type).map((template) => ({
			template,
			raw: templateOption(type, template.template),
		})),
	);
	if (listed.length === 0) {
		hint(
			modelTypeId === undefined
				? "This platform lists no training templates for any model type. Clarifai's hosted platform trains with pipeline templates: set 'Source' to Pipeline Templates."
				: `The model type ${modelTypeId} has no training templates on this platform. Transfer learning types need none; on Clarifai's hosted platform, set 'Source' to Pipeline Templates.`,
		);
	}
	return listed;
}
