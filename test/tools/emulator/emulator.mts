import type { AddressInfo } from 'node:net';
import { Clock } from './clock.mts';
import { decodeJson } from './decodeJson.mts';
import type { DurationDialect, EnumDialect } from './encodeJson.mts';
import { Faults } from './faults.mts';
import { Inference } from './inference.mts';
import type { InferenceOptions } from './inference.mts';
import { inferenceApi } from './inferenceApi.mts';
import type { InferenceApi } from './inferenceApi.mts';
import type { Message } from './message.mts';
import { loadProtos } from './protos.mts';
import { Random } from './random.mts';
import type { RecordedRequest } from './requests.mts';
import { DEMO, seed } from './seed.mts';
import { createEmulatorServer } from './server.mts';
import { World } from './state.mts';
import type {
	AppState,
	DatasetState,
	Key,
	ModelState,
	VersionState,
	WorkflowState,
} from './state.mts';
import { Throttle } from './throttle.mts';
import type { TrainingPlan } from './training.mts';

export { DEMO, demoCredential } from './seed.mts';
export type { ActiveFault, Fault, FaultKind, FaultRule, FaultTarget } from './faults.mts';
export type { RecordedRequest } from './requests.mts';
export type { TrainingPlan } from './training.mts';

export interface EmulatorOptions extends InferenceOptions {
	/** The port on 127.0.0.1; default 0, any free one. */
	port?: number;
	/** How long a training or pipeline run takes on the emulator's clock; default 20. */
	trainingSeconds?: number;
	/** Requests let in per second; default 0, no limit. */
	requestsPerSecond?: number;
	/** Seconds in a Retry-After header of throttled answers; default: no such header. */
	retryAfter?: number;
	/** How long every answer is held back; default 0. */
	latencyMs?: number;
	/** How enums are written; default numbers, as in captured answers. */
	enums?: EnumDialect;
	/** How durations are written; default "308s". */
	durations?: DurationDialect;
	/** For IDs and faults; the same seed gives the same run. Default 1. */
	seed?: number;
	/** Called when a request has been answered or its connection destroyed. */
	onRequest?: (request: RecordedRequest) => void;
}

export interface Emulator extends InferenceApi {
	/** Such as http://127.0.0.1:8787, without a slash at the end. */
	readonly url: string;
	readonly port: number;
	readonly clock: Clock;
	readonly faults: Faults;
	/** Every API request received so far, oldest first. */
	readonly requests: RecordedRequest[];
	readonly world: World;

	/** The state of an app, up to date; default the demo app. */
	app(userId?: string, appId?: string): AppState;
	addApp(appId: string, userId?: string): AppState;
	addKey(key: Key): void;
	/** How all later trainings of a model go, and runs that name it; undefined for the normal course. */
	planTraining(modelId: string, plan: TrainingPlan | undefined): void;
	/** A model type in the API's JSON; its enums may be numbers that no proto knows yet. */
	addModelType(modelType: Message): Message;
	addModels(count: number, fields?: Message): ModelState[];
	addModel(id: string, fields?: Message): ModelState;
	/** A trained version; the model is created when it does not exist. */
	addTrainedVersion(modelId: string, fields?: Message): VersionState;
	/** A version that goes through a training from now on, as if another client had started it. */
	addTraining(modelId: string, plan?: TrainingPlan): VersionState;
	addConcepts(concepts: number | string[]): string[];
	addDataset(id: string, options?: { versionIds?: string[]; inputCount?: number }): DatasetState;
	addInputs(count: number): void;
	addWorkflows(count: number, fields?: Message): WorkflowState[];
	close(): Promise<void>;
}

const DEFAULT_TRAINING_SECONDS = 20;

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
	const clock = new Clock();
	const seedNumber = options.seed ?? 1;
	const world = new World(
		clock,
		new Random(seedNumber),
		options.trainingSeconds ?? DEFAULT_TRAINING_SECONDS,
		new Inference(options),
	);
	seed(world);
	// A generator of its own, so that IDs do not depend on which faults are in place.
	const faults = new Faults(new Random(seedNumber + 1));
	const requests: RecordedRequest[] = [];
	const server = createEmulatorServer({
		world,
		faults,
		throttle: new Throttle(options.requestsPerSecond ?? 0),
		retryAfter: options.retryAfter,
		latencyMs: options.latencyMs ?? 0,
		encoding: { enums: options.enums, durations: options.durations },
		onReceived: (request) => requests.push(request),
		onAnswered: (request) => options.onRequest?.(request),
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	world.url = `http://127.0.0.1:${port}`;

	const app = (userId: string = DEMO.userId, appId: string = DEMO.appId) => {
		world.settle();
		const found = world.findApp(userId, appId);
		if (!found) throw new Error(`The emulator has no app ${userId}/${appId}`);
		return found;
	};
	const addModel = (id: string, fields: Message = {}) =>
		app().addModel({ id, model_type_id: 'visual-classifier', ...fields });
	const findOrAddModel = (id: string, fields?: Message) =>
		app().models.get(id) ?? addModel(id, fields);

	return {
		url: world.url,
		port,
		clock,
		faults,
		requests,
		world,
		...inferenceApi(world, app, findOrAddModel),
		app,
		addApp: (appId, userId = DEMO.userId) => world.addApp(userId, appId),
		addKey: (key) => world.addKey(key),
		planTraining: (modelId, plan) => {
			if (plan) world.trainingPlans.set(modelId, plan);
			else world.trainingPlans.delete(modelId);
		},
		addModelType: (modelType) => {
			const decoded = decodeJson(loadProtos().type('ModelType'), modelType, { openEnums: true });
			world.modelTypes.push(decoded);
			return decoded;
		},
		addModel,
		addModels: (count, fields) =>
			numbered('model', count, app().models.size).map((id) => addModel(id, fields)),
		addTrainedVersion: (modelId, fields) =>
			app().addTrainedVersion(findOrAddModel(modelId), fields),
		addTraining: (modelId, plan = {}) =>
			app().addVersion(findOrAddModel(modelId), {}, plan, clock.now()),
		addConcepts: (concepts) => {
			const ids =
				typeof concepts === 'number'
					? numbered('concept', concepts, app().concepts.size)
					: concepts;
			for (const id of ids) app().addConcept(id);
			return ids;
		},
		addDataset: (id, { versionIds = [world.random.hexId()], inputCount = 100 } = {}) =>
			app().addDataset(id, versionIds, inputCount),
		addInputs: (count) => app().addInputs(count),
		addWorkflows: (count, fields) =>
			numbered('workflow', count, app().workflows.size).map((id) =>
				app().saveWorkflow({ id, nodes: [], ...fields }),
			),
		close: () =>
			new Promise((resolve, reject) => {
				server.close((error) => (error ? reject(error) : resolve()));
				server.closeAllConnections();
			}),
	};
}

function numbered(prefix: string, count: number, existing: number) {
	return Array.from({ length: count }, (_none, index) => `${prefix}-${existing + index + 1}`);
}
