import { textWidth, type Canvas } from './canvas';
import { FAINT, INK, MUTED, NEW, OTHER } from './colors';
import type { ConceptRow, ConceptRows } from './conceptRows';
import { cellWidthFor, drawMatrix, headingsHeight, MATRIX_FOOTER } from './matrix';
import { SMALL_SIZE, TEXT_SIZE } from './sizes';
import { fitted, grouped, named } from './words';

/** Where the parts of the table are, from its top left corner. */
export interface TableLayout {
	width: number;
	height: number;
	/** Of the first row, below the headings. */
	top: number;
	nameWidth: number;
	matrixX: number;
	barsX: number;
	barsWidth: number;
}

const ROW_HEIGHT = 32;
const MIN_NAME_WIDTH = 70;
const MAX_NAME_WIDTH = 190;
const EXAMPLES_WIDTH = 68;
const NUMBER_WIDTH = 66;
const GAP = 26;
const LEGEND_HEIGHT = 54;
const MIN_BARS_WIDTH = 130;

/** A line for each concept: name, examples, its row of the confusion matrix, and its value as a bar. */
export function tableLayout(table: ConceptRows, minWidth: number): TableLayout {
	const { rows, matrix, comparedWith } = table;
	const names = rows.map(({ name }) => textWidth(name, TEXT_SIZE));
	const nameWidth = Math.ceil(Math.min(MAX_NAME_WIDTH, Math.max(MIN_NAME_WIDTH, ...names)));
	const matrixX = nameWidth + EXAMPLES_WIDTH + GAP;
	const matrixWidth = matrix ? rows.length * cellWidthFor(rows.length) + GAP + 18 : 0;
	const barsX = matrixX + matrixWidth;
	const numbersWidth = (comparedWith === undefined ? 1 : 2) * NUMBER_WIDTH;
	const barsWidth = Math.max(MIN_BARS_WIDTH, minWidth - barsX - numbersWidth);
	const top = Math.max(LEGEND_HEIGHT, matrix ? headingsHeight(rows) : 0);
	return {
		width: barsX + barsWidth + numbersWidth,
		height: top + rows.length * ROW_HEIGHT + (matrix ? MATRIX_FOOTER : 0),
		top,
		nameWidth,
		matrixX,
		barsX,
		barsWidth,
	};
}

export function drawTable(
	canvas: Canvas,
	table: ConceptRows,
	layout: TableLayout,
	x: number,
	y: number,
): void {
	const { rows, matrix } = table;
	const top = y + layout.top;
	drawLegend(canvas, table, x + layout.barsX, top, layout.width - layout.barsX);
	const examplesX = x + layout.nameWidth + EXAMPLES_WIDTH;
	const right = { size: SMALL_SIZE, color: MUTED, align: 'right' as const };
	canvas.text('count', examplesX, top - 10, right);
	rows.forEach((row, index) => {
		const rowY = top + index * ROW_HEIGHT;
		const name = fitted(row.name, TEXT_SIZE, layout.nameWidth);
		canvas.text(name, x, baseline(rowY), { size: TEXT_SIZE, color: INK });
		if (row.examples !== undefined)
			canvas.text(grouped(row.examples), examplesX, baseline(rowY), right);
		drawValue(canvas, row, table.comparedWith !== undefined, {
			x: x + layout.barsX,
			y: rowY,
			width: layout.barsWidth,
		});
	});
	if (!matrix) return;
	const cell = { width: cellWidthFor(rows.length), height: ROW_HEIGHT };
	drawMatrix(canvas, rows, matrix, { x: x + layout.matrixX, y: top, cell, footerX: x });
}

function drawLegend(
	canvas: Canvas,
	{ title, comparedWith }: ConceptRows,
	x: number,
	y: number,
	width: number,
): void {
	canvas.text(title, x, y - 34, { size: TEXT_SIZE, color: INK, bold: true });
	canvas.line([x + 4, y - 16], [x + 10, y - 16], 8, NEW);
	canvas.text('new', x + 22, y - 10, { size: SMALL_SIZE, color: MUTED });
	if (comparedWith === undefined) return;
	const otherX = x + 78;
	const nameX = otherX + 18;
	const name = fitted(named(comparedWith, 'before'), SMALL_SIZE, x + width - nameX);
	canvas.line([otherX, y - 16], [otherX + 6, y - 16], 5, OTHER);
	canvas.text(name, nameX, y - 10, { size: SMALL_SIZE, color: MUTED });
}

/** A thick bar for this version; below it a thin one for the other. */
function drawValue(
	canvas: Canvas,
	{ value, otherValue }: ConceptRow,
	isCompared: boolean,
	{ x, y, width }: { x: number; y: number; width: number },
): void {
	const bar = (middle: number, thickness: number, part: number | undefined, color: number) => {
		const radius = thickness / 2;
		const to = (end: number): [number, number] => [
			x + radius + end * (width - thickness),
			y + middle,
		];
		canvas.line(to(0), to(1), thickness, FAINT);
		if (part) canvas.line(to(0), to(part), thickness, color);
	};
	bar(isCompared ? 12 : ROW_HEIGHT / 2, 10, value, NEW);
	const style = { size: TEXT_SIZE, align: 'right' as const };
	const valueX = x + width + NUMBER_WIDTH;
	canvas.text(figure(value), valueX, baseline(y), { ...style, color: INK, bold: true });
	if (!isCompared) return;
	bar(22, 6, otherValue, OTHER);
	canvas.text(figure(otherValue), valueX + NUMBER_WIDTH, baseline(y), { ...style, color: MUTED });
}

const baseline = (y: number) => y + ROW_HEIGHT / 2 + TEXT_SIZE / 2;

const figure = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(3));
