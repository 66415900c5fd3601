import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastLines, startChild, type Child } from './child.mts';
import { N8nClient } from './client.mts';
import { freePort, isPortFree } from './freePort.mts';
import { installedN8n } from './install.mts';
import { takeLock } from './lock.mts';
import { buildPackage, installPackage } from './ownPackage.mts';
import { silent, type Progress } from './progress.mts';
import { serverEnv } from './serverEnv.mts';

export const N8N_VERSION = '2.41.1';

export interface StartN8nOptions {
	version?: string;
	/** Default: a free one. */
	port?: number;
	/** n8n's user folder. Default: a new one, deleted by `stop()`. */
	home?: string;
	/** Run `npm run build` first (default true). */
	build?: boolean;
	env?: NodeJS.ProcessEnv;
	progress?: Progress;
	signal?: AbortSignal;
	startTimeoutMs?: number;
}

export interface RunningN8n {
	url: string;
	home: string;
	client: N8nClient;
	/** What n8n printed so far. */
	log(): string;
	stop(): Promise<void>;
	/** Stops n8n and starts it again on the same port and user folder. */
	restart(): Promise<void>;
	/** Settles when the n8n process ends, whoever ended it. */
	exited(): Promise<void>;
}

/** A real n8n with this package in it. The first use of a version installs it into the cache. */
export async function startN8n(options: StartN8nOptions = {}): Promise<RunningN8n> {
	const { progress = silent, signal } = options;
	const n8n = await installedN8n(options.version ?? N8N_VERSION, { progress, signal });
	const home = options.home ?? (await mkdtemp(join(tmpdir(), 'n8n-home-')));
	const lock = await lockHome(home);
	const leave = async () => {
		await lock.release();
		if (!options.home) await rm(home, { recursive: true, force: true });
	};
	try {
		if (options.build ?? true) {
			await progress.step('Building the package', async () => await buildPackage(signal));
		}
		await installPackage(home, signal);
		const port = options.port ?? (await freePort());
		const url = `http://127.0.0.1:${port}`;
		const logFile = join(home, 'n8n.log');
		await writeFile(logFile, '');
		let log = '';
		let child: Child;

		const launch = async () => {
			if (!(await isPortFree(port)))
				throw new Error(`Port ${port} is in use; choose another with --port`);
			const env = serverEnv({
				node: n8n.node,
				home,
				port,
				brokerPort: await freePort(),
				extra: options.env,
			});
			child = startChild(n8n.node, [n8n.bin, 'start'], {
				cwd: home,
				env,
				onOutput(text) {
					log += text;
					appendFileSync(logFile, text);
				},
			});
			try {
				await lock.handOver(child.pid);
				await untilReady(url, child, options.startTimeoutMs ?? 180_000, signal);
			} catch (error) {
				await child.stop();
				if (signal?.aborted) throw error;
				throw new Error(`${(error as Error).message} The end of its log:\n${lastLines(log, 30)}`);
			}
		};
		await progress.step(`Starting n8n ${n8n.version}`, launch);

		return {
			url,
			home,
			client: new N8nClient(url),
			log: () => log,
			async stop() {
				await child.stop();
				await leave();
			},
			async restart() {
				await child.stop();
				await launch();
			},
			exited: async () => void (await child.exited),
		};
	} catch (error) {
		await leave();
		throw error;
	}
}

/** Deletes what n8n keeps in a user folder. Refuses one that is in use, or that n8n did not make. */
export async function emptyHome(home: string) {
	const files: string[] = await readdir(home).catch(() => []);
	if (files.length === 0) return;
	if (!files.includes('.n8n'))
		throw new Error(`${home} is not an n8n user folder; it stays as it is`);
	const lock = await lockHome(home);
	try {
		await rm(join(home, '.n8n'), { recursive: true, force: true });
	} finally {
		await lock.release();
	}
}

async function lockHome(home: string) {
	await mkdir(home, { recursive: true });
	return await takeLock(join(home, 'in-use.lock'), {
		onWait: (pid) => {
			throw new Error(`Process ${pid} runs an n8n in ${home} already; stop it first`);
		},
	});
}

async function untilReady(url: string, child: Child, timeoutMs: number, signal?: AbortSignal) {
	const deadline = Date.now() + timeoutMs;
	// /healthz answers before n8n's own routes do.
	for (const path of ['/healthz', '/rest/settings']) {
		while (!(await answers(url + path))) {
			signal?.throwIfAborted();
			if (!child.isRunning())
				throw new Error(`n8n ended with exit code ${await child.exited} instead of starting.`);
			if (Date.now() > deadline) {
				throw new Error(`n8n did not answer ${path} within ${timeoutMs / 1000} seconds.`);
			}
			await delay(200, undefined, { signal });
		}
	}
}

async function answers(url: string): Promise<boolean> {
	try {
		const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
		await response.arrayBuffer();
		return response.ok && /json/.test(response.headers.get('content-type') ?? '');
	} catch {
		return false;
	}
}
