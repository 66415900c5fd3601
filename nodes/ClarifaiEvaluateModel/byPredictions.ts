import { MOST_INPUTS } from '../shared/api/inputs';
import { predict, type PredictionInput } from '../shared/api/predictions';
import type { ClarifaiClient } from '../shared/api/client';
import { ClarifaiFailure } from '../shared/api/failures';
import { versionPath } from '../shared/api/models';
import type { AppScope } from '../shared/clarifai/identifiers';
import { labelsOf, mediumData, type Input } from '../shared/clarifai/inputs';
import { numberAt, objectAt, objectsAt, textAt, type JsonObject } from '../shared/clarifai/json';
import { readPrediction } from '../shared/clarifai/predictions';
import type { ItemRun } from '../shared/node/itemWork';
import { ExplainedError } from '../shared/parameters/problems';
import type { Box } from './boxes';
import { classifierMetrics } from './classifierMetrics';
import { detectorMetrics } from './detectorMetrics';
import type { EvaluationKind } from './evaluationKind';
import type { EvaluationResult } from './evaluationResult';

/** An input of the dataset with the medium that is predicted. */
interface Example {
	input: Input;
	kind: 'image' | 'text' | 'video' | 'audio';
	url: string;
}

/** Inputs of one call: a picture has a megabyte or two, and a call well below 128. */
const BATCH = Math.min(MOST_INPUTS, 32);

/** Batches that are under way at once. */
const AT_ONCE = 3;

const WAIT_MS = 10 * 60_000;

/** So many concepts a model gives at most (docs: compute/inference). */
const MOST_CONCEPTS = 200;

/** A version that could not be evaluated by its predictions. */
class PredictionFailure extends ExplainedError {}

/** Which models can be evaluated by comparing predictions with labels. */
export function isComparable(kind: EvaluationKind | undefined): boolean {
	return kind === 'classification' || kind === 'detection';
}

/**
 * Evaluates a version by predicting every labelled input of a dataset version, one prediction each.
 * @throws PredictionFailure when there is nothing to compare, or an input cannot be predicted
 */
export async function evaluateByPredictions(
	scope: AppScope,
	modelId: string,
	versionId: string,
	kind: EvaluationKind | undefined,
	inputs: readonly Input[],
	run: ItemRun,
): Promise<EvaluationResult> {
	const examples = inputs.flatMap(exampleOf);
	if (examples.length === 0) {
		throw new PredictionFailure(
			'The dataset version has no labelled inputs that can be predicted',
			'Label the inputs of the dataset, then run this again.',
		);
	}
	const said = await predictAll(scope, modelId, versionId, examples, run);
	const labels = new Set(examples.flatMap(({ input }) => labelIds(input)));
	if (kind === 'detection') {
		return detectorMetrics(
			examples.map(({ input }, index) => ({
				actual: regionsOf(input),
				predicted: predictedRegions(said[index], labels),
			})),
		);
	}
	return classifierMetrics(
		examples.map(({ input }, index) => ({
			actual: labelsOf(input.data).positive ?? [],
			predicted: objectsAt(said[index], 'concepts').map((concept) => ({
				concept: labelOf(concept, labels),
				value: numberAt(concept, 'value') ?? 0,
			})),
		})),
	);
}

function labelIds({ data }: Input): string[] {
	const { positive = [], regions = [] } = labelsOf(data);
	return [...positive, ...regions.flatMap(({ concepts }) => concepts)];
}

/**
 * The label that a predicted concept stands for. Models that a pipeline has trained number their concepts
 * and name them by the label's ID; others have that ID, and a name of its own.
 */
function labelOf(concept: JsonObject | undefined, labels: ReadonlySet<string>): string {
	const [name, id] = [textAt(concept, 'name'), textAt(concept, 'id')];
	return [name, id].find((each) => each !== undefined && labels.has(each)) ?? name ?? id ?? '';
}

/** An input with labels and a medium that Clarifai has kept; none for any other. */
function exampleOf(input: Input): Example[] {
	const { positive = [], regions = [] } = labelsOf(input.data);
	if (positive.length === 0 && regions.length === 0) return [];
	for (const kind of ['image', 'text', 'video', 'audio'] as const) {
		const medium = objectAt(input.data, kind);
		const hosted = objectAt(medium, 'hosted');
		const [prefix, suffix] = [textAt(hosted, 'prefix'), textAt(hosted, 'suffix')];
		const url = prefix && suffix ? `${prefix}/orig/${suffix}` : textAt(medium, 'url');
		if (url !== undefined) return [{ input, kind, url }];
	}
	return [];
}

async function predictAll(
	scope: AppScope,
	modelId: string,
	versionId: string,
	examples: Example[],
	run: ItemRun,
): Promise<JsonObject[]> {
	const batches: Example[][] = [];
	for (let from = 0; from < examples.length; from += BATCH)
		batches.push(examples.slice(from, from + BATCH));
	const target = {
		path: [...versionPath(scope, modelId, versionId), 'outputs'],
		key: 'outputs' as const,
		body: {
			model: { model_version: { output_info: { output_config: { max_concepts: MOST_CONCEPTS } } } },
		},
	};
	const said: JsonObject[][] = [];
	let next = 0;
	const worker = async () => {
		while (next < batches.length) {
			const index = next++;
			const inputs = await Promise.all(
				batches[index].map(async (example) => await inputOf(example, run.client)),
			);
			const predicted = await predict(run.client, target, inputs, {
				waitMs: WAIT_MS,
				onWait: (words) => run.hint(`The model was not ready, and was waited for: ${words}`),
			});
			said[index] = predicted.map((each, place) => outputOf(each, batches[index][place]));
		}
	};
	await Promise.all(Array.from({ length: Math.min(AT_ONCE, batches.length) }, worker));
	return said.flat();
}

/** Files are downloaded when their request leaves; a text is sent as it is. */
async function inputOf(
	{ kind, url, input }: Example,
	client: ClarifaiClient,
): Promise<PredictionInput> {
	if (kind !== 'text') {
		const read = async () => await client.download(url);
		return { size: 0, data: (place) => mediumData(kind, { base64: place(read) }) };
	}
	const raw = textAt(objectAt(input.data, 'text'), 'raw');
	const text = raw ?? (await client.download(url)).toString('utf8');
	return { size: 0, data: () => mediumData(kind, { text }) };
}

/** @throws PredictionFailure: a figure over a part of the data would not be comparable */
function outputOf(predicted: JsonObject | ClarifaiFailure, { input }: Example): JsonObject {
	if (!(predicted instanceof ClarifaiFailure)) return objectAt(predicted, 'data');
	if (predicted.kind === 'cancelled') throw predicted;
	throw new ClarifaiFailure({
		...predicted.facts,
		message: `Input "${input.id}" of the dataset could not be predicted: ${predicted.message}`,
	});
}

function predictedRegions(data: JsonObject, labels: ReadonlySet<string>) {
	const boxes = (readPrediction(data).json.regions ?? []) as JsonObject[];
	return objectsAt(data, 'regions').flatMap((region, index) => {
		const { value, top, left, bottom, right } = boxes[index];
		if (![top, left, bottom, right].every(Number.isFinite)) return [];
		const [concept] = objectsAt(objectAt(region, 'data'), 'concepts');
		const box = { top, left, bottom, right } as Box;
		return [{ concept: labelOf(concept, labels), value: Number(value ?? 0), box }];
	});
}

function regionsOf({ data }: Input) {
	return (labelsOf(data).regions ?? []).flatMap(({ concepts, box }) =>
		box ? concepts.map((concept) => ({ concept, box })) : [],
	);
}
