import type { Contender } from './contenders.mts';
import type { Server, ServerStats } from './serverProcess.mts';

export interface Measurement {
	seconds: number;
	/** Milliseconds of processor time of this process, n8n's engine included. */
	cpuMsPerItem: number;
	stats: ServerStats;
}

let runs = 0;

/** One run of a contender over new models. */
export async function measure(
	contender: Contender,
	server: Server,
	items: number,
): Promise<Measurement> {
	const run = ++runs;
	const ids = Array.from({ length: items }, (_none, index) => `run-${run}-${index}`);
	await server.stats();
	const cpu = process.cpuUsage();
	const began = performance.now();
	await contender.run(server.url, ids);
	const seconds = (performance.now() - began) / 1000;
	const { user, system } = process.cpuUsage(cpu);
	const stats = await server.stats();
	return {
		seconds,
		cpuMsPerItem: (user + system) / 1000 / items,
		stats,
	};
}
