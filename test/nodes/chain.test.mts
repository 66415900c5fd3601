import { chain } from '../tools/engine/engine.mts';
import { bodiesOf, callsOf, DEMO, locate, setUp } from './setup.mts';

describe('the four nodes in a row, with their defaults', () => {
	it('create, train, put into a workflow and deploy a model', async () => {
		const { engine, emulator } = await setUp({ trainingSeconds: 0 });
		const workflow = chain(
			engine.node('clarifaiCreateModel', { modelId: 'cars' }),
			engine.node('clarifaiTrain', {
				template: locate('id', 'MMClassification_ResNet_50_RSB_A1'),
				concepts: ['ferrari', 'outdoors'],
				waitForCompletion: true,
			}),
			engine.node('clarifaiCreateWorkflow', { workflowId: 'cars-workflow' }),
			engine.node('clarifaiUpdateDefaultWorkflow'),
		);

		const result = await engine.run(workflow);

		expect(result.error).toBeUndefined();
		expect(result.outputs('Clarifai Update Default Workflow')).toEqual([
			{
				json: {
					appId: DEMO.appId,
					userId: DEMO.userId,
					defaultWorkflowId: 'cars-workflow',
					previousDefaultWorkflowId: DEMO.defaultWorkflowId,
					changed: true,
				},
				pairedItem: { item: 0 },
			},
		]);
		const [trained] = result.outputs('Clarifai Train');
		expect(trained.json).toMatchObject({ modelId: 'cars', status: 'trained' });
		expect(bodiesOf(emulator, 'PostModels')).toEqual([
			{ models: [{ id: 'cars', model_type_id: 'visual-classifier' }] },
		]);
		expect(bodiesOf(emulator, 'PostWorkflows')).toEqual([
			{
				workflows: [
					{
						id: 'cars-workflow',
						nodes: [
							{
								id: 'model',
								model: {
									id: 'cars',
									model_version: { id: trained.json.modelVersionId },
									user_id: DEMO.userId,
									app_id: DEMO.appId,
								},
							},
						],
					},
				],
			},
		]);
		expect(emulator.app().message.default_workflow_id).toBe('cars-workflow');
		expect(callsOf(emulator).filter((call) => !call.startsWith('GET'))).toEqual([
			'POST PostModels',
			'POST PostModelVersions',
			'POST PostWorkflows',
			'PATCH PatchApps',
		]);
	});
});
