import type { INodeProperties } from 'n8n-workflow';
import { locator } from '../../../../nodes/shared/parameters/locators.ts';
import { ParameterReader } from '../../../../nodes/shared/parameters/parameterReader.ts';
import { propertyAt } from '../../../../nodes/shared/parameters/propertyAt.ts';
import { lodash } from '../../../tools/engine/n8n.mts';

const thing = { search: 'searchThings', placeholder: 'x', description: '' };

const itself: { a: { b?: object } } = { a: {} };
itself.a.b = itself;

const PROPERTIES: INodeProperties[] = [
	{ displayName: 'Model ID', name: 'modelId', type: 'string', default: '' },
	{ displayName: 'Dry Run', name: 'dryRun', type: 'boolean', default: false },
	{ displayName: 'Return All', name: 'returnAll', type: 'boolean', default: true },
	{ displayName: 'Limit', name: 'limit', type: 'number', default: 50 },
	{
		displayName: 'If Exists',
		name: 'ifExists',
		type: 'options',
		default: 'reuse',
		options: [
			{ name: 'Fail', value: 'fail' },
			{ name: 'Reuse', value: 'reuse' },
		],
	},
	{ displayName: 'Concepts', name: 'concepts', type: 'multiOptions', default: [] },
	locator({ ...thing, displayName: 'Model', name: 'model', portal: 'models' }),
	locator({ ...thing, displayName: 'Template', name: 'template' }),
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		default: {},
		options: [
			{ displayName: 'Notes', name: 'notes', type: 'string', default: 'never read' },
			{ displayName: 'Metadata', name: 'metadata', type: 'json', default: '{}' },
			{ displayName: 'Report', name: 'report', type: 'boolean', default: true },
		],
	},
	{
		displayName: 'Nodes',
		name: 'nodes',
		type: 'fixedCollection',
		default: {},
		options: [
			{
				displayName: 'Node',
				name: 'node',
				values: [
					{ displayName: 'Node ID', name: 'nodeId', type: 'string', default: '' },
					{ displayName: 'Min Value', name: 'minValue', type: 'number', default: 0 },
				],
			},
		],
	},
];

/** What the expressions of these tests give, by their texts. */
const GIVEN: Record<string, unknown> = {
	'={{ id }}': 'cars',
	'=': '',
	"={{ '' }}": '',
	'={{ missing }} ': ' ',
	'={{ missing }}{{ missing }}': '',
	'={{ null }}': null,
	'={{ noEntries }}': [],
	'={{ id }}, {{ missing }}': 'cars, ',
	'={{ csv }}': 'cars, ',
	'={{ members }}': { a: null, b: [{ c: undefined }] },
	'={{ itself }}': itself,
	'={{ list }}': ['a', 'b'],
	'={{ object }}': {},
};

function resolve(value: unknown): unknown {
	if (typeof value === 'string') return value.startsWith('=') ? GIVEN[value] : value;
	if (Array.isArray(value)) return value.map(resolve);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each)]));
}

function readerOf(parameters: Record<string, unknown>): ParameterReader {
	const raw = (path: string) => lodash.get(parameters as never, path);
	return new ParameterReader(
		{ raw, resolved: (path) => resolve(raw(path)), fieldsInWords: () => 'Item 0 carries: a, b.' },
		PROPERTIES,
	);
}

const messagesOf = ({ problems }: ParameterReader) => problems.map(({ message }) => message);

type Read = (reader: ParameterReader) => unknown;

const READERS: Array<[string, string, Read]> = [
	['modelId', 'Model ID', (reader) => reader.id('modelId')],
	['modelId', 'Model ID', (reader) => reader.optionalId('modelId')],
	['concepts', 'Concepts', (reader) => reader.idList('concepts')],
	['additionalFields.notes', 'Notes', (reader) => reader.text('additionalFields.notes')],
	['dryRun', 'Dry Run', (reader) => reader.boolean('dryRun')],
	['limit', 'Limit', (reader) => reader.number('limit')],
	['limit', 'Limit', (reader) => reader.numberOrDefault('limit')],
	['ifExists', 'If Exists', (reader) => reader.choice('ifExists')],
	['ifExists', 'If Exists', (reader) => reader.optionalChoice('ifExists')],
	['additionalFields.metadata', 'Metadata', (reader) => reader.json('additionalFields.metadata')],
	['model', 'Model', (reader) => reader.optionallyLocated('model', 'models')],
];

const withValue = (path: string, value: unknown) => {
	const parameters = {};
	lodash.set(parameters, path, path === 'model' ? { __rl: true, mode: 'id', value } : value);
	return parameters;
};

describe('an expression that gives nothing', () => {
	it.each(READERS)('is a problem of %s that names %s', (path, label, read) => {
		for (const expression of [
			'={{ null }}',
			'={{ missing }}',
			"={{ '' }}",
			'={{ missing }} ',
			'={{ missing }}{{ missing }}',
		]) {
			const reader = readerOf(withValue(path, expression));

			read(reader);

			expect(messagesOf(reader)).toEqual([`'${label}' is an expression that gives nothing`]);
			expect(reader.problems[0].hint).toMatch(
				/clear the parameter to leave it unset\. Item 0 carries: a, b\.$/,
			);
		}
	});

	it('is an empty list where all would be taken for it', () => {
		const reader = readerOf({ concepts: '={{ noEntries }}' });

		reader.idList('concepts');

		expect(messagesOf(reader)).toEqual(["'Concepts' is an expression that gives nothing"]);
	});

	it('leaves a gap in a text of IDs', () => {
		const reader = readerOf({ concepts: '={{ id }}, {{ missing }}' });

		reader.idList('concepts');

		expect(messagesOf(reader)).toEqual(["'Concepts' has an empty entry"]);
		expect(readerOf({ concepts: '={{ csv }}' }).idList('concepts')).toEqual(['cars']);
	});

	it('is named where it is a member of an object', () => {
		const reader = readerOf({ additionalFields: { metadata: '={{ members }}' } });

		reader.json('additionalFields.metadata');

		expect(messagesOf(reader)).toEqual([
			`'Metadata' is an expression that gives nothing for "b[0].c"`,
		]);
	});

	it('is no endless value: one that holds itself is refused', () => {
		const reader = readerOf({ additionalFields: { metadata: '={{ itself }}' } });

		reader.json('additionalFields.metadata');

		expect(messagesOf(reader)).toEqual([
			`'Metadata' is an expression whose value holds itself, at "a.b"`,
		]);
	});

	it('is no problem where the reader asks for it if there is any', () => {
		const reader = readerOf(withValue('model', '={{ null }}'));

		expect(reader.locatedIfAny('model')).toBeUndefined();
		expect(reader.problems).toEqual([]);
	});

	it('is an empty name where one is needed', () => {
		const reader = readerOf(withValue('model', '={{ null }}'));

		reader.located('model', 'models');

		expect(messagesOf(reader)).toEqual(["'Model' is empty"]);
		expect(reader.problems[0].hint).toMatch(/^Check the expression: .* pick one from the list\./);
	});
});

describe('a parameter that is not set', () => {
	it.each<[string, Record<string, unknown>]>([
		['not there', {}],
		['undefined', { additionalFields: {} }],
	])('because it is %s has the default of the description', (_what, parameters) => {
		const reader = readerOf(parameters);

		expect(reader.boolean('dryRun')).toBe(false);
		expect(reader.boolean('returnAll')).toBe(true);
		expect(reader.boolean('additionalFields.report')).toBe(true);
		expect(reader.numberOrDefault('limit')).toBe(50);
		expect(reader.choice('ifExists')).toBe('reuse');
		expect(reader.idList('concepts')).toEqual([]);
		expect(reader.json('additionalFields.metadata')).toEqual({});
		expect(reader.optionallyLocated('model', 'models')).toBeUndefined();
		expect(reader.problems).toEqual([]);
	});

	it('inside a collection is nothing: its default there is only what the editor begins with', () => {
		expect(readerOf({}).text('additionalFields.notes')).toBeUndefined();
	});

	it.each(['', '='])('because it is %j is unset', (value) => {
		const reader = readerOf({
			modelId: value,
			dryRun: value,
			returnAll: value,
			limit: value,
			ifExists: value,
			concepts: value,
			model: { __rl: true, mode: 'id', value },
			additionalFields: { notes: value, metadata: value },
		});

		expect(reader.optionalId('modelId')).toBeUndefined();
		expect(reader.boolean('returnAll')).toBe(true);
		expect(reader.number('limit')).toBeUndefined();
		expect(reader.choice('ifExists')).toBe('reuse');
		expect(reader.optionalChoice('ifExists')).toBeUndefined();
		expect(reader.idList('concepts')).toEqual([]);
		expect(reader.text('additionalFields.notes')).toBeUndefined();
		expect(reader.json('additionalFields.metadata')).toEqual({});
		expect(reader.optionallyLocated('model', 'models')).toBeUndefined();
		expect(reader.problems).toEqual([]);
	});
});

describe('a value', () => {
	it('comes from an expression as from the user', () => {
		const reader = readerOf({
			modelId: '={{ id }}',
			concepts: '={{ list }}',
			model: { __rl: true, mode: 'id', value: '={{ id }}' },
		});

		expect(reader.id('modelId')).toBe('cars');
		expect(reader.idList('concepts')).toEqual(['a', 'b']);
		expect(reader.located('model', 'models')).toEqual({ id: 'cars' });
		expect(reader.problems).toEqual([]);
	});

	it('has its problems gathered, in the order in which they are read', () => {
		const reader = readerOf({ modelId: 'a/b', dryRun: 'perhaps', limit: 0, ifExists: 'no' });

		expect(reader.id('modelId')).toBe('');
		expect(reader.boolean('dryRun')).toBe(false);
		expect(reader.number('limit', { min: 1 })).toBeUndefined();
		expect(reader.choice('ifExists')).toBe('reuse');

		expect(messagesOf(reader)).toEqual([
			`'Model ID' is not a valid ID: "a/b"`,
			`'Dry Run' must be true or false, not "perhaps"`,
			`'Limit' must be a number of 1 or more, not "0"`,
			`'If Exists' must be one of: fail, reuse, not "no"`,
		]);
	});

	it('of a parameter that the description lacks is a mistake in the node', () => {
		expect(() => readerOf({}).text('modelIdd')).toThrow('The node has no parameter "modelIdd"');
	});
});

describe('a resource locator', () => {
	const link = 'https://clarifai.com/clarifai/main/models/general-image-recognition?tab=x';

	it.each([
		['a link', { __rl: true, mode: 'url', value: link }],
		['a link in the mode for IDs', { __rl: true, mode: 'id', value: link }],
		['a plain text', link],
	])('gives the owner of %s', (_what, model) => {
		expect(readerOf({ model }).located('model', 'models')).toEqual({
			id: 'general-image-recognition',
			scope: { userId: 'clarifai', appId: 'main' },
		});
	});

	it.each([
		[{ __rl: true, mode: 'list', value: '' }, "'Model' is empty", /^Pick one from the list\.$/],
		[{ __rl: true, mode: 'id', value: '' }, "'Model' is empty", /pick one from the list/],
		[undefined, "'Model' is empty", /^Pick one from the list\.$/],
		[
			{ __rl: true, mode: 'id', value: '{{ $json.modelId }}' },
			`'Model' looks like an expression, but is a fixed text: "{{ $json.modelId }}"`,
			/^Switch 'Model' from Fixed to Expression\.$/,
		],
		[
			{ __rl: true, mode: 'url', value: 'https://clarifai.com/a/b/workflows/c' },
			"'Model' is not a link to one of Clarifai's models",
			/A link looks like/,
		],
		[
			{ __rl: true, mode: 'id', value: '={{ object }}' },
			"'Model' must be a text, not an object",
			/\w/,
		],
	])('of %j is refused', (model, message, hint) => {
		const reader = readerOf({ model });

		reader.located('model', 'models');

		expect(messagesOf(reader)).toEqual([message]);
		expect(reader.problems[0].hint).toMatch(hint);
	});

	it('may hold any name, where it holds a name', () => {
		const template = { __rl: true, mode: 'id', value: ' ResNet 50 + more ' };

		expect(readerOf({ template }).locatedName('template')).toBe('ResNet 50 + more');
	});

	it('holds no name in an expression of a fixed text', () => {
		const reader = readerOf({ template: { __rl: true, mode: 'id', value: '{{ $json.t }}' } });

		reader.locatedName('template');

		expect(messagesOf(reader)).toEqual([
			`'Template' looks like an expression, but is a fixed text: "{{ $json.t }}"`,
		]);
	});

	it('needs a name, where it holds a name', () => {
		const reader = readerOf({});

		reader.locatedName('template');

		expect(messagesOf(reader)).toEqual(["'Template' is empty"]);
	});
});

describe('the entries of a fixed collection', () => {
	const read = (nodes: unknown) => {
		const reader = readerOf({ nodes });
		const entries = reader
			.entries('nodes.node', 'node')
			.map((entry) => [entry.id('nodeId'), entry.number('minValue', { max: 1 })]);
		return { entries, messages: messagesOf(reader) };
	};

	it('are read each by itself', () => {
		expect(read({ node: [{ nodeId: 'a', minValue: 0.5 }, { nodeId: '={{ id }}' }] })).toEqual({
			entries: [
				['a', 0.5],
				['cars', undefined],
			],
			messages: [],
		});
	});

	it('may be a single one', () => {
		expect(read({ node: { nodeId: 'a' } }).entries).toEqual([['a', undefined]]);
	});

	it.each([[undefined], [{}], [{ node: [] }]])('are none in %j', (nodes) => {
		expect(read(nodes)).toEqual({ entries: [], messages: [] });
	});

	it('say in their problems which one it is', () => {
		const nodes = { node: [{ nodeId: 'a', minValue: 2 }, { nodeId: '={{ null }}' }] };

		expect(read(nodes).messages).toEqual([
			`'Min Value (node 1)' must be a number of 1 or less, not "2"`,
			"'Node ID (node 2)' is an expression that gives nothing",
		]);
	});

	it('may not come from an expression that gives nothing', () => {
		expect(read({ node: '={{ null }}' }).messages).toEqual([
			"'Nodes' is an expression that gives nothing",
		]);
	});
});

describe('the property at a path', () => {
	it.each([
		['modelId', 'Model ID'],
		['additionalFields.notes', 'Notes'],
		['nodes.node[12].minValue', 'Min Value'],
		['nodes.node.nodeId', 'Node ID'],
	])('%s is %s', (path, displayName) => {
		expect(propertyAt(PROPERTIES, path).displayName).toBe(displayName);
	});

	it.each(['', 'nothing', 'additionalFields.nothing', 'modelId.length', 'ifExists.fail'])(
		'%j is none',
		(path) => {
			expect(() => propertyAt(PROPERTIES, path)).toThrow(`The node has no parameter "${path}"`);
		},
	);
});
