import type { INodeExecutionData } from 'n8n-workflow';
import { encodePng } from '../../../nodes/ClarifaiEvaluateModel/picture/png.ts';

export const SHAPES = ['circle', 'square', 'triangle'] as const;

type Shape = (typeof SHAPES)[number];

const SIZE = 32;
const WHITE = 0xffffff;

/** Whether a shape covers a point; the picture goes from -1 to 1, y downwards. */
const COVERS: Record<Shape, (x: number, y: number) => boolean> = {
	circle: (x, y) => x ** 2 + y ** 2 < 0.64,
	square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.7,
	triangle: (x, y) => y < 0.7 && Math.abs(x) < (y + 0.8) / 2,
};

function draw(shape: Shape, color: number): Buffer {
	const pixels = new Uint8Array(SIZE * SIZE);
	for (const index of pixels.keys()) {
		const [x, y] = [index % SIZE, Math.floor(index / SIZE)];
		if (COVERS[shape]((2 * x + 1) / SIZE - 1, (2 * y + 1) / SIZE - 1)) pixels[index] = 1;
	}
	return Buffer.from(encodePng(SIZE, SIZE, pixels, [WHITE, color]));
}

/** An item for each shape: its picture, what it shows, and the dataset that it is for. */
export function drawShapes(dataset: string, color: number): INodeExecutionData[] {
	return SHAPES.map((shape) => ({
		json: { shape, dataset },
		binary: {
			data: {
				data: draw(shape, color).toString('base64'),
				mimeType: 'image/png',
				fileName: `${shape}.png`,
			},
		},
	}));
}
