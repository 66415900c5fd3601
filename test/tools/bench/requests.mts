import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { DEMO, demoCredential, startEmulator, type Emulator } from '../emulator/emulator.mts';
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
];

export type Calls = Record<string, number>;

/** The calls that a use makes once in a run, and those that it makes for each item. */
export async function callsOf(use: Use): Promise<{ perRun: Calls; perItem: Calls }> {
	const two = await run(use, 2);
	const five = await run(use, 5);
	const perRun: Calls = {};
	const perItem: Calls = {};
	for (const call of new Set([...Object.keys(two), ...Object.keys(five)])) {
		const each = ((five[call] ?? 0) - (two[call] ?? 0)) / 3;
		const once = (two[call] ?? 0) - 2 * each;
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
		const emulator = await startEmulator({ trainingSeconds: 0, listen: false, time });
		http.serve(emulator.url, emulator.handle);
		const items = use.items(emulator, count);
		const engine = await createEngine({
			credentials: {
				clarifaiApi: demoCredential(emulator.url),
			},
		});
		const parameters = { ...use.parameters, options: { maxRequestsPerSecond: 0 } };
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
		rows.push([use.node, use.use, shown(perItem), shown(perRun)]);
	}
	return table(['Node', 'Use', 'For each item', 'Once in a run'], rows);
}

function shown(calls: Calls): string {
	const all = Object.entries(calls);
	const total = all.reduce((sum, [, count]) => sum + count, 0);
	const names = all.map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
	return total === 0 ? '0' : `${total}: ${names.join(', ')}`;
}
