import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
	INode,
	INodeParameters,
	INodeProperties,
	INodePropertyCollection,
	INodeType,
} from 'n8n-workflow';
import { n8nWorkflow } from '../tools/engine/n8n.mts';
import { loadPackage, repositoryRoot } from '../tools/engine/package.mts';
import { toolVariant } from '../tools/engine/toolVariant.mts';

type Json = Record<string, unknown>;

interface ExampleNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: INodeParameters;
	onError?: string;
}

interface Example {
	name: string;
	nodes: ExampleNode[];
	connections: Record<
		string,
		Record<string, Array<Array<{ node: string; type: string; index: number }>>>
	>;
}

const folder = join(repositoryRoot, 'examples');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Example;

const PACKAGE = 'n8n-nodes-clarifai.';
const STICKY_NOTE = 'n8n-nodes-base.stickyNote';
const FOREIGN = /^(n8n-nodes-base|@n8n\/n8n-nodes-langchain)\.[a-zA-Z]+$/;

const loader = loadPackage(repositoryRoot);

/** The package's node type under the name it has in a workflow; undefined for others. */
async function ownType(type: string): Promise<INodeType | undefined> {
	if (!type.startsWith(PACKAGE)) return undefined;
	const { nodeTypes } = await loader;
	const name = type.slice(PACKAGE.length);
	const known = nodeTypes[name]?.type as INodeType | undefined;
	if (known) return known;
	const base = nodeTypes[name.replace(/Tool$/, '')]?.type as INodeType | undefined;
	if (!base || !name.endsWith('Tool')) {
		throw new Error(`"${type}" is no node of this package`);
	}
	return toolVariant(base);
}

async function ownNodes(example: Example) {
	const nodes = await Promise.all(
		example.nodes.map(async (node) => ({ node, type: await ownType(node.type) })),
	);
	return nodes.flatMap(({ node, type }) => (type ? [{ node, description: type.description }] : []));
}

/** Paths of parameters that a node type does not have. */
function unknownParameters(
	parameters: unknown,
	properties: INodeProperties[],
	path = '',
): string[] {
	return Object.entries((parameters ?? {}) as Json).flatMap(([name, value]) => {
		const here = `${path}${name}`;
		const known = properties.filter((property) => property.name === name);
		if (known.length === 0) return [here];
		const values = known.map((property) => unknownInside(value, property, here));
		return values.find((unknown) => unknown.length === 0) ?? values[0];
	});
}

function unknownInside(value: unknown, property: INodeProperties, path: string): string[] {
	const isExpression = typeof value === 'string' && value.startsWith('=');
	if (isExpression) return [];
	switch (property.type) {
		case 'collection':
			return unknownParameters(value, property.options as INodeProperties[], `${path}.`);
		case 'fixedCollection':
			return Object.entries((value ?? {}) as Json).flatMap(([group, entries]) => {
				const options = property.options as INodePropertyCollection[];
				const known = options.find(({ name }) => name === group);
				if (!known) return [`${path}.${group}`];
				return [entries]
					.flat()
					.flatMap((entry) => unknownParameters(entry, known.values, `${path}.${group}.`));
			});
		case 'options': {
			const allowed = (property.options as Array<{ value?: unknown }>).map(
				(option) => option.value,
			);
			return allowed.includes(value) ? [] : [`${path}: ${String(value)}`];
		}
		case 'resourceLocator': {
			const { __rl: isLocator, mode } = value as Json;
			const known = (property.modes ?? []).some(({ name }) => name === mode);
			return isLocator === true && known ? [] : [`${path}: ${String(mode)}`];
		}
		default:
			return [];
	}
}

/** Every key and every text in a value, at any depth. */
function contentsOf(value: unknown): { keys: string[]; texts: string[] } {
	if (typeof value === 'string') return { keys: [], texts: [value] };
	if (typeof value !== 'object' || value === null) return { keys: [], texts: [] };
	const inner = Object.values(value).map(contentsOf);
	return {
		keys: [
			...(Array.isArray(value) ? [] : Object.keys(value)),
			...inner.flatMap(({ keys }) => keys),
		],
		texts: inner.flatMap(({ texts }) => texts),
	};
}

const linksOf = ({ connections }: Example) =>
	Object.entries(connections).flatMap(([source, byType]) =>
		Object.entries(byType).flatMap(([type, outputs]) =>
			outputs.flatMap((targets, output) =>
				(targets ?? []).map((target) => ({ source, type, output, target })),
			),
		),
	);

it('each example has a name of its own', () => {
	const names = files.map((file) => read(file).name);

	expect(new Set(names).size).toBe(names.length);
	for (const name of names) expect(name).toMatch(/^Clarifai: \S/);
});

describe.each(files)('%s', (file) => {
	it('is a workflow as n8n imports it', () => {
		const example = read(file);

		expect(Object.keys(example).sort()).toEqual(['connections', 'name', 'nodes', 'settings']);
		for (const node of example.nodes) {
			expect(node).toEqual(
				expect.objectContaining({
					id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
					name: expect.stringMatching(/\S/),
					type: expect.any(String),
					typeVersion: expect.any(Number),
					position: [expect.any(Number), expect.any(Number)],
					parameters: expect.any(Object),
				}),
			);
		}
	});

	it('has nodes with names, IDs and places of their own', () => {
		const { nodes } = read(file);

		for (const key of ['name', 'id'] as const) {
			expect(new Set(nodes.map((node) => node[key])).size).toBe(nodes.length);
		}
		expect(new Set(nodes.map(({ position }) => position.join())).size).toBe(nodes.length);
	});

	it('has nodes of this package, in their current version, and of n8n only', async () => {
		const example = read(file);
		const own = await ownNodes(example);

		expect(own.length).toBeGreaterThan(0);
		for (const { node, description } of own) {
			expect([description.version].flat()).toContain(node.typeVersion);
		}
		const others = example.nodes.filter(({ type }) => !type.startsWith(PACKAGE));
		for (const { type } of others) expect(type).toMatch(FOREIGN);
	});

	it('sets only parameters that its nodes have', async () => {
		const own = await ownNodes(read(file));

		const unknown = own.flatMap(({ node, description }) =>
			unknownParameters(node.parameters, description.properties, `${node.name}: `),
		);

		expect(unknown).toEqual([]);
	});

	it('sets only parameters that its nodes show, and all that n8n requires', async () => {
		const own = await ownNodes(read(file));

		for (const { node, description } of own) {
			const { NodeHelpers } = n8nWorkflow;
			const shown = NodeHelpers.getNodeParameters(
				description.properties,
				node.parameters,
				true,
				false,
				node as INode,
				description,
			);
			expect(Object.keys(shown ?? {})).toEqual(
				expect.arrayContaining(Object.keys(node.parameters)),
			);
			const issues = NodeHelpers.getNodeParametersIssues(
				description.properties,
				{ ...node, parameters: shown ?? {} } as INode,
				description,
			);
			expect(issues).toBeNull();
		}
	});

	it('connects nodes that exist, by outputs that exist', async () => {
		const example = read(file);
		const names = example.nodes.map(({ name }) => name);
		const own = await ownNodes(example);

		for (const { source, type, output, target } of linksOf(example)) {
			expect(names).toContain(source);
			expect(names).toContain(target.node);
			const merges = example.nodes.some(
				({ name, type: kind }) => name === target.node && kind === 'n8n-nodes-base.merge',
			);
			expect(target).toEqual({ node: target.node, type, index: expect.any(Number) });
			expect(target.index).toBeLessThan(merges ? 2 : 1);
			const found = own.find(({ node }) => node.name === source);
			if (!found) continue;
			const outputs = [...(found.description.outputs as string[])];
			if (found.node.onError === 'continueErrorOutput') outputs.push('main');
			expect(outputs.filter((kind) => kind === type).length).toBeGreaterThan(output);
		}
	});

	it('leaves no node unconnected', () => {
		const example = read(file);
		const connected = linksOf(example).flatMap(({ source, target }) => [source, target.node]);

		const loose = example.nodes.filter(
			({ name, type }) => type !== STICKY_NOTE && !connected.includes(name),
		);

		expect(loose.map(({ name }) => name)).toEqual([]);
	});

	it('refers in expressions only to nodes that exist', () => {
		const { nodes } = read(file);
		const names = nodes.map(({ name }) => name);

		const referred = contentsOf(nodes.map(({ parameters }) => parameters)).texts.flatMap((text) =>
			[...text.matchAll(/\$\((['"])(.+?)\1\)/g)].map((match) => match[2]),
		);

		expect(names).toEqual(expect.arrayContaining(referred));
	});

	it('begins with a trigger', () => {
		const { nodes } = read(file);

		expect(nodes.filter(({ type }) => /Trigger$/.test(type)).length).toBeGreaterThan(0);
	});

	it('has no line that runs behind another node', () => {
		expect(crossings(read(file))).toEqual([]);
	});

	it('explains itself in a sticky note', () => {
		const notes = read(file).nodes.filter(({ type }) => type === STICKY_NOTE);

		expect(notes.length).toBeGreaterThan(0);
		const [{ content }] = notes.map(({ parameters }) => parameters);
		expect(content).toMatch(/^## \S/);
		expect(String(content).length).toBeGreaterThan(200);
		expect(content).toContain('credential');
	});

	it('carries nothing of whoever made it', () => {
		const { keys, texts } = contentsOf(read(file));

		const personal = [
			'credentials',
			'pinData',
			'staticData',
			'webhookId',
			'meta',
			'instanceId',
			'versionId',
			'active',
			'shared',
			'tags',
			'accessToken',
			'cachedResultName',
			'cachedResultUrl',
		];
		expect(keys.filter((key) => personal.includes(key))).toEqual([]);
		for (const text of texts) {
			expect(text).not.toMatch(/[0-9a-f]{32}/i);
			expect(text).not.toMatch(/\b(Key|Bearer) [\w-]{8,}/);
			expect(text).not.toMatch(/sk-[\w-]{16,}/);
		}
	});
});

const NODE_SIZE = 96;

/** Connections to the right, roughly as n8n draws them, that go through a node that they do not belong to. */
function crossings({ nodes, connections }: Example): string[] {
	const boxes = nodes.filter(({ type }) => type !== STICKY_NOTE);
	const placeOf = (name: string) => boxes.find((node) => node.name === name)?.position ?? [0, 0];
	return Object.entries(connections).flatMap(([from, { main = [] }]) =>
		main.flat().flatMap((to) => {
			if (!to) return [];
			const [left, top] = placeOf(from);
			const [right, bottom] = placeOf(to.node);
			const width = right - left - NODE_SIZE;
			if (width < 0) return [];
			const isBehind = ([x, y]: [number, number]) =>
				Array.from({ length: 19 }, (_, index) => (index + 1) / 20).some((share) => {
					// A Bézier curve with level ends: its x is nearly even, its y follows this.
					const rise = 3 * share ** 2 - 2 * share ** 3;
					const lineX = left + NODE_SIZE + width * share;
					const lineY = top + NODE_SIZE / 2 + (bottom - top) * rise;
					return lineX > x && lineX < x + NODE_SIZE && lineY > y && lineY < y + NODE_SIZE;
				});
			return boxes
				.filter(({ name, position }) => name !== from && name !== to.node && isBehind(position))
				.map(({ name }) => `${from} → ${to.node} behind ${name}`);
		}),
	);
}
