import { cpus, loadavg, platform, release } from 'node:os';

export function machine(): string {
	const all = cpus();
	const load = loadavg()
		.slice(0, 2)
		.map((value) => value.toFixed(1));
	return `${all.length} cores of ${all[0]?.model.trim() ?? 'an unknown model'}, ${platform()} ${release()}, Node ${process.version}, load ${load[0]} (1 minute), ${load[1]} (5 minutes) at the start`;
}
