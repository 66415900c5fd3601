import {
	trainingBody,
	trainingParams,
	type TrainingContent,
} from '../../../nodes/ClarifaiTrain/trainingBody.ts';
import type { DatasetFields } from '../../../nodes/shared/clarifai/trainingTemplates.ts';

const request = (more: Partial<TrainingContent> = {}): TrainingContent => ({
	template: 'T',
	hyperparameters: {},
	conceptIds: [],
	metadata: {},
	evaluateAfterTraining: false,
	...more,
});

const dataset = { datasetId: 'd', datasetVersionId: 'v' };

describe('the params', () => {
	it.each<[string, Partial<TrainingContent>, object]>([
		['the template alone', {}, { template: 'T' }],
		[
			'hyperparameters as they are',
			{ hyperparameters: { n: 0, b: false, t: '', l: [1], o: { a: null } } },
			{ template: 'T', n: 0, b: false, t: '', l: [1], o: { a: null } },
		],
		[
			'names with dots as steps down',
			{ hyperparameters: { 'a.b.c': 1, 'a.b.d': 2, 'a.e': 3 } },
			{ template: 'T', a: { b: { c: 1, d: 2 }, e: 3 } },
		],
		[
			'a step into a value',
			{ hyperparameters: { a: 1, 'a.b': 2 } },
			{ template: 'T', a: { b: 2 } },
		],
		['the custom config', { customConfig: 'x = 1' }, { template: 'T', custom_config: 'x = 1' }],
	])('hold %s', (_what, more, expected) => {
		expect(trainingParams(request(more), {})).toEqual(expected);
	});

	it.each(['__proto__.polluted', 'a.__proto__.polluted', 'constructor.prototype.polluted'])(
		'reach no prototype by %s',
		(name) => {
			trainingParams(request({ hyperparameters: { [name]: true } }), {});

			expect({}).not.toHaveProperty('polluted');
		},
	);

	it.each<[DatasetFields, object]>([
		[{}, { dataset_id: 'd', dataset_version_id: 'v' }],
		[{ datasetIdPath: 'data.id' }, { data: { id: 'd' }, dataset_version_id: 'v' }],
		[
			{ datasetIdPath: 'data.id', datasetVersionIdPath: 'data.version' },
			{ data: { id: 'd', version: 'v' } },
		],
	])(
		'hold the dataset where the model type says it in %j, else as the SDK has it',
		(fields, params) => {
			expect(trainingParams(request(dataset), fields)).toEqual({ template: 'T', ...params });
			expect(trainingParams(request(), fields)).toEqual({ template: 'T' });
		},
	);
});

describe('the body', () => {
	const trainInfo = (more: Partial<TrainingContent>, fields = {}) =>
		trainingBody(request(more), fields);

	it.each<[string, Partial<TrainingContent>, object, object]>([
		['nothing but the params', {}, {}, { train_info: { params: { template: 'T' } } }],
		[
			'the dataset, in the place of the SDK and in that of the proto',
			{ datasetId: 'd' },
			{},
			{ train_info: { params: { template: 'T', dataset_id: 'd' }, dataset: { id: 'd' } } },
		],
		[
			'the dataset with its version',
			dataset,
			{ datasetIdPath: 'data.id' },
			{
				train_info: {
					params: { template: 'T', data: { id: 'd' }, dataset_version_id: 'v' },
					dataset: { id: 'd', version: { id: 'v' } },
				},
			},
		],
		[
			'the version to resume from',
			{ resumeFrom: { modelId: 'm', versionId: 'v' } },
			{},
			{
				train_info: {
					params: { template: 'T' },
					resume_from_model: { id: 'm', model_version: { id: 'v' } },
				},
			},
		],
		[
			'the model to resume from, with its owner',
			{ resumeFrom: { modelId: 'm', scope: { userId: 'u', appId: 'a' } } },
			{},
			{
				train_info: {
					params: { template: 'T' },
					resume_from_model: { id: 'm', user_id: 'u', app_id: 'a' },
				},
			},
		],
		[
			'concepts, description and metadata',
			{ conceptIds: ['a', 'b'], description: 'D', metadata: { k: 1 } },
			{},
			{
				train_info: { params: { template: 'T' } },
				output_info: { data: { concepts: [{ id: 'a' }, { id: 'b' }] } },
				description: 'D',
				metadata: { k: 1 },
			},
		],
		[
			'no empty description and metadata',
			{ description: '', metadata: {} },
			{},
			{ train_info: { params: { template: 'T' } } },
		],
	])('has %s', (_what, more, fields, version) => {
		expect(trainInfo(more, fields)).toEqual({ model_versions: [version] });
	});

	it('asks for an evaluation', () => {
		expect(trainingBody(request({ evaluateAfterTraining: true }), {})).toMatchObject({
			eval_info: { params: { evaluate_after_training: true } },
		});
	});
});
