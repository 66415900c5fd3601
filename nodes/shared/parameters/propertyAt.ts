import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';

const known = new WeakMap<readonly INodeProperties[], Map<string, INodeProperties>>();

/**
 * The property at a path such as `modelId`, `options.userId` or `nodes.node[0].modelId`, in a node's own
 * description: where labels, choices and defaults are said, once.
 * @throws Error when the description has no such property, which is a mistake in the node
 */
export function propertyAt(properties: readonly INodeProperties[], path: string): INodeProperties {
	// Asked several times for each parameter of each item.
	let ofNode = known.get(properties);
	if (!ofNode) known.set(properties, (ofNode = new Map<string, INodeProperties>()));
	const plain = path.includes('[') ? path.replace(/\[\d+\]/g, '') : path;
	let property = ofNode.get(plain);
	if (!property) ofNode.set(plain, (property = find(properties, plain)));
	return property;
}

function find(properties: readonly INodeProperties[], path: string): INodeProperties {
	let level: ReadonlyArray<INodeProperties | INodePropertyCollection> = properties;
	let found: INodeProperties | INodePropertyCollection | undefined;
	for (const name of path.split('.')) {
		found = level.find((entry) => entry.name === name);
		if (!found) break;
		level = below(found);
	}
	if (!found || !('type' in found)) throw new Error(`The node has no parameter "${path}"`);
	return found;
}

function below(
	entry: INodeProperties | INodePropertyCollection,
): ReadonlyArray<INodeProperties | INodePropertyCollection> {
	if ('values' in entry) return entry.values;
	const { type, options = [] } = entry;
	const isCollection = type === 'collection' || type === 'fixedCollection';
	return isCollection ? (options as Array<INodeProperties | INodePropertyCollection>) : [];
}

/** The values of an `options` property, in the order of its list. */
export function choicesOf(property: INodeProperties): string[] {
	return (property.options ?? []).flatMap((option) =>
		'value' in option ? [String(option.value)] : [],
	);
}
