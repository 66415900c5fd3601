import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { INodeParameters } from 'n8n-workflow';
import { decodeJson } from '../tools/emulator/decodeJson.mts';
import type { Message } from '../tools/emulator/message.mts';
import { setValueAt, valueAt } from '../tools/emulator/paths.mts';
import { loadProtos } from '../tools/emulator/protos.mts';
import type { RecordedRequest } from '../tools/emulator/requests.mts';
import { chain } from '../tools/engine/engine.mts';
import { ON_NODEPOOL, START, waiting } from './pipelineSetup.mts';
import { DEMO, locate, setUp, type InProcessSetUp } from './setup.mts';

/**
 * What Clarifai's own Python SDK sends: ours says the same, but for the differences that each test names.
 * Both are read by the protos, with what the path says.
 */

interface Recorded {
	rpc: string;
	request: Message;
}

const file = new URL('../tools/emulator/data/samples/sdk-requests.json', import.meta.url);
const { requests } = JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as {
	requests: Recorded[];
};

/** Of these, only what is in `THEIRS` is compared. */
const NOT_COMPARED: Record<string, string> = {
	PatchPipelineVersionRuns: 'pausing and resuming: no node does',
	PostPipelineVersionRuns: 'a further run of a pipeline: no node starts one, Train makes pipelines',
	ListPipelineVersionRuns: 'the same list in pages of another size',
};

const compared = new Set<Recorded>();

const recorded = (rpc: string, matches: (request: Message) => boolean = () => true): Message => {
	const found = requests.find((each) => each.rpc === rpc && matches(each.request))!;
	compared.add(found);
	return decoded(rpc, found.request);
};

function decoded(rpc: string, request: unknown): Message {
	return decodeJson(loadProtos().rpcs.find(({ name }) => name === rpc)!.request, request);
}

const ofType = (modelType: string) =>
	recorded('PostModels', ({ models }) => models[0].model_type_id === modelType);

const THEIRS = {
	model: { 'visual-classifier': ofType('visual-classifier'), nonsense: ofType('nonsense') },
	modelVersion: recorded('PostModelVersions'),
	templates: recorded('ListPipelineTemplates'),
	run: recorded(START),
	look: recorded('GetPipelineVersionRun'),
	cancel: recorded(
		'PatchPipelineVersionRuns',
		({ pipeline_version_runs: [run] }) => run.orchestration_status.status.code === 'JOB_CANCELLED',
	),
	workflow: recorded('PostWorkflows'),
	app: recorded('PatchApp'),
};

/** A request of ours as the server takes it: the body, and the fields that are in the path. */
function seen({ rpc, method, path, body = {} }: RecordedRequest): Message {
	const { bindings } = loadProtos().rpcs.find(({ name }) => name === rpc)!;
	const inPath = bindings
		.filter((binding) => binding.method === method)
		.map((binding) => fieldsOf(binding.path, path))
		.find((fields) => fields !== undefined);
	const message = structuredClone(body) as Message;
	for (const [name, value] of inPath!) setValueAt(message, name, value);
	return decoded(rpc, message);
}

function fieldsOf(pattern: string, path: string): Array<[string, string]> | undefined {
	const [wanted, given] = [pattern.split('/'), path.split('/')];
	const fits = wanted.every((part, index) => part.startsWith('{') || part === given[index]);
	if (!fits || wanted.length !== given.length) return undefined;
	return wanted.flatMap(
		(part, index): Array<[string, string]> =>
			part.startsWith('{') ? [[part.slice(1, -1), decodeURIComponent(given[index])]] : [],
	);
}

/** A message without what only one side says. Each of these must be there, or it is no difference any more. */
function without(message: Message, ...paths: string[]): Message {
	const rest = structuredClone(message);
	for (const path of paths) {
		const [, parent, name] = /^(?:(.*)\.)?([^.]+)$/.exec(path)!;
		const holder = (parent === undefined ? rest : valueAt(rest, parent)) as Message | undefined;
		expect(holder).toHaveProperty(name);
		delete holder![name];
	}
	return rest;
}

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp({ trainingSeconds: 1000 });
});

const oursTo = (rpc: string) => seen(platform.emulator.requests.find((each) => each.rpc === rpc)!);

describe('Create Model', () => {
	it.each(['visual-classifier', 'nonsense'] as const)('of type %s', async (modelType) => {
		const theirs = THEIRS.model[modelType];

		const { error } = await platform.run('clarifaiCreateModel', {
			modelId: theirs.models[0].id as string,
			modelType: locate('id', modelType),
		});

		// The type is left to Clarifai, which refuses it.
		expect(error !== undefined).toBe(modelType === 'nonsense');
		expect(oursTo('PostModels')).toEqual(theirs);
	});
});

describe('Train', () => {
	it('a model version', async () => {
		const theirs = THEIRS.modelVersion;
		const [{ train_info, output_info }] = theirs.model_versions;
		const { template, dataset_id, dataset_version_id, ...hyperparameters } = train_info.params;
		platform.emulator.addModel(theirs.model_id as string);

		const { error } = await platform.run('clarifaiTrain', {
			model: locate('id', theirs.model_id as string),
			template: locate('list', template as string),
			specifyHyperparameters: 'json',
			hyperparametersJson: JSON.stringify(hyperparameters),
			dataset: locate('list', dataset_id as string),
			datasetVersion: locate('list', dataset_version_id as string),
			concepts: output_info.data.concepts.map(({ id }: Message) => id as string),
		});

		expect(error).toBeUndefined();
		const ours = oursTo('PostModelVersions');
		// The proto has a message for the dataset, of which the SDK knows nothing: ours fills both.
		expect(without(ours, 'model_versions.0.train_info.dataset')).toEqual(theirs);
		expect(ours.model_versions[0].train_info.dataset).toEqual({
			id: dataset_id,
			version: { id: dataset_version_id },
		});
	});

	const parametersOf = (request: Message) =>
		Object.fromEntries(
			(request.input_args_override.argo_args_override.parameters as Message[]).map(
				({ name, value }) => [name, value],
			),
		) as Record<string, string>;

	/** What the recorded run was started with, for the node. */
	function asRecorded(theirs: Message): INodeParameters {
		const { model_id, dataset_id, concepts } = parametersOf(theirs);
		return {
			model: locate('id', model_id),
			template: locate('id', theirs.pipeline_template_name as string),
			dataset: locate('id', dataset_id),
			datasetVersion: locate('id', DEMO.datasetVersionId),
			concepts: JSON.parse(concepts) as string[],
			specifyHyperparameters: 'json',
			hyperparametersJson: '{}',
			additionalFields: { computeCluster: locate('id', 'cc'), nodepool: locate('id', 'np') },
		};
	}

	it('with a pipeline template', async () => {
		const theirs = THEIRS.run;
		platform.emulator.addNodepool('cc', 'np');

		const { error } = await platform.run('clarifaiTrain', asRecorded(theirs));

		expect(error).toBeUndefined();
		const ours = oursTo(START);
		const OVERRIDE = 'input_args_override';
		// An ID of ours, by which a run whose answer was lost is found.
		expect(without(ours, 'pipeline_id', OVERRIDE)).toEqual(without(theirs, OVERRIDE));
		const [our, their] = [ours, theirs].map(parametersOf);
		expect(our).toMatchObject(their);
		const more = Object.keys(our).filter((name) => !(name in their));
		expect(more).toEqual([
			// Train makes or names a version: the template calls it required.
			'dataset_version_id',
			// All of its parameters are, so all go out, with the template's defaults.
			'num_epochs',
			'batch_size',
			'image_size',
			'per_item_lrate',
			'weight_decay',
			'per_item_min_lrate',
			'warmup_iters',
			'warmup_ratio',
			'flip_probability',
			'flip_direction',
			'concepts_mutually_exclusive',
			'pretrained_weights',
			'seed',
		]);
	});

	it('asks for pipeline templates', async () => {
		const theirs = THEIRS.templates;

		await platform.engine
			.loadOptions('clarifaiTrain', { trainingMethod: 'pipelineTemplate' })
			.listSearch('searchTemplates');

		const { query } = platform.emulator.requests.find(
			({ rpc }) => rpc === 'ListPipelineTemplates',
		)!;
		const { request } = loadProtos().rpcs.find(({ name }) => name === 'ListPipelineTemplates')!;
		const { pipeline_template_type: type } = query;
		expect(decodeJson(request, { pipeline_template_type: [type] })).toEqual(theirs);
		expect(Object.keys(query)).toEqual(['pipeline_template_type']);
	});

	it('looks at a pipeline run, and cancels it', async () => {
		const { look, cancel } = THEIRS;
		const node = platform.engine.node('clarifaiTrain', {
			...asRecorded(THEIRS.run),
			...waiting({ cancelTrainingOnStop: true }),
			additionalFields: ON_NODEPOOL,
		});
		const handle = platform.engine.start(chain(node));
		const isSeen = ({ rpc }: RecordedRequest) => rpc === 'GetPipelineVersionRun';
		while (!platform.emulator.requests.some(isSeen)) await platform.time.sleep(10);
		handle.cancel();
		await handle.done;

		const ourLook = oursTo('GetPipelineVersionRun');
		const ourCancel = oursTo('PatchPipelineVersionRuns');
		const [run] = cancel.pipeline_version_runs;
		expect(run.orchestration_status.status.code).toBe(64004);
		// The IDs are those of another pipeline and another run.
		const { pipeline_id, pipeline_version_id, pipeline_version_run_id } = ourLook;
		expect(ourLook).toEqual({ ...look, pipeline_id, pipeline_version_id, pipeline_version_run_id });
		expect(ourCancel).toEqual({
			...cancel,
			pipeline_id,
			pipeline_version_id,
			pipeline_version_runs: [{ ...run, id: pipeline_version_run_id }],
		});
	});
});

it('Create Workflow', async () => {
	const theirs = THEIRS.workflow;
	const [workflow] = theirs.workflows;
	const main = platform.emulator.app(DEMO.publicUserId, DEMO.publicAppId);
	for (const { model } of workflow.nodes) {
		main.addTrainedVersion(main.models.get(model.id as string)!, { id: model.model_version.id });
	}

	const { error } = await platform.run('clarifaiCreateWorkflow', {
		workflowId: workflow.id as string,
		nodes: {
			node: (workflow.nodes as Message[]).map(({ id, model, node_inputs = [] }) => ({
				nodeId: id as string,
				modelId: locate('id', model.id as string),
				modelUserId: model.user_id as string,
				modelAppId: model.app_id as string,
				modelVersionId: locate('id', model.model_version.id as string),
				inputs: node_inputs.map(({ node_id }: Message) => node_id as string).join(', '),
			})),
		},
	});

	expect(error).toBeUndefined();
	// The SDK sends the models back whole, as it has fetched them. Which model it is follows from its ID,
	// its owner and its version; the rest is the server's to say.
	const fetched = [
		'name',
		'created_at',
		'modified_at',
		'model_type_id',
		'visibility',
		'version_count',
	];
	const fetchedOfVersion = [
		'created_at',
		'modified_at',
		'completed_at',
		'status',
		'visibility',
		'app_id',
		'user_id',
		'train_log',
	];
	const places = [0, 1].flatMap((index) => {
		const model = `workflows.0.nodes.${index}.model`;
		return [
			...fetched.map((name) => `${model}.${name}`),
			...fetchedOfVersion.map((name) => `${model}.model_version.${name}`),
		];
	});
	expect(oursTo('PostWorkflows')).toEqual(without(theirs, ...places));
});

it('Update Default Workflow', async () => {
	const theirs = THEIRS.app;
	const { id, user_id, app_id } = theirs.app.default_workflow as Record<string, string>;
	const app = platform.emulator.app();
	app.message.default_workflow = { id: 'before', user_id: DEMO.userId, app_id: DEMO.appId };

	const { error } = await platform.run('clarifaiUpdateDefaultWorkflow', {
		workflow: locate('url', `https://clarifai.com/${user_id}/${app_id}/workflows/${id}`),
	});

	expect(error).toBeUndefined();
	const ours = oursTo('PatchApps');
	// The call for several apps, which is the guide's; the app is in its list, and not in its path.
	expect(Object.keys(ours).sort()).toEqual(['action', 'apps', 'user_app_id']);
	expect(ours.action).toBe(theirs.action);
	expect(ours.user_app_id).toEqual(without(theirs.user_app_id as Message, 'app_id'));
	// The guide's field, for platforms that do not know the current one.
	expect(ours.apps.map((each: Message) => without(each, 'default_workflow_id'))).toEqual([
		theirs.app,
	]);
	expect(ours.apps[0].default_workflow_id).toBe(id);
});

test('each recorded request is compared, or named with the reason why not', () => {
	const left = requests.filter((each) => !compared.has(each)).map(({ rpc }) => rpc);

	expect([...new Set(left)].sort()).toEqual(Object.keys(NOT_COMPARED).sort());
	expect(requests.filter(({ rpc }) => rpc === 'PatchPipelineVersionRuns')).toHaveLength(3);
	expect(left.filter((rpc) => rpc === 'PatchPipelineVersionRuns')).toHaveLength(2);
});
