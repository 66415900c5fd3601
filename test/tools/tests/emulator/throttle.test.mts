import { DEMO, startEmulator } from '../../emulator/emulator.mts';
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

test('a request counts when it comes, however long its body takes', async () => {
	let now = 0;
	const time = { date: () => now, now: () => now, sleep: async () => await Promise.resolve() };
	const emulator = await startEmulator({ listen: false, time, requestsPerSecond: 1 });
	const app = `/v2/users/${DEMO.userId}/apps/${DEMO.appId}`;
	const headers = { authorization: `Key ${DEMO.pat}` };
	let arrive: () => void = () => undefined;
	const isThere = new Promise<void>((resolve) => (arrive = resolve));
	async function* slowly() {
		await isThere;
		yield Buffer.from('{"inputs": [{"id": "slow", "data": {"text": {"raw": "a"}}}]}');
	}

	const slow = emulator.handle({ method: 'POST', url: `${app}/inputs`, headers, body: slowly() });
	now = 1200;
	const other = await emulator.handle({ method: 'GET', url: app, headers, body: [] });
	now = 1500;
	arrive();

	expect(other).toMatchObject({ status: 200 });
	expect(await slow).toMatchObject({ status: 200 });
	await emulator.close();
});
