import { numberAt, objectAt, objectsAt, textAt, type JsonObject } from './json';

/** A picture or a sound in a prediction, under the name of the field that it is put out in. */
export interface PredictedFile {
	field: string;
	base64: string;
}

/** What a model says of one input, flat, and the files in it. */
export interface Prediction {
	json: JsonObject;
	files: PredictedFile[];
}

/** How a prediction gives its files names of their own. */
type NameFile = (kind: string, base64: string) => string;

/**
 * Reads the `data` of an output by what is in it, which says more than the type of the model: a
 * workflow's output and a container model's can be of any type (resources.proto, `Data`).
 * @param modelTypeId tells what an empty output means
 * @param before files of other predictions that are put out beside these, whose names are taken
 */
export function readPrediction(
	data: JsonObject,
	modelTypeId = '',
	before: PredictedFile[] = [],
): Prediction {
	const files: PredictedFile[] = [];
	const nameFile: NameFile = (kind, base64) => {
		const others = [...before, ...files].filter(({ field }) => field.startsWith(kind)).length;
		const field = others === 0 ? kind : `${kind}${others + 1}`;
		files.push({ field, base64 });
		return field;
	};
	const json = readData(data, nameFile);
	const isNothing = Object.keys(json).length === 0;
	return { json: isNothing ? nothingOf(modelTypeId) : json, files };
}

/** Empty lists are left out of answers: what a model says that has found nothing. */
function nothingOf(modelTypeId: string): JsonObject {
	if (/detector|segmenter|character-recognizer/.test(modelTypeId)) return { regions: [], count: 0 };
	if (/classifier/.test(modelTypeId)) return { topConcept: null, topValue: null, concepts: [] };
	return {};
}

function readData(data: JsonObject, nameFile: NameFile): JsonObject {
	const json = {
		...readConcepts(data),
		...readRegions(data, nameFile),
		...readText(data),
		...readEmbedding(data),
		...readColors(data),
		...readFrames(data, nameFile),
		...readFiles(data, nameFile),
		...readCount(data),
	};
	// Of a kind that is not known here: as it is, rather than nothing.
	return Object.keys(json).length > 0 ? json : data;
}

/** A concept by its name: models that a pipeline has trained number their IDs. */
function conceptOf(concept: JsonObject | undefined): { concept?: string; value?: number } {
	if (!concept) return {};
	const name = textAt(concept, 'name') ?? textAt(concept, 'id');
	// A value of 0 is left out.
	return { concept: name, value: numberAt(concept, 'value') ?? 0 };
}

function readConcepts(data: JsonObject): JsonObject {
	const concepts = objectsAt(data, 'concepts').map(conceptOf);
	if (concepts.length === 0) return {};
	const top = concepts.reduce((best, each) =>
		(each.value ?? 0) > (best.value ?? 0) ? each : best,
	);
	return { topConcept: top.concept, topValue: top.value, concepts };
}

function readRegions(data: JsonObject, nameFile: NameFile): JsonObject {
	const found = objectsAt(data, 'regions');
	if (found.length === 0) return Array.isArray(data.regions) ? { regions: [], count: 0 } : {};
	const regions = found.map((region) => readRegion(region, nameFile));
	const texts = regions.flatMap((region) => textAt(region, 'text') ?? []);
	return {
		regions,
		count: regions.length,
		...(texts.length > 0 ? { text: texts.join('\n') } : {}),
	};
}

function readRegion(region: JsonObject, nameFile: NameFile): JsonObject {
	const info = objectAt(region, 'region_info');
	const inside = objectAt(region, 'data');
	const [concept] = objectsAt(inside, 'concepts');
	const own = conceptOf(concept);
	const mask = textAt(objectAt(objectAt(info, 'mask'), 'image'), 'base64');
	const text = textAt(objectAt(inside, 'text'), 'raw');
	const value = own.value ?? numberAt(region, 'value');
	return {
		...(own.concept === undefined ? {} : { concept: own.concept }),
		...(value === undefined ? {} : { value }),
		...readBox(info),
		...(text === undefined ? {} : { text }),
		...(mask === undefined ? {} : { mask: nameFile('mask', mask) }),
	};
}

/** Edges from 0 to 1; 0 may be left out. */
function readBox(info: JsonObject): JsonObject {
	const box = info.bounding_box;
	if (box === undefined) return {};
	return {
		top: numberAt(box, 'top_row') ?? 0,
		left: numberAt(box, 'left_col') ?? 0,
		bottom: numberAt(box, 'bottom_row') ?? 0,
		right: numberAt(box, 'right_col') ?? 0,
	};
}

function readText(data: JsonObject): JsonObject {
	const text = textAt(objectAt(data, 'text'), 'raw') ?? textAt(data, 'string_value');
	const parts = objectsAt(data, 'parts').flatMap(
		(part) => textAt(objectAt(part, 'data'), 'string_value') ?? [],
	);
	if (text !== undefined) return { text };
	return parts.length > 0 ? { text: parts.join('') } : {};
}

function readEmbedding(data: JsonObject): JsonObject {
	const [first] = objectsAt(data, 'embeddings');
	return first && Array.isArray(first.vector) ? { embedding: first.vector } : {};
}

function readColors(data: JsonObject): JsonObject {
	const colors = objectsAt(data, 'colors').map((color) => ({
		hex: textAt(color, 'raw_hex'),
		name: textAt(objectAt(color, 'w3c'), 'name'),
		value: numberAt(color, 'value') ?? 0,
	}));
	return colors.length > 0 ? { colors } : {};
}

/** Frames of a video, each with its time in milliseconds. */
function readFrames(data: JsonObject, nameFile: NameFile): JsonObject {
	const frames = objectsAt(data, 'frames').map((frame) => ({
		time: numberAt(objectAt(frame, 'frame_info'), 'time') ?? 0,
		...readData(objectAt(frame, 'data'), nameFile),
	}));
	return frames.length > 0 ? { frames } : {};
}

function readFiles(data: JsonObject, nameFile: NameFile): JsonObject {
	const heatmaps = objectsAt(data, 'heatmaps').flatMap((heatmap) => {
		const base64 = textAt(heatmap, 'base64');
		return base64 === undefined ? [] : [nameFile('heatmap', base64)];
	});
	const single = (['image', 'audio', 'video'] as const).flatMap((kind) => {
		const base64 = textAt(objectAt(data, kind), 'base64');
		return base64 === undefined ? [] : [[kind, nameFile(kind, base64)] as const];
	});
	return {
		...(heatmaps.length > 0 ? { heatmaps } : {}),
		...Object.fromEntries(single),
	};
}

function readCount(data: JsonObject): JsonObject {
	const count = numberAt(objectAt(data, 'metadata'), 'object_count');
	return count === undefined ? {} : { objectCount: count };
}

/** First bytes of the kinds of file that models put out, in base64, with their MIME types. */
const KINDS: ReadonlyArray<readonly [string, string, string]> = [
	['iVBORw0KGgo', 'image/png', 'png'],
	['/9j/', 'image/jpeg', 'jpg'],
	['R0lGOD', 'image/gif', 'gif'],
	['UklGR', 'image/webp', 'webp'],
	['SUQz', 'audio/mpeg', 'mp3'],
];

/** The MIME type and the usual ending of a file, by its first bytes. */
export function kindOfFile({ field, base64 }: PredictedFile): { mimeType: string; ending: string } {
	const start = Buffer.from(base64.slice(0, 16), 'base64');
	if (start.toString('latin1', 4, 8) === 'ftyp') return { mimeType: 'video/mp4', ending: 'mp4' };
	const [, mimeType, ending] = KINDS.find(([first]) => base64.startsWith(first)) ?? [
		'',
		'application/octet-stream',
		'bin',
	];
	// A WAV file begins as a WebP does.
	if (mimeType === 'image/webp' && field.startsWith('audio'))
		return { mimeType: 'audio/wav', ending: 'wav' };
	return { mimeType, ending };
}
