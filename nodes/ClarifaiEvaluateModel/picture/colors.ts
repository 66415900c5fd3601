import type { Color } from './canvas';

/** On a ground of its own, so that the picture reads the same in a light and in a dark editor. */
export const BACKGROUND: Color = 0xffffff;
export const INK: Color = 0x1f2937;
export const MUTED: Color = 0x59626f;
export const FAINT: Color = 0xe5e7eb;
export const GOOD: Color = 0x15803d;
export const BAD: Color = 0xb91c1c;
export const NEW: Color = 0x2563eb;
export const OTHER: Color = 0x9ca3af;
export const RIGHT: Color = 0x2563eb;
export const WRONG: Color = 0xea580c;

/** Enough to compare cells by, few enough for the palette. */
const TINTS = 12;

/** Of a share above 0 up to 1: from nearly the background to the colour. */
export function tint(color: Color, part: number): Color {
	// One confusion among many examples still has to be seen.
	const step = Math.max(1, Math.round(part * TINTS)) / TINTS;
	return [16, 8, 0].reduce((mixed, shift) => {
		const [from, to] = [(BACKGROUND >> shift) & 255, (color >> shift) & 255];
		return mixed | (Math.round(from + (to - from) * step) << shift);
	}, 0);
}
