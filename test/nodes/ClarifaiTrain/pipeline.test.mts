import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { addDataset } from '../../tools/emulator/datasetState.mts';
import type { FaultKind, TrainingPlan } from '../../tools/emulator/emulator.mts';
import {
	CLASSIFIER,
	YOLOF,
	DFINE,
	START,
	MINUTE,
	newestDatasetVersion,
	ON_NODEPOOL,
	valid,
	withFields,
	waiting,
	argumentsOf,
	startsOf,
	runsOf,
	setUpQuick,
} from '../pipelineSetup.mts';
import {
	bodiesOf,
	callsOf,
	DEMO,
	type InProcessOptions,
	locate,
	setUp,
	type SetUp,
} from '../setup.mts';

describe('the start of a run', () => {
	it('sends all values as texts, in one call', async () => {
		const platform = await setUp();

		const { error } = await platform.run(
			'clarifaiTrain',
			valid({
				hyperparametersJson: JSON.stringify({
					num_epochs: 10,
					per_item_lrate: 1.5e-7,
					concepts_mutually_exclusive: true,
					flip_direction: 'vertical',
					seed: -1,
				}),
			}),
		);

		expect(error).toBeUndefined();
		expect(bodiesOf(platform.emulator, START)).toEqual([
			{
				pipeline_id: expect.stringMatching(/^n8n-\w+-0$/),
				nodepools: [
					{
						id: DEMO.nodepoolId,
						compute_cluster: { id: DEMO.computeClusterId, user_id: DEMO.userId },
					},
				],
				input_args_override: {
					argo_args_override: {
						parameters: [
							{ name: 'user_id', value: DEMO.userId },
							{ name: 'app_id', value: DEMO.appId },
							{ name: 'model_id', value: 'piped' },
							{ name: 'dataset_id', value: DEMO.datasetId },
							{ name: 'dataset_version_id', value: newestDatasetVersion(platform) },
							{ name: 'concepts', value: '["cat","dog"]' },
							{ name: 'num_epochs', value: '10' },
							{ name: 'batch_size', value: '64' },
							{ name: 'image_size', value: '224' },
							{ name: 'per_item_lrate', value: '1.5e-7' },
							{ name: 'weight_decay', value: '0.01' },
							{ name: 'per_item_min_lrate', value: '1.5625e-8' },
							{ name: 'warmup_iters', value: '5' },
							{ name: 'warmup_ratio', value: '0.0001' },
							{ name: 'flip_probability', value: '0.5' },
							{ name: 'flip_direction', value: 'vertical' },
							{ name: 'concepts_mutually_exclusive', value: 'true' },
							{ name: 'pretrained_weights', value: 'ImageNet-1k' },
							{ name: 'seed', value: '-1' },
						],
					},
				},
			},
		]);
		expect(callsOf(platform.emulator).filter((call) => !call.startsWith('GET'))).toEqual([
			'POST PostDatasetVersions',
			`POST ${START}`,
		]);
	});

	it('gives an item like that of other trainings, with the IDs of the run', async () => {
		const platform = await setUp();
		platform.emulator.addModel('piped');

		const { items } = await platform.run('clarifaiTrain', valid());

		const [pipelineId] = platform.emulator.app().pipelines.keys();
		const [{ message }] = runsOf(platform);
		expect(items).toEqual([
			{
				json: {
					modelId: 'piped',
					modelVersionId: null,
					modelTypeId: 'visual-classifier',
					template: CLASSIFIER,
					status: 'queued',
					statusCode: 64000,
					statusDescription: 'Job queued',
					userId: DEMO.userId,
					appId: DEMO.appId,
					createdAt: message.created_at,
					datasetId: DEMO.datasetId,
					datasetVersionId: newestDatasetVersion(platform),
					pipelineId,
					pipelineVersionId: message.pipeline_version.id,
					pipelineRunId: message.id,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it("gives Clarifai's own object without Simplify", async () => {
		const platform = await setUp();

		const { json } = await platform.run('clarifaiTrain', valid({ simplify: false }));

		expect(json).toMatchObject([
			{ id: runsOf(platform)[0].message.id, orchestration_status: { status: { code: 64000 } } },
		]);
	});

	it.each([CLASSIFIER, YOLOF, DFINE])(
		'from a form that holds all defaults of %s sends the same as without any values',
		async (template) => {
			const platform = await setUp();
			const parameters = valid({
				template: locate('list', template),
				datasetVersion: locate('id', DEMO.datasetVersionId),
			});
			const form = platform.engine.loadOptions('clarifaiTrain', parameters);
			const { fields } = await form.resourceMapping('getHyperparameters');
			const value = Object.fromEntries(fields.map(({ id, defaultValue }) => [id, defaultValue]));

			const filled = await platform.run('clarifaiTrain', {
				...parameters,
				specifyHyperparameters: 'form',
				hyperparameters: { mappingMode: 'defineBelow', value: value as INodeParameters },
			});
			const untouched = await platform.run('clarifaiTrain', {
				...parameters,
				specifyHyperparameters: 'form',
				hyperparameters: { mappingMode: 'defineBelow', value: null },
			});
			const byJson = await platform.run('clarifaiTrain', parameters);

			expect([filled.error, untouched.error, byJson.error]).toEqual([
				undefined,
				undefined,
				undefined,
			]);
			const [first, second, third] = argumentsOf(platform);
			expect(Object.keys(value).length).toBeGreaterThan(5);
			expect(first).toMatchObject(
				Object.fromEntries(
					Object.entries(value).map(([name, byDefault]) => [name, `${byDefault}`]),
				),
			);
			expect(second).toEqual(first);
			expect(third).toEqual(first);
		},
	);

	it('takes the values of a form', async () => {
		const platform = await setUp();

		await platform.run(
			'clarifaiTrain',
			valid({
				specifyHyperparameters: 'form',
				hyperparameters: {
					mappingMode: 'defineBelow',
					value: { num_epochs: 3, concepts_mutually_exclusive: true, pretrained_weights: 'None' },
				},
			}),
		);

		expect(argumentsOf(platform)).toEqual([
			expect.objectContaining({
				num_epochs: '3',
				concepts_mutually_exclusive: 'true',
				pretrained_weights: 'None',
			}),
		]);
	});

	it.each<[string, string, unknown, string]>([
		['a number as text', 'num_epochs', '10', '10'],
		['a boolean as text', 'concepts_mutually_exclusive', 'true', 'true'],
		['an exponent as text', 'weight_decay', '1e-3', '0.001'],
		['the lowest number', 'num_epochs', 1, '1'],
		['the highest number', 'num_epochs', 1000, '1000'],
		['a lowest number of zero, which the API leaves out', 'warmup_iters', 0, '0'],
		['nothing', 'num_epochs', null, '200'],
	])('takes %s', async (_what, name, value, expected) => {
		const platform = await setUp();

		const { error } = await platform.run(
			'clarifaiTrain',
			valid({ hyperparametersJson: JSON.stringify({ [name]: value }) }),
		);

		expect(error).toBeUndefined();
		expect(argumentsOf(platform)).toEqual([expect.objectContaining({ [name]: expected })]);
	});

	it('names the dataset as the template does, with its version', async () => {
		const platform = await setUp();

		const { error } = await platform.run('clarifaiTrain', {
			...valid({ datasetVersion: locate('id', DEMO.datasetVersionId) }),
			template: locate('id', DFINE),
		});

		expect(error).toBeUndefined();
		const [given] = argumentsOf(platform);
		expect(given).toMatchObject({
			clarifai_dataset_id: DEMO.datasetId,
			dataset_version_id: DEMO.datasetVersionId,
		});
		expect(given).not.toHaveProperty('dataset_id');
	});

	it('runs on the nodepool and the compute cluster that are chosen', async () => {
		const platform = await setUp();
		platform.emulator.addNodepool('cluster', 'gpus');

		await platform.run(
			'clarifaiTrain',
			withFields({
				nodepool: locate('id', 'gpus'),
				computeCluster: locate('id', 'cluster'),
				description: 'Cats',
			}),
		);

		expect(bodiesOf(platform.emulator, START)).toMatchObject([
			{
				nodepools: [{ id: 'gpus', compute_cluster: { id: 'cluster', user_id: DEMO.userId } }],
				pipeline_description: 'Cats',
			},
		]);
	});

	it('finds the compute cluster that has the nodepool', async () => {
		const platform = await setUp();

		await platform.run(
			'clarifaiTrain',
			withFields({ nodepool: ON_NODEPOOL.nodepool, computeCluster: locate('id', '') }),
		);

		expect(bodiesOf(platform.emulator, START)).toMatchObject([
			{ nodepools: [{ id: DEMO.nodepoolId, compute_cluster: { id: DEMO.computeClusterId } }] },
		]);
	});

	it.each<[string, TrainingPlan]>([
		['under way', { seconds: 600 }],
		['that has completed', { seconds: 0 }],
	])('needs no nodepool where a run %s shows that it has none', async (_how, plan) => {
		const platform = await setUp({ nodepools: 'optional', emptyLists: 'shown' });
		platform.emulator.addCliRun({ model_id: 'other' }, plan);

		const { error } = await platform.run('clarifaiTrain', valid({ additionalFields: {} }));

		expect(error).toBeUndefined();
		expect(startsOf(platform)).toBe(1);
		expect(bodiesOf(platform.emulator, START)[0]).not.toHaveProperty('nodepools');
	});

	it.each<[string, InProcessOptions, TrainingPlan]>([
		['does not show where it ran', {}, { seconds: 0 }],
		['has failed', { emptyLists: 'shown' }, { seconds: 0, outcome: 64003 }],
		['was cancelled', { emptyLists: 'shown' }, { seconds: 0, outcome: 64004 }],
	])('needs a nodepool where the only run %s', async (_how, options, plan) => {
		const platform = await setUp({ nodepools: 'optional', ...options });
		platform.emulator.addCliRun({ model_id: 'other' }, plan);

		const { error } = await platform.run('clarifaiTrain', valid({ additionalFields: {} }));

		expect(error?.message).toContain("'Nodepool' is empty, and a pipeline runs on a nodepool");
		expect(startsOf(platform)).toBe(0);
	});

	it('goes to the user and app of the options, or of the link of the model', async () => {
		const platform = await setUp();
		for (const id of ['other-app', 'third-app']) {
			const app = platform.emulator.addApp(id);
			app.addConcept('cat');
			addDataset(app, { id: DEMO.datasetId });
		}

		await platform.run(
			'clarifaiTrain',
			valid({ concepts: ['cat'], options: { appId: 'other-app', maxRequestsPerSecond: 0 } }),
		);
		await platform.run(
			'clarifaiTrain',
			valid({
				concepts: 'cat',
				model: locate('url', `https://clarifai.com/${DEMO.userId}/third-app/models/piped`),
			}),
		);

		expect(argumentsOf(platform)).toMatchObject([
			{ user_id: DEMO.userId, app_id: 'other-app', model_id: 'piped' },
			{ user_id: DEMO.userId, app_id: 'third-app', model_id: 'piped' },
		]);
		expect(
			platform.emulator.requests.filter(({ rpc }) => rpc === START).map(({ path }) => path),
		).toEqual([
			`/v2/users/${DEMO.userId}/apps/other-app/pipeline_templates/${CLASSIFIER}/pipeline_version_runs`,
			`/v2/users/${DEMO.userId}/apps/third-app/pipeline_templates/${CLASSIFIER}/pipeline_version_runs`,
		]);
	});

	it.each(['numbers', 'names'] as const)('reads enums as %s', async (enums) => {
		const platform = await setUpQuick({ enums });

		const { json, error } = await platform.run('clarifaiTrain', valid(waiting()));

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'trained', statusCode: 21100 }]);
		expect(argumentsOf(platform)).toMatchObject([{ num_epochs: '200', seed: '-1' }]);
	});

	it('from an AI agent does not wait', async () => {
		const platform = await setUp({ trainingSeconds: 1000 });

		const { call } = await platform.engine.asTool(
			'clarifaiTrain',
			valid({
				...waiting(),
				hyperparametersJson: "={{ $fromAI('hyperparameters', 'Values', 'json') }}",
			}),
			{ hyperparameters: { num_epochs: 10 } },
		);

		expect(JSON.parse(call!.response)).toMatchObject([{ modelId: 'piped', status: 'queued' }]);
		expect(argumentsOf(platform)).toMatchObject([{ num_epochs: '10' }]);
	});
});

describe('the dataset version', () => {
	const made = (platform: SetUp) => bodiesOf(platform.emulator, 'PostDatasetVersions').length;

	it('that is chosen is taken', async () => {
		const platform = await setUp();

		const { json } = await platform.run(
			'clarifaiTrain',
			valid({ datasetVersion: locate('list', DEMO.datasetVersionId) }),
		);

		expect(made(platform)).toBe(0);
		expect(argumentsOf(platform)).toMatchObject([{ dataset_version_id: DEMO.datasetVersionId }]);
		expect(json).toMatchObject([{ datasetVersionId: DEMO.datasetVersionId }]);
	});

	it('is made once for all items, and the runs start when it is ready', async () => {
		const platform = await setUp();
		platform.emulator.planDatasetVersion(DEMO.datasetId, { seconds: 300 });
		const began = platform.time.now();

		const { json, error } = await platform.run('clarifaiTrain', valid(), { items: [{}, {}] });

		const version = newestDatasetVersion(platform);
		expect(error).toBeUndefined();
		expect(made(platform)).toBe(1);
		expect(platform.time.now() - began).toBeGreaterThanOrEqual(300_000);
		expect(argumentsOf(platform)).toMatchObject([
			{ dataset_version_id: version },
			{ dataset_version_id: version },
		]);
		expect(json).toMatchObject([{ datasetVersionId: version }, { datasetVersionId: version }]);
	});

	it('that does not become ready starts nothing', async () => {
		const platform = await setUp();
		platform.emulator.planDatasetVersion(DEMO.datasetId, { seconds: 5, outcome: 64020 });

		const { error } = await platform.run('clarifaiTrain', valid());

		expect(error?.message).toContain(
			`Version "${newestDatasetVersion(platform)}" of dataset "${DEMO.datasetId}" is not ready`,
		);
		expect(startsOf(platform)).toBe(0);
	});
});

describe('a dry run', () => {
	it('shows the arguments and starts nothing', async () => {
		const platform = await setUp();

		const { json } = await platform.run(
			'clarifaiTrain',
			valid({ dryRun: true, hyperparametersJson: '{"num_epochs":10}' }),
		);

		expect(json).toEqual([
			{
				dryRun: true,
				modelId: 'piped',
				template: CLASSIFIER,
				params: expect.objectContaining({
					user_id: DEMO.userId,
					app_id: DEMO.appId,
					model_id: 'piped',
					dataset_id: DEMO.datasetId,
					dataset_version_id: '(a new version of what the dataset holds)',
					concepts: '["cat","dog"]',
					num_epochs: '10',
					batch_size: '64',
				}),
			},
		]);
		expect(callsOf(platform.emulator).filter((call) => !call.startsWith('GET'))).toEqual([]);
	});

	it('shows what is wrong', async () => {
		const platform = await setUp();

		const { error } = await platform.run(
			'clarifaiTrain',
			valid({ dryRun: true, hyperparametersJson: '{"num_epochs":0}' }),
		);

		expect(error?.message).toContain('"num_epochs" must be a whole number from 1 to 1000, not 0');
	});
});

describe('what cannot be right is refused before anything is started', () => {
	let platform: SetUp;
	beforeAll(async () => {
		platform = await setUp();
		platform.emulator.addModel('cars');
		platform.emulator.world.pipelineTemplates.push({
			name: 'strict-pipeline',
			pipeline_template_type: 1,
			parameters: [
				{
					name: 'label',
					type: 1,
					required: true,
					constraints: { string_constraints: { min_length: 3, max_length: 5 } },
				},
			],
		});
	});
	afterEach(() => {
		const started = startsOf(platform);
		platform.emulator.requests.length = 0;
		expect(started).toBe(0);
	});

	const refusal = async (parameters: INodeParameters, item: IDataObject = {}) => {
		const { error } = await platform.run('clarifaiTrain', parameters, { items: [item] });
		return { message: error?.message, description: error?.description };
	};

	describe('each constraint of each template', () => {
		const wrongValues: Record<string, Array<[string, unknown, string]>> = {
			[CLASSIFIER]: [
				['num_epochs', 0, 'a whole number from 1 to 1000'],
				['num_epochs', 1001, 'a whole number from 1 to 1000'],
				['num_epochs', 1.5, 'a whole number from 1 to 1000'],
				['num_epochs', 'many', 'a whole number from 1 to 1000'],
				['batch_size', 257, 'a whole number from 1 to 256'],
				['image_size', 31, 'a whole number from 32 to 1024'],
				['image_size', 1025, 'a whole number from 32 to 1024'],
				['per_item_lrate', 1.01, 'a number from 0 to 1'],
				['per_item_lrate', -0.01, 'a number from 0 to 1'],
				['weight_decay', 2, 'a number from 0 to 1'],
				['per_item_min_lrate', 2, 'a number from 0 to 1'],
				['warmup_iters', 101, 'a whole number from 0 to 100'],
				['warmup_iters', -1, 'a whole number from 0 to 100'],
				['warmup_ratio', 2, 'a number from 0 to 1'],
				['flip_probability', 2, 'a number from 0 to 1'],
				['flip_direction', 'diagonal', 'one of: horizontal, vertical'],
				['flip_direction', '', 'one of: horizontal, vertical'],
				['concepts_mutually_exclusive', 'yes', 'true or false'],
				['concepts_mutually_exclusive', 2, 'true or false'],
				['pretrained_weights', 'coco', 'one of: ImageNet-1k, None'],
				['seed', -2, 'a whole number from -1 to 999999'],
				['seed', 1_000_000, 'a whole number from -1 to 999999'],
				['seed', [1], 'a whole number from -1 to 999999'],
				['seed', { value: 1 }, 'a whole number from -1 to 999999'],
				['seed', true, 'a whole number from -1 to 999999'],
				['seed', '', 'a whole number from -1 to 999999'],
			],
			[DFINE]: [
				['pretrained_model', 'dfine', 'one of: ustc-community/dfine-small-obj2coco'],
				['num_epochs', 501, 'a whole number from 1 to 500'],
				['batch_size', 129, 'a whole number from 1 to 128'],
				['learning_rate', 1.1, 'a number from 0 to 1'],
				['weight_decay', 1.1, 'a number from 0 to 1'],
				['warmup_steps', 5001, 'a whole number from 0 to 5000'],
				['streaming_video', 'maybe', 'true or false'],
			],
			[YOLOF]: [
				['image_size', [512], 'a text'],
				['max_aspect_ratio', 0.5, 'a number from 1 to 5'],
				['max_aspect_ratio', 5.5, 'a number from 1 to 5'],
				['keep_aspect_ratio', 'no', 'true or false'],
				['batch_size', 0, 'a whole number from 1 to 256'],
				['num_epochs', 201, 'a whole number from 1 to 200'],
				['min_samples_per_epoch', 10_001, 'a whole number from 1 to 10000'],
				['per_item_lrate', 1.1, 'a number from 0 to 1'],
				['pretrained_weights', 'ImageNet-1k', 'one of: coco, None'],
				['frozen_stages', 5, 'a whole number from 1 to 4'],
				['inference_max_batch_size', 33, 'a whole number from 1 to 32'],
			],
		};
		const cases = Object.entries(wrongValues).flatMap(([template, wrong]) =>
			wrong.map(([name, value, allowed]) => ({ template, name, value, allowed })),
		);

		it.each(cases)('$template: $name = $value', async ({ template, name, value, allowed }) => {
			const { message } = await refusal(
				valid({
					template: locate('id', template),
					hyperparametersJson: JSON.stringify({ [name]: value }),
				}),
			);

			expect(message).toBe(
				`Hyperparameter "${name}" must be ${allowed}, not ${JSON.stringify(value)}`,
			);
		});

		it.each([
			['ab', 'must have 3 characters or more'],
			['abcdef', 'must have 5 characters or fewer'],
			[undefined, 'is required by template "strict-pipeline"'],
		])('a text of limited length: %p', async (label, expected) => {
			const { message } = await refusal(
				valid({
					template: locate('id', 'strict-pipeline'),
					hyperparametersJson: JSON.stringify({ label }),
				}),
			);

			expect(message).toBe(`Hyperparameter "label" ${expected}`);
		});
	});

	it('all problems of an item are shown together', async () => {
		const { message, description } = await refusal({
			...valid({
				hyperparametersJson:
					'{"num_epochs":0,"num_epoch":5,"model_id":"other","flip_direction":"up"}',
				concepts: ['cat', 'dgo'],
			}),
			dataset: locate('list', ''),
			additionalFields: {},
		});

		expect(message).toContain('7 parameters need to be corrected');
		for (const part of [
			'Parameter "model_id" is filled from \'Model\'',
			'"num_epochs" must be a whole number from 1 to 1000, not 0',
			`Template "${CLASSIFIER}" has no hyperparameter "num_epoch"; did you mean "num_epochs"?`,
			'"flip_direction" must be one of: horizontal, vertical, not "up"',
			`'Dataset' is empty, and template "${CLASSIFIER}" needs it`,
			'The app has no concept "dgo"',
			"'Nodepool' is empty, and a pipeline runs on a nodepool",
		]) {
			expect(message).toContain(part);
		}
		expect(description).toContain('Did you mean "dog" for "dgo"?');
		expect(description).toContain("Set 'Dataset'.");
	});

	it.each([
		['user_id', 'User ID'],
		['app_id', 'App ID'],
		['model_id', 'Model'],
		['dataset_id', 'Dataset'],
		['dataset_version_id', 'Dataset Version'],
		['concepts', 'Concept Names or IDs'],
	])('a hyperparameter %s, which a field of the node fills', async (name, label) => {
		const refused = await refusal(
			valid({ hyperparametersJson: JSON.stringify({ [name]: 'something' }) }),
		);

		expect(refused).toEqual({
			message: `Parameter "${name}" is filled from '${label}'`,
			description: `Remove "${name}" from the hyperparameters, and set '${label}' instead.`,
		});
	});

	it.each<[string, INodeParameters, string]>([
		['an empty model', { model: locate('id', "={{ '' }}") }, "'Model' is empty"],
		['an undefined model', { model: locate('id', '={{ $json.nothing }}') }, "'Model' is empty"],
		['a model of another type', { model: locate('id', '={{ [1] }}') }, "'Model' must be a text"],
		['a model that is no ID', { model: locate('id', "={{ 'a/b' }}") }, "'Model' is not a valid ID"],
		['an empty template', { template: locate('list', '={{ null }}') }, "'Template' is empty"],
		[
			'an undefined template',
			{ template: locate('id', '={{ $json.nothing }}') },
			"'Template' is empty",
		],
		[
			'a template that does not exist',
			{ template: locate('id', 'classifier-pipeline') },
			'This platform has no pipeline template "classifier-pipeline"',
		],
		[
			'a template of the other method',
			{ template: locate('id', 'MMClassification_ResNet_50_RSB_A1') },
			'This platform has no pipeline template "MMClassification_ResNet_50_RSB_A1"',
		],
		[
			'hyperparameters that are no JSON',
			{ hyperparametersJson: '{num_epochs: 10}' },
			"'Hyperparameters (JSON)' is not valid JSON",
		],
		[
			'hyperparameters that are a list',
			{ hyperparametersJson: '[1]' },
			"'Hyperparameters (JSON)' must be a JSON object, not a list",
		],
		[
			'no concepts',
			{ concepts: [] },
			`'Concept Names or IDs' is empty, and template "${CLASSIFIER}" needs it`,
		],
		[
			'undefined concepts',
			{ concepts: '={{ $json.nothing }}' },
			"'Concept Names or IDs' is an expression that gives nothing",
		],
		[
			'concepts of another type',
			{ concepts: '={{ ({ a: 1 }) }}' },
			"'Concept Names or IDs' must be a list",
		],
		['an unknown concept', { concepts: 'cat, bird' }, 'The app has no concept "bird"'],
		[
			'no dataset',
			{ dataset: locate('list', '') },
			`'Dataset' is empty, and template "${CLASSIFIER}" needs it`,
		],
		[
			'an undefined dataset',
			{ dataset: locate('id', '={{ $json.nothing }}') },
			"'Dataset' is an expression that gives nothing",
		],
		[
			'a dataset that does not exist',
			{ dataset: locate('id', 'no-such-dataset') },
			'Dataset "no-such-dataset" does not exist in the app',
		],
		[
			'a dataset version that does not exist',
			{ datasetVersion: locate('id', 'no-such-version') },
			'Version "no-such-version" of dataset "demo-dataset" does not exist',
		],
		[
			'a dataset version without a dataset',
			{
				dataset: locate('id', '='),
				datasetVersion: locate('id', DEMO.datasetVersionId),
			},
			"'Dataset Version' is set, but 'Dataset' is empty",
		],
		[
			'a dataset version that is no ID',
			{ datasetVersion: locate('id', '={{ ({ id: 1 }) }}') },
			"'Dataset Version' must be a text, not an object",
		],
		[
			'an app that is no ID',
			{ options: { appId: 'my app', maxRequestsPerSecond: 0 } },
			"'App ID' is not a valid ID",
		],
		[
			'a time-out that is no number',
			waiting({ timeoutMinutes: '={{ "an hour" }}' }),
			"'Timeout' must be a number of 0 or more",
		],
		[
			'a poll interval of nothing',
			waiting({ pollIntervalSeconds: '={{ 0 }}' }),
			"'Poll Interval' must be a number of 1 or more",
		],
		[
			'a nodepool that is no ID',
			{ additionalFields: { ...ON_NODEPOOL, nodepool: locate('id', "={{ 'my pool' }}") } },
			"'Nodepool' is not a valid ID",
		],
		[
			'a nodepool that does not exist',
			{ additionalFields: { ...ON_NODEPOOL, nodepool: locate('id', 'gpus') } },
			`There is no nodepool in compute cluster "${DEMO.computeClusterId}" called "gpus"`,
		],
		[
			'a compute cluster that does not exist',
			{ additionalFields: { ...ON_NODEPOOL, computeCluster: locate('id', 'elsewhere') } },
			'There is no compute cluster called "elsewhere"',
		],
		[
			'a compute cluster without a nodepool',
			{ additionalFields: { computeCluster: ON_NODEPOOL.computeCluster } },
			"'Compute Cluster' is set, but 'Nodepool' is empty",
		],
		[
			'a nodepool that no compute cluster has',
			{ additionalFields: { nodepool: locate('id', 'gpus') } },
			'There is no nodepool called "gpus"',
		],
		[
			'no nodepool',
			{ additionalFields: {} },
			"'Nodepool' is empty, and a pipeline runs on a nodepool",
		],
		[
			'a template for another kind of model',
			{ model: locate('id', 'cars'), template: locate('id', DFINE) },
			`Template "${DFINE}" trains a detector, and model "cars" is a visual-classifier`,
		],
	])('%s', async (_what, parameters, expected) => {
		expect((await refusal(valid(parameters))).message).toContain(expected);
	});

	it('an unknown template, with the ones that there are and the other method', async () => {
		const { description } = await refusal(valid({ template: locate('id', 'unknown') }));

		expect(description).toContain(`It has: ${CLASSIFIER}, ${DFINE}, ${YOLOF}`);
		expect(description).toContain("'Training Method' Deep Fine-Tuning");
	});

	it('what only the other method can do, when an expression chooses the method', async () => {
		const { message, description } = await refusal(
			valid({
				trainingMethod: '={{ $json.method }}',
				customConfigSource: 'text',
				customConfig: 'x = 1',
				additionalFields: {
					...ON_NODEPOOL,
					resumeFromVersionId: locate('id', 'aaaa'),
					evaluateAfterTraining: true,
					metadata: '{"a":1}',
				},
			}),
			{ method: 'pipelineTemplate' },
		);

		expect(message).toContain('4 parameters need to be corrected');
		for (const label of [
			'Custom Config Source',
			'Resume From Model',
			'Evaluate After Training',
			'Metadata',
		]) {
			expect(message).toContain(`'${label}' does not work with pipeline templates`);
		}
		expect(description).toContain("set 'Training Method' to Deep Fine-Tuning");
	});

	it("what Clarifai refuses, in Clarifai's words", async () => {
		const fault = platform.emulator.faults.add({
			kind: 'failure10020',
			rpc: START,
			code: 26301,
			details: 'no nodepool has room',
		});

		const { error } = await platform.run('clarifaiTrain', valid());
		fault.remove();
		platform.emulator.requests.length = 0;

		expect(error?.description).toContain('no nodepool has room');
	});
});

describe('the token', () => {
	it('has to be a PAT for the start', async () => {
		const platform = await setUp({ credential: { accessToken: DEMO.appKey } });

		const { error } = await platform.run('clarifaiTrain', valid());

		expect(error?.httpCode).toBe('403');
		expect(error?.description).toContain('This step needs a Personal Access Token');
		expect(runsOf(platform)).toEqual([]);
	});

	it('has to be a PAT for looking at a run', async () => {
		const platform = await setUp();
		const { json } = await platform.run('clarifaiTrain', valid());
		const byKey = await platform.withCredential({ accessToken: DEMO.appKey });

		const { error } = await byKey.run(
			'clarifaiTrainingStatus',
			{ options: { maxRequestsPerSecond: 0 } },
			{ items: json },
		);
		const polled = byKey.engine.poll('clarifaiTrainingTrigger', {
			trainingMethod: 'pipelineTemplate',
		});

		expect(error?.description).toContain('This step needs a Personal Access Token');
		await expect(polled).rejects.toMatchObject({
			description: expect.stringContaining('This step needs a Personal Access Token'),
		});
	});

	it('needs scopes for the start', async () => {
		const platform = await setUp();
		const token = 'abcdef00000000000000000000000000';
		platform.emulator.addKey({
			token,
			kind: 'pat',
			userId: DEMO.userId,
			scopes: ['Pipelines_Get', 'Concepts_Get', 'Models_Get', 'Apps_Get'],
		});
		const limited = await platform.withCredential({ accessToken: token });

		const { error } = await limited.run('clarifaiTrain', valid());

		expect(error?.message).toContain('insufficient scopes');
		expect(error?.httpCode).toBe('403');
	});
});

describe('a lost answer to the start', () => {
	const lost: Array<[FaultKind, object]> = [
		['resetAfter', {}],
		['truncatedJson', {}],
		['truncatedJson', { fullLength: true }],
		['emptyBody', {}],
		['hang', { carriedOut: true }],
	];

	it.each(lost)('(%s %j) does not start a second run', async (kind, more) => {
		const platform = await setUp({ trainingSeconds: 1000 });
		platform.emulator.faults.add({ kind, rpc: START, times: 1, ...more });

		const { json, error } = await platform.run(
			'clarifaiTrain',
			valid({ options: { maxRequestsPerSecond: 0, requestTimeoutSeconds: 1 } }),
		);

		expect(error).toBeUndefined();
		expect(startsOf(platform)).toBe(1);
		expect(json).toMatchObject([
			{ modelId: 'piped', status: 'queued', pipelineRunId: runsOf(platform)[0].message.id },
		]);
	});

	it('of a gateway that gave up, while Clarifai went on, starts one run', async () => {
		const platform = await setUp({ trainingSeconds: 1000 });
		platform.emulator.faults.add({
			kind: 'http504',
			rpc: START,
			times: 1,
			carriedOutAfterSeconds: 20,
		});

		const { json, error } = await platform.run('clarifaiTrain', valid());

		expect(error).toBeUndefined();
		expect(startsOf(platform)).toBe(1);
		expect(json).toMatchObject([{ pipelineRunId: runsOf(platform)[0].message.id }]);
	});

	it('after which nothing can be looked up is an error that says what may be there', async () => {
		const platform = await setUp();
		platform.emulator.faults.add({ kind: 'resetAfter', rpc: START });
		platform.emulator.faults.add({ kind: 'http503', rpc: 'GetPipeline' });

		const { error } = await platform.run('clarifaiTrain', valid());

		const [pipelineId] = platform.emulator.app().pipelines.keys();
		expect(error?.message).toMatch(/^The training of model "piped" may have been carried out: /);
		expect(error?.description).toContain(`/pipelines/${pipelineId}`);
		expect(startsOf(platform)).toBe(1);
		expect(runsOf(platform)).toHaveLength(1);
	});

	it('of several items leaves each with a run of its own', async () => {
		const platform = await setUp();
		platform.emulator.faults.add({ kind: 'resetAfter', rpc: START, times: 3 });

		const { json } = await platform.run('clarifaiTrain', valid(), { items: [{}, {}, {}] });

		const ids = runsOf(platform).map(({ message }) => message.id as string);
		expect(ids).toHaveLength(3);
		expect(json.map(({ pipelineRunId }) => pipelineRunId).sort()).toEqual(ids.sort());
	});

	it('is not mixed up with the run of another client', async () => {
		const platform = await setUp();
		await platform.run('clarifaiTrain', valid());
		platform.emulator.clock.advance(MINUTE);
		await platform.run('clarifaiTrain', valid({ hyperparametersJson: '{"num_epochs":7}' }));
		platform.emulator.faults.add({ kind: 'resetBefore', rpc: START, times: 1 });

		const { json } = await platform.run(
			'clarifaiTrain',
			valid({ hyperparametersJson: '{"num_epochs":8}' }),
		);

		expect(runsOf(platform)).toHaveLength(3);
		expect(json).toMatchObject([{ pipelineRunId: runsOf(platform)[2].message.id }]);
	});

	it.each<FaultKind>(['resetBefore', 'http503', 'throttle'])(
		'that was never carried out (%s) starts the run once',
		async (kind) => {
			const platform = await setUp();
			platform.emulator.faults.add({ kind, rpc: START, times: 1 });

			const { json, error } = await platform.run('clarifaiTrain', valid());

			expect(error).toBeUndefined();
			expect(runsOf(platform)).toHaveLength(1);
			expect(json).toMatchObject([{ pipelineRunId: runsOf(platform)[0].message.id }]);
		},
	);
});

describe('several items', () => {
	it('each start a run with their own values, in order', async () => {
		const platform = await setUp();

		const { items } = await platform.run(
			'clarifaiTrain',
			valid({
				model: locate('id', '={{ $json.modelId }}'),
				hyperparametersJson: '={{ { num_epochs: $json.epochs } }}',
				concepts: '={{ $json.concepts }}',
			}),
			{
				items: [
					{ modelId: 'a', epochs: 1, concepts: ['cat'] },
					{ modelId: 'b', epochs: '2', concepts: 'cat, dog' },
					{ modelId: 'c', epochs: null, concepts: ['ferrari'] },
				],
			},
		);

		expect(items).toMatchObject([
			{ json: { modelId: 'a' }, pairedItem: { item: 0 } },
			{ json: { modelId: 'b' }, pairedItem: { item: 1 } },
			{ json: { modelId: 'c' }, pairedItem: { item: 2 } },
		]);
		const sent = argumentsOf(platform).sort((a, b) => a.model_id.localeCompare(b.model_id));
		expect(sent).toMatchObject([
			{ model_id: 'a', num_epochs: '1', concepts: '["cat"]' },
			{ model_id: 'b', num_epochs: '2', concepts: '["cat","dog"]' },
			{ model_id: 'c', num_epochs: '200', concepts: '["ferrari"]' },
		]);
		expect(
			callsOf(platform.emulator).filter((call) => call.endsWith('ListPipelineTemplates')),
		).toEqual(['GET ListPipelineTemplates']);
	});

	it('that fail go to the error branch, each with its own error', async () => {
		const platform = await setUpQuick();
		platform.emulator.planTraining('b', { outcome: 64003, details: 'out of memory' });

		const result = await platform.run(
			'clarifaiTrain',
			valid({
				...waiting(),
				model: locate('id', '={{ $json.modelId }}'),
				hyperparametersJson: '={{ { num_epochs: $json.epochs } }}',
			}),
			{
				items: [
					{ modelId: 'a', epochs: 1 },
					{ modelId: 'b', epochs: 2 },
					{ modelId: 'c', epochs: 0 },
				],
				settings: { onError: 'continueErrorOutput' },
			},
		);

		expect(result.outputs(0)).toMatchObject([
			{ json: { modelId: 'a', status: 'trained' }, pairedItem: { item: 0 } },
		]);
		expect(result.outputs(1)).toMatchObject([
			{
				json: {
					error: expect.stringMatching(
						/^The training of model "b" \(pipeline run \w+\) failed: Job failed/,
					),
				},
				pairedItem: { item: 1 },
			},
			{
				json: { error: expect.stringContaining('"num_epochs" must be a whole number') },
				pairedItem: { item: 2 },
			},
		]);
	});
});

describe('the method that fits', () => {
	const gone: Array<[string, object]> = [
		['10040', { kind: 'okWithFailureStatus', code: 10040 }],
		['10040 as a server error', { kind: 'http500', code: 10040 }],
		['11103', { kind: 'okWithFailureStatus', code: 11103 }],
		['11101', { kind: 'okWithFailureStatus', code: 11101 }],
	];
	const deep = (more: INodeParameters = {}): INodeParameters => ({
		trainingMethod: 'deepFineTuning',
		model: locate('id', 'cars'),
		template: locate('id', 'MMClassification_ResNet_50_RSB_A1'),
		specifyHyperparameters: 'json',
		concepts: ['cat', 'dog'],
		options: { maxRequestsPerSecond: 0 },
		...more,
	});

	it.each([...gone, ['21202', { kind: 'failure10020', code: 21202 }] as [string, object]])(
		'is named as Pipeline Template when a training of a version is refused with %s',
		async (_code, fault) => {
			const platform = await setUp();
			platform.emulator.addModel('cars');
			platform.emulator.faults.add({ rpc: 'PostModelVersions', ...fault } as never);

			const { error } = await platform.run('clarifaiTrain', deep());

			expect(error?.description).toContain("set 'Training Method' to Pipeline Template");
			expect(bodiesOf(platform.emulator, 'PostModelVersions')).toHaveLength(1);
		},
	);

	it('is named as Pipeline Template when the model types list no templates', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');
		for (const type of platform.emulator.world.modelTypes) type.model_type_fields = [];

		const results = [
			await platform.run('clarifaiTrain', deep({ dryRun: true })),
			await platform.run('clarifaiTrain', deep()),
		];

		const named = expect.stringContaining("'Training Method' Pipeline Template");
		for (const { json, result } of results) {
			expect(json).toMatchObject([{ modelId: 'cars', unchecked: named }]);
			expect(result.hints.map(({ message }) => message)).toContainEqual(named);
		}
	});

	it('is named as Pipeline Template for a template that its model type does not have', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const { error } = await platform.run(
			'clarifaiTrain',
			deep({ template: locate('id', CLASSIFIER) }),
		);

		expect(error?.description).toContain("'Training Method' Pipeline Template");
	});

	it.each([...gone, ['26300', { kind: 'failure10020', code: 26300 }] as [string, object]])(
		'is named as Deep Fine-Tuning when a run is refused with %s',
		async (_code, fault) => {
			const platform = await setUp();
			platform.emulator.faults.add({ rpc: START, ...fault } as never);

			const { error } = await platform.run('clarifaiTrain', valid());

			expect(error?.description).toContain("set 'Training Method' to Deep Fine-Tuning");
			expect(startsOf(platform)).toBe(1);
		},
	);

	it.each(gone)(
		'is named as Deep Fine-Tuning when the list of pipeline templates is refused with %s',
		async (_code, fault) => {
			const platform = await setUp();
			platform.emulator.faults.add({ rpc: 'ListPipelineTemplates', ...fault } as never);

			const { error } = await platform.run('clarifaiTrain', valid());

			expect(error?.message).toBe(`This platform has no pipeline template "${CLASSIFIER}"`);
			expect(error?.description).toMatch(
				/^It has none at all: .*'Training Method' Deep Fine-Tuning/,
			);
		},
	);

	it('is named as Deep Fine-Tuning when there are no pipeline templates', async () => {
		const platform = await setUp();
		platform.emulator.world.pipelineTemplates.length = 0;

		const { error } = await platform.run('clarifaiTrain', valid());

		expect(error?.message).toBe(`This platform has no pipeline template "${CLASSIFIER}"`);
		expect(error?.description).toContain("'Training Method' Deep Fine-Tuning");
	});

	it('is not shown elsewhere', async () => {
		const platform = await setUp();
		platform.emulator.addModel('cars');

		const { error, result } = await platform.run('clarifaiTrain', deep());

		expect(error).toBeUndefined();
		expect(result.hints).toEqual([]);
	});
});
