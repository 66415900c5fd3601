import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import {
	describeType,
	isObject,
	numberAt,
	objectAt,
	objectsAt,
	parseJson,
	parseJsonObject,
	textAt,
} from '../../../../nodes/shared/clarifai/json.ts';
import { InputProblem } from '../../../../nodes/shared/clarifai/problems.ts';

describe('an object', () => {
	it.each([
		['a literal', {}],
		['one without a prototype', Object.create(null)],
		['one of another realm, as expressions give', runInNewContext('({ a: 1 })')],
	])('is %s', (_what, value) => {
		expect(isObject(value)).toBe(true);
	});

	it.each([
		['null', null],
		['undefined', undefined],
		['a list', []],
		['a list of another realm', runInNewContext('[]')],
		['a date', new Date()],
		['a map', new Map()],
		['an instance', new (class Thing {})()],
		['a text', 'x'],
		['a function', () => ({})],
	])('is not %s', (_what, value) => {
		expect(isObject(value)).toBe(false);
	});
});

describe('what Clarifai leaves out', () => {
	const answer: unknown = {
		model: { id: 'm' },
		models: [{ id: 'a' }, null, 'x', { id: 'b' }],
		text: 't',
		number: 7,
		zero: 0,
		big: '9007199254740993',
		blank: '',
		no: null,
		yes: true,
	};

	it('is an empty object', () => {
		expect(objectAt(answer, 'model')).toEqual({ id: 'm' });
		for (const key of ['none', 'models', 'text', 'no', 'yes']) {
			expect(objectAt(answer, key)).toEqual({});
		}
		expect(objectAt(undefined, 'x')).toEqual({});
	});

	it('is an empty list', () => {
		expect(objectsAt(answer, 'models')).toEqual([{ id: 'a' }, { id: 'b' }]);
		for (const key of ['none', 'model', 'text', 'no']) expect(objectsAt(answer, key)).toEqual([]);
		expect(objectsAt(null, 'x')).toEqual([]);
	});

	it.each([
		['text', 't'],
		['number', '7'],
		['zero', '0'],
		['blank', undefined],
		['no', undefined],
		['yes', undefined],
		['model', undefined],
		['none', undefined],
	])('is no text: %s', (key, text) => {
		expect(textAt(answer, key)).toBe(text);
	});

	it.each([
		['number', 7],
		['zero', 0],
		['big', 9007199254740992],
		['text', undefined],
		['blank', undefined],
		['no', undefined],
		['yes', undefined],
		['none', undefined],
	])('is no number: %s', (key, number) => {
		expect(numberAt(answer, key)).toBe(number);
	});

	it('is not infinite', () => {
		expect(numberAt({ n: Infinity }, 'n')).toBeUndefined();
		expect(numberAt({ n: 'Infinity' }, 'n')).toBeUndefined();
		expect(numberAt({ n: NaN }, 'n')).toBeUndefined();
	});
});

describe('JSON from a user', () => {
	it('is any JSON text, as it was', () => {
		const allowed = fc
			.json({ noUnicodeString: false })
			// That key is refused, see below.
			.filter((text) => !text.includes('"__proto__"'));
		fc.assert(
			fc.property(allowed, (text) => {
				expect(parseJson(text, 'Graph')).toEqual(JSON.parse(text));
			}),
			{ numRuns: 1000 },
		);
	});

	it('may be a value already', () => {
		const value = { a: [1, { b: null }] };

		expect(parseJson(value, 'Graph')).toBe(value);
		expect(parseJsonObject(value, 'Metadata')).toBe(value);
		expect(parseJson(null, 'Graph')).toBeNull();
	});

	it.each([[undefined], [null], [''], ['{}']])('is an empty object where it is %j', (value) => {
		expect(parseJsonObject(value, 'Metadata')).toEqual({});
	});

	it.each([
		['[1]', 'a list'],
		['1', 'a number'],
		['"a"', 'a string'],
		['true', 'a boolean'],
		['null', 'null'],
		[[1], 'a list'],
		[5, 'a number'],
		[false, 'a boolean'],
	])('is not an object when it is %j', (value, type) => {
		expect(() => parseJsonObject(value, 'Metadata')).toThrow(
			`'Metadata' must be a JSON object, not ${type}`,
		);
	});

	it.each([['{'], ['{"a":1,}'], ["{'a':1}"], [' '], ['undefined'], ['[object Object]']])(
		'is refused when it is %j',
		(text) => {
			expect(() => parseJson(text, 'Metadata')).toThrow(InputProblem);
			expect(() => parseJson(text, 'Metadata')).toThrow(/^'Metadata' is not valid JSON: /);
		},
	);

	it.each([
		['{"__proto__":{"polluted":true}}'],
		['{"a":[{"b":{"__proto__":1}}]}'],
		['[{"__proto__":null}]'],
	])('has no prototype key: %s', (text) => {
		const problem = `'Metadata' has the key "__proto__", which is not allowed`;

		expect(() => parseJson(text, 'Metadata')).toThrow(problem);
		expect(() => parseJson(JSON.parse(text), 'Metadata')).toThrow(problem);
		expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
	});
});

it.each([
	[null, 'null'],
	[undefined, 'empty'],
	[[], 'a list'],
	[{}, 'an object'],
	['', 'a string'],
	[1, 'a number'],
	[true, 'a boolean'],
])('%j is called %s', (value, words) => {
	expect(describeType(value)).toBe(words);
});
