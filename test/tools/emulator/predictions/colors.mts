import type { Message } from '../message.mts';
import { float, fractionOf } from './hash.mts';

const W3C_COLORS = [
	{ hex: '#dc143c', name: 'Crimson' },
	{ hex: '#228b22', name: 'ForestGreen' },
	{ hex: '#4169e1', name: 'RoyalBlue' },
	{ hex: '#ffd700', name: 'Gold' },
	{ hex: '#696969', name: 'DimGray' },
];

/** Three colours, the strongest first; the raw one is a little off the one with a name. */
export function colorsOf(content: string): Message[] {
	const start = Math.floor(fractionOf('color', content) * W3C_COLORS.length);
	return [0.6, 0.3, 0.1].map((value, index) => {
		const w3c = W3C_COLORS[(start + index) % W3C_COLORS.length]!;
		const digit = Math.floor(fractionOf('raw', content, index) * 16).toString(16);
		return { raw_hex: w3c.hex.slice(0, 6) + digit, w3c, value: float(value) };
	});
}
