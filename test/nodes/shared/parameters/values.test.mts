import fc from 'fast-check';
import { InputProblem } from '../../../../nodes/shared/parameters/problems.ts';
import {
	checkBoolean,
	checkChoice,
	checkNumber,
	checkOptionalText,
	parseJson,
	parseJsonObject,
} from '../../../../nodes/shared/parameters/values.ts';

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

	it('is refused as an expression in a fixed text', () => {
		expect(() => parseJson('{{ $json\n.graph }}', 'Graph')).toThrow(
			/^'Graph' looks like an expression, but is a fixed text/,
		);
	});

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

describe('true and false', () => {
	it.each([true, 'true', 'True', ' TRUE ', 1, '1'])('is true for %j', (value) => {
		expect(checkBoolean(value, 'Dry Run')).toBe(true);
	});

	it.each([false, 'false', 'False', ' FALSE\n', 0, '0'])('is false for %j', (value) => {
		expect(checkBoolean(value, 'Dry Run', true)).toBe(false);
	});

	it.each([undefined, null, ''])('is the default for %j', (value) => {
		expect(checkBoolean(value, 'Dry Run')).toBe(false);
		expect(checkBoolean(value, 'Dry Run', true)).toBe(true);
	});

	it.each([
		['yes', '"yes"'],
		['maybe', '"maybe"'],
		[2, '"2"'],
		[-1, '"-1"'],
		[{}, 'an object'],
		[[true], 'a list'],
		['{{ $json.dry }}', '"{{ $json.dry }}"'],
	])('is not %j', (value, shown) => {
		expect(() => checkBoolean(value, 'Dry Run')).toThrow(
			expect.objectContaining({
				message: `'Dry Run' must be true or false, not ${shown}`,
				hint: expect.stringMatching(/\w/),
			}),
		);
	});
});

describe('a choice', () => {
	const choices = ['form', 'json'] as const;

	it('is one of the list', () => {
		expect(checkChoice('json', 'Specify', choices, 'form')).toBe('json');
	});

	it.each([undefined, null, ''])('is the default for %j', (value) => {
		expect(checkChoice(value, 'Specify', choices, 'form')).toBe('form');
	});

	it.each([
		['yaml', '"yaml"'],
		['JSON', '"JSON"'],
		[0, '"0"'],
		[{}, 'an object'],
	])('is not %j', (value, shown) => {
		expect(() => checkChoice(value, 'Specify', choices, 'form')).toThrow(
			`'Specify' must be one of: form, json, not ${shown}`,
		);
	});
});

describe('a text', () => {
	it.each([
		['a', 'a'],
		[' ', ' '],
		[5, '5'],
		[false, 'false'],
		[undefined, undefined],
		[null, undefined],
		['', undefined],
	])('of %j is %j', (value, text) => {
		expect(checkOptionalText(value, 'Notes')).toBe(text);
	});

	it.each([
		[{}, 'an object'],
		[['a'], 'a list'],
	])('is not %j', (value, type) => {
		expect(() => checkOptionalText(value, 'Notes')).toThrow(`'Notes' must be a text, not ${type}`);
	});
});

describe('a number', () => {
	it.each([
		[5, 5],
		[' 5 ', 5],
		['1e3', 1000],
		['-0.5', -0.5],
		[0, 0],
	])('may be %j', (value, number) => {
		expect(checkNumber(value, 'Limit')).toBe(number);
	});

	it.each([
		['many', {}, `'Limit' must be a number, not "many"`],
		['', {}, `'Limit' must be a number, not ""`],
		[Infinity, {}, `'Limit' must be a number, not "Infinity"`],
		['NaN', {}, `'Limit' must be a number, not "NaN"`],
		[true, {}, `'Limit' must be a number, not "true"`],
		[[5], {}, "'Limit' must be a number, not a list"],
		[0, { min: 1 }, `'Limit' must be a number of 1 or more, not "0"`],
		[9, { max: 8 }, `'Limit' must be a number of 8 or less, not "9"`],
		['9', { min: 0, max: 8 }, `'Limit' must be a number from 0 to 8, not "9"`],
		[1.5, { whole: true }, `'Limit' must be a whole number, not "1.5"`],
		[
			'{{ $json.limit }}',
			{},
			`'Limit' looks like an expression, but is a fixed text: "{{ $json.limit }}"`,
		],
	])('may not be %j within %j', (value, limits, message) => {
		expect(() => checkNumber(value, 'Limit', limits)).toThrow(
			expect.objectContaining({ message, hint: expect.stringMatching(/\w/) }),
		);
	});
});
