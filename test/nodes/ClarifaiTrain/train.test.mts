import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Message } from '../../tools/emulator/message.mts';
import {
	bodiesOf,
	callsOf,
	DEMO,
	locate,
	setUp,
	type InProcessOptions,
	type InProcessSetUp,
	type SetUp,
} from '../setup.mts';

const TRAIN = 'clarifaiTrain';
const TEMPLATE = 'MMClassification_ResNet_50_RSB_A1';
const CONFIG =
	"_base_ = '/mmclassification/configs/resnet/resnet50_8xb32_in1k.py'\nnum_classes = 2";

/** A training of the model "cars", with hyperparameters as JSON. */
const valid = (more: INodeParameters = {}): INodeParameters => ({
	model: locate('id', 'cars'),
	template: locate('id', TEMPLATE),
	specifyHyperparameters: 'json',
	hyperparametersJson: '{}',
	concepts: ['ferrari', 'outdoors'],
	options: { maxRequestsPerSecond: 0 },
	...more,
});

/** What n8n does not know of a template by its name. */
const BY_EXPRESSION = locate('id', `={{ "${TEMPLATE}" }}`);

const NOTHING = '={{ $json.nope }}';

/** Clarifai's own values for the template. */
const DEFAULTS: IDataObject = {
	batch_size: 64,
	concepts_mutually_exclusive: false,
	flip_direction: 'horizontal',
	flip_probability: 0.5,
	image_size: 224,
	invalid_data_tolerance_percent: 5,
	num_epochs: 60,
	per_item_lrate: 0.00001953125,
	per_item_min_lrate: 1.5625e-8,
	pretrained_weights: 'ImageNet-1k',
	warmup_iters: 100,
	warmup_ratio: 0.0001,
	weight_decay: 0.01,
};

const custom = (more: INodeParameters = {}): INodeParameters =>
	valid({ template: locate('id', 'MMClassification'), ...more });

async function setUpModel(options: InProcessOptions = {}): Promise<InProcessSetUp> {
	const platform = await setUp(options);
	platform.emulator.addModel('cars');
	return platform;
}

const bodies = ({ emulator }: SetUp) => bodiesOf(emulator, 'PostModelVersions');

const writes = ({ emulator }: SetUp) => callsOf(emulator).filter((call) => !call.startsWith('GET'));

interface Body {
	model_versions: Array<{ train_info: { params: IDataObject; dataset?: IDataObject } }>;
}

const trainInfo = (platform: SetUp, index = 0) =>
	(bodies(platform)[index] as Body).model_versions[0].train_info;

const versionsOf = ({ emulator }: SetUp, modelId = 'cars') => [
	...(emulator.app().models.get(modelId)?.versions.values() ?? []),
];

describe('a training', () => {
	it("sends the body of Clarifai's guide", async () => {
		const platform = await setUpModel();

		const { error } = await platform.run(
			TRAIN,
			valid({ hyperparametersJson: '{"num_epochs":10}' }),
		);

		expect(error).toBeUndefined();
		expect(bodies(platform)).toEqual([
			{
				model_versions: [
					{
						train_info: { params: { template: TEMPLATE, num_epochs: 10 } },
						output_info: { data: { concepts: [{ id: 'ferrari' }, { id: 'outdoors' }] } },
					},
				],
			},
		]);
		expect(writes(platform)).toEqual(['POST PostModelVersions']);
	});

	it('gives the new version, paired with its input', async () => {
		const platform = await setUpModel();

		const { items } = await platform.run(TRAIN, valid());

		const [{ message }] = versionsOf(platform);
		expect(items).toEqual([
			{
				json: {
					modelId: 'cars',
					modelVersionId: message.id,
					modelTypeId: 'visual-classifier',
					template: TEMPLATE,
					status: 'queued',
					statusCode: 21103,
					statusDescription: 'Model is currently in queue for training.',
					userId: DEMO.userId,
					appId: DEMO.appId,
					createdAt: message.created_at,
					secondsRemaining: 20,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it("gives Clarifai's own object without Simplify", async () => {
		const platform = await setUpModel();

		const { json } = await platform.run(TRAIN, valid({ simplify: false }));

		expect(json).toMatchObject([
			{
				id: versionsOf(platform)[0].message.id,
				status: { code: 21103 },
				train_info: { params: { template: TEMPLATE } },
			},
		]);
		expect(json[0]).not.toHaveProperty('modelId');
	});

	it.each(['numbers', 'names'] as const)('reads enums as %s', async (enums) => {
		const platform = await setUpModel({ enums, trainingSeconds: 0 });

		const { json, error } = await platform.run(
			TRAIN,
			valid({
				hyperparametersJson: '{"num_epochs":3,"flip_direction":"vertical"}',
				waitForCompletion: true,
			}),
		);
		const refused = await platform.run(TRAIN, valid({ hyperparametersJson: '{"num_epochs":0}' }));

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'trained', statusCode: 21100 }]);
		expect(refused.error?.message).toContain('must be a whole number from 1 to 600');
	});

	it.each([
		['from the list', { model: locate('list', 'cars'), template: locate('list', TEMPLATE) }],
		['by ID', { model: locate('id', ' cars '), template: locate('id', TEMPLATE) }],
		[
			'by link',
			{ model: locate('url', `https://clarifai.com/${DEMO.userId}/${DEMO.appId}/models/cars`) },
		],
		[
			'by a link that an expression gives in the ID mode',
			{
				model: locate(
					'id',
					`={{ "https://clarifai.com/${DEMO.userId}/${DEMO.appId}/models/cars/versions/1" }}`,
				),
			},
		],
	])('takes model and template %s', async (_how, parameters) => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, valid(parameters));

		expect(error).toBeUndefined();
		expect(versionsOf(platform)).toHaveLength(1);
	});

	it('takes its model from the item before, and its values from the fields of a form', async () => {
		const platform = await setUpModel();
		const { run } = platform;

		const { error } = await run(
			TRAIN,
			{
				template: locate('id', TEMPLATE),
				hyperparameters: { mappingMode: 'defineBelow', value: { num_epochs: '={{ $json.n }}' } },
				concepts: ['cat'],
			},
			{ items: [{ modelId: 'cars', n: 7 }] },
		);

		expect(error).toBeUndefined();
		expect(trainInfo(platform).params).toEqual({ template: TEMPLATE, num_epochs: 7 });
	});

	it('goes to the user and app of the options, or of the link of the model', async () => {
		const platform = await setUpModel();
		for (const appId of ['second-app', 'third-app']) {
			const app = platform.emulator.addApp(appId);
			app.addModel({ id: 'vans', model_type_id: 'visual-classifier' });
			app.addConcept('cat');
		}

		const byOption = await platform.run(
			TRAIN,
			valid({
				model: locate('id', 'vans'),
				concepts: ['cat'],
				options: { appId: 'second-app', userId: DEMO.userId },
			}),
		);
		const byLink = await platform.run(
			TRAIN,
			valid({
				model: locate('url', `https://clarifai.com/${DEMO.userId}/third-app/models/vans`),
				concepts: ['cat'],
			}),
		);

		expect([byOption.json, byLink.json]).toMatchObject([
			[{ modelId: 'vans', appId: 'second-app' }],
			[{ modelId: 'vans', appId: 'third-app' }],
		]);
	});

	it('works with an app key', async () => {
		const platform = await setUpModel({ credential: { accessToken: DEMO.appKey } });

		const { json, error } = await platform.run(TRAIN, valid());

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ modelId: 'cars', status: 'queued' }]);
	});

	it.each<[string, string, IDataObject]>([
		['visual-classifier', TEMPLATE, { num_epochs: 3, flip_probability: 0.25 }],
		['visual-detector', 'MMDetection_FasterRCNN', { num_epochs: 3, random_resize_lower: [320] }],
		['visual-embedder', 'Clarifai_ResNet_AngularMargin', { angular_scale: 32, image_size: 64 }],
		['visual-segmenter', 'MMSegmentation_SegFormer', { image_size: [520, 260], batch_size: 4 }],
		[
			'text-classifier',
			'HF_GPTNeo_125m_lora',
			{ trainer_config: { num_train_epochs: 2 }, peft_config: { r: 8 } },
		],
		['visual-anomaly-heatmap', 'Anomalib_PatchCore', { anomalib_config_json: '{"a":1}' }],
	])('of a %s', async (modelTypeId, template, values) => {
		const platform = await setUp({ trainingSeconds: 0 });
		platform.emulator.addModel('any', { model_type_id: modelTypeId });

		const { json, error } = await platform.run(
			TRAIN,
			valid({
				model: locate('id', 'any'),
				template: locate('id', template),
				hyperparametersJson: JSON.stringify(values),
				waitForCompletion: true,
			}),
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ modelTypeId, template, status: 'trained' }]);
		expect(trainInfo(platform).params).toEqual({ template, ...values });
	});

	it('sends no output_info without concepts', async () => {
		const platform = await setUpModel();

		await platform.run(TRAIN, valid({ concepts: [] }));

		expect(bodies(platform)).toEqual([
			{ model_versions: [{ train_info: { params: { template: TEMPLATE } } }] },
		]);
	});

	it('carries a description, metadata and the wish for an evaluation', async () => {
		const platform = await setUpModel();

		await platform.run(
			TRAIN,
			valid({
				additionalFields: {
					description: 'Second try',
					metadata: '{"ticket": 7}',
					evaluateAfterTraining: true,
				},
			}),
		);

		expect(bodies(platform)).toMatchObject([
			{
				model_versions: [{ description: 'Second try', metadata: { ticket: 7 } }],
				eval_info: { params: { evaluate_after_training: true } },
			},
		]);
		expect(versionsOf(platform)[0]).toMatchObject({
			evaluateAfterTraining: true,
			message: { description: 'Second try' },
		});
	});

	it('leaves out additional fields that are empty', async () => {
		const platform = await setUpModel();

		const { error } = await platform.run(
			TRAIN,
			valid({
				dataset: locate('list', ''),
				datasetVersion: locate('list', ''),
				additionalFields: {
					computeCluster: locate('list', ''),
					nodepool: locate('list', ''),
					description: '',
					metadata: '{}',
					evaluateAfterTraining: '=',
					estimatedInputCount: '=',
					resumeFromModelId: locate('list', ''),
					resumeFromVersionId: locate('id', ''),
				},
			}),
		);

		expect(error).toBeUndefined();
		expect(Object.keys(bodies(platform)[0] as object)).toEqual(['model_versions']);
		expect(Object.keys((bodies(platform)[0] as Body).model_versions[0])).toEqual([
			'train_info',
			'output_info',
		]);
		expect(Object.keys(trainInfo(platform))).toEqual(['params']);
	});
});

describe('the dataset', () => {
	const onDataset = (fields: INodeParameters = {}) =>
		valid({ dataset: locate('list', DEMO.datasetId), ...fields });

	it.each<[string, INodeParameters, IDataObject, IDataObject]>([
		['alone', {}, { dataset_id: DEMO.datasetId }, { id: DEMO.datasetId }],
		[
			'with its version',
			{ datasetVersion: locate('id', DEMO.datasetVersionId) },
			{ dataset_id: DEMO.datasetId, dataset_version_id: DEMO.datasetVersionId },
			{ id: DEMO.datasetId, version: { id: DEMO.datasetVersionId } },
		],
	])('%s goes where the SDK and where the proto have it', async (_how, fields, params, dataset) => {
		const platform = await setUpModel();

		const { json, error } = await platform.run(TRAIN, onDataset(fields));

		expect(error).toBeUndefined();
		expect(trainInfo(platform)).toEqual({ params: { template: TEMPLATE, ...params }, dataset });
		expect(json).toMatchObject([{ status: 'queued', datasetId: DEMO.datasetId }]);
		expect(json[0].datasetVersionId).toBe(params.dataset_version_id);
	});

	it('goes where the fields of the model type say', async () => {
		const platform = await setUp();
		platform.emulator.addModelType({
			id: 'older-type',
			trainable: true,
			creatable: true,
			model_type_fields: [
				{
					path: 'train_info.params.template',
					field_type: 14,
					model_type_enum_options: [{ id: 'Older' }],
				},
				{ path: 'train_info.params.data.dataset_id', field_type: 'DATASET_ID' },
				{ path: 'train_info.params.data.dataset_version_id', field_type: 'DATASET_VERSION_ID' },
			],
		});
		platform.emulator.addModel('old', { model_type_id: 'older-type' });

		const { error } = await platform.run(TRAIN, {
			...onDataset({ datasetVersion: locate('id', DEMO.datasetVersionId) }),
			model: locate('id', 'old'),
			template: locate('id', 'Older'),
		});

		expect(error).toBeUndefined();
		expect(trainInfo(platform)).toMatchObject({
			params: {
				template: 'Older',
				data: { dataset_id: DEMO.datasetId, dataset_version_id: DEMO.datasetVersionId },
			},
		});
		expect(trainInfo(platform).params).not.toHaveProperty('dataset_id');
	});

	it.each<[string, INodeParameters, RegExp]>([
		[
			'a dataset',
			{ dataset: locate('id', 'nothing') },
			/^Dataset "nothing" does not exist in the app$/,
		],
		[
			'a version',
			{ datasetVersion: locate('id', 'nothing') },
			/^Version "nothing" of dataset "demo-dataset" does not exist$/,
		],
	])('is refused for %s that does not exist', async (_what, fields, message) => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, onDataset(fields));

		expect(error?.message).toMatch(message);
		expect(writes(platform)).toEqual([]);
	});
});

describe('a training that resumes another', () => {
	const resuming = (fields: INodeParameters) => valid({ additionalFields: fields });

	it.each<[string, (version: string) => INodeParameters, string, boolean]>([
		['a version of its own', (version) => ({ resumeFromVersionId: version }), 'cars', true],
		[
			'a version of another model',
			(version) => ({ resumeFromModelId: locate('id', 'vans'), resumeFromVersionId: version }),
			'vans',
			true,
		],
		['the latest of a model', () => ({ resumeFromModelId: locate('id', 'vans') }), 'vans', false],
	])('sends %s as resume_from_model', async (_what, fields, modelId, named) => {
		const platform = await setUpModel();
		const { message } = platform.emulator.addTrainedVersion(modelId);

		const { error } = await platform.run(TRAIN, resuming(fields(message.id as string)));

		expect(error).toBeUndefined();
		expect(trainInfo(platform)).toEqual({
			params: { template: TEMPLATE },
			resume_from_model: named
				? { id: modelId, model_version: { id: message.id } }
				: { id: modelId },
		});
	});

	it('names the owner of a model that a link names', async () => {
		const platform = await setUpModel();
		const app = platform.emulator.addApp('other-app');
		app.addTrainedVersion(app.addModel({ id: 'vans', model_type_id: 'visual-classifier' }));

		await platform.run(
			TRAIN,
			resuming({
				resumeFromModelId: locate(
					'url',
					`https://clarifai.com/${DEMO.userId}/other-app/models/vans`,
				),
			}),
		);

		expect(trainInfo(platform)).toMatchObject({
			resume_from_model: { id: 'vans', user_id: DEMO.userId, app_id: 'other-app' },
		});
	});

	it.each<[string, (version: string) => INodeParameters, RegExp]>([
		[
			'a version that does not exist',
			() => ({ resumeFromVersionId: 'nothing' }),
			/^There is no version "nothing" of model "cars" to resume from$/,
		],
		[
			'a model that does not exist',
			() => ({ resumeFromModelId: locate('id', 'nothing') }),
			/^There is no model "nothing" to resume from$/,
		],
		[
			'a version that is still trained',
			(version) => ({ resumeFromVersionId: version }),
			/^The version "\w+" of model "cars" cannot be resumed from: it is not trained \(Model is currently in queue/,
		],
		[
			'a model without versions',
			() => ({ resumeFromModelId: locate('id', 'empty') }),
			/^The model "empty" cannot be resumed from: it has no version/,
		],
	])('is refused for %s', async (_what, fields, message) => {
		const platform = await setUpModel();
		platform.emulator.addModel('empty');
		const running = platform.emulator.addTraining('cars', { seconds: Infinity });

		const { error } = await platform.run(TRAIN, resuming(fields(running.message.id as string)));

		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(/\w/);
		expect(writes(platform)).toEqual([]);
	});
});

describe('the custom config', () => {
	const file = (text: string) => ({
		data: { data: Buffer.from(text).toString('base64'), mimeType: 'text/x-python' },
	});

	it.each<[string, INodeParameters]>([
		['a text', { customConfigSource: 'text', customConfig: CONFIG }],
		[
			'a text of an expression',
			{ customConfigSource: 'text', customConfig: '={{ $json.config }}' },
		],
		['a file', { customConfigSource: 'binary' }],
		['a file in another field', { customConfigSource: 'binary', customConfigBinaryProperty: 'py' }],
	])('is sent from %s', async (_source, parameters) => {
		const platform = await setUpModel();
		const binary = { ...file(CONFIG), py: file(CONFIG).data };

		const { error } = await platform.run(TRAIN, custom(parameters), {
			items: [{ json: { config: CONFIG }, binary }],
		});

		expect(error).toBeUndefined();
		expect(trainInfo(platform).params).toEqual({
			template: 'MMClassification',
			custom_config: CONFIG,
		});
	});

	it.each<[string, INodeParameters, RegExp]>([
		['an empty text', custom({ customConfigSource: 'text' }), /^'Custom Config' is empty$/],
		[
			'an undefined text',
			custom({ customConfigSource: 'text', customConfig: '={{ $json.nothing }}' }),
			/^'Custom Config' is an expression that gives nothing$/,
		],
		[
			'a text of another type',
			custom({ customConfigSource: 'text', customConfig: '={{ ({ a: 1 }) }}' }),
			/^'Custom Config' must be a text, not an object$/,
		],
		['an empty file', custom({ customConfigSource: 'binary' }), /^'Custom Config' is empty$/],
		[
			'a file that is missing',
			custom({ customConfigSource: 'binary', customConfigBinaryProperty: 'nothing' }),
			/^'Input Data Field Name' is "nothing", and the item has no file of that name$/,
		],
		[
			'a template that takes none',
			valid({ template: BY_EXPRESSION, customConfigSource: 'text', customConfig: CONFIG }),
			/^Template "MMClassification_ResNet_50_RSB_A1" takes no custom config$/,
		],
	])('is refused for %s', async (_what, parameters, message) => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, parameters, {
			items: [{ json: {}, binary: file(' \n') }],
		});

		expect(error?.message).toMatch(message);
		expect(writes(platform)).toEqual([]);
	});

	it('is refused empty among the hyperparameters too', async () => {
		const platform = await setUpModel();

		const { error } = await platform.run(
			TRAIN,
			custom({ hyperparametersJson: '{"custom_config":" "}' }),
		);

		expect(error?.message).toBe(
			'Hyperparameter "custom_config" must be Python source code, not " "',
		);
		expect(writes(platform)).toEqual([]);
	});

	it('is not sent with source None, whatever the hidden fields hold', async () => {
		const platform = await setUpModel();

		await platform.run(TRAIN, valid({ customConfigSource: 'none', customConfig: CONFIG }));

		expect(trainInfo(platform).params).toEqual({ template: TEMPLATE });
	});
});

describe('concepts', () => {
	it.each<[string, string | string[], string[]]>([
		['a list', ['cat', 'dog'], ['cat', 'dog']],
		['a text with commas', 'cat, dog ,', ['cat', 'dog']],
		['an expression that gives a list', '={{ $json.list }}', ['cat', 'dog']],
		['an expression that gives a text', '={{ $json.list.join(",") }}', ['cat', 'dog']],
		['a list with repeats', ['cat', 'cat'], ['cat']],
		['an expression that is empty itself', '=', []],
	])('come as %s', async (_how, concepts, ids) => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, valid({ concepts }), {
			items: [{ list: ['cat', 'dog'] }],
		});

		expect(error).toBeUndefined();
		const [version] = (bodies(platform)[0] as Body).model_versions as unknown as Message[];
		expect(version.output_info?.data.concepts ?? []).toEqual(ids.map((id) => ({ id })));
	});

	it.each<[string, string | string[], RegExp, RegExp]>([
		[
			'the app does not have',
			['cat', 'ferari'],
			/^The app has no concept "ferari"$/,
			/^Did you mean "ferrari" for "ferari"\?$/,
		],
		[
			'nothing is like',
			['zzzzzzzzzz'],
			/^The app has no concept "zzzzzzzzzz"$/,
			/or choose from: cat, dog, ferrari, outdoors\.$/,
		],
		[
			'of a wrong type',
			'={{ ({ a: 1 }) }}',
			/^'Concept Names or IDs' must be a list of IDs/,
			/list/,
		],
		['with a hole', '={{ ["cat", null] }}', /^'Concept Names or IDs' has an empty entry$/, /list/],
		[
			'an expression fails to give',
			'={{ $json.nothing }}',
			/^'Concept Names or IDs' is an expression that gives nothing$/,
			/names of the fields that it reads/,
		],
	])('are refused that %s', async (_what, concepts, message, hint) => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, valid({ concepts }));

		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(hint);
		expect(writes(platform)).toEqual([]);
		expect([...platform.emulator.app().concepts.keys()]).toEqual([...DEMO.concepts]);
	});

	it('are looked for among all pages', async () => {
		const platform = await setUpModel();
		const many = platform.emulator.addConcepts(1500);

		const { error } = await platform.run(TRAIN, valid({ concepts: [many[0], many[1499]] }));

		expect(error).toBeUndefined();
	});
});

describe('bad input', () => {
	it.each<[string, INodeParameters, RegExp]>([
		['an empty model', { model: locate('id', '={{ "" }}') }, /^'Model' is empty$/],
		['an undefined model', { model: locate('id', '={{ $json.nothing }}') }, /^'Model' is empty$/],
		['a model that is an object', { model: locate('id', '={{ ({}) }}') }, /'Model' must be a text/],
		['a model that is no ID', { model: locate('id', '={{ "a/b" }}') }, /not a valid ID: "a\/b"/],
		[
			'a model __proto__',
			{ model: locate('id', '={{ "__proto__" }}') },
			/^Model "__proto__" does not exist$/,
		],
		[
			'a model that does not exist',
			{ model: locate('id', 'nothing') },
			/^Model "nothing" does not exist$/,
		],
		[
			'a link to something else',
			{ model: locate('url', '={{ "https://clarifai.com/a/b/workflows/c" }}') },
			/^'Model' is not a link to one of Clarifai's models$/,
		],
		[
			'an undefined template',
			{ template: locate('id', '={{ $json.x }}') },
			/^'Template' is empty$/,
		],
		[
			'an unknown template',
			{ template: locate('id', 'MMClassification_ResNet') },
			/^This platform has no training template "MMClassification_ResNet" for model type visual-classifier$/,
		],
		[
			'an unknown template, with a method',
			{ trainingMethod: 'deepFineTuning', template: locate('id', 'MMClassification_ResNet') },
			/^Model type visual-classifier has no training template "MMClassification_ResNet" on this platform$/,
		],
		[
			'a template of another type',
			{ template: locate('id', 'MMDetection_YoloF') },
			/^This platform has no training template "MMDetection_YoloF" for model type visual-classifier$/,
		],
		[
			'broken JSON',
			{ hyperparametersJson: '{"a":' },
			/^'Hyperparameters \(JSON\)' is not valid JSON/,
		],
		['a list', { hyperparametersJson: '[1]' }, /must be a JSON object, not a list$/],
		['a number', { hyperparametersJson: '={{ 7 }}' }, /must be a JSON object, not a number$/],
		['__proto__', { hyperparametersJson: '{"__proto__":{"a":1}}' }, /has the key "__proto__"/],
		[
			'__proto__ in a step down',
			{ hyperparametersJson: '{"__proto__.polluted":1}' },
			/no hyperparameter "__proto__\.polluted"/,
		],
		[
			'constructor',
			{ hyperparametersJson: '{"constructor":1}' },
			/no hyperparameter "constructor"/,
		],
		[
			'metadata that is a list',
			{ additionalFields: { metadata: '[]' } },
			/^'Metadata' must be a JSON object, not a list$/,
		],
		[
			'__proto__ in metadata',
			{ additionalFields: { metadata: '{"a":{"__proto__":1}}' } },
			/^'Metadata' has the key "__proto__"/,
		],
		[
			'a description that is an object',
			{ additionalFields: { description: '={{ ({}) }}' } },
			/^'Description' must be a text, not an object$/,
		],
		[
			'a dataset version without a dataset',
			{
				dataset: locate('id', '='),
				datasetVersion: locate('id', DEMO.datasetVersionId),
			},
			/^'Dataset Version' is set, but 'Dataset' is empty$/,
		],
		[
			'a dataset version that is no ID',
			{
				dataset: locate('id', DEMO.datasetId),
				datasetVersion: locate('id', '={{ "a b" }}'),
			},
			/^'Dataset Version' is not a valid ID/,
		],
		[
			'a version to resume from that is no ID',
			{ additionalFields: { resumeFromVersionId: '../x' } },
			/^'Resume From Version' is not a valid ID/,
		],
		[
			'an evaluation that is neither on nor off',
			{ additionalFields: { evaluateAfterTraining: '={{ "maybe" }}' } },
			/^'Evaluate After Training' must be true or false, not "maybe"$/,
		],
		[
			'an input count that is no number',
			{ additionalFields: { estimatedInputCount: '={{ "many" }}' } },
			/^'Estimated Input Count' must be a whole number of 1 or more, not "many"$/,
		],
		[
			'an input count that is a fraction',
			{ additionalFields: { estimatedInputCount: 1.5 } },
			/^'Estimated Input Count' must be a whole number of 1 or more, not "1.5"$/,
		],
		[
			'a method that there is not',
			{ trainingMethod: '={{ "shallow" }}' },
			/^'Training Method' must be one of: automatic, deepFineTuning, pipelineTemplate, not "shallow"$/,
		],
		[
			'a way of giving hyperparameters that there is not',
			{ specifyHyperparameters: '={{ "yaml" }}' },
			/^'Specify Hyperparameters' must be one of: form, json, not "yaml"$/,
		],
		[
			'a source of the config that there is not',
			custom({ customConfigSource: '={{ 5 }}' }),
			/^'Custom Config Source' must be one of: none, text, binary, not "5"$/,
		],
		[
			'a dry run of another type',
			{ dryRun: '={{ "perhaps" }}' },
			/^'Dry Run' must be true or false/,
		],
		[
			'a wait of another type',
			{ waitForCompletion: '={{ 5 }}' },
			/^'Wait for Completion' must be true or false, not "5"$/,
		],
		['a simplify of another type', { simplify: '={{ [] }}' }, /^'Simplify' must be true or false/],
		[
			'a time-out that is no number',
			{ waitForCompletion: true, waitOptions: { timeoutMinutes: '={{ "soon" }}' } },
			/^'Timeout' must be a number of 0 or more, not "soon"$/,
		],
		[
			'a negative time-out',
			{ waitForCompletion: true, waitOptions: { timeoutMinutes: -1 } },
			/^'Timeout' must be a number of 0 or more, not "-1"$/,
		],
		[
			'a poll interval that is no number',
			{ waitForCompletion: true, waitOptions: { pollIntervalSeconds: '={{ ({}) }}' } },
			/^'Poll Interval' must be a number of 1 or more, not an object$/,
		],
		[
			'a poll interval of nothing',
			{ waitForCompletion: true, waitOptions: { pollIntervalSeconds: 0 } },
			/^'Poll Interval' must be a number of 1 or more, not "0"$/,
		],
		[
			'a cancel option of another type',
			{ waitForCompletion: true, waitOptions: { cancelTrainingOnStop: '={{ "yes" }}' } },
			/^'Cancel Training on Stop' must be true or false, not "yes"$/,
		],
		['a user that is no ID', { options: { userId: 'a/b' } }, /^'User ID' is not a valid ID/],
	])('is refused: %s', async (_what, parameters, message) => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, valid(parameters));

		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(/\w/);
		expect(error?.context.itemIndex).toBe(0);
		expect(writes(platform)).toEqual([]);
	});

	it('tells which templates the model type has', async () => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, valid({ template: locate('id', 'nothing') }));

		expect(error?.description).toContain('It has: Clarifai_InceptionTransferEmbedNorm');
		expect(error?.description).toContain(TEMPLATE);
		expect(error?.description).not.toContain('classification_cifar10_v1');
	});

	it.each<[string, INodeParameters]>([
		['Training Method', { trainingMethod: NOTHING }],
		['Specify Hyperparameters', { specifyHyperparameters: NOTHING }],
		['Hyperparameters (JSON)', { hyperparametersJson: NOTHING }],
		['Concept Names or IDs', { concepts: NOTHING }],
		['Dataset', { dataset: locate('id', NOTHING) }],
		[
			'Dataset Version',
			{ dataset: locate('id', DEMO.datasetId), datasetVersion: locate('id', NOTHING) },
		],
		['Custom Config Source', custom({ customConfigSource: NOTHING })],
		['Dry Run', { dryRun: NOTHING }],
		['Wait for Completion', { waitForCompletion: NOTHING }],
		['Timeout', { waitForCompletion: true, waitOptions: { timeoutMinutes: NOTHING } }],
		['Poll Interval', { waitForCompletion: true, waitOptions: { pollIntervalSeconds: NOTHING } }],
		[
			'Cancel Training on Stop',
			{ waitForCompletion: true, waitOptions: { cancelTrainingOnStop: NOTHING } },
		],
		['Simplify', { simplify: NOTHING }],
		['Compute Cluster', { additionalFields: { computeCluster: locate('id', NOTHING) } }],
		['Nodepool', { additionalFields: { nodepool: locate('id', NOTHING) } }],
		['Description', { additionalFields: { description: NOTHING } }],
		['Estimated Input Count', { additionalFields: { estimatedInputCount: NOTHING } }],
		['Evaluate After Training', { additionalFields: { evaluateAfterTraining: NOTHING } }],
		['Metadata', { additionalFields: { metadata: NOTHING } }],
		['Resume From Model', { additionalFields: { resumeFromModelId: locate('id', NOTHING) } }],
		['Resume From Version', { additionalFields: { resumeFromVersionId: locate('id', NOTHING) } }],
		['User ID', { options: { userId: NOTHING } }],
		['Max Requests per Second', { options: { maxRequestsPerSecond: NOTHING } }],
	])("an expression that gives nothing for '%s' starts nothing", async (label, parameters) => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, valid(parameters));

		expect(error?.message).toContain(`'${label}' is an expression that gives nothing`);
		expect(error?.context.itemIndex).toBe(0);
		expect(writes(platform)).toEqual([]);
	});

	it.each<[string, INodeParameters]>([
		['Concept Names or IDs', { concepts: '={{ $json.nope }} ' }],
		['Concept Names or IDs', { concepts: '={{ [] }}' }],
		['Hyperparameters (JSON)', { hyperparametersJson: '={{ " " }}' }],
		[
			'Resume From Model',
			{
				additionalFields: { resumeFromModelId: locate('id', '={{ $json.nope }}{{ $json.nope2 }}') },
			},
		],
		['Dry Run', { dryRun: '={{ "" }}' }],
		['Custom Config Source', custom({ customConfigSource: '={{ $json.a }}{{ $json.b }}' })],
		['Dataset', { dataset: locate('id', '={{ $json.nope }} ') }],
		['Evaluate After Training', { additionalFields: { evaluateAfterTraining: '={{ "" }}' } }],
	])("blank text or an empty list for '%s' starts nothing: %j", async (label, parameters) => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, valid(parameters));

		expect(error?.message).toBe(`'${label}' is an expression that gives nothing`);
		expect(writes(platform)).toEqual([]);
	});

	it('a text of concepts with a gap starts nothing', async () => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, valid({ concepts: '=cat, {{ $json.nope }}' }));

		expect(error?.message).toBe("'Concept Names or IDs' has an empty entry");
		expect(writes(platform)).toEqual([]);
	});

	it.each([
		['={{ { num_epochs: $json.nope } }}', 'num_epochs'],
		['={{ { num_epochs: 1, more: [{ rate: $json.nope }] } }}', 'more[0].rate'],
	])('an object without the value of a member starts nothing (%s)', async (given, member) => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, valid({ hyperparametersJson: given }));

		expect(error?.message).toBe(
			`'Hyperparameters (JSON)' is an expression that gives nothing for "${member}"`,
		);
		expect(writes(platform)).toEqual([]);
	});

	it('takes wait options that are empty as not given', async () => {
		const platform = await setUpModel({ trainingSeconds: 0 });

		const { json, error } = await platform.run(
			TRAIN,
			valid({
				waitForCompletion: true,
				waitOptions: {
					timeoutMinutes: '=',
					pollIntervalSeconds: '',
					cancelTrainingOnStop: '= ',
				},
			}),
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'trained' }]);
	});
});

describe('all problems of an item', () => {
	const wrong: INodeParameters = {
		hyperparametersJson: JSON.stringify({
			num_epoch: 5,
			batch_size: 0,
			flip_direction: 'sideways',
			warmup_iters: 'many',
		}),
		concepts: ['cat', 'ferari'],
		template: BY_EXPRESSION,
		customConfigSource: 'text',
		customConfig: CONFIG,
		waitForCompletion: true,
		waitOptions: { timeoutMinutes: 'soon' },
		additionalFields: { resumeFromVersionId: locate('id', 'nothing'), metadata: '[]' },
	};
	const parts = [
		'has no hyperparameter "num_epoch"; did you mean "num_epochs"?',
		'"batch_size" must be a whole number from 1 to 256, not 0',
		'"flip_direction" must be one of: horizontal, vertical, not "sideways"',
		'"warmup_iters" must be a number, not "many"',
		'The app has no concept "ferari"',
		`Template "${TEMPLATE}" takes no custom config`,
		`'Timeout' must be a number of 0 or more, not "soon"`,
		'There is no version "nothing" of model "cars" to resume from',
		"'Metadata' must be a JSON object, not a list",
	];

	it('are shown together, and nothing is started', async () => {
		const platform = await setUpModel();

		const { error } = await platform.run(TRAIN, valid(wrong));

		expect(error?.message).toContain(`${parts.length} parameters need to be corrected: `);
		for (const part of parts) expect(error?.message).toContain(part);
		expect(error?.description).toContain('Did you mean "ferrari" for "ferari"?');
		expect(writes(platform)).toEqual([]);
	});

	it('are shown together also for a custom template with an empty config', async () => {
		const platform = await setUpModel();

		const { error } = await platform.run(
			TRAIN,
			custom({ customConfigSource: 'text', hyperparametersJson: '{"image_size":"big"}' }),
		);

		expect(error?.message).toContain('2 parameters need to be corrected');
		expect(error?.message).toContain("'Custom Config' is empty");
		expect(error?.message).toContain('"image_size" must be a list of numbers');
	});

	it('are shown together also without a model and a template', async () => {
		const platform = await setUpModel();

		const { error } = await platform.run(
			TRAIN,
			valid({
				model: locate('id', '={{ $json.a }}'),
				template: locate('id', '={{ $json.b }}'),
				concepts: '={{ ({ a: 1 }) }}',
			}),
		);

		expect(error?.message).toContain('3 parameters need to be corrected');
		for (const part of [
			"'Model' is empty",
			"'Template' is empty",
			"'Concept Names or IDs' must be",
		]) {
			expect(error?.message).toContain(part);
		}
		expect(callsOf(platform.emulator)).toEqual([]);
	});

	it('keep every other item from being started too', async () => {
		const platform = await setUpModel();

		const { error } = await platform.run(
			TRAIN,
			valid({ hyperparametersJson: '={{ ({ num_epochs: $json.n }) }}' }),
			{ items: [{ n: 1 }, { n: 2 }, { n: 0 }, { n: 3 }] },
		);

		expect(error?.message).toContain('"num_epochs" must be a whole number from 1 to 600');
		expect(error?.context.itemIndex).toBe(2);
		expect(writes(platform)).toEqual([]);
	});

	it('fail that item alone when the node continues on errors', async () => {
		const platform = await setUpModel();

		const { outputs } = await platform.run(
			TRAIN,
			valid({ hyperparametersJson: '={{ ({ num_epochs: $json.n }) }}' }),
			{
				items: [{ n: 1 }, { n: 0 }, { n: 3 }, { n: 601 }],
				settings: { onError: 'continueErrorOutput' },
			},
		);

		expect(outputs(0)).toMatchObject([
			{ json: { status: 'queued' }, pairedItem: { item: 0 } },
			{ json: { status: 'queued' }, pairedItem: { item: 2 } },
		]);
		expect(outputs(1)).toMatchObject([
			{ json: { n: 0, error: expect.stringContaining('not 0') }, pairedItem: { item: 1 } },
			{ json: { n: 601, error: expect.stringContaining('not 601') }, pairedItem: { item: 3 } },
		]);
		expect(versionsOf(platform)).toHaveLength(2);
	});
});

describe('without metadata', () => {
	const anything = { made_up: 1, nested: { a: [true] } };

	it.each([
		['the model type lists no templates', 'visual-classifier'],
		['the platform lists no such model type', 'unlisted-type'],
	])('values pass unchecked when %s, and the output says so', async (_why, model_type_id) => {
		const platform = await setUp();
		const { world } = platform.emulator;
		platform.emulator.addModel('free', { model_type_id });
		for (const type of world.modelTypes) type.model_type_fields = [];

		const dry = await platform.run(
			TRAIN,
			valid({
				trainingMethod: 'deepFineTuning',
				model: locate('id', 'free'),
				template: locate('id', 'New_Template'),
				hyperparametersJson: JSON.stringify(anything),
				dryRun: true,
			}),
		);

		expect(dry.error).toBeUndefined();
		expect(dry.json).toMatchObject([
			{
				params: { template: 'New_Template', ...anything },
				unchecked: expect.stringContaining(`model type ${model_type_id}`),
			},
		]);
		expect(dry.result.hints).toMatchObject([{ message: dry.json[0].unchecked }]);
	});

	it('values are sent unchecked, from the form too', async () => {
		const platform = await setUpModel();
		for (const type of platform.emulator.world.modelTypes) type.model_type_fields = [];

		const { json, error } = await platform.run(
			TRAIN,
			valid({
				trainingMethod: 'deepFineTuning',
				specifyHyperparameters: 'form',
				hyperparameters: { mappingMode: 'defineBelow', value: { made_up: 'x' } },
			}),
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'queued', unchecked: expect.any(String) }]);
		expect(trainInfo(platform).params).toEqual({ template: TEMPLATE, made_up: 'x' });
	});

	it('nothing is sent unchecked with the method Automatic', async () => {
		const platform = await setUpModel();
		for (const type of platform.emulator.world.modelTypes) type.model_type_fields = [];

		const { error } = await platform.run(TRAIN, valid());

		expect(error?.message).toBe(
			`This platform has no training template "${TEMPLATE}" for model type visual-classifier`,
		);
		expect(writes(platform)).toEqual([]);
	});

	it('nothing is sent of a type that lists no templates where others do', async () => {
		const platform = await setUpModel();
		platform.emulator.addModel('free', { model_type_id: 'clusterer' });

		const { error } = await platform.run(
			TRAIN,
			valid({ trainingMethod: 'deepFineTuning', model: locate('id', 'free') }),
		);

		expect(error?.message).toBe('Model type clusterer has no training templates on this platform');
		expect(writes(platform)).toEqual([]);
	});

	it('values of a template that is listed without fields pass unchecked, except the shared ones', async () => {
		const platform = await setUp();
		platform.emulator.addModel('boxes', { model_type_id: 'visual-detector' });
		const train = async (values: IDataObject) =>
			await platform.run(
				TRAIN,
				valid({
					model: locate('id', 'boxes'),
					template: locate('id', 'detection_msc10'),
					hyperparametersJson: JSON.stringify(values),
				}),
			);

		const free = await train({ num_epochs: 5, invalid_data_tolerance_percent: '10' });
		const shared = await train({ invalid_data_tolerance_percent: 10 });
		const wrong = await train({ num_epochs: 5, invalid_data_tolerance_percent: 101 });

		expect(free.json).toMatchObject([
			{ status: 'queued', unchecked: expect.stringMatching(/unchecked: num_epochs\.$/) },
		]);
		expect(trainInfo(platform).params).toEqual({
			template: 'detection_msc10',
			num_epochs: 5,
			invalid_data_tolerance_percent: 10,
		});
		expect(shared.json[0]).not.toHaveProperty('unchecked');
		expect(wrong.error?.message).toContain('must be a number from 0 to 100');
	});
});

describe('a dry run', () => {
	it.each([
		['a text', 'string'],
		['a number', 'number'],
		['an object', 'object'],
	] as const)('gives the estimate that comes as %s', async (_form, durations) => {
		const platform = await setUpModel({ durations });

		const { json } = await platform.run(
			TRAIN,
			valid({
				dryRun: true,
				waitForCompletion: true,
				hyperparametersJson: '{"num_epochs":10}',
				additionalFields: { estimatedInputCount: 100 },
			}),
		);

		expect(json).toEqual([
			{
				dryRun: true,
				modelId: 'cars',
				modelTypeId: 'visual-classifier',
				template: TEMPLATE,
				params: { ...DEFAULTS, template: TEMPLATE, num_epochs: 10 },
				estimatedSeconds: 308,
			},
		]);
		expect(bodiesOf(platform.emulator, 'PostModelVersionsTrainingTimeEstimate')).toEqual([
			{
				model_versions: [{ train_info: { params: { template: TEMPLATE, num_epochs: 10 } } }],
				estimated_input_count: 100,
			},
		]);
		expect(writes(platform)).toEqual(['POST PostModelVersionsTrainingTimeEstimate']);
		expect(versionsOf(platform)).toEqual([]);
	});

	it('leaves the count of inputs to Clarifai', async () => {
		const platform = await setUpModel();

		const { json } = await platform.run(TRAIN, valid({ dryRun: true }));

		expect(json).toMatchObject([{ estimatedSeconds: 3476 }]);
		expect(bodiesOf(platform.emulator, 'PostModelVersionsTrainingTimeEstimate')).toEqual([
			{ model_versions: [{ train_info: { params: { template: TEMPLATE } } }] },
		]);
	});

	it('finds all problems', async () => {
		const platform = await setUpModel();

		const { error } = await platform.run(
			TRAIN,
			valid({
				dryRun: true,
				hyperparametersJson: '{"num_epochs":0}',
				concepts: ['nothing'],
				additionalFields: { resumeFromVersionId: locate('id', 'nothing') },
			}),
		);

		expect(error?.message).toContain('3 parameters need to be corrected');
		expect(writes(platform)).toEqual([]);
	});

	it('goes without an estimate where Clarifai gives none', async () => {
		const platform = await setUpModel();
		platform.emulator.faults.add({
			kind: 'okWithFailureStatus',
			rpc: 'PostModelVersionsTrainingTimeEstimate',
			code: 10040,
		});

		const { json, error, result } = await platform.run(TRAIN, valid({ dryRun: true }));

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ dryRun: true, estimatedSeconds: null }]);
		expect(result.hints).toMatchObject([
			{ message: expect.stringContaining('gave no time estimate') },
		]);
	});

	it('may come from an expression', async () => {
		const platform = await setUpModel();

		const { json } = await platform.run(TRAIN, valid({ dryRun: '={{ $json.try }}' }), {
			items: [{ try: true }, { try: 'false' }],
		});

		expect(json).toMatchObject([{ dryRun: true }, { status: 'queued' }]);
		expect(versionsOf(platform)).toHaveLength(1);
	});
});

describe('several items', () => {
	it('train each model with its own values, and look models and types up once', async () => {
		const platform = await setUpModel();
		platform.emulator.addModel('vans');

		const { items } = await platform.run(
			TRAIN,
			valid({
				model: locate('id', '={{ $json.model }}'),
				hyperparametersJson: '={{ ({ num_epochs: $json.n }) }}',
			}),
			{
				items: [
					{ model: 'cars', n: 1 },
					{ model: 'vans', n: 2 },
					{ model: 'cars', n: 3 },
				],
			},
		);

		expect(items).toMatchObject([
			{ json: { modelId: 'cars' }, pairedItem: { item: 0 } },
			{ json: { modelId: 'vans' }, pairedItem: { item: 1 } },
			{ json: { modelId: 'cars' }, pairedItem: { item: 2 } },
		]);
		for (const { json } of items) {
			const version = versionsOf(platform, json.modelId as string).find(
				({ message }) => message.id === json.modelVersionId,
			);
			expect(version).toBeDefined();
		}
		const epochs = bodies(platform).map(
			(_body, index) => trainInfo(platform, index).params.num_epochs,
		);
		expect(epochs.sort()).toEqual([1, 2, 3]);
		expect(
			callsOf(platform.emulator)
				.filter((call) => call.startsWith('GET'))
				.sort(),
		).toEqual([
			'GET GetModel',
			'GET GetModel',
			'GET ListConcepts',
			'GET ListModelTypes',
			'GET ListModelVersions',
			'GET ListModelVersions',
			'GET ListPipelineTemplates',
		]);
	});
});

describe('a lost answer to the start', () => {
	it.each([
		['resetAfter', {}],
		['truncatedJson', {}],
		['emptyBody', {}],
	] as const)('(%s) starts no second training', async (kind, more) => {
		const platform = await setUpModel();
		platform.emulator.faults.add({ kind, rpc: 'PostModelVersions', times: 1, ...more });

		const { json, error } = await platform.run(TRAIN, valid());

		expect(error).toBeUndefined();
		expect(bodies(platform)).toHaveLength(1);
		expect(json).toMatchObject([{ modelVersionId: versionsOf(platform)[0].message.id }]);
	});

	it('that was never carried out starts one', async () => {
		const platform = await setUpModel();
		platform.emulator.addTrainedVersion('cars');
		platform.emulator.faults.add({ kind: 'resetBefore', rpc: 'PostModelVersions', times: 1 });

		const { json, error } = await platform.run(TRAIN, valid());

		expect(error).toBeUndefined();
		expect(versionsOf(platform)).toHaveLength(2);
		expect(json).toMatchObject([{ modelVersionId: versionsOf(platform)[1].message.id }]);
	});

	it('of several trainings of one model leaves each item with its own', async () => {
		const platform = await setUpModel();
		platform.emulator.faults.add({ kind: 'resetAfter', rpc: 'PostModelVersions', times: 2 });

		const { json } = await platform.run(TRAIN, valid(), { items: [{}, {}, {}] });

		const ids = versionsOf(platform).map(({ message }) => message.id as string);
		expect(ids).toHaveLength(3);
		expect(json.map(({ modelVersionId }) => modelVersionId).sort()).toEqual(ids.sort());
	});

	it('starts nothing again when the node is retried after another item failed', async () => {
		const platform = await setUpModel();
		platform.emulator.addModel('vans');
		platform.emulator.faults.add({
			kind: 'failure10020',
			rpc: 'PostModelVersions',
			when: ({ path }) => path.includes('/vans/'),
			times: 1,
		});

		const { json, error } = await platform.run(
			TRAIN,
			valid({ model: locate('id', '={{ $json.id }}') }),
			{
				items: [{ id: 'cars' }, { id: 'vans' }],
				settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
			},
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ modelId: 'cars' }, { modelId: 'vans' }]);
		expect(versionsOf(platform)).toHaveLength(1);
		expect(versionsOf(platform, 'vans')).toHaveLength(1);
	});
});
