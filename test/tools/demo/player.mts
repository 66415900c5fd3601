import type { INodeExecutionData } from 'n8n-workflow';
import {
	createEngine,
	type Engine,
	type RunHandle,
	type RunResult,
	type WorkflowJson,
} from '../engine/engine.mts';
import { Api } from './api.mts';
import { messageOf, modelsIn, summaryOf } from './outputs.mts';
import { RequestObserver } from './requests.mts';
import type { Target } from './target.mts';
import { TrainingWatch } from './training.mts';

export type Say = (line: string) => void;

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

/** Runs workflows in n8n's engine, and tells what each node does, what it asks, and how trainings go on. */
export class Player {
	readonly api: Api;

	readonly training: TrainingWatch;

	private readonly requests: RequestObserver;

	private readonly interruption = new AbortController();

	private running: RunHandle | undefined;

	static async start(target: Target, say: Say): Promise<Player> {
		const { accessToken, userId, appId, baseUrl } = target;
		const engine = await createEngine({
			credentials: { clarifaiApi: { accessToken, userId, appId, baseUrl } },
		});
		return new Player(engine, target, say);
	}

	private constructor(
		readonly engine: Engine,
		target: Target,
		readonly say: Say,
	) {
		this.api = new Api(target);
		this.training = new TrainingWatch(this.api, target, say);
		this.requests = new RequestObserver(target.baseUrl);
		process.once('SIGINT', this.interrupt);
	}

	/** @throws when a node failed, or the run was stopped */
	async play(workflow: WorkflowJson, items?: INodeExecutionData[]): Promise<RunResult> {
		let failed = false;
		this.running = this.engine.start(this.engine.withCredentials(workflow), {
			mode: 'manual',
			items,
			onNodeStarted: (name) => this.say(`${name} ...`),
			onNodeFinished: async (name, task) => {
				for (const line of this.requests.take()) this.say(`  ${line}`);
				await this.training.lookAt(modelsIn(task));
				failed ||= task.error !== undefined;
				const end = task.error ? 'failed after' : 'finished in';
				const outcome = task.error ? messageOf(task.error) : summaryOf(task);
				this.say(`${name} ${end} ${seconds(task.executionTime)}: ${outcome}\n`);
			},
		});
		const result = await this.running.done;
		if (result.status === 'success' && !failed) return result;
		const reason = result.error && !failed && result.status !== 'canceled';
		const words = reason ? `. ${messageOf(result.error!)}` : '.';
		throw new Error(`The workflow ended with status "${result.status}"${words}`);
	}

	/** Waits for the trainings that are under way; whether none has failed. */
	async finishTrainings(): Promise<boolean> {
		return await this.training.finish(this.interruption.signal);
	}

	async close(): Promise<void> {
		process.off('SIGINT', this.interrupt);
		this.requests.stop();
		await this.training.stop();
		await this.api.close();
	}

	private readonly interrupt = () => {
		this.running?.cancel();
		this.interruption.abort(new Error('Stopped.'));
	};
}
