import { describeType, isObject, numberAt, textAt, type JsonObject } from '../shared/clarifai/json';
import type { Region } from '../shared/clarifai/inputs';
import type { ParameterReader } from '../shared/parameters/parameterReader';
import { InputProblem } from '../shared/parameters/problems';

/** Corners of a polygon, at least. */
const FEWEST_CORNERS = 3;

const EXAMPLE =
	'For example [{"concept": "cat", "top": 0.1, "left": 0.2, "bottom": 0.5, "right": 0.6}], or with "polygon": [[0.1, 0.2], [0.5, 0.2], [0.5, 0.6]] (rows and columns) instead of the edges.';

/**
 * The regions in a JSON list of the user's: boxes by their edges or polygons by their corners, each with
 * one concept or several; or regions in Clarifai's own form.
 * @throws InputProblem
 */
export function regionsOfJson(value: unknown, label: string): Region[] {
	if (!Array.isArray(value)) {
		throw new InputProblem(`'${label}' must be a list, not ${describeType(value)}`, EXAMPLE);
	}
	return value.map((entry, index) => {
		const place = `Region ${index + 1} of '${label}'`;
		if (!isObject(entry))
			throw new InputProblem(`${place} must be an object, not ${describeType(entry)}`, EXAMPLE);
		return regionOf(entry, place);
	});
}

/** The boxes of the form. */
export function boxesOf(entries: ParameterReader[]): Region[] {
	return entries.flatMap((entry, index) => {
		const concept = entry.id('concept');
		const edge = (name: string) => entry.number(name, { min: 0, max: 1 }) ?? 0;
		const box = {
			top: edge('top'),
			left: edge('left'),
			bottom: edge('bottom'),
			right: edge('right'),
		};
		const region = { concepts: [concept], box };
		return entry.attempt(() => [checked(region, `Box ${index + 1}`)], []);
	});
}

function regionOf(entry: JsonObject, place: string): Region {
	if (entry.region_info !== undefined) return regionOf(fromClarifai(entry), place);
	const concepts = conceptsOf(entry);
	if (concepts.length === 0) throw new InputProblem(`${place} has no concept`, EXAMPLE);
	if (entry.polygon !== undefined)
		return checked({ concepts, polygon: cornersOf(entry.polygon, place) }, place);
	const edge = (key: string) => {
		const number = numberAt(entry, key);
		if (number === undefined) throw new InputProblem(`${place} has no number "${key}"`, EXAMPLE);
		return number;
	};
	const box = {
		top: edge('top'),
		left: edge('left'),
		bottom: edge('bottom'),
		right: edge('right'),
	};
	return checked({ concepts, box }, place);
}

function conceptsOf({ concept, concepts }: JsonObject): string[] {
	const all = Array.isArray(concepts) ? concepts : [concept];
	return all.flatMap((each) => {
		const id = isObject(each) ? textAt(each, 'id') : each;
		return typeof id === 'string' && id.trim() !== '' ? [id.trim()] : [];
	});
}

/** Clarifai's own form in that of the user's. */
function fromClarifai(region: JsonObject): JsonObject {
	const info = isObject(region.region_info) ? region.region_info : {};
	const data = isObject(region.data) ? region.data : {};
	const box = isObject(info.bounding_box) ? info.bounding_box : undefined;
	const polygon = isObject(info.polygon) ? info.polygon : undefined;
	const points = Array.isArray(polygon?.points) ? polygon.points : undefined;
	return {
		concepts: data.concepts,
		...(box && {
			top: box.top_row ?? 0,
			left: box.left_col ?? 0,
			bottom: box.bottom_row ?? 0,
			right: box.right_col ?? 0,
		}),
		...(points && {
			polygon: points.map((point: unknown) => [
				numberAt(point, 'row') ?? 0,
				numberAt(point, 'col') ?? 0,
			]),
		}),
	};
}

function cornersOf(value: unknown, place: string): Array<[number, number]> {
	const corners = Array.isArray(value) ? value : [];
	const isCorner = (corner: unknown) =>
		Array.isArray(corner) && corner.length === 2 && corner.every(Number.isFinite);
	if (corners.length < FEWEST_CORNERS || !corners.every(isCorner)) {
		throw new InputProblem(
			`"polygon" in ${place} must be a list of ${FEWEST_CORNERS} or more [row, column]`,
			EXAMPLE,
		);
	}
	return corners as Array<[number, number]>;
}

/** @throws InputProblem for edges that are outside the picture, or the wrong way round */
function checked(region: Region, place: string): Region {
	const { box, polygon = [] } = region;
	const all = box ? Object.values(box) : polygon.flat();
	if (all.some((value) => value < 0 || value > 1)) {
		throw new InputProblem(
			`${place} lies outside the picture`,
			'Edges and corners are shares of the picture, from 0 to 1, not pixels.',
		);
	}
	if (box && (box.top >= box.bottom || box.left >= box.right)) {
		throw new InputProblem(
			`${place} has its edges the wrong way round`,
			'"top" must be less than "bottom", and "left" less than "right".',
		);
	}
	return region;
}
