import { isObject, numberAt, objectAt, objectsAt, textAt, type JsonObject } from './json';
import { StatusCode, statusCodeOf } from './statusCodes';

/** An input as Clarifai shows it. */
export interface Input {
	id?: string;
	createdAt?: string;
	/** Whether Clarifai has read it, so that it can be trained on. */
	processing: 'processed' | 'pending' | 'failed';
	statusCode?: number;
	/** Why it could not be read, or where it stands, in Clarifai's words. */
	statusDescription: string;
	statusDetails?: string;
	/** Absent where an answer does not show them. */
	datasetIds?: string[];
	data: JsonObject;
	raw: JsonObject;
}

const PENDING: ReadonlySet<number> = new Set([
	StatusCode.INPUT_DOWNLOAD_PENDING,
	StatusCode.INPUT_DOWNLOAD_IN_PROGRESS,
]);

/** Modified inputs and those that are indexed again have been read before. */
function processingOf(code: number | undefined): Input['processing'] {
	if (code === undefined || PENDING.has(code)) return 'pending';
	const isRead = [
		StatusCode.SUCCESS,
		StatusCode.INPUT_DOWNLOAD_SUCCESS,
		StatusCode.INPUT_MODIFY_SUCCESS,
		StatusCode.INPUT_MODIFY_PENDING,
	].some((good) => good === code);
	return isRead || isReindexing(code) ? 'processed' : 'failed';
}

/** 30500 to 30503. */
function isReindexing(code: number): boolean {
	return code >= 30_500 && code <= 30_503;
}

export function readInput(raw: JsonObject): Input {
	const status = objectAt(raw, 'status');
	const code = statusCodeOf(status.code);
	return {
		id: textAt(raw, 'id'),
		createdAt: textAt(raw, 'created_at'),
		processing: processingOf(code),
		statusCode: code,
		statusDescription:
			textAt(status, 'description') ?? `Status ${textAt(status, 'code') ?? 'unknown'}`,
		statusDetails: textAt(status, 'details'),
		datasetIds: Array.isArray(raw.dataset_ids) ? raw.dataset_ids.map(String) : undefined,
		data: objectAt(raw, 'data'),
		raw,
	};
}

/** The `data` of an input in Clarifai's own form, with one medium. */
export function mediumData(
	type: 'image' | 'text' | 'video' | 'audio',
	content: JsonObject & ({ url: string } | { base64: string } | { text: string }),
): JsonObject {
	if (!('text' in content)) return { [type]: content };
	const { text, ...others } = content;
	return { text: { ...others, raw: text } };
}

/** A labelled box in an image or a frame, its edges from 0 to 1. */
export interface Region {
	concepts: string[];
	box?: { top: number; left: number; bottom: number; right: number };
	/** Corners as [row, column], from 0 to 1. */
	polygon?: Array<[number, number]>;
}

/** What people say of an input. Absent where nothing is said. */
export interface Labels {
	positive?: string[];
	negative?: string[];
	regions?: Region[];
	metadata?: JsonObject;
	geo?: { latitude: number; longitude: number };
}

/** Labels in the `data` of an input. */
export function labelData({ positive, negative, regions, metadata, geo }: Labels): JsonObject {
	const data: JsonObject = {};
	if (positive || negative) {
		data.concepts = [
			...(positive ?? []).map((id) => ({ id, value: 1 })),
			...(negative ?? []).map((id) => ({ id, value: 0 })),
		];
	}
	if (regions) data.regions = regions.map(regionData);
	if (metadata) data.metadata = metadata;
	if (geo) data.geo = { geo_point: { longitude: geo.longitude, latitude: geo.latitude } };
	return data;
}

function regionData({ concepts, box, polygon }: Region): JsonObject {
	const info = box
		? {
				bounding_box: {
					top_row: box.top,
					left_col: box.left,
					bottom_row: box.bottom,
					right_col: box.right,
				},
			}
		: { polygon: { points: (polygon ?? []).map(([row, col]) => ({ row, col })) } };
	return {
		region_info: info,
		data: { concepts: concepts.map((id) => ({ id, value: 1 })) },
	};
}

const MEDIA: ReadonlySet<string> = new Set(['image', 'video', 'audio', 'text']);

/** The `data` of a stored input without its medium. */
export function withoutMedium(data: JsonObject): JsonObject {
	return Object.fromEntries(Object.entries(data).filter(([key]) => !MEDIA.has(key)));
}

/**
 * The `data` of an input after what is said now has taken the place of what is stored; all that nobody
 * speaks of stays as Clarifai shows it, also what these nodes do not know, such as masks.
 */
export function replaceLabels(stored: JsonObject, said: Labels): JsonObject {
	const { positive = [], negative = [] } = labelsOf(stored);
	const concepts =
		said.positive || said.negative
			? {
					positive: said.positive ?? positive.filter((id) => !said.negative?.includes(id)),
					negative: said.negative ?? negative.filter((id) => !said.positive?.includes(id)),
				}
			: {};
	return { ...stored, ...labelData({ ...said, ...concepts }) };
}

/** The labels in the `data` of a stored input. */
export function labelsOf(data: JsonObject): Labels {
	const concepts = objectsAt(data, 'concepts');
	const idsOf = (wanted: (value: number) => boolean) =>
		concepts.flatMap((concept) => {
			// A value that is left out is 1 where nothing is shown at all, and 0 is shown (resources.proto).
			const isWanted = wanted(numberAt(concept, 'value') ?? 1);
			return isWanted ? (textAt(concept, 'id') ?? []) : [];
		});
	const point = objectAt(objectAt(data, 'geo'), 'geo_point');
	const [latitude, longitude] = [numberAt(point, 'latitude'), numberAt(point, 'longitude')];
	return {
		positive: idsOf((value) => value > 0),
		negative: idsOf((value) => value === 0),
		regions: objectsAt(data, 'regions').map(regionOf),
		metadata: isObject(data.metadata) ? data.metadata : {},
		...(latitude === undefined || longitude === undefined ? {} : { geo: { latitude, longitude } }),
	};
}

function regionOf(region: JsonObject): Region {
	const info = objectAt(region, 'region_info');
	const concepts = objectsAt(objectAt(region, 'data'), 'concepts').flatMap(
		(concept) => textAt(concept, 'id') ?? [],
	);
	if (info.bounding_box !== undefined) {
		const edge = (key: string) => numberAt(info.bounding_box, key) ?? 0;
		const box = {
			top: edge('top_row'),
			left: edge('left_col'),
			bottom: edge('bottom_row'),
			right: edge('right_col'),
		};
		return { concepts, box };
	}
	const points = objectsAt(objectAt(info, 'polygon'), 'points');
	return {
		concepts,
		polygon: points.map((point) => [numberAt(point, 'row') ?? 0, numberAt(point, 'col') ?? 0]),
	};
}

/** Coordinates are 32-bit floats at Clarifai. */
const SAME = 1e-4;

/** Whether labels that are wanted are other than the stored ones; what is not said is not compared. */
export function labelsDiffer(wanted: Labels, stored: Labels): boolean {
	return (
		otherIds(wanted.positive, stored.positive) ||
		otherIds(wanted.negative, stored.negative) ||
		(wanted.regions !== undefined && !sameRegions(wanted.regions, stored.regions ?? [])) ||
		(wanted.geo !== undefined && !samePlace(wanted.geo, stored.geo)) ||
		(wanted.metadata !== undefined &&
			JSON.stringify(sorted(wanted.metadata)) !== JSON.stringify(sorted(stored.metadata ?? {})))
	);
}

function otherIds(wanted: string[] | undefined, stored: string[] = []): boolean {
	if (wanted === undefined) return false;
	return [...wanted].sort().join() !== [...stored].sort().join();
}

function sameRegions(wanted: Region[], stored: Region[]): boolean {
	const open = [...stored];
	return (
		wanted.length === stored.length &&
		wanted.every((region) => {
			const place = open.findIndex((other) => sameRegion(region, other));
			if (place < 0) return false;
			open.splice(place, 1);
			return true;
		})
	);
}

function sameRegion(a: Region, b: Region): boolean {
	const [left, right] = [cornersOf(a), cornersOf(b)];
	return (
		!otherIds(a.concepts, b.concepts) &&
		left.length === right.length &&
		left.every((value, index) => Math.abs(value - right[index]) < SAME)
	);
}

function samePlace(a: NonNullable<Labels['geo']>, b: Labels['geo']): boolean {
	return (
		b !== undefined &&
		Math.abs(a.latitude - b.latitude) < SAME &&
		Math.abs(a.longitude - b.longitude) < SAME
	);
}

function cornersOf({ box, polygon = [] }: Region): number[] {
	return box ? [box.top, box.left, box.bottom, box.right] : polygon.flat();
}

/** With keys in the order of the alphabet, for comparing. */
function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.keys(value)
			.sort()
			.map((key) => [key, sorted(value[key])]),
	);
}
