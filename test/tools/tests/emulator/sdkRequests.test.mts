import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Message } from '../../emulator/message.mts';
import { valueAt } from '../../emulator/paths.mts';
import { loadProtos } from '../../emulator/protos.mts';
import type { Reply } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

/** What Clarifai's own SDKs send, over a channel for JSON. */

interface Recorded {
	rpc: string;
	request: Message;
}

function recorded(name: string): Recorded[] {
	const file = fileURLToPath(new URL(`../../emulator/data/samples/${name}`, import.meta.url));
	return (JSON.parse(readFileSync(file, 'utf8')) as { requests: Recorded[] }).requests;
}

const clarifai = useEmulator({ trainingSeconds: 1000 });

/** That channel fills the path and leaves its fields where they are: in the body, or in the query of a GET. */
async function send({ rpc, request }: Recorded): Promise<Reply> {
	const { bindings } = loadProtos().rpcs.find(({ name }) => name === rpc)!;
	const isFilled = (template: string) =>
		[...template.matchAll(/\{([^}]+)\}/g)].every(
			([, name]) => valueAt(request, name) !== undefined,
		);
	const { method, path } = bindings.find((binding) => isFilled(binding.path))!;
	const filled = path.replace(/\{([^}]+)\}/g, (_match, name: string) =>
		String(valueAt(request, name)),
	);
	if (method !== 'GET') return await clarifai.client.send(method, filled, request);
	const query = new URLSearchParams(inQuery(request));
	return await clarifai.client.get(`${filled}?${query.toString()}`);
}

function inQuery(message: Message, prefix = ''): Array<[string, string]> {
	return Object.entries(message).flatMap(([name, value]): Array<[string, string]> => {
		if (Array.isArray(value)) return value.map((one) => [prefix + name, String(one)]);
		if (typeof value === 'object') return inQuery(value as Message, `${prefix}${name}.`);
		return [[prefix + name, String(value)]];
	});
}

test('those of the Python SDK are taken, each as it was sent', async () => {
	const requests = recorded('sdk-requests.json');
	const { emulator } = clarifai;
	emulator.addNodepool('cc', 'np');
	const runIds: Record<string, string> = {};
	const known = (recorded: Recorded): Recorded => {
		const text = Object.entries(runIds).reduce(
			(json, [theirs, ours]) => json.replaceAll(theirs, ours),
			JSON.stringify(recorded),
		);
		return JSON.parse(text) as Recorded;
	};
	const codes: Array<[string, number | string]> = [];

	for (const recorded of requests) {
		const reply = await send(known(recorded));
		codes.push([recorded.rpc, reply.code]);
		if (recorded.rpc !== 'PostPipelineVersionRunFromTemplate') continue;
		// The later requests are about the run that this one has started.
		const { pipeline, pipeline_version_run: run } = reply.json;
		const { pipeline_id, pipeline_version_id, pipeline_version_run_id } = requests.find(
			({ rpc }) => rpc === 'GetPipelineVersionRun',
		)!.request;
		runIds[pipeline_id as string] = pipeline.id;
		runIds[pipeline_version_id as string] = pipeline.pipeline_version.id;
		runIds[pipeline_version_run_id as string] = run.id;
	}

	expect(codes).toEqual([
		['PostModels', 10000],
		// Of a model type that does not exist.
		['PostModels', 21202],
		['PostModelVersions', 10000],
		['PatchApp', 10000],
		['PostWorkflows', 10000],
		['ListPipelineTemplates', 10000],
		['PostPipelineVersionRunFromTemplate', 10000],
		['GetPipelineVersionRun', 10000],
		['ListPipelineVersionRuns', 10000],
		// Paused, resumed, cancelled.
		['PatchPipelineVersionRuns', 10000],
		['PatchPipelineVersionRuns', 10000],
		['PatchPipelineVersionRuns', 10000],
		['PostPipelineVersionRuns', 10000],
	]);
	const { book } = emulator;
	expect(book.of('runChange')).toHaveLength(3);
	const ownId = requests.at(-1)!.request.pipeline_version_runs[0].id as string;
	expect(book.of('run').map(({ id }) => id)).toContain(ownId);
});

test('those of the Node.js SDK about data and predictions are taken, each as it was sent', async () => {
	const { emulator } = clarifai;
	const requests = recorded('sdk-data-requests.json');
	const { version_id: id } = requests.find(({ rpc }) => rpc === 'PostModelOutputs')!.request;
	emulator.addContainerVersion('flowers', { concepts: ['rose', 'tulip'], fields: { id } });
	emulator.addDeployment('live', 'flowers');
	const owner = { user_id: 'demo-user', app_id: 'demo-app' };
	emulator.addWorkflows(1, {
		id: 'sorting',
		nodes: [{ id: 'one', model: { id: 'flowers', ...owner } }],
	});
	const codes: Array<[string, number | string]> = [];

	for (const request of requests) {
		codes.push([request.rpc, (await send(request)).code]);
		// Annotations are for inputs that have been processed.
		emulator.clock.advance(10_000);
	}

	expect(codes).toEqual(requests.map(({ rpc }) => [rpc, 10000]));
});
