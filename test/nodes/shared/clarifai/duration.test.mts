import { durationSeconds } from '../../../../nodes/shared/clarifai/duration.ts';

it.each<[unknown, number | undefined]>([
	['308s', 308],
	['308', 308],
	['0s', 0],
	['1.500s', 1.5],
	[' 12s ', 12],
	[308, 308],
	[0, 0],
	[{ seconds: 308 }, 308],
	[{ seconds: '308' }, 308],
	[{ seconds: 1, nanos: 500_000_000 }, 1.5],
	[{ nanos: 250_000_000 }, 0.25],
	[{}, 0],
	['5m', undefined],
	['soon', undefined],
	['', undefined],
	['-5s', undefined],
	[Number.NaN, undefined],
	[Infinity, undefined],
	[null, undefined],
	[undefined, undefined],
	[true, undefined],
	[['308s'], undefined],
])('%j is %p seconds', (duration, seconds) => {
	expect(durationSeconds(duration)).toBe(seconds);
});
