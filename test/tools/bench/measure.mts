import type { Contender } from './contenders.mts';
import type { Server, ServerStats } from './serverProcess.mts';

export interface Measurement {
	seconds: number;
	/** Milliseconds of processor time of this process, n8n's engine included. */
	cpuMsPerRequest: number;
	stats: ServerStats;
}

let runs = 0;

/**
 * One run of a contender over new models.
 * @param requests as many as its items take, retries not counted
 * @throws Error when it sent others
 */
export async function measure(
	contender: Contender,
	server: Server,
	requests: number,
): Promise<Measurement> {
	const run = ++runs;
	const ids = Array.from(
		{ length: requests / contender.requestsPerItem },
		(_none, index) => `run-${run}-${index}`,
	);
	await server.stats();
	const cpu = process.cpuUsage();
	const began = performance.now();
	await contender.run(server.url, ids);
	const seconds = (performance.now() - began) / 1000;
	const { user, system } = process.cpuUsage(cpu);
	const stats = await server.stats();
	const answered = stats.requests - stats.throttled;
	if (answered !== requests) {
		throw new Error(`${contender.name} had ${answered} answers, not ${requests}`);
	}
	return {
		seconds,
		cpuMsPerRequest: (user + system) / 1000 / requests,
		stats,
	};
}
