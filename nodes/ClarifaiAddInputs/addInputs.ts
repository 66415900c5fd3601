import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { conceptIds } from '../shared/api/concepts';
import { findDataset } from '../shared/api/datasets';
import { inputsProcessingJob, MOST_INPUTS, type InputsProcessing } from '../shared/api/inputs';
import { waitForJob, type Waited } from '../shared/api/jobs';
import { labelsOf } from '../shared/clarifai/inputs';
import { known } from '../shared/clarifai/json';
import type { ItemRun, ItemWork } from '../shared/node/itemWork';
import { isTool } from '../shared/node/tool';
import { InputProblem, inputProblemOf } from '../shared/parameters/problems';
import { bytesOf } from '../shared/parameters/mediaParameters';
import { unknownConcepts } from '../shared/parameters/unknownConcepts';
import type { AddResult } from './addResult';
import { InputsRun } from './inputsRun';
import { addInputsProperties } from './properties';
import { notFollowed, unreadable } from './refusals';
import { readAddRequest, type AddRequest } from './request';

/** Well below Clarifai's 128 MB, which may count the base64. */
const MOST_BYTES = 64_000_000;

export function addInputsItems(context: IExecuteFunctions): ItemWork<AddRequest, AddResult, void> {
	// Agents call tools within seconds.
	const mayWait = !isTool(context);
	const inputs = new InputsRun(context);
	const waits = new Map<string, Promise<Waited<InputsProcessing>>>();

	/** The items of a batch wait together. */
	async function processed(batch: InputsProcessing, request: AddRequest, { client }: ItemRun) {
		const key = batch.jobId ?? batch.ids.join();
		const options = request.wait!;
		const waiting = waits.get(key) ?? waitForJob(client, inputsProcessingJob, batch, options);
		waits.set(key, waiting);
		return await waiting;
	}

	return {
		properties: addInputsProperties,
		writes: true,

		prepare: async (item) => await readAddRequest(context, item, mayWait),

		async check({ scope, labels, datasetId, createDataset, newConcepts }, { client }) {
			const problems: InputProblem[] = [];
			const concepts = [
				...(labels.positive ?? []),
				...(labels.negative ?? []),
				...(labels.regions ?? []).flatMap((region) => region.concepts),
			];
			if (newConcepts === 'refuse' && concepts.length > 0) {
				const known = await conceptIds(client, scope);
				const unknown = unknownConcepts([...new Set(concepts)], known);
				if (unknown) problems.push(unknown);
			}
			if (datasetId !== undefined && !createDataset) {
				const dataset = await findDataset(client, scope, datasetId);
				if (!dataset) problems.push(noDataset(datasetId));
			}
			if (problems.length > 0) throw inputProblemOf(problems);
		},

		together: {
			key: ({ scope, datasetId, createDataset, ifExists, medium, wait }) =>
				JSON.stringify([scope, datasetId, createDataset, ifExists, medium.type, wait]),
			most: ({ medium }) => (medium.type === 'video' ? 1 : MOST_INPUTS),
			mostBytes: MOST_BYTES,
			sizeOf: ({ medium }) => bytesOf(medium),
			perform: async (batch) => await inputs.add(batch),
		},

		async settle(result, request, run) {
			if (!request.wait || !result.batch || result.isProcessed || result.inputId === undefined)
				return result;
			const { inputId } = result;
			const { state, end } = await processed(result.batch, request, run).catch((error: unknown) => {
				throw notFollowed(inputId, error);
			});
			const input = state.inputs?.[inputId];
			if (input?.processing === 'failed') throw unreadable(inputId, input, request.scope);
			if (end === 'timedOut' && input?.processing !== 'processed') {
				run.hint('The wait ran out before Clarifai had read all inputs; it goes on reading them.');
			}
			return { ...result, isProcessed: input?.processing === 'processed' };
		},

		output(result, { scope, datasetId, simplify }) {
			if (!simplify) return [result.raw as IDataObject];
			return [
				known<IDataObject>({
					inputId: result.inputId ?? null,
					status: result.status,
					processing: result.isProcessed ? 'processed' : 'pending',
					labelsDiffer: result.labelsDiffer ? true : undefined,
					duplicateUrl: result.inputId === undefined ? true : undefined,
					concepts: labelsOf(result.data).positive ?? [],
					// Which input has the URL is not known, so that it has not joined the dataset either.
					datasetId: result.inputId === undefined ? undefined : datasetId,
					userId: scope.userId,
					appId: scope.appId,
					createdAt: result.createdAt,
				}),
			];
		},
	};
}

function noDataset(datasetId: string): InputProblem {
	return new InputProblem(
		`Dataset "${datasetId}" does not exist in the app`,
		"Pick it from the list, or turn on 'Create Dataset' in 'Additional Fields'.",
	);
}
