import { setTimeout as delay } from 'node:timers/promises';
import type { INodeTypeDescription } from 'n8n-workflow';
import {
	demoCredential,
	startEmulator,
	type Emulator,
	type EmulatorOptions,
} from '../tools/emulator/emulator.mts';
import type { CredentialReference, N8nClient } from '../tools/n8n/client.mts';
import { ensureCredential, logInAsDemoOwner } from '../tools/n8n/demoContent.mts';
import { startN8n, type RunningN8n } from '../tools/n8n/startN8n.mts';

/** The first start of a version downloads n8n. */
const FIRST_START_MS = 20 * 60_000;

/** n8n with this package and a Clarifai emulator, for the tests of one file. */
export class Stack {
	private running?: RunningN8n;
	private clarifai?: Emulator;
	private stored?: CredentialReference;

	get n8n(): N8nClient {
		return given(this.running).client;
	}

	get emulator(): Emulator {
		return given(this.clarifai);
	}

	get credential(): CredentialReference {
		return given(this.stored);
	}

	async start() {
		this.running = await startN8n();
		await logInAsDemoOwner(this.n8n);
		await this.renewEmulator();
	}

	/** Restarts n8n while an execution waits. */
	async restartDuring(executionId: string) {
		await this.n8n.executionWhen(executionId, ({ status }) => status === 'waiting');
		// n8n shows that an execution waits some seconds before it has stored everything that says so.
		await delay(10_000);
		await given(this.running).restart();
	}

	/** A Clarifai as new, which n8n's credential then leads to. */
	async renewEmulator(options: EmulatorOptions = {}) {
		await this.clarifai?.close();
		this.clarifai = await startEmulator({ trainingSeconds: 1, evaluationSeconds: 1, ...options });
		this.stored = await ensureCredential(this.n8n, demoCredential(this.clarifai.url));
	}

	async stop() {
		await this.running?.stop();
		await this.clarifai?.close();
	}

	/** The nodes of this package, without the variants that n8n makes for AI agents. */
	async ownNodeTypes(): Promise<INodeTypeDescription[]> {
		const own = /^n8n-nodes-clarifai\.(?!.*Tool$)/;
		return (await this.n8n.nodeTypes()).filter(({ name }) => own.test(name));
	}
}

export function useStack(): Stack {
	const stack = new Stack();
	beforeAll(async () => await stack.start(), FIRST_START_MS);
	afterAll(async () => await stack.stop());
	return stack;
}

function given<T>(value: T | undefined): T {
	if (value === undefined) throw new Error('n8n and the emulator have not been started');
	return value;
}
