import type { Call, Handler } from '../call.mts';
import type { Message } from '../message.mts';
import type { AppState } from '../state.mts';
import { ApiError, Code } from '../statuses.mts';
import { matchesSearch } from './models.mts';

/** Fields of an app that "overwrite" may change, besides the default workflow. */
const OVERWRITABLE = [
	'name',
	'default_language',
	'metadata',
	'description',
	'notes',
	'sample_ms',
	'visibility',
	'image',
	'is_template',
];

const getApp: Handler = (call) => ({ app: call.app.message });

const listApps: Handler = (call) => {
	call.supportsOnly('search', 'query', 'name', 'id');
	const { search, query, name, id } = call.request;
	const terms = [search, query, name, id].filter(Boolean) as string[];
	const found = call.listedApps
		.map(({ message }) => message)
		.filter((app) => {
			const text = [app.id, app.name, app.description].join(' ');
			return terms.every((term) => matchesSearch(text, term));
		});
	return { apps: call.paginate(call.sort(found)) };
};

const patchApps: Handler = (call) => {
	const patches: Message[] = call.request.apps ?? [];
	if (patches.length === 0) throw new ApiError(Code.invalidRequest, 'no apps given');
	const apps = patches.map((patch) => findOwnApp(call, patch.id));
	patches.forEach((patch, index) => checkPatch(call, apps[index]!, patch));
	patches.forEach((patch, index) => applyPatch(call, apps[index]!, patch));
	return { apps: apps.map(({ message }) => message) };
};

const patchApp: Handler = (call) => {
	const { app, request } = call;
	const patch: Message = request.app ?? {};
	checkPatch(call, app, patch);
	applyPatch(call, app, patch);
	return { app: app.message };
};

function findOwnApp(call: Call, id: string): AppState {
	const app = call.user.apps.get(id);
	if (!app) throw new ApiError(Code.doesNotExist, `App '${id ?? ''}' does not exist`);
	if (!call.owns(app)) {
		throw new ApiError(Code.insufficientScopes, `App '${id}' belongs to another user`);
	}
	return app;
}

function checkPatch(call: Call, app: AppState, patch: Message) {
	const { action } = call.request;
	if (action === 'remove') {
		throw new ApiError(Code.notImplemented, 'The emulator does not remove app images');
	}
	if (action !== 'overwrite') {
		throw new ApiError(Code.invalidRequest, `action: '${action ?? ''}' is not supported for apps`);
	}
	const asked = askedDefaultWorkflow(app, patch);
	if (!asked) return;
	const owner = call.world.findApp(asked.user_id, asked.app_id);
	if (!owner?.workflows.has(asked.id) || !call.mayRead(owner)) {
		throw new ApiError(Code.workflowDoesNotExist, `Workflow '${asked.id}' does not exist`);
	}
}

/**
 * The workflow that a patch makes the default, from the old and the new form. Which of the two the
 * server prefers when they differ is not known, so the emulator refuses that.
 */
function askedDefaultWorkflow(app: AppState, patch: Message): Message | undefined {
	const { default_workflow_id: oldForm, default_workflow: newForm } = patch;
	if (oldForm && newForm?.id && oldForm !== newForm.id) {
		throw new ApiError(
			Code.invalidRequest,
			`default_workflow_id '${oldForm}' and default_workflow.id '${newForm.id}' differ`,
		);
	}
	const id = newForm?.id ?? oldForm;
	if (!id) return undefined;
	return {
		id,
		user_id: newForm?.user_id || app.userId,
		app_id: newForm?.app_id || app.id,
	};
}

function applyPatch(call: Call, app: AppState, patch: Message) {
	for (const key of OVERWRITABLE) {
		if (patch[key] !== undefined) app.message[key] = patch[key];
	}
	app.message.modified_at = call.world.clock.timestamp();
	const workflow = askedDefaultWorkflow(app, patch);
	if (workflow) {
		app.message.default_workflow_id = workflow.id;
		app.message.default_workflow = workflow;
	}
	if (call.request.reindex) app.reindexCount++;
}

export const appHandlers: Record<string, Handler> = {
	GetApp: getApp,
	ListApps: listApps,
	PatchApps: patchApps,
	PatchApp: patchApp,
};
