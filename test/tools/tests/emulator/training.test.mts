import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { setValueAt } from '../../emulator/paths.mts';
import { TEMPLATE, VALID_TRAINING } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ trainingSeconds: 1000 });

const SECOND = 1000;

describe('creating models', () => {
	const create = async (model: Message) => clarifai.client.post('/models', { models: [model] });

	test.each([
		['an existing ID', { id: 'taken', model_type_id: 'visual-classifier' }, 40010],
		['an unknown type', { id: 'm', model_type_id: 'mind-reader' }, 21202],
		['no ID', { model_type_id: 'visual-classifier' }, 21202],
		['an ID unfit for a URL', { id: 'a b', model_type_id: 'visual-classifier' }, 21202],
	])('%s', async (_name, model, code) => {
		clarifai.emulator.addModel('taken');
		expect(await create(model)).toMatchObject({ http: 400, code });
	});

	test('a model that does not exist', async () => {
		expect(await clarifai.client.get('/models/none')).toMatchObject({ http: 404, code: 21200 });
		clarifai.emulator.addModel('m');
		expect(await clarifai.client.get('/models/m/versions/none')).toMatchObject({
			http: 404,
			code: 21200,
		});
	});
});

describe('training', () => {
	const statusOf = async (modelId: string, versionId: string) =>
		(await clarifai.client.version(modelId, versionId)).status as Message;

	test('goes from the queue over training and deployment to trained', async () => {
		const versionId = await clarifai.client.train('m');
		expect(await statusOf('m', versionId)).toMatchObject({
			code: 21103,
			description: 'Model is currently in queue for training.',
		});
		clarifai.emulator.clock.advance(550 * SECOND);
		const status = await statusOf('m', versionId);
		expect(status).toMatchObject({
			code: 21101,
			description: 'Training stage in progress: 0/1 complete.',
			percent_completed: 50,
		});
		expect(status.time_remaining).toBeGreaterThan(400);
		expect(await clarifai.client.version('m', versionId)).not.toHaveProperty('completed_at');
		clarifai.emulator.clock.advance(400 * SECOND);
		expect((await statusOf('m', versionId)).description).toContain('Deployment stage');
		clarifai.emulator.clock.advance(50 * SECOND);
		expect(await clarifai.client.version('m', versionId)).toMatchObject({
			status: { code: 21100, description: 'Model is trained and ready' },
			completed_at: expect.any(String),
			active_concept_count: 2,
			total_input_count: 1200,
		});
		expect((await clarifai.client.get('/models/m')).json.model.model_version.id).toBe(versionId);
	});

	test('a planned failure, with a log behind the link', async () => {
		clarifai.emulator.planTraining('m', { outcome: 21106, details: 'out of memory', seconds: 5 });
		const versionId = await clarifai.client.train('m');
		clarifai.emulator.clock.advance(5 * SECOND);
		const version = await clarifai.client.version('m', versionId);
		expect(version.status).toMatchObject({ code: 21106, details: 'out of memory' });
		const log = await fetch(version.train_log as string);
		expect(await log.text()).toContain('out of memory');
		clarifai.emulator.planTraining('m', undefined);
		const second = await clarifai.client.train('m');
		clarifai.emulator.clock.advance(1000 * SECOND);
		expect((await statusOf('m', second)).code).toBe(21100);
	});

	test('a training that never ends', async () => {
		clarifai.emulator.planTraining('m', { seconds: Infinity });
		const versionId = await clarifai.client.train('m');
		clarifai.emulator.clock.advance(1e9);
		const status = await statusOf('m', versionId);
		expect(status.code).toBe(21101);
		expect(status).not.toHaveProperty('time_remaining');
	});

	test('deleting the version cancels', async () => {
		const versionId = await clarifai.client.train('m');
		expect((await clarifai.client.delete(`/models/m/versions/${versionId}`)).code).toBe(10000);
		expect((await clarifai.client.get(`/models/m/versions/${versionId}`)).code).toBe(21200);
	});

	test('lists versions, newest first, also the trained ones alone', async () => {
		const first = clarifai.emulator.addTrainedVersion('m').message.id as string;
		const second = await clarifai.client.train('m');
		const versions = async (query: string) =>
			(await clarifai.client.get(`/models/m/versions${query}`)).json.model_versions.map(
				({ id }: Message) => id as string,
			);
		expect(await versions('')).toEqual([second, first]);
		expect(await versions('?trained_only=true')).toEqual([first]);
		expect(await versions('?concept_ids=ferrari')).toEqual([second]);
	});

	test('evaluates after the training when asked to', async () => {
		clarifai.emulator.addModel('m');
		clarifai.emulator.addLabelledInputs(
			'labelled',
			DEMO.concepts.map((concept) => ({ concepts: [concept], text: concept })),
		);
		const { json } = await clarifai.client.post('/models/m/versions', {
			model_versions: [VALID_TRAINING],
			eval_info: { params: { evaluate_after_training: true } },
		});
		const id = json.model.model_version.id as string;
		expect(await clarifai.client.version('m', id)).not.toHaveProperty('metrics');
		// The evaluation begins when the training has ended.
		clarifai.emulator.clock.advance(1010 * SECOND);
		const { metrics } = await clarifai.client.version('m', id);
		expect(metrics.status.code).toBe(21300);
		expect(metrics.summary.macro_avg_f1_score).toBeGreaterThan(0);
	});

	const params = (more: Message) => ({
		...VALID_TRAINING,
		train_info: { params: { template: TEMPLATE, ...more } },
	});

	test.each([
		['an unknown template', params({ template: 'Nope' }), 21202, "'Nope' is not a template"],
		['no template', { train_info: { params: {} } }, 21202, 'is not a template'],
		['an unknown dataset', params({ dataset_id: 'none' }), 21202, "dataset 'none'"],
		[
			'an unknown dataset version',
			{
				train_info: {
					...params({}).train_info,
					dataset: { id: DEMO.datasetId, version: { id: 'x' } },
				},
			},
			21202,
			"version 'x'",
		],
		[
			'resuming from an unknown version',
			{ train_info: { ...params({}).train_info, resume_from_model: { id: 'none' } } },
			21200,
			"model 'none'",
		],
	])('is refused at once for %s', async (_name, version, code, details) => {
		clarifai.emulator.addModel('m');
		const reply = await clarifai.client.post('/models/m/versions', { model_versions: [version] });
		expect(reply.code).toBe(code);
		expect(reply.details).toContain(details);
		expect(clarifai.emulator.app().models.get('m')!.versions.size).toBe(0);
	});

	test.each([
		['a value out of range', params({ num_epochs: 601 }), 21118, 'num_epochs cannot be 601'],
		['a value of another type', params({ batch_size: '64' }), 21118, 'batch_size cannot be "64"'],
		['a value that is no option', params({ flip_direction: 'up' }), 21118, 'flip_direction'],
		[
			'concepts that nothing is labelled with',
			{ ...VALID_TRAINING, output_info: { data: { concepts: [{ id: 'unicorn' }] } } },
			21111,
			'unicorn',
		],
	])('fails late for %s', async (_name, version, code, details) => {
		const versionId = await clarifai.client.train('m', version);
		expect((await statusOf('m', versionId)).code).toBe(21103);
		clarifai.emulator.clock.advance(1000 * SECOND);
		const status = await statusOf('m', versionId);
		expect(status.code).toBe(code);
		expect(status.details).toContain(details);
	});

	test('an unknown concept is created without a word', async () => {
		await clarifai.client.train('m', {
			...VALID_TRAINING,
			output_info: { data: { concepts: [{ id: 'new' }] } },
		});
		expect(clarifai.emulator.app().concepts.has('new')).toBe(true);
	});

	test('every documented template trains with its own defaults', async () => {
		const trained: string[] = [];
		for (const { id: typeId, model_type_fields = [] } of clarifai.emulator.world.modelTypes) {
			const templates = (model_type_fields as Message[]).find(({ path }) =>
				(path as string).endsWith('.template'),
			)?.model_type_enum_options;
			for (const template of (templates ?? []) as Message[]) {
				const version: Message = { train_info: { params: { template: template.id } } };
				for (const field of [...model_type_fields, ...(template.model_type_fields ?? [])]) {
					if (field.default_value !== undefined) {
						setValueAt(version, field.path as string, field.default_value);
					}
				}
				clarifai.emulator.addModel(typeId as string, { model_type_id: typeId });
				const versionId = await clarifai.client.train(typeId as string, version);
				clarifai.emulator.clock.advance(1000 * SECOND);
				trained.push(`${template.id} ${(await statusOf(typeId as string, versionId)).code}`);
			}
		}
		expect(trained.length).toBeGreaterThan(30);
		expect(trained.filter((result) => !result.endsWith(' 21100'))).toEqual([]);
	});

	test('an app without inputs has no data', async () => {
		clarifai.emulator.app().inputs.clear();
		const versionId = await clarifai.client.train('m');
		clarifai.emulator.clock.advance(1000 * SECOND);
		expect((await statusOf('m', versionId)).code).toBe(21110);
	});

	test('models of a type without templates, and of one that cannot be trained', async () => {
		clarifai.emulator.addModel('transfer', { model_type_id: 'embedding-classifier' });
		expect(await clarifai.client.train('transfer', {})).toMatch(/^[0-9a-f]{32}$/);
		clarifai.emulator.addModelType({ id: 'fixed', title: 'Fixed' });
		clarifai.emulator.addModel('fixed', { model_type_id: 'fixed' });
		const reply = await clarifai.client.post('/models/fixed/versions', { model_versions: [{}] });
		expect(reply.code).toBe(21202);
	});

	test('a type whose own field names the dataset', async () => {
		clarifai.emulator.addModelType({
			id: 'custom',
			trainable: true,
			model_type_fields: [{ path: 'train_info.params.data.set', field_type: 'DATASET_ID' }],
		});
		clarifai.emulator.addModel('m', { model_type_id: 'custom' });
		const train = (set: string) =>
			clarifai.client.post('/models/m/versions', {
				model_versions: [{ train_info: { params: { data: { set } } } }],
			});
		expect((await train(DEMO.datasetId)).code).toBe(10000);
		expect((await train('none')).code).toBe(21202);
	});
});
