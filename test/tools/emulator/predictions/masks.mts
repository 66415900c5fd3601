import type { Message } from '../message.mts';
import { showConcept } from './conceptValues.mts';
import { applyConfig } from './outputConfig.mts';
import { pngBase64 } from './png.mts';
import type { Box } from './regions.mts';
import { findRegions, regionId } from './regions.mts';
import type { Sight } from './sight.mts';

/** Masks are small squares, whatever the picture's size. */
const SIDE = 32;

/** What a segmenter answers: a mask for each concept, whose value is its share of the picture. */
export function segmenterRegions(sight: Sight): Message[] {
	const found = findRegions(sight);
	const concepts = [...new Set(found.map(({ concept }) => concept))];
	return concepts
		.map((concept) => {
			const boxes = found.filter((one) => one.concept === concept).map(({ box }) => box);
			const pixels = drawMask(boxes);
			const share = pixels.filter((pixel) => pixel > 0).length / pixels.length;
			return { pixels, concepts: applyConfig([showConcept(sight, concept, share)], sight.config) };
		})
		.filter((mask) => mask.concepts.length > 0)
		.sort((left, right) => right.concepts[0]!.value - left.concepts[0]!.value)
		.map(({ pixels, concepts }, index) => ({
			id: regionId(sight, index),
			region_info: { mask: { image: { base64: pngBase64(SIDE, pixels, 'gray') } } },
			data: { concepts },
		}));
}

/** White where a box is; a box smaller than a pixel still has one. */
function drawMask(boxes: Box[]): Buffer {
	const pixels = Buffer.alloc(SIDE * SIDE);
	for (const box of boxes) {
		const [top, left] = [Math.floor(box.top_row * SIDE), Math.floor(box.left_col * SIDE)];
		const bottom = Math.max(top + 1, Math.ceil(box.bottom_row * SIDE));
		const right = Math.max(left + 1, Math.ceil(box.right_col * SIDE));
		for (let row = top; row < Math.min(bottom, SIDE); row++) {
			pixels.fill(255, row * SIDE + left, row * SIDE + Math.min(right, SIDE));
		}
	}
	return pixels;
}
