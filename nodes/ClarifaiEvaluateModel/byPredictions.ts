import type { ClarifaiClient } from '../shared/api/client';
import { ClarifaiFailure } from '../shared/api/failures';
import type { PlaceFile } from '../shared/api/fileBody';
import { versionPath } from '../shared/api/models';
import {
	isNotReady,
	MOST_FOR_MODEL,
	predict,
	type PredictionInput,
} from '../shared/api/predictions';
import { cancelled } from '../shared/api/transport';
import type { AppScope } from '../shared/clarifai/identifiers';
import { labelsOf, mediumData, type Input } from '../shared/clarifai/inputs';
import { numberAt, objectAt, objectsAt, textAt, type JsonObject } from '../shared/clarifai/json';
import { readPrediction } from '../shared/clarifai/predictions';
import type { ItemRun } from '../shared/node/itemWork';
import { ExplainedError } from '../shared/parameters/problems';
import type { Box } from './boxes';
import { classifierMetrics } from './classifierMetrics';
import type { Deadline } from './deadline';
import { detectorMetrics } from './detectorMetrics';
import type { EvaluationKind } from './evaluationKind';
import type { EvaluationResult } from './evaluationResult';

/** An input of the dataset with the medium that is predicted. */
interface Example {
	input: Input;
	kind: 'image' | 'text' | 'audio';
	url: string;
}

/** Batches that are under way at once. */
const AT_ONCE = 3;

/** A call leaves when its files have so many bytes: those of all batches are held in memory. */
const ENOUGH_BYTES = 20_000_000;

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
 * @throws WaitRanOut when it is not done by the deadline
 * @throws PredictionFailure when there is nothing to compare, or an input cannot be predicted
 */
export async function evaluateByPredictions(
	scope: AppScope,
	modelId: string,
	versionId: string,
	kind: EvaluationKind | undefined,
	inputs: readonly Input[],
	run: ItemRun,
	deadline: Deadline,
): Promise<EvaluationResult> {
	const examples = inputs.flatMap(exampleOf);
	if (examples.length === 0) {
		throw new PredictionFailure(
			'The dataset version has no labelled inputs that can be predicted',
			'Label the inputs of the dataset, then run this again.',
		);
	}
	const said = await predictAll(scope, modelId, versionId, examples, run, deadline);
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

/**
 * An input with labels and a medium that Clarifai has kept; none for any other. Videos are answered
 * frame by frame, which their labels cannot be compared with.
 */
function exampleOf(input: Input): Example[] {
	const { positive = [], regions = [] } = labelsOf(input.data);
	if (positive.length === 0 && regions.length === 0) return [];
	for (const kind of ['image', 'text', 'audio'] as const) {
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
	deadline: Deadline,
): Promise<JsonObject[]> {
	const target = {
		path: [...versionPath(scope, modelId, versionId), 'outputs'],
		key: 'outputs' as const,
		body: {
			model: { model_version: { output_info: { output_config: { max_concepts: MOST_CONCEPTS } } } },
		},
	};
	const patience = () => ({
		waitMs: deadline.left().timeoutMs,
		onWait: (words: string) => run.hint(`The model was not ready, and was waited for: ${words}`),
	});
	let done = 0;
	const howFar = () =>
		`${done} of ${examples.length} inputs were predicted with version ${versionId}`;
	const batches = Math.ceil(examples.length / MOST_FOR_MODEL);
	const said: JsonObject[] = [];
	let next = 0;
	const worker = async () => {
		while (next < batches) {
			const from = MOST_FOR_MODEL * next++;
			const batch = examples.slice(from, from + MOST_FOR_MODEL);
			let place = from;
			for await (const call of callsOf(batch, run.client)) {
				deadline.check(howFar);
				for (const predicted of await predict(run.client, target, call, patience())) {
					if (isNotReady(predicted)) deadline.check(howFar);
					said[place] = outputOf(predicted, examples[place]);
					place++;
					done++;
				}
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(AT_ONCE, batches) }, worker));
	return said;
}

/** The inputs of a batch, read one after the other, in calls that are not too large. */
async function* callsOf(
	batch: Example[],
	client: ClarifaiClient,
): AsyncGenerator<PredictionInput[]> {
	let inputs: PredictionInput[] = [];
	let bytes = 0;
	for (const example of batch) {
		const input = await readInput(example, client);
		inputs.push(input);
		bytes += input.size;
		if (bytes >= ENOUGH_BYTES) {
			yield inputs;
			[inputs, bytes] = [[], 0];
		}
	}
	if (inputs.length > 0) yield inputs;
}

/** A text is sent as it is, a file with its bytes: Clarifai's own addresses need a key. */
async function readInput(
	{ kind, url, input }: Example,
	client: ClarifaiClient,
): Promise<PredictionInput> {
	const raw = kind === 'text' ? textAt(objectAt(input.data, 'text'), 'raw') : undefined;
	const content = raw === undefined ? await download(url, input, client) : Buffer.from(raw, 'utf8');
	const read = async () => content;
	const data = (place: PlaceFile) =>
		kind === 'text'
			? mediumData(kind, { text: place(read, 'text') })
			: mediumData(kind, { base64: place(read) });
	return { size: content.length, data };
}

async function download(url: string, { id }: Input, client: ClarifaiClient): Promise<Buffer> {
	return await client.download(url).catch((error: Error) => {
		if (client.signal?.aborted) throw cancelled({ method: 'GET', path: ['inputs'] });
		throw new PredictionFailure(
			`Input "${id}" of the dataset could not be read: ${error.message}`,
			"Look at the input in Clarifai's portal, then run this again.",
		);
	});
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
