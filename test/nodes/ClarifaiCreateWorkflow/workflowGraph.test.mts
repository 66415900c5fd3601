import fc from 'fast-check';
import type { JsonObject } from '../../../nodes/shared/clarifai/json.ts';
import { InputProblem } from '../../../nodes/shared/parameters/problems.ts';
import {
	MAX_MODELS,
	nodesOfJson,
	orderGraph,
	toClarifaiNode,
} from '../../../nodes/ClarifaiCreateWorkflow/workflowGraph.ts';

const node = (id: string, ...inputs: string[]): JsonObject => ({
	id,
	model: { id: 'm' },
	node_inputs: inputs.map((input) => ({ node_id: input })),
});

const order = (...nodes: JsonObject[]) => orderGraph(nodes).map(({ id }) => id);

const inputsOf = (of: JsonObject) =>
	(of.node_inputs as Array<{ node_id: string }>).map(({ node_id }) => node_id);

const OWN = { nodeId: 'a', modelId: 'm', modelUserId: 'u', modelAppId: 'p', inputs: [] };

describe('a node in Clarifai’s form', () => {
	it('has no more than it needs', () => {
		expect(toClarifaiNode(OWN)).toEqual({
			id: 'a',
			model: { id: 'm', user_id: 'u', app_id: 'p' },
		});
	});

	it('has everything that is given', () => {
		expect(
			toClarifaiNode({
				nodeId: 'a',
				modelId: 'm',
				modelVersionId: 'v',
				modelUserId: 'u',
				modelAppId: 'p',
				inputs: ['x', 'y'],
				conceptIds: ['car'],
				maxConcepts: 5,
				minValue: 0.5,
				suppressOutput: true,
			}),
		).toEqual({
			id: 'a',
			model: { id: 'm', model_version: { id: 'v' }, user_id: 'u', app_id: 'p' },
			node_inputs: [{ node_id: 'x' }, { node_id: 'y' }],
			suppress_output: true,
			output_info_override: {
				data: { concepts: [{ id: 'car' }] },
				params: { max_concepts: 5, min_value: 0.5 },
			},
		});
	});

	it.each([
		[{ conceptIds: ['car'] }, { data: { concepts: [{ id: 'car' }] } }],
		[{ maxConcepts: 1 }, { params: { max_concepts: 1 } }],
		[{ minValue: 0.1 }, { params: { min_value: 0.1 } }],
		[{ conceptIds: [], maxConcepts: 0, minValue: 0, suppressOutput: false }, undefined],
	])('with %j overrides %j', (fields, override) => {
		const made = toClarifaiNode({ ...OWN, ...fields });

		expect(made.output_info_override).toEqual(override);
		expect(made).not.toHaveProperty('suppress_output');
	});
});

describe('a JSON graph', () => {
	it('is a list of nodes or an object with one', () => {
		const nodes = [node('a')];

		expect(nodesOfJson(nodes, 'Graph')).toBe(nodes);
		expect(nodesOfJson({ id: 'w', nodes }, 'Graph')).toBe(nodes);
	});

	it.each([
		[null, 'not null'],
		[undefined, 'not empty'],
		['x', 'not a string'],
		[{}, 'not empty'],
		[{ nodes: {} }, 'not an object'],
		[{ nodes: null }, 'not null'],
	])('is not %j', (value, words) => {
		expect(() => nodesOfJson(value, 'Graph')).toThrow(
			`'Graph' must be a list of nodes or an object with "nodes", ${words}`,
		);
	});

	it('has objects only', () => {
		expect(() => nodesOfJson([node('a'), null], 'Graph')).toThrow(
			"Node 2 of 'Graph' must be an object, not null",
		);
	});
});

describe('the order of a graph', () => {
	it.each([
		['one node', [node('a')], ['a']],
		['a right order', [node('b'), node('a', 'b'), node('c', 'b')], ['b', 'a', 'c']],
		['a chain the wrong way round', [node('c', 'b'), node('b', 'a'), node('a')], ['a', 'b', 'c']],
		[
			'a diamond',
			[node('d', 'b', 'c'), node('b', 'a'), node('c', 'a'), node('a')],
			['a', 'b', 'c', 'd'],
		],
		['separate graphs', [node('x'), node('b', 'a'), node('a')], ['x', 'a', 'b']],
		['an input that is named twice', [node('b', 'a', 'a'), node('a')], ['a', 'b']],
	])('of %s has every node after its inputs', (_what, nodes, ids) => {
		expect(order(...nodes)).toEqual(ids);
	});

	it('keeps the nodes as they are', () => {
		const nodes = [{ ...node('b', 'a'), extra: { kept: true } }, node('a')];

		expect(orderGraph(nodes)).toEqual([nodes[1], nodes[0]]);
	});

	it('is right for every graph without cycles, and keeps a right order', () => {
		const graph = fc.integer({ min: 1, max: MAX_MODELS }).chain((count) =>
			fc.record({
				edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 40 }),
				shuffle: fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
			}),
		);
		fc.assert(
			fc.property(graph, ({ edges, shuffle }) => {
				const nodes = [...shuffle.keys()].map((index) =>
					node(
						`n${index}`,
						...edges.flatMap(([from, to]) => (to === index && from < to ? [`n${from}`] : [])),
					),
				);
				const ordered = orderGraph(shuffle.map((index) => nodes[index]));

				expect(new Set(ordered)).toEqual(new Set(nodes));
				ordered.forEach((each, index) => {
					const before = ordered.slice(0, index).map(({ id }) => id);
					expect(before).toEqual(expect.arrayContaining(inputsOf(each)));
				});
				expect(orderGraph(nodes)).toEqual(nodes);
				expect(orderGraph(ordered)).toEqual(ordered);
			}),
		);
	});
});

describe('a graph that cannot work', () => {
	const many = (count: number) => Array.from({ length: count }, (_none, n) => node(`n${n}`));

	it.each([
		['no nodes', [], /has no nodes/],
		['too many models', many(MAX_MODELS + 1), /21 models; Clarifai allows 20/],
		['the same ID twice', [node('a'), node('b'), node('a')], /Two nodes have the ID "a"/],
		['the same ID twice, but for blanks', [node('a'), node(' a')], /Two nodes have the ID "a"/],
		['an empty ID', [node('a'), node('')], /'Node ID \(node 2\)' is empty/],
		['no ID', [{ model: { id: 'm' } }], /'Node ID \(node 1\)' is empty/],
		['a malformed ID', [node('a b')], /'Node ID \(node 1\)' is not a valid ID/],
		['no model', [{ id: 'a' }], /Node "a" has no model/],
		['a model without an ID', [{ id: 'a', model: {} }], /Node "a" has no model/],
		['an unknown input', [node('a', 'x')], /"a" takes its input from "x", which is not a node/],
		['an input without an ID', [{ ...node('a'), node_inputs: [{}] }], /"a" takes its input/],
		['itself as input', [node('a', 'a')], /The nodes "a" wait/],
		['two in a circle', [node('x'), node('a', 'b'), node('b', 'a')], /The nodes "a", "b" wait/],
		[
			'a circle behind a start',
			[node('s'), node('a', 's', 'c'), node('b', 'a'), node('c', 'b')],
			/"a", "b", "c" wait for each other/,
		],
	])('has %s', (_what, nodes, message) => {
		expect(() => orderGraph(nodes)).toThrow(message);
		expect(() => orderGraph(nodes)).toThrow(InputProblem);
	});

	it('does not: 20 models', () => {
		expect(orderGraph(many(MAX_MODELS))).toHaveLength(20);
	});
});
