import { checkHyperparameters } from '../../../../nodes/ClarifaiTrain/checkHyperparameters.ts';
import type { JsonObject } from '../../../../nodes/shared/clarifai/json.ts';
import {
	missingOwnFields,
	pipelineArguments,
	templateOfPipeline,
	type OwnFields,
} from '../../../../nodes/shared/clarifai/pipelineTemplates.ts';
import {
	describeTemplate,
	type TrainingTemplate,
} from '../../../../nodes/shared/clarifai/trainingTemplates.ts';

const templateWith = (...parameters: JsonObject[]): TrainingTemplate =>
	templateOfPipeline({ name: 'test-template', parameters });

const parameterOf = (parameter: JsonObject) => {
	const [first] = templateWith({ name: 'p', type: 'STRING', ...parameter }).hyperparameters;
	return first;
};

const own: OwnFields = { userId: 'user', appId: 'app', modelId: 'model', conceptIds: [] };

describe('a pipeline template', () => {
	test('reads as a training template without a model type', () => {
		const template = templateOfPipeline({ name: 'my-pipeline', description: 'Trains well' });

		expect(template).toEqual({
			template: 'my-pipeline',
			description: 'Trains well',
			recommended: false,
			internalOnly: false,
			hyperparameters: [],
		});
	});

	test('leaves out parameters without a name', () => {
		expect(templateWith({ type: 'INT' }, { name: 'kept' }).hyperparameters).toMatchObject([
			{ name: 'kept' },
		]);
	});

	test.each<[string, unknown, string]>([
		['STRING', 1, 'string'],
		['INT', 2, 'integer'],
		['FLOAT', 3, 'number'],
		['BOOL', 4, 'boolean'],
	])('knows the type %s by its name and by its number', (name, number, type) => {
		expect(parameterOf({ type: name })).toMatchObject({ type });
		expect(parameterOf({ type: number })).toEqual(parameterOf({ type: name }));
		expect(parameterOf({ type: name }).unchecked).toBeUndefined();
	});

	test.each([['BYTES'], [9], [0], [undefined]])('lets values of the type %p pass', (type) => {
		const template = templateWith({ name: 'p', type });
		const { values, problems } = checkHyperparameters({ p: { any: 'thing' } }, template);

		expect(problems).toEqual([]);
		expect(values).toEqual({ p: { any: 'thing' } });
	});

	test.each<[string, JsonObject, unknown]>([
		['a text', { type: 'STRING', default_string: 'coco' }, 'coco'],
		['an empty text', { type: 'STRING', default_string: '' }, ''],
		['a whole number', { type: 'INT', default_int: 64 }, 64],
		['zero', { type: 'INT', default_int: 0 }, 0],
		['a 64-bit number as text', { type: 'INT', default_int: '64' }, 64],
		['a fraction', { type: 'FLOAT', default_float: 1.5625e-8 }, 1.5625e-8],
		['false', { type: 'BOOL', default_bool: false }, false],
	])('reads a default that is %s', (_what, parameter, expected) => {
		expect(parameterOf(parameter).default).toBe(expected);
	});

	test('reads no default where there is none', () => {
		expect('default' in parameterOf({})).toBe(false);
	});

	test.each<[string, JsonObject, JsonObject]>([
		['both bounds', { int_constraints: { min: 1, max: 256 } }, { min: 1, max: 256 }],
		['64-bit bounds as texts', { int_constraints: { min: '-1', max: '9' } }, { min: -1, max: 9 }],
		['a lower bound of zero, left out', { int_constraints: { max: 100 } }, { min: 0, max: 100 }],
		['an upper bound of zero, left out', { int_constraints: { min: -5 } }, { min: -5, max: 0 }],
		['a lower bound alone', { int_constraints: { min: 2 } }, { min: 2 }],
		['bounds of a fraction', { float_constraints: { min: 1, max: 5 } }, { min: 1, max: 5 }],
		['an empty range', { int_constraints: {} }, {}],
		[
			'allowed values',
			{ string_constraints: { allowed_values: ['a', 'b'] } },
			{ type: 'enum', options: ['a', 'b'] },
		],
		[
			'suggested values',
			{ string_constraints: { allowed_values: ['a'], allow_free_text: true } },
			{ type: 'enum', options: ['a'], freeText: true },
		],
		[
			'lengths',
			{ string_constraints: { min_length: 2, max_length: 5 } },
			{ minLength: 2, maxLength: 5 },
		],
		['no free text but no values either', { string_constraints: { allow_free_text: false } }, {}],
	])('reads %s', (_what, constraints, expected) => {
		const {
			name: _name,
			required: _required,
			internal: _internal,
			...read
		} = parameterOf({
			constraints,
		});

		expect(read).toEqual({ type: 'string', ...expected });
	});

	test.each([
		['user_id', 'userId'],
		['app_id', 'appId'],
		['model_id', 'modelId'],
		['dataset_id', 'datasetId'],
		['clarifai_dataset_id', 'datasetId'],
		['dataset_version_id', 'datasetVersionId'],
		['concepts', 'conceptIds'],
	])('takes %s from the field %s', (name, filledFrom) => {
		expect(parameterOf({ name })).toMatchObject({ internal: true, filledFrom });
	});

	test('is described without what the own fields fill', () => {
		const template = templateWith(
			{ name: 'model_id', type: 'STRING', required: true, default_string: 'test_model' },
			{ name: 'num_epochs', type: 'INT', required: true, default_int: 200 },
		);

		expect(describeTemplate(template, { includeInternal: false })).toEqual({
			template: 'test-template',
			description: '',
			recommended: false,
			internalOnly: false,
			hyperparameters: [{ name: 'num_epochs', type: 'integer', required: true, default: 200 }],
			defaults: { num_epochs: 200 },
		});
		expect(
			describeTemplate(template, { includeInternal: true }).hyperparameters.map(
				(hyperparameter) => (hyperparameter as { name: string }).name,
			),
		).toEqual(['model_id', 'num_epochs']);
	});
});

describe('the values of a pipeline', () => {
	const text = (constraints: JsonObject) =>
		templateWith({ name: 'p', type: 'STRING', constraints: { string_constraints: constraints } });
	const number = (type: string, constraints: JsonObject) =>
		templateWith({ name: 'p', type, constraints });

	test.each<[string, TrainingTemplate, unknown, string]>([
		['too short', text({ min_length: 3 }), 'ab', '"p" must have 3 characters or more'],
		['too long', text({ max_length: 3 }), 'abcd', '"p" must have 3 characters or fewer'],
		['not allowed', text({ allowed_values: ['a', 'b'] }), 'c', 'must be one of: a, b, not "c"'],
		[
			'too small',
			number('INT', { int_constraints: { min: 1, max: 9 } }),
			0,
			'must be a whole number from 1 to 9, not 0',
		],
		[
			'too large',
			number('INT', { int_constraints: { max: 9 } }),
			10,
			'must be a whole number from 0 to 9, not 10',
		],
		['a fraction', number('INT', {}), 1.5, 'must be a whole number, not 1.5'],
		[
			'above a fraction',
			number('FLOAT', { float_constraints: { max: 1 } }),
			1.1,
			'must be a number from 0 to 1, not 1.1',
		],
		['no boolean', number('BOOL', {}), 'no', 'must be true or false, not "no"'],
		['no text', text({}), ['a'], 'must be a text, not ["a"]'],
	])('are refused when one is %s', (_what, template, value, message) => {
		const { problems } = checkHyperparameters({ p: value }, template);

		expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
	});

	test.each<[string, TrainingTemplate, unknown, unknown]>([
		['the shortest text', text({ min_length: 3, max_length: 3 }), 'abc', 'abc'],
		[
			'another text than suggested',
			text({ allowed_values: ['a'], allow_free_text: true }),
			'b',
			'b',
		],
		['a bound', number('INT', { int_constraints: { min: 1, max: 9 } }), 9, 9],
		['a number as text', number('INT', {}), '5', 5],
		['a boolean as text', number('BOOL', {}), 'true', true],
	])('may be %s', (_what, template, value, expected) => {
		expect(checkHyperparameters({ p: value }, template)).toEqual({
			values: { p: expected },
			problems: [],
		});
	});

	test.each([[null], [undefined]])('count as not given when they are %p', (value) => {
		const template = templateWith({ name: 'p', type: 'INT', required: true, default_int: 5 });

		expect(checkHyperparameters({ p: value }, template)).toEqual({ values: {}, problems: [] });
	});

	test('are required where the template has no default', () => {
		const { problems } = checkHyperparameters(
			{},
			templateWith({ name: 'p', type: 'INT', required: true }),
		);

		expect(problems.map(({ message }) => message)).toEqual([
			'Hyperparameter "p" is required by template "test-template"',
		]);
	});
});

describe("the node's own fields", () => {
	const required = (...names: string[]) =>
		templateWith(
			...names.map((name) => ({ name, type: 'STRING', required: true, default_string: 'sample' })),
		);

	test('are missed where a template requires them, each once', () => {
		const template = required(
			'user_id',
			'app_id',
			'model_id',
			'dataset_id',
			'clarifai_dataset_id',
			'dataset_version_id',
			'concepts',
		);

		expect(missingOwnFields(template, own)).toEqual(['datasetId', 'conceptIds']);
		expect(missingOwnFields(template, { ...own, datasetId: 'd', conceptIds: ['c'] })).toEqual([]);
	});

	test('are not missed where a template does not ask for them', () => {
		expect(missingOwnFields(required('num_epochs'), own)).toEqual([]);
		expect(missingOwnFields(templateWith({ name: 'concepts', type: 'STRING' }), own)).toEqual([]);
	});
});

describe('the arguments of a run', () => {
	test('are the own fields under their names in the template', () => {
		const template = templateWith(
			...[
				'user_id',
				'app_id',
				'model_id',
				'dataset_id',
				'clarifai_dataset_id',
				'dataset_version_id',
				'concepts',
			].map((name) => ({ name, type: 'STRING' })),
		);
		const given = {
			...own,
			datasetId: 'dataset',
			datasetVersionId: 'version',
			conceptIds: ['cat', 'dog'],
		};

		expect(pipelineArguments(template, {}, given)).toEqual([
			{ name: 'user_id', value: 'user' },
			{ name: 'app_id', value: 'app' },
			{ name: 'model_id', value: 'model' },
			{ name: 'dataset_id', value: 'dataset' },
			{ name: 'clarifai_dataset_id', value: 'dataset' },
			{ name: 'dataset_version_id', value: 'version' },
			{ name: 'concepts', value: '["cat","dog"]' },
		]);
	});

	test('leave out empty own fields, whatever the template shows as a sample', () => {
		const template = templateWith(
			{ name: 'dataset_id', type: 'STRING', required: true, default_string: 'None' },
			{ name: 'dataset_version_id', type: 'STRING', required: true, default_string: '' },
			{ name: 'concepts', type: 'STRING', required: true, default_string: '["bird"]' },
		);

		expect(pipelineArguments(template, {}, own)).toEqual([]);
	});

	test.each<[string, unknown, string]>([
		['STRING', 'coco', 'coco'],
		['STRING', '[512]', '[512]'],
		['INT', 64, '64'],
		['INT', -1, '-1'],
		['INT', 0, '0'],
		['FLOAT', 0.01, '0.01'],
		['FLOAT', 1.5625e-8, '1.5625e-8'],
		['BOOL', true, 'true'],
		['BOOL', false, 'false'],
	])('are texts: %s %p', (type, value, text) => {
		expect(pipelineArguments(templateWith({ name: 'p', type }), { p: value }, own)).toEqual([
			{ name: 'p', value: text },
		]);
	});

	test('hold the defaults of required parameters that were not given, and no others', () => {
		const template = templateWith(
			{ name: 'given', type: 'INT', required: true, default_int: 1 },
			{ name: 'needed', type: 'BOOL', required: true, default_bool: false },
			{ name: 'optional', type: 'INT', default_int: 3 },
		);

		expect(pipelineArguments(template, { given: 7 }, own)).toEqual([
			{ name: 'given', value: '7' },
			{ name: 'needed', value: 'false' },
		]);
	});
});
