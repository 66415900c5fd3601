import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeJson } from '../tools/emulator/decodeJson.mts';
import type { Message } from '../tools/emulator/message.mts';
import { loadProtos } from '../tools/emulator/protos.mts';
import { chain } from '../tools/engine/engine.mts';
import { START, valid, waiting } from './pipelineSetup.mts';
import { bodiesOf, callsOf, locate, setUp, type InProcessSetUp } from './setup.mts';

/** What Clarifai's own Python SDK sends: ours says the same, but for what each test names. */

const file = new URL('../tools/emulator/data/samples/sdk-requests.json', import.meta.url);
const { requests } = JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as {
	requests: Array<{ rpc: string; request: Message }>;
};

function decoded(rpc: string, body: unknown): Message {
	const { request } = loadProtos().rpcs.find(({ name }) => name === rpc)!;
	return decodeJson(request, body);
}

/** The SDK's requests of a kind, as messages. */
const theirs = (rpc: string) =>
	requests.filter((each) => each.rpc === rpc).map(({ request }) => decoded(rpc, request));

const ours = ({ emulator }: InProcessSetUp, rpc: string) =>
	bodiesOf(emulator, rpc).map((body) => decoded(rpc, body));

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
});

it.each(theirs('PostModels').flatMap(({ models }) => models as Message[]))(
	'a model, $id of type $model_type_id',
	async (expected) => {
		await platform.run('clarifaiCreateModel', {
			modelId: expected.id as string,
			modelType: locate('id', expected.model_type_id as string),
		});

		const [{ model, models = [model] }] = ours(platform, 'PostModels');
		expect(models).toEqual([expected]);
	},
);

it('a training, with the dataset also where the proto has it', async () => {
	const [{ model_id: modelId, model_versions: versions }] = theirs('PostModelVersions');
	const [{ output_info, train_info }] = versions as Message[];
	const params = train_info.params as Message;
	const { template, dataset_id: datasetId, dataset_version_id: versionId, ...rest } = params;
	const concepts = output_info.data.concepts as Message[];
	platform.emulator.addModel(modelId as string);

	const { error } = await platform.run('clarifaiTrain', {
		model: locate('id', modelId as string),
		template: locate('id', template as string),
		specifyHyperparameters: 'json',
		hyperparametersJson: JSON.stringify(rest),
		concepts: concepts.map(({ id }) => id as string),
		dataset: locate('id', datasetId as string),
		datasetVersion: locate('id', versionId as string),
	});

	expect(error).toBeUndefined();
	const [{ model_versions: sent }] = ours(platform, 'PostModelVersions');
	const dataset = { id: datasetId, version: { id: versionId } };
	expect(sent).toEqual([{ output_info, train_info: { params, dataset } }]);
});

it('a default workflow, with its ID also in the form of the guide', async () => {
	const [{ app, action }] = theirs('PatchApp');
	const { id, user_id: userId, app_id: appId } = app.default_workflow as Record<string, string>;

	const { error } = await platform.run('clarifaiUpdateDefaultWorkflow', {
		workflow: locate('url', `https://clarifai.com/${userId}/${appId}/workflows/${id}`),
		reindex: true,
	});

	expect(error).toBeUndefined();
	const [sent] = ours(platform, 'PatchApps');
	expect(sent).toEqual({ action, apps: [{ ...app, default_workflow_id: id }], reindex: true });
});

/** The SDK sends each model as it was shown to it; which one is meant says its ID, version and owner. */
function whichNodes(nodes: Message[]): Message[] {
	return nodes.map(({ id, model, node_inputs: inputs = [] }) => ({
		id,
		inputs: (inputs as Message[]).map(({ node_id: nodeId }) => nodeId as string),
		model: [model.user_id, model.app_id, model.id, model.model_version?.id],
	}));
}

it('a workflow', async () => {
	const [{ workflows }] = theirs('PostWorkflows');
	const [{ id, nodes }] = workflows as Message[];

	const { error } = await platform.run('clarifaiCreateWorkflow', {
		workflowId: id as string,
		nodes: {
			node: (nodes as Message[]).map(({ id: nodeId, model, node_inputs: inputs = [] }) => ({
				nodeId,
				modelId: model.id as string,
				modelVersionId: model.model_version.id as string,
				modelUserId: model.user_id as string,
				modelAppId: model.app_id as string,
				inputs: (inputs as Message[]).map(({ node_id }) => node_id as string).join(', '),
			})),
		},
	});

	expect(error).toBeUndefined();
	const [sent] = ours(platform, 'PostWorkflows');
	expect(sent.workflows).toMatchObject([{ id }]);
	expect(whichNodes(sent.workflows[0].nodes)).toEqual(whichNodes(nodes));
});

it('a run of a pipeline, with all values that the template requires', async () => {
	const [expected] = theirs(START);
	const [{ id: nodepool, compute_cluster: cluster }] = expected.nodepools as Message[];
	platform.emulator.addNodepool(cluster.id as string, nodepool as string);
	const argumentsOf = ({ input_args_override: override }: Message) =>
		override.argo_args_override.parameters as Message[];
	const named = Object.fromEntries(
		argumentsOf(expected).map(({ name, value }) => [name as string, value as string]),
	);

	const { error } = await platform.run(
		'clarifaiTrain',
		valid({
			model: locate('id', named.model_id),
			template: locate('id', expected.pipeline_template_name as string),
			concepts: JSON.parse(named.concepts) as string[],
			dataset: locate('id', named.dataset_id),
			additionalFields: {
				nodepool: locate('id', nodepool as string),
				computeCluster: locate('id', cluster.id as string),
			},
		}),
	);

	expect(error).toBeUndefined();
	const [sent] = ours(platform, START);
	expect(sent.nodepools).toEqual(expected.nodepools);
	expect(argumentsOf(sent)).toEqual(expect.arrayContaining(argumentsOf(expected)));
});

it('the cancelling of a run', async () => {
	const cancelling: InProcessSetUp = await setUp({
		trainingSeconds: 1000,
		onRequest: ({ rpc }) => {
			if (rpc === 'GetPipelineVersionRun') cancelling.time.wakeAfter(20, () => handle.cancel());
		},
	});
	const train = valid(waiting({ cancelTrainingOnStop: true }));
	const handle = cancelling.engine.start(chain(cancelling.engine.node('clarifaiTrain', train)));

	await handle.done;

	// Paused, resumed, cancelled: no node does the first two.
	const [, , { action, pipeline_version_runs: runs }] = theirs('PatchPipelineVersionRuns');
	const [{ orchestration_status }] = runs as Message[];
	const id = expect.any(String) as string;
	expect(ours(cancelling, 'PatchPipelineVersionRuns')).toEqual([
		{ action, pipeline_version_runs: [{ id, orchestration_status }] },
	]);
	// These say all in their paths.
	expect(callsOf(cancelling.emulator)).toEqual(
		expect.arrayContaining(['GET ListPipelineTemplates', 'GET GetPipelineVersionRun']),
	);
});

/** Runs of a pipeline that is there already; every training here makes a pipeline of its own. */
const WITHOUT_COUNTERPART = ['PostPipelineVersionRuns'];

it('nothing else can be compared', () => {
	expect(new Set(requests.map(({ rpc }) => rpc))).toEqual(
		new Set([
			'PostModels',
			'PostModelVersions',
			'PatchApp',
			'PostWorkflows',
			START,
			'PatchPipelineVersionRuns',
			// Look-ups.
			'ListPipelineTemplates',
			'GetPipelineVersionRun',
			'ListPipelineVersionRuns',
			...WITHOUT_COUNTERPART,
		]),
	);
});
