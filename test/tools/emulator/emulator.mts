import type { AddressInfo } from 'node:net';
import type { Book } from './book.mts';
import { Clock, realTime } from './clock.mts';
import type { Time } from './clock.mts';
import { DEFAULT_DATA_SETTINGS } from './dataSettings.mts';
import type { DataSettings } from './dataSettings.mts';
import { addDataset } from './datasetState.mts';
import type { DatasetState, DatasetVersionPlan } from './datasetState.mts';
import { decodeJson } from './decodeJson.mts';
import type {
	DurationDialect,
	EnumDialect,
	Integer64Dialect,
	TimestampDialect,
} from './encodeJson.mts';
import { Faults } from './faults.mts';
import { giveDataset, giveInputs, givePictures } from './givenInputs.mts';
import type { GivenInput } from './givenInputs.mts';
import type { InputPlan, PlannedInput } from './inputProcessing.mts';
import type { InputState } from './inputState.mts';
import { Inference } from './inference.mts';
import type { InferenceOptions } from './inference.mts';
import { inferenceApi } from './inferenceApi.mts';
import type { InferenceApi } from './inferenceApi.mts';
import { Line } from './line.mts';
import type { Message } from './message.mts';
import { DEFAULT_PLATFORM } from './platform.mts';
import type { Platform, PlatformKind } from './platform.mts';
import { loadProtos } from './protos.mts';
import { addCliRun } from './pipelines.mts';
import type { RunArgs } from './pipelines.mts';
import { Random } from './random.mts';
import { createRequestHandler } from './requestHandler.mts';
import type { HandleRequest } from './requestHandler.mts';
import type { RecordedRequest } from './requests.mts';
import { DEMO, seed } from './seed.mts';
import { createEmulatorServer } from './server.mts';
import { World } from './state.mts';
import type { AppState, Key, ModelState, RunState, VersionState, WorkflowState } from './state.mts';
import { Throttle } from './throttle.mts';
import { Untidy } from './untidiness.mts';
import type { Untidiness } from './untidiness.mts';
import type { TrainingPlan } from './training.mts';

export { DEMO, demoCredential } from './seed.mts';
export type { ActiveFault, Fault, FaultKind, FaultRule, FaultTarget } from './faults.mts';
export type { Time } from './clock.mts';
export type { DatasetVersionPlan } from './datasetState.mts';
export type { GivenInput } from './givenInputs.mts';
export type { InputPlan, PlannedInput } from './inputProcessing.mts';
export type { HandleRequest, PlainRequest } from './requestHandler.mts';
export type { RecordedRequest } from './requests.mts';
export type { Book, BookEntry, Deed } from './book.mts';
export type { PlatformKind } from './platform.mts';
export type { TrainingPlan } from './training.mts';
export type { Untidiness } from './untidiness.mts';

export interface EmulatorOptions extends Partial<DataSettings>, InferenceOptions {
	/** The port on 127.0.0.1; default 0, any free one. */
	port?: number;
	/** false: nothing listens, and requests come through `handle` alone. */
	listen?: boolean;
	/** The time that the emulator lives in; default the real one. */
	time?: Time;
	/** How long a training or pipeline run takes on the emulator's clock; default 20. */
	trainingSeconds?: number;
	/** Requests let in per second; default 0, no limit. */
	requestsPerSecond?: number;
	/** Seconds in a Retry-After header of throttled answers; default: no such header. */
	retryAfter?: number;
	/** How long every answer is held back; default 0. */
	latencyMs?: number;
	/** How many bytes of large bodies come in a second, over all connections; default 0, no limit. */
	bytesPerSecond?: number;
	/** How enums are written; default numbers, as in captured answers. */
	enums?: EnumDialect;
	/** How durations are written; default "308s". */
	durations?: DurationDialect;
	/** How 64-bit integers, such as the counts of an add job, are written; default "12". */
	integers64?: Integer64Dialect;
	/** How many digits timestamps have; default milliseconds. */
	timestamps?: TimestampDialect;
	/** Whether lists that hold nothing are written; default: left out, as in captured answers. */
	emptyLists?: 'shown';
	/** Which of Clarifai's platforms it stands for; default 'both'. */
	platform?: PlatformKind;
	/** Whether pipeline runs must name a nodepool; default 'required'. */
	nodepools?: Platform['nodepools'];
	/** What a hosted platform says to a training by template; default a refusal. */
	legacyTraining?: Platform['legacyTraining'];
	/** How far the platform is from tidy; default not at all. */
	untidiness?: Untidiness;
	/** For IDs, faults and untidiness; the same seed gives the same run. Default 1. */
	seed?: number;
	/** Called when a request has been answered or its connection destroyed. */
	onRequest?: (request: RecordedRequest) => void;
}

export interface Emulator extends InferenceApi {
	/** Such as http://127.0.0.1:8787, without a slash at the end; a made-up host where nothing listens. */
	readonly url: string;
	/** 0 where nothing listens. */
	readonly port: number;
	/** Takes a request that did not come through a socket. */
	readonly handle: HandleRequest;
	readonly clock: Clock;
	readonly faults: Faults;
	/** The untidiness in force; may be replaced or changed at any time. */
	untidiness: Untidiness;
	/** What was really carried out so far. */
	readonly book: Book;
	/** Every API request received so far, oldest first. */
	readonly requests: RecordedRequest[];
	readonly world: World;

	/** The state of an app, up to date; default the demo app. */
	app(userId?: string, appId?: string): AppState;
	addApp(appId: string, userId?: string): AppState;
	addKey(key: Key): void;
	/** How all later trainings of a model go, and runs that name it; undefined for the normal course. */
	planTraining(modelId: string, plan: TrainingPlan | undefined): void;
	/** How the processing of later inputs goes; undefined for the normal course again. */
	planInput(which: PlannedInput, plan: InputPlan | undefined): void;
	/** How the making of later versions of a dataset goes; undefined for the normal course again. */
	planDatasetVersion(datasetId: string, plan: DatasetVersionPlan | undefined): void;
	/** A model type in the API's JSON; its enums may be numbers that no proto knows yet. */
	addModelType(modelType: Message): Message;
	addModels(count: number, fields?: Message): ModelState[];
	addModel(id: string, fields?: Message): ModelState;
	/** A trained version; the model is created when it does not exist. */
	addTrainedVersion(modelId: string, fields?: Message): VersionState;
	/** A version that goes through a training from now on, as if another client had started it. */
	addTraining(modelId: string, plan?: TrainingPlan): VersionState;
	/** A pipeline run that Clarifai's command line starts now, with its values in the specification. */
	addCliRun(args: RunArgs, plan?: TrainingPlan): RunState;
	/** Concepts that can be trained on, although no input is labelled with them. */
	addConcepts(concepts: number | string[]): string[];
	/** A dataset of the app's first inputs with versions that are ready. */
	addDataset(id: string, options?: { versionIds?: string[]; inputCount?: number }): DatasetState;
	/** Processed inputs without labels. */
	addInputs(count: number): void;
	/** Processed inputs in a dataset, which is created when it does not exist, or in the app alone. */
	addLabelledInputs(datasetId: string | undefined, inputs: GivenInput[]): InputState[];
	addWorkflows(count: number, fields?: Message): WorkflowState[];
	close(): Promise<void>;
}

const DEFAULT_TRAINING_SECONDS = 20;

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
	const time = options.time ?? realTime;
	const clock = new Clock(time);
	const seedNumber = options.seed ?? 1;
	// Generators of their own, so that IDs do not depend on what goes wrong.
	const untidy = new Untidy(seedNumber + 2);
	untidy.plan = options.untidiness ?? {};
	const world = new World(
		clock,
		new Random(seedNumber),
		options.trainingSeconds ?? DEFAULT_TRAINING_SECONDS,
		new Inference(options),
		untidy,
		platformOf(options),
		dataSettingsOf(options),
	);
	seed(world);
	const faults = new Faults(new Random(seedNumber + 1));
	const requests: RecordedRequest[] = [];
	const handle = createRequestHandler({
		world,
		time,
		faults,
		throttle: new Throttle(options.requestsPerSecond ?? 0),
		retryAfter: options.retryAfter,
		latencyMs: options.latencyMs ?? 0,
		line: new Line(time, options.bytesPerSecond ?? 0),
		encoding: {
			enums: options.enums,
			durations: options.durations,
			integers64: options.integers64,
			timestamps: options.timestamps,
			emptyLists: options.emptyLists,
		},
		onReceived: (request) => requests.push(request),
		onAnswered: (request) => options.onRequest?.(request),
	});
	const { url, port, close } =
		options.listen === false ? unheard() : await listen(handle, options.port ?? 0);
	world.url = url;

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
		url,
		port,
		handle,
		clock,
		faults,
		get untidiness() {
			return untidy.plan;
		},
		set untidiness(plan) {
			untidy.plan = plan;
		},
		get book() {
			world.settle();
			return world.book;
		},
		requests,
		world,
		...inferenceApi(world, app, findOrAddModel),
		app,
		addApp: (appId, userId = DEMO.userId) => world.addApp(userId, appId),
		addKey: (key) => world.addKey(key),
		planTraining: (modelId, plan) => setPlan(world.trainingPlans, modelId, plan),
		planInput: (which, plan) => setPlan(world.inputPlans, which, plan),
		planDatasetVersion: (datasetId, plan) => setPlan(world.datasetVersionPlans, datasetId, plan),
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
		addCliRun: (args, plan = {}) => addCliRun(app(), args, plan),
		addConcepts: (concepts) => {
			const ids =
				typeof concepts === 'number'
					? numbered('concept', concepts, app().concepts.size)
					: concepts;
			for (const id of ids) {
				app().addConcept(id);
				app().readyConcepts.add(id);
			}
			return ids;
		},
		addDataset: (id, { versionIds = [world.random.hexId()], inputCount = 100 } = {}) =>
			giveDataset(app(), id, versionIds, inputCount),
		addInputs: (count) => void givePictures(app(), count),
		addLabelledInputs: (datasetId, inputs) => {
			const dataset =
				datasetId === undefined
					? undefined
					: (app().datasets.get(datasetId) ?? addDataset(app(), { id: datasetId }));
			return giveInputs(app(), inputs, dataset);
		},
		addWorkflows: (count, fields) =>
			numbered('workflow', count, app().workflows.size).map((id) =>
				app().saveWorkflow({ id, nodes: [], ...fields }),
			),
		close,
	};
}

function platformOf({ platform: kind, nodepools, legacyTraining }: EmulatorOptions): Platform {
	return {
		kind: kind ?? DEFAULT_PLATFORM.kind,
		nodepools: nodepools ?? DEFAULT_PLATFORM.nodepools,
		legacyTraining: legacyTraining ?? DEFAULT_PLATFORM.legacyTraining,
	};
}

async function listen(handle: HandleRequest, wantedPort: number) {
	const server = createEmulatorServer(handle);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(wantedPort, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	const close = () =>
		new Promise<void>((resolve, reject) => {
			server.close((error) => (error ? reject(error) : resolve()));
			server.closeAllConnections();
		});
	return { url: `http://127.0.0.1:${port}`, port, close };
}

let unheardCount = 0;

/** An emulator that nothing but `handle` reaches; "test" is a domain that never exists. */
function unheard() {
	return { url: `http://clarifai-${++unheardCount}.test`, port: 0, close: async () => {} };
}

function numbered(prefix: string, count: number, existing: number) {
	return Array.from({ length: count }, (_none, index) => `${prefix}-${existing + index + 1}`);
}

function dataSettingsOf(options: EmulatorOptions): DataSettings {
	const settings = { ...DEFAULT_DATA_SETTINGS };
	for (const name of Object.keys(settings) as Array<keyof DataSettings>) {
		settings[name] = options[name] ?? settings[name];
	}
	return settings;
}

function setPlan<Of, Plan>(plans: Map<Of, Plan>, of: Of, plan: Plan | undefined) {
	if (plan) plans.set(of, plan);
	else plans.delete(of);
}
