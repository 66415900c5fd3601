import type { INodeParameters } from 'n8n-workflow';
import { CLASSIFIER, DFINE, valid, YOLOF } from '../pipelineSetup.mts';
import { callsOf, DEMO, locate, setUp } from '../setup.mts';

const unlimited = { maxRequestsPerSecond: 0 };

describe('List Templates of pipelines', () => {
	const list = (more: INodeParameters = {}): INodeParameters => ({
		source: 'pipelineTemplates',
		options: unlimited,
		...more,
	});

	it('gives one item for each template, in the shape of other templates', async () => {
		const { run, emulator } = await setUp();

		const { items, error } = await run('clarifaiListTemplates', list());

		expect(error).toBeUndefined();
		expect(items.map(({ json, pairedItem }) => [json.template, pairedItem])).toEqual([
			[CLASSIFIER, { item: 0 }],
			[DFINE, { item: 0 }],
			[YOLOF, { item: 0 }],
		]);
		expect(items[1].json).toEqual({
			template: DFINE,
			description: 'D-FINE transformer-based object detector fine-tuning pipeline',
			recommended: false,
			internalOnly: false,
			hyperparameters: [
				{
					name: 'pretrained_model',
					type: 'enum',
					required: true,
					default: 'ustc-community/dfine-small-obj2coco',
					options: ['ustc-community/dfine-small-obj2coco'],
				},
				{ name: 'num_epochs', type: 'integer', required: true, default: 200, min: 1, max: 500 },
				{ name: 'batch_size', type: 'integer', required: true, default: 8, min: 1, max: 128 },
				{ name: 'learning_rate', type: 'number', required: true, default: 0.0004, min: 0, max: 1 },
				{ name: 'weight_decay', type: 'number', required: true, default: 0.0001, min: 0, max: 1 },
				{ name: 'warmup_steps', type: 'integer', required: true, default: 500, min: 0, max: 5000 },
				{ name: 'seed', type: 'integer', required: true, default: -1, min: -1, max: 999999 },
				{ name: 'streaming_video', type: 'boolean', required: true, default: false },
			],
			defaults: {
				pretrained_model: 'ustc-community/dfine-small-obj2coco',
				num_epochs: 200,
				batch_size: 8,
				learning_rate: 0.0004,
				weight_decay: 0.0001,
				warmup_steps: 500,
				seed: -1,
				streaming_video: false,
			},
		});
		expect(callsOf(emulator)).toEqual(['GET ListPipelineTemplates']);
		expect(emulator.requests[0].query).toMatchObject({ pipeline_template_type: 'TRAINING' });
	});

	it("gives defaults that can be Train's JSON as they are", async () => {
		const { run } = await setUp();
		const { json } = await run('clarifaiListTemplates', list());

		const checked = await run(
			'clarifaiTrain',
			valid({
				template: locate('id', '={{ $json.template }}'),
				hyperparametersJson: '={{ $json.defaults }}',
				dryRun: true,
			}),
			{ items: json },
		);

		expect(checked.error).toBeUndefined();
		expect(checked.json.map(({ template }) => template)).toEqual([CLASSIFIER, DFINE, YOLOF]);
	});

	it.each(['numbers', 'names'] as const)('reads enums as %s', async (enums) => {
		const { run, emulator } = await setUp({ enums });
		emulator.world.pipelineTemplates.push({
			name: 'not-for-training',
			pipeline_template_type: 0,
		});

		const { json } = await run('clarifaiListTemplates', list());

		expect(json).toMatchObject([
			{ template: CLASSIFIER, defaults: { num_epochs: 200, concepts_mutually_exclusive: false } },
			{ template: DFINE },
			{ template: YOLOF, defaults: { keep_aspect_ratio: true, image_size: '[512]' } },
		]);
	});

	it.each<[string, INodeParameters, string[]]>([
		['a limit', { returnAll: false, limit: 2 }, [CLASSIFIER, DFINE]],
		[
			'a part of the name, in capitals or not',
			{ options: { nameContains: 'YOLO', ...unlimited } },
			[YOLOF],
		],
		['no match', { options: { nameContains: 'llama', ...unlimited } }, []],
	])('takes %s', async (_what, parameters, expected) => {
		const { run } = await setUp();

		const { json } = await run('clarifaiListTemplates', list(parameters));

		expect(json.map(({ template }) => template)).toEqual(expected);
	});

	it("shows what the Train node's own fields fill only on request", async () => {
		const { run } = await setUp();

		const { json } = await run(
			'clarifaiListTemplates',
			list({
				returnAll: false,
				limit: 1,
				options: { includeInternal: true, ...unlimited },
			}),
		);

		const [{ hyperparameters }] = json as Array<{ hyperparameters: Array<{ name: string }> }>;
		expect(hyperparameters.map(({ name }) => name).slice(0, 6)).toEqual([
			'user_id',
			'app_id',
			'model_id',
			'dataset_id',
			'dataset_version_id',
			'concepts',
		]);
	});

	it("gives Clarifai's own object without Simplify", async () => {
		const { run } = await setUp();

		const { json } = await run('clarifaiListTemplates', list({ simplify: false }));

		expect(json).toMatchObject([
			{ name: CLASSIFIER, pipeline_template_type: 1 },
			{ name: DFINE },
			{ name: YOLOF },
		]);
	});

	it('asks once for all items', async () => {
		const { run, emulator } = await setUp();

		const { items } = await run('clarifaiListTemplates', list(), { items: [{}, {}] });

		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 0, 0, 1, 1, 1].map((item) => ({ item })),
		);
		expect(callsOf(emulator)).toEqual(['GET ListPipelineTemplates']);
	});

	it('works with an app key', async () => {
		const { run } = await setUp({ credential: { accessToken: DEMO.appKey } });

		const { json } = await run('clarifaiListTemplates', list());

		expect(json).toHaveLength(3);
	});

	it('names the other source where there are no pipeline templates', async () => {
		const { run, emulator } = await setUp();
		emulator.world.pipelineTemplates.length = 0;

		const { json, error, result } = await run('clarifaiListTemplates', list());

		expect(error).toBeUndefined();
		expect(json).toEqual([]);
		expect(result.hints.map(({ message }) => message)).toEqual([
			expect.stringContaining("set 'Source' to Model Types"),
		]);
	});

	it('names the other source where model types have no templates', async () => {
		const { run, emulator } = await setUp();
		for (const type of emulator.world.modelTypes) type.model_type_fields = [];

		const { json, result } = await run('clarifaiListTemplates', { options: unlimited });

		expect(json).toEqual([]);
		expect(result.hints.map(({ message }) => message)).toEqual([
			expect.stringContaining("set 'Source' to Pipeline Templates"),
		]);
	});

	it.each([10040, 11101, 11103])(
		'names the other source on a platform that does not know them (%i)',
		async (code) => {
			const { run, emulator } = await setUp();
			emulator.faults.add({ kind: 'okWithFailureStatus', rpc: 'ListPipelineTemplates', code });

			const { json, error, result } = await run('clarifaiListTemplates', list());

			expect(error).toBeUndefined();
			expect(json).toEqual([]);
			expect(result.hints.map(({ message }) => message)).toEqual([
				expect.stringContaining("set 'Source' to Model Types"),
			]);
		},
	);

	it('shows other refusals as they are', async () => {
		const { run } = await setUp({ credential: { accessToken: DEMO.scopelessPat } });

		const { error } = await run('clarifaiListTemplates', list());

		expect(error?.message).toBe('API key has insufficient scopes/permissions');
	});
});

describe('the list of templates in Train', () => {
	const parameters = (more: INodeParameters = {}): INodeParameters => ({
		trainingMethod: 'pipelineTemplate',
		model: locate('id', 'piped'),
		options: {},
		...more,
	});

	it('holds the pipeline templates when the method is theirs', async () => {
		const { engine } = await setUp();

		const lists = engine.loadOptions('clarifaiTrain', parameters());

		expect(await lists.listSearch('searchTemplates')).toEqual({
			results: [
				{
					name: CLASSIFIER,
					value: CLASSIFIER,
					description: 'ResNet-based image classification training pipeline',
				},
				{
					name: DFINE,
					value: DFINE,
					description: 'D-FINE transformer-based object detector fine-tuning pipeline',
				},
				{
					name: YOLOF,
					value: YOLOF,
					description: 'YOLOF-based object detector training pipeline',
				},
			],
			paginationToken: undefined,
		});
	});

	it.each([
		['detector', [DFINE, YOLOF]],
		['TRANSFORMER', [DFINE]],
		['  ', [CLASSIFIER, DFINE, YOLOF]],
		['llama', []],
	])('is searched for %p', async (filter, expected) => {
		const { engine } = await setUp();

		const { results } = await engine
			.loadOptions('clarifaiTrain', parameters())
			.listSearch('searchTemplates', filter);

		expect(results.map(({ value }) => value)).toEqual(expected);
	});

	it('comes in pages', async () => {
		const { engine, emulator } = await setUp();
		for (let count = 1; count <= 60; count++) {
			emulator.world.pipelineTemplates.push({ name: `more-${count}`, pipeline_template_type: 1 });
		}
		const lists = engine.loadOptions('clarifaiTrain', parameters());

		const first = await lists.listSearch('searchTemplates');
		const second = await lists.listSearch('searchTemplates', undefined, '2');

		expect(first.results).toHaveLength(50);
		expect(first.paginationToken).toBe('2');
		expect(second.results).toHaveLength(13);
		expect(second.paginationToken).toBeUndefined();
	});

	it('says so on a platform that does not know them', async () => {
		const { engine, emulator } = await setUp();
		emulator.faults.add({
			kind: 'okWithFailureStatus',
			rpc: 'ListPipelineTemplates',
			code: 11101,
		});

		const lists = engine.loadOptions('clarifaiTrain', parameters());

		await expect(lists.listSearch('searchTemplates')).rejects.toMatchObject({
			message: expect.stringMatching(/^There are no templates to choose from\. The platform /),
			description: 'The platform has no templates for Pipeline Template.',
		});
	});

	it('is joined by a list of datasets', async () => {
		const { engine, emulator } = await setUp();
		emulator.addDataset('other-dataset');
		const lists = engine.loadOptions('clarifaiTrain', parameters());

		const all = await lists.listSearch('searchDatasets');
		const found = await lists.listSearch('searchDatasets', 'other');

		expect(all.results.map(({ value }) => value).sort()).toEqual([DEMO.datasetId, 'other-dataset']);
		expect(found.results).toEqual([{ name: 'other-dataset', value: 'other-dataset' }]);
	});
});

describe('the form of a pipeline template', () => {
	const form = async (parameters: INodeParameters, prepare?: Parameters<typeof setUp>[0]) => {
		const { engine } = await setUp(prepare);
		return await engine
			.loadOptions('clarifaiTrain', { trainingMethod: 'pipelineTemplate', ...parameters })
			.resourceMapping('getHyperparameters');
	};

	it('has a typed field for each parameter that the node does not fill itself', async () => {
		const { fields } = await form({ template: locate('list', CLASSIFIER) });

		const field = {
			required: false,
			defaultMatch: false,
			display: true,
			readOnly: false,
			removed: false,
		};
		expect(fields.map(({ id }) => id)).toEqual([
			'num_epochs',
			'batch_size',
			'per_item_lrate',
			'per_item_min_lrate',
			'image_size',
			'weight_decay',
			'warmup_iters',
			'warmup_ratio',
			'flip_probability',
			'flip_direction',
			'concepts_mutually_exclusive',
			'pretrained_weights',
			'seed',
		]);
		expect(fields[0]).toEqual({
			...field,
			id: 'num_epochs',
			displayName: 'num_epochs (1–1000)',
			type: 'number',
			defaultValue: 200,
		});
		expect(fields[9]).toEqual({
			...field,
			id: 'flip_direction',
			displayName: 'flip_direction',
			type: 'options',
			options: [
				{ name: 'horizontal', value: 'horizontal' },
				{ name: 'vertical', value: 'vertical' },
			],
			defaultValue: 'horizontal',
		});
		expect(fields[10]).toEqual({
			...field,
			id: 'concepts_mutually_exclusive',
			displayName: 'concepts_mutually_exclusive',
			type: 'boolean',
			defaultValue: false,
		});
	});

	it.each(['numbers', 'names'] as const)('is the same with enums as %s', async (enums) => {
		const { fields } = await form({ template: locate('list', YOLOF) }, { enums });

		expect(fields.map(({ id, type }) => [id, type])).toEqual([
			['num_epochs', 'number'],
			['batch_size', 'number'],
			['inference_max_batch_size', 'number'],
			['per_item_lrate', 'number'],
			['image_size', 'string'],
			['seed', 'number'],
			['max_aspect_ratio', 'number'],
			['keep_aspect_ratio', 'boolean'],
			['min_samples_per_epoch', 'number'],
			['pretrained_weights', 'options'],
			['frozen_stages', 'number'],
		]);
	});

	it('asks for what is required and has no default', async () => {
		const { engine, emulator } = await setUp();
		emulator.world.pipelineTemplates.push({
			name: 'strict-pipeline',
			pipeline_template_type: 1,
			parameters: [
				{ name: 'needed', type: 1, required: true },
				{
					name: 'suggested',
					type: 1,
					constraints: { string_constraints: { allowed_values: ['a'], allow_free_text: true } },
				},
			],
		});

		const { fields } = await engine
			.loadOptions('clarifaiTrain', {
				trainingMethod: 'pipelineTemplate',
				template: locate('id', 'strict-pipeline'),
			})
			.resourceMapping('getHyperparameters');

		expect(fields).toMatchObject([
			{ id: 'needed', required: true, type: 'string' },
			{ id: 'suggested', required: false, type: 'string', displayName: 'suggested (such as a)' },
		]);
	});

	it.each<[string, INodeParameters, string]>([
		['no template', {}, 'Choose a template first.'],
		[
			'an unresolved template',
			{ template: locate('id', '={{ $json.template }}') },
			'Choose a template first.',
		],
		[
			'an unknown template',
			{ template: locate('id', 'unknown') },
			'This platform has no template "unknown". Choose another template, or another \'Training Method\'.',
		],
		[
			'a template of the other method',
			{ trainingMethod: 'deepFineTuning', template: locate('id', CLASSIFIER) },
			`This platform has no template "${CLASSIFIER}". Choose another template, or another 'Training Method'.`,
		],
	])('says for %s what to do', async (_what, parameters, emptyFieldsNotice) => {
		expect(await form(parameters)).toEqual({ fields: [], emptyFieldsNotice });
	});
});
