import { runInNewContext } from 'node:vm';
import {
	agrees,
	describeType,
	isObject,
	numberAt,
	objectAt,
	objectsAt,
	sameJson,
	textAt,
} from '../../../../nodes/shared/clarifai/json.ts';

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

describe('the same JSON', () => {
	it.each([
		[1, 1],
		[null, null],
		[
			[1, { a: 'b' }],
			[1, { a: 'b' }],
		],
		[
			{ a: 1, b: { c: [] } },
			{ b: { c: [] }, a: 1 },
		],
	])('%j as %j', (a, b) => {
		expect(sameJson(a, b)).toBe(true);
	});

	it.each([
		[1, '1'],
		[null, undefined],
		[{}, []],
		[{ a: undefined }, {}],
		[{ a: undefined }, { b: undefined }],
		[
			[1, 2],
			[2, 1],
		],
		[[1], [1, 2]],
		[{ a: 1 }, { a: 1, b: 2 }],
		[{ a: { b: 1 } }, { a: { b: 2 } }],
		[{ toString: 1 }, { a: 1 }],
	])('not %j as %j', (a, b) => {
		expect(sameJson(a, b)).toBe(false);
		expect(sameJson(b, a)).toBe(false);
	});
});

describe('what Clarifai shows of what was asked for', () => {
	it.each<[string, unknown, unknown]>([
		['the same', { a: [1, { b: 'c' }] }, { a: [1, { b: 'c' }] }],
		['less of it', { a: {} }, { a: { b: 1 }, c: 2 }],
		['nothing of it', undefined, { a: 1 }],
		['null for it', null, [1]],
		['more of it', { a: 1, b: 2, c: { d: 3 } }, { a: 1 }],
		['more within a list', [{ id: 'a', value: 1 }], [{ id: 'a' }]],
		['a text for a number', { a: '1' }, { a: 1 }],
		['what was left open', { id: 'v1' }, { id: undefined }],
	])('agrees when it is %s', (_what, shown, asked) => {
		expect(agrees(shown, asked)).toBe(true);
	});

	it.each<[string, unknown, unknown]>([
		['another value', { a: 1 }, { a: 2 }],
		['a value for an object', { a: 1 }, { a: { b: 1 } }],
		['a value for a list', { a: 1 }, { a: [1] }],
		['another value deep in a list', [{ a: { b: 1 } }], [{ a: { b: 2 } }]],
		['a shorter list', { a: [1] }, { a: [1, 2] }],
		['a longer list', { a: [1, 2] }, { a: [1] }],
		['an empty list', { a: [] }, { a: [1] }],
		['false for true', { a: false }, { a: true }],
	])('does not agree when it is %s', (_what, shown, asked) => {
		expect(agrees(shown, asked)).toBe(false);
	});
});
