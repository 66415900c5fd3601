import {
	endedSince,
	firstWatch,
	type Seen,
	type Watch,
} from '../../../nodes/ClarifaiTrainingTrigger/endedTrainings.ts';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;

const running = (id: string, createdAt: string): Seen => ({ id, createdAt, ended: false });
const ended = (id: string, createdAt: string): Seen => ({ id, createdAt, ended: true });

/** What each of several looks gives, the first being only remembered. */
function looks(...all: Seen[][]): string[][] {
	let watch: Watch = firstWatch(all[0]);
	return all.slice(1).map((seen) => {
		const result = endedSince(watch, seen, []);
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

	it('are also those of which Clarifai shows no time', () => {
		expect(
			looks([ended('a', '')], [ended('a', ''), ended('b', '')], [ended('a', ''), ended('b', '')]),
		).toEqual([['b'], []]);
	});

	it('are not those that are deployed anew long after they have ended', () => {
		expect(
			looks(
				[ended('a', at(1))],
				[running('a', at(1)), ended('b', at(2))],
				[ended('a', at(1)), running('b', at(2))],
				[ended('a', at(1)), ended('b', at(2))],
			),
		).toEqual([['b'], [], []]);
	});

	it('are not those that an app of thousands a day has too many of to remember', () => {
		const many = Array.from({ length: 6_000 }, (_none, index) => ended(`a${index}`, at(1)));

		// Clarifai lists the newest first.
		expect(looks([ended('last', at(2)), ...many], [ended('last', at(2)), ...many])).toEqual([[]]);
	});

	it('do not depend on the order of the list', () => {
		const before = firstWatch([running('a', at(3)), ended('b', at(1))]);
		const seen = [ended('b', at(1)), ended('c', at(4)), ended('a', at(3))];

		const results = [seen, [...seen].reverse()].map((list) => endedSince(before, list, []));

		expect(results.map((result) => [...result.ended].sort())).toEqual([
			['a', 'c'],
			['a', 'c'],
		]);
		expect(results[0].watch).toEqual(results[1].watch);
	});
});

describe('what is remembered', () => {
	const day = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`;

	function watchAfter(...all: Seen[][]): Watch {
		return all
			.slice(1)
			.reduce((watch, seen) => endedSince(watch, seen, []).watch, firstWatch(all[0]));
	}

	it('is the trainings of the last day, and those under way', () => {
		const watch = watchAfter(
			[running('slow', day(1)), ended('old', day(1))],
			[running('slow', day(1)), ended('old', day(1)), ended('new', day(3))],
		);

		expect(watch).toEqual({
			since: day(1),
			newest: day(3),
			seen: { new: day(3) },
			pending: ['slow'],
			missing: {},
		});
	});

	it('does not put out what shows up more than a day late', () => {
		expect(
			looks([], [ended('new', day(3))], [ended('late', day(1)), ended('new', day(3))]),
		).toEqual([['new'], []]);
	});

	it('still has a training under way that is older than a day', () => {
		expect(
			looks(
				[running('slow', day(1))],
				[running('slow', day(1)), ended('new', day(3))],
				[ended('slow', day(1)), ended('new', day(3))],
			),
		).toEqual([['new'], ['slow']]);
	});

	it('is bounded, however many there are', () => {
		const many = Array.from({ length: 7_000 }, (_none, index) => ended(`a${index}`, at(1)));

		expect(Object.keys(watchAfter([], many).seen)).toHaveLength(5_000);
	});

	it('lasts for a training that is not found for once, and not for one that is deleted', () => {
		let watch = firstWatch([running('a', at(1)), running('b', at(1))]);
		const look = (seen: Seen[], notFound: string[]) => {
			const result = endedSince(watch, seen, notFound);
			watch = JSON.parse(JSON.stringify(result.watch)) as Watch;
			return { ended: result.ended, pending: watch.pending, missing: watch.missing };
		};

		expect(look([], ['a', 'b'])).toMatchObject({ pending: ['a', 'b'], missing: { a: 1, b: 1 } });
		expect(look([], ['a', 'b'])).toMatchObject({ pending: ['a', 'b'], missing: { a: 2, b: 2 } });
		expect(look([running('b', at(1))], ['a'])).toEqual({ ended: [], pending: ['b'], missing: {} });
		expect(look([], ['b'])).toMatchObject({ pending: ['b'], missing: { b: 1 } });
		expect(look([ended('a', at(1)), ended('b', at(1))], [])).toEqual({
			ended: ['b'],
			pending: [],
			missing: {},
		});
	});

	it('lasts for a training that could not be looked at', () => {
		expect(looks([running('a', at(1))], [], [], [], [], [ended('a', at(1))])).toEqual([
			[],
			[],
			[],
			[],
			['a'],
		]);
	});
});
