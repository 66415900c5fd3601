import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FILE_BYTES, LIMIT } from './filesContenders.mts';
import { runFilesJob, WARM_UP, type FilesJob, type FilesWork } from './filesProcess.mts';
import type { FilesMeasurement } from './filesProcess.mts';
import { startServer, type ServerStats } from './serverProcess.mts';
import { shown, spreadOf } from './statistics.mts';
import { table } from './table.mts';

const LATENCY_MS = 100;

/** The line to the server, in bytes a second: 1 Gbit. */
const LINE = 125_000_000;

/** As fast as this computer hands bytes from one process to another. */
const NO_LINE = 0;

/** Batches that our nodes have under way at once, with files of this size. */
const AT_ONCE = 3;

interface Run extends FilesMeasurement {
	/** Files that did not arrive. */
	lost: number;
}

/** The three ways to bring files to one of Clarifai's calls. */
interface Ways {
	name: string;
	ours: FilesWork;
	httpRequest: FilesWork;
	pool: FilesWork;
	/** Files that have arrived, of all that the server was sent. */
	arrived(stats: ServerStats): number;
}

/** Files through our nodes, one by one through the HTTP Request node, and as bare bytes. */
export async function filesTable({ quick }: { quick: boolean }): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-clarifai-files-'));
	try {
		const most = quick ? 500 : 2000;
		await runFilesJob({ work: 'store', folder, url: '', count: most, atOnce: AT_ONCE });
		const before = await filesAtTheStart();
		const all: Ways[] = [
			{
				name: 'Clarifai Add Inputs',
				ours: 'addInputs',
				httpRequest: 'addInputsByHttpRequest',
				pool: 'addInputsByPool',
				arrived: ({ files }) => new Set(files).size - before,
			},
			{
				name: 'Clarifai Predict',
				ours: 'predict',
				httpRequest: 'predictByHttpRequest',
				pool: 'predictByPool',
				arrived: ({ predicted }) => predicted,
			},
		];
		const rows: string[][] = [];
		const withoutLine: string[][] = [];
		for (const ways of all) {
			rows.push(...(await rowsOf(ways, folder, most, quick)));
			withoutLine.push(...(await rowsWithoutLine(ways, folder, most, quick)));
		}
		const overLine = table(
			[
				`Images of ${FILE_BYTES / 1000} KB, ${LIMIT} requests/s, ${LATENCY_MS} ms, 1 Gbit/s`,
				'items',
				's',
				'to HTTP Request',
				'to the bytes',
				'CPU ms/item',
				'peak, MB',
				'lost',
			],
			rows,
		);
		const onOneComputer = table(
			['The same without a line', 'items', 's', 'to the pool', 'CPU ms/item', 'lost'],
			withoutLine,
		);
		return `${overLine}\n\n${onOneComputer}`;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Both in turns, so that a busy moment of the machine hits both. */
async function oursAndPool(ways: Ways, folder: string, most: number, quick: boolean, line: number) {
	const ours: Run[] = [];
	const pool: Run[] = [];
	for (let run = 0; run < (quick ? 1 : 3); run++) {
		ours.push(await measured(ways, ways.ours, folder, most, line));
		pool.push(await measured(ways, ways.pool, folder, most, line));
	}
	const toPool = spreadOf(ours.map((run, index) => run.seconds / pool[index].seconds));
	return { ours, pool, toPool };
}

const secondsOf = (runs: Run[]) => shown(spreadOf(runs.map(({ seconds }) => seconds)), 2);
const cpuOf = (runs: Run[]) => shown(spreadOf(runs.map(({ cpuMsPerItem }) => cpuMsPerItem)), 2);
const lostOf = (runs: Run[]) => String(Math.max(...runs.map(({ lost }) => lost)));

async function rowsWithoutLine(ways: Ways, folder: string, most: number, quick: boolean) {
	const { ours, pool, toPool } = await oursAndPool(ways, folder, most, quick, NO_LINE);
	const row = (name: string, runs: Run[], ratio: string) => [
		name,
		String(most),
		secondsOf(runs),
		ratio,
		cpuOf(runs),
		lostOf(runs),
	];
	return [
		row(ways.name, ours, shown(toPool, 2)),
		row('undici Pool, the bodies made before', pool, '1.00'),
	];
}

async function rowsOf(ways: Ways, folder: string, most: number, quick: boolean) {
	const { ours, pool, toPool } = await oursAndPool(ways, folder, most, quick, LINE);
	const fewer: Run[] = [];
	for (let run = 0; run < (quick ? 1 : 3); run++) {
		fewer.push(await measured(ways, ways.ours, folder, most / 4, LINE));
	}
	const fewOneByOne = quick ? 30 : 150;
	const httpRequest = await measured(ways, ways.httpRequest, folder, fewOneByOne, LINE);
	// One request is one item, so that the limit alone says how long more of them take.
	const atLimit = httpRequest.seconds + (most - fewOneByOne) / LIMIT;
	const seconds = (runs: Run[]) => runs.map((run) => run.seconds);
	const row = (name: string, items: number, runs: Run[], ratios: string[], peak = true) => [
		name,
		String(items),
		secondsOf(runs),
		...ratios,
		cpuOf(runs),
		peak ? shown(spreadOf(runs.map(({ peakMb }) => peakMb)), 0) : '–',
		lostOf(runs),
	];
	return [
		row(ways.name, most, ours, [
			(spreadOf(seconds(ours)).median / atLimit).toFixed(3),
			shown(toPool, 2),
		]),
		row(ways.name, most / 4, fewer, ['–', '–']),
		row(
			'undici Pool, the bodies made before',
			most,
			pool,
			[(spreadOf(seconds(pool)).median / atLimit).toFixed(3), '1.00'],
			false,
		),
		row('n8n HTTP Request, one by one', fewOneByOne, [httpRequest], ['–', '–']),
		[
			`the same for ${most}, at the limit`,
			String(most),
			atLimit.toFixed(1),
			'1.000',
			(atLimit / spreadOf(seconds(pool)).median).toFixed(1),
			'–',
			'–',
			'–',
		],
	];
}

/** Each run has a server of its own, whose app has none of the files and whose second is empty. */
async function measured(
	{ arrived }: Ways,
	work: FilesWork,
	folder: string,
	count: number,
	bytesPerSecond: number,
): Promise<Run> {
	const server = await startServer({
		requestsPerSecond: LIMIT,
		latencyMs: LATENCY_MS,
		bytesPerSecond,
	});
	const job: FilesJob = { work, folder, url: server.url, count, atOnce: AT_ONCE };
	const measurement = await runFilesJob(job);
	const stats = await server.stats();
	await server.close();
	return { ...measurement, lost: count + WARM_UP - arrived(stats) };
}

async function filesAtTheStart(): Promise<number> {
	const server = await startServer({});
	const { files } = await server.stats();
	await server.close();
	return new Set(files).size;
}
