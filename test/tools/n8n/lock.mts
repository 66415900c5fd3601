import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface LockOptions {
	/** Called once, when another process holds the lock. Throw here to give up at once. */
	onWait?: (holder: number) => void;
	timeoutMs?: number;
	signal?: AbortSignal;
}

/** Holds a lock file with this process's ID while `work` runs. A lock whose process is gone is taken over. */
export async function withLock<T>(
	path: string,
	work: () => Promise<T>,
	options: LockOptions = {},
): Promise<T> {
	const lock = await takeLock(path, options);
	try {
		return await work();
	} finally {
		await lock.release();
	}
}

export interface Lock {
	/** From now on the lock is held as long as that process lives, even if this one is killed. */
	handOver(pid: number): Promise<void>;
	release(): Promise<void>;
}

export async function takeLock(path: string, options: LockOptions = {}): Promise<Lock> {
	const deadline = Date.now() + (options.timeoutMs ?? 30 * 60_000);
	await mkdir(dirname(path), { recursive: true });
	let told = false;
	while (!(await tryLock(path))) {
		const holder = await lockHolder(path);
		if (holder !== undefined && !isAlive(holder)) {
			await rm(path, { force: true });
			continue;
		}
		if (holder !== undefined && !told) {
			told = true;
			options.onWait?.(holder);
		}
		if (Date.now() > deadline) {
			throw new Error(
				`Process ${holder} still holds ${path}; if it is not running, delete that file`,
			);
		}
		await delay(500, undefined, { signal: options.signal });
	}
	return {
		async handOver(pid) {
			const next = `${path}.${process.pid}`;
			await writeFile(next, String(pid));
			await rename(next, path);
		},
		release: async () => await rm(path, { force: true }),
	};
}

async function lockHolder(path: string): Promise<number | undefined> {
	try {
		return Number(await readFile(path, 'utf8'));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
}

async function tryLock(path: string): Promise<boolean> {
	// Linking a finished file makes the lock appear together with its content.
	const own = `${path}.${process.pid}`;
	await writeFile(own, String(process.pid));
	try {
		await link(own, path);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	} finally {
		await rm(own, { force: true });
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
