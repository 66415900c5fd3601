import { join } from 'node:path';
import { setImmediate } from 'node:timers';
import { nativeRequire } from '../native.mts';

/** The part of the package through which its nodes wait and measure; see nodes/shared/api/time.ts. */
export interface NodesTime {
	now(): number;
	date(): number;
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

interface Sleeper {
	due: number;
	wake(): void;
}

/** Neither 0 nor 1970, so that whoever takes one clock for the other is found out. */
const FIRST_NOW = 5_000;
const FIRST_DATE = Date.UTC(2026, 0, 5, 12);

/** What Node still works on that may lead to a request or a sleep: files, hashes, compression. */
const WORK = /Req|Job|Zlib/;

/** Turns of the event loop in which nobody works, before time passes: one alone may lie within a chain of them. */
const QUIET_TURNS = 3;

/**
 * A time that passes without anybody waiting: when somebody sleeps and nothing else is under way, it
 * jumps to the moment at which the first sleeper wants to be woken.
 */
export class VirtualTime implements NodesTime {
	#elapsed = 0;
	#held = 0;
	#ended = false;
	#watching = false;
	#quietTurns = 0;
	/** In the order in which they wake. */
	readonly #sleepers: Sleeper[] = [];

	now = () => FIRST_NOW + this.#elapsed;

	date = () => FIRST_DATE + this.#elapsed;

	/** As n8n's own: rejects with the signal's reason when that fires first. */
	sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
		await new Promise<void>((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason as Error);
			const cancel = this.wakeAfter(ms, () => {
				signal?.removeEventListener('abort', stop);
				resolve();
			});
			const stop = () => {
				cancel();
				reject(signal!.reason as Error);
			};
			signal?.addEventListener('abort', stop, { once: true });
		});
	};

	/** @returns what cancels it */
	wakeAfter(ms: number, wake: () => void): () => void {
		const sleeper = { due: this.#elapsed + Math.max(0, ms), wake };
		// Those due at the same moment wake in the order in which they lay down.
		const later = this.#sleepers.findIndex(({ due }) => due > sleeper.due);
		this.#sleepers.splice(later < 0 ? this.#sleepers.length : later, 0, sleeper);
		this.#watch();
		return () => {
			const index = this.#sleepers.indexOf(sleeper);
			if (index >= 0) this.#sleepers.splice(index, 1);
		};
	}

	/** Lets no time pass until the returned function is called: something real is under way. */
	hold(): () => void {
		this.#held++;
		let released = false;
		return () => {
			if (released) return;
			released = true;
			this.#held--;
			this.#watch();
		};
	}

	/** Gives this time to the nodes of a built package, until the returned function is called. */
	install(packageDirectory: string): () => void {
		if (this.#ended) throw new Error('This virtual time has ended with its set-up');
		const nodesTime = timeOf(packageDirectory);
		const { now, date, sleep } = nodesTime;
		Object.assign(nodesTime, { now: this.now, date: this.date, sleep: this.sleep });
		return () => void Object.assign(nodesTime, { now, date, sleep });
	}

	/** Nobody is woken any more: what still sleeps belongs to a test that has ended. */
	end() {
		this.#ended = true;
	}

	#watch() {
		if (this.#watching) return;
		this.#watching = true;
		this.#quietTurns = 0;
		this.#watchTurn();
	}

	#watchTurn() {
		if (this.#held > 0 || this.#sleepers.length === 0 || this.#ended) {
			this.#watching = false;
			return;
		}
		setImmediate(() => {
			this.#quietTurns = this.#held > 0 || isWorking() ? 0 : this.#quietTurns + 1;
			if (this.#quietTurns === QUIET_TURNS) this.#jump();
			this.#watchTurn();
		});
	}

	#jump() {
		this.#quietTurns = 0;
		const first = this.#sleepers.shift();
		if (!first) return;
		this.#elapsed = Math.max(this.#elapsed, first.due);
		first.wake();
	}
}

/** A turn comes after all promises that are due; what else is left shows among Node's resources. */
function isWorking() {
	return process.getActiveResourcesInfo().some((resource) => WORK.test(resource));
}

function timeOf(packageDirectory: string): NodesTime {
	const file = join(packageDirectory, 'dist/nodes/shared/api/time.js');
	return (nativeRequire(file) as { time: NodesTime }).time;
}
