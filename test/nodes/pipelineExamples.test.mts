import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import type { WorkflowJson } from '../tools/engine/engine.mts';
import { repositoryRoot } from '../tools/engine/package.mts';
import { CLASSIFIER, valid, waiting, argumentsOf, startsOf, setUpQuick } from './pipelineSetup.mts';
import { DEMO, setUp } from './setup.mts';

describe('the examples', () => {
	const example = (file: string) =>
		JSON.parse(readFileSync(join(repositoryRoot, 'examples', file), 'utf8')) as WorkflowJson;
	const parametersOf = (file: string, nodeName: string) =>
		example(file).nodes.find(({ name }) => name === nodeName)!.parameters!;

	it('fine-tune and deploy with a pipeline template', async () => {
		const platform = await setUpQuick();
		const { engine, emulator } = platform;
		const workflow = engine.withCredentials(example('fine-tune-with-pipeline-template.json'));

		const result = await engine.run(workflow);
		const again = await engine.run(workflow);

		expect([result.error, again.error]).toEqual([undefined, undefined]);
		expect(result.executed).toEqual([
			'Manual Trigger',
			'Clarifai Create Model',
			'Clarifai Train',
			'Clarifai Create Workflow',
			'Clarifai Update Default Workflow',
		]);
		expect(argumentsOf(platform)[0]).toMatchObject({
			model_id: 'my-classifier',
			dataset_id: DEMO.datasetId,
			concepts: '["cat","dog"]',
			num_epochs: '10',
		});
		const versions = [...emulator.app().models.get('my-classifier')!.versions.keys()];
		expect(versions).toHaveLength(2);
		expect(emulator.app().workflows.get('my-workflow')!.versions).toMatchObject(
			versions.map((id) => ({
				nodes: [{ model: { id: 'my-classifier', model_version: { id } } }],
			})),
		);
		expect(again.outputs('Clarifai Train')).toMatchObject([
			{ json: { modelVersionId: versions[1] } },
		]);
		expect(emulator.app().message.default_workflow).toMatchObject({ id: 'my-workflow' });
	});

	it('train at night with the settings of the item', async () => {
		const platform = await setUp();

		const { json, error } = await platform.run(
			'clarifaiTrain',
			parametersOf('nightly-retraining.json', 'Clarifai Train'),
			{
				items: [
					{
						userId: DEMO.userId,
						appId: DEMO.appId,
						modelId: 'nightly',
						datasetId: DEMO.datasetId,
						concepts: 'cat, dog',
						computeClusterId: DEMO.computeClusterId,
						nodepoolId: DEMO.nodepoolId,
					},
				],
			},
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ modelId: 'nightly', status: 'queued' }]);
	});

	it('make a workflow for each version that may be deployed', async () => {
		const platform = await setUpQuick();
		const trained = await platform.run('clarifaiTrain', valid(waiting()));

		const { json, error } = await platform.run(
			'clarifaiCreateWorkflow',
			parametersOf('approve-before-deploy.json', 'Clarifai Create Workflow'),
			{ items: trained.json },
		);

		expect(error).toBeUndefined();
		const version = String(trained.json[0].modelVersionId);
		expect(json).toMatchObject([{ workflowId: `piped-${version.slice(0, 8)}`, created: true }]);
	});

	it('let an agent list templates, check, start and look up a training', async () => {
		const platform = await setUp();
		const file = 'agent-starts-training.json';
		const call = async (type: string, nodeName: string, args: IDataObject) => {
			const { call } = await platform.engine.asTool(type, parametersOf(file, nodeName), args);
			return JSON.parse(call!.response) as IDataObject[];
		};
		const args = {
			modelId: 'piped',
			template: CLASSIFIER,
			hyperparameters: { num_epochs: 20 },
			concepts: 'cat, dog',
			datasetId: DEMO.datasetId,
		};

		const listed = await call('clarifaiListTemplates', 'List Training Templates', {
			nameContains: 'classifier',
		});
		const checked = await call('clarifaiTrain', 'Train Model', { ...args, dryRun: true });
		const startedBefore = startsOf(platform);
		const [started] = await call('clarifaiTrain', 'Train Model', { ...args, dryRun: false });
		const looked = await call('clarifaiTrainingStatus', 'Look Up Training', started);

		expect(listed).toMatchObject([{ template: CLASSIFIER }]);
		expect(checked).toMatchObject([{ dryRun: true, params: { num_epochs: '20' } }]);
		expect(startedBefore).toBe(0);
		expect(started).toMatchObject({ modelId: 'piped', status: 'queued' });
		expect(looked).toMatchObject([
			{ modelId: 'piped', status: 'queued', pipelineRunId: started.pipelineRunId },
		]);
	});
});
