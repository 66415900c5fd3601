import { textWidth, type Canvas } from './canvas';
import { BACKGROUND, BAD, GOOD, INK, MUTED } from './colors';
import { TEXT_SIZE, TITLE_SIZE } from './sizes';
import { fitted, wrapped } from './words';

/** What stands above the table: which version, its value, whether it passed and why. */
export interface Heading {
	version: string;
	value: string;
	passed: boolean;
	reason: string;
}

const LINE_HEIGHT = 26;
const PILL = { size: 14, height: 38, padding: 20 };

export function headingHeight({ reason }: Heading, width: number): number {
	return 92 + wrapped(reason, TEXT_SIZE, width).length * LINE_HEIGHT;
}

export function drawHeading(canvas: Canvas, heading: Heading, x: number, y: number, width: number) {
	const pillText = heading.passed ? 'Passed' : 'Not passed';
	const pillWidth = textWidth(pillText, PILL.size) + 2 * PILL.padding;
	const room = width - pillWidth - 24;
	canvas.text(fitted(heading.version, TEXT_SIZE, room), x, y + 14, {
		size: TEXT_SIZE,
		color: MUTED,
	});
	canvas.text(heading.value, x, y + 64, { size: TITLE_SIZE, color: INK, bold: true });
	drawPill(canvas, pillText, heading.passed ? GOOD : BAD, x + width - pillWidth, y + 16, pillWidth);
	wrapped(heading.reason, TEXT_SIZE, width).forEach((line, index) => {
		canvas.text(line, x, y + 104 + index * LINE_HEIGHT, { size: TEXT_SIZE, color: INK });
	});
}

function drawPill(
	canvas: Canvas,
	text: string,
	color: number,
	x: number,
	y: number,
	width: number,
) {
	const [radius, middle] = [PILL.height / 2, y + PILL.height / 2];
	canvas.line([x + radius, middle], [x + width - radius, middle], PILL.height, color);
	canvas.text(text, x + width / 2, middle + PILL.size / 2, {
		size: PILL.size,
		color: BACKGROUND,
		bold: true,
		align: 'center',
	});
}
