import type { Message } from './message.mts';
import type { RecordedRequest } from './requests.mts';

/** What can be done at Clarifai so that something is there, costs or runs afterwards. */
export type Deed =
	| 'model'
	| 'modelDeletion'
	| 'training'
	| 'versionDeletion'
	| 'run'
	| 'runChange'
	/** A version that a completed run has put into the app. */
	| 'runVersion'
	| 'workflow'
	| 'workflowUpdate'
	| 'workflowDeletion'
	| 'defaultWorkflow'
	| 'reindexing'
	| 'concept'
	| 'conceptChange'
	| 'input'
	| 'annotation'
	| 'inputChange'
	| 'inputDeletion'
	| 'addJobCancellation'
	| 'dataset'
	| 'datasetChange'
	| 'datasetDeletion'
	| 'datasetInput'
	| 'datasetInputDeletion'
	| 'datasetVersion'
	| 'datasetVersionDeletion'
	| 'export'
	| 'deployment'
	| 'deploymentChange'
	| 'deploymentDeletion'
	| 'evaluation';

/** One thing that was really carried out. */
export interface BookEntry {
	deed: Deed;
	/** The ID of what was made or changed. */
	id: string;
	/** What it belongs to: the model of a training, the pipeline of a run, the run of a version, the app. */
	of: string;
	/** When, on the emulator's clock. */
	at: number;
	/** What asked for it; undefined where nobody did. */
	request: RecordedRequest | undefined;
}

/** What was really carried out, answered or not: that by which a test judges what clients believe. */
export class Book {
	readonly entries: BookEntry[] = [];

	of(deed: Deed): BookEntry[] {
		return this.entries.filter((entry) => entry.deed === deed);
	}

	add(entry: BookEntry) {
		this.entries.push(entry);
	}

	/** Enters what a call that succeeded has done. */
	enter(rpc: string, request: Message, answer: Message, at: number, by: RecordedRequest) {
		for (const [deed, id, of] of DEEDS[rpc]?.(request, answer) ?? []) {
			this.add({ deed, id, of, at, request: by });
		}
	}
}

type Done = [deed: Deed, id: string, of: string];

/** What each call does, from its request and its answer. */
const DEEDS: Record<string, (request: Message, answer: Message) => Done[]> = {
	PostModels: ({ user_app_id }, { model }) => [['model', model.id, user_app_id?.app_id]],
	DeleteModel: ({ model_id, user_app_id }) => [['modelDeletion', model_id, user_app_id?.app_id]],
	PostModelVersions: (_request, { model }) => [['training', model.model_version.id, model.id]],
	DeleteModelVersion: ({ version_id, model_id }) => [['versionDeletion', version_id, model_id]],
	PostPipelineVersionRunFromTemplate: (_request, answer) => [
		['run', answer.pipeline_version_run.id, answer.pipeline.id],
	],
	PostPipelineVersionRuns: ({ pipeline_id }, answer) =>
		each('run', answer.pipeline_version_runs, pipeline_id),
	PatchPipelineVersionRuns: ({ pipeline_id }, answer) =>
		each('runChange', answer.pipeline_version_runs, pipeline_id),
	PostWorkflows: ({ user_app_id }, answer) =>
		each('workflow', answer.workflows, user_app_id?.app_id),
	PatchWorkflows: ({ user_app_id }, answer) =>
		each('workflowUpdate', answer.workflows, user_app_id?.app_id),
	DeleteWorkflow: ({ workflow_id, user_app_id }) => [
		['workflowDeletion', workflow_id, user_app_id?.app_id],
	],
	PostConcepts: ({ user_app_id }, { concepts }) => each('concept', concepts, user_app_id?.app_id),
	PatchConcepts: ({ user_app_id }, { concepts }) =>
		each('conceptChange', concepts, user_app_id?.app_id),
	PostInputs: ({ user_app_id }, { inputs }) => each('input', inputs, user_app_id?.app_id),
	PostAnnotations: ({ user_app_id }, { annotations }) =>
		each('annotation', annotations, user_app_id?.app_id),
	PatchInputs: ({ user_app_id }, { inputs }) => each('inputChange', inputs, user_app_id?.app_id),
	DeleteInput: ({ input_id, user_app_id }) => [['inputDeletion', input_id, user_app_id?.app_id]],
	DeleteInputs: ({ ids, user_app_id }) => eachId('inputDeletion', ids, user_app_id?.app_id),
	CancelInputsAddJob: ({ id, user_app_id }) => [['addJobCancellation', id, user_app_id?.app_id]],
	PatchDatasets: ({ user_app_id }, answer) =>
		each('datasetChange', answer.datasets, user_app_id?.app_id),
	DeleteDatasets: ({ dataset_ids, user_app_id }) =>
		eachId('datasetDeletion', dataset_ids, user_app_id?.app_id),
	PostDatasetInputs: ({ dataset_id }, { dataset_inputs }) =>
		each(
			'datasetInput',
			(dataset_inputs as Message[]).map(({ input }) => input as Message),
			dataset_id,
		),
	DeleteDatasetInputs: ({ dataset_id, input_ids }) =>
		eachId('datasetInputDeletion', input_ids, dataset_id),
	DeleteDatasetVersions: ({ dataset_id, dataset_version_ids }) =>
		eachId('datasetVersionDeletion', dataset_version_ids, dataset_id),
	PutDatasetVersionExports: ({ dataset_id, dataset_version_id }) => [
		['export', dataset_version_id, dataset_id],
	],
	PostDatasets: ({ user_app_id }, answer) => each('dataset', answer.datasets, user_app_id?.app_id),
	PostDatasetVersions: ({ dataset_id }, answer) =>
		each('datasetVersion', answer.dataset_versions, dataset_id),
	PostDeployments: ({ user_app_id }, { deployments }) =>
		each('deployment', deployments, user_app_id?.user_id),
	PatchDeployments: ({ user_app_id }, { deployments }) =>
		each('deploymentChange', deployments, user_app_id?.user_id),
	DeleteDeployments: ({ ids, user_app_id }) =>
		eachId('deploymentDeletion', ids, user_app_id?.user_id),
	// The answer does not repeat the model.
	PostEvaluations: (request, { eval_metrics }) =>
		(eval_metrics as Message[]).map(({ id }, index) => [
			'evaluation',
			id,
			request.eval_metrics[index].model?.id,
		]),
	PostModelVersionEvaluations: ({ model_id }, { eval_metrics }) =>
		each('evaluation', eval_metrics, model_id),
	PostModelVersionMetrics: ({ model_id, version_id, model_version_id }) => [
		['evaluation', model_version_id ?? version_id, model_id],
	],
	PatchApps: (request, answer) =>
		((request.apps ?? []) as Message[]).flatMap((patch, index) =>
			defaultWorkflow(patch, answer.apps[index], request),
		),
	PatchApp: (request, answer) => defaultWorkflow(request.app ?? {}, answer.app, request),
};

/** The calls whose answers say that something was made, started or changed. */
export function isDeed(rpc: string) {
	return rpc in DEEDS;
}

function eachId(deed: Deed, ids: string[] = [], of: string): Done[] {
	return ids.map((id) => [deed, id, of]);
}

function each(deed: Deed, made: Message[], of: string): Done[] {
	return made.filter(isCarriedOut).map(({ id }) => [deed, id as string, of]);
}

/** In a mixed answer, inputs that were refused carry the reason, one of the codes 301xx. */
function isCarriedOut({ status }: Message) {
	const code: number = status?.code ?? 0;
	return code < 30100 || code >= 30200;
}

function defaultWorkflow(patch: Message, app: Message, { reindex }: Message): Done[] {
	const isAsked = Boolean(patch.default_workflow_id ?? patch.default_workflow?.id);
	const changes: Done[] = [];
	if (isAsked) changes.push(['defaultWorkflow', app.default_workflow_id, app.id]);
	if (reindex) changes.push(['reindexing', app.default_workflow_id, app.id]);
	return changes;
}
