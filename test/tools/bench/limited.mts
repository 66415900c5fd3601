import { setTimeout as delay } from 'node:timers/promises';
import { ours } from './contenders.mts';
import { measure } from './measure.mts';
import { startServer, type Setup } from './serverProcess.mts';
import { shown, spreadOf } from './statistics.mts';
import { table } from './table.mts';

const LIMIT = 15;
const LATENCY_MS = 100;

interface Case {
	name: string;
	setup: Setup;
	/** What the limit leaves to the run. */
	left: number;
	requests: number;
	maxRequestsPerSecond?: number;
}

/** Runs at Clarifai's limit, each on a server of its own with an empty window. */
export async function limitedTable({ quick }: { quick: boolean }): Promise<string> {
	const limited = { requestsPerSecond: LIMIT, latencyMs: LATENCY_MS };
	const requests = quick ? 60 : 150;
	const cases: Case[] = [
		{ name: 'alone', setup: limited, left: LIMIT, requests },
		{
			name: 'another program sends 5 a second',
			setup: { ...limited, otherPerSecond: 5 },
			left: LIMIT - 5,
			requests: 2 * requests,
		},
		{
			name: 'the same, with Retry-After',
			setup: { ...limited, otherPerSecond: 5, retryAfter: 1 },
			left: LIMIT - 5,
			requests: 2 * requests,
		},
		{
			name: "alone, the node's limit set to 100",
			setup: limited,
			left: LIMIT,
			requests,
			maxRequestsPerSecond: 100,
		},
	];
	const rows: string[][] = [];
	for (const each of cases) {
		const measured = [];
		for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
			const server = await startServer(each.setup);
			const create = ours(each.maxRequestsPerSecond ?? LIMIT);
			// The first request of a server loads its code. The limit's second is over before the run.
			await measure(create, server, create.requestsPerItem);
			await delay(1100);
			const run = await measure(create, server, each.requests);
			const items = 1 + each.requests / create.requestsPerItem;
			measured.push({ ...run, lost: items - run.stats.models });
			await server.close();
		}
		const allowed = each.requests / each.left;
		const share = (refused: number, all: number) => (100 * refused) / Math.max(1, all);
		const { otherRequests } = measured[0].stats;
		rows.push([
			each.name,
			String(each.requests),
			allowed.toFixed(1),
			shown(spreadOf(measured.map(({ seconds }) => seconds)), 2),
			shown(spreadOf(measured.map(({ seconds }) => seconds / allowed)), 3),
			shown(spreadOf(measured.map(({ stats }) => share(stats.throttled, stats.requests))), 1),
			String(Math.max(...measured.map(({ lost }) => lost))),
			otherRequests === 0
				? '–'
				: shown(
						spreadOf(measured.map(({ stats }) => share(stats.otherThrottled, stats.otherRequests))),
						1,
					),
		]);
	}
	return table(
		[
			'At 15 requests/s, 100 ms',
			'requests',
			'limit, s',
			'run, s',
			'run/limit',
			'429, %',
			'lost',
			"other's 429, %",
		],
		rows,
	);
}
