import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';
import { png } from './labelledData.mts';
import { missingFrom, sample } from './samples.mts';

const clarifai = useEmulator();

const image = (name: string) => ({ data: { image: { base64: png(name) } } });
const publicModel = (id: string) => ({ id, user_id: 'clarifai', app_id: 'main' });
const { embedder, captioner, llm } = DEMO.publicModels;

async function createWorkflow(nodes: Message[]) {
	const { code } = await clarifai.client.post('/workflows', { workflows: [{ id: 'w', nodes }] });
	expect(code).toBe(10000);
}

const run = (inputs: Message[], body: Message = {}, path = '/workflows/w/results') =>
	clarifai.client.post(path, { inputs, ...body });

const models = ({ outputs }: Message) => outputs.map(({ model }: Message) => model.id as string);

beforeEach(() => {
	clarifai.emulator.addLabelledInputs(DEMO.datasetId, [
		{ base64: png('tom'), concepts: ['cat'] },
		{ base64: png('rex'), concepts: ['dog'] },
	]);
	clarifai.emulator.addTrainedVersion('m');
});

const EMBED = { id: 'embed', model: publicModel(embedder) };
const CLASSIFY = { id: 'classify', model: { id: 'm' }, node_inputs: [{ node_id: 'embed' }] };

test('every input goes through the nodes in their order', async () => {
	await createWorkflow([EMBED, CLASSIFY]);
	const { code, json } = await run([image('tom'), image('rex')]);
	expect(code).toBe(10000);
	expect(json.workflow.id).toBe('w');
	expect(json.results.map(models)).toEqual([
		[embedder, 'm'],
		[embedder, 'm'],
	]);
	expect(
		json.results.map(({ outputs }: Message) => outputs[1].data.concepts[0].name as string),
	).toEqual(['cat', 'dog']);
	const left = ['output_info', 'display_name', 'train_stats', 'image.url'];
	expect(missingFrom(json, sample('workflow-results'), left)).toEqual([]);
});

test('suppressed outputs are left out, and settings of node and call count', async () => {
	await createWorkflow([
		{ ...EMBED, suppress_output: true },
		{ ...CLASSIFY, output_info_override: { output_config: { max_concepts: 2 } } },
	]);
	const { json } = await run([image('tom')]);
	expect(models(json.results[0])).toEqual(['m']);
	expect(json.results[0].outputs[0].data.concepts).toHaveLength(2);
	const one = await run([image('tom')], { output_config: { max_concepts: 1 } });
	expect(one.json.results[0].outputs[0].data.concepts).toHaveLength(1);
});

test('what a node says is what the next one reads', async () => {
	await createWorkflow([
		{ id: 'caption', model: publicModel(captioner) },
		{ id: 'answer', model: publicModel(llm), node_inputs: [{ node_id: 'caption' }] },
	]);
	const [caption, answer] = (await run([image('tom')])).json.results[0].outputs;
	expect(answer.data.text.raw).toContain(caption.data.text.raw);
});

test('an older version runs its own nodes', async () => {
	await createWorkflow([EMBED]);
	const old = (await clarifai.client.get('/workflows/w')).json.workflow.version.id as string;
	await clarifai.client.patch('/workflows', {
		action: 'overwrite',
		workflows: [{ id: 'w', nodes: [EMBED, CLASSIFY] }],
	});
	const { json } = await run([image('tom')], {}, `/workflows/w/versions/${old}/results`);
	expect(models(json.results[0])).toEqual([embedder]);
});

test('a bad input has its own status', async () => {
	await createWorkflow([EMBED]);
	const bad = { data: { image: { url: 'https://pictures.invalid' } } };
	const { code, json } = await run([image('tom'), bad]);
	expect(code).toBe(10010);
	expect(json.results.map(({ status }: Message) => status.code as number)).toEqual([10000, 30002]);
	expect((await run([bad])).code).toBe(10020);
});

test('a container in it has to be deployed', async () => {
	clarifai.emulator.addContainerVersion('c');
	await createWorkflow([{ id: 'n', model: { id: 'c' } }]);
	expect((await run([image('tom')])).code).toBe(21353);
	const onNodepool = { node_runner_selectors: { n: { nodepool: { id: DEMO.nodepoolId } } } };
	expect((await run([image('tom')], onNodepool)).code).toBe(10000);
	clarifai.emulator.addDeployment('d', 'c');
	clarifai.emulator.planColdStart('d', { seconds: 10 });
	expect((await run([image('tom')])).code).toBe(21351);
	clarifai.emulator.clock.advance(10_000);
	expect((await run([image('tom')])).code).toBe(10000);
});

test('a state is kept when it was begun', async () => {
	await createWorkflow([EMBED]);
	const { json } = await run([image('tom')], { workflow_state: { id: 'init' } });
	expect(json.workflow_state.id).toMatch(/^[0-9a-f]{32}$/);
	expect((await run([image('tom')])).json.workflow_state).toBeUndefined();
});

test.each<[string, Message[], string, number]>([
	['33 inputs', Array.from({ length: 33 }, (_none, index) => image(`${index}`)), 'w', 40001],
	['an unknown workflow', [image('tom')], 'none', 22102],
])('%s are refused', async (_name, inputs, id, code) => {
	await createWorkflow([EMBED]);
	expect((await run(inputs, {}, `/workflows/${id}/results`)).code).toBe(code);
});
