import type { INodeProperties } from 'n8n-workflow';
import {
	parsePortalUrl,
	portalUrlIdPattern,
	type AppScope,
	type PortalResource,
} from '../clarifai/identifiers';
import { isObject } from '../clarifai/json';
import { checkId } from './ids';
import { InputProblem } from './problems';

/** Default of a locator that goes on with what the node before put out. */
export const fromInput = (field: string) => ({
	__rl: true,
	mode: 'id',
	value: `={{ $json.${field} }}`,
});

type Shown = NonNullable<INodeProperties['displayOptions']>['show'];

/** As long as a locator has an expression. */
export const whileExpression = (name: string): Shown => ({
	[name]: [{ _cnd: { startsWith: '=' } }],
});

/**
 * One line that says how to pick something where a locator has an expression. n8n offers no list beside
 * an expression, and shows no hint of the parameter there either.
 */
export function pickInstead(labels: string, show: Shown): INodeProperties {
	const come = labels.includes(' and ') ? 'come' : 'comes';
	return {
		displayName: `${labels} ${come} from the node before. To pick one, switch the field from Expression to Fixed.`,
		name: 'pickNotice',
		type: 'notice',
		default: '',
		displayOptions: {
			show,
			hide: { '@tool': [true] },
		},
	};
}

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
	/** Never another locator: n8n clears the field when an expression there is resolved anew. */
	loadOptionsDependsOn?: string[];
	/** What is named is a name, not an ID: any text will do. */
	anyText?: boolean;
}

/** A resource locator: one existing thing, from a list, by ID or by a link to Clarifai's portal. */
export function locator(options: Locator): INodeProperties {
	const { search, placeholder, portal, loadOptionsDependsOn, anyText, ...property } = options;
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
				validation: anyText
					? []
					: [
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

export interface LocatedResource {
	id: string;
	/** Set when the ID came from a portal link, which names the owner too. */
	scope?: AppScope;
}

/**
 * What a resource locator names; undefined when it is empty.
 * @throws InputProblem when that is no ID, or no link to a resource of this kind
 */
export function checkLocator(
	locator: unknown,
	label: string,
	resource?: PortalResource,
): LocatedResource | undefined {
	const mode = isObject(locator) ? locator.mode : 'id';
	const value = isObject(locator) ? locator.value : locator;
	if (value === undefined || value === null || value === '') return undefined;
	const link = typeof value === 'string' && /^\s*https?:\/\//.test(value);
	if (resource && (mode === 'url' || link)) {
		const parsed = parsePortalUrl(String(value), resource);
		if (parsed) return { id: parsed.id, scope: { userId: parsed.userId, appId: parsed.appId } };
		throw new InputProblem(
			`'${label}' is not a link to one of Clarifai's ${resource}`,
			`A link looks like https://clarifai.com/user/app/${resource}/id.`,
		);
	}
	return { id: checkId(value, label) };
}
