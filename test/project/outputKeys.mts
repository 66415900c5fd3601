import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { ON_NODEPOOL, valid } from '../nodes/pipelineSetup.mts';
import { DEMO, locate, type InProcessSetUp, type RunNodeOptions } from '../nodes/setup.mts';

/** A run of a node that shows which keys its output has. */
interface Showing {
	node: string;
	of: string;
	parameters?: INodeParameters;
	/** What it needs, and the item it gets. */
	prepare?(platform: InProcessSetUp): RunNodeOptions | void | Promise<RunNodeOptions | void>;
}

const TEMPLATE = 'MMClassification_ResNet_50_RSB_A1';

const training: INodeParameters = {
	model: locate('id', 'cars'),
	template: locate('id', TEMPLATE),
	concepts: ['cat', 'dog'],
	dataset: locate('id', DEMO.datasetId),
};

const addCars = ({ emulator }: InProcessSetUp) => void emulator.addModel('cars');

const item = (json: IDataObject): RunNodeOptions => ({ items: [json] });

const trainedCars = ({ emulator }: InProcessSetUp) =>
	item({
		modelId: 'cars',
		modelVersionId: emulator.addTrainedVersion('cars').message.id as string,
	});

const predict = (modelId: string, more: INodeParameters = {}): INodeParameters => ({
	model: locate('id', modelId),
	inputSource: 'url',
	url: 'https://samples.clarifai.com/metro-north.jpg',
	options: { userId: DEMO.publicUserId, appId: DEMO.publicAppId },
	...more,
});

const { publicModels } = DEMO;

export const SHOWINGS: Showing[] = [
	{ node: 'clarifaiCreateModel', of: 'a model', parameters: { modelId: 'cars' } },
	{ node: 'clarifaiListTemplates', of: 'a template of a model type' },
	{
		node: 'clarifaiListTemplates',
		of: 'a pipeline template',
		parameters: { source: 'pipelineTemplates' },
	},
	{ node: 'clarifaiTrain', of: 'a training', parameters: training, prepare: addCars },
	{
		node: 'clarifaiTrain',
		of: 'a training that was waited for',
		parameters: { ...training, waitForCompletion: true },
		prepare: addCars,
	},
	{
		node: 'clarifaiTrain',
		of: 'a training whose wait ran out',
		parameters: { ...training, waitForCompletion: true, waitOptions: { timeoutMinutes: 0.1 } },
		prepare: addCars,
	},
	{
		node: 'clarifaiTrain',
		of: 'a dry run',
		parameters: { ...training, dryRun: true },
		prepare: addCars,
	},
	{
		node: 'clarifaiTrain',
		of: 'a training that too few new inputs kept from starting',
		parameters: { ...training, additionalFields: { minimumNewInputs: 10 } },
		prepare: ({ emulator }) => void emulator.addTrainedVersion('cars'),
	},
	{ node: 'clarifaiTrain', of: 'a training by a pipeline', parameters: valid() },
	{
		node: 'clarifaiTrain',
		of: 'a training by a pipeline that was waited for',
		parameters: valid({ waitForCompletion: true }),
	},
	{ node: 'clarifaiTrain', of: 'a dry run of a pipeline', parameters: valid({ dryRun: true }) },
	{ node: 'clarifaiTrainingStatus', of: 'a trained version', prepare: trainedCars },
	{
		node: 'clarifaiTrainingStatus',
		of: 'a trained version with metrics',
		prepare({ emulator }) {
			const { message } = emulator.addTrainedVersion('cars');
			message.metrics = {
				status: { code: 21300 },
				summary: { macro_avg_f1_score: 0.9, mean_avg_precision_iou_50: 0.8 },
			};
			return item({ modelId: 'cars', modelVersionId: message.id as string });
		},
	},
	{
		node: 'clarifaiTrainingStatus',
		of: 'a training under way',
		async prepare({ emulator, time }) {
			const { message } = emulator.addTraining('cars', { seconds: 100 });
			await time.sleep(50_000);
			return item({ modelId: 'cars', modelVersionId: message.id as string });
		},
	},
	{
		node: 'clarifaiTrainingStatus',
		of: 'a training that failed',
		prepare({ emulator }) {
			const plan = { seconds: 0, outcome: 21110, details: 'no inputs' };
			const { message } = emulator.addTraining('cars', plan);
			return item({ modelId: 'cars', modelVersionId: message.id as string });
		},
	},
	{
		node: 'clarifaiTrainingStatus',
		of: 'a training by a pipeline',
		async prepare({ run, time }) {
			const { json } = await run('clarifaiTrain', valid());
			await time.sleep(3_600_000);
			return { items: json };
		},
	},
	{
		node: 'clarifaiCreateWorkflow',
		of: 'a workflow',
		parameters: { workflowId: 'cars-workflow' },
		prepare: trainedCars,
	},
	{
		node: 'clarifaiUpdateDefaultWorkflow',
		of: 'an app',
		prepare({ emulator }) {
			emulator.addWorkflows(1, { id: 'cars-workflow' });
			return item({ workflowId: 'cars-workflow' });
		},
	},
	{
		node: 'clarifaiAddInputs',
		of: 'an input',
		parameters: { inputType: 'text', inputSource: 'text', text: 'a red car', concepts: ['cat'] },
	},
	{
		node: 'clarifaiAddInputs',
		of: 'an input that is there with other labels',
		parameters: { inputType: 'text', inputSource: 'text', text: 'a red car', concepts: ['dog'] },
		async prepare({ run }) {
			const parameters = { inputType: 'text', inputSource: 'text', text: 'a red car' };
			await run('clarifaiAddInputs', { ...parameters, concepts: ['cat'] });
		},
	},
	{
		node: 'clarifaiDeployModel',
		of: 'a deployment',
		parameters: {
			deploymentId: 'cars-deployment',
			computeCluster: ON_NODEPOOL.computeCluster,
			nodepool: ON_NODEPOOL.nodepool,
		},
		prepare: trainedCars,
	},
	{
		node: 'clarifaiPredict',
		of: 'concepts',
		parameters: predict(publicModels.classifier),
	},
	{ node: 'clarifaiPredict', of: 'regions', parameters: predict(publicModels.detector) },
	{ node: 'clarifaiPredict', of: 'an embedding', parameters: predict(publicModels.embedder) },
	{ node: 'clarifaiPredict', of: 'a text', parameters: predict(publicModels.captioner) },
	{
		node: 'clarifaiPredict',
		of: 'a workflow',
		parameters: {
			predictWith: 'workflow',
			workflow: locate('id', DEMO.defaultWorkflowId),
			inputSource: 'url',
			url: 'https://samples.clarifai.com/metro-north.jpg',
			options: { userId: DEMO.publicUserId, appId: DEMO.publicAppId },
		},
	},
	{
		node: 'clarifaiEvaluateModel',
		of: 'a version',
		parameters: { dataset: locate('id', 'held-out'), compareWith: 'nothing' },
		prepare(platform) {
			platform.emulator.addLabelledInputs('held-out', [
				{ concepts: ['cat'], text: 'a cat' },
				{ concepts: ['dog'], text: 'a dog' },
			]);
			// So that there is something that it confuses.
			platform.emulator.planQuality('cars', { wrongShare: 1 });
			return trainedCars(platform);
		},
	},
];

/** The keys of an item, with those inside objects and the first entry of lists, as `regions[].top`. */
export function keysOf(json: IDataObject): string[] {
	return Object.entries(json).flatMap(([key, value]) => {
		const [list, inside] = Array.isArray(value) ? ['[]', value[0]] : ['', value];
		if (typeof inside !== 'object' || inside === null || OPEN.has(key)) return [key + list];
		return keysOf(inside as IDataObject).map((below) => `${key}${list}.${below}`);
	});
}

/** Their keys are names that Clarifai or the user has given. */
const OPEN = new Set(['params', 'defaults']);
