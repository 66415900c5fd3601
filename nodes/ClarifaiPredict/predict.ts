import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import {
	MOST_FOR_MODEL,
	MOST_FOR_WORKFLOW,
	predict,
	type PredictionInput,
} from '../shared/api/predictions';
import { objectAt, objectsAt, textAt, type JsonObject } from '../shared/clarifai/json';
import {
	kindOfFile,
	readPrediction,
	type PredictedFile,
	type Prediction,
} from '../shared/clarifai/predictions';
import type { BatchItem, ItemWork } from '../shared/node/itemWork';
import { isTool, TOOL_WAIT_MS } from '../shared/node/tool';
import { plainText } from '../shared/clarifai/plainText';
import {
	bytesOf,
	mediumContent,
	readFileOf,
	readMedium,
	type Medium,
} from '../shared/parameters/mediaParameters';
import type { ItemParameters } from '../shared/parameters/itemParameters';
import { predictProperties } from './properties';
import { findTarget, type Asked, type OutputConfig, type Target } from './target';

interface PredictRequest {
	asked: Asked;
	medium: Medium;
	config: OutputConfig;
	waitMs: number;
	itemIndex: number;
	includeInput: boolean;
	/** Empty for an output whose fields stand side by side. */
	outputField: string;
	simplify: boolean;
}

interface PredictResult {
	/** Clarifai's own object: the output, or a workflow's result. */
	raw: JsonObject;
	target: Target;
}

/** Well below Clarifai's 128 MB, which may count the base64. */
const MOST_BYTES = 64_000_000;

const MINUTE = 60_000;

export function predictItems(
	context: IExecuteFunctions,
): ItemWork<PredictRequest, PredictResult, Target> {
	const mostWaitMs = isTool(context) ? TOOL_WAIT_MS : Infinity;
	const inputOf = ({ medium, itemIndex }: PredictRequest): PredictionInput => ({
		size: medium.source === 'binary' ? medium.size : 0,
		data: (place) => mediumContent(medium, place, readFileOf(context, itemIndex, medium)),
	});

	async function performBatch(batch: Array<BatchItem<PredictRequest, Target>>) {
		const [{ run, request, checked: target }] = batch;
		const inputs = batch.map((item) => inputOf(item.request));
		const predicted = await predict(run.client, target, inputs, {
			waitMs: request.waitMs,
			onWait: (words) => run.hint(`The model was not ready, and was waited for: ${words}`),
		});
		return predicted.map((each) => (each instanceof Error ? each : { raw: each, target }));
	}

	return {
		properties: predictProperties,
		writes: false,

		async prepare(item) {
			return {
				asked: readAsked(item),
				medium: await readMedium(context, item),
				config: {
					maxConcepts: item.number('options.maxConcepts', { min: 1, max: 200, whole: true }),
					minValue: item.number('options.minValue', { min: 0, max: 1 }),
					conceptNames: item.idList('options.conceptIds'),
				},
				waitMs: Math.min(
					item.numberOrDefault('options.waitForModelMinutes', { min: 0 }) * MINUTE,
					mostWaitMs,
				),
				itemIndex: item.itemIndex,
				includeInput: item.boolean('options.includeInputFields'),
				outputField: (item.text('options.putOutputInField') ?? '').trim(),
				simplify: item.boolean('simplify'),
			};
		},

		check: async ({ asked, config, medium }, run) =>
			await findTarget(asked, config, medium.type, run),

		together: {
			key: ({ asked, config, medium, waitMs }) =>
				JSON.stringify([asked, config, medium.type, waitMs]),
			most: ({ asked, medium }) =>
				medium.type === 'video' ? 1 : asked.with === 'model' ? MOST_FOR_MODEL : MOST_FOR_WORKFLOW,
			mostBytes: MOST_BYTES,
			sizeOf: ({ medium }) => bytesOf(medium),
			perform: performBatch,
		},

		output({ raw, target }, { simplify, outputField, includeInput, itemIndex }) {
			const said = simplify ? readResult(raw, target).json : raw;
			const json = outputField === '' ? said : { [outputField]: said };
			const input = includeInput ? context.getInputData()[itemIndex].json : {};
			return [{ ...input, ...json } as IDataObject];
		},

		async files({ raw, target }, { simplify, includeInput, itemIndex }) {
			const own = simplify ? readResult(raw, target).files : [];
			const input = includeInput ? context.getInputData()[itemIndex].binary : {};
			return { ...input, ...(await binaryOf(context, own)) };
		},
	};
}

function readAsked(item: ItemParameters): Asked {
	const home = item.scope();
	if (item.choice<'model' | 'workflow'>('predictWith') === 'workflow') {
		const { id, scope } = item.located('workflow', 'workflows');
		return { with: 'workflow', scope: scope ?? home, workflowId: id };
	}
	const { id, scope } = item.located('model', 'models');
	return {
		with: 'model',
		scope: scope ?? home,
		home,
		modelId: id,
		versionId: item.optionallyLocated('modelVersionId')?.id,
		deploymentId: item.optionallyLocated('options.deploymentId')?.id,
	};
}

/** What a model or the last node of a workflow says; a workflow's other nodes in `outputs`. */
function readResult(raw: JsonObject, { key, nodes = [] }: Target): Prediction {
	if (key === 'outputs') return readOutput(raw);
	const open = [...nodes];
	const found = objectsAt(raw, 'outputs').map((output) => {
		const modelId = textAt(objectAt(output, 'model'), 'id');
		const place = open.findIndex((node) => node.modelId === modelId);
		const [node] = place < 0 ? [] : open.splice(place, 1);
		return { nodeId: node?.nodeId ?? null, modelId: modelId ?? null, output };
	});
	// The last node names its files first: what follows takes them by the names that it would give alone.
	const last = readOutput(found.at(-1)?.output ?? {});
	const { files } = last;
	const outputs = found.map(({ nodeId, modelId, output }, index) => {
		if (index === found.length - 1) return { nodeId, modelId, ...last.json };
		const read = readOutput(output, files);
		files.push(...read.files);
		return { nodeId, modelId, ...read.json };
	});
	return { json: { ...last.json, outputs }, files };
}

function readOutput(output: JsonObject, before?: PredictedFile[]): Prediction {
	return readPrediction(
		objectAt(output, 'data'),
		textAt(objectAt(output, 'model'), 'model_type_id'),
		before,
	);
}

async function binaryOf(
	{ helpers }: IExecuteFunctions,
	files: PredictedFile[],
): Promise<IBinaryKeyData> {
	const entries = files.map(async (file) => {
		const { mimeType, ending } = kindOfFile(file);
		const content = Buffer.from(file.base64, 'base64');
		const name = `${plainText(file.field, 100)}.${ending}`;
		return [file.field, await helpers.prepareBinaryData(content, name, mimeType)] as const;
	});
	return Object.fromEntries(await Promise.all(entries));
}
