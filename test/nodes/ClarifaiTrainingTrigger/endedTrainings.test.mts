import {
	compareTimes,
	endedSince,
	watchOf,
	type Seen,
	type Watch,
} from '../../../nodes/ClarifaiTrainingTrigger/endedTrainings.ts';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;

const running = (id: string, createdAt: string): Seen => ({ id, createdAt, ended: false });
const ended = (id: string, createdAt: string): Seen => ({ id, createdAt, ended: true });

/** What each of several looks gives, the first being only remembered. */
function looks(...all: Seen[][]): string[][] {
	let watch: Watch = watchOf(all[0]);
	return all.slice(1).map((seen) => {
		const result = endedSince(watch, seen);
		// As n8n stores it between two polls.
		watch = JSON.parse(JSON.stringify(result.watch)) as Watch;
		return result.ended;
	});
}

describe('the trainings that have ended since the last look', () => {
	it.each<[string, Seen[][], string[][]]>([
		['none of those that had ended', [[ended('a', at(1))], [ended('a', at(1))]], [[]]],
		['one that was under way', [[running('a', at(1))], [ended('a', at(1))]], [['a']]],
		[
			'one that began and ended since',
			[[ended('a', at(1))], [ended('b', at(2)), ended('a', at(1))]],
			[['b']],
		],
		['the first one of all', [[], [ended('a', at(1))]], [['a']]],
		[
			'each once',
			[[], [running('a', at(1))], [ended('a', at(1))], [ended('a', at(1))]],
			[[], ['a'], []],
		],
		[
			'an older one after a younger one',
			[
				[running('a', at(1))],
				[ended('b', at(2)), running('a', at(1))],
				[ended('b', at(2)), ended('a', at(1))],
			],
			[['b'], ['a']],
		],
		[
			'one of the same moment as the newest',
			[[ended('a', at(1))], [ended('b', at(1)), ended('a', at(1))], [ended('b', at(1))]],
			[['b'], []],
		],
		['none that has left the list', [[running('a', at(1))], [], [ended('b', at(2))]], [[], ['b']]],
		[
			'none that an incomplete list brings back',
			[
				[ended('a', at(1)), ended('b', at(2))],
				[ended('b', at(2))],
				[ended('a', at(1)), ended('b', at(2))],
			],
			[[], []],
		],
		[
			'a younger one with fewer decimals',
			[
				[ended('a', '2026-01-01T00:00:01.375436Z')],
				[ended('b', '2026-01-01T00:00:01.376Z'), ended('c', '2026-01-01T00:00:02Z')],
			],
			[['b', 'c']],
		],
		[
			'a younger one with more decimals',
			[[ended('a', '2026-01-01T00:00:01Z')], [ended('b', '2026-01-01T00:00:01.000000001Z')]],
			[['b']],
		],
		[
			'no older one with fewer decimals',
			[[ended('a', '2026-01-01T00:00:01.375436Z')], [ended('b', '2026-01-01T00:00:01.375Z')]],
			[[]],
		],
	])('are %s', (_what, seen, expected) => {
		expect(looks(...seen)).toEqual(expected);
	});

	it('are all of them where nothing was known', () => {
		expect(endedSince(undefined, [ended('a', at(1)), running('b', at(2))])).toEqual({
			ended: ['a'],
			watch: { newest: at(2), newestIds: ['b'], pending: ['b'] },
		});
	});

	it('do not depend on the order of the list', () => {
		const before = watchOf([running('a', at(3)), ended('b', at(1))]);
		const seen = [ended('b', at(1)), ended('c', at(4)), ended('a', at(3))];

		const results = [seen, [...seen].reverse()].map((list) => endedSince(before, list));

		expect(results.map((result) => [...result.ended].sort())).toEqual([
			['a', 'c'],
			['a', 'c'],
		]);
		expect(results[0].watch).toEqual(results[1].watch);
	});
});

describe('times', () => {
	const inOrder = [
		'',
		'2026-01-01T00:00:01Z',
		'2026-01-01T00:00:01.000000001Z',
		'2026-01-01T00:00:01.1Z',
		'2026-01-01T00:00:01.123Z',
		'2026-01-01T00:00:01.123456Z',
		'2026-01-01T00:00:01.123456789Z',
		'2026-01-01T00:00:01.9Z',
		'2026-01-01T00:00:02Z',
		'2026-02-01T00:00:00Z',
		'2027-01-01T00:00:00Z',
	];

	it('compare in time, whatever their decimals', () => {
		for (const [i, a] of inOrder.entries()) {
			for (const [j, b] of inOrder.entries()) {
				expect(Math.sign(compareTimes(a, b))).toBe(Math.sign(i - j));
			}
		}
	});

	it('are the same with and without zeros at the end', () => {
		expect(compareTimes('2026-01-01T00:00:01.500Z', '2026-01-01T00:00:01.5Z')).toBe(0);
		expect(compareTimes('2026-01-01T00:00:01Z', '2026-01-01T00:00:01.000Z')).toBe(0);
	});
});
