import type {
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeTypeDescription,
} from 'n8n-workflow';

type Row = [parameter: string, standard: string, meaning: string];

/** What all nodes have; it is described once. */
const COMMON = [
	'**Simplify**',
	'Options → App ID',
	'Options → Max Requests per Second',
	'Options → Request Timeout',
	'Options → User ID',
];

/** The parameters of a node as a table in Markdown, as a user meets them in the panel. */
export function parameterTable({ properties }: INodeTypeDescription): string {
	const rows = properties.flatMap((property) => rowsOf(property));
	return tableOf(rows.filter(([parameter]) => !COMMON.includes(parameter)));
}

/** The parameters that all nodes have. */
export function commonTable({ properties }: INodeTypeDescription): string {
	const rows = properties.flatMap((property) => rowsOf(property));
	return tableOf(rows.filter(([parameter]) => COMMON.includes(parameter)));
}

function tableOf(rows: Row[]): string {
	const lines = rows.map((cells) => `| ${cells.join(' | ')} |`);
	return ['| Parameter | Default | Meaning |', '|---|---|---|', ...lines].join('\n');
}

/** Every polling trigger has it. */
const ADDED_BY_N8N = 'pollTimes';

function rowsOf(property: INodeProperties, within = ''): Row[] {
	const { name, type, displayName, options = [] } = property;
	if (type === 'notice' || name === ADDED_BY_N8N) return [];
	const label = within === '' ? `**${displayName}**` : `${within} → ${displayName}`;
	if (type === 'collection') {
		return (options as INodeProperties[]).flatMap((option) => rowsOf(option, displayName));
	}
	if (type === 'fixedCollection') {
		const path = within === '' ? displayName : `${within} → ${displayName}`;
		return (options as INodePropertyCollection[]).flatMap(({ values }) =>
			values.flatMap((value) => rowsOf(value, path)),
		);
	}
	return [[label, defaultOf(property), meaningOf(property)]];
}

function defaultOf({ type, required, default: standard, options }: INodeProperties): string {
	const value = isLocator(standard) ? standard.value : standard;
	const isEmpty =
		value === '' || value === null || value === undefined || JSON.stringify(value) === '[]';
	if (isEmpty || type === 'resourceMapper') return required ? 'required' : '';
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	const choice = (options as INodePropertyOptions[] | undefined)?.find(
		(each) => each.value === value,
	);
	if (choice) return choice.name;
	const fromItem = /^=\{\{ \$json\.(\w+) \}\}$/.exec(String(value));
	return fromItem ? `\`${fromItem[1]}\` of the item` : `\`${String(value)}\``;
}

function isLocator(value: unknown): value is { value: unknown } {
	return typeof value === 'object' && value !== null && 'value' in value;
}

function meaningOf({ description = '', hint = '', type, options = [] }: INodeProperties): string {
	const sentences = [description, hint].filter(Boolean).map(sentence);
	const choices =
		type === 'options'
			? (options as INodePropertyOptions[])
					.filter((choice) => choice.description)
					.map((choice) => `*${choice.name}*: ${choice.description}`)
			: [];
	const all = choices.length > 0 ? [...sentences, `${choices.join('; ')}.`] : sentences;
	return withoutLinks(all.join(' ')).replaceAll('|', '\\|');
}

function sentence(text: string): string {
	return /[.:!?]$/.test(text) ? text : `${text}.`;
}

function withoutLinks(html: string): string {
	return html
		.replace(
			/ ?Choose from the list, or specify (an ID|IDs) using an <a [^>]+>expression<\/a>\./g,
			'',
		)
		.replace(/<[^>]+>/g, '');
}
