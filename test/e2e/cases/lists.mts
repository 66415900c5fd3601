import { DEMO } from '../../tools/emulator/emulator.mts';
import type { Stack } from '../stack.mts';
import { editorRequest, everyPage, valuesOf } from './editorRequests.mts';

const byId = (value: string) => ({ __rl: true, mode: 'id', value });

export function listCases(stack: Stack) {
	test('model types: the deep fine-tuning ones come first', async () => {
		const request = await editorRequest(stack, 'clarifaiCreateModel', 'modelType');
		const values = valuesOf(await everyPage(stack, request));

		expect(values.slice(0, 6).sort()).toEqual([
			'text-classifier',
			'visual-anomaly-heatmap',
			'visual-classifier',
			'visual-detector',
			'visual-embedder',
			'visual-segmenter',
		]);
		expect(new Set(values).size).toBe(values.length);
	});

	test('models: every page, each model once', async () => {
		const added = stack.emulator.addModels(250).map(({ message }) => message.id as string);
		const pages = await everyPage(stack, await editorRequest(stack, 'clarifaiTrain', 'model'));

		expect(pages.length).toBeGreaterThan(1);
		expect(valuesOf(pages).sort()).toEqual(added.sort());
	});

	test('models: a search finds one of many', async () => {
		stack.emulator.addModels(250);
		stack.emulator.addModel('harbour-cranes');
		const request = await editorRequest(stack, 'clarifaiTrain', 'model');

		expect(valuesOf(await everyPage(stack, { ...request, filter: 'harbour' }))).toEqual([
			'harbour-cranes',
		]);
	});

	test("templates: those of the chosen model's type", async () => {
		stack.emulator.addModel('photos', { model_type_id: 'visual-classifier' });
		stack.emulator.addModel('boxes', { model_type_id: 'visual-detector' });
		const templatesFor = async (model: string) =>
			valuesOf(
				await everyPage(
					stack,
					await editorRequest(stack, 'clarifaiTrain', 'template', { model: byId(model) }),
				),
			);

		const ofPhotos = await templatesFor('photos');
		const ofBoxes = await templatesFor('boxes');

		const kinds = (templates: unknown[]) =>
			new Set(
				templates.map((template) => /^MM[A-Z][a-z]+/.exec(String(template))?.[0]).filter(Boolean),
			);
		expect(kinds(ofPhotos)).toEqual(new Set(['MMClassification']));
		expect(kinds(ofBoxes)).toEqual(new Set(['MMDetection']));
	});

	test('hyperparameters: the typed fields of the chosen template', async () => {
		stack.emulator.addModel('photos', { model_type_id: 'visual-classifier' });
		const { fields } = await stack.n8n.mapperFields(
			await editorRequest(stack, 'clarifaiTrain', 'hyperparameters', {
				model: byId('photos'),
				template: byId('MMClassification_ResNet_50_RSB_A1'),
			}),
		);

		expect(fields.find(({ id }) => id === 'num_epochs')).toMatchObject({ type: 'number' });
	});

	test('workflows: every page, each workflow once', async () => {
		const added = stack.emulator.addWorkflows(150).map(({ message }) => message.id as string);
		const request = await editorRequest(stack, 'clarifaiUpdateDefaultWorkflow', 'workflow');
		const pages = await everyPage(stack, request);

		expect(pages.length).toBeGreaterThan(1);
		expect(valuesOf(pages).sort()).toEqual(added.sort());
	});

	test('concepts: all of the app', async () => {
		const added = stack.emulator.addConcepts(1_100);
		const options = await stack.n8n.loadOptions(
			await editorRequest(stack, 'clarifaiTrain', 'concepts'),
		);

		expect(options.map(({ value }) => value).sort()).toEqual([...DEMO.concepts, ...added].sort());
	});

	test('a list that cannot be loaded gives the reason', async () => {
		const request = await editorRequest(stack, 'clarifaiTrain', 'model');
		const wrong = await stack.n8n.createCredential({
			name: 'Wrong token',
			type: stack.credential.type,
			data: {
				accessToken: 'wrong',
				userId: DEMO.userId,
				appId: DEMO.appId,
				baseUrl: stack.emulator.url,
			},
		});

		await expect(stack.n8n.listResults({ ...request, credential: wrong })).rejects.toThrow(
			/token|key/i,
		);
	});
}
