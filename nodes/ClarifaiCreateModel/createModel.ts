import type { IDataObject } from 'n8n-workflow';
import { inApp } from '../shared/api/call';
import { ClarifaiFailure } from '../shared/api/failures';
import { fetchModel, ifExists } from '../shared/api/resources';
import { checkId, type AppScope } from '../shared/clarifai/identifiers';
import { objectAt, textAt, type JsonObject } from '../shared/clarifai/json';
import { InputProblem } from '../shared/clarifai/problems';
import { describingFields, tagFields } from '../shared/node/describingFields';
import type { ItemParameters } from '../shared/node/itemParameters';
import type { ItemWork, NodeRun } from '../shared/node/itemWork';

interface ModelRequest {
	scope: AppScope;
	/** The model in Clarifai's own form. */
	model: JsonObject & { id: string; model_type_id: string };
	reuse: boolean;
	simplify: boolean;
}

interface ModelResult {
	model: JsonObject;
	created: boolean;
}

export const createModel: ItemWork<ModelRequest, ModelResult> = {
	writes: true,

	prepare(item) {
		return {
			scope: item.scope(),
			model: {
				id: checkId(item.value('modelId', ''), 'Model ID'),
				model_type_id: item.located('modelType', 'Model Type').id,
				...additionalFields(item),
			},
			reuse: item.choice('ifModelExists', 'If Model Exists', ['fail', 'reuse']) === 'reuse',
			simplify: item.boolean('simplify', 'Simplify', true),
		};
	},

	async perform(request, run) {
		const { scope, model } = request;
		const path = inApp(scope, 'models', model.id).join('/');
		// In turn, so that of several items with one ID the first has made the model.
		return await run.client.inTurn(path, async () => {
			const made = await create(request, run, path).catch((error: unknown) => error);
			if (!(made instanceof Error)) {
				run.claimed.push(path);
				return { model: made as JsonObject, created: true };
			}
			const reused = isRefusal(made) && request.reuse ? await find(request, run) : undefined;
			if (!reused) throw made;
			if (!hasType(reused, model.model_type_id)) {
				throw new InputProblem(
					`The model "${model.id}" exists with type ${textAt(reused, 'model_type_id')}, not ${model.model_type_id}`,
					"Choose another 'Model ID', or the type of the existing model.",
				);
			}
			return { model: reused, created: false };
		});
	},

	output({ model, created }, { scope, simplify, model: requested }) {
		if (!simplify) return [model as IDataObject];
		return [
			{
				modelId: textAt(model, 'id') ?? requested.id,
				modelTypeId: textAt(model, 'model_type_id') ?? requested.model_type_id,
				userId: textAt(model, 'user_id') ?? scope.userId,
				appId: textAt(model, 'app_id') ?? scope.appId,
				createdAt: textAt(model, 'created_at') ?? null,
				created,
			},
		];
	},
};

function additionalFields(item: ItemParameters): JsonObject {
	const fields = item.collection('additionalFields');
	return {
		...describingFields(fields),
		...tagFields(fields, [
			['languages', 'Languages', 'languages'],
			['toolkits', 'Toolkits', 'toolkits'],
		]),
	};
}

/** Sent first, looked up only when the answer is lost: most models are new. */
async function create(request: ModelRequest, run: NodeRun, path: string): Promise<JsonObject> {
	const { scope, model } = request;
	const result = await run.client.writeOnce(
		{ method: 'POST', path: inApp(scope, 'models'), body: { models: [model] } },
		async (isOurs) => {
			if (run.claimed.includes(path)) return undefined;
			const found = await find(request, run);
			return found && hasType(found, model.model_type_id) && isOurs(found) ? found : undefined;
		},
		run.earlier,
	);
	return 'found' in result ? result.found : objectAt(result.answer, 'model');
}

async function find({ scope, model }: ModelRequest, { client }: NodeRun) {
	return await ifExists(fetchModel(client, scope, model.id));
}

function hasType(model: JsonObject, modelTypeId: string): boolean {
	return textAt(model, 'model_type_id') === modelTypeId;
}

function isRefusal(error: Error): boolean {
	return error instanceof ClarifaiFailure && error.kind === 'refused';
}
