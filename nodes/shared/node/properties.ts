import type { INodeProperties } from 'n8n-workflow';
import { portalUrlIdPattern, type PortalResource } from '../clarifai/identifiers';

/** Default of a locator that goes on with what the node before put out. */
export const fromInput = (field: string) => ({
	__rl: true,
	mode: 'id',
	value: `={{ $json.${field} }}`,
});

interface Locator {
	displayName: string;
	name: string;
	description: string;
	default?: INodeProperties['default'];
	required?: boolean;
	hint?: string;
	/** The list method that fills 'From List'. */
	search: string;
	placeholder: string;
	/** The kind of portal link that is accepted, if one is. */
	portal?: PortalResource;
	displayOptions?: INodeProperties['displayOptions'];
	loadOptionsDependsOn?: string[];
}

/** A resource locator: one existing thing, from a list, by ID or by a link to Clarifai's portal. */
export function locator(options: Locator): INodeProperties {
	const { search, placeholder, portal, loadOptionsDependsOn, ...property } = options;
	// n8n holds the field against the pattern also when it is empty.
	const orEmpty = (regex: string) => (options.required ? regex : `^\\s*$|${regex}`);
	const result: INodeProperties = {
		...property,
		type: 'resourceLocator',
		default: options.default ?? { mode: 'list', value: '' },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: search, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: `e.g. ${placeholder}`,
				validation: [
					{
						type: 'regex',
						properties: {
							regex: orEmpty('^\\s*[A-Za-z0-9_~-][A-Za-z0-9._~-]*\\s*$'),
							errorMessage: 'IDs are letters and digits, joined by "-" or "_"',
						},
					},
				],
			},
			...(portal ? byUrl(portal, orEmpty).modes : []),
		],
	};
	if (loadOptionsDependsOn) result.typeOptions = { loadOptionsDependsOn };
	return result;
}

function byUrl(
	portal: PortalResource,
	orEmpty: (regex: string) => string,
): Required<Pick<INodeProperties, 'modes'>> {
	const regex = portalUrlIdPattern(portal);
	return {
		modes: [
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: `e.g. https://clarifai.com/my-user/my-app/${portal}/my-id`,
				extractValue: { type: 'regex', regex },
				validation: [
					{
						type: 'regex',
						properties: {
							regex: orEmpty(regex),
							errorMessage: `Not a link to one of Clarifai's ${portal}`,
						},
					},
				],
			},
		],
	};
}

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

const commonOptions: INodeProperties[] = [
	{
		displayName: 'App ID',
		name: 'appId',
		type: 'string',
		default: '',
		placeholder: 'e.g. my-app',
		description: 'The app to work in, instead of the one in the credential',
	},
	{
		displayName: 'Max Requests per Second',
		name: 'maxRequestsPerSecond',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 15,
		description:
			"How many requests this node may send in a second. Clarifai's limit is 15; lower it when other programs use the same account. 0 means no limit, for self-hosted platforms.",
	},
	{
		displayName: 'Request Timeout',
		name: 'requestTimeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description: 'How many seconds to wait for the answer to one request',
	},
	{
		displayName: 'User ID',
		name: 'userId',
		type: 'string',
		default: '',
		placeholder: 'e.g. my-user',
		description: 'The user or organization that owns the app, instead of the one in the credential',
	},
];

/** The 'Options' of every node, with what a node adds to them. */
export function optionsWith(...added: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...commonOptions, ...added].sort((a, b) =>
			a.displayName.localeCompare(b.displayName),
		),
	};
}
