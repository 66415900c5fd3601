import type { INodeParameters } from 'n8n-workflow';
import { tinyGif } from '../tools/emulator/tinyGif.mts';
import { chain, connect, type RunResult } from '../tools/engine/engine.mts';
import { labelledPictures } from './ClarifaiEvaluateModel/evaluateSetup.mts';
import { ON_NODEPOOL } from './pipelineSetup.mts';
import { DEMO, locate, setUp, type InProcessOptions, type InProcessSetUp } from './setup.mts';

/** From data to predictions, each step a node with its defaults, on both of Clarifai's platforms. */

const CONCEPTS = ['rose', 'tulip'];

/** Pictures that nobody has labelled, as people send them in. */
const unseen = () => ({
	json: {},
	binary: {
		data: { data: tinyGif(42).toString('base64'), mimeType: 'image/gif', fileName: 'new.gif' },
	},
});

async function setUpGarden(options: InProcessOptions): Promise<InProcessSetUp> {
	const platform = await setUp({ trainingSeconds: 600, evaluationSeconds: 60, ...options });
	const { emulator } = platform;
	emulator.app().inputs.clear();
	const pictures = labelledPictures(60);
	emulator.addLabelledInputs('training', pictures.slice(0, 40));
	emulator.addLabelledInputs('held-out', pictures.slice(40));
	return platform;
}

const ONCE: INodeParameters = { waitForCompletion: true };

/** Train → Evaluate → Passed: what follows, and one more node after it. */
function loop(
	{ engine }: InProcessSetUp,
	train: INodeParameters,
	evaluate: INodeParameters,
	...live: Array<[type: string, parameters: INodeParameters]>
) {
	return chain(
		engine.node('clarifaiCreateModel', { modelId: 'flowers' }),
		engine.node('clarifaiTrain', { ...ONCE, ...train }),
		engine.node('clarifaiEvaluateModel', { dataset: locate('id', 'held-out'), ...evaluate }),
		...live.map(([type, parameters]) => engine.node(type, parameters)),
	);
}

const outputs = (result: RunResult, node: string, index = 0) =>
	result.outputs(node, index).map(({ json }) => json);

describe('on the hosted platform', () => {
	const train = {
		template: locate('id', 'classifier-pipeline-resnet'),
		concepts: CONCEPTS,
		dataset: locate('id', 'training'),
		additionalFields: ON_NODEPOOL,
	};
	const deploy: [string, INodeParameters] = [
		'clarifaiDeployModel',
		{
			deploymentId: 'flowers-live',
			waitUntilReady: true,
			computeCluster: locate('id', DEMO.computeClusterId),
			nodepool: locate('id', DEMO.nodepoolId),
		},
	];
	const predict: [string, INodeParameters] = [
		'clarifaiPredict',
		{
			model: locate('id', '={{ $json.modelId }}'),
			inputSource: 'url',
			url: 'https://pictures.example/somebody.jpg',
			options: { deploymentId: '={{ $json.deploymentId }}' },
		},
	];
	const night = (platform: InProcessSetUp) =>
		loop(platform, train, { deploymentId: 'flowers-live' }, deploy, predict);
	const firstNight = (platform: InProcessSetUp) => loop(platform, train, {}, deploy, predict);

	it('a model is trained by a pipeline, evaluated, deployed and asked', async () => {
		const platform = await setUpGarden({ platform: 'hosted' });
		const { emulator, engine } = platform;

		const result = await engine.run(firstNight(platform));

		expect(result.error).toBeUndefined();
		const [{ modelVersionId, datasetVersionId }] = outputs(result, 'Clarifai Train');
		expect(outputs(result, 'Clarifai Train')).toMatchObject([
			{ status: 'trained', datasetId: 'training', modelId: 'flowers' },
		]);
		expect(outputs(result, 'Clarifai Evaluate Model')).toMatchObject([
			{ passed: true, modelVersionId, baselineVersionId: null },
		]);
		expect(outputs(result, 'Clarifai Deploy Model')).toMatchObject([
			{ modelVersionId, created: true, ready: true },
		]);
		expect(outputs(result, 'Clarifai Predict')).toMatchObject([
			{ topConcept: expect.stringMatching(/^(rose|tulip)$/) },
		]);
		expect(emulator.book.of('run')).toHaveLength(1);
		// One of the training data, one of the held-out data.
		expect(emulator.book.of('datasetVersion')).toHaveLength(2);
		expect(datasetVersionId).toBe(emulator.book.of('datasetVersion')[0].id);
	});

	it('nothing can be predicted before it is deployed, and that is said', async () => {
		const platform = await setUpGarden({ platform: 'hosted' });

		const result = await platform.engine.run(
			loop(platform, train, { evaluateWith: 'predictions' }),
		);

		expect(result.error?.message).toContain('could not be predicted');
		expect(result.error?.description).toContain('Clarifai Deploy Model');
	});

	it('where Clarifai evaluates no pipeline, a deployment for tests lets predictions decide', async () => {
		const platform = await setUpGarden({ platform: 'hosted', evaluatesContainers: false });
		const { engine, emulator } = platform;
		const [type, parameters] = deploy;

		const result = await engine.run(
			chain(
				engine.node('clarifaiCreateModel', { modelId: 'flowers' }),
				engine.node('clarifaiTrain', { ...ONCE, ...train }),
				engine.node(
					type,
					{
						...parameters,
						deploymentId: 'flowers-test',
						// A nodepool has one deployment of a model.
						nodepool: locate('id', DEMO.gpuNodepoolId),
					},
					{ name: 'Deploy for Tests' },
				),
				engine.node('clarifaiEvaluateModel', {
					dataset: locate('id', 'held-out'),
					evaluateWith: 'predictions',
				}),
				engine.node(...deploy),
			),
		);

		expect(result.error).toBeUndefined();
		expect(outputs(result, 'Clarifai Evaluate Model')).toMatchObject([{ passed: true, value: 1 }]);
		expect(emulator.book.of('deployment').map(({ id }) => id)).toEqual([
			'flowers-test',
			'flowers-live',
		]);
	});

	it('the next night a better version takes over, and an equal one does not', async () => {
		const platform = await setUpGarden({ platform: 'hosted' });
		const { emulator, engine } = platform;
		const first = await engine.run(firstNight(platform));
		const [{ modelVersionId: one }] = outputs(first, 'Clarifai Train');
		emulator.planQuality(one as string, { wrongShare: 0.4 });

		const second = await engine.run(night(platform));
		const third = await engine.run(night(platform));

		const [{ modelVersionId: two }] = outputs(second, 'Clarifai Train');
		expect(outputs(second, 'Clarifai Evaluate Model')).toMatchObject([
			{ modelVersionId: two, baselineVersionId: one, passed: true },
		]);
		expect(outputs(second, 'Clarifai Deploy Model')).toMatchObject([
			{ created: false, promoted: true, ready: true, previousModelVersionId: one },
		]);
		expect(outputs(second, 'Clarifai Predict')).toHaveLength(1);
		expect(outputs(third, 'Clarifai Evaluate Model')).toEqual([]);
		expect(outputs(third, 'Clarifai Evaluate Model', 1)).toMatchObject([
			{ baselineVersionId: two, passed: false, gain: 0 },
		]);
		expect(emulator.book.of('deployment')).toHaveLength(1);
		expect(emulator.book.of('deploymentChange')).toHaveLength(1);
	});

	it('the night after a bad one goes back with the version before', async () => {
		const platform = await setUpGarden({ platform: 'hosted' });
		const { emulator, engine, run } = platform;
		const [{ modelVersionId: one }] = outputs(
			await engine.run(firstNight(platform)),
			'Clarifai Train',
		);
		emulator.planQuality(one as string, { wrongShare: 0.4 });
		const second = await engine.run(night(platform));
		const [deployed] = outputs(second, 'Clarifai Deploy Model');

		const back = await run(
			'clarifaiDeployModel',
			{
				deploymentId: '={{ $json.deploymentId }}',
				modelVersionId: locate('id', '={{ $json.previousModelVersionId }}'),
				waitUntilReady: true,
			},
			{ items: [deployed] },
		);

		expect(back.json).toMatchObject([
			{
				modelVersionId: one,
				previousModelVersionId: deployed.modelVersionId,
				promoted: true,
				ready: true,
			},
		]);
	});
});

describe('on a self-hosted platform', () => {
	const train = {
		template: locate('id', 'MMClassification_ResNet_50_RSB_A1'),
		concepts: CONCEPTS,
		dataset: locate('id', 'training'),
	};
	const workflowSteps: Array<[string, INodeParameters]> = [
		['clarifaiCreateWorkflow', { workflowId: 'flowers-live' }],
		['clarifaiUpdateDefaultWorkflow', {}],
	];

	it('a model is trained by a template, put into the default workflow and asked', async () => {
		const platform = await setUpGarden({ platform: 'selfHosted' });
		const { emulator, engine, run } = platform;

		const result = await engine.run(loop(platform, train, {}, ...workflowSteps));
		const predicted = await run(
			'clarifaiPredict',
			{ predictWith: 'workflow', workflow: locate('id', 'flowers-live') },
			{ items: [unseen()] },
		);

		expect(result.error).toBeUndefined();
		const [{ modelVersionId }] = outputs(result, 'Clarifai Train');
		expect(outputs(result, 'Clarifai Evaluate Model')).toMatchObject([
			{ passed: true, modelVersionId, baselineVersionId: null },
		]);
		expect(emulator.app().message.default_workflow_id).toBe('flowers-live');
		expect(predicted.error).toBeUndefined();
		expect(predicted.json).toMatchObject([{ topConcept: expect.stringMatching(/^(rose|tulip)$/) }]);
	});

	it('a worse version leaves the default workflow as it is, a better one takes over', async () => {
		const platform = await setUpGarden({ platform: 'selfHosted' });
		const { emulator, engine } = platform;
		const night = async () => await engine.run(loop(platform, train, {}, ...workflowSteps));
		emulator.planQuality('flowers', { wrongShare: 0.3 });
		const [{ modelVersionId: one }] = outputs(await night(), 'Clarifai Train');
		emulator.planQuality(one as string, { wrongShare: 0.3 });

		emulator.planQuality('flowers', { wrongShare: 0.6 });
		const second = await night();
		const [{ modelVersionId: two }] = outputs(second, 'Clarifai Train');
		emulator.planQuality(two as string, { wrongShare: 0.6 });
		emulator.planQuality('flowers', { wrongShare: 0.1 });
		const third = await night();
		const [{ modelVersionId: three }] = outputs(third, 'Clarifai Train');

		expect(outputs(second, 'Clarifai Evaluate Model', 1)).toMatchObject([
			{ modelVersionId: two, baselineVersionId: one, passed: false },
		]);
		expect(outputs(third, 'Clarifai Evaluate Model')).toMatchObject([
			{ modelVersionId: three, baselineVersionId: one, passed: true },
		]);
		expect(emulator.book.of('workflow')).toHaveLength(1);
		expect(emulator.book.of('workflowUpdate')).toHaveLength(1);
		expect(emulator.book.of('defaultWorkflow')).toHaveLength(1);
	});

	it('predictions measure it as well', async () => {
		const platform = await setUpGarden({ platform: 'selfHosted' });
		const { engine } = platform;

		const result = await engine.run(loop(platform, train, { evaluateWith: 'predictions' }));

		expect(result.error).toBeUndefined();
		expect(outputs(result, 'Clarifai Evaluate Model')).toMatchObject([{ passed: true, value: 1 }]);
	});
});

it('a training that fails reaches nothing that is live', async () => {
	const platform = await setUpGarden({ platform: 'hosted' });
	const { emulator, engine } = platform;
	emulator.planTraining('flowers', { outcome: 21106, seconds: 60 });
	const workflow = loop(
		platform,
		{
			template: locate('id', 'classifier-pipeline-resnet'),
			concepts: CONCEPTS,
			dataset: locate('id', 'training'),
			additionalFields: ON_NODEPOOL,
		},
		{},
		['clarifaiDeployModel', { deploymentId: 'x', ...ON_NODEPOOL }],
	);

	const result = await engine.run(connect(workflow, 'Clarifai Train', 0, 'Clarifai Deploy Model'));

	expect(result.error).toBeDefined();
	expect(emulator.book.of('evaluation')).toEqual([]);
	expect(emulator.book.of('deployment')).toEqual([]);
});
