import { textWidth } from '../../../../nodes/ClarifaiEvaluateModel/picture/canvas.ts';
import {
	fitted,
	grouped,
	named,
	wrapped,
} from '../../../../nodes/ClarifaiEvaluateModel/picture/words.ts';

describe('a text that is too wide', () => {
	it('is cut with an ellipsis', () => {
		const cut = fitted('german-shepherd', 12, 80);

		expect(cut).toMatch(/^german-.*…$/);
		expect(textWidth(cut, 12)).toBeLessThanOrEqual(80);
		expect(fitted('cat', 12, 80)).toBe('cat');
	});

	it('keeps a letter, however little room there is', () => {
		expect(fitted('german-shepherd', 12, 0)).toBe('g…');
	});

	it('is broken between words', () => {
		const lines = wrapped('Macro F1 is above the live version', 12, 120);

		expect(lines.length).toBeGreaterThan(1);
		expect(lines.join(' ')).toBe('Macro F1 is above the live version');
		for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(120);
	});

	it('has a word cut that fills more than a line', () => {
		expect(wrapped(`a ${'m'.repeat(500)} b`, 12, 120)).toEqual([
			'a',
			expect.stringMatching(/^m+…$/),
			'b',
		]);
	});
});

describe('a name', () => {
	it.each([
		['golden-retriever', 'golden-retriever'],
		[' two\n lines ', 'two lines'],
		['<script>&amp;', '<script>&amp;'],
		['Café', 'Cafe'],
		['猫', 'concept 7'],
		['', 'concept 7'],
	])('%j is drawn as %s', (name, shown) => {
		expect(named(name, 'concept 7')).toBe(shown);
	});
});

it.each([
	[0, '0'],
	[999, '999'],
	[1000, '1,000'],
	[1234567, '1,234,567'],
])('the count %d is shown as %s', (count, shown) => {
	expect(grouped(count)).toBe(shown);
});
