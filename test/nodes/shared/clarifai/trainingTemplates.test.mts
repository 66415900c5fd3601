import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../../../nodes/shared/clarifai/json.ts';
import {
	datasetFieldsOf,
	describeTemplate,
	rangeOf,
	templateOption,
	templatesOf,
} from '../../../../nodes/shared/clarifai/trainingTemplates.ts';

const modelTypes = JSON.parse(
	readFileSync(new URL('../../../tools/emulator/data/model-types.json', import.meta.url), 'utf8'),
) as JsonObject[];

const typeWith = (...fields: JsonObject[]): JsonObject => ({
	id: 'a-type',
	model_type_fields: [
		{
			path: 'train_info.params.template',
			field_type: 14,
			model_type_enum_options: [{ id: 'a-template', model_type_fields: fields }],
		},
	],
});

const field = (name: string, more: JsonObject = {}): JsonObject => ({
	path: `train_info.params.${name}`,
	...more,
});

const hyperparameters = (...fields: JsonObject[]) =>
	templatesOf(typeWith(...fields))[0].hyperparameters;

describe('the type of a hyperparameter', () => {
	it.each([
		[1, 'BOOLEAN', 'boolean'],
		[2, 'STRING', 'string'],
		[3, 'NUMBER', 'number'],
		[7, 'RANGE', 'range'],
		[8, 'ENUM', 'enum'],
		[10, 'JSON', 'json'],
		[11, 'ARRAY_OF_NUMBERS', 'numbers'],
		[13, 'ARRAY_OF_STRINGS', 'strings'],
		[14, 'RECURSIVE_ENUM', 'enum'],
		[15, 'PYTHON_CODE', 'code'],
		[21, 'ENCRYPTED_STRING', 'string'],
	])('%i or %s is %s', (number, name, type) => {
		const read = hyperparameters(
			field('a', { field_type: number }),
			field('b', { field_type: name }),
		);

		expect(read).toMatchObject([
			{ name: 'a', type },
			{ name: 'b', type },
		]);
		expect(read[0].unchecked).toBeUndefined();
	});

	it.each([
		[4, 'ARRAY_OF_CONCEPTS'],
		[5, 'ARRAY_OF_CONCEPTS_WITH_THRESHOLD'],
		[9, 'COLLABORATORS'],
		[12, 'WORKFLOW_EMBED_MODELS'],
		[16, 'DATASET_ID'],
		[17, 'DATASET_VERSION_ID'],
		[18, 'ARRAY_OF_MODEL_CONCEPTS'],
		[19, 'DATASET'],
		[20, 'DATASET_VERSION'],
		[22, 'CHECKPOINT_MODEL'],
		[23, 'ARRAY_OF_SECRETS'],
	])('%i or %s is no hyperparameter', (number, name) => {
		const read = hyperparameters(
			field('a', { field_type: number }),
			field('b', { field_type: name }),
		);

		expect(read).toEqual([]);
	});

	it.each([[99], ['SOMETHING_NEW'], [undefined], [null]])(
		'%j is not known: any value passes',
		(fieldType) => {
			expect(hyperparameters(field('a', { field_type: fieldType }))).toEqual([
				{ name: 'a', type: 'json', required: false, internal: false, unchecked: true },
			]);
		},
	);
});

describe('a hyperparameter', () => {
	it.each([
		['output_info.data.concepts'],
		['train_info.dataset'],
		['inference_info.params.threshold'],
		[''],
	])('is not at %j', (path) => {
		expect(hyperparameters({ path, field_type: 3 }, { field_type: 3 })).toEqual([]);
	});

	it('keeps a default that is false, 0 or empty', () => {
		const read = hyperparameters(
			field('a', { field_type: 1, default_value: false }),
			field('b', { field_type: 3, default_value: 0 }),
			field('c', { field_type: 2, default_value: '' }),
			field('d', { field_type: 2 }),
		);

		expect(read.map((each) => each.default)).toEqual([false, 0, '', undefined]);
	});

	it('has the fields of enum options beside it, each name once', () => {
		const read = hyperparameters(
			field('kind', {
				field_type: 14,
				model_type_enum_options: [
					{ id: 'x', model_type_fields: [field('deep', { field_type: 3, default_value: 1 })] },
					{ id: 'y', model_type_fields: [field('deep', { field_type: 3, default_value: 2 })] },
					{ description: 'no ID' },
				],
			}),
		);

		expect(read).toMatchObject([
			{ name: 'kind', options: ['x', 'y'] },
			{
				name: 'deep',
				default: 1,
				belongsTo: [
					{ name: 'kind', option: 'x' },
					{ name: 'kind', option: 'y' },
				],
			},
		]);
	});

	it('belongs to no option where it is there without one, too', () => {
		const option = { id: 'x', model_type_fields: [field('deep', { field_type: 3 })] };
		const kind = field('kind', { field_type: 14, model_type_enum_options: [option] });
		const deep = field('deep', { field_type: 3 });

		for (const fields of [
			[kind, deep],
			[deep, kind],
		]) {
			const found = hyperparameters(...fields).find(({ name }) => name === 'deep');
			expect(found).not.toHaveProperty('belongsTo');
		}
	});

	it("can be shared by the type's templates, which come first", () => {
		const type = typeWith(field('own', { field_type: 3 }), field('both', { default_value: 1 }));
		(type.model_type_fields as JsonObject[]).push(
			field('both', { default_value: 2 }),
			field('shared', { field_type: 3 }),
		);

		expect(templatesOf(type)[0].hyperparameters).toMatchObject([
			{ name: 'own' },
			{ name: 'both', default: 1 },
			{ name: 'shared' },
		]);
	});
});

describe('a range', () => {
	it.each([
		[
			{ min: 1, max: 256, step: 1 },
			{ min: 1, max: 256, step: 1 },
		],
		[{ max: 1 }, { min: 0, max: 1 }],
		[{ min: 5 }, { min: 5 }],
		[{ min: -5 }, { min: -5, max: 0 }],
		[
			{ min: -5, max: -1 },
			{ min: -5, max: -1 },
		],
		[
			{ max: 10, step: 0 },
			{ min: 0, max: 10 },
		],
		[
			{ min: '1', max: '8' },
			{ min: 1, max: 8 },
		],
		[{ step: 2 }, {}],
		[{}, {}],
	])('%j is %j', (info, range) => {
		expect(rangeOf(info)).toEqual(range);
	});
});

describe('the templates of a type', () => {
	it.each([
		['without fields', { id: 'a' }],
		['without a template field', { id: 'a', model_type_fields: [field('x')] }],
		['without options', { id: 'a', model_type_fields: [field('template')] }],
		[
			'whose options have no IDs',
			{ id: 'a', model_type_fields: [field('template', { model_type_enum_options: [{}] })] },
		],
	])('%s are none', (_what, type) => {
		expect(templatesOf(type)).toEqual([]);
		expect(templateOption(type, 'x')).toEqual({});
		expect(datasetFieldsOf(type, 'x')).toEqual({});
	});

	it('are recommended or internal only when Clarifai says so', () => {
		const type = {
			id: 'a',
			model_type_fields: [
				field('template', {
					model_type_enum_options: [
						{ id: 'plain' },
						{ id: 'good', recommended: true, description: 'the best' },
						{ id: 'inner', internal_only: true },
					],
				}),
			],
		};

		expect(templatesOf(type)).toMatchObject([
			{ template: 'plain', recommended: false, internalOnly: false },
			{ template: 'good', recommended: true, internalOnly: false, description: 'the best' },
			{ template: 'inner', recommended: false, internalOnly: true },
		]);
		expect(templatesOf(type)[0]).not.toHaveProperty('description');
	});

	it("are described by Clarifai's own object", () => {
		const type = modelTypes.find(({ id }) => id === 'visual-segmenter')!;

		expect(templateOption(type, 'MMSegmentation_SegFormer')).toMatchObject({
			id: 'MMSegmentation_SegFormer',
			model_type_fields: expect.any(Array),
		});
		expect(templateOption(type, 'none')).toEqual({});
	});

	it.each(modelTypes.map((type) => [type.id, type] as const))(
		'of %s have unique hyperparameters, with defaults within their own ranges',
		(_id, type) => {
			for (const { hyperparameters: known } of templatesOf(type)) {
				expect(new Set(known.map(({ name }) => name)).size).toBe(known.length);
				for (const { default: byDefault, min, max } of known) {
					if (typeof byDefault !== 'number') continue;
					expect(byDefault).toBeGreaterThanOrEqual(min ?? byDefault);
					expect(byDefault).toBeLessThanOrEqual(max ?? byDefault);
				}
			}
		},
	);
});

describe('where a training takes its dataset', () => {
	it.each([
		['nowhere of its own', [], {}],
		['the dataset of train_info', [{ path: 'train_info.dataset', field_type: 19 }], {}],
		[
			'its params',
			[
				field('dataset_id', { field_type: 16 }),
				field('dataset_version_id', { field_type: 'DATASET_VERSION_ID' }),
			],
			{ datasetIdPath: 'dataset_id', datasetVersionIdPath: 'dataset_version_id' },
		],
		[
			'nested params, the first that fits',
			[field('data.id', { field_type: 'DATASET_ID' }), field('other_id', { field_type: 16 })],
			{ datasetIdPath: 'data.id' },
		],
		['params alone', [{ path: 'inference_info.params.d', field_type: 16 }], {}],
	])('is %s', (_where, fields, expected) => {
		expect(datasetFieldsOf(typeWith(...fields), 'a-template')).toEqual(expected);
	});

	it('can be said by the type', () => {
		const type = typeWith();
		(type.model_type_fields as JsonObject[]).push(field('ds', { field_type: 16 }));

		expect(datasetFieldsOf(type, 'a-template')).toEqual({ datasetIdPath: 'ds' });
	});
});

describe('the description of a template', () => {
	const [template] = templatesOf(
		typeWith(
			field('a', { field_type: 7, default_value: 1, model_type_range_info: { max: 5, step: 1 } }),
			field('hidden', { field_type: 3, default_value: -1, internal_only: true }),
			field('c', { field_type: 8, required: true, model_type_enum_options: [{ id: 'x' }] }),
		),
	);

	it('leaves out what is absent, and what is internal', () => {
		expect(describeTemplate(template, { includeInternal: false })).toEqual({
			modelTypeId: 'a-type',
			template: 'a-template',
			description: '',
			recommended: false,
			internalOnly: false,
			hyperparameters: [
				{ name: 'a', type: 'range', required: false, default: 1, min: 0, max: 5, step: 1 },
				{ name: 'c', type: 'enum', required: true, options: ['x'] },
			],
			defaults: { a: 1 },
		});
	});

	it('has what is internal when asked for it', () => {
		expect(describeTemplate(template, { includeInternal: true })).toMatchObject({
			hyperparameters: [{ name: 'a' }, { name: 'hidden' }, { name: 'c' }],
			defaults: { a: 1, hidden: -1 },
		});
	});

	it('has no model type for a pipeline template', () => {
		const described = describeTemplate(
			{ ...template, modelTypeId: undefined },
			{ includeInternal: false },
		);

		expect(described).not.toHaveProperty('modelTypeId');
	});
});
