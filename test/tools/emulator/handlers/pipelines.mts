import type { Call, Handler } from '../call.mts';
import { checkNodepools } from '../compute/nodepools.mts';
import type { Message } from '../message.mts';
import { overridden, resolveArgs } from '../pipelineArgs.mts';
import { changeRun, planRun } from '../pipelineRuns.mts';
import { addPipelineVersion, addRun } from '../pipelines.mts';
import type { RunArgs } from '../pipelines.mts';
import type { PipelineState, PipelineVersionState, RunState } from '../state.mts';
import { ApiError, Code } from '../statuses.mts';
import { showRun } from '../views.mts';

/** Unpaged: the request has the type, and nothing else. */
const listPipelineTemplates: Handler = ({ request, world }) => {
	const types: number[] = request.pipeline_template_type ?? [];
	return {
		pipeline_templates: world.pipelineTemplates.filter(
			(template) => types.length === 0 || types.includes(template.pipeline_template_type as number),
		),
	};
};

/** The one-call form: makes the pipeline and its version from the template and starts a run. */
const runTemplate: Handler = (call) => {
	const { app, request, world } = call;
	const name: string = request.pipeline_template_name;
	const template = world.pipelineTemplates.find((one) => one.name === name);
	if (!template) {
		throw new ApiError(Code.pipelineDoesNotExist, `Pipeline template '${name}' does not exist`);
	}
	checkNodepools(call, request.nodepools);
	const args = resolveArgs(template, request.input_args_override);
	const { pipeline, version } = addPipelineVersion(app, {
		pipelineId: request.pipeline_id || `${name}-${world.random.hexId().slice(0, 8)}`,
		pipelineDescription: request.pipeline_description,
		description: request.pipeline_version_description,
		templateName: name,
		args,
	});
	const run = startRun(call, version, { args, fields: request });
	return {
		pipeline: { ...pipeline.message, pipeline_version: version.message },
		pipeline_version_run: showRun(run, call.now),
	};
};

function startRun(
	call: Call,
	version: PipelineVersionState,
	{ args, fields }: { args: RunArgs; fields: Message },
): RunState {
	const id: string = fields.id || call.world.random.hexId();
	return addRun(call.app, version, {
		id,
		args,
		override: fields.input_args_override,
		nodepools: fields.nodepools,
		plan: planRun(call, id, args),
		request: call.record,
	});
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
		throw new ApiError(Code.doesNotExist, `Pipeline version run '${id}' does not exist`);
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

/** Further runs of a version. What they do not override is as in its specification. */
const postRuns: Handler = (call) => {
	const version = findVersion(call);
	const asked: Message[] = call.request.pipeline_version_runs ?? [];
	const { runner_selector } = call.request;
	const runs = asked.map((fields) => {
		const nodepools: Message[] = fields.nodepools ?? [runner_selector?.nodepool].filter(Boolean);
		checkNodepools(call, nodepools);
		if (fields.id && version.runs.has(fields.id)) {
			throw new ApiError(Code.duplicate, `Run '${fields.id}' already exists`);
		}
		const args = { ...version.args, ...overridden(version.args, fields.input_args_override) };
		return { args, fields: { ...fields, nodepools } };
	});
	return {
		pipeline_version_runs: runs.map((run) => showRun(startRun(call, version, run), call.now)),
	};
};

/** Cancels, pauses or resumes runs: "overwrite" with the status that they are to have. */
const patchRuns: Handler = (call) => {
	if (call.request.action !== 'overwrite') {
		throw new ApiError(Code.invalidRequest, `action: only 'overwrite' is supported`);
	}
	const patches: Message[] = call.request.pipeline_version_runs ?? [];
	const runs = patches.map((patch) => findRun(call, patch.id));
	patches.forEach((patch, index) => changeTo(call, runs[index]!, patch));
	return { pipeline_version_runs: runs.map((run) => showRun(run, call.now)) };
};

/** To cancel what has ended changes nothing; any other change that is not possible is refused: assumed. */
function changeTo(call: Call, run: RunState, { orchestration_status }: Message) {
	const code: number = orchestration_status?.status?.code ?? 0;
	if (changeRun(run, code, call.now) || code === Code.jobCancelled) return;
	const now = showRun(run, call.now).orchestration_status.status;
	throw new ApiError(
		Code.invalidRequest,
		`a run with status ${now.code} cannot be given status ${code}`,
	);
}

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
	PostPipelineVersionRunFromTemplate: runTemplate,
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
