import { Book } from './book.mts';
import type { Clock } from './clock.mts';
import { toTimestamp } from './clock.mts';
import { DEFAULT_DATA_SETTINGS } from './dataSettings.mts';
import type { DataSettings } from './dataSettings.mts';
import type { DatasetState, DatasetVersionPlan } from './datasetState.mts';
import type { InputPlan, PlannedInput } from './inputProcessing.mts';
import type { InputsAddJobState } from './inputsAddJob.mts';
import { AppInputs } from './inputState.mts';
import { Compute } from './compute/compute.mts';
import type { EvaluationState } from './evaluations/evaluations.mts';
import type { Inference } from './inference.mts';
import { LateWrites } from './lateWrites.mts';
import { MadeObjects } from './madeObjects.mts';
import type { Message } from './message.mts';
import type { Lesson } from './predictions/learned.mts';
import { conceptsShown, Learned, lessonOfFields, lessonOfRun } from './predictions/learned.mts';
import type { Random } from './random.mts';
import { isCompleted } from './pipelineRuns.mts';
import type { Platform } from './platform.mts';
import type { RecordedRequest } from './requests.mts';
import { hasEnded, startJob } from './training.mts';
import type { TimedJob, TrainingPlan } from './training.mts';
import type { Untidy } from './untidiness.mts';
import { ShownObjects } from './untidyLists.mts';

export const PRIVATE = { gettable: 10 };
export const PUBLIC = { gettable: 50 };

export interface VersionState {
	message: Message;
	training: TimedJob;
	evaluateAfterTraining: boolean;
	/** What its predictions go by. */
	learned: Learned;
	/** The newest evaluation of it. */
	evaluation?: EvaluationState;
}

export interface ModelState {
	message: Message;
	versions: Map<string, VersionState>;
	/** What it was created with to be trained by, where a training says nothing of its own. */
	trainedBy: Message;
}

export interface WorkflowState {
	/** The workflow as it is now; its `version` is the newest one. */
	message: Message;
	versions: Message[];
}

export interface RunState {
	message: Message;
	job: TimedJob;
	args: Record<string, string>;
	modelTypeId: string;
	plan: TrainingPlan;
	/** What asked for the run; undefined for one that was there before. */
	request?: RecordedRequest;
	/** Whether the run's trained model has been put into the app. */
	delivered: boolean;
}

export interface PipelineVersionState {
	message: Message;
	/** The values in its specification. */
	args: Record<string, string>;
	runs: Map<string, RunState>;
}

export interface PipelineState {
	message: Message;
	versions: Map<string, PipelineVersionState>;
}

export interface UserState {
	message: Message;
	apps: Map<string, AppState>;
}

/** Everything in one Clarifai app, with the ways things get into it. */
export class AppState {
	readonly models = new Map<string, ModelState>();
	readonly workflows = new Map<string, WorkflowState>();
	readonly concepts = new Map<string, Message>();
	readonly datasets = new Map<string, DatasetState>();
	readonly inputs = new AppInputs();
	readonly addJobs = new Map<string, InputsAddJobState>();
	/** Concepts that a test has made ready for training without labelling inputs with them. */
	readonly readyConcepts = new Set<string>();
	readonly pipelines = new Map<string, PipelineState>();
	readonly evaluations = new Map<string, EvaluationState>();
	/** How often a change of the default workflow asked for a reindex. */
	reindexCount = 0;

	constructor(
		readonly world: World,
		readonly userId: string,
		readonly id: string,
		readonly message: Message,
	) {}

	get isPublic() {
		return this.message.visibility?.gettable === PUBLIC.gettable;
	}

	addModel(fields: Message): ModelState {
		const model: ModelState = {
			message: {
				name: fields.id,
				visibility: this.message.visibility,
				...fields,
				...this.#stamps(),
			},
			versions: new Map(),
			trainedBy: {},
		};
		this.models.set(fields.id, model);
		return model;
	}

	addVersion(
		model: ModelState,
		fields: Message,
		plan: TrainingPlan,
		startedAt: number,
		lesson: Lesson = lessonOfFields(fields),
	) {
		const id = fields.id ?? this.world.random.hexId();
		const version: VersionState = {
			message: {
				visibility: PRIVATE,
				...fields,
				id,
				app_id: this.id,
				user_id: this.userId,
				created_at: toTimestamp(startedAt),
			},
			training: startJob(startedAt, plan, this.world.trainingSeconds),
			evaluateAfterTraining: false,
			learned: new Learned(this, lesson),
		};
		model.versions.set(id, version);
		model.message.modified_at = toTimestamp(startedAt);
		return version;
	}

	addTrainedVersion(model: ModelState, fields: Message = {}) {
		return this.addVersion(model, fields, { seconds: 0 }, this.world.clock.now());
	}

	/** A version such as pipelines make: a container whose concepts are numbered. */
	addContainerVersion(
		model: ModelState,
		fields: Message,
		plan: TrainingPlan,
		startedAt: number,
		lesson: Lesson,
	) {
		const version = this.addVersion(model, fields, plan, startedAt, lesson);
		// That the version shows its concepts is assumed, as models are uploaded with them.
		const concepts = conceptsShown(version.learned.concepts, this);
		version.message.output_info ??= { data: { concepts } };
		return version;
	}

	addConcept(id: string): Message {
		const concept = {
			id,
			name: id,
			value: 1,
			language: 'en',
			visibility: PRIVATE,
			app_id: this.id,
			user_id: this.userId,
			created_at: this.world.clock.timestamp(),
		};
		this.concepts.set(id, concept);
		return concept;
	}

	/** Makes the given fields the newest version of a workflow that may exist or not. */
	saveWorkflow(fields: Message): WorkflowState {
		const old = this.workflows.get(fields.id);
		const stamps = this.#stamps();
		const owner = { app_id: this.id, user_id: this.userId };
		const version = {
			...owner,
			id: this.world.random.hexId(),
			workflow_id: fields.id,
			created_at: stamps.created_at,
			modified_at: stamps.modified_at,
			nodes: fields.nodes,
			metadata: fields.metadata,
			description: fields.description,
			visibility: fields.visibility ?? this.message.visibility,
		};
		const workflow: WorkflowState = {
			message: {
				visibility: this.message.visibility,
				...fields,
				...stamps,
				created_at: old?.message.created_at ?? stamps.created_at,
				version: { ...version, nodes: undefined },
			},
			versions: [...(old?.versions ?? []), version],
		};
		this.workflows.set(fields.id, workflow);
		return workflow;
	}

	/** Deleted inputs whose time has come leave the app and its datasets. */
	removeDeletedInputs(now: number) {
		for (const { message } of this.inputs.settle(now)) {
			for (const dataset of this.datasets.values()) dataset.members.delete(message.id);
		}
	}

	/** Pipeline runs that have come to a good end put their model into the app. */
	deliverFinishedRuns(now: number) {
		for (const pipeline of this.pipelines.values()) {
			for (const version of pipeline.versions.values()) {
				for (const run of version.runs.values()) this.#deliver(run, now);
			}
		}
	}

	#deliver(run: RunState, now: number) {
		if (run.delivered || !hasEnded(run.job, now)) return;
		run.delivered = true;
		const modelId = run.args.model_id;
		if (!isCompleted(run.job) || !modelId || run.plan.noVersion) return;
		const model = this.models.get(modelId) ?? this.#addModelOfRun(run, modelId);
		const { build } = run.plan;
		const version = this.addContainerVersion(
			model,
			{ description: `pipeline run ${run.message.id}` },
			{ seconds: build?.seconds ?? 0, outcome: build?.outcome },
			run.job.endsAt,
			lessonOfRun(run.args),
		);
		version.training.isBuild = true;
		const { id } = version.message;
		this.world.madeObjects.note(`versions/${id}`, run.job.endsAt);
		this.world.book.add({
			deed: 'runVersion',
			id,
			of: run.message.id,
			at: run.job.endsAt,
			request: run.request,
		});
	}

	/** A run whose model does not exist creates it: assumed, as the templates upload a model. */
	#addModelOfRun(run: RunState, id: string) {
		const { job, modelTypeId, request } = run;
		this.world.book.add({ deed: 'model', id, of: this.id, at: job.endsAt, request });
		return this.addModel({ id, model_type_id: modelTypeId });
	}

	#stamps() {
		const now = this.world.clock.timestamp();
		return { app_id: this.id, user_id: this.userId, created_at: now, modified_at: now };
	}
}

export interface Key {
	token: string;
	kind: 'pat' | 'app';
	userId: string;
	/** The one app an app key is for. */
	appId?: string;
	scopes: 'all' | string[];
}

export class World {
	readonly users = new Map<string, UserState>();
	readonly keys = new Map<string, Key>();
	readonly modelTypes: Message[] = [];
	readonly pipelineTemplates: Message[] = [];
	/** How trainings of a model shall go, by model ID. */
	readonly trainingPlans = new Map<string, TrainingPlan>();
	readonly inputPlans = new Map<PlannedInput, InputPlan>();
	/** By dataset ID. */
	readonly datasetVersionPlans = new Map<string, DatasetVersionPlan>();
	readonly compute: Compute;
	readonly book = new Book();
	readonly lateWrites = new LateWrites();
	readonly madeObjects = new MadeObjects();
	readonly shownObjects = new ShownObjects();
	/** Where the emulator is reached; known once it listens. */
	url = '';

	constructor(
		readonly clock: Clock,
		readonly random: Random,
		readonly trainingSeconds: number,
		readonly inference: Inference,
		readonly untidy: Untidy,
		readonly platform: Platform,
		readonly dataSettings: DataSettings = DEFAULT_DATA_SETTINGS,
	) {
		this.compute = new Compute(clock);
	}

	addUser(id: string): UserState {
		const user = { message: { id, created_at: this.clock.timestamp() }, apps: new Map() };
		this.users.set(id, user);
		return user;
	}

	addApp(userId: string, appId: string, fields: Message = {}): AppState {
		const user = this.users.get(userId) ?? this.addUser(userId);
		const now = this.clock.timestamp();
		const app = new AppState(this, userId, appId, {
			id: appId,
			user_id: userId,
			name: appId,
			default_language: 'en',
			visibility: PRIVATE,
			created_at: now,
			modified_at: now,
			...fields,
		});
		user.apps.set(appId, app);
		return app;
	}

	findApp(userId: string, appId: string) {
		return this.users.get(userId)?.apps.get(appId);
	}

	allApps() {
		return [...this.users.values()].flatMap((user) => [...user.apps.values()]);
	}

	addKey(key: Key) {
		this.keys.set(key.token, key);
	}

	findModelType(id: string) {
		return this.modelTypes.find((modelType) => modelType.id === id);
	}

	/** Brings the state up to the clock. */
	settle() {
		const now = this.clock.now();
		for (let late = this.lateWrites.next(now); late; late = this.lateWrites.next(now)) {
			this.#settleApps(late.due);
			this.clock.at(late.due, late.carryOut);
		}
		this.#settleApps(now);
	}

	#settleApps(now: number) {
		for (const app of this.allApps()) {
			app.removeDeletedInputs(now);
			app.deliverFinishedRuns(now);
		}
	}
}
