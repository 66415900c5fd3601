import type { IDataObject } from 'n8n-workflow';
import { fetchApp } from '../shared/api/apps';
import { inApp, type Call } from '../shared/api/call';
import { ClarifaiFailure } from '../shared/api/failures';
import { workflowPath } from '../shared/api/workflows';
import { readApp, type App, type WorkflowReference } from '../shared/clarifai/apps';
import { ME, portalUrl, type AppScope } from '../shared/clarifai/identifiers';
import { known, objectsAt } from '../shared/clarifai/json';
import type { ItemRun, ItemWork } from '../shared/node/itemWork';
import { defaultWorkflowProperties } from './properties';

interface DefaultRequest {
	/** The app whose default workflow is set. */
	scope: AppScope;
	/** The workflow; its owner is not the app itself when it was given as a link to another app. */
	workflow: WorkflowReference;
	reindex: boolean;
	simplify: boolean;
}

interface DefaultResult {
	app: App;
	previous?: string;
	changed: boolean;
}

export const updateDefaultWorkflow: ItemWork<DefaultRequest, DefaultResult> = {
	properties: defaultWorkflowProperties,
	writes: true,

	prepare(item) {
		const { id, scope: linked } = item.located('workflow', 'workflows');
		const scope = item.scope();
		return {
			scope,
			workflow: { id, owner: linked ?? scope },
			reindex: item.boolean('reindex'),
			simplify: item.boolean('simplify'),
		};
	},

	async check({ workflow }, { client }) {
		const path = workflowPath(workflow.owner, workflow.id);
		const look = client.cached(path, async () => await client.get(path));
		const looked: unknown = await look.catch((error: unknown) => error);
		if (!(looked instanceof Error)) return;
		if (!(looked instanceof ClarifaiFailure) || !looked.isMissing()) throw looked;
		throw new ClarifaiFailure({
			...looked.facts,
			message: `Workflow "${workflow.id}" does not exist`,
		});
	},

	async perform(request, run) {
		const { scope, reindex } = request;
		// Items of one app in their order: the last one decides which workflow stays the default.
		return await run.inTurn(turnOf(scope), async () => {
			// Read once in a run: after that, the items before this one have decided it.
			const app = await run.client.cached(
				inApp(scope),
				async () => await fetchApp(run.client, scope),
			);
			// After a try that was left unclear, the default may be this item's workflow already.
			if (!run.mayBeDone) run.kept.previous = app.defaultWorkflow;
			const previous = run.kept.previous as WorkflowReference | undefined;
			const wasDefault = isSame(previous, request, app);
			if (wasDefault && !reindex) return { app, previous: previous?.id, changed: false };
			// Should the change fail, the next item looks for itself.
			run.client.forget(inApp(scope));
			const changed = await change(request, app, wasDefault, run);
			const now: App = { ...app, ...changed, defaultWorkflow: request.workflow };
			run.client.remember(inApp(scope), now);
			return { app: now, previous: previous?.id, changed: !wasDefault };
		});
	},

	output({ app, previous, changed }, { scope, workflow, simplify }) {
		if (!simplify) return [app.raw as IDataObject];
		return [
			known<IDataObject>({
				defaultWorkflowId: workflow.id,
				changed,
				previousDefaultWorkflowId: previous,
				appId: scope.appId,
				userId: scope.userId,
			}),
		];
	},
};

function turnOf({ userId, appId }: AppScope): string {
	return `default workflow of ${userId}/${appId}`;
}

async function change(
	request: DefaultRequest,
	app: App,
	wasDefault: boolean,
	run: ItemRun,
): Promise<App> {
	const { scope, workflow, reindex } = request;
	const made = await run.writeInTurn<App>({
		call: patchCall(request, app),
		turn: turnOf(scope),
		read: (answer) => objectsAt(answer, 'apps').map((app) => readApp(app, scope))[0],
		idOf: ({ defaultWorkflow }) => referenceOf(defaultWorkflow),
		look: async (client) => [await fetchApp(client, scope)],
		isOurs: (found) => isSame(found.defaultWorkflow, request, found),
		there: [app],
		isChange: true,
		// A reindexing that leaves the default as it was cannot be seen.
		leavesNoTrace: wasDefault,
		what: reindex
			? `making workflow "${workflow.id}" the default and reindexing the app's inputs`
			: `making workflow "${workflow.id}" the default`,
		where: portalUrl(scope),
	});
	return made;
}

function patchCall({ scope, workflow, reindex }: DefaultRequest, app: App): Call {
	const { id, owner } = workflow;
	const userId = nameOf(owner.userId, app);
	return {
		method: 'PATCH',
		path: ['users', scope.userId, 'apps'],
		body: {
			action: 'overwrite',
			apps: [
				{
					id: scope.appId,
					// The guide's form and the current one: which of them a platform reads depends on its age.
					default_workflow_id: id,
					default_workflow: { id, user_id: userId, app_id: owner.appId },
				},
			],
			...(reindex ? { reindex: true } : {}),
		},
		patOnly: true,
	};
}

function referenceOf(workflow: WorkflowReference | undefined): string {
	return workflow ? `${workflow.owner.userId}/${workflow.owner.appId}/${workflow.id}` : '';
}

/** "me" stands for the owner of the token, whose name Clarifai shows. */
function nameOf(userId: string, app: App): string {
	return userId === ME ? (app.userId ?? ME) : userId;
}

function isSame(
	current: WorkflowReference | undefined,
	{ workflow, scope }: DefaultRequest,
	app: App,
): boolean {
	const userId = nameOf(workflow.owner.userId, app);
	const currentUser =
		current?.owner.userId === ME ? (app.userId ?? scope.userId) : current?.owner.userId;
	return (
		current?.id === workflow.id &&
		currentUser === userId &&
		current.owner.appId === workflow.owner.appId
	);
}
