import { encodePng } from './png';
import { CAPITAL_HEIGHT, linesOf, widthOf, type Line, type Point } from './strokeFont';

/** As 0xRRGGBB. */
export type Color = number;

export interface TextStyle {
	/** Height of capitals in pixels. */
	size: number;
	color: Color;
	bold?: boolean;
	align?: 'left' | 'center' | 'right';
	/** Degrees, upwards. */
	slant?: number;
}

/** Steps between an edge's two colours: as many as are seen, few enough for a palette. */
const SHADES = 6;
const MAX_COLORS = 256;

/** Pixels that can be drawn on, and written as a PNG. */
export class Canvas {
	private readonly pixels: Uint8Array;
	private readonly palette: Color[] = [];

	constructor(
		readonly width: number,
		readonly height: number,
		background: Color,
	) {
		this.pixels = new Uint8Array(width * height).fill(this.indexOf(background));
	}

	fill(x: number, y: number, width: number, height: number, color: Color): void {
		const index = this.indexOf(color);
		for (let row = y; row < y + height; row++) {
			this.pixels.fill(index, row * this.width + x, row * this.width + x + width);
		}
	}

	/** With round ends. */
	line(from: Point, to: Point, width: number, color: Color): void {
		this.stroke([[from, to]], width, color);
	}

	/** `y` is the base line. */
	text(text: string, x: number, y: number, style: TextStyle): void {
		const { size, color, bold = false, align = 'left', slant = 0 } = style;
		const scale = size / CAPITAL_HEIGHT;
		const width = textWidth(text, size);
		const start = align === 'left' ? 0 : align === 'right' ? -width : -width / 2;
		const [cos, sin] = [Math.cos((slant * Math.PI) / 180), Math.sin((slant * Math.PI) / 180)];
		const place = ([glyphX, glyphY]: Point): Point => {
			const [along, down] = [glyphX * scale + start, glyphY * scale];
			return [x + along * cos + down * sin, y - along * sin + down * cos];
		};
		for (const lines of linesOf(text)) {
			const placed = lines.map(([from, to]): Line => [place(from), place(to)]);
			this.stroke(placed, size * (bold ? 0.175 : 0.125), color);
		}
	}

	toPng(): Uint8Array {
		return encodePng(this.width, this.height, this.pixels, this.palette);
	}

	/** Lines that belong together: where they meet, a pixel is coloured once. */
	private stroke(lines: readonly Line[], width: number, color: Color): void {
		const covers = new Map<number, number>();
		for (const line of lines) {
			const [left, right] = span(line[0][0], line[1][0], width, this.width);
			const [top, bottom] = span(line[0][1], line[1][1], width, this.height);
			for (let y = top; y < bottom; y++) {
				for (let x = left; x < right; x++) {
					const cover = width / 2 + 0.5 - distanceTo(line, x + 0.5, y + 0.5);
					const position = y * this.width + x;
					if (cover > (covers.get(position) ?? 0)) covers.set(position, cover);
				}
			}
		}
		for (const [position, cover] of covers) {
			this.blend(position, color, Math.round(Math.min(1, cover) * SHADES) / SHADES);
		}
	}

	private blend(position: number, color: Color, cover: number): void {
		if (cover === 0) return;
		const below = this.palette[this.pixels[position]];
		const mixed = [16, 8, 0].map((shift) => {
			const [from, to] = [(below >> shift) & 255, (color >> shift) & 255];
			return Math.round(from + (to - from) * cover) << shift;
		});
		this.pixels[position] = this.indexOf(mixed[0] | mixed[1] | mixed[2]);
	}

	/** Where the palette is full, the nearest colour in it. */
	private indexOf(color: Color): number {
		const known = this.palette.indexOf(color);
		if (known >= 0) return known;
		if (this.palette.length < MAX_COLORS) return this.palette.push(color) - 1;
		const distances = this.palette.map((other) => difference(color, other));
		return distances.indexOf(Math.min(...distances));
	}
}

export function textWidth(text: string, size: number): number {
	return (widthOf(text) * size) / CAPITAL_HEIGHT;
}

/** The pixels that a line of a width may touch, in one direction. */
function span(a: number, b: number, width: number, limit: number): [from: number, to: number] {
	const reach = width / 2 + 1;
	const from = Math.max(0, Math.floor(Math.min(a, b) - reach));
	return [from, Math.min(limit, Math.ceil(Math.max(a, b) + reach))];
}

function distanceTo([from, to]: Line, x: number, y: number): number {
	const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
	const length = dx * dx + dy * dy;
	const part = length === 0 ? 0 : ((x - from[0]) * dx + (y - from[1]) * dy) / length;
	const nearest = Math.min(1, Math.max(0, part));
	return Math.hypot(x - from[0] - nearest * dx, y - from[1] - nearest * dy);
}

function difference(a: Color, b: Color): number {
	return [16, 8, 0].reduce((sum, shift) => {
		const apart = ((a >> shift) & 255) - ((b >> shift) & 255);
		return sum + apart * apart;
	}, 0);
}
