import { toTimestamp } from './clock.mts';
import type { Message } from './message.mts';
import { startRunJob } from './pipelineRuns.mts';
import type { RecordedRequest } from './requests.mts';
import { PRIVATE } from './state.mts';
import type { AppState, PipelineState, PipelineVersionState, RunState } from './state.mts';
import type { TrainingPlan } from './training.mts';

/** Values of a run's parameters, by name; always text. */
export type RunArgs = Record<string, string>;

export interface NewPipelineVersion {
	pipelineId: string;
	pipelineDescription?: string;
	description?: string;
	/** The template it is made from; one that comes from somewhere else has none. */
	templateName?: string;
	/** What its specification says where a run overrides nothing. */
	args: RunArgs;
}

/** A pipeline ID that exists gets another version: assumed. */
export function addPipelineVersion(app: AppState, fields: NewPipelineVersion) {
	const { world } = app;
	const { pipelineId, templateName, args } = fields;
	const owner = { app_id: app.id, user_id: app.userId };
	const now = world.clock.timestamp();
	const stamps = { created_at: now, modified_at: now, visibility: PRIVATE };
	const pipeline: PipelineState = app.pipelines.get(pipelineId) ?? {
		message: { id: pipelineId, ...owner, ...stamps, description: fields.pipelineDescription },
		versions: new Map(),
	};
	app.pipelines.set(pipelineId, pipeline);
	const version: PipelineVersionState = {
		message: {
			id: world.random.hexId(),
			pipeline_id: pipelineId,
			...owner,
			...stamps,
			description: fields.description,
			...(templateName && { metadata: { template: templateName } }),
			orchestration_spec: specWith(args),
		},
		args,
		runs: new Map(),
	};
	pipeline.versions.set(version.message.id, version);
	return { pipeline, version };
}

export interface NewRun {
	id: string;
	/** The version's own, overridden by the run's. */
	args: RunArgs;
	override?: Message;
	nodepools?: Message[];
	plan: TrainingPlan;
	request?: RecordedRequest;
}

export function addRun(app: AppState, version: PipelineVersionState, run: NewRun): RunState {
	const { clock, trainingSeconds } = app.world;
	const { id: versionId, pipeline_id, app_id, user_id } = version.message;
	const now = clock.now();
	const state: RunState = {
		message: {
			id: run.id,
			pipeline_version: { id: versionId, pipeline_id, app_id, user_id },
			nodepools: run.nodepools,
			input_args_override: run.override,
			user_id: app.userId,
			app_id: app.id,
			created_at: toTimestamp(now),
			// "Final merged orchestration spec snapshot", says the proto.
			orchestration_spec: specWith(run.args),
		},
		job: startRunJob(now, run.plan, trainingSeconds),
		plan: run.plan,
		args: run.args,
		modelTypeId: modelTypeOf(version.message.metadata?.template ?? ''),
		request: run.request,
		delivered: false,
	};
	version.runs.set(run.id, state);
	return state;
}

/** `clarifai pipeline run`: a pipeline of its own whose values are in the specification, and no override. */
export function addCliRun(app: AppState, args: RunArgs, plan: TrainingPlan): RunState {
	const { random } = app.world;
	const pipelineId = `cli-${random.hexId().slice(0, 8)}`;
	const { version } = addPipelineVersion(app, { pipelineId, args });
	return addRun(app, version, { id: random.hexId(), args, plan });
}

function modelTypeOf(templateName: string) {
	return templateName.startsWith('detector') ? 'visual-detector' : 'visual-classifier';
}

/** As an Argo workflow, where the command line writes a run's values. */
function specWith(args: RunArgs): Message {
	const parameters = Object.entries(args).map(([name, value]) => ({ name, value }));
	const workflow = {
		apiVersion: 'argoproj.io/v1alpha1',
		kind: 'Workflow',
		spec: { entrypoint: 'sequence', arguments: { parameters } },
	};
	return {
		argo_orchestration_spec: {
			api_version: workflow.apiVersion,
			spec_json: JSON.stringify(workflow),
		},
	};
}
