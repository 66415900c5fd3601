import { compareTimes } from '../../../../nodes/shared/clarifai/timestamps.ts';

/** Each later than the one before. */
const INCREASING = [
	'2025-12-31T23:59:59.999999999Z',
	'2026-01-05T12:00:00Z',
	'2026-01-05T12:00:00.000000001Z',
	'2026-01-05T12:00:00.1Z',
	'2026-01-05T12:00:00.123Z',
	'2026-01-05T12:00:00.123000001Z',
	'2026-01-05T12:00:00.1231Z',
	'2026-01-05T12:00:01Z',
];

it('are in the order of their moments, however many decimal places they have', () => {
	for (const [index, early] of INCREASING.entries()) {
		for (const late of INCREASING.slice(index + 1)) {
			expect([early, late, compareTimes(early, late)]).toEqual([early, late, -1]);
			expect([late, early, compareTimes(late, early)]).toEqual([late, early, 1]);
		}
	}
});

it.each([
	['2026-01-05T12:00:00Z', '2026-01-05T12:00:00.000Z'],
	['2026-01-05T12:00:00.1Z', '2026-01-05T12:00:00.100000000Z'],
	['', ''],
])('%j and %j are the same moment', (a, b) => {
	expect(compareTimes(a, b)).toBe(0);
});

it('have an absent one before all others', () => {
	expect(compareTimes('', INCREASING[0])).toBe(-1);
	expect(compareTimes(INCREASING[0], '')).toBe(1);
});
