/** A region's box, in shares of the picture from its top left corner. */
export interface Box {
	top: number;
	left: number;
	bottom: number;
	right: number;
}

/** Intersection over union: 1 for the same box, 0 for boxes that do not overlap. */
export function overlap(a: Box, b: Box): number {
	const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
	const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
	if (width <= 0 || height <= 0) return 0;
	const shared = width * height;
	return shared / (areaOf(a) + areaOf(b) - shared);
}

const areaOf = ({ top, left, bottom, right }: Box) => (right - left) * (bottom - top);
