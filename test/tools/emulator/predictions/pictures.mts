import type { Message } from '../message.mts';
import { Random } from '../random.mts';
import { fractionOf } from './hash.mts';
import { pngBase64 } from './png.mts';

const SIDE = 32;

/** A picture that only its seed decides, for what models draw. */
function draw(color: 'gray' | 'rgb', ...seed: string[]): Message {
	const random = new Random(Math.floor(fractionOf(...seed) * 2 ** 32));
	const pixels = Buffer.alloc(SIDE * SIDE * (color === 'rgb' ? 3 : 1));
	for (let index = 0; index < pixels.length; index++)
		pixels[index] = Math.floor(random.next() * 256);
	return { base64: pngBase64(SIDE, pixels, color) };
}

export const drawnImage = (content: string) => draw('rgb', 'image', content);
export const drawnHeatmap = (content: string) => draw('gray', 'heatmap', content);
