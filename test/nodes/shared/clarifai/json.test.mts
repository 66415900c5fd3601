import { runInNewContext } from 'node:vm';
import {
	describeType,
	isObject,
	numberAt,
	objectAt,
	objectsAt,
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
