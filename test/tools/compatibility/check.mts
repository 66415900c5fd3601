import { basename, join } from 'node:path';
import { demoCredential, startEmulator, type Emulator } from '../emulator/emulator.mts';
import { installFolder } from '../n8n/cache.mts';
import type { Execution, N8nClient, StoredWorkflow } from '../n8n/client.mts';
import {
	ensureCredential,
	logInAsDemoOwner,
	readExamples,
	withCredential,
} from '../n8n/demoContent.mts';
import { exists } from '../n8n/nodeBinary.mts';
import type { Progress } from '../n8n/progress.mts';
import { readManifest } from '../n8n/repository.mts';
import { startN8n, type RunningN8n } from '../n8n/startN8n.mts';

export interface Findings {
	loads: string;
	listed: string;
	chain: string;
}

/** The five steps in a row. */
const CHAIN = 'fine-tune-and-deploy-self-hosted.json';

/** Starts this version with the packed package in it, and runs the chain against the emulator. */
export async function check(
	version: string,
	options: { progress: Progress; signal?: AbortSignal },
): Promise<Findings> {
	const emulator = await startEmulator({ trainingSeconds: 1 });
	let n8n: RunningN8n | undefined;
	try {
		n8n = await startN8n({
			...options,
			version,
			build: false,
			env: await ownEnv(version),
		});
		const { client } = n8n;
		await logInAsDemoOwner(client);
		const { name, n8n: parts } = await readManifest();
		const expected = parts.nodes.map((file) => basename(file, '.node.js').toLowerCase());
		const all = (await client.nodeTypes()).map((type) => type.name.toLowerCase());
		const missing = expected.filter((node) => !all.includes(`${name}.${node}`));
		if (missing.length === expected.length) {
			return { loads: `no: ${reasonIn(n8n.log())}`, listed: 'no', chain: 'no' };
		}
		return {
			loads: 'yes',
			listed: missing.length === 0 ? `yes, ${expected.length}` : `no: ${missing.join(', ')}`,
			chain: await chainOutcome(client, emulator),
		};
	} finally {
		await n8n?.stop();
		await emulator.close();
	}
}

/** The launcher turns a module off that older versions do not know, and they refuse to start then. */
async function ownEnv(version: string): Promise<NodeJS.ProcessEnv> {
	const modules = join(installFolder(version), 'node_modules', 'n8n', 'dist', 'modules');
	return (await exists(join(modules, 'mcp-registry'))) ? {} : { N8N_DISABLED_MODULES: undefined };
}

/** What n8n logged about the loading, without the paths of this machine. */
function reasonIn(log: string): string {
	const found = /(?:Class could not be found|Cannot (?:read|find))[^\n.]*/.exec(log)?.[0];
	return found?.replace(/\S*\/\S*/g, '…') ?? 'the log gives no reason';
}

async function chainOutcome(client: N8nClient, emulator: Emulator): Promise<string> {
	try {
		await runChain(client, emulator);
		return 'yes';
	} catch (error) {
		return `no: ${(error as Error).message}`;
	}
}

async function runChain(client: N8nClient, emulator: Emulator) {
	const example = (await readExamples()).find(({ file }) => file === CHAIN);
	if (!example) throw new Error(`there is no examples/${CHAIN}`);
	const credential = await ensureCredential(client, demoCredential(emulator.url));
	// Before n8n 2, a workflow is not stored without its `active`.
	const content = { ...(await withCredential(example.workflow, credential)), active: false };
	const workflow = await client.createWorkflow(content);
	const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
	if (!trigger) throw new Error(`examples/${CHAIN} has no manual trigger`);
	const id = await start(client, workflow, trigger.name);
	const { status, data }: Execution = await client.executionEnd(id, 120_000);
	if (status !== 'success') {
		const { error } = data.resultData;
		throw new Error(`${status}: ${error?.message ?? 'no error was stored'}`);
	}

	const { message, models } = emulator.app();
	const trained = [...models.values()].flatMap(({ versions }) => [...versions.keys()]);
	const workflowId = (message.default_workflow as { id?: string } | undefined)?.id;
	if (trained.length !== 1) throw new Error(`${trained.length} trainings instead of 1`);
	if (!workflowId) throw new Error('the app has no default workflow');
}

/** Before n8n 2, the editor also sent the workflow itself. */
async function start(client: N8nClient, workflow: StoredWorkflow, trigger: string) {
	const { executionId } = await client['rest']<{ executionId: string }>(
		'POST',
		`/workflows/${workflow.id}/run`,
		{ triggerToStartFrom: { name: trigger }, workflowData: workflow, startNodes: [] },
	);
	return executionId;
}
