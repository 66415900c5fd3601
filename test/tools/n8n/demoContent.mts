import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { INode } from 'n8n-workflow';
import {
	N8nError,
	type CredentialReference,
	type N8nClient,
	type WorkflowContent,
} from './client.mts';
import { readManifest, repositoryRoot } from './repository.mts';

/** The values of the `clarifaiApi` credential. */
export interface ClarifaiAccess {
	accessToken: string;
	userId: string;
	appId: string;
	baseUrl: string;
}

export const DEMO_OWNER = {
	email: 'demo@example.com',
	password: 'Clarifai-demo-1',
	firstName: 'Demo',
	lastName: 'Owner',
};

const CREDENTIAL = { name: 'Clarifai', type: 'clarifaiApi' };

export async function logInAsDemoOwner(client: N8nClient) {
	if (!(await client.hasOwner())) return await client.setUpOwner(DEMO_OWNER);
	try {
		await client.logIn(DEMO_OWNER);
	} catch (error) {
		if (!(error instanceof N8nError) || error.status !== 401) throw error;
		throw new Error(
			`This n8n has another owner than ${DEMO_OWNER.email}, or another password; --fresh starts over with an empty one`,
		);
	}
}

/** One credential that always leads to the Clarifai of this start, so workflows kept from earlier ones go on working. */
export async function ensureCredential(
	client: N8nClient,
	access: ClarifaiAccess,
): Promise<CredentialReference> {
	const existing = (await client.credentials()).find(
		({ name, type }) => name === CREDENTIAL.name && type === CREDENTIAL.type,
	);
	return existing
		? await client.updateCredential(existing, { ...access })
		: await client.createCredential({ ...CREDENTIAL, data: { ...access } });
}

export interface Example {
	file: string;
	workflow: WorkflowContent;
}

export async function readExamples(folder = join(repositoryRoot, 'examples')): Promise<Example[]> {
	const found: string[] = await readdir(folder).catch(() => []);
	const files = found.filter((file) => file.endsWith('.json')).sort();
	return await Promise.all(
		files.map(async (file) => {
			const { name, nodes, connections, settings, pinData, meta } = JSON.parse(
				await readFile(join(folder, file), 'utf8'),
			) as WorkflowContent;
			return {
				file,
				workflow: {
					name: name ?? basename(file, '.json'),
					nodes,
					connections,
					settings,
					pinData,
					meta,
				},
			};
		}),
	);
}

export async function withCredential(
	workflow: WorkflowContent,
	{ id, name, type }: CredentialReference,
): Promise<WorkflowContent> {
	const prefix = `${(await readManifest()).name}.`;
	// The HTTP Request node can use the credential as well.
	const takesIt = (node: INode) =>
		node.type.startsWith(prefix) || node.parameters.nodeCredentialType === type;
	const attach = (node: INode): INode =>
		takesIt(node) ? { ...node, credentials: { [type]: { id, name } } } : node;
	return { ...workflow, nodes: workflow.nodes.map(attach) };
}

/** Imports the examples that this n8n does not have yet; one that is there already stays as its user left it. */
export async function importExamples(client: N8nClient, credential: CredentialReference) {
	const present = new Set((await client.workflows()).map(({ name }) => name));
	const result = { imported: [] as string[], kept: [] as string[] };
	for (const { workflow } of await readExamples()) {
		if (present.has(workflow.name)) {
			result.kept.push(workflow.name);
		} else {
			await client.createWorkflow(await withCredential(workflow, credential));
			result.imported.push(workflow.name);
		}
	}
	return result;
}
