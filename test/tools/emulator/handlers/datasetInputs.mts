import type { Call, Handler } from '../call.mts';
import { inputsOf, joinDataset } from '../datasetState.mts';
import type { DatasetState } from '../datasetState.mts';
import { showInput } from '../dataViews.mts';
import { answerItems } from '../itemResults.mts';
import type { Message } from '../message.mts';
import { ApiError, Code, makeStatus } from '../statuses.mts';
import { findDataset } from './datasets.mts';

/** As for inputs; what the true limit is, is not known. */
const MAX_INPUTS = 128;

function showDatasetInput(call: Call, dataset: DatasetState, id: string): Message {
	const input = showInput(call.app, call.app.inputs.get(id)!, call.now);
	return { created_at: dataset.members.get(id), input };
}

const listDatasetInputs: Handler = (call) => {
	call.supportsOnly('dataset_id');
	const dataset = findDataset(call);
	const members = inputsOf(call.app, dataset).map(({ message }) => ({
		id: message.id as string,
		created_at: dataset.members.get(message.id),
	}));
	const page = call.paginate(call.sort(members));
	return { dataset_inputs: page.map(({ id }) => showDatasetInput(call, dataset, id)) };
};

const getDatasetInput: Handler = (call) => {
	const dataset = findDataset(call);
	const { input_id: id } = call.request;
	if (!dataset.members.has(id) || !call.app.inputs.has(id)) {
		throw new ApiError(Code.doesNotExist, `Dataset input '${id}' does not exist`);
	}
	return { dataset_input: showDatasetInput(call, dataset, id) };
};

/** Inputs that are members already stay so, without a word: assumed. */
const postDatasetInputs: Handler = (call) => {
	call.supportsOnly('dataset_id', 'dataset_inputs');
	const { app, request } = call;
	const dataset = findDataset(call);
	const asked: Message[] = request.dataset_inputs ?? [];
	if (asked.length === 0 || asked.length > MAX_INPUTS) {
		throw new ApiError(
			Code.invalidRequest,
			`expected 1 to ${MAX_INPUTS} dataset inputs, got ${asked.length}`,
		);
	}
	const results = asked.map(({ input }) => {
		const id: string = input?.id ?? '';
		if (app.inputs.has(id)) {
			joinDataset(app, dataset, id);
			return { shown: showDatasetInput(call, dataset, id), failed: false };
		}
		const status = makeStatus(Code.inputDoesNotExist, { details: `input_id '${id}' not found` });
		return { shown: { input: { id, status } }, failed: true };
	});
	return answerItems(call, 'dataset_inputs', results);
};

const deleteDatasetInputs: Handler = (call) => {
	const dataset = findDataset(call);
	for (const id of (call.request.input_ids ?? []) as string[]) dataset.members.delete(id);
	return {};
};

export const datasetInputHandlers: Record<string, Handler> = {
	ListDatasetInputs: listDatasetInputs,
	GetDatasetInput: getDatasetInput,
	PostDatasetInputs: postDatasetInputs,
	DeleteDatasetInputs: deleteDatasetInputs,
};
