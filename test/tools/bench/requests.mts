import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { addDatasetVersion } from '../emulator/datasetState.mts';
import { DEMO, demoCredential, startEmulator, type Emulator } from '../emulator/emulator.mts';
import { tinyGif } from '../emulator/tinyGif.mts';
import { chain, createEngine } from '../engine/engine.mts';
import { InProcessHttp } from '../engine/inProcessHttp.mts';
import { repositoryRoot } from '../engine/package.mts';
import { VirtualTime } from '../engine/virtualTime.mts';
import { table } from './table.mts';

const TEMPLATE = 'MMClassification_ResNet_50_RSB_A1';
const PIPELINE_TEMPLATE = 'classifier-pipeline-resnet';

/** One use of a node over a number of items. */
export interface Use {
	node: string;
	use: string;
	type: string;
	parameters: INodeParameters;
	/** The items of a run of this size, after what they need has been put into the emulator. */
	items(emulator: Emulator, count: number): IDataObject[];
	/** How many items go in one request; default 1. */
	batch?: number;
	/** A trigger polls; its "items" are the models of the app. */
	polls?: boolean;
}

const locate = (value: string) => ({ __rl: true, mode: 'id', value });

const times = <T,>(count: number, make: (index: number) => T): T[] =>
	Array.from({ length: count }, (_none, index) => make(index));

const newIds = (_emulator: Emulator, count: number) =>
	times(count, (index) => ({ id: `new-${index}` }));

const addModels = (emulator: Emulator, count: number) =>
	emulator.addModels(count).map(({ message }) => String(message.id));

const models = (emulator: Emulator, count: number) =>
	addModels(emulator, count).map((id) => ({ modelId: id }));

const oneModel = (emulator: Emulator, count: number) => {
	const [id] = addModels(emulator, 1);
	return times(count, () => ({ modelId: id }));
};

/** Items as Clarifai Create Model puts them out. */
const createdModels = (emulator: Emulator, count: number) =>
	addModels(emulator, count).map((id) => ({
		modelId: id,
		modelTypeId: 'visual-classifier',
		userId: DEMO.userId,
		appId: DEMO.appId,
		created: true,
	}));

/** Items as Clarifai Train puts them out. */
const trainings = (emulator: Emulator, count: number) =>
	createdModels(emulator, count).map(({ created, ...item }) => ({
		...item,
		modelVersionId: String(emulator.addTrainedVersion(item.modelId).message.id),
	}));

const workflows = (emulator: Emulator, count: number) =>
	emulator.addWorkflows(count).map(({ message }) => {
		const id = String(message.id);
		return { id, workflowId: id };
	});

/** Pictures at an address each. */
const pictures = (count: number) =>
	times(count, (index) => ({
		name: `picture-${index}`,
		url: `https://pictures.example/${index}.jpg`,
	}));

const newPictures = (_emulator: Emulator, count: number) => pictures(count);

const keptPictures = (emulator: Emulator, count: number) => {
	const items = pictures(count);
	emulator.addLabelledInputs(
		'kept',
		items.map(({ name, url }) => ({ id: name, url, concepts: ['cat'] })),
	);
	return items;
};

/** A dataset of so many labelled pictures, with a version that is there already. */
function addHeldOut(emulator: Emulator, size: number) {
	const app = emulator.app();
	const inputs = times(size, (index) => ({
		id: `held-out-${index}`,
		base64: tinyGif(500_000 + index).toString('base64'),
		concepts: [index % 2 === 0 ? 'rose' : 'tulip'],
	}));
	emulator.addLabelledInputs('held-out', inputs);
	addDatasetVersion(app, app.datasets.get('held-out')!, { id: 'april' }, { seconds: 0 });
}

/** Versions of one model, of which the first one is live in the app's default workflow. */
const rivals = (emulator: Emulator, count: number) => {
	addHeldOut(emulator, HELD_OUT);
	const versions = flowerVersions(emulator, count + 1);
	const [live] = versions;
	const owner = { user_id: DEMO.userId, app_id: DEMO.appId };
	const node = {
		id: 'model',
		model: { id: 'flowers', ...owner, model_version: { id: live.modelVersionId } },
	};
	const app = emulator.app();
	app.saveWorkflow({ id: 'live', nodes: [node] });
	app.message.default_workflow_id = 'live';
	app.message.default_workflow = { id: 'live', ...owner };
	return versions.slice(1);
};

const flowerVersions = (emulator: Emulator, count: number) =>
	times(count, () => {
		emulator.clock.advance(1000);
		const { message } = emulator.addTrainedVersion('flowers', {
			output_info: { data: { concepts: [{ id: 'rose' }, { id: 'tulip' }] } },
		});
		return { modelId: 'flowers', modelVersionId: String(message.id) };
	});

const oneFlowerModel = (emulator: Emulator, count: number) => {
	flowerVersions(emulator, 1);
	return pictures(count);
};

/** Pictures labelled in the dataset that Evaluate Model takes. */
const HELD_OUT = 128;

/** A trained version of a model of its own for each item. */
const containers = (emulator: Emulator, count: number) =>
	times(count, (index) => {
		const modelId = `container-${index}`;
		const { message } = emulator.addContainerVersion(modelId, { concepts: ['rose', 'tulip'] });
		return { modelId, modelVersionId: String(message.id) };
	});

/** The same, deployed. */
const deployed = (emulator: Emulator, count: number) => {
	const items = containers(emulator, count);
	for (const { modelId } of items) emulator.addDeployment(modelId, modelId);
	return items;
};

/** Newer versions of what is deployed. */
const promoted = (emulator: Emulator, count: number) => {
	deployed(emulator, count);
	emulator.clock.advance(1000);
	return containers(emulator, count);
};

const byUrl: INodeParameters = { inputSource: 'url', url: '={{ $json.url }}' };

const evaluation: INodeParameters = {
	dataset: locate('held-out'),
	compareWith: 'nothing',
	additionalFields: { datasetVersionId: locate('april') },
};

const training: INodeParameters = {
	model: locate('={{ $json.modelId }}'),
	template: locate(TEMPLATE),
	concepts: ['cat', 'dog'],
};

const pipeline: INodeParameters = {
	...training,
	trainingMethod: 'pipelineTemplate',
	template: locate(PIPELINE_TEMPLATE),
	dataset: locate(DEMO.datasetId),
	additionalFields: {
		computeCluster: locate(DEMO.computeClusterId),
		nodepool: locate(DEMO.nodepoolId),
	},
};

const workflow: INodeParameters = {
	workflowId: '={{ $json.id }}',
	nodes: {
		node: [
			{
				nodeId: 'model',
				modelId: locate(DEMO.publicModels.classifier),
				modelUserId: DEMO.publicUserId,
				modelAppId: DEMO.publicAppId,
			},
		],
	},
};

export const USES: Use[] = [
	{
		node: 'Add Inputs',
		use: 'new images, processed at the first look',
		type: 'clarifaiAddInputs',
		parameters: byUrl,
		items: newPictures,
		batch: 128,
	},
	{
		node: 'Add Inputs',
		use: 'the same with concepts, into a dataset',
		type: 'clarifaiAddInputs',
		parameters: { ...byUrl, concepts: ['cat'], dataset: locate(DEMO.datasetId) },
		items: newPictures,
		batch: 128,
	},
	{
		node: 'Add Inputs',
		use: 'Skip, images that exist',
		type: 'clarifaiAddInputs',
		parameters: { ...byUrl, inputId: '={{ $json.name }}' },
		items: keptPictures,
		batch: 128,
	},
	{
		node: 'Add Inputs',
		use: 'Skip, images that exist, into a dataset',
		type: 'clarifaiAddInputs',
		parameters: { ...byUrl, inputId: '={{ $json.name }}', dataset: locate(DEMO.datasetId) },
		items: keptPictures,
		batch: 128,
	},
	{
		node: 'Add Inputs',
		use: 'Update, images that exist',
		type: 'clarifaiAddInputs',
		parameters: {
			...byUrl,
			inputId: '={{ $json.name }}',
			concepts: ['dog'],
			ifInputExists: 'update',
		},
		items: keptPictures,
		batch: 128,
	},
	{
		node: 'Create Model',
		use: 'new models',
		type: 'clarifaiCreateModel',
		parameters: { modelId: '={{ $json.id }}' },
		items: newIds,
	},
	{
		node: 'Create Model',
		use: 'Reuse, models that exist',
		type: 'clarifaiCreateModel',
		parameters: { modelId: '={{ $json.modelId }}', ifModelExists: 'reuse' },
		items: models,
	},
	{
		node: 'List Templates',
		use: 'Model Types',
		type: 'clarifaiListTemplates',
		parameters: {},
		items: newIds,
	},
	{
		node: 'List Templates',
		use: 'Pipeline Templates',
		type: 'clarifaiListTemplates',
		parameters: { source: 'pipelineTemplates' },
		items: newIds,
	},
	{
		node: 'Train',
		use: 'one model',
		type: 'clarifaiTrain',
		parameters: training,
		items: oneModel,
	},
	{
		node: 'Train',
		use: 'a model for each item',
		type: 'clarifaiTrain',
		parameters: training,
		items: models,
	},
	{
		node: 'Train',
		use: 'after Create Model',
		type: 'clarifaiTrain',
		parameters: training,
		items: createdModels,
	},
	{
		node: 'Train',
		use: 'after Create Model, without concepts',
		type: 'clarifaiTrain',
		parameters: { ...training, concepts: [] },
		items: createdModels,
	},
	{
		node: 'Train',
		use: 'after Create Model, Dry Run',
		type: 'clarifaiTrain',
		parameters: { ...training, dryRun: true },
		items: createdModels,
	},
	{
		node: 'Train',
		use: 'after Create Model, resumed from one model',
		type: 'clarifaiTrain',
		parameters: { ...training, additionalFields: { resumeFromModelId: locate('trained') } },
		items: (emulator, count) => {
			emulator.addTrainedVersion('trained');
			return createdModels(emulator, count);
		},
	},
	{
		node: 'Train',
		use: 'after Create Model, Wait for Completion, done at the first look',
		type: 'clarifaiTrain',
		parameters: { ...training, waitForCompletion: true },
		items: createdModels,
	},
	{
		node: 'Train',
		use: 'Pipeline Template, a model for each item',
		type: 'clarifaiTrain',
		parameters: pipeline,
		items: models,
	},
	{
		node: 'Train',
		use: 'Pipeline Template, after Create Model',
		type: 'clarifaiTrain',
		parameters: pipeline,
		items: createdModels,
	},
	{
		node: 'Training Status',
		use: 'after Train',
		type: 'clarifaiTrainingStatus',
		parameters: {},
		items: trainings,
	},
	{
		node: 'Training Status',
		use: 'items with IDs only',
		type: 'clarifaiTrainingStatus',
		parameters: {},
		items: (emulator, count) =>
			trainings(emulator, count).map(({ modelId, modelVersionId }) => ({
				modelId,
				modelVersionId,
			})),
	},
	{
		node: 'Training Trigger',
		use: 'one model, one poll',
		type: 'clarifaiTrainingTrigger',
		parameters: { model: locate('watched') },
		items: (emulator, count) => {
			emulator.addTrainedVersion('watched');
			return models(emulator, count);
		},
		polls: true,
	},
	{
		node: 'Training Trigger',
		use: 'all models of the app ("item": each model), one poll',
		type: 'clarifaiTrainingTrigger',
		parameters: {},
		items: models,
		polls: true,
	},
	{
		node: 'Create Workflow',
		use: 'new workflows',
		type: 'clarifaiCreateWorkflow',
		parameters: workflow,
		items: newIds,
	},
	{
		node: 'Create Workflow',
		use: 'Reuse, workflows that exist',
		type: 'clarifaiCreateWorkflow',
		parameters: { ...workflow, ifWorkflowExists: 'reuse' },
		items: workflows,
	},
	{
		node: 'Create Workflow',
		use: 'Update, workflows that exist',
		type: 'clarifaiCreateWorkflow',
		parameters: { ...workflow, ifWorkflowExists: 'update' },
		items: workflows,
	},
	{
		node: 'Update Default Workflow',
		use: 'one workflow',
		type: 'clarifaiUpdateDefaultWorkflow',
		parameters: {},
		items: (emulator, count) => {
			const [item] = workflows(emulator, 1);
			return times(count, () => item);
		},
	},
	{
		node: 'Update Default Workflow',
		use: 'a workflow for each item',
		type: 'clarifaiUpdateDefaultWorkflow',
		parameters: {},
		items: workflows,
	},
	{
		node: 'Evaluate Model',
		use: 'Clarifai, versions of one model, done at the first look',
		type: 'clarifaiEvaluateModel',
		parameters: evaluation,
		items: rivals,
	},
	{
		node: 'Evaluate Model',
		use: 'Clarifai, compared with the live version, done at the first look',
		type: 'clarifaiEvaluateModel',
		parameters: { ...evaluation, compareWith: 'liveVersion' },
		items: rivals,
	},
	{
		node: 'Evaluate Model',
		use: `Predictions over ${HELD_OUT} images, versions of one model`,
		type: 'clarifaiEvaluateModel',
		parameters: { ...evaluation, evaluateWith: 'predictions' },
		items: rivals,
	},
	{
		node: 'Evaluate Model',
		use: `Predictions over ${HELD_OUT} images, compared with the live version`,
		type: 'clarifaiEvaluateModel',
		parameters: { ...evaluation, evaluateWith: 'predictions', compareWith: 'liveVersion' },
		items: rivals,
	},
	{
		node: 'Deploy Model',
		use: 'new deployments',
		type: 'clarifaiDeployModel',
		parameters: { nodepool: locate(DEMO.nodepoolId) },
		items: containers,
	},
	{
		node: 'Deploy Model',
		use: 'Promote, another version runs',
		type: 'clarifaiDeployModel',
		parameters: {},
		items: promoted,
	},
	{
		node: 'Deploy Model',
		use: 'Promote, the version runs already',
		type: 'clarifaiDeployModel',
		parameters: {},
		items: deployed,
	},
	{
		node: 'Predict',
		use: 'a model of the app',
		type: 'clarifaiPredict',
		parameters: { ...byUrl, model: locate('flowers') },
		items: oneFlowerModel,
		batch: 128,
	},
	{
		node: 'Predict',
		use: 'a deployment',
		type: 'clarifaiPredict',
		parameters: {
			...byUrl,
			model: locate('container-0'),
			options: { deploymentId: locate('container-0') },
		},
		items: (emulator, count) => {
			deployed(emulator, 1);
			return pictures(count);
		},
		batch: 128,
	},
	{
		node: 'Predict',
		use: 'a workflow',
		type: 'clarifaiPredict',
		parameters: { ...byUrl, predictWith: 'workflow', workflow: locate('live') },
		items: (emulator, count) => {
			rivals(emulator, 1);
			return pictures(count);
		},
		batch: 32,
	},
];

export type Calls = Record<string, number>;

/** The calls that a use makes once in a run, and those that it makes for each item, or for each batch of them. */
export async function callsOf(use: Use): Promise<{ perRun: Calls; perItem: Calls }> {
	const { batch } = use;
	// A batch counts as one, and is dear to play.
	const [few, many] = batch ? [1, 3] : [2, 5];
	const least = await run(use, few * (batch ?? 1));
	const most = await run(use, many * (batch ?? 1));
	const perRun: Calls = {};
	const perItem: Calls = {};
	for (const call of new Set([...Object.keys(least), ...Object.keys(most)])) {
		const each = ((most[call] ?? 0) - (least[call] ?? 0)) / (many - few);
		const once = (least[call] ?? 0) - few * each;
		if (!Number.isInteger(each)) throw new Error(`${use.use}: ${call} does not grow evenly`);
		if (each > 0) perItem[call] = each;
		if (once > 0) perRun[call] = once;
	}
	return { perRun, perItem };
}

/** How often each call was made in a run over so many items. */
export async function run(use: Use, count: number): Promise<Calls> {
	// Only counted, so that neither sockets nor real time are needed.
	const time = new VirtualTime();
	const http = new InProcessHttp(time);
	const undo = [time.install(repositoryRoot), http.install()];
	try {
		const emulator = await startEmulator({
			trainingSeconds: 0,
			evaluationSeconds: 0,
			processingSeconds: 0,
			listen: false,
			time,
		});
		http.serve(emulator.url, emulator.handle);
		const items = use.items(emulator, count);
		const engine = await createEngine({
			credentials: {
				clarifaiApi: demoCredential(emulator.url),
			},
		});
		const { options = {}, ...own } = use.parameters;
		const parameters = {
			...own,
			options: { ...(options as INodeParameters), maxRequestsPerSecond: 0 },
		};
		if (use.polls) {
			const staticData = {};
			await engine.poll(use.type, parameters, { staticData });
			emulator.requests.length = 0;
			await engine.poll(use.type, parameters, { staticData });
		} else {
			const result = await engine.run(chain(engine.node(use.type, parameters)), {
				items: items.map((json) => ({ json })),
			});
			if (result.error) throw result.error;
		}
		const calls: Calls = {};
		for (const { rpc } of emulator.requests) calls[rpc] = (calls[rpc] ?? 0) + 1;
		return calls;
	} finally {
		undo.forEach((each) => each());
		time.end();
	}
}

/** The table of docs/performance.md. */
export async function requestsTable(): Promise<string> {
	const rows: string[][] = [];
	for (const use of USES) {
		const { perRun, perItem } = await callsOf(use);
		rows.push([use.node, use.use, shown(perItem, use.batch), shown(perRun)]);
	}
	return table(['Node', 'Use', 'For each item', 'Once in a run'], rows);
}

function shown(calls: Calls, batch = 1): string {
	const all = Object.entries(calls);
	const total = all.reduce((sum, [, count]) => sum + count, 0);
	const names = all.map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
	const ofBatch = batch > 1 ? ` for ${batch} items` : '';
	return total === 0 ? '0' : `${total}${ofBatch}: ${names.join(', ')}`;
}
