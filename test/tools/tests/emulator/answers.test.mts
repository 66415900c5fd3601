import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { VALID_TRAINING } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator();

describe('the form of answers', () => {
	const enumType = {
		id: 'odd',
		title: 'Odd',
		trainable: true,
		model_type_fields: [
			{
				path: 'train_info.params.alpha',
				field_type: 'RANGE',
				default_value: 0,
				model_type_range_info: { min: 0, max: 1 },
			},
			{ path: 'train_info.params.beta', field_type: 99, default_value: null },
		],
	};

	test('numbers for enums; zero, false and empty values left out', async () => {
		clarifai.emulator.addModelType(enumType);
		const { json } = await clarifai.client.get('/models/types/odd');
		expect(json.model_type).toEqual({
			id: 'odd',
			title: 'Odd',
			trainable: true,
			model_type_fields: [
				{
					path: 'train_info.params.alpha',
					field_type: 7,
					default_value: 0,
					model_type_range_info: { max: 1 },
				},
				{ path: 'train_info.params.beta', field_type: 99, default_value: null },
			],
		});
	});

	test('names for enums', async () => {
		await clarifai.restart({ enums: 'names' });
		clarifai.emulator.addModelType(enumType);
		const { json } = await clarifai.client.get('/models/types/odd');
		expect(json.status.code).toBe('SUCCESS');
		expect(json.model_type.model_type_fields).toMatchObject([
			{ field_type: 'RANGE' },
			{ field_type: 99 },
		]);
	});

	test.each([
		['string', ['308s']],
		['number', [308]],
		['object', [{ seconds: '308' }]],
	] as const)('durations as %s', async (durations, expected) => {
		await clarifai.restart({ durations });
		clarifai.emulator.addModel('m');
		const { json } = await clarifai.client.post('/models/m/versions/time_estimate', {
			model_versions: [VALID_TRAINING],
			estimated_input_count: 100,
		});
		expect(json.training_time_estimates).toEqual(expected);
	});

	test('timestamps of up to nine digits, of the same moment', async () => {
		const created = async () => {
			clarifai.emulator.addModel('m');
			return (await clarifai.client.get('/models/m')).json.model.created_at as string;
		};
		expect(await created()).toMatch(/\.\d{3}Z$/);
		await clarifai.restart({ timestamps: 'nanoseconds' });
		const precise = await created();
		expect(precise).toMatch(/\.\d{3}\d{1,5}[1-9]Z$/);
		expect(Date.parse(precise)).toBe(
			Date.parse(clarifai.emulator.app().models.get('m')!.message.created_at),
		);
	});

	test('models with what they have of nothing, as captured', async () => {
		clarifai.emulator.addModel('m');
		expect((await clarifai.client.get('/models/m')).json.model).toMatchObject({
			toolkits: [],
			use_cases: [],
			languages: [],
			languages_full: [],
			check_consents: [],
			metadata: {},
			presets: {},
			workflow_recommended: false,
		});
	});

	test('fields that Clarifai shows when empty', async () => {
		expect((await clarifai.client.get('/workflows')).json.workflows).toEqual([]);
		expect((await clarifai.client.get('/inputs/status')).json.counts).toEqual({
			processed: 1200,
			to_process: 0,
			errors: 0,
			processing: 0,
			reindexed: 0,
			to_reindex: 0,
			reindex_errors: 0,
			reindexing: 0,
		});
	});
});

describe('lists', () => {
	const ids = async (path: string, field = 'models') =>
		((await clarifai.client.get(path)).json[field] as Message[]).map(({ id }) => id as string);

	test('pages of 128 unless told otherwise, newest first', async () => {
		clarifai.emulator.addModels(300);
		expect(await ids('/models')).toHaveLength(128);
		expect((await ids('/models'))[0]).toBe('model-300');
		expect(await ids('/models?page=3')).toHaveLength(300 - 2 * 128);
		expect(await ids('/models?page=4')).toEqual([]);
		expect(await ids('/models?per_page=1000')).toHaveLength(300);
		const pages = await Promise.all([1, 2, 3].map((page) => ids(`/models?page=${page}`)));
		expect(new Set(pages.flat()).size).toBe(300);
	});

	test('models by search, name, type and whether they are trained', async () => {
		clarifai.emulator.addModel('flower-finder', { description: 'Finds roses' });
		clarifai.emulator.addModel('car-finder', { model_type_id: 'visual-detector' });
		clarifai.emulator.addTrainedVersion('trained-one');
		expect(await ids('/models?search=find')).toEqual(['car-finder', 'flower-finder']);
		expect(await ids('/models?search=rose')).toEqual(['flower-finder']);
		expect(await ids('/models?query=find')).toEqual([]);
		expect(await ids('/models?name=car*')).toEqual(['car-finder']);
		expect(await ids('/models?model_type_id=visual-detector')).toEqual(['car-finder']);
		expect(await ids('/models?trained_only=true')).toEqual(['trained-one']);
		expect(await ids('/models?sort_by_created_at=true&sort_ascending=true')).toEqual([
			'flower-finder',
			'car-finder',
			'trained-one',
		]);
		const sorted = await ids('/models?sort_by_name=true&sort_ascending=true');
		expect(sorted).toEqual(['car-finder', 'flower-finder', 'trained-one']);
	});

	test('workflows, concepts, datasets, inputs and apps', async () => {
		clarifai.emulator.addWorkflows(3);
		clarifai.emulator.addConcepts(['dogma']);
		expect(await ids('/workflows', 'workflows')).toEqual([
			'workflow-3',
			'workflow-2',
			'workflow-1',
		]);
		expect(await ids('/workflows?search=workflow-2', 'workflows')).toEqual(['workflow-2']);
		expect(await ids('/concepts?id=dog', 'concepts')).toEqual(['dog', 'dogma']);
		expect(await ids('/datasets', 'datasets')).toEqual([DEMO.datasetId]);
		expect(await ids('/inputs?per_page=5', 'inputs')).toHaveLength(5);
		expect(await ids(`/v2/users/${DEMO.userId}/apps`, 'apps')).toEqual([DEMO.appId]);
		const { json } = await clarifai.client.get(`/datasets/${DEMO.datasetId}/versions`);
		expect(json.dataset_versions).toMatchObject([
			{ id: DEMO.datasetVersionId, metrics: { train: { inputs_count: '1200' } } },
		]);
	});

	test('all models of a user, and with a PAT alone the public ones', async () => {
		clarifai.emulator.addModel('mine');
		clarifai.emulator
			.addApp('second')
			.addModel({ id: 'second-one', model_type_id: 'visual-classifier' });
		const own = await ids(`/v2/users/${DEMO.userId}/models?sort_by_name=true&sort_ascending=true`);
		expect(own).toEqual(['mine', 'second-one']);
		expect(await ids('/v2/models')).toContain(DEMO.publicModels.classifier);
	});
});
