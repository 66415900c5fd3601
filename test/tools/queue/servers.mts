import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLines, runCommand, startChild, type Child } from '../n8n/child.mts';
import { freePort } from '../n8n/freePort.mts';
import { exists } from '../n8n/nodeBinary.mts';
import { until } from './until.mts';

export interface Server {
	port: number;
	version: string;
	stop(): Promise<void>;
}

const DEBIAN_BIN = '/usr/lib/postgresql';

/** Nothing of it is kept on disk. */
export async function startRedis(signal: AbortSignal): Promise<Server> {
	const program = await findProgram('redis-server', 'redis-server', pathFolders());
	const folder = await mkdtemp(join(tmpdir(), 'queue-redis-'));
	const port = await freePort();
	return await start('Redis', folder, port, signal, {
		command: program,
		args: ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''],
		ready: /Ready to accept connections/,
		version: /Redis version=([\d.]+)/,
	});
}

/** Unlike runuser it leaves no process in between, so that stopping reaches PostgreSQL itself. */
const AS_POSTGRES = ['--reuid=postgres', '--regid=postgres', '--init-groups'];

export const POSTGRES_USER = 'n8n';
export const POSTGRES_DATABASE = 'postgres';

export async function startPostgres(signal: AbortSignal): Promise<Server> {
	const folders = [...(await debianPostgresFolders()), ...pathFolders()];
	const initdb = await findProgram('initdb', 'postgresql', folders);
	const postgres = await findProgram('postgres', 'postgresql', folders);
	const folder = await mkdtemp(join(tmpdir(), 'queue-postgres-'));
	const data = join(folder, 'data');
	const port = await freePort();
	// PostgreSQL refuses to run as root.
	const isRoot = process.getuid?.() === 0;
	const as = (command: string, args: string[]): [string, string[]] =>
		isRoot ? ['setpriv', [...AS_POSTGRES, command, ...args]] : [command, args];
	try {
		if (isRoot) await giveToPostgres(folder);
		const init = ['-D', data, '-U', POSTGRES_USER, '-E', 'UTF8', '--locale=C', '--auth=trust'];
		await runCommand(...as(initdb, [...init, '--no-sync']), {
			what: 'initdb',
			cwd: folder,
			env: process.env,
			signal,
		});
	} catch (error) {
		await rm(folder, { recursive: true, force: true });
		throw error;
	}
	const [command, args] = as(postgres, [
		...['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder],
		...['-c', 'fsync=off'],
	]);
	return await start('PostgreSQL', folder, port, signal, {
		command,
		args,
		ready: /database system is ready to accept connections/,
		version: /starting PostgreSQL ([\d.]+)/,
	});
}

interface Launch {
	command: string;
	args: string[];
	ready: RegExp;
	version: RegExp;
}

async function start(
	name: string,
	folder: string,
	port: number,
	signal: AbortSignal,
	{ command, args, ready, version }: Launch,
): Promise<Server> {
	let log = '';
	let child: Child | undefined;
	const stop = async () => {
		await child?.stop();
		await rm(folder, { recursive: true, force: true });
	};
	try {
		signal.throwIfAborted();
		const started = startChild(command, args, {
			cwd: folder,
			env: process.env,
			onOutput: (text) => (log += text),
		});
		child = started;
		await until(
			`${name} accepts connections`,
			() => {
				if (!started.isRunning()) throw new Error(`${name} ended:\n${lastLines(log, 15)}`);
				return ready.test(log);
			},
			{ timeoutMs: 30_000, signal },
		);
		return { port, version: version.exec(log)?.[1] ?? '?', stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

const pathFolders = () => (process.env.PATH ?? '').split(':').filter(Boolean);

async function debianPostgresFolders(): Promise<string[]> {
	const versions: string[] = await readdir(DEBIAN_BIN).catch(() => []);
	return versions
		.sort((a, b) => Number(b) - Number(a))
		.map((version) => join(DEBIAN_BIN, version, 'bin'));
}

async function findProgram(name: string, debianPackage: string, folders: string[]) {
	for (const folder of folders) {
		if (await exists(join(folder, name))) return join(folder, name);
	}
	throw new Error(
		`${name} is not installed. It is in Debian's package ${debianPackage}: apt-get install ${debianPackage}`,
	);
}

async function giveToPostgres(folder: string) {
	const id = async (kind: string) =>
		Number(
			await runCommand('id', [kind, 'postgres'], {
				what: 'id postgres',
				cwd: folder,
				env: process.env,
			}),
		);
	await chown(folder, await id('-u'), await id('-g'));
}
