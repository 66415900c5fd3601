import type { INodeProperties, INodePropertyCollection, INodeTypeDescription } from 'n8n-workflow';

/**
 * A node as saved workflows depend on it, a line for each parameter: neither its words nor its place in
 * the panel.
 */
export function interfaceOf(description: INodeTypeDescription): string {
	const { name, version, outputs, outputNames, credentials, properties } = description;
	return [
		`${name}, version ${version as number}`,
		`outputs: ${inJson(outputNames ?? outputs)}`,
		`credentials: ${inJson(credentials)}`,
		...parameterLines(properties),
	].join('\n');
}

/** Such as `options.userId: string, default ""`, in the order of their names. */
export function parameterLines(properties: INodeProperties[], within = ''): string[] {
	return properties
		.filter(({ type, name }) => type !== 'notice' && name !== ADDED_BY_N8N)
		.sort((a, b) => (a.name < b.name ? -1 : 1))
		.flatMap((property) => linesOf(property, within + property.name));
}

/** Every polling trigger has it. */
const ADDED_BY_N8N = 'pollTimes';

function linesOf(property: INodeProperties, path: string): string[] {
	const { type, required, typeOptions, modes, displayOptions, options = [] } = property;
	const isCollection = type === 'collection' || type === 'fixedCollection';
	const values = isCollection
		? []
		: options.map((option) => ('value' in option ? option.value : option.name));
	const line = [
		`${path}: ${type}`,
		...(required ? ['required'] : []),
		...(typeOptions?.multipleValues ? ['several'] : []),
		...(modes ? [`by ${modes.map(({ name }) => name).join(', ')}`] : []),
		...(values.length > 0 ? [`one of ${inJson(values.sort())}`] : []),
		`default ${inJson(property.default)}`,
		...(displayOptions ? [`shown where ${inJson(displayOptions)}`] : []),
	].join(', ');
	if (type === 'collection') {
		return [line, ...parameterLines(options as INodeProperties[], `${path}.`)];
	}
	const groups = type === 'fixedCollection' ? (options as INodePropertyCollection[]) : [];
	return [
		line,
		...groups.flatMap(({ name, values: fields }) => parameterLines(fields, `${path}.${name}.`)),
	];
}

function inJson(value: unknown): string {
	return JSON.stringify(value);
}
