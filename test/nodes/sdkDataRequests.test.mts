import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { decodeJson } from '../tools/emulator/decodeJson.mts';
import type { Message } from '../tools/emulator/message.mts';
import { loadProtos } from '../tools/emulator/protos.mts';
import { inMemory, withFile } from './media.mts';
import { bodiesOf, locate, setUp, type InProcessSetUp } from './setup.mts';

/** What Clarifai's own Node.js SDK sends: ours says the same, but for what is taken out below. */

const file = new URL('../tools/emulator/data/samples/sdk-data-requests.json', import.meta.url);
const { requests } = JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as {
	requests: Array<{ rpc: string; request: Message }>;
};
const recorded = (rpc: string) =>
	requests.filter((each) => each.rpc === rpc).map(({ request }) => request);

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
});

function decoded(rpc: string, body: unknown): Message {
	const { request } = loadProtos().rpcs.find(({ name }) => name === rpc)!;
	return decodeJson(request, body);
}

/** The names of concepts are the server's to say, and in the SDK's requests follow from its IDs. */
function withoutNames(input: Message): Message {
	const concepts = input.data.concepts?.map(({ name: _name, ...concept }: Message) => concept);
	return concepts ? { ...input, data: { ...input.data, concepts } } : input;
}

/** The node's parameters and item for a medium in Clarifai's form. */
function asked(data: Message): { parameters: INodeParameters; item: INodeExecutionData } {
	const inputType = ['image', 'video', 'audio', 'text'].find((type) => data[type] !== undefined)!;
	const { url, raw, base64 } = data[inputType] as Record<string, string | undefined>;
	if (url) return { parameters: { inputType, inputSource: 'url', url }, item: { json: {} } };
	if (raw) return { parameters: { inputType, inputSource: 'text', text: raw }, item: { json: {} } };
	const mimeType = 'application/octet-stream';
	const content = inMemory(Buffer.from(base64!, 'base64'), { mimeType });
	return { parameters: { inputType }, item: withFile(content) };
}

const inputs = recorded('PostInputs').flatMap((request) => request.inputs as Message[]);

it.each(inputs.map((input) => [input.id as string, input] as const))(
	'adding input %s',
	async (id, theirs) => {
		const { concepts = [], metadata } = theirs.data;
		const { parameters, item } = asked(theirs.data);
		const [dataset = ''] = (theirs.dataset_ids ?? []) as string[];

		const { error } = await platform.run(
			'clarifaiAddInputs',
			{
				...parameters,
				inputId: id,
				concepts: concepts.map((concept: Message) => concept.id as string),
				dataset: locate('id', dataset),
				waitForProcessing: false,
				additionalFields: {
					newConcepts: 'create',
					...(metadata && { metadata: JSON.stringify(metadata) }),
				},
			},
			{ items: [item] },
		);

		expect(error).toBeUndefined();
		const [body] = bodiesOf(platform.emulator, 'PostInputs');
		const ours = decoded('PostInputs', body);
		expect(ours.inputs).toEqual([
			withoutNames(decoded('PostInputs', { inputs: [theirs] }).inputs[0]),
		]);
		// Each client chooses an ID of its own for the job.
		expect(Object.keys(ours).sort()).toEqual(['inputs', 'inputs_add_job_id']);
	},
);

const patches = recorded('PatchInputs').flatMap((request) => request.inputs as Message[]);

it.each(patches.map((input) => [input.id as string, input] as const))(
	'updating input %s',
	async (id, theirs) => {
		const { emulator } = platform;
		const { concepts, metadata } = theirs.data;
		const { parameters, item } = asked(theirs.data);
		emulator.addLabelledInputs(undefined, [{ id, url: theirs.data.image.url, concepts: ['cat'] }]);

		const { error, json } = await platform.run(
			'clarifaiAddInputs',
			{
				...parameters,
				inputId: id,
				ifInputExists: 'update',
				concepts: concepts.map((concept: Message) => concept.id as string),
				additionalFields: { newConcepts: 'create', metadata: JSON.stringify(metadata) },
			},
			{ items: [item] },
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'updated' }]);
		const [body] = bodiesOf(emulator, 'PatchInputs');
		// The SDK sends the medium as well; the example of Clarifai's documentation does not.
		const { image: _image, ...labels } = theirs.data as Message;
		const expected = decoded('PatchInputs', {
			action: recorded('PatchInputs')[0].action,
			inputs: [withoutNames({ id, data: labels })],
		});
		expect(decoded('PatchInputs', body)).toEqual(expected);
	},
);

/** No node posts annotations: Add Inputs sends the same regions with the input. */
const annotations = recorded('PostAnnotations').flatMap(
	(request) => request.annotations as Message[],
);

it.each(annotations.map(({ data }, index) => [index, data as Message] as const))(
	'region %i of an annotation, which Add Inputs sends with the input',
	async (_index, { regions }) => {
		const { error } = await platform.run('clarifaiAddInputs', {
			inputSource: 'url',
			url: 'https://samples.clarifai.com/metro-north.jpg',
			waitForProcessing: false,
			additionalFields: { newConcepts: 'create', regionsJson: JSON.stringify(regions) },
		});

		expect(error).toBeUndefined();
		const [body] = bodiesOf(platform.emulator, 'PostInputs') as Message[];
		const [ours] = decoded('PostInputs', body).inputs as Message[];
		const theirs = decoded('PostInputs', { inputs: [{ data: { regions } }] }).inputs[0] as Message;
		expect(ours.data.regions).toEqual(theirs.data.regions.map(withoutNames).map(asSeen));
	},
);

/** The SDK calls each corner visible, which only matters for points that belong together. */
function asSeen({ region_info: info, ...region }: Message): Message {
	const points = info.polygon?.points?.map(({ visibility: _seen, ...point }: Message) => point);
	return { ...region, region_info: points ? { polygon: { points } } : info };
}

it('has nothing else to compare with', () => {
	expect(new Set(requests.map(({ rpc }) => rpc))).toEqual(
		new Set([
			'PostInputs',
			'PatchInputs',
			'PostAnnotations',
			'PostModelOutputs',
			'PostWorkflowResults',
		]),
	);
});

/** The path names model and version already; 0 means "not set", and in a selection says nothing. */
function whatIsAsked(rpc: string, request: Message): Message {
	const {
		inputs: sent,
		model,
		output_config: top,
		runner_selector: selector,
	} = decoded(rpc, request) as Record<string, Message>;
	const config = top ?? model?.model_version?.output_info?.output_config ?? {};
	const names = config.select_concepts?.map(({ name }: Message) => name as string) ?? [];
	return {
		inputs: sent,
		selector: selector ?? null,
		most: config.max_concepts || null,
		least: config.min_value || null,
		names,
	};
}

const predictions = [...recorded('PostModelOutputs'), ...recorded('PostWorkflowResults')];

it.each(predictions.map((request, index) => [index, request] as const))(
	'prediction %i',
	async (_index, theirs) => {
		const { emulator } = platform;
		const rpc = theirs.workflow_id ? 'PostWorkflowResults' : 'PostModelOutputs';
		const id = theirs.version_id as string | undefined;
		const [input] = theirs.inputs as Message[];
		const modelTypeId = input.data.text ? 'text-classifier' : 'visual-classifier';
		emulator.addContainerVersion('flowers', {
			concepts: ['rose', 'tulip'],
			modelTypeId,
			fields: id ? { id } : {},
		});
		emulator.addDeployment('live', 'flowers');
		const node = { id: 'one', model: { id: 'flowers', user_id: 'demo-user', app_id: 'demo-app' } };
		emulator.addWorkflows(1, { id: 'sorting', nodes: [node] });
		const expected = whatIsAsked(rpc, theirs);
		const { parameters, item } = asked(input.data);
		const target: INodeParameters = theirs.workflow_id
			? { predictWith: 'workflow', workflow: locate('id', 'sorting') }
			: { model: locate('id', 'flowers'), modelVersionId: locate('id', id!) };

		const { error } = await platform.run(
			'clarifaiPredict',
			{
				...target,
				...parameters,
				options: {
					...(expected.most && { maxConcepts: expected.most }),
					...(expected.least && { minValue: expected.least }),
					...(expected.names.length > 0 && { conceptIds: expected.names.join(', ') }),
					...(expected.selector && { deploymentId: expected.selector.deployment.id }),
				},
			},
			{ items: [item] },
		);

		expect(error).toBeUndefined();
		const [body] = bodiesOf(emulator, rpc);
		expect(whatIsAsked(rpc, body as Message)).toEqual(expected);
		const { path } = emulator.requests.at(-1)!;
		expect(path).toContain(id ? `/versions/${id}/outputs` : '/workflows/sorting/results');
	},
);
