import {
	checkHyperparameters,
	checkValue,
	describeAllowed,
	uncheckedNames,
} from '../../../nodes/ClarifaiTrain/checkHyperparameters.ts';
import { InputProblem } from '../../../nodes/shared/parameters/problems.ts';
import type {
	Hyperparameter,
	TrainingTemplate,
} from '../../../nodes/shared/clarifai/trainingTemplates.ts';

const hyperparameter = (more: Partial<Hyperparameter> = {}): Hyperparameter => ({
	name: 'p',
	type: 'number',
	required: false,
	internal: false,
	...more,
});

const template = (
	hyperparameters: Hyperparameter[],
	more: Partial<TrainingTemplate> = {},
): TrainingTemplate => ({
	modelTypeId: 'visual-classifier',
	template: 'T',
	recommended: false,
	internalOnly: false,
	hyperparameters,
	...more,
});

const range = (min: number | undefined, max: number | undefined, step?: number) =>
	hyperparameter({ type: 'range', min, max, step });

const choice = hyperparameter({ type: 'enum', options: ['a', '2', 'true'] });

describe('a value that fits', () => {
	it.each<[string, unknown, Partial<Hyperparameter>, unknown]>([
		['a boolean', true, { type: 'boolean' }, true],
		['a boolean as text', 'false', { type: 'boolean' }, false],
		['a boolean as an agent writes it', ' True ', { type: 'boolean' }, true],
		['a boolean as a number', 0, { type: 'boolean' }, false],
		['a number', 5, {}, 5],
		['a number as text', '5', {}, 5],
		['an exponent as text', '1e-3', {}, 0.001],
		['a negative number', -1, {}, -1],
		['a whole number', 5, { type: 'integer' }, 5],
		['a whole number as text', '5', { type: 'integer' }, 5],
		['the lowest of a range', 1, range(1, 600, 1), 1],
		['the highest of a range', 600, range(1, 600, 1), 600],
		['a step from the lowest', 48, range(32, 1024, 16), 48],
		['a decimal step', 0.7, range(0, 1, 0.1), 0.7],
		['many decimal steps', 99.9, range(0, 100, 0.1), 99.9],
		['a step that is a 32-bit float', 100, range(0, 100, 0.10000000149011612), 100],
		['off a step that the default is off too', 5, { ...range(1, 9, 3), default: 2 }, 5],
		['a default below its own range', 0, { ...range(1, 9), default: 0 }, 0],
		['a default above its own range, as text', '10', { ...range(1, 9), default: 10 }, 10],
		['a choice', 'a', choice, 'a'],
		['a choice by number', 2, choice, '2'],
		['a choice by boolean', true, choice, 'true'],
		['any text where no choices are listed', 'x', { type: 'enum', options: [] }, 'x'],
		['another text where that is allowed', 'x', { ...choice, freeText: true }, 'x'],
		['an object', { a: 1 }, { type: 'json' }, { a: 1 }],
		['an object as text', '{"a":1}', { type: 'json' }, { a: 1 }],
		['a list as JSON', [1], { type: 'json' }, [1]],
		['a list of numbers', [1, '2'], { type: 'numbers' }, [1, 2]],
		['a list of numbers as text', '[1, 2]', { type: 'numbers' }, [1, 2]],
		['numbers with commas', '1, 2', { type: 'numbers' }, [1, 2]],
		['one number as a list', 1, { type: 'numbers' }, [1]],
		['an empty list', [], { type: 'numbers' }, []],
		['a list of texts', ['a', 1], { type: 'strings' }, ['a', '1']],
		['texts with commas', 'a, b', { type: 'strings' }, ['a', 'b']],
		['a text', 'x', { type: 'string' }, 'x'],
		['an empty text', '', { type: 'string' }, ''],
		['a number as a text', 5, { type: 'string' }, '5'],
		['code', 'x = 1', { type: 'code' }, 'x = 1'],
		[
			'anything of a type that is not known',
			{ a: [1] },
			{ type: 'json', unchecked: true },
			{ a: [1] },
		],
	])('is sent: %s', (_what, value, more, expected) => {
		expect(checkValue(value, hyperparameter(more))).toEqual(expected);
	});
});

describe('a value that does not fit', () => {
	it.each<[string, unknown, Partial<Hyperparameter>]>([
		['a number as a boolean', 2, { type: 'boolean' }],
		['a word as a boolean', 'yes', { type: 'boolean' }],
		['a boolean as a number', true, {}],
		['a blank text as a number', ' ', {}],
		['an empty text as a number', '', {}],
		['Infinity', Infinity, {}],
		['NaN', Number.NaN, {}],
		['a number with a unit', '5px', {}],
		['a fraction as a whole number', 1.5, { type: 'integer' }],
		['below the range', 0, range(1, 600)],
		['above the range', 601, range(1, 600)],
		['below the lowest alone', -1, range(0, undefined)],
		['above the highest alone', 2, range(undefined, 1)],
		['between two steps', 40, range(32, 1024, 16)],
		['between two decimal steps', 0.75, range(0, 1, 0.1)],
		['no choice', 'b', choice],
		['a choice in other letters', 'A', choice],
		['an object as a choice', { id: 'a' }, choice],
		['broken JSON', '{', { type: 'json' }],
		['a number as JSON', 5, { type: 'json' }],
		['a word in a list of numbers', [1, 'b'], { type: 'numbers' }],
		['an object as a list', { 0: 1 }, { type: 'numbers' }],
		['a boolean as a list', true, { type: 'strings' }],
		['an object in a list of texts', [{}], { type: 'strings' }],
		['a list as a text', ['a'], { type: 'string' }],
		['empty code', ' \n', { type: 'code' }],
	])('is refused: %s', (_what, value, more) => {
		const check = () => checkValue(value, hyperparameter(more));

		expect(check).toThrow(InputProblem);
		expect(check).toThrow(/^Hyperparameter "p" must be /);
	});

	it('is shown in short', () => {
		const long = 'x'.repeat(500);

		expect(() => checkValue(long, hyperparameter())).toThrow(
			'Hyperparameter "p" must be a number, not a string',
		);
	});
});

describe('what is allowed, in words', () => {
	it.each<[Partial<Hyperparameter>, string]>([
		[{ type: 'boolean' }, 'true or false'],
		[{}, 'a number'],
		[{ min: 0 }, 'a number of 0 or more'],
		[{ max: 5 }, 'a number of 5 or less'],
		[range(1, 600, 1), 'a whole number from 1 to 600'],
		[range(0, 600, 16), 'a number from 0 to 600 in steps of 16'],
		[range(0.5, 600, 1), 'a number from 0.5 to 600 in steps of 1'],
		[{ type: 'integer', min: 1, max: 3 }, 'a whole number from 1 to 3'],
		[choice, 'one of: a, 2, true'],
		[{ ...choice, freeText: true }, 'one of: a, 2, true, or another text'],
		[{ type: 'json' }, 'a JSON object'],
		[{ type: 'numbers' }, 'a list of numbers, such as [320]'],
		[{ type: 'strings' }, 'a list of texts'],
		[{ type: 'string' }, 'a text'],
		[{ type: 'code' }, 'Python source code'],
	])('of %j', (more, words) => {
		expect(describeAllowed(hyperparameter(more))).toBe(words);
	});
});

describe('all values of a template', () => {
	const known = template([
		hyperparameter({ name: 'num_epochs', type: 'range', min: 1, max: 600, step: 1 }),
		hyperparameter({ name: 'seed', internal: true }),
		hyperparameter({ name: 'must', type: 'string', required: true }),
		hyperparameter({ name: 'default_must', required: true, default: 3 }),
	]);

	it('are converted, and empty ones left out', () => {
		const given = { num_epochs: '5', seed: null, must: 'x', default_must: undefined };

		expect(checkHyperparameters(given, known)).toEqual({
			values: { num_epochs: 5, must: 'x' },
			problems: [],
		});
	});

	it('give all problems together', () => {
		const { problems } = checkHyperparameters({ num_epochs: 0, num_epoch: 1 }, known);

		expect(problems.map(({ message }) => message)).toEqual([
			'Hyperparameter "num_epochs" must be a whole number from 1 to 600, not 0',
			'Template "T" has no hyperparameter "num_epoch"; did you mean "num_epochs"?',
			'Hyperparameter "must" is required by template "T"',
		]);
		expect(problems[1].hint).toBe('It has: num_epochs, must, default_must.');
	});

	describe('that belong to a choice', () => {
		const depth = (name: string, backbone: string) =>
			hyperparameter({
				name,
				required: true,
				belongsTo: [{ name: 'backbone', option: backbone }],
			});
		const backbone = (more: Partial<Hyperparameter>) =>
			hyperparameter({ name: 'backbone', type: 'enum', options: ['small', 'large'], ...more });
		const namesOf = (given: object, ...hyperparameters: Hyperparameter[]) =>
			checkHyperparameters({ ...given }, template(hyperparameters)).problems.map(
				({ message }) => /^Hyperparameter "(\w+)" is required/.exec(message)?.[1],
			);
		const both = [depth('small_depth', 'small'), depth('large_depth', 'large')];

		it('are demanded where it is made', () => {
			expect(namesOf({ backbone: 'large' }, backbone({}), ...both)).toEqual(['large_depth']);
		});

		it('are demanded where it is made by default', () => {
			expect(namesOf({}, backbone({ default: 'small' }), ...both)).toEqual(['small_depth']);
		});

		it('are not demanded where it is not made', () => {
			expect(namesOf({}, backbone({}), ...both)).toEqual([]);
		});

		it('are not demanded where the choice itself belongs to one that is not made', () => {
			const head = hyperparameter({
				name: 'head',
				type: 'enum',
				options: ['a', 'b'],
				default: 'a',
			});
			const nested = backbone({ default: 'small', belongsTo: [{ name: 'head', option: 'b' }] });

			expect(namesOf({}, head, nested, ...both)).toEqual([]);
			expect(namesOf({ head: 'b' }, head, nested, ...both)).toEqual(['small_depth']);
		});
	});

	it('of a required one that is wrong are one problem, not two', () => {
		const { problems } = checkHyperparameters({ must: [] }, known);

		expect(problems).toHaveLength(1);
	});

	it('pass unchecked where the template is not described, except those that are', () => {
		const undescribed = template([hyperparameter({ name: 'shared', max: 100 })], {
			undescribed: true,
		});

		const { values, problems } = checkHyperparameters(
			{ anything: { a: 1 }, shared: 101 },
			undescribed,
		);

		expect(values).toEqual({ anything: { a: 1 } });
		expect(problems).toHaveLength(1);
		expect(uncheckedNames({ anything: 1, shared: 5 }, undescribed)).toEqual(['anything']);
	});

	it.each(['toString', 'constructor', 'hasOwnProperty'])('refuse %s', (name) => {
		const { problems } = checkHyperparameters({ must: 'x', [name]: 1 }, known);

		expect(problems).toHaveLength(1);
	});
});
