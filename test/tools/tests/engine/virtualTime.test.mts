import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../engine/package.mts';
import { VirtualTime } from '../../engine/virtualTime.mts';
import { nativeRequire } from '../../native.mts';

const HOUR = 3_600_000;

let time: VirtualTime;

beforeEach(() => {
	time = new VirtualTime();
});

const turn = async () => await new Promise((resolve) => setImmediate(resolve));

test('jumps over what everybody sleeps through, on both of its clocks', async () => {
	const [now, date] = [time.now(), time.date()];

	await time.sleep(24 * HOUR);

	expect(time.now() - now).toBe(24 * HOUR);
	expect(time.date() - date).toBe(24 * HOUR);
	expect(time.now()).not.toBe(time.date());
});

test('wakes the sleepers by their time, and those of the same time in the order they came', async () => {
	const woken: string[] = [];
	const sleep = async (name: string, ms: number) => {
		await time.sleep(ms);
		woken.push(`${name} ${time.now() - began}`);
	};
	const began = time.now();

	await Promise.all([sleep('c', 30), sleep('a', 10), sleep('b', 20), sleep('b2', 20)]);

	expect(woken).toEqual(['a 10', 'b 20', 'b2 20', 'c 30']);
});

test('does not pass while something real is under way', async () => {
	const began = time.now();
	const [, readAt] = await Promise.all([
		time.sleep(HOUR),
		readFile(join(repositoryRoot, 'package-lock.json')).then(() => time.now()),
	]);

	expect(readAt).toBe(began);
});

test('does not pass while it is held', async () => {
	const release = time.hold();
	let awake = false;
	const sleeping = time.sleep(1).then(() => (awake = true));
	for (let turns = 0; turns < 20; turns++) await turn();
	expect(awake).toBe(false);

	release();
	release();
	await sleeping;

	// Released twice, it is held once all the same.
	const releaseAgain = time.hold();
	let awakeAgain = false;
	void time.sleep(1).then(() => (awakeAgain = true));
	for (let turns = 0; turns < 20; turns++) await turn();
	expect(awakeAgain).toBe(false);
	releaseAgain();
});

test('a sleep ends with its signal, for its reason, and moves no time', async () => {
	const began = time.now();
	const stop = new AbortController();
	const sleeping = time.sleep(HOUR, stop.signal);
	stop.abort(new Error('stopped'));

	await expect(sleeping).rejects.toThrow('stopped');
	await expect(time.sleep(HOUR, stop.signal)).rejects.toThrow('stopped');
	await time.sleep(5);
	expect(time.now() - began).toBe(5);
});

test('is what the built nodes go by, as long as it is installed', async () => {
	const ofNodes = nativeRequire(join(repositoryRoot, 'dist/nodes/shared/api/time.js')) as {
		time: VirtualTime;
	};
	const { now, date, sleep } = ofNodes.time;

	const uninstall = time.install(repositoryRoot);
	const began = ofNodes.time.now();
	await ofNodes.time.sleep(HOUR);
	expect(ofNodes.time.now()).toBe(began + HOUR);
	expect(ofNodes.time.date()).toBe(time.date());
	uninstall();

	expect(ofNodes.time).toMatchObject({ now, date, sleep });
});
