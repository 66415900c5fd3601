import type { IDataObject } from 'n8n-workflow';
import { inApp } from '../shared/api/call';
import { ClarifaiFailure } from '../shared/api/failures';
import { findModel, modelPath } from '../shared/api/models';
import { portalUrl, type AppScope } from '../shared/clarifai/identifiers';
import { known, objectAt, type JsonObject } from '../shared/clarifai/json';
import { readModel, type Model } from '../shared/clarifai/models';
import type { ItemRun, ItemWork } from '../shared/node/itemWork';
import { describingFields } from '../shared/parameters/describingFields';
import { InputProblem } from '../shared/parameters/problems';
import { createModelProperties } from './properties';

interface ModelRequest {
	scope: AppScope;
	/** The model in Clarifai's own form. */
	model: JsonObject & { id: string; model_type_id: string };
	ifExists: 'fail' | 'reuse';
	simplify: boolean;
}

interface ModelResult {
	model: Model;
	created: boolean;
}

export const createModel: ItemWork<ModelRequest, ModelResult> = {
	properties: createModelProperties,
	writes: true,

	prepare(item) {
		return {
			scope: item.scope(),
			model: {
				id: item.id('modelId'),
				model_type_id: item.located('modelType').id,
				...describingFields(item, [
					['languages', 'languages'],
					['toolkits', 'toolkits'],
				]),
			},
			ifExists: item.choice('ifModelExists'),
			simplify: item.boolean('simplify'),
		};
	},

	async check(request, run) {
		const existing = run.mayBeDone ? undefined : await find(request, run);
		if (existing) checkExisting(existing, request);
	},

	async perform(request, run) {
		const { scope, model } = request;
		const path = modelPath(scope, model.id);
		// In turn, so that of several items with one ID the first has made the model.
		return await run.inTurn(path.join('/'), async () => {
			const existing = run.mayBeDone ? undefined : await find(request, run);
			if (existing) return { model: checkExisting(existing, request), created: false };
			const made = await create(request, run).catch((error: unknown) => error);
			if (made instanceof Error) return await reuseAfterRefusal(made, request, run);
			run.client.remember(path, made);
			return { model: made as Model, created: true };
		});
	},

	output({ model, created }, { scope, simplify, model: requested }) {
		if (!simplify) return [model.raw as IDataObject];
		return [
			known<IDataObject>({
				modelId: model.id ?? requested.id,
				created,
				modelTypeId: model.modelTypeId ?? requested.model_type_id,
				userId: model.userId ?? scope.userId,
				appId: model.appId ?? scope.appId,
				createdAt: model.createdAt,
			}),
		];
	},
};

async function find({ scope, model }: ModelRequest, { client }: ItemRun) {
	return await findModel(client, scope, model.id);
}

/** @throws InputProblem when the existing model is not to be used, or cannot be */
function checkExisting(existing: Model, { model, ifExists }: ModelRequest): Model {
	if (ifExists === 'fail') {
		throw new InputProblem(
			`Model "${model.id}" already exists`,
			"Choose another 'Model ID', or set 'If Model Exists' to Reuse.",
		);
	}
	// A type that is not shown contradicts nothing.
	const { modelTypeId = model.model_type_id } = existing;
	if (modelTypeId === model.model_type_id) return existing;
	throw new InputProblem(
		`Model "${model.id}" already exists with type ${modelTypeId}, not ${model.model_type_id}`,
		"Choose another 'Model ID', or the type of the existing model.",
	);
}

async function create({ scope, model }: ModelRequest, run: ItemRun): Promise<Model> {
	const made = await run.writeInTurn<Model>({
		call: { method: 'POST', path: inApp(scope, 'models'), body: { models: [model] } },
		turn: modelPath(scope, model.id).join('/'),
		read: (answer) => readModel(objectAt(answer, 'model')),
		idOf: ({ id }) => id,
		async look(client) {
			client.forget(modelPath(scope, model.id));
			const found = await findModel(client, scope, model.id);
			return found ? [found] : [];
		},
		isOurs: ({ modelTypeId }) => modelTypeId === undefined || modelTypeId === model.model_type_id,
		// Nobody has found it a moment ago.
		there: [],
		isUnique: true,
		what: `creating model "${model.id}"`,
		where: portalUrl(scope, 'models', model.id),
	});
	return made;
}

/** Somebody else may have made the model since it was looked up. */
async function reuseAfterRefusal(
	refusal: Error,
	request: ModelRequest,
	run: ItemRun,
): Promise<ModelResult> {
	if (!(refusal instanceof ClarifaiFailure) || refusal.kind !== 'refused') throw refusal;
	run.client.forget(modelPath(request.scope, request.model.id));
	const existing = await find(request, run);
	if (!existing || request.ifExists === 'fail') throw refusal;
	return { model: checkExisting(existing, request), created: false };
}
