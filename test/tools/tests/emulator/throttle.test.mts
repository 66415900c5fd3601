import { Throttle } from '../../emulator/throttle.mts';

test('lets the limit in within any second', () => {
	const throttle = new Throttle(3);
	const admitted = [0, 100, 200, 300, 999, 1000, 1001, 1100, 1199, 1200].filter((now) =>
		throttle.admits(now),
	);
	expect(admitted).toEqual([0, 100, 200, 1000, 1100, 1200]);
});

test('no limit', () => {
	const throttle = new Throttle(0);
	expect(Array.from({ length: 100 }, () => throttle.admits(0))).not.toContain(false);
});
