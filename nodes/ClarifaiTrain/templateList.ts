import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { ClarifaiClient } from '../shared/api/client';
import { modelTypeIdOf, modelTypes } from '../shared/api/models';
import type { AppScope } from '../shared/clarifai/identifiers';
import { textAt } from '../shared/clarifai/json';
import { currentModel, listOrReason, lookUp, matches, pageOf } from '../shared/node/lists';
import { kindOfTemplate, kindOfType } from '../shared/clarifai/templateKind';
import { methodNamed, offeredTemplates, type OfferedTemplate } from './methods';
import type { MethodChoice } from './request';

/** The templates that can be chosen now. */
export interface TemplateChoice {
	method: MethodChoice;
	/** Absent as long as the model is not known: an expression that the editor cannot resolve. */
	modelTypeId?: string;
	offered: OfferedTemplate[];
}

export async function templateChoice(
	context: ILoadOptionsFunctions,
	client: ClarifaiClient,
	scope: AppScope,
): Promise<TemplateChoice> {
	const method = (context.getCurrentNodeParameter('trainingMethod') as MethodChoice) ?? 'automatic';
	const model = currentModel(context, 'model');
	const modelTypeId = model && (await modelTypeIdOf(client, model.scope ?? scope, model.id));
	const offered = await offeredTemplates(method, client, scope, modelTypeId);
	if (modelTypeId === undefined) return { method, offered };
	const types = (await modelTypes(client, scope)).flatMap((type) => textAt(type, 'id') ?? []);
	return {
		method,
		modelTypeId,
		offered: offered.filter((each) => fits(each, modelTypeId, types)),
	};
}

/** A pipeline template for another kind of model would be refused. */
function fits({ template }: OfferedTemplate, modelTypeId: string, types: string[]): boolean {
	if (template.modelTypeId !== undefined) return true;
	const kind = kindOfTemplate(template.template, types);
	return kind === undefined || kind === kindOfType(modelTypeId);
}

/**
 * The training templates for the chosen method: those that fit the model's type, or all as long as the
 * model is not known; the recommended ones first.
 */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await lookUp(this, async (client, scope) => {
		const choice = await templateChoice(this, client, scope);
		const found = choice.offered
			.filter(
				({ template: { internalOnly, template, modelTypeId, description } }) =>
					!internalOnly && matches(filter, template, modelTypeId, description),
			)
			.sort((a, b) => Number(b.template.recommended) - Number(a.template.recommended));
		const named = byName(found).map((same) => ({
			name: nameOf(same, choice),
			value: same[0].template.template,
			description: same[0].template.description,
		}));
		return listOrReason(
			pageOf(named, paginationToken),
			{ filter, paginationToken },
			emptinessOf(choice),
		);
	});
}

/** The templates of one name together: of entries with one value the editor shows only the first. */
function byName(templates: OfferedTemplate[]): OfferedTemplate[][] {
	const groups = new Map<string, OfferedTemplate[]>();
	for (const each of templates) {
		const { template: name } = each.template;
		groups.set(name, [...(groups.get(name) ?? []), each]);
	}
	return [...groups.values()];
}

function emptinessOf({ method, modelTypeId }: TemplateChoice): { message: string; hint: string } {
	const methods = method === 'automatic' ? '' : ` for ${methodNamed(method).displayName}`;
	return {
		message: 'There are no templates to choose from',
		hint:
			modelTypeId === undefined
				? `The platform has no templates${methods}.`
				: `The platform has no templates${methods} for models of type "${modelTypeId}". Clarifai List Templates shows which types have some.`,
	};
}

/**
 * "classifier-pipeline-resnet (Pipeline Template)": with what the choice so far leaves open, the type of
 * the model and the training method.
 * @param same the templates of one name, each of another type or method
 */
function nameOf(same: OfferedTemplate[], choice: TemplateChoice): string {
	const [{ template: first }] = same;
	const types = same.flatMap(({ template }) => template.modelTypeId ?? []);
	const methods = same.map(({ method }) => methodNamed(method).displayName);
	const notes = [
		...(first.recommended ? ['recommended'] : []),
		...(choice.modelTypeId === undefined ? new Set(types) : []),
		...(choice.method === 'automatic' ? new Set(methods) : []),
	];
	return notes.length > 0 ? `${first.template} (${notes.join(', ')})` : first.template;
}
