import type { Call, Handler } from '../call.mts';
import { toTimestamp } from '../clock.mts';
import { mediumOf } from '../content.mts';
import { joinDataset } from '../datasetState.mts';
import { showData, showInput } from '../dataViews.mts';
import { PATCH_ACTIONS, patchData } from '../inputPatch.mts';
import type { PatchAction } from '../inputPatch.mts';
import { inputStatus, planOf, startProcessing } from '../inputProcessing.mts';
import { checkInputs, problemOf, problemOfLabels } from '../inputRequest.mts';
import { showAddJob, startAddJob } from '../inputsAddJob.mts';
import { storeMedia } from '../inputState.mts';
import type { InputState } from '../inputState.mts';
import { answerItems } from '../itemResults.mts';
import type { ItemResult } from '../itemResults.mts';
import { storeLabels } from '../labels.mts';
import type { Message } from '../message.mts';
import type { AppState } from '../state.mts';
import { ApiError, Code, makeStatus } from '../statuses.mts';

const SUFFIX = 2;

const postInputs: Handler = (call) => {
	const { app, request, now } = call;
	const inputs: Message[] = request.inputs ?? [];
	checkInputs(call, inputs);
	const ids = new Set<string>();
	const results = inputs.map((input) => addInput(call, input, ids));
	const jobId: string | undefined = request.inputs_add_job_id;
	if (jobId === undefined) return answerItems(call, 'inputs', results.map(resultOf(call)));

	const job = app.addJobs.get(jobId) ?? startAddJob(jobId, now);
	app.addJobs.set(jobId, job);
	job.modifiedAt = now;
	job.inputs.push(...results.flatMap((result) => ('added' in result ? result.added : [])));
	return answerItems(call, 'inputs', results.map(resultOf(call)), {
		inputs_add_job: showAddJob(job, now),
	});
};

type Addition = { added: InputState } | { refused: Message };

const resultOf =
	(call: Call) =>
	(addition: Addition): ItemResult => {
		if ('refused' in addition) return { shown: addition.refused, failed: true };
		// The answer never tells of the processing, however short it is.
		const { added } = addition;
		const data = showData(call.app, added, false);
		const status = makeStatus(Code.inputPending);
		return { shown: { ...added.message, data, status }, failed: false };
	};

/** @param ids the IDs that inputs of the same request ask for, each of them noted here */
function addInput(call: Call, input: Message, ids: Set<string>): Addition {
	const { app, world, now } = call;
	const id = freeId(call, input.id, ids);
	if (input.id !== undefined) ids.add(input.id);
	const problem =
		id === undefined
			? makeStatus(Code.inputDuplicate, { details: 'Input has a duplicate ID.' })
			: problemOf(call, input);
	if (problem)
		return { refused: { id: input.id, data: withoutBytes(input.data), status: problem } };

	const { data } = input as { data: Message };
	const media = storeMedia(data, world.dataSettings.keepBytesUpTo);
	const plan = planOf(world.inputPlans, { ...input, id }, media);
	const timestamp = toTimestamp(now);
	const added: InputState = {
		message: {
			id,
			data: storeLabels(app, withoutMedium(data)),
			created_at: timestamp,
			modified_at: timestamp,
		},
		media,
		processing: startProcessing(now, plan, world.dataSettings.processingSeconds),
	};
	app.inputs.add(added);
	for (const datasetId of (input.dataset_ids ?? []) as string[]) {
		joinDataset(app, app.datasets.get(datasetId)!, id!);
	}
	return { added };
}

/** The ID an input gets: its own, one with a suffix where that is asked for, or undefined for none. */
function freeId(call: Call, asked: string | undefined, ids: Set<string>): string | undefined {
	const { app, request, world } = call;
	if (asked === undefined) return world.random.hexId();
	if (ids.has(asked)) return undefined;
	if (!app.inputs.has(asked)) return asked;
	if (request.input_id_conflict_resolution !== SUFFIX) return undefined;
	const numbered = Array.from({ length: 9 }, (_none, index) => `${asked}-${index + 1}`);
	const random = `${asked}-${world.random.hexId().slice(0, 8)}`;
	return [...numbered, random].find((id) => !app.inputs.has(id));
}

function withoutMedium({ image, video, audio, text, ...labels }: Message): Message {
	return labels;
}

/** Bytes never come back in an answer. */
function withoutBytes(data: Message = {}): Message {
	const medium = mediumOf(data);
	if (!medium) return data;
	const { base64, ...rest } = medium.message;
	return { ...data, [medium.kind]: rest };
}

const patchInputs: Handler = (call) => {
	const { request } = call;
	const inputs: Message[] = request.inputs ?? [];
	if (inputs.length === 0) throw new ApiError(Code.inputInvalidRequest, 'no inputs given');
	if (!PATCH_ACTIONS.includes(request.action)) {
		throw new ApiError(Code.inputInvalidRequest, `Unrecognized action '${request.action ?? ''}'`);
	}
	return answerItems(
		call,
		'inputs',
		inputs.map((input) => patchInput(call, input)),
	);
};

function patchInput(call: Call, { id, data = {} }: Message): ItemResult {
	const { app, now } = call;
	const action = call.request.action as PatchAction;
	const input = app.inputs.get(id);
	// Which code a missing input gets is assumed.
	const problem = input
		? problemOfLabels(data)
		: makeStatus(Code.inputDoesNotExist, { details: `input_id '${id ?? ''}' not found` });
	if (!input || problem) return { shown: { id, status: problem }, failed: true };

	const patch = withoutMedium(data);
	input.message = {
		...input.message,
		data: patchData(
			action,
			input.message.data,
			action === 'remove' ? patch : storeLabels(app, patch),
		),
		modified_at: toTimestamp(now),
	};
	const status = makeStatus(Code.inputModified);
	return { shown: { ...showInput(app, input, now), status }, failed: false };
}

const getInput: Handler = (call) => {
	const { input_id: id } = call.request;
	const input = call.app.inputs.get(id);
	if (!input) throw missing(id);
	return { input: showInput(call.app, input, call.now) };
};

function missing(id: string) {
	return new ApiError(
		Code.doesNotExist,
		`input_id '${id}' not found. Check the url of your request.`,
	);
}

const listInputs: Handler = (call) => {
	call.supportsOnly('ids', 'status');
	const { app, request, now } = call;
	const { ids, status } = request as { ids?: string[]; status?: Message };
	const asked = ids
		? [...new Set(ids)].flatMap((id) => app.inputs.get(id) ?? [])
		: app.inputs.values();
	const code = status?.code as number | undefined;
	const found = code ? asked.filter((input) => inputStatus(input, now).code === code) : asked;
	const page = call.paginate(call.sort(found.map(({ message }) => message)));
	return { inputs: page.map(({ id }) => showInput(app, app.inputs.get(id)!, now)) };
};

const STREAM_PER_PAGE = 20;

/** Oldest first; goes on behind the last ID that was seen. */
const streamInputs: Handler = (call) => {
	call.supportsOnly('last_id', 'order_by_id', 'descending');
	const { app, request, now } = call;
	const inputs = app.inputs.values().map(({ message }) => message);
	if (request.order_by_id) inputs.sort((left, right) => (left.id < right.id ? -1 : 1));
	if (request.descending) inputs.reverse();
	const last = inputs.findIndex(({ id }) => id === request.last_id);
	const page = call.paginate(inputs.slice(last + 1), STREAM_PER_PAGE);
	return { inputs: page.map(({ id }) => showInput(app, app.inputs.get(id)!, now)) };
};

const getInputCount: Handler = ({ app, now }) => {
	const codes = app.inputs.values().map((input) => inputStatus(input, now).code as number);
	const count = (code: number) => codes.filter((one) => one === code).length;
	const processed = count(Code.inputSuccess);
	const toProcess = count(Code.inputPending);
	const processing = count(Code.inputInProgress);
	const errors = codes.length - processed - toProcess - processing;
	return { counts: { processed, to_process: toProcess, processing, errors } };
};

const deleteInput: Handler = (call) => {
	const { input_id: id } = call.request;
	const input = call.app.inputs.get(id);
	if (!input) throw missing(id);
	deleteLater(call.app, input, call.now);
	return {};
};

/** That IDs which do not exist are passed over is assumed. */
const deleteInputs: Handler = (call) => {
	const ids: string[] = call.request.ids ?? [];
	if (ids.length === 0 || ids.length > 128) {
		throw new ApiError(Code.inputInvalidRequest, `expected 1 to 128 ids, got ${ids.length}`);
	}
	for (const id of ids) {
		const input = call.app.inputs.get(id);
		if (input) deleteLater(call.app, input, call.now);
	}
	return {};
};

function deleteLater(app: AppState, input: InputState, now: number) {
	app.inputs.deleteLater(input, now + app.world.dataSettings.deletionSeconds * 1000);
}

export const inputHandlers: Record<string, Handler> = {
	PostInputs: postInputs,
	PatchInputs: patchInputs,
	GetInput: getInput,
	ListInputs: listInputs,
	StreamInputs: streamInputs,
	GetInputCount: getInputCount,
	DeleteInput: deleteInput,
	DeleteInputs: deleteInputs,
};
