import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { INodeExecutionData, INodeParameters, INodeType } from 'n8n-workflow';
import { Pool } from 'undici';
import { DEMO, demoCredential } from '../emulator/emulator.mts';
import { BinaryData } from '../engine/binaryData.mts';
import { builtInNodes } from '../engine/builtInNodes.mts';
import { EngineCredentials } from '../engine/credentials.mts';
import { startRun } from '../engine/execution.mts';
import { EngineNodeTypes } from '../engine/nodeTypes.mts';
import { loadPackage, repositoryRoot } from '../engine/package.mts';
import { chain, type NodeJson } from '../engine/workflows.mts';
import { loadHttpRequest, n8nNodesBase } from './contenders.mts';
import type { FilesJob } from './filesProcess.mts';

/** Clarifai's documented limit, to which everybody keeps. */
export const LIMIT = 15;

export const FILE_BYTES = 200_000;

/** Files in a request of the pool, as in ours. */
const BATCH = 128;

/** Makes ready for items, and gives what brings their files to the server. */
type Contender = (items: INodeExecutionData[]) => Promise<() => Promise<void>>;

const MODEL = DEMO.publicModels.classifier;
const INPUTS = `/v2/users/${DEMO.userId}/apps/${DEMO.appId}/inputs`;
const OUTPUTS = `/v2/users/${DEMO.publicUserId}/apps/${DEMO.publicAppId}/models/${MODEL}/outputs`;

export async function contenderOf(job: FilesJob): Promise<Contender> {
	switch (job.work) {
		case 'addInputs':
			return await nodes(job, {
				name: 'Last',
				type: 'n8n-nodes-clarifai.clarifaiAddInputs',
				// The others do not wait either.
				parameters: { waitForProcessing: false },
			});
		case 'predict':
			return await nodes(job, {
				name: 'Last',
				type: 'n8n-nodes-clarifai.clarifaiPredict',
				parameters: {
					model: {
						__rl: true,
						mode: 'url',
						value: `https://clarifai.com/${DEMO.publicUserId}/${DEMO.publicAppId}/models/${MODEL}`,
					},
				},
			});
		case 'addInputsByHttpRequest':
			return await nodes(job, toBase64, httpRequest(job, INPUTS));
		case 'predictByHttpRequest':
			return await nodes(job, toBase64, httpRequest(job, OUTPUTS));
		case 'addInputsByPool':
			return pool(job, INPUTS);
		case 'predictByPool':
			return pool(job, OUTPUTS);
		default:
			throw new Error(`There is no contender for "${job.work}"`);
	}
}

const EXTRACT = 'n8n-nodes-base.extractFromFile';
const HTTP_REQUEST = 'n8n-nodes-base.httpRequest';

/** n8n's way to a file's base64 for a JSON body. */
const toBase64: NodeJson = {
	name: 'Extract from File',
	type: EXTRACT,
	typeVersion: 1,
	parameters: { operation: 'binaryToPropery', binaryPropertyName: 'data', destinationKey: 'data' },
};

/** At the shortest interval that keeps to the limit. */
const httpRequest = ({ url }: FilesJob, path: string): NodeJson => ({
	name: 'Last',
	type: HTTP_REQUEST,
	typeVersion: 4.2,
	parameters: {
		method: 'POST',
		url: url + path,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'clarifaiApi',
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ { inputs: [{ data: { image: { base64: $json.data } } }] } }}',
		options: { batching: { batch: { batchSize: 1, batchInterval: Math.ceil(1000 / LIMIT) + 1 } } },
	} as INodeParameters,
});

async function nodes({ url }: FilesJob, ...steps: NodeJson[]): Promise<Contender> {
	const loader = await loadPackage(repositoryRoot);
	const isByHttpRequest = steps.some(({ type }) => type === HTTP_REQUEST);
	const runtime = {
		nodeTypes: new EngineNodeTypes(loader, {
			...builtInNodes(() => undefined),
			...(isByHttpRequest
				? { [HTTP_REQUEST]: loadHttpRequest(), [EXTRACT]: loadExtractFromFile() }
				: {}),
		}),
		credentials: new EngineCredentials(loader, { clarifaiApi: demoCredential(url) }),
		waits: [],
	};
	const credentials = { clarifaiApi: { id: '1', name: 'Clarifai' } };
	const workflow = chain(...steps.map((step) => ({ ...step, credentials })));
	return async (items) => async () => {
		const result = await startRun(runtime, workflow, { items }).done;
		if (result.error) throw result.error;
		const { length } = result.outputs('Last');
		if (length !== items.length) throw new Error(`${length} of ${items.length} items came out`);
	};
}

function loadExtractFromFile(): INodeType {
	const file = join(n8nNodesBase, 'dist/nodes/Files/ExtractFromFile/ExtractFromFile.node.js');
	if (!existsSync(file)) throw new Error(`${file} is missing`);
	const { ExtractFromFile } = createRequire(import.meta.url)(file) as {
		ExtractFromFile: new () => INodeType;
	};
	return new ExtractFromFile();
}

/**
 * The same bodies, there beforehand, over kept connections and without n8n: the least that sending these
 * bytes can take.
 */
function pool({ url, atOnce }: FilesJob, path: string): Contender {
	return async (items) => {
		const data = await BinaryData.use({ mode: 'filesystem' });
		const bodies: Buffer[] = [];
		for (let from = 0; from < items.length; from += BATCH) {
			const inputs = items.slice(from, from + BATCH).map(async ({ binary }) => {
				const content = await data.read(binary!.data);
				const id = createHash('sha256').update(content).digest('hex').slice(0, 32);
				return { id, data: { image: { base64: content.toString('base64') } } };
			});
			bodies.push(Buffer.from(JSON.stringify({ inputs: await Promise.all(inputs) })));
		}
		return async () => {
			const connections = new Pool(url, { connections: atOnce });
			const headers = { authorization: `Key ${DEMO.pat}`, 'content-type': 'application/json' };
			await Promise.all(
				bodies.map(async (body) => {
					const answer = await connections.request({ method: 'POST', path, headers, body });
					await answer.body.json();
					if (answer.statusCode !== 200) throw new Error(`Status ${answer.statusCode}`);
				}),
			);
			await connections.close();
		};
	};
}
