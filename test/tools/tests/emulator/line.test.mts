import type { Time } from '../../emulator/clock.mts';
import { DEMO, startEmulator } from '../../emulator/emulator.mts';
import { Line } from '../../emulator/line.mts';

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

	test('is the one over which an emulator gets large bodies', async () => {
		const { time, passed } = waitedTime();
		const emulator = await startEmulator({ listen: false, time, bytesPerSecond: 1_000_000 });
		const base64 = Buffer.alloc(3_000_000).toString('base64');
		const body = Buffer.from(
			JSON.stringify({ inputs: [{ id: 'large', data: { image: { base64 } } }] }),
		);
		await emulator.handle({
			method: 'POST',
			url: `/v2/users/${DEMO.userId}/apps/${DEMO.appId}/inputs`,
			headers: { authorization: `Key ${DEMO.pat}`, 'content-length': String(body.length) },
			body: [body],
		});
		expect(emulator.app().inputs.has('large')).toBe(true);
		expect(passed()).toBeCloseTo(body.length / 1000 - 250);
		await emulator.close();
	});
});
