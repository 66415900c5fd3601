import {
	bareClient,
	httpRequestNode,
	MAX_CONNECTIONS,
	ours,
	type Contender,
} from './contenders.mts';
import { measure, type Measurement } from './measure.mts';
import { startServer, type Server } from './serverProcess.mts';
import { shown, spreadOf } from './statistics.mts';
import { table } from './table.mts';

const LATENCY_MS = 50;

/** Waits between the HTTP Request node's batches that are tried for its best setting. */
const INTERVALS = [50, 55, 60, 65, 70, 80];

/** A batch that starts before the one before it has ended to its last answer opens a few more. */
const TOLERATED_AT_ONCE = 1.1 * MAX_CONNECTIONS;

/** Everybody at the same number of connections, in turns, so that a busy moment hits all. */
export async function unlimitedTable({ quick }: { quick: boolean }): Promise<string> {
	const requests = quick ? 300 : 1000;
	const server = await startServer({ latencyMs: LATENCY_MS });
	const interval = await bestInterval(server, quick);
	const contenders: Contender[] = [
		ours(0),
		httpRequestNode({ batchSize: MAX_CONNECTIONS, batchInterval: interval }),
		httpRequestNode(),
		bareClient,
	];
	// The first run of each compiles its code.
	for (const contender of contenders) await measure(contender, server, 200);
	const measured = contenders.map((): Measurement[] => []);
	for (let run = 0; run < (quick ? 3 : 7); run++) {
		for (const [index, contender] of contenders.entries()) {
			measured[index].push(await measure(contender, server, requests));
		}
	}
	await server.close();

	const limit = ((requests / MAX_CONNECTIONS) * LATENCY_MS) / 1000;
	const byHttpRequest = measured[1].map(({ seconds }) => seconds);
	const cpuOfHttpRequest = measured[1].map(({ cpuMsPerRequest }) => cpuMsPerRequest);
	const rows = contenders.map(({ name }, index) => {
		const own = measured[index];
		return [
			name,
			shown(spreadOf(own.map(({ seconds }) => seconds)), 2),
			(requests / spreadOf(own.map(({ seconds }) => seconds)).median).toFixed(0),
			// Run by run against the neighbour in time.
			shown(spreadOf(own.map(({ seconds }, run) => seconds / byHttpRequest[run])), 2),
			String(Math.max(...own.map(({ stats }) => stats.mostUnderWay))),
			shown(spreadOf(own.map(({ cpuMsPerRequest }) => cpuMsPerRequest)), 2),
			shown(
				spreadOf(own.map(({ cpuMsPerRequest }, run) => cpuMsPerRequest - cpuOfHttpRequest[run])),
				2,
			),
		];
	});
	rows.push([
		`the limit: ${MAX_CONNECTIONS} connections at ${LATENCY_MS} ms`,
		limit.toFixed(2),
		(requests / limit).toFixed(0),
		(limit / spreadOf(byHttpRequest).median).toFixed(2),
		String(MAX_CONNECTIONS),
		'–',
		'–',
	]);
	return table(
		[
			`No limit, ${requests} requests, ${LATENCY_MS} ms`,
			's',
			'requests/s',
			'to HTTP Request',
			'at once',
			'CPU ms/request',
			'over HTTP Request',
		],
		rows,
	);
}

/** The shortest wait between batches with which the HTTP Request node keeps to the connections. */
async function bestInterval(server: Server, quick: boolean): Promise<number> {
	for (const batchInterval of INTERVALS) {
		const contender = httpRequestNode({ batchSize: MAX_CONNECTIONS, batchInterval });
		// In its favour: one good run of several is enough, as a busy moment of the machine spoils one.
		for (let attempt = 0; attempt < 5; attempt++) {
			const { stats } = await measure(contender, server, quick ? 200 : 500);
			if (stats.mostUnderWay <= TOLERATED_AT_ONCE) return batchInterval;
		}
	}
	return INTERVALS[INTERVALS.length - 1];
}

/** Whether ten times the requests take ten times the work. */
export async function growthTable({ quick }: { quick: boolean }): Promise<string> {
	const server = await startServer({});
	const contenders = [ours(0), httpRequestNode({ batchSize: MAX_CONNECTIONS, batchInterval: 20 })];
	for (const contender of contenders) await measure(contender, server, 300);
	const rows: string[][] = [];
	for (const requests of quick ? [100, 1000] : [100, 1000, 10_000]) {
		const measured = contenders.map((): Measurement[] => []);
		for (let run = 0; run < (quick || requests === 10_000 ? 1 : 3); run++) {
			for (const [index, contender] of contenders.entries()) {
				measured[index].push(await measure(contender, server, requests));
			}
		}
		const [own, http] = measured.map((each) => [
			shown(spreadOf(each.map(({ seconds }) => (1000 * seconds) / requests)), 2),
			shown(spreadOf(each.map(({ cpuMsPerRequest }) => cpuMsPerRequest)), 2),
		]);
		rows.push([String(requests), ...own, ...http]);
	}
	await server.close();
	return table(
		[
			'requests, no latency',
			'ours, ms/request',
			'ours, CPU ms/request',
			'HTTP Request, ms/request',
			'HTTP Request, CPU ms/request',
		],
		rows,
	);
}
