import { createRequire } from 'node:module';
import protobuf from 'protobufjs';
import resources from 'clarifai-nodejs-grpc/proto/clarifai/api/resources_pb';
import service from 'clarifai-nodejs-grpc/proto/clarifai/api/service_pb';
import status from 'clarifai-nodejs-grpc/proto/clarifai/api/status/status_pb';
import { decodeJson } from '../../emulator/decodeJson.mts';
import { DEMO, startEmulator } from '../../emulator/emulator.mts';
import type { Emulator } from '../../emulator/emulator.mts';
import { handlers } from '../../emulator/handlers/index.mts';
import { binaryToJson, jsonToBinary } from '../../emulator/jsonToProtobuf.mts';
import type { Message } from '../../emulator/message.mts';
import { isNewerField } from '../../emulator/newerFields.mts';
import { loadProtos } from '../../emulator/protos.mts';
import {
	NODEPOOLS,
	overriding,
	PIPELINE_TEMPLATE,
	TEMPLATE,
	TestClient,
	VALID_TRAINING,
} from '../../emulator/testClient.mts';

/** Our reading of the protos against the message classes that Clarifai generated and publishes. */

const protos = loadProtos();

interface GeneratedMessage {
	toObject(): Message;
	serializeBinary(): Uint8Array;
}

/** The Struct class that the generated classes use; it is their dependency, not ours. */
function structClass() {
	const require = createRequire(import.meta.url);
	const inPackage = createRequire(require.resolve('clarifai-nodejs-grpc'));
	return inPackage('google-protobuf/google/protobuf/struct_pb.js').Struct;
}

describe("requests built with Clarifai's classes", () => {
	function trainingRequest() {
		const params = { template: TEMPLATE, num_epochs: 10, nested: [{ flag: true }, null, 'text'] };
		const concepts = ['ferrari', 'outdoors'].map((id) =>
			new resources.Concept().setId(id).setValue(1),
		);
		const resumed = new resources.Model()
			.setId('m')
			.setModelVersion(new resources.ModelVersion().setId('0123'));
		const version = new resources.ModelVersion()
			.setDescription('a version')
			.setVisibility(new resources.Visibility().setGettable(resources.Visibility.Gettable.PUBLIC))
			.setOutputInfo(
				new resources.OutputInfo().setData(new resources.Data().setConceptsList(concepts)),
			)
			.setTrainInfo(
				new resources.TrainInfo()
					.setParams(structClass().fromJavaScript(params))
					.setDataset(new resources.Dataset().setId(DEMO.datasetId))
					.setResumeFromModel(resumed),
			);
		const request = new service.PostModelVersionsRequest()
			.setUserAppId(new resources.UserAppIDSet().setUserId('u').setAppId('a'))
			.setModelId('m')
			.setDescription('a run')
			.setDoMigration(true)
			.setModelVersionsList([version]);
		const json = {
			user_app_id: { user_id: 'u', app_id: 'a' },
			model_id: 'm',
			description: 'a run',
			do_migration: true,
			model_versions: [
				{
					description: 'a version',
					visibility: { gettable: 50 },
					output_info: {
						data: {
							concepts: [
								{ id: 'ferrari', value: 1 },
								{ id: 'outdoors', value: 1 },
							],
						},
					},
					train_info: {
						params,
						dataset: { id: DEMO.datasetId },
						resume_from_model: { id: 'm', model_version: { id: '0123' } },
					},
				},
			],
		};
		return { request: request as unknown as GeneratedMessage, json };
	}

	test('are read as the JSON they stand for', () => {
		const { request, json } = trainingRequest();
		const type = protos.type('PostModelVersionsRequest');
		expect(binaryToJson(type, request.serializeBinary())).toEqual(json);
		expect(decodeJson(type, json)).toEqual(json);
	});

	test('equal the messages made from the JSON', () => {
		const { request, json } = trainingRequest();
		const binary = jsonToBinary(protos.type('PostModelVersionsRequest'), json);
		const read = service.PostModelVersionsRequest.deserializeBinary(binary);
		expect((read as unknown as GeneratedMessage).toObject()).toEqual(request.toObject());
	});

	test('are taken by the emulator', async () => {
		const emulator = await startEmulator();
		const client = new TestClient(emulator);
		emulator.addModel('m', { model_type_id: 'embedding-classifier' });
		const resumedId = emulator.addTrainedVersion('m').message.id as string;
		const { json } = trainingRequest();
		json.model_versions[0]!.train_info.resume_from_model.model_version.id = resumedId;
		const { user_app_id: _inPath, model_id: _alsoInPath, ...body } = json;
		expect((await client.post('/models/m/versions', body)).code).toBe(10000);
		await emulator.close();
	});
});

describe('answers', () => {
	let emulator: Emulator;
	let client: TestClient;
	/** One answer of every call the emulator implements. */
	const answers = new Map<string, Message>();

	beforeAll(async () => {
		emulator = await startEmulator();
		client = new TestClient(emulator);
		await visitEveryCall();
	});

	afterAll(() => emulator.close());

	async function visit(method: string, path: string, body?: unknown) {
		const { json } = await client.send(method, path, body);
		answers.set(emulator.requests.at(-1)!.rpc, json);
		return json;
	}

	async function visitEveryCall() {
		const user = `/v2/users/${DEMO.userId}`;
		await visit('POST', '/models', {
			models: [{ id: 'm', model_type_id: 'visual-classifier', metadata: { a: [1, null] } }],
		});
		const trained = await visit('POST', '/models/m/versions', { model_versions: [VALID_TRAINING] });
		const version = `/models/m/versions/${trained.model.model_version.id}`;
		const training = { model_versions: [VALID_TRAINING] };
		await visit('POST', '/models/m/versions/time_estimate', training);
		await visit('GET', version);
		emulator.clock.advance(60_000);
		for (const path of ['', '/versions', '/output_info', '/concepts']) {
			await visit('GET', `/models/m${path}`);
		}
		await visit('GET', '/models');
		await visit('GET', '/models/types');
		await visit('GET', '/models/types/visual-detector');
		await visitWorkflowsAndApp(user);
		await visitPipelines();
		await visitData();
		await visitDeployments(user);
		await visitPredictions();
		await visitEvaluations();
		for (const path of [user, `${user}/myscopes`, '/v2/myscopesroot', '/myscopes']) {
			await visit('GET', path);
		}
		await visit('GET', '/v2/status_codes');
		await visit('GET', '/v2/status_codes/21100');
		await visit('DELETE', version);
		await visit('DELETE', '/models/m');
	}

	async function visitWorkflowsAndApp(user: string) {
		const workflow = { id: 'w', nodes: [{ id: 'n', model: { id: 'm' } }] };
		await visit('POST', '/workflows', { workflows: [workflow] });
		await visit('PATCH', '/workflows', { action: 'overwrite', workflows: [workflow] });
		await visit('GET', '/workflows');
		const { version } = (await visit('GET', '/workflows/w')).workflow;
		await visit('GET', '/workflows/w/versions');
		await visit('GET', `/workflows/w/versions/${version.id}`);
		const patch = { id: DEMO.appId, default_workflow_id: 'w' };
		await visit('PATCH', `${user}/apps`, { action: 'overwrite', apps: [patch] });
		await visit('PATCH', '', { action: 'overwrite', app: patch });
		await visit('GET', '');
		await visit('GET', `${user}/apps`);
		await visit('DELETE', '/workflows/w');
	}

	async function visitPipelines() {
		const values = {
			user_id: DEMO.userId,
			app_id: DEMO.appId,
			model_id: 'm',
			dataset_id: DEMO.datasetId,
		};
		const runFields = { nodepools: NODEPOOLS, input_args_override: overriding(values) };
		await visit('GET', '/v2/pipeline_templates');
		const { pipeline, pipeline_version_run } = await visit(
			'POST',
			`/pipeline_templates/${PIPELINE_TEMPLATE}/pipeline_version_runs`,
			runFields,
		);
		const path = `/pipelines/${pipeline.id}`;
		const version = `${path}/versions/${pipeline.pipeline_version.id}`;
		const run = `${version}/runs/${pipeline_version_run.id}`;
		for (const list of ['/pipelines', path, `${path}/versions`, version, `${version}/runs`]) {
			await visit('GET', list);
		}
		await visit('GET', `${run}/pipeline.version.run/logs`);
		await visit('POST', `${version}/runs`, { pipeline_version_runs: [runFields] });
		const cancelled = { orchestration_status: { status: { code: 64004 } } };
		await visit('PATCH', `${version}/runs`, {
			action: 'overwrite',
			pipeline_version_runs: [{ id: pipeline_version_run.id, ...cancelled }],
		});
		await visit('GET', run);
	}

	async function visitData() {
		await visitInputs();
		await visitDatasets();
		await visit('POST', '/concepts', { concepts: [{ id: 'bird', metadata: { wings: 2 } }] });
		await visit('PATCH', '/concepts', {
			action: 'overwrite',
			concepts: [{ id: 'bird', name: 'Bird' }],
		});
		await visit('POST', '/concepts/searches', { concept_query: { name: 'b*' } });
		for (const path of ['/concepts', '/concepts/cat', '/concepts/status']) {
			await visit('GET', path);
		}
	}

	async function visitInputs() {
		const box = { top_row: 0.1, left_col: 0.2, bottom_row: 0.5, right_col: 0.6 };
		const data = {
			image: { url: 'https://samples.clarifai.com/puppy.jpeg' },
			concepts: [{ id: 'dog' }, { id: 'cat', value: 0 }],
			regions: [{ region_info: { bounding_box: box }, data: { concepts: [{ id: 'dog' }] } }],
			metadata: { order: 17 },
			geo: { geo_point: { longitude: 55, latitude: 66 } },
		};
		await visit('POST', '/inputs', { inputs: [{ id: 'i', data }], inputs_add_job_id: 'job' });
		await visit('PATCH', '/inputs', { action: 'merge', inputs: [{ id: 'i', data: {} }] });
		emulator.clock.advance(60_000);
		const paths = ['', '/i', '/stream', '/status', '/jobs/add', '/jobs/add/job'];
		for (const path of paths) await visit('GET', `/inputs${path}`);
		await visit('PATCH', '/inputs/jobs/add/job', {});
		await visit('POST', '/annotations', {
			annotations: [{ input_id: 'i', data: { concepts: [{ id: 'cat', value: 1 }] } }],
		});
	}

	async function visitDatasets() {
		await visit('POST', '/datasets', { datasets: [{ id: 'd', metadata: { a: 1 } }] });
		await visit('PATCH', '/datasets', {
			action: 'overwrite',
			datasets: [{ id: 'd', description: 'x' }],
		});
		await visit('POST', '/datasets/d/inputs', { dataset_inputs: [{ input: { id: 'i' } }] });
		await visit('POST', '/datasets/d/versions', { dataset_versions: [{ id: 'v' }] });
		emulator.clock.advance(60_000);
		await visit('PUT', '/datasets/d/versions/v/exports', { exports: [{ format: 3 }] });
		emulator.clock.advance(60_000);
		const paths = ['', '/versions', '/versions/v', '/versions/v/metrics', '/inputs', '/inputs/i'];
		for (const path of ['/datasets', ...paths.map((end) => `/datasets/d${end}`)]) {
			await visit('GET', path);
		}
		await visit('DELETE', '/datasets/d/inputs', { input_ids: ['i'] });
		await visit('DELETE', '/datasets/d/versions', { dataset_version_ids: ['v'] });
		await visit('DELETE', '/datasets', { dataset_ids: ['d'] });
		await visit('DELETE', '/inputs/i');
		await visit('DELETE', '/inputs', { ids: ['i'] });
	}

	async function visitDeployments(user: string) {
		const cluster = `${user}/compute_clusters/${DEMO.computeClusterId}`;
		for (const path of [`${user}/compute_clusters`, cluster, `${cluster}/nodepools`]) {
			await visit('GET', path);
		}
		await visit('GET', `${cluster}/nodepools/${DEMO.nodepoolId}`);
		await visit('GET', '/v2/cloud_providers/aws/regions/us-east-1/instance_types');
		const worker = { model: { id: 'm', user_id: DEMO.userId, app_id: DEMO.appId } };
		const deployment = { id: 'd', worker, deployment_nodepools: [{ id: DEMO.nodepoolId }] };
		await visit('POST', `${user}/deployments`, { deployments: [deployment] });
		await visit('PATCH', `${user}/deployments`, {
			action: 'overwrite',
			deployments: [{ id: 'd', desired_worker: worker, status: 1, graceful_deploy: true }],
		});
		await visit('GET', `${user}/deployments`);
		await visit('GET', `${user}/deployments/d`);
		const { runners } = await visit('GET', `${user}/runners`);
		await visit('GET', `${user}/runners/${runners[0].id}`);
		await visit('DELETE', `${user}/deployments`, { ids: ['d'] });
	}

	async function visitPredictions() {
		const inputs = [{ data: { image: { url: 'https://example.com/a.png' } } }];
		const model = { id: DEMO.publicModels.captioner, user_id: 'clarifai', app_id: 'main' };
		await visit('POST', `/v2/users/clarifai/apps/main/models/${model.id}/outputs`, { inputs });
		await visit('POST', '/workflows', { workflows: [{ id: 'w', nodes: [{ id: 'n', model }] }] });
		await visit('POST', '/workflows/w/results', { inputs, workflow_state: { id: 'init' } });
	}

	async function visitEvaluations() {
		const labelled = ['cat', 'dog'].map((id) => ({
			url: `https://example.com/${id}.png`,
			concepts: [id],
		}));
		emulator.addLabelledInputs(DEMO.datasetId, labelled);
		const versionId = emulator.addTrainedVersion('evaluated').message.id as string;
		const version = `/models/evaluated/versions/${versionId}`;
		const model = { id: 'evaluated', model_version: { id: versionId } };
		const eval_metrics = [{ id: 'e', model, ground_truth_dataset: { id: DEMO.datasetId } }];
		await visit('POST', '/evaluations', { eval_metrics });
		await visit('POST', `${version}/metrics`, {});
		await visit('POST', `${version}/evaluations`, { eval_metrics: [{ id: 'old' }] });
		emulator.clock.advance(60_000);
		const fields = ['confusion_matrix', 'cooccurrence_matrix', 'label_counts', 'binary_metrics'];
		const query = [...fields, 'test_set'].map((field) => `fields.${field}=true`).join('&');
		for (const path of ['/evaluations', `${version}/evaluations`]) await visit('GET', path);
		await visit('GET', `/evaluations/e?${query}`);
		await visit('GET', `${version}/metrics?${query}`);
		await visit('GET', `${version}/evaluations/old?${query}`);
	}

	test('there is one of every call the emulator implements', () => {
		expect([...answers.keys()].sort()).toEqual(Object.keys(handlers).sort());
	});

	test.each(Object.keys(handlers))('of %s are what the proto says', (name) => {
		const answer = answers.get(name)!;
		const type = protos.rpcs.find((rpc) => rpc.name === name)!.response;
		expect(answer.status).toMatchObject({ req_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
		expect(answer.status.code).toBe(name === 'GetStatusCode' ? 21100 : 10000);
		expect(() => decodeJson(type, answer)).not.toThrow();

		const official = officialClasses[type.name];
		// The calls of 12.x that our own proto describes have no class in the 11.11 package.
		if (!official) return expect(type.name).toMatch(/PipelineTemplate|FromTemplate/);
		const binary = jsonToBinary(type, withoutNewerFields(type, answer));
		const again = official.deserializeBinary(binary).serializeBinary();
		expect(binaryToJson(type, again)).toEqual(binaryToJson(type, binary));
	});
});

interface GeneratedClass {
	deserializeBinary(binary: Uint8Array): GeneratedMessage;
}

const officialClasses = { ...service, ...status } as unknown as Record<string, GeneratedClass>;

/** Without what only API 12.x has, which the official classes of 11.11 would not keep. */
function withoutNewerFields(type: protobuf.Type, message: Message): Message {
	const entries = Object.entries(message)
		.filter(([name]) => !isNewerField(type.fields[name]!))
		.map(([name, value]) => [name, withoutNewer(type.fields[name]!, value)]);
	return Object.fromEntries(entries) as Message;
}

function withoutNewer(field: protobuf.Field, value: unknown): unknown {
	const type = field.resolvedType;
	const isPlain = !(type instanceof protobuf.Type) || type.fullName.startsWith('.google.');
	if (isPlain || field.map) return value;
	return Array.isArray(value)
		? value.map((one) => withoutNewerFields(type, one as Message))
		: withoutNewerFields(type, value as Message);
}
