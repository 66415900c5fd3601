import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface ChildOptions {
	cwd: string;
	env: NodeJS.ProcessEnv;
	onOutput?: (text: string) => void;
}

export interface Child {
	pid: number;
	exited: Promise<number | null>;
	isRunning(): boolean;
	stop(graceMs?: number): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
	for (const child of running) signalGroup(child, 'SIGKILL');
});

/**
 * In a process group of its own: a Ctrl-C in the terminal reaches only us, and stopping the group
 * also stops what the child started (n8n's task runner, npm's scripts).
 */
export function startChild(command: string, args: string[], options: ChildOptions): Child {
	const child = spawn(command, args, {
		cwd: options.cwd,
		env: options.env,
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
	running.add(child);
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8');
		stream.on('data', (text: string) => options.onOutput?.(text));
	}
	let ended = false;
	const exited = new Promise<number | null>((resolve, reject) => {
		child.once('error', (error) => {
			ended = true;
			running.delete(child);
			reject(new Error(`${command} could not be started: ${error.message}`));
		});
		child.once('exit', (code) => {
			ended = true;
			running.delete(child);
			resolve(code);
		});
	});
	exited.catch(() => {});

	return {
		pid: child.pid ?? 0,
		exited,
		isRunning: () => !ended,
		async stop(graceMs = 15_000) {
			if (ended) return;
			signalGroup(child, 'SIGTERM');
			const patience = new AbortController();
			await Promise.race([
				exited.catch(() => null),
				delay(graceMs, undefined, { signal: patience.signal }).catch(() => {}),
			]);
			patience.abort();
			signalGroup(child, 'SIGKILL');
			await exited.catch(() => null);
		},
	};
}

/** Runs a command to its end and returns its output; a failure quotes the end of that output. */
export async function runCommand(
	command: string,
	args: string[],
	options: ChildOptions & { signal?: AbortSignal; what: string },
): Promise<string> {
	options.signal?.throwIfAborted();
	let output = '';
	const child = startChild(command, args, {
		...options,
		onOutput(text) {
			output += text;
			options.onOutput?.(text);
		},
	});
	const abort = () => void child.stop(2_000);
	options.signal?.addEventListener('abort', abort, { once: true });
	try {
		const code = await child.exited;
		options.signal?.throwIfAborted();
		if (code !== 0) {
			throw new Error(`${options.what} ended with exit code ${code}:\n${lastLines(output, 25)}`);
		}
		return output;
	} finally {
		options.signal?.removeEventListener('abort', abort);
	}
}

export function lastLines(text: string, count: number): string {
	// npm prints hundreds of warnings around the one error.
	const lines = text.split('\n').filter((line) => line.trim() && !/^npm warn/i.test(line));
	return lines.slice(-count).join('\n');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals) {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}
