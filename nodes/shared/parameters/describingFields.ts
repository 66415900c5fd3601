import type { INodeProperties } from 'n8n-workflow';
import type { JsonObject } from '../clarifai/json';
import type { ParameterReader } from './parameterReader';

/** The 'Additional Fields' of a node that makes a model or a workflow, with what the node adds to them. */
export function describingProperties(
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
		tagProperty('Use Cases', 'useCases', 'quality-control'),
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
export function tagProperty(displayName: string, name: string, example: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		placeholder: `e.g. ${example}`,
		description: 'Tags, separated by commas',
	};
}

/** `Visibility.Gettable` of Clarifai's resources.proto. */
const GETTABLE = { private: 10, public: 50 } as const;

/**
 * The fields that models and workflows have in common, in Clarifai's own form; empty ones are left out.
 * @param tags further lists of tags, as the parameter and Clarifai's field
 */
export function describingFields(
	parameters: ParameterReader,
	tags: ReadonlyArray<readonly [string, string]> = [],
): JsonObject {
	const result: JsonObject = {};
	const description = parameters.text('additionalFields.description');
	if (description !== undefined) result.description = description;
	const notes = parameters.text('additionalFields.notes');
	if (notes !== undefined) result.notes = notes;
	const metadata = parameters.json('additionalFields.metadata');
	if (Object.keys(metadata).length > 0) result.metadata = metadata;
	const visibility = parameters.optionalChoice<keyof typeof GETTABLE>(
		'additionalFields.visibility',
	);
	if (visibility !== undefined) result.visibility = { gettable: GETTABLE[visibility] };
	for (const [name, field] of [['useCases', 'use_cases'] as const, ...tags]) {
		const values = parameters.idList(`additionalFields.${name}`);
		if (values.length > 0) result[field] = values;
	}
	return result;
}
