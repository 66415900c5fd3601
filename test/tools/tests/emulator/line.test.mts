import { Line } from '../../emulator/line.mts';
import type { Time } from '../../emulator/clock.mts';

/** Time that passes only where it is waited for, or where a test says so. */
function waitedTime() {
	let now = 1000;
	const time: Time = {
		date: () => now,
		now: () => now,
		sleep: async (ms) => {
			now += ms;
			await Promise.resolve();
		},
	};
	return { time, passed: () => now - 1000, pass: (ms: number) => (now += ms) };
}

describe('the line to the server', () => {
	test('takes a second for as many bytes as it carries in one, over all connections', async () => {
		const { time, passed } = waitedTime();
		const line = new Line(time, 1_000_000);
		await line.carry(300_000);
		await line.carry(300_000);
		await line.carry(400_000);
		// What was kept for it before the first byte came.
		expect(passed()).toBeCloseTo(750);
		await line.carry(1_000_000);
		expect(passed()).toBeCloseTo(1750);
	});

	test('goes on while the server works, for a quarter of a second', async () => {
		const { time, passed, pass } = waitedTime();
		const line = new Line(time, 1_000_000);
		await line.carry(1_000_000);
		pass(100);
		await line.carry(100_000);
		expect(passed()).toBeCloseTo(850);
		pass(5000);
		await line.carry(350_000);
		expect(passed()).toBeCloseTo(5950);
	});

	test('without a limit takes no time', async () => {
		const { time, passed } = waitedTime();
		await new Line(time, 0).carry(1_000_000_000);
		expect(passed()).toBe(0);
	});
});
