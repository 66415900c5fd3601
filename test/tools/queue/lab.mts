import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { demoCredential, startEmulator, type Emulator } from '../emulator/emulator.mts';
import {
	N8nError,
	type CredentialReference,
	type Execution,
	type StoredWorkflow,
	type WorkflowContent,
} from '../n8n/client.mts';
import { ensureCredential, withCredential } from '../n8n/demoContent.mts';
import type { Progress } from '../n8n/progress.mts';
import { startCluster, type Cluster } from './cluster.mts';
import { until } from './until.mts';
import { START } from './workflows.mts';

/** Clarifai's documented limit, for all processes together. */
const REQUESTS_PER_SECOND = 15;

/** A retry that has something to do begins within seconds. */
const RETRY_MS = 15_000;

const UNFINISHED = ['new', 'running', 'waiting'];

/** A cluster, an emulator that its credential leads to, and what both know of the models. */
export class Lab {
	private constructor(
		readonly cluster: Cluster,
		readonly emulator: Emulator,
		private readonly credential: CredentialReference,
		readonly signal: AbortSignal,
	) {}

	static async start(progress: Progress, signal: AbortSignal): Promise<Lab> {
		const emulator = await startEmulator({
			trainingSeconds: 5,
			requestsPerSecond: REQUESTS_PER_SECOND,
		});
		let cluster: Cluster | undefined;
		try {
			cluster = await startCluster(progress, signal);
			const credential = await ensureCredential(cluster.main.client, demoCredential(emulator.url));
			return new Lab(cluster, emulator, credential, signal);
		} catch (error) {
			await cluster?.stop();
			await emulator.close();
			throw error;
		}
	}

	get n8n() {
		return this.cluster.main.client;
	}

	async stop() {
		await this.cluster.stop();
		await this.emulator.close();
	}

	async activate(content: WorkflowContent): Promise<StoredWorkflow> {
		const stored = await this.n8n.createWorkflow(await withCredential(content, this.credential));
		return await this.n8n.activateWorkflow(stored);
	}

	/** Starts one execution of an active workflow for each model, as production does. */
	async trigger(path: string, modelIds: string[]) {
		for (const modelId of modelIds) await this.post(path, { modelId });
	}

	/** Starts one execution of an active workflow. */
	async post(path: string, body: IDataObject) {
		await until(
			`the webhook of "${path}" answers`,
			async () => {
				const response = await fetch(`${this.cluster.main.url}/webhook/${path}`, {
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify(body),
					signal: this.signal,
				});
				// Until n8n has registered it, some time after the activation.
				if (response.status === 404) return false;
				if (!response.ok) throw new Error(`The webhook answered ${response.status}`);
				return true;
			},
			{ timeoutMs: 30_000, signal: this.signal },
		);
	}

	async executions(workflow: StoredWorkflow) {
		return await this.n8n.executions(workflow.id, 100);
	}

	/** All executions of a workflow, once none of them runs or waits. */
	async ended(workflow: StoredWorkflow, count: number, timeoutMs: number) {
		return await until(
			`${count} executions of "${workflow.name}" have ended`,
			async () => {
				const all = await this.executions(workflow);
				const over = all.filter(({ status }) => !UNFINISHED.includes(status));
				return over.length >= count && over.length === all.length ? all : undefined;
			},
			{ timeoutMs, signal: this.signal, everyMs: 1_000 },
		);
	}

	/** Certain executions of a workflow, once they have ended. */
	async endsOf(workflow: StoredWorkflow, ids: string[], timeoutMs: number) {
		return await until(
			`${ids.length} executions of "${workflow.name}" that a killed worker ran have ended`,
			async () => {
				const mine = (await this.executions(workflow)).filter(({ id }) => ids.includes(id));
				return mine.every(({ status }) => !UNFINISHED.includes(status)) ? mine : undefined;
			},
			{ timeoutMs, signal: this.signal, everyMs: 1_000 },
		);
	}

	/** The model that an unfinished execution was started for, from the data that n8n keeps for its workers. */
	async modelOf(executionId: string): Promise<string> {
		const { data } = await this.n8n.execution(executionId);
		const stack = data.executionData?.nodeExecutionStack ?? [];
		const saved = data.resultData.runData[START] ?? [];
		const inputs = [
			...saved.flatMap((run) => run.data?.main?.[0] ?? []),
			...stack.flatMap((entry) => entry.data.main?.[0] ?? []),
		];
		const body = inputs[0]?.json.body as { modelId?: string } | undefined;
		if (!body?.modelId) throw new Error(`Execution ${executionId} names no model`);
		return body.modelId;
	}

	/** n8n's own Retry, in its list of executions: what it answers, or what it has made of it. */
	async retry(executionId: string, workflow: StoredWorkflow): Promise<string> {
		const earlier = (await this.executions(workflow)).map(({ id }) => id);
		// The client has no call for it, and its session is its own.
		const client = this.n8n as unknown as {
			rest(method: string, path: string, body: unknown): Promise<unknown>;
		};
		const answer = client
			.rest('POST', `/executions/${executionId}/retry`, { loadWorkflow: false })
			.then(
				() => 'accepted',
				(error: unknown) =>
					error instanceof N8nError ? `${error.status}: ${messageIn(error.body)}` : String(error),
			);
		const answered = await Promise.race([answer, delay(RETRY_MS, 'no answer')]);
		const made = (await this.executions(workflow)).filter(({ id }) => !earlier.includes(id));
		const states = await Promise.all(
			made.map(async ({ id, status }) => {
				const { data } = await this.n8n.execution(id);
				return `${status}, nodes run: ${Object.keys(data.resultData?.runData ?? {}).length}`;
			}),
		);
		return `${answered}; new executions: ${states.join('; ') || 'none'}`;
	}

	/** Successful calls of the models' creation, by model. */
	creations(modelId: string): number {
		return this.emulator.requests.filter(
			({ rpc, body, status }) =>
				rpc === 'PostModels' && status === 200 && JSON.stringify(body).includes(`"${modelId}"`),
		).length;
	}

	versions(modelId: string) {
		return [...(this.emulator.app().models.get(modelId)?.versions.values() ?? [])];
	}

	trainings(modelIds: string[]): number {
		return modelIds.reduce((sum, id) => sum + this.versions(id).length, 0);
	}

	/** How many of the models have so many trainings, such as {"1": 50}. */
	trainingsEach(modelIds: string[]): Record<string, number> {
		const counts: Record<string, number> = {};
		for (const id of modelIds) {
			const { length } = this.versions(id);
			counts[length] = (counts[length] ?? 0) + 1;
		}
		return counts;
	}

	isTrained(modelId: string): boolean {
		const now = this.emulator.clock.now();
		const versions = this.versions(modelId);
		return versions.length > 0 && versions.every(({ training }) => now >= training.endsAt);
	}

	throttledSince(first: number): number {
		return this.emulator.requests.slice(first).filter(({ status }) => status === 429).length;
	}
}

export function errorOf({ data }: Execution): string {
	const { error, lastNodeExecuted } = data.resultData ?? {};
	const kind = (error as { name?: string } | undefined)?.name;
	return `${kind ? `${kind}: ` : ''}${error?.message ?? 'no error stored'} (last node: ${lastNodeExecuted ?? 'none stored'}, nodes with data: ${Object.keys(data.resultData?.runData ?? {}).length})`;
}

function messageIn(body: unknown): string {
	try {
		return (JSON.parse(String(body)) as { message: string }).message;
	} catch {
		return String(body);
	}
}
