import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLines, startChild } from '../n8n/child.mts';
import { logInAsDemoOwner } from '../n8n/demoContent.mts';
import { freePort } from '../n8n/freePort.mts';
import { installedN8n, type InstalledN8n } from '../n8n/install.mts';
import type { Progress } from '../n8n/progress.mts';
import { readManifest } from '../n8n/repository.mts';
import { serverEnv } from '../n8n/serverEnv.mts';
import { N8N_VERSION, startN8n, type RunningN8n } from '../n8n/startN8n.mts';
import { POSTGRES_DATABASE, POSTGRES_USER, startPostgres, startRedis } from './servers.mts';
import { until } from './until.mts';

const START_MS = 180_000;

export const WORKER_CONCURRENCY = 10;

export interface Worker {
	name: string;
	pid: number;
	/** IDs of the executions that it has begun, in their order. */
	started(): string[];
	/** Those that it has begun and not finished; one that parked is finished for its worker. */
	running(): string[];
	/** `kill -9`: the worker can save and say nothing. */
	kill(): Promise<void>;
	stop(): Promise<void>;
}

export interface Cluster {
	main: RunningN8n;
	workers: Worker[];
	description: string;
	addWorker(): Promise<Worker>;
	stop(): Promise<void>;
}

export async function startCluster(progress: Progress, signal: AbortSignal): Promise<Cluster> {
	const stops: Array<() => Promise<void>> = [];
	const stop = async () => {
		// The servers last: n8n writes to them while it stops.
		for (const one of stops.splice(0).reverse()) await one();
	};
	try {
		const n8n = await installedN8n(N8N_VERSION, { progress, signal });
		const redis = await startRedis(signal);
		stops.push(redis.stop);
		const postgres = await startPostgres(signal);
		stops.push(postgres.stop);
		const env = {
			EXECUTIONS_MODE: 'queue',
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: POSTGRES_DATABASE,
			DB_POSTGRESDB_USER: POSTGRES_USER,
		};
		const main = await startN8n({ env, progress, signal });
		stops.push(main.stop);
		await logInAsDemoOwner(main.client);

		const workers: Worker[] = [];
		const addWorker = async () => {
			const name = `worker ${workers.length + 1}`;
			const worker = await progress.step(
				`Starting ${name}`,
				async () => await startWorker({ name, n8n, env, main, signal }),
			);
			stops.push(worker.stop);
			workers.push(worker);
			return worker;
		};
		await addWorker();
		await addWorker();
		const description = `n8n ${n8n.version}, PostgreSQL ${postgres.version}, Redis ${redis.version}`;
		return { main, workers, description, addWorker, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

interface WorkerSettings {
	name: string;
	n8n: InstalledN8n;
	env: NodeJS.ProcessEnv;
	main: RunningN8n;
	signal: AbortSignal;
}

async function startWorker({ name, n8n, env, main, signal }: WorkerSettings): Promise<Worker> {
	const home = await mkdtemp(join(tmpdir(), 'queue-worker-'));
	const remove = async () => await rm(home, { recursive: true, force: true });
	let log = '';
	try {
		// The main's own copy, so that all processes run the same build.
		const installed = join('.n8n', 'nodes', 'node_modules', (await readManifest()).name);
		await cp(join(main.home, installed), join(home, installed), { recursive: true });
		const port = await freePort();
		const child = startChild(n8n.node, [n8n.bin, 'worker', `--concurrency=${WORKER_CONCURRENCY}`], {
			cwd: home,
			env: serverEnv({
				node: n8n.node,
				home,
				port: await freePort(),
				brokerPort: await freePort(),
				extra: {
					...env,
					QUEUE_HEALTH_CHECK_ACTIVE: 'true',
					QUEUE_HEALTH_CHECK_PORT: String(port),
					N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
				},
			}),
			onOutput: (text) => (log += text),
		});
		const ids = (what: string) =>
			[...log.matchAll(new RegExp(`Worker ${what} execution (\\d+)`, 'g'))].map(([, id]) => id);
		try {
			await until(
				`${name} is ready`,
				async () => {
					if (!child.isRunning()) throw new Error(`${name} ended:\n${lastLines(log, 30)}`);
					return await fetch(`http://127.0.0.1:${port}/healthz/readiness`).then(
						({ ok }) => ok,
						() => false,
					);
				},
				{ timeoutMs: START_MS, signal },
			);
		} catch (error) {
			await child.stop();
			throw error;
		}
		return {
			name,
			pid: child.pid,
			started: () => ids('started'),
			running() {
				const finished = ids('finished');
				return ids('started').filter((id) => !finished.includes(id));
			},
			async kill() {
				// Its process group: its task runner as well.
				process.kill(-child.pid, 'SIGKILL');
				await child.exited;
			},
			async stop() {
				await child.stop();
				await remove();
			},
		};
	} catch (error) {
		await remove();
		throw error;
	}
}
