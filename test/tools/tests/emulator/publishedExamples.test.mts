import { DEMO } from '../../emulator/emulator.mts';
import { TEMPLATE } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

/**
 * The request bodies of the curl examples in Clarifai's "Deep Fine-Tuning" guide, with the paths as
 * printed there: some end with a slash.
 */

const clarifai = useEmulator();

const createModel = () =>
	clarifai.client.post('/models', {
		models: [{ id: 'my-custom-model', model_type_id: 'visual-classifier' }],
	});

const trainModel = () =>
	clarifai.client.post('/models/my-custom-model/versions', {
		model_versions: [
			{
				train_info: { params: { template: TEMPLATE, num_epochs: 10 } },
				output_info: { data: { concepts: [{ id: 'ferrari' }, { id: 'outdoors' }] } },
			},
		],
	});

test('create a model', async () => {
	const { http, json } = await createModel();
	expect(http).toBe(200);
	expect(json).toMatchObject({
		status: { code: 10000, description: 'Ok', req_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
		model: { id: 'my-custom-model', model_type_id: 'visual-classifier', app_id: DEMO.appId },
	});
	expect(json.model).not.toHaveProperty('model_version');
});

test('create a model in the older form, with the app in the body', async () => {
	const { json } = await clarifai.client.post('/v2/models', {
		user_app_id: { user_id: DEMO.userId, app_id: DEMO.appId },
		model: { id: 'older', model_type_id: 'visual-classifier' },
	});
	expect(json).toMatchObject({ status: { code: 10000 }, model: { id: 'older' } });
});

test('the path with the alias "me" for the user', async () => {
	const { json } = await clarifai.client.get(`/v2/users/me/apps/${DEMO.appId}/models`);
	expect(json).toMatchObject({ status: { code: 10000 }, models: [] });
});

test('train the model', async () => {
	await createModel();
	const { json } = await trainModel();
	expect(json).toMatchObject({
		status: { code: 10000 },
		model: {
			id: 'my-custom-model',
			model_version: {
				id: expect.stringMatching(/^[0-9a-f]{32}$/),
				status: { code: 21103, description: 'Model is currently in queue for training.' },
			},
		},
	});
});

test('train incrementally', async () => {
	await createModel();
	const first = (await trainModel()).json.model.model_version.id as string;
	clarifai.emulator.clock.advance(60_000);
	const { json } = await clarifai.client.post('/models/my-custom-model/versions', {
		model_versions: [
			{
				train_info: {
					params: { template: TEMPLATE, num_epochs: 10 },
					resume_from_model: { id: 'my-custom-model', model_version: { id: first } },
				},
			},
		],
	});
	expect(json.model.model_version).toMatchObject({
		status: { code: 21103 },
		train_info: { resume_from_model: { id: 'my-custom-model', model_version: { id: first } } },
	});
});

test('estimate the training time', async () => {
	await createModel();
	const { json } = await clarifai.client.post('/models/my-custom-model/versions/time_estimate/', {
		model_versions: [{ train_info: { params: { template: TEMPLATE } } }],
		estimated_input_count: 100,
	});
	expect(json).toMatchObject({ status: { code: 10000 }, training_time_estimates: ['308s'] });
});

/** docs: create_visual_classifier.sh and alike, and Clarifai's JavaScript client 2.9.1. */
test('create a model in the old way, with what to train by, and train it without a body', async () => {
	const created = await clarifai.client.post('/models', {
		model: {
			id: 'old-way',
			model_type_id: 'visual-classifier',
			train_info: { params: { template: TEMPLATE, num_epochs: 2 } },
			output_info: {
				data: { concepts: [{ id: 'cat' }, { id: 'dog' }] },
				output_config: { concepts_mutually_exclusive: false, closed_environment: true },
			},
		},
	});
	const trained = await clarifai.client.post('/models/old-way/versions', undefined);

	expect(created.code).toBe(10000);
	expect(created.json.model).not.toHaveProperty('train_info');
	expect(trained.json.model.model_version).toMatchObject({
		status: { code: 21103 },
		train_info: { params: { template: TEMPLATE, num_epochs: 2 } },
		output_info: { data: { concepts: [{ id: 'cat' }, { id: 'dog' }] } },
	});
});

test('create a workflow and make it the default', async () => {
	await createModel();
	const version = (await trainModel()).json.model.model_version.id as string;
	clarifai.emulator.clock.advance(60_000);
	const embedder = clarifai.emulator.addTrainedVersion('embedder');
	const created = await clarifai.client.post('/workflows', {
		workflows: [
			{
				id: 'my-custom-workflow',
				nodes: [
					{
						id: 'embed',
						model: { id: 'embedder', model_version: { id: embedder.message.id } },
					},
					{
						id: 'my-custom-model',
						model: { id: 'my-custom-model', model_version: { id: version } },
						node_inputs: [{ node_id: 'embed' }],
					},
				],
			},
		],
	});
	expect(created.json).toMatchObject({
		status: { code: 10000 },
		workflows: [{ id: 'my-custom-workflow', nodes: [{ id: 'embed' }, { id: 'my-custom-model' }] }],
	});

	const updated = await clarifai.client.patch(`/v2/users/${DEMO.userId}/apps/`, {
		action: 'overwrite',
		apps: [{ id: DEMO.appId, default_workflow_id: 'my-custom-workflow' }],
	});
	expect(updated.json).toMatchObject({
		status: { code: 10000 },
		apps: [{ id: DEMO.appId, default_workflow_id: 'my-custom-workflow' }],
	});
	expect(clarifai.emulator.app().message.default_workflow).toMatchObject({
		id: 'my-custom-workflow',
	});
});
