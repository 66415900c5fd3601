import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { checkIdList } from '../clarifai/identifiers';
import { parseJsonObject, type JsonObject } from '../clarifai/json';
import { checkOptionalText } from '../clarifai/values';
import { visibilityOf } from '../clarifai/visibility';

/** The 'Additional Fields' of a node that makes a model or a workflow, with what the node adds to them. */
export function additionalFields(
	what: 'model' | 'workflow',
	...added: INodeProperties[]
): INodeProperties {
	const common: INodeProperties[] = [
		{
			displayName: 'Description',
			name: 'description',
			type: 'string',
			default: '',
			description: `Short description of the ${what}`,
		},
		{
			displayName: 'Metadata',
			name: 'metadata',
			type: 'json',
			default: '{}',
			description: `Any JSON object to keep with the ${what}`,
		},
		{
			displayName: 'Notes',
			name: 'notes',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			description: `Longer text about the ${what}, up to 64 KB`,
		},
		tagField('Use Cases', 'useCases', 'quality-control'),
		{
			displayName: 'Visibility',
			name: 'visibility',
			type: 'options',
			default: 'private',
			description: `Who can see the ${what}`,
			options: [
				{ name: 'Private', value: 'private' },
				{ name: 'Public', value: 'public' },
			],
		},
	];
	return {
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		options: [...common, ...added].sort((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}

/** A field for a list of tags. */
export function tagField(displayName: string, name: string, example: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		placeholder: `e.g. ${example}`,
		description: 'Tags, separated by commas',
	};
}

/**
 * The fields that models and workflows have in common, in Clarifai's own form; empty ones are left out.
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
