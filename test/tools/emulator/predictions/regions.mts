import type { Message } from '../message.mts';
import { applyConfig } from './outputConfig.mts';
import { showConcept } from './conceptValues.mts';
import { float, fractionOf } from './hash.mts';
import type { ModelConcept } from './learned.mts';
import { wrongConcept } from './quality.mts';
import type { Sight } from './sight.mts';

export interface Box {
	top_row: number;
	left_col: number;
	bottom_row: number;
	right_col: number;
}

/** A place in the picture and what is there. */
export interface Found {
	box: Box;
	concept: ModelConcept;
	value: number;
}

/**
 * What a detector or segmenter finds: the labelled regions it has learned, a little displaced, as even
 * a good detector does not hit them exactly; without any, one region for each recognized concept.
 */
export function findRegions(sight: Sight): Found[] {
	const { recognized, version, content } = sight;
	const learned = recognized.regions.flatMap((region, index) => {
		const concept = learnedConcept(sight, region);
		const box = boxOf(region);
		return concept && box
			? [{ concept, box: displaced(box, version.message.id, content, index) }]
			: [];
	});
	const invented = recognized.concepts.map((concept) => ({
		concept,
		box: inventBox(concept, content),
	}));
	return (learned.length > 0 ? learned : invented)
		.map((found, index) => ({
			...found,
			value: float(0.8 + 0.19 * fractionOf(version.message.id, content, index)),
		}))
		.sort((left, right) => right.value - left.value);
}

/** The first of a region's concepts that the version knows, or another one where it errs. */
function learnedConcept({ recognized, version, content }: Sight, region: Message) {
	const labels: string[] = (region.data?.concepts ?? []).map(({ id }: Message) => id as string);
	const { concepts } = version.learned;
	const right = concepts.filter(({ label }) => labels.includes(label));
	return recognized.isWrong ? wrongConcept(concepts, right, content)[0] : right[0];
}

export function boxOf({ region_info: info }: Message): Box | undefined {
	if (info?.bounding_box) {
		const { top_row = 0, left_col = 0, bottom_row = 0, right_col = 0 } = info.bounding_box;
		return { top_row, left_col, bottom_row, right_col };
	}
	const points: Message[] = info?.polygon?.points ?? [];
	if (points.length === 0) return undefined;
	const rows = points.map(({ row = 0 }) => row as number);
	const cols = points.map(({ col = 0 }) => col as number);
	return {
		top_row: Math.min(...rows),
		left_col: Math.min(...cols),
		bottom_row: Math.max(...rows),
		right_col: Math.max(...cols),
	};
}

/** By up to a fortieth of its size in either direction. */
function displaced(box: Box, versionId: string, content: string, index: number): Box {
	const shift = (size: number, axis: string) =>
		size * 0.05 * (fractionOf(versionId, content, index, axis) - 0.5);
	const down = shift(box.bottom_row - box.top_row, 'rows');
	const right = shift(box.right_col - box.left_col, 'cols');
	return inPicture({
		top_row: box.top_row + down,
		left_col: box.left_col + right,
		bottom_row: box.bottom_row + down,
		right_col: box.right_col + right,
	});
}

function inventBox({ label }: ModelConcept, content: string): Box {
	const top = 0.5 * fractionOf(content, label, 'top');
	const left = 0.5 * fractionOf(content, label, 'left');
	const size = 0.2 + 0.3 * fractionOf(content, label, 'size');
	return inPicture({
		top_row: top,
		left_col: left,
		bottom_row: top + size,
		right_col: left + size,
	});
}

function inPicture(box: Box): Box {
	const clip = (value: number) => float(Math.min(1, Math.max(0, value)));
	return {
		top_row: clip(box.top_row),
		left_col: clip(box.left_col),
		bottom_row: clip(box.bottom_row),
		right_col: clip(box.right_col),
	};
}

/** What a detector answers; regions without a concept that is asked for are left out. */
export function detectorRegions(sight: Sight): Message[] {
	return findRegions(sight).flatMap((found, index) => {
		const concepts = applyConfig([showConcept(sight, found.concept, found.value)], sight.config);
		if (concepts.length === 0) return [];
		return [
			{
				id: regionId(sight, index),
				region_info: { bounding_box: found.box },
				data: { concepts },
				value: found.value,
			},
		];
	});
}

export function regionId({ version, content }: Sight, index: number) {
	return `${version.message.id.slice(0, 16)}${content.slice(0, 14)}${String(index).padStart(2, '0')}`;
}
