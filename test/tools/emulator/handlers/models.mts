import type { Call, Handler } from '../call.mts';
import type { Message } from '../message.mts';
import type { AppState, ModelState } from '../state.mts';
import { ApiError, Code } from '../statuses.mts';
import { newestTrainedVersion, newestVersion, showModel } from '../views.mts';

/** Fields of a model that its creator may set. */
const SETTABLE = [
	'id',
	'name',
	'model_type_id',
	'description',
	'notes',
	'metadata',
	'presets',
	'visibility',
	'toolkits',
	'use_cases',
	'languages',
	'image',
	'default_eval_info',
	'task',
	'check_consents',
];

/** "unique within app and URL-friendly" is documented; the exact rule is assumed. */
const ID_PATTERN = /^[0-9A-Za-z][\w.-]*$/;

const postModels: Handler = (call) => {
	const { app, request } = call;
	const models: Message[] = request.models ?? (request.model ? [request.model] : []);
	if (models.length !== 1) {
		throw new ApiError(Code.invalidRequest, `expected one model, got ${models.length}`);
	}
	const fields = Object.fromEntries(
		SETTABLE.filter((key) => models[0]![key] !== undefined).map((key) => [key, models[0]![key]]),
	);
	// Assumed: a model without a type is a transfer-learning classifier, as it always was.
	fields.model_type_id ??= 'embedding-classifier';
	checkNewModel(call, app, fields);
	const model = app.addModel(fields);
	// Where the older guides have what to train by; newer ones say it with each training.
	const { train_info, output_info } = models[0]!;
	model.trainedBy = { train_info, output_info };
	return { model: showModel(app, model, call.now) };
};

/** Which codes refuse a bad model is assumed; the code of a duplicate is known by its text only. */
function checkNewModel(call: Call, app: AppState, fields: Message) {
	if (!ID_PATTERN.test(fields.id ?? '')) {
		throw new ApiError(Code.modelInvalidArgument, `model id '${fields.id ?? ''}' is not valid`);
	}
	const modelType = call.world.findModelType(fields.model_type_id);
	if (!modelType?.creatable) {
		throw new ApiError(
			Code.modelInvalidArgument,
			`model_type_id '${fields.model_type_id}' does not exist or cannot be created`,
		);
	}
	if (app.models.has(fields.id)) {
		throw new ApiError(Code.duplicate, `Model with ID '${fields.id}' already exists`);
	}
}

const getModel: Handler = (call) => {
	const { app, model, request } = call;
	return { model: showModel(app, model, call.now, request.version_id && call.version) };
};

const listModels: Handler = (call) => {
	call.supportsOnly(
		'model_type_id',
		'trained_only',
		'search',
		'query',
		'name',
		'visibility',
		'dont_fetch_from_main',
		'toolkits',
		'use_cases',
		'languages',
	);
	const found = call.listedApps.flatMap((app) =>
		[...app.models.values()]
			.filter((model) => isAskedFor(call, model))
			.map((model) => showModel(app, model, call.now)),
	);
	return { models: call.paginate(call.sort(found, 'modified_at')) };
};

function isAskedFor({ request, now }: Call, model: ModelState) {
	const { message } = model;
	const text = [message.id, message.name, message.description, message.notes].join(' ');
	const hasAll = (field: string) =>
		(request[field] ?? []).every((tag: string) => message[field]?.includes(tag));
	return (
		(!request.model_type_id || message.model_type_id === request.model_type_id) &&
		(!request.trained_only || newestTrainedVersion(model, now) !== undefined) &&
		(!request.search || matchesSearch(text, request.search)) &&
		(!request.query || matchesWords(text, request.query)) &&
		(!request.name || matchesWildcard(message, request.name)) &&
		(!request.visibility || message.visibility?.gettable === request.visibility.gettable) &&
		['toolkits', 'use_cases', 'languages'].every(hasAll)
	);
}

/** `search`: every keyword begins a word of the text. */
export function matchesSearch(text: string, search: string) {
	const words = wordsOf(text);
	return wordsOf(search).every((keyword) => words.some((word) => word.startsWith(keyword)));
}

/** `query`: whole words only. */
function matchesWords(text: string, query: string) {
	const words = wordsOf(text);
	return wordsOf(query).every((keyword) => words.includes(keyword));
}

/** `name`: the ID or the description, with `*` as a wildcard. */
function matchesWildcard(message: Message, name: string) {
	const escaped = name.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
	const pattern = new RegExp(`^${escaped}$`, 'i');
	return pattern.test(message.id) || pattern.test(message.description ?? '');
}

function wordsOf(text: string) {
	return text
		.toLowerCase()
		.split(/[^0-9a-z]+/)
		.filter(Boolean);
}

const deleteModel: Handler = (call) => {
	call.app.models.delete(call.model.message.id);
	return {};
};

const getModelOutputInfo: Handler = (call) => {
	const { app, model, request, now } = call;
	const version = request.version_id ? call.version : newestVersion(model);
	const shown = showModel(app, model, now, version);
	return { model: { ...shown, output_info: version?.message.output_info } };
};

const listModelConcepts: Handler = (call) => {
	call.supportsOnly('model_id', 'version_id');
	const version = call.request.version_id ? call.version : newestVersion(call.model);
	const concepts: Message[] = version?.message.output_info?.data?.concepts ?? [];
	return { concepts: call.paginate(concepts) };
};

export const modelHandlers: Record<string, Handler> = {
	PostModels: postModels,
	GetModel: getModel,
	GetModelOutputInfo: getModelOutputInfo,
	ListModels: listModels,
	ListModelConcepts: listModelConcepts,
	DeleteModel: deleteModel,
};
