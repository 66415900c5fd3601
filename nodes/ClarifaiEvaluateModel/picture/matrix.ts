import type { ConfusionMatrix } from '../evaluationResult';
import { textWidth, type Canvas } from './canvas';
import { BACKGROUND, FAINT, INK, MUTED, RIGHT, tint, WRONG } from './colors';
import type { ConceptRow } from './conceptRows';
import { SMALL_SIZE } from './sizes';
import { fitted } from './words';

const SLANT = 45;
const MAX_HEADING_WIDTH = 140;
export const MATRIX_FOOTER = 34;

export function cellWidthFor(concepts: number): number {
	return concepts > 12 ? 44 : 50;
}

/** Of the slanted names above the columns. */
export function headingsHeight(rows: readonly ConceptRow[]): number {
	const widths = rows.map(({ name }) => textWidth(name, SMALL_SIZE));
	return Math.ceil(Math.min(MAX_HEADING_WIDTH, Math.max(...widths)) * Math.SQRT1_2) + 24;
}

/** `x` and `y` are the corner of the first cell. */
export function drawMatrix(
	canvas: Canvas,
	rows: readonly ConceptRow[],
	matrix: ConfusionMatrix,
	place: { x: number; y: number; cell: { width: number; height: number }; footerX: number },
): void {
	const { x, y, cell, footerX } = place;
	rows.forEach(({ name }, column) => {
		const heading = fitted(name, SMALL_SIZE, MAX_HEADING_WIDTH);
		const style = { size: SMALL_SIZE, color: MUTED, slant: SLANT };
		canvas.text(heading, x + (column + 0.5) * cell.width, y - 8, style);
	});
	rows.forEach((actual, row) => {
		rows.forEach((predicted, column) => {
			const value = matrix.rows.get(actual.concept)?.get(predicted.concept) ?? 0;
			const whole = matrix.unit === 'share' ? 1 : (actual.examples ?? 0);
			const text = cellText(value, matrix.unit);
			const color = predicted === actual ? RIGHT : WRONG;
			drawCell(canvas, text, color, value / whole, {
				x: x + column * cell.width,
				y: y + row * cell.height,
				...cell,
			});
		});
	});
	const cells = matrix.unit === 'share' ? 'percent of the row' : 'counts';
	const footer = `Rows: the label. Columns: what the model says. Cells: ${cells}.`;
	const footerY = y + rows.length * cell.height + MATRIX_FOOTER - 6;
	canvas.text(footer, footerX, footerY, { size: SMALL_SIZE, color: MUTED });
}

function drawCell(
	canvas: Canvas,
	text: string,
	color: number,
	share: number,
	{ x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
	canvas.fill(x, y, width, height, FAINT);
	canvas.fill(x, y, width - 1, height - 1, text === '' ? BACKGROUND : tint(color, share));
	canvas.text(text, x + width / 2, y + height / 2 + SMALL_SIZE / 2, {
		size: SMALL_SIZE,
		color: share > 0.5 ? BACKGROUND : INK,
		align: 'center',
	});
}

/** Nothing for 0, and for a share that shows as 0. */
function cellText(value: number, unit: ConfusionMatrix['unit']): string {
	const shown = unit === 'share' ? Math.round(value * 100) : value;
	if (shown === 0) return '';
	return shown < 10_000 ? String(shown) : `${Math.round(shown / 1000)}k`;
}
