/**
 * A small typeface of strokes, drawn for this package: a runtime dependency or a font file is not
 * to be had in a community node. Lines have no width of their own, so it serves every size and weight.
 *
 * A glyph is the width of its ink and a path. The base line is y = 0, capitals reach up to -14,
 * small letters to -10. `M` moves, `L` draws a line, `V` and `H` a quarter of an ellipse that sets off
 * vertically or horizontally, `Q` a quadratic curve by its control point.
 */
const GLYPHS: Readonly<Record<string, readonly [width: number, path: string]>> = {
	' ': [2.4, ''],
	'!': [0, 'M0 -14L0 -4.5M0 -.1L0 0'],
	'"': [3, 'M0 -14L0 -10.5M3 -14L3 -10.5'],
	'#': [9, 'M3 -13L1.5 -1M8 -13L6.5 -1M.5 -9.3L9 -9.3M0 -4.7L8.5 -4.7'],
	$: [9, 'M8.6 -11.4V4.5 -13.5H.4 -10.4V4.5 -7.2H9 -3.7V4.5 -.5H0 -2.8M4.5 -16L4.5 2'],
	'%': [
		12.8,
		'M0 -11V2.4 -14H4.8 -11V2.4 -8H0 -11M10.6 -14L2.2 0M8 -3V10.4 -6H12.8 -3V10.4 0H8 -3',
	],
	'&': [
		10.4,
		'M10.4 0L1.9 -9.3Q1 -10.4 1 -11.3V3.9 -14H6.8 -11.4Q6.8 -9.6 4 -8.1Q0 -6 0 -3.6V4 0Q8.2 0 9.6 -6',
	],
	"'": [0, 'M0 -14L0 -10.5'],
	'(': [3, 'M3 -15.5Q0 -11 0 -6Q0 -1 3 3.5'],
	')': [3, 'M0 -15.5Q3 -11 3 -6Q3 -1 0 3.5'],
	'*': [5.2, 'M2.6 -14L2.6 -8M0 -12.5L5.2 -9.5M5.2 -12.5L0 -9.5'],
	'+': [8, 'M4 -10.5L4 -2.5M0 -6.5L8 -6.5'],
	',': [0.6, 'M.6 -.3L.6 0Q.6 1.6 0 2.6'],
	'-': [4.6, 'M0 -5.4L4.6 -5.4'],
	'.': [0, 'M0 -.1L0 0'],
	'/': [5.5, 'M5.5 -15L0 2.5'],
	'0': [9, 'M0 -7V4.5 -14H9 -7V4.5 0H0 -7'],
	'1': [9, 'M1.6 -11.6L5.4 -14L5.4 0'],
	'2': [9, 'M.5 -11V4.5 -14H8.6 -10.4Q8.6 -7.9 5.8 -5.3L.2 0L9 0'],
	'3': [9, 'M.6 -11.4V4.3 -14H8.4 -10.7V4.3 -7.4L3 -7.4M4.3 -7.4H9 -3.7V4.3 0H.1 -2.8'],
	'4': [9, 'M6.8 0L6.8 -14L.1 -4L9.2 -4'],
	'5': [9, 'M8.2 -14L1.3 -14L.8 -7.7Q2.4 -8.9 4.5 -8.9H9 -4.4V4.5 0H.1 -2.7'],
	'6': [9, 'M8.3 -11.8V4.9 -14H0 -7L0 -4.4V4.5 0H9 -4.4V4.5 -8.8H0 -4.4'],
	'7': [9, 'M0 -14L9 -14L3.2 0'],
	'8': [9, 'M.6 -10.7V4.5 -14H8.4 -10.7V4.5 -7.4H.6 -10.7M0 -3.7V4.5 -7.4H9 -3.7V4.5 0H0 -3.7'],
	'9': [9, 'M.7 -2.2V4.1 0H9 -7L9 -9.6V4.5 -14H0 -9.6V4.5 -5.2H9 -9.6'],
	':': [0, 'M0 -8L0 -7.9M0 -.1L0 0'],
	';': [0.6, 'M.6 -8L.6 -7.9M.6 -.3L.6 0Q.6 1.6 0 2.6'],
	'<': [7.5, 'M7.5 -11L0 -6.5L7.5 -2'],
	'=': [8, 'M0 -8.5L8 -8.5M0 -4.5L8 -4.5'],
	'>': [7.5, 'M0 -11L7.5 -6.5L0 -2'],
	'?': [7.5, 'M0 -11.2V3.8 -14H7.5 -10.6Q7.5 -8.8 5.6 -7.4Q3.8 -6.1 3.8 -4.4M3.8 -.1L3.8 0'],
	'@': [
		13.5,
		'M4 -5V6.8 -8.2H9.6 -5V6.8 -1.8H4 -5M9.6 -8L9.6 -4.2Q9.6 -2 11.3 -2Q13.5 -2 13.5 -6V6.8 -12.5H0 -5V6.8 3Q9 3 10.8 2',
	],
	A: [11, 'M0 0L5.5 -14L11 0M1.9 -4.8L9.1 -4.8'],
	B: [9, 'M0 0L0 -14L5 -14H8.4 -10.75V5 -7.5L0 -7.5M5 -7.5H9 -3.75V5 0L0 0'],
	C: [10.5, 'M10.5 -10.8V6 -14H0 -7V6 0H10.5 -3.2'],
	D: [10, 'M0 0L0 -14L4 -14H10 -7V4 0L0 0'],
	E: [8, 'M8 -14L0 -14L0 0L8 0M0 -7.2L7 -7.2'],
	F: [8, 'M8 -14L0 -14L0 0M0 -7L7 -7'],
	G: [11, 'M10.6 -11V6 -14H0 -7V6 0H11 -3.8L11 -6.6L6.6 -6.6'],
	H: [10, 'M0 -14L0 0M10 -14L10 0M0 -7.2L10 -7.2'],
	I: [0, 'M0 -14L0 0'],
	J: [6.5, 'M6.5 -14L6.5 -3.6V3.2 0H0 -2.8'],
	K: [9.5, 'M0 -14L0 0M9 -14L0 -5.4M3.4 -8.6L9.5 0'],
	L: [7.5, 'M0 -14L0 0L7.5 0'],
	M: [12, 'M0 0L0 -14L6 -4L12 -14L12 0'],
	N: [10, 'M0 0L0 -14L10 0L10 -14'],
	O: [12, 'M0 -7V6 -14H12 -7V6 0H0 -7'],
	P: [9, 'M0 0L0 -14L5 -14H9 -10.2V5 -6.4L0 -6.4'],
	Q: [12, 'M0 -7V6 -14H12 -7V6 0H0 -7M7.4 -3.6L11.6 1'],
	R: [9.5, 'M0 0L0 -14L5 -14H9 -10.2V5 -6.4L0 -6.4M5.2 -6.4L9.5 0'],
	S: [9, 'M8.6 -11.2V4.5 -14H.4 -10.7V4.5 -7.3H9 -3.6V4.5 0H0 -3'],
	T: [10, 'M0 -14L10 -14M5 -14L5 0'],
	U: [10, 'M0 -14L0 -5V5 0H10 -5L10 -14'],
	V: [11, 'M0 -14L5.5 0L11 -14'],
	W: [16, 'M0 -14L4 0L8 -12L12 0L16 -14'],
	X: [10, 'M0 -14L10 0M10 -14L0 0'],
	Y: [10, 'M0 -14L5 -7L10 -14M5 -7L5 0'],
	Z: [9, 'M0 -14L9 -14L0 0L9 0'],
	'[': [3, 'M3 -15.5L0 -15.5L0 3L3 3'],
	'\\': [5.5, 'M0 -15L5.5 2.5'],
	']': [3, 'M0 -15.5L3 -15.5L3 3L0 3'],
	'^': [7, 'M0 -9L3.5 -14L7 -9'],
	_: [8, 'M-1 2L9 2'],
	'`': [2.5, 'M0 -14L2.5 -11.5'],
	a: [7.8, 'M.8 -7.9V4.1 -10H7.8 -6.6L7.8 0M7.8 -5.8L3.4 -5.8H0 -2.9V3.4 0Q6.6 0 7.8 -2.6'],
	b: [8.6, 'M0 -14.5L0 0M0 -5V4.3 -10H8.6 -5V4.3 0H0 -5'],
	c: [7.8, 'M7.8 -7.6V4.5 -10H0 -5V4.5 0H7.8 -2.4'],
	d: [8.6, 'M8.6 -14.5L8.6 0M8.6 -5V4.3 -10H0 -5V4.3 0H8.6 -5'],
	e: [8.6, 'M0 -5.2L8.6 -5.2V4.4 -10H0 -5V4.6 0H8.2 -2.2'],
	f: [5.2, 'M5.4 -14.3L4.8 -14.4H1.8 -11.4L1.8 0M0 -10L5 -10'],
	g: [8.6, 'M8.6 -10L8.6 .2V4.3 4.3H.5 1.9M8.6 -5V4.3 -10H0 -5V4.3 0H8.6 -5'],
	h: [8, 'M0 -14.5L0 0M0 -6V4.2 -10H8 -6L8 0'],
	i: [0, 'M0 -10L0 0M0 -13.7L0 -13.5'],
	j: [2, 'M2 -10L2 1.4V-.6 4.2M2 -13.7L2 -13.5'],
	k: [7.6, 'M0 -14.5L0 0M7.2 -10L0 -3.7M2.8 -6.2L7.6 0'],
	l: [2, 'M0 -14.5L0 -2.4V2.1 0'],
	m: [13.4, 'M0 -10L0 0M0 -6.2V3.5 -10H6.7 -6.4L6.7 0M6.7 -6.2V10.2 -10H13.4 -6.4L13.4 0'],
	n: [8, 'M0 -10L0 0M0 -6V4.2 -10H8 -6L8 0'],
	o: [9, 'M0 -5V4.5 -10H9 -5V4.5 0H0 -5'],
	p: [8.6, 'M0 -10L0 4.3M0 -5V4.3 -10H8.6 -5V4.3 0H0 -5'],
	q: [8.6, 'M8.6 -10L8.6 4.3M8.6 -5V4.3 -10H0 -5V4.3 0H8.6 -5'],
	r: [4.6, 'M0 -10L0 0M0 -5.6V4 -10L4.8 -9.9'],
	s: [7, 'M6.6 -7.9V3.5 -10H.3 -7.6V3.5 -5.2H7 -2.6V3.5 0H0 -2.2'],
	t: [5, 'M1.8 -13L1.8 -3V4.6 0L5.2 -.1M0 -10L5 -10'],
	u: [8, 'M0 -10L0 -4V3.8 0H8 -4M8 -10L8 0'],
	v: [8.4, 'M0 -10L4.2 0L8.4 -10'],
	w: [12.4, 'M0 -10L3.1 0L6.2 -9L9.3 0L12.4 -10'],
	x: [7.8, 'M0 -10L7.8 0M7.8 -10L0 0'],
	y: [8.4, 'M0 -10L4.2 0M8.4 -10L4.1 1.2Q2.9 4.3 .7 4.2'],
	z: [7.4, 'M0 -10L7.4 -10L0 0L7.4 0'],
	'{': [
		3.5,
		'M3.5 -15.5Q1.5 -15.5 1.5 -13L1.5 -9Q1.5 -6.5 0 -6.3Q1.5 -6 1.5 -3.5L1.5 .5Q1.5 3 3.5 3',
	],
	'|': [0, 'M0 -15.5L0 3'],
	'}': [3.5, 'M0 -15.5Q2 -15.5 2 -13L2 -9Q2 -6.5 3.5 -6.3Q2 -6 2 -3.5L2 .5Q2 3 0 3'],
	'~': [8, 'M0 -5.4Q1.8 -8.4 4 -6.5Q6.2 -4.6 8 -7.6'],
	'…': [9, 'M0 -.1L0 0M4.5 -.1L4.5 0M9 -.1L9 0'],
};

export type Point = readonly [x: number, y: number];
export type Line = readonly [from: Point, to: Point];

export const CAPITAL_HEIGHT = 14;
const SPACING = 3.2;
/** Lines for each curve: smooth at the largest size that is used. */
const STEPS = 6;

/** Letters with accents without them; undefined for a text in another script. */
export function drawable(text: string): string | undefined {
	const plain = text.normalize('NFKD').replace(/\p{M}/gu, '');
	return [...plain].every((character) => Object.hasOwn(GLYPHS, character)) ? plain : undefined;
}

/** In the units of the glyphs. */
export function widthOf(text: string): number {
	return [...text].reduce((sum, character) => sum + glyph(character)[0] + SPACING, -SPACING);
}

/** The lines of a text that begins at x = 0 on the base line, one list for each character. */
export function linesOf(text: string): Line[][] {
	let x = 0;
	return [...text].map((character) => {
		const [width, path] = glyph(character);
		const left = x;
		x += width + SPACING;
		return flatten(path).map(
			([from, to]): Line => [
				[from[0] + left, from[1]],
				[to[0] + left, to[1]],
			],
		);
	});
}

function glyph(character: string) {
	return Object.hasOwn(GLYPHS, character) ? GLYPHS[character] : GLYPHS['?'];
}

function flatten(path: string): Line[] {
	const lines: Line[] = [];
	let at: Point = [0, 0];
	for (const [, command, coordinates] of path.matchAll(/([MLVHQ])([^MLVHQ]*)/g)) {
		const numbers = coordinates.trim().split(' ').map(Number);
		const end: Point = [numbers.at(-2)!, numbers.at(-1)!];
		if (command !== 'M') {
			const points = command === 'L' ? [end] : curve(command, at, end, [numbers[0], numbers[1]]);
			for (const point of points) {
				lines.push([at, point]);
				at = point;
			}
		}
		at = end;
	}
	return lines;
}

function curve(command: string, from: Point, to: Point, control: Point): Point[] {
	return Array.from({ length: STEPS }, (_, index): Point => {
		const part = (index + 1) / STEPS;
		if (command === 'Q') {
			const [a, b, c] = [(1 - part) ** 2, 2 * part * (1 - part), part ** 2];
			return [a * from[0] + b * control[0] + c * to[0], a * from[1] + b * control[1] + c * to[1]];
		}
		const [late, early] = [1 - Math.cos((part * Math.PI) / 2), Math.sin((part * Math.PI) / 2)];
		const [partX, partY] = command === 'V' ? [late, early] : [early, late];
		return [from[0] + partX * (to[0] - from[0]), from[1] + partY * (to[1] - from[1])];
	});
}
