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
	| 'reindexing';

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
	PostPipelineVersionRuns: ({ pipeline_id }, answer) => runs('run', pipeline_id, answer),
	PatchPipelineVersionRuns: ({ pipeline_id }, answer) => runs('runChange', pipeline_id, answer),
	PostWorkflows: ({ user_app_id }, answer) => workflows('workflow', user_app_id?.app_id, answer),
	PatchWorkflows: ({ user_app_id }, answer) =>
		workflows('workflowUpdate', user_app_id?.app_id, answer),
	DeleteWorkflow: ({ workflow_id, user_app_id }) => [
		['workflowDeletion', workflow_id, user_app_id?.app_id],
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

function runs(deed: Deed, pipelineId: string, { pipeline_version_runs }: Message): Done[] {
	return (pipeline_version_runs as Message[]).map(({ id }) => [deed, id as string, pipelineId]);
}

function workflows(deed: Deed, appId: string, answer: Message): Done[] {
	return (answer.workflows as Message[]).map(({ id }) => [deed, id as string, appId]);
}

function defaultWorkflow(patch: Message, app: Message, { reindex }: Message): Done[] {
	const isAsked = Boolean(patch.default_workflow_id ?? patch.default_workflow?.id);
	const changes: Done[] = [];
	if (isAsked) changes.push(['defaultWorkflow', app.default_workflow_id, app.id]);
	if (reindex) changes.push(['reindexing', app.default_workflow_id, app.id]);
	return changes;
}
