import {
	drawable,
	linesOf,
	widthOf,
} from '../../../../nodes/ClarifaiEvaluateModel/picture/strokeFont.ts';

const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

describe('a character', () => {
	it.each([...ASCII, '…'].map((character) => [character]))('%j can be drawn', (character) => {
		expect(drawable(character)).toBe(character === '…' ? '...' : character);
	});

	it.each(ASCII.map((character) => [character]))('%j stays in its place', (character) => {
		const points = linesOf(character).flat(2);

		expect(points.length > 0).toBe(character !== ' ');
		for (const [x, y] of points) {
			expect(x).toBeGreaterThanOrEqual(-1);
			expect(x).toBeLessThanOrEqual(widthOf(character) + 1);
			expect(y).toBeGreaterThanOrEqual(-16);
			expect(y).toBeLessThanOrEqual(5);
		}
	});

	it('looks unlike every other', () => {
		const drawings = ASCII.map((character) => JSON.stringify(linesOf(character)));

		expect(new Set(drawings).size).toBe(ASCII.length);
	});

	it('that is unknown is drawn as a question mark', () => {
		expect(linesOf('猫')).toEqual(linesOf('?'));
		expect(linesOf('constructor')).toHaveLength(11);
	});
});

describe('a text', () => {
	it.each([
		['naïve café', 'naive cafe'],
		['Ångström', 'Angstrom'],
		['ＡＢ', 'AB'],
	])('%s loses its accents', (text, plain) => {
		expect(drawable(text)).toBe(plain);
	});

	it.each([['猫'], ['кот'], ['cat 🐈'], ['a\nb']])('%j cannot be drawn', (text) => {
		expect(drawable(text)).toBeUndefined();
	});

	it('is drawn one character after the other', () => {
		const [first, second] = linesOf('ll').map((lines) => lines[0][0][0]);

		expect(first).toBe(0);
		expect(second).toBeGreaterThan(widthOf('l'));
		expect(widthOf('ll')).toBe(second + widthOf('l'));
	});
});
