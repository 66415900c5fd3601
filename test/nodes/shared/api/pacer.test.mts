import { MAX_CONNECTIONS, Pacer } from '../../../../nodes/shared/api/pacer.ts';
import { time } from '../../../../nodes/shared/api/time.ts';
import { Random } from '../../../tools/emulator/random.mts';
import { Throttle } from '../../../tools/emulator/throttle.mts';

const LIMIT = 15;
const ANSWER_MS = 100;

interface Answer {
	refused: boolean;
}

/** A server with a limit, on the tests' clock. Requests reach it after up to 15 ms, some later than others. */
class LimitedServer {
	received = 0;
	refused = 0;
	startedAt: number[] = [];
	underWay = 0;
	mostUnderWay = 0;
	private readonly throttle: Throttle;
	private readonly random = new Random(1);

	constructor(limit: number) {
		this.throttle = new Throttle(limit);
	}

	readonly send = async (): Promise<Answer> => {
		this.startedAt.push(performance.now());
		this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
		await passing(1 + 14 * this.random.next());
		this.received++;
		const refused = !this.throttle.admits(performance.now());
		if (refused) this.refused++;
		await passing(ANSWER_MS);
		this.underWay--;
		return { refused };
	};

	/** Another program that uses the same limit. */
	sendOften(perSecond: number): void {
		setInterval(() => this.throttle.admits(performance.now()), 1000 / perSecond);
	}
}

const passing = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

/** Sends until nothing is refused any more, as the client does. */
async function sendAll(
	pacer: Pacer,
	server: LimitedServer,
	count: number,
	{ retryAfterMs, signal }: { retryAfterMs?: number; signal?: AbortSignal } = {},
) {
	const one = async () => {
		for (;;) {
			const { refused } = await pacer.run(
				server.send,
				(answer) => (answer.refused ? { retryAfterMs } : undefined),
				signal,
			);
			if (!refused) return;
			await passing(retryAfterMs ?? 200);
		}
	};
	await Promise.all(Array.from({ length: count }, one));
}

/** Seconds on the tests' clock until the work is done. */
async function secondsOf(work: Promise<unknown>): Promise<number> {
	const began = performance.now();
	let done = false;
	const finished = work.finally(() => (done = true));
	while (!done) await jest.advanceTimersByTimeAsync(10);
	await finished;
	return (performance.now() - began) / 1000;
}

time.sleep = async (ms) => void (await passing(ms));

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('the pacer', () => {
	it('spends a limit without a refusal, in the time that it allows', async () => {
		const server = new LimitedServer(LIMIT);

		const seconds = await secondsOf(sendAll(new Pacer(LIMIT), server, 150));

		expect(server).toMatchObject({ received: 150, refused: 0 });
		expect(seconds).toBeLessThan((1.05 * 150) / LIMIT);
	});

	it('does not start them in bursts', async () => {
		const server = new LimitedServer(LIMIT);

		await secondsOf(sendAll(new Pacer(LIMIT), server, 60));

		const gaps = server.startedAt.slice(1).map((at, index) => at - server.startedAt[index]);
		expect(Math.min(...gaps)).toBeGreaterThan(0.5 * (1000 / LIMIT));
	});

	it('takes what another program leaves', async () => {
		const server = new LimitedServer(LIMIT);
		server.sendOften(5);

		const seconds = await secondsOf(sendAll(new Pacer(LIMIT), server, 300));

		expect(server.refused / server.received).toBeLessThan(0.02);
		expect(seconds).toBeLessThan((1.15 * 300) / (LIMIT - 5));
	});

	it('finds a limit that it was not told', async () => {
		const server = new LimitedServer(LIMIT);

		const seconds = await secondsOf(sendAll(new Pacer(0), server, 300));

		expect(server.refused).toBeLessThan(2 * MAX_CONNECTIONS);
		expect(seconds).toBeLessThan((1.2 * 300) / LIMIT);
	});

	it('comes back to the whole limit when the other program has ended', async () => {
		const server = new LimitedServer(LIMIT);
		const pacer = new Pacer(LIMIT);
		server.sendOften(10);
		await secondsOf(sendAll(pacer, server, 50));
		jest.clearAllTimers();
		await secondsOf(sendAll(pacer, server, 400));

		const seconds = await secondsOf(sendAll(pacer, server, 150));

		expect(seconds).toBeLessThan((1.05 * 150) / LIMIT);
	});

	it('holds all requests back for as long as Retry-After asks for', async () => {
		const server = new LimitedServer(1);
		const pacer = new Pacer(0);

		await secondsOf(sendAll(pacer, server, 3, { retryAfterMs: 5000 }));

		const [first, second, third, ...later] = server.startedAt;
		expect(third - first).toBeLessThan(10);
		expect(second - first).toBeLessThan(10);
		expect(later[0] - first).toBeGreaterThanOrEqual(5000);
	});

	it('keeps a slow rate, below one a second', async () => {
		const server = new LimitedServer(1);

		const seconds = await secondsOf(sendAll(new Pacer(0.5), server, 5));

		expect(server.refused).toBe(0);
		expect(seconds).toBeGreaterThan(8);
		expect(seconds).toBeLessThan(9);
	});

	it('bounds the requests under way, and does not wait without a limit', async () => {
		const server = new LimitedServer(0);

		const seconds = await secondsOf(sendAll(new Pacer(0), server, 200));

		expect(server.mostUnderWay).toBe(MAX_CONNECTIONS);
		expect(seconds).toBeLessThan(1.3);
	});

	it('lets everybody go when the execution is stopped', async () => {
		const server = new LimitedServer(LIMIT);
		const stop = new AbortController();
		const work = sendAll(new Pacer(1), server, 10, { signal: stop.signal });
		await jest.advanceTimersByTimeAsync(1500);

		stop.abort();

		expect(await secondsOf(work)).toBeLessThan(1);
	});
});
