import { createHash } from 'node:crypto';

/** A number from 0 up to, but not including, 1, that looks random and is always the same for a text. */
export function fractionOf(...parts: Array<string | number>): number {
	const digest = createHash('sha256').update(parts.join('\0')).digest();
	return digest.readUIntBE(0, 6) / 2 ** 48;
}

export function pickBy<T>(items: T[], ...parts: Array<string | number>): T {
	return items[Math.floor(fractionOf(...parts) * items.length)]!;
}

/** A number with the digits that a float32 has in Clarifai's JSON. */
export function float(value: number): number {
	return Number(value.toPrecision(7));
}
