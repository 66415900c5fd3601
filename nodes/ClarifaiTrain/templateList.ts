import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { ClarifaiClient } from '../shared/api/client';
import { modelTypeIdOf } from '../shared/api/models';
import type { AppScope } from '../shared/clarifai/identifiers';
import type { TrainingMethodName } from '../shared/clarifai/trainingMethods';
import type { TrainingTemplate } from '../shared/clarifai/trainingTemplates';
import { currentModel, lookUp, matches, pageOf } from '../shared/node/lists';
import { methodNamed } from './methods';
import type { TrainingMethod } from './trainingMethod';

/** The templates that can be chosen now, and what they are for. */
export interface TemplateChoice {
	method: TrainingMethod;
	/** Absent as long as the model is not known: an expression that the editor cannot resolve. */
	modelTypeId?: string;
	templates: TrainingTemplate[];
}

export async function templateChoice(
	context: ILoadOptionsFunctions,
	client: ClarifaiClient,
	scope: AppScope,
): Promise<TemplateChoice> {
	const name = context.getCurrentNodeParameter('trainingMethod') as TrainingMethodName | undefined;
	const method = methodNamed(name ?? 'deepFineTuning');
	const model = currentModel(context, 'model');
	const modelTypeId = model && (await modelTypeIdOf(client, model.scope ?? scope, model.id));
	return { method, modelTypeId, templates: await method.templates(client, scope, modelTypeId) };
}

/**
 * The training templates for the chosen method: of the model's type, or of every type as long as the
 * model is not known; the recommended one first.
 */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await lookUp(this, async (client, scope) => {
		const { modelTypeId, templates } = await templateChoice(this, client, scope);
		const found = templates
			.filter(
				({ internalOnly, template, modelTypeId: type, description }) =>
					!internalOnly && matches(filter, template, type, description),
			)
			.sort((a, b) => Number(b.recommended) - Number(a.recommended));
		return pageOf(
			found.map((template) => ({
				name: nameOf(template, modelTypeId === undefined),
				value: template.template,
				description: template.description,
			})),
			paginationToken,
		);
	});
}

function nameOf(
	{ template, recommended, modelTypeId }: TrainingTemplate,
	withType: boolean,
): string {
	const notes = [recommended ? 'recommended' : undefined, withType ? modelTypeId : undefined];
	const shown = notes.filter((note) => note !== undefined);
	return shown.length > 0 ? `${template} (${shown.join(', ')})` : template;
}
