import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { EmulatorOptions } from '../emulator/emulator.mts';

export interface Setup
	extends Pick<
		EmulatorOptions,
		'requestsPerSecond' | 'latencyMs' | 'retryAfter' | 'bytesPerSecond'
	> {
	/** Requests a second of another program on the same account. */
	otherPerSecond?: number;
}

export type Question = 'stats' | 'close';

/** What the server saw since it was last asked. */
export interface ServerStats {
	requests: number;
	throttled: number;
	arrivals: Array<{ at: number; throttled: boolean }>;
	lastAnsweredAt: number;
	/** The most requests under way at once, each on a connection of its own. */
	mostUnderWay: number;
	otherRequests: number;
	otherThrottled: number;
	models: number;
	/** The SHA-256 of the file of each input that the app has. */
	files: string[];
	/** Inputs of all predictions that were answered. */
	predicted: number;
}

export interface Server {
	url: string;
	stats(): Promise<ServerStats>;
	close(): Promise<void>;
}

export async function startServer(setup: Setup): Promise<Server> {
	const child = fork(fileURLToPath(new URL('server.mts', import.meta.url)), [
		JSON.stringify(setup),
	]);
	const answer = async <T,>(): Promise<T> => (await once(child, 'message'))[0] as T;
	const { url } = await answer<{ url: string }>();
	return {
		url,
		async stats() {
			child.send('stats' satisfies Question);
			return await answer<ServerStats>();
		},
		async close() {
			child.send('close' satisfies Question);
			await once(child, 'exit');
		},
	};
}
