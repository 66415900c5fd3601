import { setTimeout as delay } from 'node:timers/promises';

export async function eventually(
	what: string,
	check: () => boolean | Promise<boolean>,
	timeoutMs = 60_000,
) {
	const deadline = Date.now() + timeoutMs;
	while (!(await check())) {
		if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs / 1000} seconds: ${what}`);
		await delay(200);
	}
}
