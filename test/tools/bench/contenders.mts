import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { INodeExecutionData, INodeParameters, INodeType } from 'n8n-workflow';
import { Pool } from 'undici';
import { installFolder } from '../n8n/cache.mts';
import { N8N_VERSION } from '../n8n/startN8n.mts';
import { DEMO, demoCredential } from '../emulator/emulator.mts';
import { builtInNodes } from '../engine/builtInNodes.mts';
import { EngineCredentials } from '../engine/credentials.mts';
import { startRun } from '../engine/execution.mts';
import { EngineNodeTypes } from '../engine/nodeTypes.mts';
import { loadPackage, repositoryRoot } from '../engine/package.mts';
import { chain } from '../engine/workflows.mts';

/** The connections that the nodes hold at once; the others get the same. */
export const { MAX_CONNECTIONS } = createRequire(import.meta.url)(
	join(repositoryRoot, 'dist/nodes/shared/api/pacer.js'),
) as { MAX_CONNECTIONS: number };

/** One way to create a model per item at a server. */
export interface Contender {
	name: string;
	/** Our node looks first, so that there are two. */
	requestsPerItem: number;
	run(url: string, ids: string[]): Promise<void>;
}

export function ours(maxRequestsPerSecond: number): Contender {
	return {
		name: 'Clarifai Create Model',
		requestsPerItem: 2,
		run: async (url, ids) =>
			await runNode(url, ids, 'n8n-nodes-clarifai.clarifaiCreateModel', 1, {
				modelId: '={{ $json.id }}',
				options: { maxRequestsPerSecond },
			}),
	};
}

export const n8nNodesBase = join(installFolder(N8N_VERSION), 'node_modules/n8n-nodes-base');
const httpRequestFile = join(n8nNodesBase, 'dist/nodes/HttpRequest/HttpRequest.node.js');

/** @throws Error that says how to fetch n8n */
export function loadHttpRequest(): INodeType {
	if (!existsSync(httpRequestFile)) {
		throw new Error(
			`n8n ${N8N_VERSION}, whose HTTP Request node is measured beside ours, is not in the cache. \`npm run n8n\` fetches it; N8N_NODES_CLARIFAI_CACHE names the cache's folder.`,
		);
	}
	const { HttpRequest } = createRequire(import.meta.url)(httpRequestFile) as {
		HttpRequest: new () => INodeType;
	};
	return new HttpRequest();
}

const httpRequestType = 'n8n-nodes-base.httpRequest';

/** @param batching items per batch, and milliseconds between the batches' starts; all at once without */
export function httpRequestNode(batching?: {
	batchSize: number;
	batchInterval: number;
}): Contender {
	return {
		name: batching
			? `n8n HTTP Request, ${batching.batchSize} items every ${batching.batchInterval} ms`
			: 'n8n HTTP Request, all items at once',
		requestsPerItem: 1,
		run: async (url, ids) =>
			await runNode(url, ids, httpRequestType, 4.2, {
				method: 'POST',
				url: `${url}/v2/users/${DEMO.userId}/apps/${DEMO.appId}/models`,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: 'clarifaiApi',
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '={{ { models: [{ id: $json.id, model_type_id: "visual-classifier" }] } }}',
				options: batching ? { batching: { batch: batching } } : {},
			}),
	};
}

/** No n8n: kept connections and the bare request, the least that the work can cost. */
export const bareClient: Contender = {
	name: 'undici Pool, no n8n',
	requestsPerItem: 1,
	async run(url, ids) {
		const pool = new Pool(url, { connections: MAX_CONNECTIONS });
		await Promise.all(
			ids.map(async (id) => {
				const { body, statusCode } = await pool.request({
					method: 'POST',
					path: `/v2/users/${DEMO.userId}/apps/${DEMO.appId}/models`,
					headers: { authorization: `Key ${DEMO.pat}`, 'content-type': 'application/json' },
					body: JSON.stringify({ models: [{ id, model_type_id: 'visual-classifier' }] }),
				});
				await body.json();
				if (statusCode !== 200) throw new Error(`The server answered ${statusCode}`);
			}),
		);
		await pool.close();
	},
};

async function runNode(
	url: string,
	ids: string[],
	type: string,
	typeVersion: number,
	parameters: INodeParameters,
): Promise<void> {
	const loader = await loadPackage(repositoryRoot);
	const runtime = {
		nodeTypes: new EngineNodeTypes(loader, {
			...builtInNodes(() => undefined),
			...(type === httpRequestType ? { [type]: loadHttpRequest() } : {}),
		}),
		credentials: new EngineCredentials(loader, {
			clarifaiApi: demoCredential(url),
		}),
		waits: [],
	};
	const workflow = chain({
		name: 'Node',
		type,
		typeVersion,
		parameters,
		credentials: { clarifaiApi: { id: '1', name: 'Clarifai' } },
	});
	const items: INodeExecutionData[] = ids.map((id) => ({ json: { id } }));
	const result = await startRun(runtime, workflow, { items }).done;
	if (result.error) throw result.error;
	const count = result.outputs('Node').length;
	if (count !== ids.length) throw new Error(`${type} put out ${count} of ${ids.length} items`);
}
