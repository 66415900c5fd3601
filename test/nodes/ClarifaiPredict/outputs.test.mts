import type { INodeParameters } from 'n8n-workflow';
import type { Message } from '../../tools/emulator/message.mts';
import { addresses, byUrl, inMemory, mp4, pictures, png, wav, withFile } from '../media.mts';
import { DEMO, locate, setUp, type InProcessSetUp } from '../setup.mts';

const NODE = 'clarifaiPredict';
const PUBLIC = DEMO.publicModels;

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
});

const publicModel = (id: string) =>
	locate('url', `https://clarifai.com/${DEMO.publicUserId}/${DEMO.publicAppId}/models/${id}`);

/** What a model says of one item. */
async function ask(
	model: object,
	parameters: INodeParameters = {},
	item: object = pictures('a')[0],
) {
	const asked = { model, ...parameters } as INodeParameters;
	const run = await platform.run(NODE, asked, { items: [item as never] });
	expect(run.error).toBeUndefined();
	return run.items[0];
}

/** A model that a pipeline has trained on two labelled pictures, and that a deployment runs. */
function addFlowers() {
	platform.emulator.addLabelledInputs('flowers', [
		{ url: 'https://files.example/rose.jpg', concepts: ['rose'] },
		{ url: 'https://files.example/tulip.jpg', concepts: ['tulip'] },
	]);
	const version = platform.emulator.addContainerVersion('flowers', { datasetId: 'flowers' });
	platform.emulator.addDeployment('live', 'flowers');
	return version.message.id as string;
}

const flowers = locate('id', 'flowers');

describe('a classifier', () => {
	beforeEach(() => void addFlowers());

	it('gives its concepts by name, the best apart', async () => {
		const { json, error, items } = await platform.run(
			NODE,
			{ ...byUrl, model: flowers },
			{ items: addresses('tulip', 'rose') },
		);

		expect(error).toBeUndefined();
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(json.map(({ topConcept }) => topConcept)).toEqual(['tulip', 'rose']);
		for (const each of json) {
			const concepts = each.concepts as Array<{ concept: string; value: number }>;
			expect(concepts.map(({ concept }) => concept).sort()).toEqual(['rose', 'tulip']);
			expect(concepts[0]).toEqual({ concept: each.topConcept, value: each.topValue });
			expect(concepts[0].value).toBeGreaterThan(concepts[1].value);
		}
	});

	it.each<[string, INodeParameters, string[]]>([
		['how many', { maxConcepts: 1 }, ['rose']],
		['how probable', { minValue: 0.5 }, ['rose']],
		['which, by name', { conceptIds: 'tulip' }, ['tulip']],
	])('gives as many concepts as asked for: %s', async (_what, options, expected) => {
		const [item] = addresses('rose');

		const { json } = await ask(flowers, { ...byUrl, options }, item);

		const concepts = json.concepts as Array<{ concept: string }>;
		expect(concepts.map(({ concept }) => concept)).toEqual(expected);
	});

	it("is Clarifai's own output where it is not simplified", async () => {
		const [item] = addresses('rose');

		const { json } = await ask(flowers, { ...byUrl, simplify: false }, item);

		expect(json).toMatchObject({
			status: { code: 10000 },
			model: { id: 'flowers' },
			data: { concepts: [{ name: 'rose' }, { name: 'tulip' }] },
		});
	});

	it('puts the prediction into a field, beside the fields of the item', async () => {
		const options = { putOutputInField: 'said', includeInputFields: true };
		const item = { ...pictures('a')[0], json: { name: 'a', order: 17 } };

		const { json, binary } = await ask(flowers, { options }, item);

		expect(json).toEqual({
			name: 'a',
			order: 17,
			said: expect.objectContaining({ topConcept: expect.any(String) }),
		});
		expect(binary?.data).toEqual(item.binary?.data);
	});

	it('leaves fields and files of the item out, otherwise', async () => {
		const { json, binary } = await ask(flowers);

		expect(Object.keys(json).sort()).toEqual(['concepts', 'topConcept', 'topValue']);
		expect(binary).toBeUndefined();
	});
});

it('a detector gives boxes and their count', async () => {
	const { json } = await ask(publicModel(PUBLIC.detector));

	const regions = json.regions as Array<Record<string, number | string>>;
	expect(json.count).toBe(regions.length);
	expect(regions.length).toBeGreaterThan(0);
	for (const { concept, value, top, left, bottom, right } of regions) {
		expect(concept).toMatch(/[a-z]/);
		expect(Number(value)).toBeGreaterThan(0);
		expect(Number(bottom)).toBeGreaterThan(Number(top));
		expect(Number(right)).toBeGreaterThan(Number(left));
	}
});

it('a detector that finds nothing gives a count of 0', async () => {
	platform.emulator.planPrediction(() => true, { data: { regions: [] } });

	const { json } = await ask(publicModel(PUBLIC.detector));

	expect(json).toEqual({ regions: [], count: 0 });
});

it('a classifier of which no concept is probable enough says so', async () => {
	const { json } = await ask(publicModel(PUBLIC.classifier), { options: { minValue: 1 } });

	expect(json).toEqual({ topConcept: null, topValue: null, concepts: [] });
});

it('a segmenter gives a mask for each region, as a picture', async () => {
	const { json, binary } = await ask(publicModel(PUBLIC.segmenter));

	const regions = json.regions as Array<{ mask: string; concept: string; value: number }>;
	expect(regions.map(({ mask }) => mask)).toEqual(Object.keys(binary ?? {}));
	expect(regions[0]).toMatchObject({ mask: 'mask', concept: expect.any(String) });
	expect(binary?.mask).toMatchObject({
		mimeType: 'image/png',
		fileName: 'mask.png',
		fileExtension: 'png',
	});
	expect(Buffer.from(binary!.mask.data, 'base64').subarray(1, 4).toString()).toBe('PNG');
});

it('an embedder gives its numbers', async () => {
	const { json } = await ask(
		publicModel(PUBLIC.textEmbedder),
		{ inputType: 'text', inputSource: 'text', text: 'hello' },
		{},
	);

	expect(Object.keys(json)).toEqual(['embedding']);
	expect((json.embedding as number[]).every(Number.isFinite)).toBe(true);
});

it('a captioner gives its text', async () => {
	const { json } = await ask(publicModel(PUBLIC.captioner));

	expect(json).toEqual({ text: expect.stringContaining('a photo') });
});

it('a reader of texts gives the text, and where each line is', async () => {
	const { json } = await ask(publicModel(PUBLIC.ocr));

	const regions = json.regions as Array<{ text: string }>;
	expect(regions.length).toBeGreaterThan(0);
	expect(json.text).toBe(regions.map(({ text }) => text).join('\n'));
});

it('a chat model answers a text', async () => {
	const { json } = await ask(
		publicModel(PUBLIC.llm),
		{ inputType: 'text', inputSource: 'text', text: '={{ $json.question }}' },
		{ question: 'Why "now"?' },
	);

	expect(json.text).toContain('to: Why "now"?');
});

it('a chat model is asked by a file of text', async () => {
	const file = withFile(inMemory(Buffer.from('Grüße\n"x"'), { mimeType: 'text/plain' }));

	const { json } = await ask(publicModel(PUBLIC.llm), { inputType: 'text' }, file);

	expect(json.text).toContain('to: Grüße "x"');
});

it('a generator of images gives a picture', async () => {
	const { json, binary } = await ask(
		publicModel(PUBLIC.imageGenerator),
		{ inputType: 'text', inputSource: 'text', text: 'a cat' },
		{},
	);

	expect(json).toEqual({ image: 'image' });
	expect(binary?.image).toMatchObject({ mimeType: 'image/png', fileName: 'image.png' });
});

it('a finder of anomalies gives concepts and a heatmap', async () => {
	platform.emulator.addModel('odd', { model_type_id: 'visual-anomaly-heatmap' });
	platform.emulator.addTrainedVersion('odd');

	const { json, binary } = await ask(locate('id', 'odd'));

	expect(json).toMatchObject({ heatmaps: ['heatmap'] });
	expect(binary?.heatmap).toMatchObject({ mimeType: 'image/png' });
});

it('a recognizer of colors gives them', async () => {
	const { json } = await ask(publicModel(PUBLIC.color));

	expect((json.colors as unknown[])[0]).toEqual({
		hex: expect.stringMatching(/^#/),
		name: expect.any(String),
		value: expect.any(Number),
	});
});

it('a video gives an answer for each frame, with its time', async () => {
	const file = withFile(inMemory(mp4('v'), { mimeType: 'video/mp4' }));

	const { json } = await ask(publicModel(PUBLIC.classifier), { inputType: 'video' }, file);

	expect(json.frames).toMatchObject([
		{ time: 0, topConcept: expect.any(String) },
		{ time: 1000, topConcept: expect.any(String) },
		{ time: 2000, topConcept: expect.any(String) },
	]);
});

it('a sound is heard', async () => {
	platform.emulator.addModel('ear', { model_type_id: 'audio-to-text' });
	platform.emulator.addTrainedVersion('ear');
	const file = withFile(inMemory(wav('w'), { mimeType: 'audio/wav' }));

	const { json } = await ask(locate('id', 'ear'), { inputType: 'audio' }, file);

	expect(json.text).toContain('a recording');
});

it.each([
	['image', '/9j/4AAQ', 'image/jpeg', 'image.jpg'],
	['image', 'UklGRiQAAABXRUJQ', 'image/webp', 'image.webp'],
	['audio', 'UklGRiQAAABXQVZF', 'audio/wav', 'audio.wav'],
	['audio', 'SUQzBAAA', 'audio/mpeg', 'audio.mp3'],
	['video', 'AAAAGGZ0eXBtcDQy', 'video/mp4', 'video.mp4'],
	['image', 'AAECAwQF', 'application/octet-stream', 'image.bin'],
])('an %s of a model has the type of its bytes: %s', async (kind, base64, mimeType, fileName) => {
	platform.emulator.planPrediction(() => true, { data: { [kind]: { base64 } } });

	const { json, binary } = await ask(publicModel(PUBLIC.imageGenerator), {
		inputType: 'text',
		inputSource: 'text',
		text: 'x',
	});

	expect(json).toEqual({ [kind]: kind });
	expect(binary?.[kind]).toMatchObject({ mimeType, fileName });
	expect(binary?.[kind].data).toBe(base64);
});

it("what nobody has foreseen is put out in Clarifai's own form", async () => {
	platform.emulator.planPrediction(() => true, { data: { int_value: 7 } });

	const { json } = await ask(publicModel(PUBLIC.classifier));

	expect(json).toMatchObject({ int_value: expect.anything() });
});

describe('a workflow', () => {
	const owner = { user_id: DEMO.publicUserId, app_id: DEMO.publicAppId };
	const node = (id: string, modelId: string, more = {}) => ({
		id,
		model: { id: modelId, ...owner },
		...more,
	});
	type Shown = { regions?: Array<{ mask: string }> };
	const namesOfMasks = ({ regions = [] }: Shown) => regions.map(({ mask }) => mask);

	it("gives the last node's output, and each node's", async () => {
		platform.emulator.addWorkflows(1, {
			id: 'look',
			nodes: [node('find', PUBLIC.detector), node('say', PUBLIC.captioner)],
		});

		const { json } = await ask({}, { predictWith: 'workflow', workflow: locate('id', 'look') });

		expect(json).toMatchObject({
			text: expect.stringContaining('a photo'),
			outputs: [
				{ nodeId: 'find', modelId: PUBLIC.detector, count: expect.any(Number) },
				{ nodeId: 'say', modelId: PUBLIC.captioner, text: expect.any(String) },
			],
		});
	});

	it('tells two nodes of one model apart, and leaves out hidden ones', async () => {
		platform.emulator.addWorkflows(1, {
			id: 'twice',
			nodes: [
				node('hidden', PUBLIC.classifier, { suppress_output: true }),
				node('one', PUBLIC.captioner),
				node('two', PUBLIC.captioner),
			],
		});

		const { json } = await ask({}, { predictWith: 'workflow', workflow: locate('id', 'twice') });

		const outputs = json.outputs as Array<{ nodeId: string }>;
		expect(outputs.map(({ nodeId }) => nodeId)).toEqual(['one', 'two']);
	});

	it('gives the masks of its last node as files', async () => {
		platform.emulator.addWorkflows(1, { id: 'cut', nodes: [node('cut', PUBLIC.segmenter)] });

		const { binary } = await ask({}, { predictWith: 'workflow', workflow: locate('id', 'cut') });

		expect(binary?.mask).toMatchObject({ mimeType: 'image/png' });
	});

	it.each([
		['no files', PUBLIC.captioner],
		['masks, too', PUBLIC.segmenter],
	])('puts out the files of each node, where the last one gives %s', async (_what, last) => {
		platform.emulator.addModel('cutter', { model_type_id: 'visual-segmenter' });
		platform.emulator.addTrainedVersion('cutter');
		const own = { user_id: DEMO.userId, app_id: DEMO.appId };
		platform.emulator.addWorkflows(1, {
			id: 'cut',
			nodes: [
				node('cut', PUBLIC.segmenter),
				{ id: 'own', model: { id: 'cutter', ...own } },
				node('end', last),
			],
		});
		const asked = { predictWith: 'workflow', workflow: locate('id', 'cut') };

		const raw = await ask({}, { ...asked, simplify: false });
		const { json, binary } = await ask({}, asked);

		type Said = Array<{ data: { regions?: Array<{ region_info: Message }> } }>;
		const masks = (raw.json.outputs as Said).map(({ data }) =>
			(data.regions ?? []).map(({ region_info }) => region_info.mask.image.base64 as string),
		);
		const names = (json.outputs as Shown[]).map(namesOfMasks);
		expect(masks[0].length * masks[1].length).toBeGreaterThan(0);
		expect(names.map((each) => each.map((name) => binary?.[name].data))).toEqual(masks);
		expect(Object.keys(binary ?? {}).sort()).toEqual(names.flat().sort());
		expect(namesOfMasks(json as Shown)).toEqual(names[2]);
		expect(names[2].slice(0, 1)).toEqual(masks[2].length > 0 ? ['mask'] : []);
	});

	it('takes the limits on concepts, too', async () => {
		platform.emulator.addWorkflows(1, { id: 'see', nodes: [node('see', PUBLIC.classifier)] });

		const { json } = await ask(
			{},
			{
				predictWith: 'workflow',
				workflow: locate('id', 'see'),
				options: { maxConcepts: 2 },
			},
			withFile(inMemory(png('z'))),
		);

		expect(json.concepts).toHaveLength(2);
	});
});
