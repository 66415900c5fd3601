import { setTimeout as pause } from 'node:timers/promises';
import type { Api, ModelVersion } from './api.mts';

const trained = [21100, 21353];
const underWay = [21101, 21102, 21103, 21104, 21107, 21351, 21352, 21355];

export interface Pace {
	pollMilliseconds: number;
	/** How long to go on watching after the workflow has ended. */
	patienceMinutes: number;
}

/** Tells how the trainings of the workflow's models go on, while it runs and after it. */
export class TrainingWatch {
	private readonly models = new Set<string>();

	/** The versions about which there is nothing more to say. */
	private readonly ended = new Set<string>();

	private readonly said = new Map<string, string>();

	private readonly stopping = new AbortController();

	private watching: Promise<void> | undefined;

	private failures = 0;

	constructor(
		private readonly api: Api,
		private readonly pace: Pace,
		private readonly say: (line: string) => void,
	) {}

	/** Looks at models now, and from now on. Only trainings that begin later are of interest. */
	async lookAt(modelIds: string[]): Promise<void> {
		for (const modelId of modelIds) {
			if (this.models.has(modelId)) continue;
			for (const { id, status } of await this.versionsOf(modelId)) {
				if (!underWay.includes(status.code)) this.ended.add(id);
			}
			this.models.add(modelId);
		}
		await this.look();
		if (this.models.size > 0) this.watching ??= this.lookUntilStopped();
	}

	async stop(): Promise<void> {
		this.stopping.abort();
		await this.watching;
	}

	/** Waits for the trainings that are under way; whether none has failed. */
	async finish(interruption: AbortSignal): Promise<boolean> {
		await this.stop();
		const giveUpAt = Date.now() + this.pace.patienceMinutes * 60_000;
		while (await this.look()) {
			if (Date.now() > giveUpAt) {
				this.say('The training goes on; the Clarifai portal shows how.');
				break;
			}
			await pause(this.pace.pollMilliseconds, undefined, { signal: interruption }).catch(() => {});
			interruption.throwIfAborted();
		}
		return this.failures === 0;
	}

	private async lookUntilStopped(): Promise<void> {
		const { signal } = this.stopping;
		while (!signal.aborted) {
			await this.look();
			await pause(this.pace.pollMilliseconds, undefined, { signal }).catch(() => {});
		}
	}

	/** Reports what has changed; whether a training is under way. */
	private async look(): Promise<boolean> {
		let busy = false;
		for (const modelId of this.models) {
			const versions = await this.versionsOf(modelId);
			for (const version of versions.filter(({ id }) => !this.ended.has(id))) {
				busy ||= underWay.includes(version.status.code);
				this.report(modelId, version);
			}
		}
		return busy;
	}

	private async versionsOf(modelId: string): Promise<ModelVersion[]> {
		try {
			return await this.api.versionsOf(modelId);
		} catch (error) {
			this.sayOnce(
				modelId,
				`The training of ${modelId} cannot be watched: ${(error as Error).message}`,
			);
			return [];
		}
	}

	private report(modelId: string, { id, status }: ModelVersion): void {
		const name = `Model ${modelId}, version ${id.slice(0, 8)}`;
		if (underWay.includes(status.code)) {
			const percent = status.percent_completed ? `${status.percent_completed} %, ` : '';
			this.sayOnce(id, `${name}: ${percent}${status.description ?? status.code}`);
			return;
		}
		this.ended.add(id);
		if (trained.includes(status.code)) {
			this.sayOnce(id, `${name}: trained`);
		} else {
			this.failures++;
			const reason = [status.description, status.details].filter(Boolean).join(': ');
			this.sayOnce(id, `${name}: failed (${status.code}), ${reason}`);
		}
	}

	private sayOnce(about: string, line: string): void {
		if (this.said.get(about) === line) return;
		this.said.set(about, line);
		this.say(`  ${line}`);
	}
}
