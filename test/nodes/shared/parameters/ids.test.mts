import fc from 'fast-check';
import { checkId, checkIdList, checkOptionalId } from '../../../../nodes/shared/parameters/ids.ts';
import { InputProblem } from '../../../../nodes/shared/parameters/problems.ts';

describe('an ID', () => {
	it.each([
		['car-classifier', 'car-classifier'],
		['  padded\n', 'padded'],
		['A_b-9.c~d', 'A_b-9.c~d'],
		['-starts-with-a-dash', '-starts-with-a-dash'],
		[42, '42'],
		[0, '0'],
		['1.0', '1.0'],
		['x'.repeat(300), 'x'.repeat(300)],
	])('may be %j', (value, id) => {
		expect(checkId(value, 'Model ID')).toBe(id);
	});

	it.each([
		['', "'Model ID' is empty"],
		[' \t', "'Model ID' is empty"],
		[undefined, "'Model ID' is empty"],
		[null, "'Model ID' is empty"],
		[true, "'Model ID' must be a text, not a boolean"],
		[{}, "'Model ID' must be a text, not an object"],
		[['a'], "'Model ID' must be a text, not a list"],
		['undefined', `'Model ID' is "undefined"`],
		['null', `'Model ID' is "null"`],
		['[object Object]', `'Model ID' is "[object Object]"`],
		['a/b', `'Model ID' is not a valid ID: "a/b"`],
		['..', `'Model ID' is not a valid ID: ".."`],
		['.', `'Model ID' is not a valid ID: "."`],
		['.hidden', `'Model ID' is not a valid ID: ".hidden"`],
		['a..b', `'Model ID' is not a valid ID: "a..b"`],
		['a b', `'Model ID' is not a valid ID: "a b"`],
		['a\u0000b', `'Model ID' is not a valid ID: "a b"`],
		['a%2Fb', `'Model ID' is not a valid ID: "a%2Fb"`],
		['a?b', `'Model ID' is not a valid ID: "a?b"`],
		['a#b', `'Model ID' is not a valid ID: "a#b"`],
		['a\\b', `'Model ID' is not a valid ID: "a\\b"`],
		['größe', `'Model ID' is not a valid ID: "größe"`],
		[NaN, `'Model ID' is "NaN"`],
		[-1e21, `'Model ID' is not a valid ID: "-1e+21"`],
		['!'.repeat(99), `'Model ID' is not a valid ID: "${'!'.repeat(60)}…"`],
	])('may not be %p', (value, message) => {
		expect(() => checkId(value, 'Model ID')).toThrow(
			expect.objectContaining({ message, hint: expect.stringMatching(/\w/) }),
		);
		expect(() => checkId(value, 'Model ID')).toThrow(InputProblem);
	});

	it('never leaves its place in a URL, whatever it is made of', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				let id: string;
				try {
					id = checkId(text, 'ID');
				} catch (error) {
					return error instanceof InputProblem;
				}
				const url = new URL(`https://api.clarifai.com/v2/models/${id}/versions`);
				return url.pathname === `/v2/models/${id}/versions` && encodeURIComponent(id) === id;
			}),
			{ numRuns: 2000 },
		);
	});

	it('may not be an expression in a fixed text', () => {
		expect(() => checkId('{{ $json.id }}', 'Model ID')).toThrow(
			expect.objectContaining({
				message: `'Model ID' looks like an expression, but is a fixed text: "{{ $json.id }}"`,
				hint: "Switch 'Model ID' from Fixed to Expression.",
			}),
		);
	});

	it.each([[undefined], [null], [''], [' ']])('that is optional may be %j', (value) => {
		expect(checkOptionalId(value, 'ID')).toBeUndefined();
	});

	it('that is optional is checked when it is given', () => {
		expect(checkOptionalId(' a ', 'ID')).toBe('a');
		expect(() => checkOptionalId('a/b', 'ID')).toThrow('not a valid ID');
	});
});

describe('a list of IDs', () => {
	it.each([
		[undefined, []],
		[null, []],
		['', []],
		[' , ,', []],
		[[], []],
		['ferrari', ['ferrari']],
		['ferrari, outdoors ,ferrari', ['ferrari', 'outdoors']],
		[
			['ferrari', 'outdoors', 'ferrari'],
			['ferrari', 'outdoors'],
		],
		[
			[' a ', 5],
			['a', '5'],
		],
		[7, ['7']],
		['sports car, größe', ['sports car', 'größe']],
	])('may be %j', (value, ids) => {
		expect(checkIdList(value, 'Concepts')).toEqual(ids);
	});

	it.each([
		[{}, "'Concepts' must be a list of IDs, not an object"],
		[{ length: 1 }, "'Concepts' must be a list of IDs, not an object"],
		[[''], "'Concepts' has an empty entry"],
		[[null], "'Concepts' has an empty entry"],
		[[{ id: 'a' }], "'Concepts' has an empty entry"],
		[['a', undefined], "'Concepts' has an empty entry"],
		['undefined', "'Concepts' has an empty entry"],
		[['a', 'null'], "'Concepts' has an empty entry"],
		['{{ $json.tags }}', /^'Concepts' looks like an expression, but is a fixed text/],
	])('may not be %j', (value, message) => {
		expect(() => checkIdList(value, 'Concepts')).toThrow(
			expect.objectContaining({
				message: expect.stringMatching(message),
				hint: expect.stringMatching(/\w/),
			}),
		);
	});
});
