import { createRequire } from 'node:module';
import resources from 'clarifai-nodejs-grpc/proto/clarifai/api/resources_pb';
import service from 'clarifai-nodejs-grpc/proto/clarifai/api/service_pb';
import status from 'clarifai-nodejs-grpc/proto/clarifai/api/status/status_pb';
import { decodeJson } from '../../emulator/decodeJson.mts';
import { DEMO, startEmulator } from '../../emulator/emulator.mts';
import type { Emulator } from '../../emulator/emulator.mts';
import { handlers } from '../../emulator/handlers/index.mts';
import { binaryToJson, jsonToBinary } from '../../emulator/jsonToProtobuf.mts';
import type { Message } from '../../emulator/message.mts';
import { loadProtos, NEWER_RUN_FIELDS } from '../../emulator/protos.mts';
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
		const dataset = `/datasets/${DEMO.datasetId}`;
		for (const path of ['', '/versions', `/versions/${DEMO.datasetVersionId}`]) {
			await visit('GET', dataset + path);
		}
		for (const path of ['/datasets', '/concepts', '/concepts/cat', '/inputs', '/inputs/status']) {
			await visit('GET', path);
		}
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
		const binary = jsonToBinary(type, withoutNewerFields(answer));
		const again = official.deserializeBinary(binary).serializeBinary();
		expect(binaryToJson(type, again)).toEqual(binaryToJson(type, binary));
	});
});

interface GeneratedClass {
	deserializeBinary(binary: Uint8Array): GeneratedMessage;
}

const officialClasses = { ...service, ...status } as unknown as Record<string, GeneratedClass>;

function withoutNewerFields(answer: Message): Message {
	const text = JSON.stringify(answer, (key: string, value: unknown) =>
		NEWER_RUN_FIELDS.includes(key) ? undefined : value,
	);
	return JSON.parse(text) as Message;
}
