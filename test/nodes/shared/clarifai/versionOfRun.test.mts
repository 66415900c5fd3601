import {
	versionsOfRun,
	type RunTimes,
	type VersionTime,
} from '../../../../nodes/shared/clarifai/versionOfRun.ts';

/** A moment of the same day. */
const at = (minute: number, second = 0) =>
	new Date(Date.UTC(2026, 0, 5, 12, minute, second)).toISOString();

const run = (id: string, from: number, to?: number): RunTimes => ({
	id,
	createdAt: at(from),
	...(to === undefined ? {} : { endedAt: at(to) }),
});

const version = (id: string, minute: number, second = 0): VersionTime => ({
	id,
	createdAt: at(minute, second),
});

describe('a run alone', () => {
	it('made the one version of its time', () => {
		const versions = [version('before', 5), version('own', 15), version('after', 25)];

		expect(versionsOfRun('r', [run('r', 10, 20)], versions)).toEqual({
			candidates: ['own'],
			isCertain: true,
		});
	});

	it('made none where none was made in its time', () => {
		expect(versionsOfRun('r', [run('r', 10, 20)], [version('before', 5)])).toEqual({
			candidates: [],
			isCertain: true,
		});
	});

	it('may have made any of several, for somebody else can have uploaded the others', () => {
		const versions = [version('a', 12), version('b', 15)];

		expect(versionsOfRun('r', [run('r', 10, 20)], versions)).toEqual({
			candidates: ['a', 'b'],
			isCertain: false,
		});
	});

	it('may have made a version of which no time is shown', () => {
		expect(versionsOfRun('r', [run('r', 10, 20)], [{ id: 'a' }])).toEqual({
			candidates: ['a'],
			isCertain: true,
		});
	});

	it.each<[string, VersionTime]>([
		['before its start', version('a', 9, 59)],
		['after its end', version('a', 20, 1)],
	])('may have made a version a second %s: timestamps may be cut', (_what, made) => {
		expect(versionsOfRun('r', [run('r', 10, 20)], [made]).candidates).toEqual(['a']);
	});

	it.each<[string, VersionTime]>([
		['before its start', version('a', 9, 58)],
		['after its end', version('a', 20, 2)],
	])('did not make a version two seconds %s', (_what, made) => {
		expect(versionsOfRun('r', [run('r', 10, 20)], [made]).candidates).toEqual([]);
	});

	it.each<[string, RunTimes]>([
		['goes on', { id: 'r', createdAt: at(10) }],
		['shows no times', { id: 'r' }],
	])('that %s may have made what is newer', (_what, own) => {
		expect(versionsOfRun('r', [own], [version('a', 50)]).candidates).toEqual(['a']);
	});
});

describe('two runs of a model', () => {
	it('one after the other made one version each', () => {
		const runs = [run('first', 10, 20), run('second', 30, 40)];
		const versions = [version('a', 19), version('b', 39)];

		expect(versionsOfRun('first', runs, versions)).toEqual({ candidates: ['a'], isCertain: true });
		expect(versionsOfRun('second', runs, versions)).toEqual({ candidates: ['b'], isCertain: true });
	});

	it('overlapping: what only one can have made is its own, and so the other is not', () => {
		const runs = [run('first', 10, 20), run('second', 15, 40)];
		const versions = [version('a', 19), version('b', 39)];

		expect(versionsOfRun('first', runs, versions)).toEqual({ candidates: ['a'], isCertain: true });
		expect(versionsOfRun('second', runs, versions)).toEqual({ candidates: ['b'], isCertain: true });
	});

	it('at the same time cannot be told apart', () => {
		const runs = [run('first', 10, 20), run('second', 10, 20)];
		const versions = [version('a', 18), version('b', 19)];

		for (const id of ['first', 'second']) {
			expect(versionsOfRun(id, runs, versions)).toEqual({
				candidates: ['a', 'b'],
				isCertain: false,
			});
		}
	});

	it('of which one made none leave open whose the only version is', () => {
		const runs = [run('first', 10, 20), run('failed', 10, 20)];

		for (const id of ['first', 'failed']) {
			expect(versionsOfRun(id, runs, [version('a', 18)])).toEqual({
				candidates: ['a'],
				isCertain: false,
			});
		}
	});
});

it('a chain of overlapping runs is told apart from its ends', () => {
	const runs = [run('r1', 10, 20), run('r2', 15, 30), run('r3', 25, 40)];
	const versions = [version('v1', 17), version('v2', 27), version('v3', 39)];

	expect(runs.map(({ id }) => versionsOfRun(id, runs, versions))).toEqual([
		{ candidates: ['v1'], isCertain: true },
		{ candidates: ['v2'], isCertain: true },
		{ candidates: ['v3'], isCertain: true },
	]);
});
