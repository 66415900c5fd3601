import fc from 'fast-check';
import { InputProblem } from '../../../../nodes/shared/parameters/problems.ts';
import { parseJson, parseJsonObject } from '../../../../nodes/shared/parameters/values.ts';

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
