import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { callsOf, DEMO, locate, setUp, type SetUp } from '../setup.mts';

const NODE = 'clarifaiListTemplates';
const RSB_A1 = 'MMClassification_ResNet_50_RSB_A1';

let clarifai: SetUp;

beforeEach(async () => {
	clarifai = await setUp();
});

const ofType = (type: string, more: INodeParameters = {}): INodeParameters => ({
	modelType: locate('list', type),
	...more,
});

const named = (json: IDataObject[], template: string): IDataObject =>
	json.find((entry) => entry.template === template)!;

const hyperparameter = (template: IDataObject, name: string) =>
	(template.hyperparameters as IDataObject[]).find((entry) => entry.name === name);

const isNested = (value: unknown) => typeof value === 'object';

describe('the templates of model types', () => {
	it.each([
		[
			'visual-classifier',
			[
				RSB_A1,
				'Clarifai_InceptionTransferEmbedNorm',
				'Clarifai_ResNext',
				'Clarifai_InceptionV2',
				'Clarifai_InceptionBatchNorm',
				'MMClassification',
			],
		],
		[
			'visual-detector',
			[
				'MMDetection_YoloF',
				'MMDetection_SSD',
				'MMDetection_FasterRCNN',
				'Clarifai_InceptionV4',
				'Clarifai_InceptionV2',
				'MMDetection_AdvancedConfig',
				'detection_msc10',
			],
		],
		[
			'visual-embedder',
			[
				'Clarifai_ResNet_AngularMargin',
				'Clarifai_InceptionBatchNorm',
				'Clarifai_ResNext',
				'classification_angular_margin_embed',
				'classification_basemodel_v1_embed',
			],
		],
		['visual-segmenter', ['MMSegmentation_SegFormer', 'MMSegmentation_AdvancedConfig']],
		[
			'text-classifier',
			[
				'HuggingFace_AdvancedConfig',
				'HF_GPTNeo_125m_lora',
				'HF_GPTNeo_2p7b_lora',
				'HF_Llama_2_13b_chat_GPTQ_lora',
				'HF_Llama_2_7b_chat_GPTQ_lora',
				'HF_Mistral_7b_instruct_GPTQ_lora',
			],
		],
		['visual-anomaly-heatmap', ['Anomalib_PatchCore']],
	])(
		"of %s are one item each, the recommended first, then in Clarifai's order",
		async (type, templates) => {
			const { emulator, run } = clarifai;

			const { items } = await run(NODE, ofType(type));

			expect(items.map(({ json }) => [json.modelTypeId, json.template])).toEqual(
				templates.map((template) => [type, template]),
			);
			expect(items.map(({ pairedItem }) => pairedItem)).toEqual(templates.map(() => ({ item: 0 })));
			expect(emulator.requests).toMatchObject([
				{
					method: 'GET',
					path: `/v2/users/${DEMO.userId}/apps/${DEMO.appId}/models/types`,
					query: { page: '1', per_page: '1000' },
				},
			]);
		},
	);

	it('have exactly the documented keys', async () => {
		const { run } = clarifai;

		const { json } = await run(NODE, ofType('visual-classifier'));

		expect(named(json, RSB_A1)).toEqual({
			modelTypeId: 'visual-classifier',
			template: RSB_A1,
			description:
				'A training template that uses the MMClassification toolkit and ResNet-50 (rsb-a1) configuration ',
			recommended: true,
			internalOnly: false,
			hyperparameters: expect.any(Array),
			defaults: {
				image_size: 224,
				batch_size: 64,
				num_epochs: 60,
				per_item_lrate: 1.953125e-5,
				weight_decay: 0.01,
				per_item_min_lrate: 1.5625e-8,
				warmup_iters: 100,
				warmup_ratio: 0.0001,
				pretrained_weights: 'ImageNet-1k',
				flip_probability: 0.5,
				flip_direction: 'horizontal',
				concepts_mutually_exclusive: false,
				invalid_data_tolerance_percent: 5,
			},
		});
		expect(named(json, 'MMClassification')).toMatchObject({ recommended: false });
	});

	describe.each([['numbers'], ['names']] as const)('with enums as %s', (enums) => {
		it.each([
			[
				RSB_A1,
				'batch_size',
				{ type: 'range', required: false, default: 64, min: 1, max: 256, step: 1 },
			],
			[RSB_A1, 'image_size', { type: 'number', required: false, default: 224 }],
			[RSB_A1, 'weight_decay', { type: 'range', required: false, default: 0.01, min: 0, max: 1 }],
			[
				RSB_A1,
				'flip_direction',
				{
					type: 'enum',
					required: false,
					default: 'horizontal',
					options: ['horizontal', 'vertical'],
				},
			],
			[RSB_A1, 'concepts_mutually_exclusive', { type: 'boolean', required: false, default: false }],
			['MMClassification', 'image_size', { type: 'numbers', required: false, default: [320] }],
			[
				'MMClassification',
				'custom_config',
				{ type: 'code', required: false, default: expect.stringContaining('_base_') },
			],
		])('%s: %s', async (template, name, expected) => {
			const { run } = await setUp({ enums });

			const { json } = await run(NODE, ofType('visual-classifier'));

			expect(hyperparameter(named(json, template), name)).toEqual({
				name,
				description: expect.any(String),
				...expected,
			});
		});
	});

	it('of a type with parameters that are JSON objects', async () => {
		const { run } = clarifai;

		const { json } = await run(NODE, ofType('text-classifier'));

		const template = named(json, 'HF_GPTNeo_125m_lora');
		expect(hyperparameter(template, 'model_config')).toMatchObject({ type: 'json' });
		expect((template.defaults as IDataObject).model_config).toEqual(expect.any(Object));
	});

	it('of all types, where no type is chosen', async () => {
		const { run } = clarifai;

		const { json } = await run(NODE);

		expect(new Set(json.map(({ modelTypeId }) => modelTypeId))).toEqual(
			new Set([
				'visual-classifier',
				'visual-detector',
				'visual-embedder',
				'visual-segmenter',
				'text-classifier',
				'text-to-text',
				'visual-anomaly-heatmap',
			]),
		);
	});

	it('are none for transfer learning, with a hint why', async () => {
		const { run } = clarifai;

		const { items, error, result } = await run(NODE, ofType('embedding-classifier'));

		expect(error).toBeUndefined();
		expect(items).toEqual([]);
		expect(result.hints).toMatchObject([
			{ message: expect.stringContaining('embedding-classifier has no training templates') },
		]);
	});

	it('are none on a platform without templates, with a hint to pipeline templates', async () => {
		const { run, emulator } = clarifai;
		emulator.world.modelTypes.splice(0, Infinity, { id: 'embedding-classifier', creatable: true });

		const { items, result } = await run(NODE, {}, { items: [{}, {}] });

		expect(items).toEqual([]);
		expect(result.hints).toMatchObject([
			{ message: expect.stringContaining("set 'Source' to Pipeline Templates") },
		]);
	});

	it("are Clarifai's own objects when Simplify is off", async () => {
		const { run } = clarifai;

		const { items } = await run(NODE, ofType('visual-anomaly-heatmap', { simplify: false }));

		expect(items).toEqual([
			{
				json: {
					id: 'Anomalib_PatchCore',
					model_type_fields: [expect.objectContaining({ field_type: expect.any(Number) })],
				},
				pairedItem: { item: 0 },
			},
		]);
	});
});

describe('a type that nobody has documented', () => {
	beforeEach(() => {
		clarifai.emulator.addModelType({
			id: 'odd.type-9',
			title: 'Odd',
			creatable: true,
			trainable: true,
			model_type_fields: [
				{
					path: 'train_info.params.template',
					field_type: 14,
					model_type_enum_options: [
						{
							id: 'odd_template',
							model_type_fields: [
								{ path: 'train_info.params.new_kind', field_type: 99, default_value: { a: 1 } },
								{ path: 'train_info.params.bare' },
								{ path: 'train_info.params.empty_range', field_type: 7, model_type_range_info: {} },
								{
									path: 'train_info.params.below_zero',
									field_type: 7,
									required: true,
									default_value: 0,
									model_type_range_info: { min: -2 },
								},
								{ path: 'train_info.params.words', field_type: 13, default_value: ['x'] },
								{ path: 'train_info.params.nested.value', field_type: 3 },
								{ path: 'inference_info.params.threshold', field_type: 3 },
								{ path: 'train_info.params.dataset_id', field_type: 16 },
								{ field_type: 3 },
							],
						},
						{ description: 'an option without an ID' },
					],
				},
			],
		});
	});

	it('is listed, with fields of odd types', async () => {
		const { run } = clarifai;

		const { json } = await run(NODE, ofType('odd.type-9'));

		expect(json).toEqual([
			{
				modelTypeId: 'odd.type-9',
				template: 'odd_template',
				description: '',
				recommended: false,
				internalOnly: false,
				hyperparameters: [
					{ name: 'new_kind', type: 'json', required: false, default: { a: 1 } },
					{ name: 'bare', type: 'json', required: false },
					{ name: 'empty_range', type: 'range', required: false },
					{ name: 'below_zero', type: 'range', required: true, default: 0, min: -2, max: 0 },
					{ name: 'words', type: 'strings', required: false, default: ['x'] },
					{ name: 'nested.value', type: 'number', required: false },
				],
				defaults: { new_kind: { a: 1 }, below_zero: 0, words: ['x'] },
			},
		]);
	});

	it('is found by the template of another type as well', async () => {
		const { run } = clarifai;

		const { json } = await run(NODE, { options: { nameContains: 'ODD_' } });

		expect(json).toMatchObject([{ modelTypeId: 'odd.type-9', template: 'odd_template' }]);
	});
});

describe('what is listed', () => {
	it.each([
		['', undefined],
		['an empty expression', locate('id', '=')],
		['an empty ID', locate('id', '')],
		['an empty entry of the list', locate('list', '')],
	])('is everything for a Model Type that is %s', async (_what, modelType) => {
		const { run } = clarifai;

		const { json } = await run(NODE, modelType ? { modelType } : {});

		expect(new Set(json.map(({ modelTypeId }) => modelTypeId)).size).toBe(7);
	});

	it('is limited for each item', async () => {
		const { run } = clarifai;

		const { items } = await run(
			NODE,
			ofType('={{ $json.type }}', { returnAll: false, limit: '={{ $json.limit }}' }),
			{
				items: [
					{ type: 'visual-classifier', limit: 2 },
					{ type: 'visual-detector', limit: '1' },
					{ type: 'visual-segmenter', limit: 50 },
				],
			},
		);

		expect(items.map(({ json, pairedItem }) => [json.modelTypeId, pairedItem])).toEqual([
			['visual-classifier', { item: 0 }],
			['visual-classifier', { item: 0 }],
			['visual-detector', { item: 1 }],
			['visual-segmenter', { item: 2 }],
			['visual-segmenter', { item: 2 }],
		]);
	});

	it('is up to 50 unless another limit is given', async () => {
		const { run, emulator } = clarifai;
		emulator.addModelType({
			id: 'many',
			model_type_fields: [
				{
					path: 'train_info.params.template',
					model_type_enum_options: Array.from({ length: 60 }, (_none, n) => ({ id: `t${n}` })),
				},
			],
		});

		const { items } = await run(NODE, ofType('many', { returnAll: false }));

		expect(items).toHaveLength(50);
	});

	it.each([
		['ResNet', ['MMClassification_ResNet_50_RSB_A1']],
		['  inceptionv2 ', ['Clarifai_InceptionV2']],
		['no such name', []],
	])('has "%s" in its name', async (nameContains, templates) => {
		const { run } = clarifai;

		const { json } = await run(NODE, ofType('visual-classifier', { options: { nameContains } }));

		expect(json.map(({ template }) => template)).toEqual(templates);
	});

	it('includes what is internal when asked to', async () => {
		const { run } = clarifai;

		const { json } = await run(
			NODE,
			ofType('visual-classifier', { options: { includeInternal: true } }),
		);

		expect(json).toHaveLength(11);
		expect(named(json, 'MMClassification_ResNet_50')).toMatchObject({ internalOnly: true });
		expect((named(json, RSB_A1).defaults as IDataObject).seed).toBe(-1);
	});

	it.each(['modelTypes', 'pipelineTemplates'])(
		'of %s is an overview without the hyperparameters, where they are not asked for',
		async (source) => {
			const { json } = await clarifai.run(NODE, { source, includeHyperparameters: false });

			expect(json.length).toBeGreaterThan(2);
			// Nothing that the table would show on many lines.
			expect(json.flatMap((item) => Object.values(item)).filter(isNested)).toEqual([]);
		},
	);

	it('is fetched once in a run and app, however many items ask', async () => {
		const { run, emulator } = clarifai;
		emulator.addApp('other-app');
		const items = Array.from({ length: 40 }, (_none, index) => ({
			app: index % 2 ? 'other-app' : DEMO.appId,
		}));

		const { items: listed } = await run(
			NODE,
			ofType('visual-segmenter', { options: { appId: '={{ $json.app }}' } }),
			{ items },
		);

		expect(listed).toHaveLength(80);
		expect(listed.map(({ pairedItem }) => pairedItem)).toEqual(
			items.flatMap((_item, item) => [{ item }, { item }]),
		);
		expect(callsOf(emulator)).toEqual(['GET ListModelTypes', 'GET ListModelTypes']);
	});

	it('goes over more than one page of the API', async () => {
		const { run, emulator } = clarifai;
		const bare = Array.from({ length: 1500 }, (_none, index) => ({ id: `type-${index}` }));
		emulator.world.modelTypes.unshift(...bare);

		const { json } = await run(NODE, ofType('visual-segmenter'));

		expect(json).toHaveLength(2);
		expect(emulator.requests.map(({ query }) => query.page).slice(0, 2)).toEqual(['1', '2']);
	});
});

describe('the pipeline templates', () => {
	it('are one item each, with parameters and defaults', async () => {
		const { run, emulator } = clarifai;

		const { items } = await run(NODE, { source: 'pipelineTemplates' });

		expect(items.map(({ json }) => json.template)).toEqual([
			'classifier-pipeline-resnet',
			'detector-pipeline-dfine',
			'detector-pipeline-yolof',
		]);
		expect(items[0]).toEqual({
			json: {
				template: 'classifier-pipeline-resnet',
				description: expect.any(String),
				recommended: false,
				internalOnly: false,
				hyperparameters: expect.any(Array),
				defaults: expect.any(Object),
			},
			pairedItem: { item: 0 },
		});
		expect(emulator.requests).toMatchObject([
			{
				path: '/v2/pipeline_templates',
				query: { pipeline_template_type: 'TRAINING' },
			},
		]);
	});

	it('are fetched once, and filtered and limited as the others', async () => {
		const { run, emulator } = clarifai;

		const { json } = await run(
			NODE,
			{
				source: 'pipelineTemplates',
				returnAll: false,
				limit: 1,
				options: { nameContains: 'DETECTOR' },
			},
			{ items: [{}, {}] },
		);

		expect(json.map(({ template }) => template)).toEqual([
			'detector-pipeline-dfine',
			'detector-pipeline-dfine',
		]);
		expect(emulator.requests).toHaveLength(1);
	});

	it("are Clarifai's own objects when Simplify is off", async () => {
		const { run } = clarifai;

		const { json } = await run(NODE, { source: 'pipelineTemplates', simplify: false });

		expect(json[0]).toMatchObject({
			name: 'classifier-pipeline-resnet',
			parameters: expect.any(Array),
		});
	});
});

const NOTHING = '={{ $json.nope }}';

describe('bad input', () => {
	it('has all problems of an item together', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, {
			modelType: locate('id', '={{ "a/b" }}'),
			returnAll: false,
			limit: 0,
			options: { includeInternal: NOTHING },
		});

		expect(error?.message).toMatch(
			/^3 parameters need to be corrected: 'Model Type' .*; 'Limit' .*; 'Include Internal' /,
		);
		expect(emulator.requests).toEqual([]);
	});

	it('an unknown model type names those that there are', async () => {
		const { run } = clarifai;

		const { error } = await run(NODE, ofType('visual-nose'));

		expect(error).toMatchObject({
			message: 'This platform has no model type "visual-nose"',
			description: expect.stringContaining('visual-classifier, visual-detector'),
		});
		expect(error?.context.itemIndex).toBe(0);
	});

	it('a misspelt model type, with the one that is meant', async () => {
		const { error } = await clarifai.run(NODE, ofType('visual-clasifier'));

		expect(error?.description).toMatch(/^Did you mean "visual-classifier"\? It has: /);
	});

	it.each([
		[{ modelType: locate('id', '={{ "a/b" }}') }, /'Model Type' is not a valid ID/],
		[{ modelType: locate('id', '={{ {} }}') }, /'Model Type' must be a text, not an object/],
		[{ returnAll: false, limit: '={{ "few" }}' }, /'Limit' must be a whole number of 1 or more/],
		[{ modelType: locate('id', NOTHING) }, /^'Model Type' is an expression that gives nothing$/],
		[{ returnAll: false, limit: NOTHING }, /^'Limit' is an expression that gives nothing$/],
		[{ returnAll: '={{ null }}' }, /^'Return All' is an expression that gives nothing$/],
		[{ source: NOTHING }, /^'Source' is an expression that gives nothing$/],
		[{ includeHyperparameters: NOTHING }, /^'Include Hyperparameters' is an expression that gives/],
		[
			{ includeHyperparameters: '={{ "some" }}' },
			/'Include Hyperparameters' must be true or false/,
		],
		[{ simplify: NOTHING }, /^'Simplify' is an expression that gives nothing$/],
		[{ options: { includeInternal: NOTHING } }, /^'Include Internal' is an expression/],
		[{ options: { nameContains: NOTHING } }, /^'Name Contains' is an expression that gives/],
		[{ options: { userId: NOTHING } }, /^'User ID' is an expression that gives nothing$/],
		[{ options: { requestTimeoutSeconds: NOTHING } }, /^'Request Timeout' is an expression/],
		[{ returnAll: false, limit: 0 }, /'Limit' must be .* of 1 or more, not "0"/],
		[{ returnAll: false, limit: 1.5 }, /'Limit' must be a whole number/],
		[{ returnAll: '={{ "all" }}' }, /'Return All' must be true or false/],
		[{ options: { includeInternal: '={{ 2 }}' } }, /'Include Internal' must be true or false/],
		[{ options: { nameContains: '={{ [] }}' } }, /'Name Contains' must be a text, not a list/],
		[{ source: '={{ "files" }}' }, /'Source' must be one of: modelTypes, pipelineTemplates/],
		[{ options: { maxRequestsPerSecond: '={{ "x" }}' } }, /'Max Requests per Second' must be/],
		[{ options: { maxRequestsPerSecond: '={{ {} }}' } }, /'Max Requests per Second' must be/],
		[{ options: { userId: '={{ "../me" }}' } }, /'User ID' is not a valid ID/],
	])('%j sends nothing', async (parameters, message) => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, parameters as INodeParameters);

		expect(error?.message).toMatch(message);
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});

	it.each([
		['empty', ''],
		['an empty expression', '='],
	])('is not an option that is %s', async (_what, value) => {
		const { run } = clarifai;
		const names = ['includeInternal', 'nameContains', 'userId', 'appId', 'maxRequestsPerSecond'];

		const { json } = await run(
			NODE,
			ofType('visual-segmenter', {
				returnAll: value,
				options: Object.fromEntries(
					[...names, 'requestTimeoutSeconds'].map((name) => [name, value]),
				),
			}),
		);

		expect(json).toHaveLength(2);
	});
});

it('is a tool for AI agents', async () => {
	const { call } = await clarifai.engine.asTool(
		NODE,
		{ modelType: locate('id', "={{ $fromAI('model_type', 'Model type', 'string') }}") },
		{ model_type: 'visual-segmenter' },
	);

	expect(JSON.parse(call!.response)).toMatchObject([{ template: 'MMSegmentation_SegFormer' }, {}]);
});
