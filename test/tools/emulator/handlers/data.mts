import type { Call, Handler } from '../call.mts';
import type { DatasetState } from '../state.mts';
import { ApiError, Code, makeStatus } from '../statuses.mts';
import { showDataset, showDatasetVersion } from '../views.mts';
import { matchesSearch } from './models.mts';

/** Concepts, datasets and inputs: what a training learns from. */

const listConcepts: Handler = (call) => {
	call.supportsOnly('id');
	const wanted: string = call.request.id ?? '';
	const found = [...call.app.concepts.values()].filter(({ id }) =>
		(id as string).toLowerCase().includes(wanted.toLowerCase()),
	);
	return { concepts: call.paginate(found) };
};

const getConcept: Handler = (call) => {
	const { concept_id: id } = call.request;
	const concept = call.app.concepts.get(id);
	if (!concept) throw new ApiError(Code.doesNotExist, `Concept '${id}' does not exist`);
	return { concept };
};

const listDatasets: Handler = (call) => {
	call.supportsOnly('search', 'id');
	const terms = [call.request.search, call.request.id].filter(Boolean) as string[];
	const found = call.listedApps
		.flatMap((app) => [...app.datasets.values()])
		.filter(({ message }) =>
			terms.every((term) => matchesSearch(`${message.id} ${message.description ?? ''}`, term)),
		);
	return { datasets: call.paginate(call.sort(found.map(showDataset))) };
};

function findDataset(call: Call): DatasetState {
	const { dataset_id: id } = call.request;
	const dataset = call.app.datasets.get(id);
	if (!dataset) throw new ApiError(Code.doesNotExist, `Dataset '${id}' does not exist`);
	return dataset;
}

const getDataset: Handler = (call) => ({ dataset: showDataset(findDataset(call)) });

const listDatasetVersions: Handler = (call) => {
	call.supportsOnly('dataset_id');
	const dataset = findDataset(call);
	const page = call.paginate(call.sort([...dataset.versions.values()]));
	return { dataset_versions: page.map((version) => showDatasetVersion(dataset, version)) };
};

const getDatasetVersion: Handler = (call) => {
	const dataset = findDataset(call);
	const { dataset_version_id: id } = call.request;
	const version = dataset.versions.get(id);
	if (!version) throw new ApiError(Code.doesNotExist, `Dataset version '${id}' does not exist`);
	return { dataset_version: showDatasetVersion(dataset, version) };
};

const listInputs: Handler = (call) => {
	call.supportsOnly('ids');
	const { ids } = call.request;
	const found = [...call.app.inputs.values()].filter(({ id }) => !ids || ids.includes(id));
	const status = makeStatus(Code.inputSuccess);
	return { inputs: call.paginate(call.sort(found)).map((input) => ({ ...input, status })) };
};

const getInputCount: Handler = (call) => ({ counts: { processed: call.app.inputs.size } });

export const dataHandlers: Record<string, Handler> = {
	ListConcepts: listConcepts,
	GetConcept: getConcept,
	ListDatasets: listDatasets,
	GetDataset: getDataset,
	ListDatasetVersions: listDatasetVersions,
	GetDatasetVersion: getDatasetVersion,
	ListInputs: listInputs,
	GetInputCount: getInputCount,
};
