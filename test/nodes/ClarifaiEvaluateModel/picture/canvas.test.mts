import { Canvas, textWidth } from '../../../../nodes/ClarifaiEvaluateModel/picture/canvas.ts';
import {
	CAPITAL_HEIGHT,
	linesOf,
} from '../../../../nodes/ClarifaiEvaluateModel/picture/strokeFont.ts';
import { readPng } from '../readPng.mts';

const [WHITE, BLUE, BLACK] = [0xffffff, 0x2563eb, 0x000000];

describe('a canvas', () => {
	it('is its background where nothing is drawn', () => {
		const png = readPng(new Canvas(31, 17, BLUE).toPng());

		expect([png.width, png.height]).toEqual([31, 17]);
		expect(png.count(BLUE)).toBe(31 * 17);
	});

	it('fills a rectangle to the pixel', () => {
		const canvas = new Canvas(20, 10, WHITE);
		canvas.fill(3, 2, 5, 4, BLUE);
		const png = readPng(canvas.toPng());

		expect(png.count(BLUE)).toBe(20);
		expect([png.at(3, 2), png.at(7, 5)]).toEqual([BLUE, BLUE]);
		expect([png.at(2, 2), png.at(8, 5), png.at(7, 6)]).toEqual([WHITE, WHITE, WHITE]);
	});

	it('draws a line with its width, round ends and soft edges', () => {
		const canvas = new Canvas(60, 30, WHITE);
		canvas.line([15, 15], [45, 15], 10, BLUE);
		const png = readPng(canvas.toPng());

		expect(png.at(30, 15)).toBe(BLUE);
		expect([png.at(30, 9), png.at(30, 20), png.at(9, 15), png.at(51, 15)]).toEqual([
			WHITE,
			WHITE,
			WHITE,
			WHITE,
		]);
		// Beside the round end's corner.
		expect(png.at(10, 10)).toBe(WHITE);
		expect(new Set(png.pixels).size).toBeGreaterThan(2);
	});

	it('leaves out what is beyond its edges', () => {
		const canvas = new Canvas(10, 10, WHITE);
		canvas.line([-20, 5], [30, 5], 4, BLUE);
		canvas.text('WWWW', -5, 30, { size: 40, color: BLACK });

		expect(readPng(canvas.toPng()).at(0, 5)).not.toBe(WHITE);
	});

	it('takes the nearest colour where there are more than a palette holds', () => {
		const canvas = new Canvas(300, 1, WHITE);
		for (let x = 0; x < 300; x++) canvas.fill(x, 0, 1, 1, x << 8);
		const png = readPng(canvas.toPng());

		expect(new Set(png.pixels).size).toBe(255);
		expect(png.at(200, 0)).toBe(200 << 8);
		// 299 << 8 is 0x012b00, next to which 0x002b00 stands in the palette.
		expect(png.at(299, 0)).toBe(0x2b00);
	});
});

describe('a text', () => {
	const drawn = (style: Partial<Parameters<Canvas['text']>[3]>) => {
		const canvas = new Canvas(200, 200, WHITE);
		canvas.text('Hill', 100, 100, { size: 20, color: BLACK, ...style });
		const { pixels } = readPng(canvas.toPng());
		const inked = pixels.flatMap((color, i) =>
			color === WHITE ? [] : [[i % 200, Math.floor(i / 200)]],
		);
		const [xs, ys] = [inked.map(([x]) => x), inked.map(([, y]) => y)];
		return {
			left: Math.min(...xs),
			right: Math.max(...xs),
			top: Math.min(...ys),
			bottom: Math.max(...ys),
			ink: inked.length,
		};
	};
	const width = textWidth('Hill', 20);

	it('stands on its line, as high as its size and as wide as is told', () => {
		const { left, right, top, bottom } = drawn({});

		expect(Math.abs(left - 100)).toBeLessThan(3);
		expect(Math.abs(right - 100 - width)).toBeLessThan(3);
		expect(Math.abs(top - 79)).toBeLessThan(3);
		expect(Math.abs(bottom - 100)).toBeLessThan(3);
	});

	it('is aligned', () => {
		expect(Math.abs(drawn({ align: 'right' }).right - 100)).toBeLessThan(3);
		const { left, right } = drawn({ align: 'center' });
		expect(Math.abs((left + right) / 2 - 100)).toBeLessThan(3);
	});

	it('is heavier in bold', () => {
		expect(drawn({ bold: true }).ink).toBeGreaterThan(drawn({}).ink * 1.15);
	});

	it('has no gaps where its lines meet', () => {
		const canvas = new Canvas(60, 60, WHITE);
		canvas.text('k', 10, 50, { size: 2 * CAPITAL_HEIGHT, color: BLACK });
		const png = readPng(canvas.toPng());

		for (const [[fromX, fromY], [toX, toY]] of linesOf('k').flat()) {
			for (let part = 0; part <= 1; part += 0.05) {
				const x = 10 + 2 * (fromX + part * (toX - fromX));
				const y = 50 + 2 * (fromY + part * (toY - fromY));
				expect(png.at(Math.floor(x), Math.floor(y))).toBe(BLACK);
			}
		}
	});

	it('rises with a slant', () => {
		const { left, right, top, bottom } = drawn({ slant: 90 });

		expect(bottom - top).toBeGreaterThan(width - 3);
		expect(right - left).toBeLessThan(26);
		expect(right).toBeLessThan(104);
	});
});
