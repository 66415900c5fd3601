import type { IDataObject, INodeParameters, INodeProperties } from 'n8n-workflow';
import type { Message } from '../../tools/emulator/message.mts';
import type { JsonObject } from '../../../nodes/shared/clarifai/json.ts';
import { templatesOf } from '../../../nodes/shared/clarifai/trainingTemplates.ts';
import { bodiesOf, callsOf, DEMO, locate, setUp, type SetUp } from '../setup.mts';

const TRAIN = 'clarifaiTrain';
const RSB = 'MMClassification_ResNet_50_RSB_A1';

const choose = (model: string, template: string, more: INodeParameters = {}): INodeParameters => ({
	model: locate('list', model),
	template: locate('list', template),
	options: { maxRequestsPerSecond: 0 },
	...more,
});

const formOf = async ({ engine }: SetUp, parameters: INodeParameters, item?: IDataObject) =>
	await engine
		.loadOptions(TRAIN, parameters, item && { json: item })
		.resourceMapping('getHyperparameters');

const byId = async (platform: SetUp, model: string, template: string) => {
	const { fields } = await formOf(platform, choose(model, template));
	return Object.fromEntries(fields.map((field) => [field.id, field]));
};

/** The templates of these tests that are made by a custom config. */
const takesConfig = ({ emulator }: SetUp, model: string, template: string) => {
	const { model_type_id: typeId } = emulator.app().models.get(model)!.message;
	const type = emulator.world.modelTypes.find(({ id }) => id === typeId) as JsonObject | undefined;
	return (
		type !== undefined &&
		templatesOf(type).some(
			(known) =>
				known.template === template &&
				known.hyperparameters.some((each) => each.type === 'code' && each.default === undefined),
		)
	);
};

/** The params of each training that was started. */
const paramsSent = ({ emulator }: SetUp) =>
	bodiesOf(emulator, 'PostModelVersions').map((body) => {
		const { model_versions: versions } = body as {
			model_versions: Array<{ train_info: { params: IDataObject } }>;
		};
		return versions[0].train_info.params;
	});

/** The hyperparameters that a training with these values of the form, or this JSON, sends. */
async function sent(
	platform: SetUp,
	model: string,
	template: string,
	values: IDataObject | string,
	mode: 'form' | 'json' = 'form',
) {
	const before = paramsSent(platform).length;
	const { error } = await platform.run(
		TRAIN,
		choose(model, template, {
			...(takesConfig(platform, model, template)
				? { customConfigSource: 'text', customConfig: 'x = 1' }
				: {}),
			specifyHyperparameters: mode,
			...(mode === 'json'
				? {
						hyperparametersJson: typeof values === 'string' ? values : JSON.stringify(values),
					}
				: { hyperparameters: { mappingMode: 'defineBelow', value: values as INodeParameters } }),
		}),
	);
	const {
		template: _template,
		custom_config: _config,
		...params
	} = paramsSent(platform)[before] ?? {};
	return { params, message: error?.message, description: error?.description };
}

/** A model type that the guide does not document, with a field of every type. */
const EVERY_TYPE: Message = {
	id: 'undocumented-type',
	title: 'Undocumented',
	trainable: true,
	creatable: true,
	model_type_fields: [
		{
			path: 'train_info.params.template',
			field_type: 14,
			required: true,
			model_type_enum_options: [
				{
					id: 'EverythingConfig',
					recommended: true,
					model_type_fields: [
						{ path: 'train_info.params.flag', field_type: 1, default_value: true },
						{ path: 'train_info.params.plain_flag', field_type: 1 },
						{ path: 'train_info.params.words', field_type: 2, default_value: 'some' },
						{ path: 'train_info.params.rate', field_type: 3 },
						{
							path: 'train_info.params.share',
							field_type: 7,
							model_type_range_info: { max: 1, step: 0.1 },
							default_value: 0.5,
						},
						{
							path: 'train_info.params.choice',
							field_type: 8,
							default_value: 'a',
							model_type_enum_options: [{ id: 'a' }, { id: 'b' }],
						},
						{ path: 'train_info.params.config', field_type: 10, default_value: { depth: 2 } },
						{ path: 'train_info.params.sizes', field_type: 11, default_value: [320, 240] },
						{ path: 'train_info.params.names', field_type: 13, default_value: ['x'] },
						{
							path: 'train_info.params.backbone',
							field_type: 14,
							default_value: 'small',
							model_type_enum_options: [
								{
									id: 'small',
									model_type_fields: [
										{ path: 'train_info.params.small_depth', field_type: 3, default_value: 3 },
									],
								},
								{ id: 'large' },
							],
						},
						{ path: 'train_info.params.custom_config', field_type: 15 },
						{ path: 'train_info.params.secret', field_type: 21 },
						{ path: 'train_info.params.must', field_type: 3, required: true },
						{
							path: 'train_info.params.must_with_default',
							field_type: 3,
							required: true,
							default_value: 7,
						},
						{ path: 'train_info.params.hidden', field_type: 3, internal_only: true },
						{ path: 'train_info.params.nested.deep', field_type: 3, default_value: 1 },
						{ path: 'train_info.params.dataset_id', field_type: 16 },
						{ path: 'train_info.params.dataset_version_id', field_type: 17 },
						{ path: 'train_info.params.embedder', field_type: 12 },
						{ path: 'output_info.params.threshold', field_type: 3 },
					],
				},
				{ id: 'Nothing' },
			],
		},
	],
};

const NEW_FIELD_TYPE = 99;

async function setUpEveryType(): Promise<SetUp> {
	const platform = await setUp();
	platform.emulator.addModelType(EVERY_TYPE);
	platform.emulator.addModel('any', { model_type_id: 'undocumented-type' });
	return platform;
}

describe('the form', () => {
	it('has the fields of the template, typed, with defaults, ranges and steps', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const { fields } = await formOf(platform, choose('cars', RSB));

		expect(fields.map(({ displayName }) => displayName)).toEqual([
			'num_epochs (1–600, step 1)',
			'batch_size (1–256, step 1)',
			'per_item_lrate',
			'per_item_min_lrate',
			'image_size (pixels)',
			'weight_decay (0–1)',
			'warmup_iters',
			'warmup_ratio',
			'pretrained_weights',
			'flip_probability (0–1)',
			'flip_direction',
			'concepts_mutually_exclusive',
			'invalid_data_tolerance_percent (0–100, step 0.1, %)',
		]);
		expect(fields[0]).toEqual({
			id: 'num_epochs',
			displayName: 'num_epochs (1–600, step 1)',
			required: false,
			defaultMatch: false,
			display: true,
			readOnly: false,
			removed: false,
			type: 'number',
			defaultValue: 60,
		});
		expect(fields[8]).toMatchObject({
			type: 'options',
			options: [
				{ name: 'None', value: 'None' },
				{ name: 'ImageNet-1k', value: 'ImageNet-1k' },
			],
			defaultValue: 'ImageNet-1k',
		});
		expect(fields[11]).toMatchObject({ type: 'boolean', defaultValue: false });
	});

	it('has a field for every type of a model type that nobody documented', async () => {
		const platform = await setUpEveryType();

		const fields = await byId(platform, 'any', 'EverythingConfig');

		const typed = Object.values(fields).map(({ id, type, required, defaultValue }) => [
			id,
			type,
			required,
			defaultValue,
		]);
		expect(typed).toEqual([
			['must', 'number', true, undefined],
			['flag', 'boolean', false, true],
			['plain_flag', 'boolean', false, undefined],
			['words', 'string', false, 'some'],
			['rate', 'number', false, undefined],
			['share', 'number', false, 0.5],
			['choice', 'options', false, 'a'],
			['config', 'object', false, '{"depth":2}'],
			['sizes', 'array', false, '[320,240]'],
			['names', 'array', false, '["x"]'],
			['backbone', 'options', false, 'small'],
			['small_depth', 'number', false, 3],
			['secret', 'string', false, undefined],
			['must_with_default', 'number', false, 7],
			['nested.deep', 'number', false, 1],
		]);
	});

	it.each(['numbers', 'names'] as const)('is the same with enums as %s', async (enums) => {
		const platform = await setUp({ enums });
		platform.emulator.addModel('cars');

		const fields = await byId(platform, 'cars', RSB);

		expect(Object.values(fields).map(({ type }) => type)).toEqual([
			...Array<string>(8).fill('number'),
			'options',
			'number',
			'options',
			'boolean',
			'number',
		]);
	});

	it('shows a field of a type that no one knows yet as JSON', async () => {
		const platform = await setUp();
		platform.emulator.addModelType({
			id: 'newer-type',
			trainable: true,
			model_type_fields: [
				{
					path: 'train_info.params.template',
					field_type: 14,
					model_type_enum_options: [
						{
							id: 'Newer',
							model_type_fields: [
								{ path: 'train_info.params.novelty', field_type: NEW_FIELD_TYPE },
							],
						},
					],
				},
			],
		});
		platform.emulator.addModel('any', { model_type_id: 'newer-type' });

		const fields = await byId(platform, 'any', 'Newer');
		const result = await platform.run(
			TRAIN,
			choose('any', 'Newer', {
				specifyHyperparameters: 'json',
				hyperparametersJson: '{"novelty":"anything"}',
			}),
		);

		expect(fields.novelty).toMatchObject({ type: 'object' });
		expect(result.json).toMatchObject([{ unchecked: expect.stringContaining('novelty') }]);
	});

	it('follows the template', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const fields = await byId(platform, 'cars', 'Clarifai_InceptionTransferEmbedNorm');

		expect(Object.keys(fields)).toContain('base_gradient_multiplier');
		expect(fields.image_size.displayName).toBe('image_size (32–1024, step 16, pixels)');
		expect(fields.num_epochs.displayName).toBe('num_epochs (1–200, step 1)');
	});

	it('follows the model: a template of the same name is another for another type', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');
		platform.emulator.addModel('boxes', { model_type_id: 'visual-detector' });

		const classifier = await byId(platform, 'cars', 'Clarifai_InceptionV2');
		const detector = await byId(platform, 'boxes', 'Clarifai_InceptionV2');

		expect(classifier.batch_size.displayName).toBe('batch_size (1–128, step 1)');
		expect(detector.batch_size.displayName).toBe('batch_size (1–16, step 1)');
		expect(Object.keys(detector)).toContain('use_focal_loss');
	});

	it('is loaded again by n8n when the method or the template changes, and not with each item that comes in', async () => {
		const { engine } = await setUp();

		const { description } = engine.nodeTypes.getByNameAndVersion(`n8n-nodes-clarifai.${TRAIN}`);
		const dependsOn = (name: string) =>
			description.properties.find((property: INodeProperties) => property.name === name)
				?.typeOptions?.loadOptionsDependsOn;

		expect(dependsOn('hyperparameters')).toEqual(['trainingMethod', 'template.value']);
		expect(dependsOn('template')).toEqual(['trainingMethod']);
	});

	it('knows the model from a link, and from the item before', async () => {
		const platform = await setUp();
		platform.emulator.addModel('boxes', { model_type_id: 'visual-detector' });
		const template = locate('list', 'Clarifai_InceptionV2');
		const link = `https://clarifai.com/${DEMO.userId}/${DEMO.appId}/models/boxes`;

		const byLink = await formOf(platform, { model: locate('url', link), template });
		const byItem = await formOf(
			platform,
			{ model: locate('id', '={{ $json.modelId }}'), template },
			{ modelId: 'boxes' },
		);

		for (const { fields } of [byLink, byItem]) {
			expect(fields.map(({ id }) => id)).toContain('use_focal_loss');
		}
	});

	it('is there as long as the model is not known, if the template belongs to one type', async () => {
		const platform = await setUp();

		const { fields } = await formOf(platform, {
			model: locate('id', '={{ $json.modelId }}'),
			template: locate('list', RSB),
		});

		expect(fields.map(({ id }) => id)).toContain('num_epochs');
	});

	it.each<[string, INodeParameters, RegExp]>([
		['no template', { model: locate('list', 'cars') }, /^Choose a template first\.$/],
		['neither model nor template', {}, /^Choose a template first\.$/],
		[
			'a template without hyperparameters',
			choose('any', 'Nothing'),
			/^Template "Nothing" has no hyperparameters to set\.$/,
		],
		[
			'a template that the type does not have',
			choose('cars', 'MMDetection_YoloF'),
			/^This platform has no template "MMDetection_YoloF" for model type visual-classifier\./,
		],
		[
			'a model type without templates, and a template',
			choose('simple', RSB),
			/^This platform describes no training templates for model type clusterer\. Choose another model, or another 'Training Method'\.$/,
		],
		[
			'a model type without templates, and a template, for one method',
			{ ...choose('simple', RSB), trainingMethod: 'deepFineTuning' },
			/ clusterer\. Give the hyperparameters as JSON, choose another model, or another 'Training Method'\.$/,
		],
		[
			'a model that is not known, and a template of several types',
			{
				model: locate('id', '={{ $json.modelId }}'),
				template: locate('list', 'Clarifai_InceptionV2'),
			},
			/^Several model types have a template "Clarifai_InceptionV2"/,
		],
	])('has a notice for %s', async (_what, parameters, notice) => {
		const platform = await setUpEveryType();
		platform.emulator.addModel('cars');
		platform.emulator.addModel('simple', { model_type_id: 'clusterer' });

		const form = await formOf(platform, parameters);

		expect(form).toEqual({ fields: [], emptyFieldsNotice: expect.stringMatching(notice) });
	});

	it("shows Clarifai's refusal", async () => {
		const platform = await setUp({ credential: { accessToken: DEMO.scopelessPat } });

		await expect(formOf(platform, choose('cars', RSB))).rejects.toMatchObject({
			message: 'API key has insufficient scopes/permissions',
		});
	});
});

describe('values of the form', () => {
	it('are sent only when they differ from the defaults', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');
		const fields = await byId(platform, 'cars', RSB);
		const defaults = Object.fromEntries(
			Object.values(fields).map(({ id, defaultValue }) => [id, defaultValue]),
		) as IDataObject;

		const untouched = await sent(platform, 'cars', RSB, defaults);
		const changed = await sent(platform, 'cars', RSB, {
			...defaults,
			num_epochs: 10,
			flip_direction: 'vertical',
			concepts_mutually_exclusive: true,
		});

		expect(untouched).toMatchObject({ params: {}, message: undefined });
		expect(changed.params).toEqual({
			num_epochs: 10,
			flip_direction: 'vertical',
			concepts_mutually_exclusive: true,
		});
	});

	it('are the defaults of every template of the platform without a complaint', async () => {
		const platform = await setUp();
		const types = platform.emulator.world.modelTypes.filter(({ trainable }) => trainable);
		const results: Array<[string, IDataObject, string | undefined]> = [];
		for (const { id: typeId } of types) {
			const modelId = `model-of-${typeId as string}`;
			platform.emulator.addModel(modelId, { model_type_id: typeId });
			const { results: templates } = await platform.engine
				.loadOptions(TRAIN, { trainingMethod: 'deepFineTuning', model: locate('list', modelId) })
				.listSearch('searchTemplates')
				// Not every trainable type has templates.
				.catch(() => ({ results: [] }));
			for (const { value } of templates) {
				const fields = await byId(platform, modelId, String(value));
				const defaults = Object.fromEntries(
					Object.values(fields).map(({ id, defaultValue }) => [id, defaultValue ?? null]),
				) as IDataObject;
				const { params, message } = await sent(platform, modelId, String(value), defaults);
				results.push([String(value), params, message]);
			}
		}

		expect(results.length).toBeGreaterThan(25);
		expect(results).toEqual(results.map(([template]) => [template, {}, undefined]));
	});

	it('that are required are sent also when they are the default', async () => {
		const platform = await setUpEveryType();

		const { params } = await sent(platform, 'any', 'EverythingConfig', {
			must: 1,
			must_with_default: 7,
		});

		expect(params).toEqual({ must: 1, must_with_default: 7 });
	});

	it('are not sent for a boolean without a default that is off, as n8n fills it in', async () => {
		const platform = await setUpEveryType();
		const paramsWith = async (flag: boolean) =>
			(await sent(platform, 'any', 'EverythingConfig', { must: 1, plain_flag: flag })).params;

		expect(await paramsWith(false)).toEqual({ must: 1 });
		expect(await paramsWith(true)).toEqual({ must: 1, plain_flag: true });
	});

	it('come as texts from expressions and JSON editors', async () => {
		const platform = await setUpEveryType();

		const { params, message } = await sent(platform, 'any', 'EverythingConfig', {
			flag: 'false',
			rate: '1e-3',
			share: '0.3',
			config: '{"depth":3}',
			sizes: '[100]',
			names: '["a","b"]',
			must: '5',
			'nested.deep': 2,
		});

		expect(message).toBeUndefined();
		expect(params).toEqual({
			flag: false,
			rate: 0.001,
			share: 0.3,
			config: { depth: 3 },
			sizes: [100],
			names: ['a', 'b'],
			must: 5,
			nested: { deep: 2 },
		});
	});

	it.each([null, '', undefined])('that are %p count as not set', async (empty) => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const { params, message } = await sent(platform, 'cars', RSB, {
			num_epochs: empty as null,
			flip_direction: empty as null,
			concepts_mutually_exclusive: empty as null,
			batch_size: 8,
		});

		expect(message).toBeUndefined();
		expect(params).toEqual({ batch_size: 8 });
	});

	it('are held against the template like JSON', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const { message } = await sent(platform, 'cars', RSB, { num_epochs: 0, num_epoch: 3 });

		expect(message).toContain('2 parameters need to be corrected');
		expect(message).toContain('"num_epochs" must be a whole number from 1 to 600, not 0');
		expect(message).toContain('no hyperparameter "num_epoch"; did you mean "num_epochs"?');
	});

	it('of each item come from its own expressions', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const { error } = await platform.run(
			TRAIN,
			choose('cars', RSB, {
				hyperparameters: {
					mappingMode: 'defineBelow',
					value: { num_epochs: '={{ $json.epochs }}', batch_size: '=' },
				},
			}),
			{ items: [{ epochs: 5 }, { epochs: '6' }, { epochs: 60 }] },
		);

		expect(error).toBeUndefined();
		expect(paramsSent(platform)).toEqual([
			{ template: RSB, num_epochs: 5 },
			{ template: RSB, num_epochs: 6 },
			{ template: RSB },
		]);
	});

	it('that expressions fail to give are problems, each named, and nothing is sent', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const { error } = await platform.run(
			TRAIN,
			choose('cars', RSB, {
				hyperparameters: {
					mappingMode: 'defineBelow',
					value: {
						num_epochs: '={{ $json.epochs }}',
						batch_size: '={{ null }}',
						image_size: '={{ $json.size }} ',
						weight_decay: 0.5,
					},
				},
			}),
		);

		expect(error?.message).toBe(
			"3 parameters need to be corrected: 'num_epochs' is an expression that gives nothing; 'batch_size' is an expression that gives nothing; 'image_size' is an expression that gives nothing",
		);
		expect(paramsSent(platform)).toEqual([]);
	});
});

it('a form that is one expression is a problem where it gives nothing', async () => {
	const platform = await setUp();
	platform.emulator.addModel('cars');
	const given = async (value: string) =>
		await platform.run(
			TRAIN,
			choose('cars', RSB, { hyperparameters: { mappingMode: 'defineBelow', value } }),
		);

	expect((await given('={{ $json.nope }}')).error?.message).toBe(
		"'Hyperparameters' is an expression that gives nothing",
	);
	expect((await given('={{ { num_epochs: $json.nope } }}')).error?.message).toBe(
		'\'Hyperparameters\' is an expression that gives nothing for "num_epochs"',
	);
	expect(paramsSent(platform)).toEqual([]);
});

describe('values in JSON', () => {
	it.each<[string, string | INodeParameters[string]]>([
		['text', '{"num_epochs": 10}'],
		['an object of an expression', '={{ ({ num_epochs: 10 }) }}'],
		['text of an expression', '={{ JSON.stringify({ num_epochs: "10" }) }}'],
		['an object of the item', '={{ $json.values }}'],
	])('come as %s', async (_how, hyperparametersJson) => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const { error } = await platform.run(
			TRAIN,
			choose('cars', RSB, { specifyHyperparameters: 'json', hyperparametersJson }),
			{ items: [{ values: { num_epochs: 10 } }] },
		);

		expect(error).toBeUndefined();
		expect(paramsSent(platform)).toEqual([{ template: RSB, num_epochs: 10 }]);
	});

	it.each(['={{ $json.nothing }}', '={{ null }}'])(
		'are a problem where an expression gives nothing (%s)',
		async (hyperparametersJson) => {
			const platform = await setUp();
			platform.emulator.addModel('cars');

			const { error } = await platform.run(
				TRAIN,
				choose('cars', RSB, { specifyHyperparameters: 'json', hyperparametersJson }),
			);

			expect(error?.message).toBe("'Hyperparameters (JSON)' is an expression that gives nothing");
			expect(paramsSent(platform)).toEqual([]);
		},
	);

	it.each(['', '=', '{}'])('may be empty (%j)', async (hyperparametersJson) => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		await platform.run(
			TRAIN,
			choose('cars', RSB, { specifyHyperparameters: 'json', hyperparametersJson }),
		);

		expect(paramsSent(platform)).toEqual([{ template: RSB }]);
	});

	it('are sent as they are given, also the defaults', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const { params } = await sent(platform, 'cars', RSB, { num_epochs: 60, seed: 5 }, 'json');

		expect(params).toEqual({ num_epochs: 60, seed: 5 });
	});

	it('may be the defaults that List Templates puts out', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');
		const { json: templates } = await platform.run('clarifaiListTemplates', {
			modelType: locate('id', 'visual-classifier'),
			options: { maxRequestsPerSecond: 0 },
		});
		const listed = templates.find(({ template }) => template === RSB)!;

		const { params, message } = await sent(
			platform,
			'cars',
			RSB,
			listed.defaults as IDataObject,
			'json',
		);

		expect(message).toBeUndefined();
		expect(params).toEqual(listed.defaults);
	});

	it.each<[string, unknown, string]>([
		['flag', 'yes', 'true or false'],
		['flag', 2, 'true or false'],
		['flag', [], 'true or false'],
		['words', { a: 1 }, 'a text'],
		['words', ['a'], 'a text'],
		['rate', 'fast', 'a number'],
		['rate', true, 'a number'],
		['rate', '', 'a number'],
		['rate', '1,5', 'a number'],
		['rate', 'Infinity', 'a number'],
		['rate', [1], 'a number'],
		['share', -0.1, 'a number from 0 to 1 in steps of 0.1'],
		['share', 1.1, 'a number from 0 to 1 in steps of 0.1'],
		['share', 0.25, 'a number from 0 to 1 in steps of 0.1'],
		['choice', 'c', 'one of: a, b'],
		['choice', 'A', 'one of: a, b'],
		['choice', { id: 'a' }, 'one of: a, b'],
		['config', 'not JSON', 'a JSON object'],
		['config', '5', 'a JSON object'],
		['config', true, 'a JSON object'],
		['sizes', 'big', 'a list of numbers, such as [320]'],
		['sizes', ['320', 'big'], 'a list of numbers, such as [320]'],
		['sizes', { 0: 320 }, 'a list of numbers, such as [320]'],
		['sizes', '[320', 'a list of numbers, such as [320]'],
		['names', 5, 'a list of texts'],
		['names', [{ a: 1 }], 'a list of texts'],
		['backbone', 'medium', 'one of: small, large'],
		['small_depth', 'deep', 'a number'],
		['nested.deep', 'deep', 'a number'],
	])('that do not fit are refused: %s = %j', async (name, value, allowed) => {
		const platform = await setUpEveryType();

		const { message, description } = await sent(
			platform,
			'any',
			'EverythingConfig',
			{ must: 1, [name]: value as string },
			'json',
		);

		expect(message).toMatch(new RegExp(`^Hyperparameter "${name}" must be `));
		expect(message).toContain(`must be ${allowed}, not `);
		expect(description).toMatch(/leave the hyperparameter out to use its default/);
		expect(callsOf(platform.emulator).filter((call) => !call.startsWith('GET'))).toEqual([]);
	});

	it.each<[string, unknown, unknown]>([
		['flag', 'true', true],
		['flag', ' True ', true],
		['flag', 0, false],
		['words', 5, '5'],
		['rate', ' 2.5 ', 2.5],
		['share', 0, 0],
		['share', 1, 1],
		['share', 0.30000000000000004, 0.30000000000000004],
		['choice', 'b', 'b'],
		['config', [1], [1]],
		['config', {}, {}],
		['sizes', 320, [320]],
		['sizes', '320, 240', [320, 240]],
		['sizes', '[320]', [320]],
		['sizes', ['320'], [320]],
		['names', 'x, y', ['x', 'y']],
		['names', [1, 'y'], ['1', 'y']],
		['hidden', 4, 4],
		['secret', 's', 's'],
	])('that fit are sent in their type: %s = %j', async (name, value, expected) => {
		const platform = await setUpEveryType();

		const { params, message } = await sent(
			platform,
			'any',
			'EverythingConfig',
			{ must: 1, [name]: value as string },
			'json',
		);

		expect(message).toBeUndefined();
		expect(params).toEqual({ must: 1, [name]: expected });
	});

	it.each<[string, IDataObject | string]>([
		['left out', {}],
		['null', { must: null }],
		['empty', ''],
	])('that are required are missed when %s', async (_how, values) => {
		const platform = await setUpEveryType();

		const { message, description } = await sent(
			platform,
			'any',
			'EverythingConfig',
			values,
			'json',
		);

		expect(message).toBe('Hyperparameter "must" is required by template "EverythingConfig"');
		expect(description).toBe('Give it a number.');
	});

	it('may hold the custom config, without which a custom template is refused', async () => {
		const platform = await setUpEveryType();
		const train = async (hyperparameters: IDataObject) =>
			await platform.run(
				TRAIN,
				choose('any', 'EverythingConfig', {
					specifyHyperparameters: 'json',
					hyperparametersJson: JSON.stringify({ must: 1, ...hyperparameters }),
				}),
			);

		const without = await train({});
		const within = await train({ custom_config: 'x = 1' });

		expect(without.error).toMatchObject({
			message: 'Template "EverythingConfig" is made by a custom config, and there is none',
			description: "Set 'Custom Config Source' to Text or Binary File.",
		});
		expect(within.error).toBeUndefined();
		expect(paramsSent(platform)).toEqual([
			{ template: 'EverythingConfig', must: 1, custom_config: 'x = 1' },
		]);
	});

	it.each([
		['num_epoch', 'num_epochs'],
		['epochs', 'num_epochs'],
		['NUM_EPOCHS', 'num_epochs'],
		['batchsize', 'batch_size'],
		['lrate', 'per_item_lrate'],
		['qqqqqqqqqqqq', undefined],
		['toString', undefined],
	])('of the unknown name %s are refused, with the nearest one', async (name, near) => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const { message, description } = await sent(platform, 'cars', RSB, { [name]: 5 }, 'json');

		const base = `Template "${RSB}" has no hyperparameter "${name}"`;
		if (near) expect(message).toBe(`${base}; did you mean "${near}"?`);
		else expect(message).toContain(base);
		expect(description).toContain('It has: image_size, batch_size, num_epochs');
		expect(description).not.toContain('seed');
	});
});
