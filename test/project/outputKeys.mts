import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { inMemory, mp4, pictures, withFile } from '../nodes/media.mts';
import { ON_NODEPOOL, valid } from '../nodes/pipelineSetup.mts';
import { DEMO, locate, type InProcessSetUp, type RunNodeOptions } from '../nodes/setup.mts';
import { chain } from '../tools/engine/engine.mts';

/** A run of a node that shows which keys its output has. */
interface Showing {
	node: string;
	of: string;
	parameters?: INodeParameters;
	/** What it needs, and the item it gets. */
	prepare?(platform: InProcessSetUp): RunNodeOptions | void | Promise<RunNodeOptions | void>;
	/** The run is stopped by the user after so many milliseconds. */
	stopAfterMs?: number;
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

function trainedVersion({ emulator }: InProcessSetUp): string {
	const trained = { train_info: { params: { template: TEMPLATE } } };
	return emulator.addTrainedVersion('cars', trained).message.id as string;
}

const trainedCars = (platform: InProcessSetUp) =>
	item({ modelId: 'cars', modelVersionId: trainedVersion(platform) });

/** Two versions of a model. */
const olderAndNewerCars = (platform: InProcessSetUp) =>
	item({ older: trainedVersion(platform), ...trainedCars(platform).items![0] });

const NODEPOOL = {
	computeCluster: ON_NODEPOOL.computeCluster,
	nodepool: ON_NODEPOOL.nodepool,
};

function addHeldOut({ emulator }: InProcessSetUp): void {
	emulator.addLabelledInputs('held-out', [
		{ concepts: ['cat'], text: 'a cat' },
		{ concepts: ['dog'], text: 'a dog' },
	]);
	// So that there is something that it confuses.
	emulator.planQuality('cars', { wrongShare: 1 });
}

const predict = (modelId: string, more: INodeParameters = {}): INodeParameters => ({
	model: locate('id', modelId),
	inputSource: 'url',
	url: 'https://samples.clarifai.com/metro-north.jpg',
	options: { userId: DEMO.publicUserId, appId: DEMO.publicAppId },
	...more,
});

const { publicModels } = DEMO;

/** A model of a type that Clarifai offers no public model of here. */
const predictByType = (modelTypeId: string): Pick<Showing, 'parameters' | 'prepare'> => ({
	parameters: predict('own', { options: {} }),
	prepare({ emulator }) {
		emulator.addModel('own', { model_type_id: modelTypeId });
		emulator.addTrainedVersion('own');
	},
});

const evaluateOnCats: Pick<Showing, 'prepare'> = {
	prepare(platform) {
		platform.emulator.addLabelledInputs('held-out', [
			{ concepts: ['cat'], text: 'a cat' },
			{ concepts: ['dog'], text: 'a dog' },
		]);
		// So that there is something that it confuses.
		platform.emulator.planQuality('cars', { wrongShare: 1 });
		return trainedCars(platform);
	},
};

const ADDRESS = 'https://files.example/old.jpg';

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
		of: 'a training that was waited for until somebody stopped',
		parameters: { ...training, waitForCompletion: true },
		prepare: addCars,
		stopAfterMs: 5000,
	},
	{
		node: 'clarifaiTrain',
		of: 'a training that was cancelled with the run',
		parameters: {
			...training,
			waitForCompletion: true,
			waitOptions: { cancelTrainingOnStop: true },
		},
		prepare: addCars,
		stopAfterMs: 5000,
	},
	{
		node: 'clarifaiTrain',
		of: 'a dry run of values that could not be checked',
		parameters: { ...training, trainingMethod: 'deepFineTuning', dryRun: true },
		prepare({ emulator }) {
			emulator.addModel('cars', { model_type_id: 'unlisted-type' });
			for (const type of emulator.world.modelTypes) type.model_type_fields = [];
		},
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
		parameters: {
			inputType: 'text',
			inputSource: 'text',
			text: 'a red car',
			concepts: ['cat'],
			dataset: locate('id', DEMO.datasetId),
		},
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
		node: 'clarifaiAddInputs',
		of: 'an input whose URL the app has as another input',
		parameters: { inputSource: 'url', url: ADDRESS },
		prepare({ emulator }) {
			emulator.addLabelledInputs(undefined, [{ id: 'other', url: ADDRESS, concepts: ['cat'] }]);
		},
	},
	{
		node: 'clarifaiDeployModel',
		of: 'a deployment',
		parameters: { deploymentId: 'cars-deployment', ...NODEPOOL },
		prepare: trainedCars,
	},
	{
		node: 'clarifaiDeployModel',
		of: 'a deployment that goes over to another version',
		parameters: { deploymentId: 'cars-deployment' },
		async prepare(platform) {
			const options = olderAndNewerCars(platform);
			const parameters = { modelVersionId: locate('id', '={{ $json.older }}'), ...NODEPOOL };
			await platform.run(
				'clarifaiDeployModel',
				{ deploymentId: 'cars-deployment', waitUntilReady: true, ...parameters },
				options,
			);
			return options;
		},
	},
	{
		node: 'clarifaiPredict',
		of: 'concepts',
		parameters: predict(publicModels.classifier),
	},
	{ node: 'clarifaiPredict', of: 'regions', parameters: predict(publicModels.detector) },
	{ node: 'clarifaiPredict', of: 'an embedding', parameters: predict(publicModels.embedder) },
	{ node: 'clarifaiPredict', of: 'a text', parameters: predict(publicModels.captioner) },
	{ node: 'clarifaiPredict', of: 'masks', parameters: predict(publicModels.segmenter) },
	{ node: 'clarifaiPredict', of: 'lines of text', parameters: predict(publicModels.ocr) },
	{ node: 'clarifaiPredict', of: 'colors', parameters: predict(publicModels.color) },
	{ node: 'clarifaiPredict', of: 'a heatmap', ...predictByType('visual-anomaly-heatmap') },
	{ node: 'clarifaiPredict', of: 'a count of objects', ...predictByType('object-counter') },
	{
		node: 'clarifaiPredict',
		of: 'a picture that it makes',
		parameters: predict(publicModels.imageGenerator, {
			inputType: 'text',
			inputSource: 'text',
			text: 'a cat',
		}),
	},
	{
		node: 'clarifaiPredict',
		of: 'the frames of a video',
		parameters: predict(publicModels.segmenter, { inputType: 'video', inputSource: 'binary' }),
		prepare: () => ({ items: [withFile(inMemory(mp4('v'), { mimeType: 'video/mp4' }))] }),
	},
	{
		node: 'clarifaiPredict',
		of: 'nothing that is probable enough',
		parameters: predict(publicModels.classifier, {
			options: { userId: DEMO.publicUserId, appId: DEMO.publicAppId, minValue: 1 },
		}),
	},
	{
		node: 'clarifaiPredict',
		of: 'concepts in a field beside what came in',
		parameters: predict(publicModels.classifier, {
			inputSource: 'binary',
			options: {
				userId: DEMO.publicUserId,
				appId: DEMO.publicAppId,
				putOutputInField: 'said',
				includeInputFields: true,
			},
		}),
		prepare: () => ({ items: pictures('a') }),
	},
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
		...evaluateOnCats,
	},
	{
		node: 'clarifaiEvaluateModel',
		of: 'a version, with a report and figures for each concept',
		parameters: {
			dataset: locate('id', 'held-out'),
			compareWith: 'nothing',
			additionalFields: { perConcept: true, report: true },
		},
		...evaluateOnCats,
	},
	{
		node: 'clarifaiEvaluateModel',
		of: 'a version beside another',
		parameters: {
			dataset: locate('id', 'held-out'),
			compareWith: 'version',
			baselineVersionId: locate('id', '={{ $json.older }}'),
		},
		prepare(platform) {
			addHeldOut(platform);
			return olderAndNewerCars(platform);
		},
	},
];

/** The first item that a showing's node puts out, by whichever output. */
export async function shownItem(
	{ node, parameters, prepare, stopAfterMs }: Showing,
	platform: InProcessSetUp,
): Promise<INodeExecutionData> {
	const options = (await prepare?.(platform)) ?? {};
	if (stopAfterMs === undefined) {
		const { error, outputs } = await platform.run(node, parameters, options);
		expect(error).toBeUndefined();
		return [0, 1, 2].flatMap(outputs)[0];
	}
	const stopped = platform.engine.node(node, parameters);
	const handle = platform.engine.start(chain(stopped));
	platform.time.wakeAfter(stopAfterMs, () => handle.cancel());
	return (await handle.done).outputs(stopped.name)[0];
}

/** The keys of an item and the names of its files, as `file mask`. */
export function namesIn({ json, binary = {} }: INodeExecutionData): string {
	return [...keysOf(json), ...Object.keys(binary).map((name) => `file ${name}`)].join('\n');
}

/** Those inside objects and the first entry of lists, too, as `regions[].top`. */
function keysOf(json: IDataObject): string[] {
	return Object.entries(json).flatMap(([key, value]) => {
		const [list, inside] = Array.isArray(value) ? ['[]', value[0]] : ['', value];
		if (typeof inside !== 'object' || inside === null || OPEN.has(key)) return [key + list];
		return keysOf(inside as IDataObject).map((below) => `${key}${list}.${below}`);
	});
}

/** Their keys are names that Clarifai or the user has given. */
const OPEN = new Set(['params', 'defaults']);
