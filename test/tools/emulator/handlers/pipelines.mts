import { toTimestamp } from '../clock.mts';
import type { Call, Handler } from '../call.mts';
import { checkNodepools } from '../compute/nodepools.mts';
import type { Message } from '../message.mts';
import { resolveArgs } from '../pipelineArgs.mts';
import type { PipelineState, PipelineVersionState, RunState } from '../state.mts';
import { PRIVATE } from '../state.mts';
import { ApiError, Code } from '../statuses.mts';
import { hasEnded, startJob } from '../training.mts';
import { showRun } from '../views.mts';

const listPipelineTemplates: Handler = (call) => {
	call.supportsOnly('pipeline_template_type');
	const { pipeline_template_type: type } = call.request;
	const found = call.world.pipelineTemplates.filter(
		(template) => !type || template.pipeline_template_type === type,
	);
	return { pipeline_templates: call.paginate(found) };
};

/** The one-call form: makes the pipeline and its version from the template and starts a run. */
const runTemplate: Handler = (call) => {
	const { request, world } = call;
	const template = world.pipelineTemplates.find(({ name }) => name === request.name);
	if (!template) {
		throw new ApiError(
			Code.pipelineDoesNotExist,
			`Pipeline template '${request.name}' does not exist`,
		);
	}
	const args = resolveArgs(template, request.input_args_override);
	checkNodepools(call, request);
	const { pipeline, version } = makePipeline(call, template);
	const run = startRun(call, version, args, request);
	return {
		pipeline: { ...pipeline.message, pipeline_version: version.message },
		pipeline_version_run: showRun(run, call.now),
	};
};

/** A pipeline ID that exists gets another version: assumed. */
function makePipeline(call: Call, template: Message) {
	const { app, request, world } = call;
	const id: string = request.pipeline_id || `${template.name}-${world.random.hexId().slice(0, 8)}`;
	const owner = { app_id: app.id, user_id: app.userId };
	const now = world.clock.timestamp();
	const stamps = { created_at: now, modified_at: now, visibility: PRIVATE };
	const pipeline: PipelineState = app.pipelines.get(id) ?? {
		message: { id, ...owner, ...stamps, description: request.pipeline_description },
		versions: new Map(),
	};
	app.pipelines.set(id, pipeline);
	const version: PipelineVersionState = {
		message: {
			id: world.random.hexId(),
			pipeline_id: id,
			...owner,
			...stamps,
			description: request.pipeline_version_description,
			metadata: { template: template.name },
		},
		runs: new Map(),
	};
	pipeline.versions.set(version.message.id, version);
	return { pipeline, version };
}

function startRun(
	call: Call,
	version: PipelineVersionState,
	args: Record<string, string>,
	fields: Message,
): RunState {
	const { app, now, world } = call;
	const id = world.random.hexId();
	const { id: versionId, pipeline_id, app_id, user_id } = version.message;
	const run: RunState = {
		message: {
			id,
			pipeline_version: { id: versionId, pipeline_id, app_id, user_id },
			nodepools: fields.nodepools,
			input_args_override: fields.input_args_override,
			user_id: app.userId,
			app_id: app.id,
			created_at: toTimestamp(now),
		},
		job: runJob(call, args, now),
		args,
		modelTypeId: modelTypeOf(version.message.metadata?.template ?? ''),
		delivered: false,
	};
	version.runs.set(id, run);
	return run;
}

/** Runs fail for the reasons trainings fail for: planned, injected, or no data to learn from. */
function runJob({ app, fault, world }: Call, args: Record<string, string>, now: number) {
	const injected = fault?.kind === 'trainingFails' && {
		outcome: Code.jobFailed,
		details: fault.details,
	};
	const plan = injected || (world.trainingPlans.get(args.model_id ?? '') ?? missingData(app, args));
	const failed = plan.outcome !== undefined && plan.outcome !== Code.modelTrained;
	const isJobCode = failed && plan.outcome! >= Code.jobQueued && plan.outcome! < 64100;
	const outcome = isJobCode ? plan.outcome : failed ? Code.jobFailed : Code.jobCompleted;
	return startJob(now, { ...plan, outcome }, world.trainingSeconds);
}

function missingData(app: Call['app'], args: Record<string, string>) {
	const datasetId = args.dataset_id ?? args.clarifai_dataset_id ?? '';
	if (app.datasets.has(datasetId)) return {};
	return { outcome: Code.jobFailed, details: `dataset '${datasetId}' does not exist` };
}

function modelTypeOf(templateName: string) {
	return templateName.startsWith('detector') ? 'visual-detector' : 'visual-classifier';
}

function findPipeline(call: Call): PipelineState {
	const { pipeline_id: id } = call.request;
	const pipeline = call.app.pipelines.get(id);
	if (!pipeline) {
		throw new ApiError(Code.pipelineDoesNotExist, `Pipeline '${id}' does not exist`);
	}
	return pipeline;
}

function findVersion(call: Call): PipelineVersionState {
	const { pipeline_version_id: id } = call.request;
	const version = findPipeline(call).versions.get(id);
	if (!version) {
		throw new ApiError(Code.pipelineDoesNotExist, `Pipeline version '${id}' does not exist`);
	}
	return version;
}

function findRun(call: Call, id: string): RunState {
	const run = findVersion(call).runs.get(id);
	if (!run) {
		throw new ApiError(Code.pipelineDoesNotExist, `Pipeline version run '${id}' does not exist`);
	}
	return run;
}

const getRun: Handler = (call) => ({
	pipeline_version_run: showRun(findRun(call, call.request.pipeline_version_run_id), call.now),
});

const listRuns: Handler = (call) => {
	call.supportsOnly('pipeline_id', 'pipeline_version_id', 'status_codes');
	const codes: number[] = call.request.status_codes ?? [];
	const found = [...findVersion(call).runs.values()]
		.map((run) => showRun(run, call.now))
		.filter(
			(run) => codes.length === 0 || codes.includes(run.orchestration_status.status.code as number),
		);
	return { pipeline_version_runs: call.paginate(call.sort(found)) };
};

/** Another run of a version that a template made. */
const postRuns: Handler = (call) => {
	const version = findVersion(call);
	const templateName = version.message.metadata?.template;
	const template = call.world.pipelineTemplates.find(({ name }) => name === templateName)!;
	const asked: Message[] = call.request.pipeline_version_runs ?? [];
	for (const fields of asked) checkNodepools(call, fields);
	const runs = asked.map((fields) => ({
		fields,
		args: resolveArgs(template, fields.input_args_override),
	}));
	return {
		pipeline_version_runs: runs.map(({ fields, args }) =>
			showRun(startRun(call, version, args, fields), call.now),
		),
	};
};

/** Cancels runs: "overwrite" with the status "job cancelled". */
const patchRuns: Handler = (call) => {
	if (call.request.action !== 'overwrite') {
		throw new ApiError(Code.invalidRequest, `action: only 'overwrite' is supported`);
	}
	const patches: Message[] = call.request.pipeline_version_runs ?? [];
	const runs = patches.map((patch) => {
		if (patch.orchestration_status?.status?.code !== Code.jobCancelled) {
			throw new ApiError(
				Code.invalidRequest,
				`a run's status can only become ${Code.jobCancelled}`,
			);
		}
		return findRun(call, patch.id);
	});
	for (const { job } of runs) {
		if (!hasEnded(job, call.now)) {
			Object.assign(job, { endsAt: call.now, outcome: Code.jobCancelled, details: undefined });
		}
	}
	return { pipeline_version_runs: runs.map((run) => showRun(run, call.now)) };
};

const listPipelines: Handler = (call) => {
	call.supportsOnly();
	const found = call.listedApps.flatMap((app) => [...app.pipelines.values()]);
	return { pipelines: call.paginate(call.sort(found.map(showPipeline))) };
};

function showPipeline(pipeline: PipelineState): Message {
	const newest = [...pipeline.versions.values()].at(-1);
	return { ...pipeline.message, pipeline_version: newest?.message };
}

const getPipeline: Handler = (call) => ({ pipeline: showPipeline(findPipeline(call)) });

const getPipelineVersion: Handler = (call) => ({ pipeline_version: findVersion(call).message });

const listPipelineVersions: Handler = (call) => {
	call.supportsOnly('pipeline_id');
	const versions = [...findPipeline(call).versions.values()].map(({ message }) => message);
	return { pipeline_versions: call.paginate(call.sort(versions)) };
};

/** A run's log; `log_type` is not looked at, as its values are not documented. */
const listLogEntries: Handler = (call) => {
	const { pipeline_version_run_id: runId, log_type } = call.request;
	if (!runId) throw new ApiError(Code.notImplemented, 'The emulator has logs of runs only');
	const run = findRun(call, runId);
	const { status } = showRun(run, call.now).orchestration_status;
	const lines = [
		`run ${run.message.id} of model ${run.args.model_id}`,
		[status.description, status.details].filter(Boolean).join(': '),
	];
	return { log_entries: call.paginate(lines.map((message) => ({ message, log_type }))) };
};

export const pipelineHandlers: Record<string, Handler> = {
	ListPipelineTemplates: listPipelineTemplates,
	PostPipelineTemplateVersionRuns: runTemplate,
	GetPipelineVersionRun: getRun,
	ListPipelineVersionRuns: listRuns,
	PostPipelineVersionRuns: postRuns,
	PatchPipelineVersionRuns: patchRuns,
	ListPipelines: listPipelines,
	GetPipeline: getPipeline,
	GetPipelineVersion: getPipelineVersion,
	ListPipelineVersions: listPipelineVersions,
	ListLogEntries: listLogEntries,
};
