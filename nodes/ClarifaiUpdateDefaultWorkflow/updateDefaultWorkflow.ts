import type { IDataObject } from 'n8n-workflow';
import { inApp } from '../shared/api/call';
import type { ClarifaiClient } from '../shared/api/client';
import { fetchWorkflow } from '../shared/api/resources';
import type { AppScope } from '../shared/clarifai/identifiers';
import { objectAt, objectsAt, textAt, type JsonObject } from '../shared/clarifai/json';
import type { ItemWork } from '../shared/node/itemWork';

interface DefaultRequest {
	/** The app whose default workflow is set. */
	scope: AppScope;
	workflowId: string;
	/** The workflow's owner; not the app itself when it was given as a link to another app. */
	owner: AppScope;
	reindex: boolean;
	simplify: boolean;
}

interface DefaultWorkflow {
	id: string;
	owner: AppScope;
}

/** An app as far as this run knows it. */
interface AppState {
	app: JsonObject;
	current?: DefaultWorkflow;
}

interface DefaultResult {
	app: JsonObject;
	previous?: string;
	changed: boolean;
}

export const updateDefaultWorkflow: ItemWork<DefaultRequest, DefaultResult> = {
	writes: true,

	prepare(item) {
		const { id, scope: linked } = item.located('workflow', 'Workflow', 'workflows');
		const scope = item.scope();
		return {
			scope,
			workflowId: id,
			owner: linked ?? scope,
			reindex: item.boolean('reindex', 'Reindex'),
			simplify: item.boolean('simplify', 'Simplify', true),
		};
	},

	async perform(request, { client, earlier }) {
		const { scope, workflowId, owner, reindex } = request;
		// Items of one app in their order: the last one decides which workflow stays the default.
		return await client.inTurn(`${scope.userId}/${scope.appId}`, async () => {
			await client.cached(
				`workflow ${owner.userId}/${owner.appId}/${workflowId}`,
				async () => await fetchWorkflow(client, owner, workflowId),
			);
			// Read once in a run: after that, the items before this one have decided it.
			const appKey = `app ${scope.userId}/${scope.appId}`;
			const { app, current } = await client.cached(appKey, async (): Promise<AppState> => {
				const fetched = await fetchApp(client, scope);
				return { app: fetched, current: defaultWorkflowOf(fetched, scope) };
			});
			// After a try that was left unclear, the default may be this item's workflow already.
			if (earlier.unclearSince === undefined) earlier.before = current;
			const previous = earlier.before as DefaultWorkflow | undefined;
			const isDefault = isWanted(previous, request);
			if (isDefault && !reindex) return { app, previous: previous?.id, changed: false };
			// Should the change fail, the next item looks for itself.
			client.remember(appKey, undefined);
			const result = await client.writeOnce(
				{
					method: 'PATCH',
					path: ['users', scope.userId, 'apps'],
					body: {
						action: 'overwrite',
						apps: [
							{
								id: scope.appId,
								// The guide's form and the current one: which of them a platform reads depends on its age.
								default_workflow_id: workflowId,
								default_workflow: { id: workflowId, user_id: owner.userId, app_id: owner.appId },
							},
						],
						...(reindex ? { reindex: true } : {}),
					},
					patOnly: true,
				},
				async () => {
					const now = await fetchApp(client, scope);
					// A reindexing that leaves the default as it was cannot be seen, and is asked for again.
					return !isDefault && isWanted(defaultWorkflowOf(now, scope), request) ? now : undefined;
				},
				earlier,
			);
			const updated = 'found' in result ? result.found : objectsAt(result.answer, 'apps')[0];
			const changed: AppState = { app: updated ?? app, current: { id: workflowId, owner } };
			client.remember(appKey, changed);
			return { app: changed.app, previous: previous?.id, changed: !isDefault };
		});
	},

	output({ app, previous, changed }, { scope, workflowId, simplify }) {
		if (!simplify) return [app as IDataObject];
		return [
			{
				appId: scope.appId,
				userId: scope.userId,
				defaultWorkflowId: workflowId,
				previousDefaultWorkflowId: previous ?? null,
				changed,
			},
		];
	},
};

async function fetchApp(client: ClarifaiClient, scope: AppScope): Promise<JsonObject> {
	return objectAt(await client.get(inApp(scope)), 'app');
}

function isWanted(
	workflow: DefaultWorkflow | undefined,
	{ workflowId, owner }: DefaultRequest,
): boolean {
	return (
		workflow?.id === workflowId &&
		workflow.owner.userId === owner.userId &&
		workflow.owner.appId === owner.appId
	);
}

/** The app's default workflow, from the current field or from the deprecated one. */
function defaultWorkflowOf(app: JsonObject, scope: AppScope): DefaultWorkflow | undefined {
	const current = objectAt(app, 'default_workflow');
	const id = textAt(current, 'id') ?? textAt(app, 'default_workflow_id');
	if (id === undefined) return undefined;
	return {
		id,
		owner: {
			userId: textAt(current, 'user_id') ?? scope.userId,
			appId: textAt(current, 'app_id') ?? scope.appId,
		},
	};
}
