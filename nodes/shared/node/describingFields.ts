import type { IDataObject } from 'n8n-workflow';
import { checkIdList } from '../clarifai/identifiers';
import { parseJsonObject, type JsonObject } from '../clarifai/json';
import { visibilityOf } from '../clarifai/visibility';
import { checkOptionalText } from './itemParameters';

/**
 * The 'Additional Fields' that models and workflows have in common, in Clarifai's own form; empty ones
 * are left out.
 * @throws InputProblem
 */
export function describingFields(fields: IDataObject): JsonObject {
	const result: JsonObject = {};
	const description = checkOptionalText(fields.description, 'Description');
	if (description !== undefined) result.description = description;
	const notes = checkOptionalText(fields.notes, 'Notes');
	if (notes !== undefined) result.notes = notes;
	const metadata = parseJsonObject(fields.metadata, 'Metadata');
	if (Object.keys(metadata).length > 0) result.metadata = metadata;
	if (fields.visibility) result.visibility = visibilityOf(fields.visibility);
	return { ...result, ...tagFields(fields, [['useCases', 'Use Cases', 'use_cases']]) };
}

/** Lists of tags; each as the parameter, its display name and Clarifai's field. */
export function tagFields(
	fields: IDataObject,
	names: ReadonlyArray<readonly [string, string, string]>,
): JsonObject {
	const tags = names
		.map(([name, label, field]) => [field, checkIdList(fields[name], label)] as const)
		.filter(([, values]) => values.length > 0);
	return Object.fromEntries(tags);
}
