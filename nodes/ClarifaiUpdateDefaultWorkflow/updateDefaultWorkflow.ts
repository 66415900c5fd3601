import type { IDataObject } from 'n8n-workflow';
import { inApp } from '../shared/api/client';
import { fetchWorkflow } from '../shared/api/resources';
import type { AppScope } from '../shared/clarifai/identifiers';
import { objectAt, objectsAt, textAt, type JsonObject } from '../shared/clarifai/json';
import type { ItemWork } from '../shared/node/runItems';

interface DefaultRequest {
	/** The app whose default workflow is set. */
	scope: AppScope;
	workflowId: string;
	/** The workflow's owner; not the app itself when it was given as a link to another app. */
	owner: AppScope;
	reindex: boolean;
	simplify: boolean;
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

	async perform({ scope, workflowId, owner, reindex }, { client }) {
		// Items of one app in their order: the last one decides which workflow stays the default.
		return await client.inTurn(`${scope.userId}/${scope.appId}`, async () => {
			await fetchWorkflow(client, owner, workflowId);
			const app = objectAt(await client.get(inApp(scope)), 'app');
			const previous = defaultWorkflowOf(app, scope);
			const isDefault =
				previous?.id === workflowId &&
				previous.owner.userId === owner.userId &&
				previous.owner.appId === owner.appId;
			if (isDefault && !reindex) return { app, previous: previous.id, changed: false };
			const answer = await client.request({
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
				repeatable: true,
			});
			const [updated] = objectsAt(answer, 'apps');
			return { app: updated ?? app, previous: previous?.id, changed: !isDefault };
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

/** The app's default workflow, from the current field or from the deprecated one. */
function defaultWorkflowOf(
	app: JsonObject,
	scope: AppScope,
): { id: string; owner: AppScope } | undefined {
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
