import { inflateSync } from 'node:zlib';
import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';
import { png, region } from './labelledData.mts';
import { missingFrom, sample } from './samples.mts';

/** What each type of model puts into its outputs. */

const clarifai = useEmulator();

const IMAGE = { image: { base64: png('tom') } };
const GONE = [
	'output_info',
	'display_name',
	'train_stats',
	'description: ',
	'image.url',
	'video.url',
];

/** The data of the output of a model of clarifai/main. */
async function askPublic(modelId: string, data: Message, body: Message = {}) {
	const path = `/v2/users/clarifai/apps/main/models/${modelId}/outputs`;
	const { json } = await clarifai.client.post(path, { inputs: [{ data }], ...body });
	return json.outputs[0] as Message;
}

/** The answer of a model of a type, made for this, in the demo app. */
async function ask(modelTypeId: string, data: Message, body: Message = {}) {
	clarifai.emulator.addModel('m', { model_type_id: modelTypeId });
	clarifai.emulator.addTrainedVersion('m');
	const { json } = await clarifai.client.post('/models/m/outputs', { inputs: [{ data }], ...body });
	return json as Message;
}

/** Width, height and pixels of a gray PNG. */
function readPng(base64: string) {
	const bytes = Buffer.from(base64, 'base64');
	expect(bytes.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
	const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
	const start = bytes.indexOf('IDAT');
	const rows = inflateSync(bytes.subarray(start + 4, start + 4 + bytes.readUInt32BE(start - 4)));
	const bytesInRow = rows.length / height;
	const pixels = Array.from({ length: height }, (_none, row) => [
		...rows.subarray(row * bytesInRow + 1, (row + 1) * bytesInRow),
	]).flat();
	return { width, height, pixels };
}

describe('regions', () => {
	beforeEach(() => {
		clarifai.emulator.addLabelledInputs(DEMO.datasetId, [
			{
				base64: png('tom'),
				regions: [region('cat', [0.25, 0.25, 0.75, 0.75]), region('dog', [0, 0, 0.25, 0.25])],
			},
		]);
	});

	test('of a detector are those it has learned, a little displaced', async () => {
		const json = await ask('visual-detector', IMAGE);
		const regions: Message[] = json.outputs[0].data.regions;
		expect(regions.map(({ data }) => data.concepts[0].name).sort()).toEqual(['cat', 'dog']);
		const { bounding_box: box } = regions.find(
			({ data }) => data.concepts[0].name === 'cat',
		)!.region_info;
		expect(box.top_row).toBeCloseTo(0.25, 1);
		expect(box.right_col).toBeCloseTo(0.75, 1);
		expect(missingFrom(json, sample('outputs-detector'), GONE)).toEqual([]);
	});

	test('of a detector go by the settings of the call', async () => {
		const select_concepts = [{ id: 'dog' }];
		const json = await ask('visual-detector', IMAGE, {
			model: { output_info: { output_config: { select_concepts } } },
		});
		expect(json.outputs[0].data.regions).toHaveLength(1);
	});

	test('of a segmenter are masks, with their share of the picture', async () => {
		const json = await ask('visual-segmenter', IMAGE);
		const [cat, dog] = json.outputs[0].data.regions as [Message, Message];
		expect([cat.data.concepts[0].name, dog.data.concepts[0].name]).toEqual(['cat', 'dog']);
		for (const { region_info, data } of [cat, dog]) {
			const { width, height, pixels } = readPng(region_info.mask.image.base64);
			expect(pixels).toHaveLength(width * height);
			const share = pixels.filter((pixel) => pixel === 255).length / pixels.length;
			expect(data.concepts[0].value).toBeCloseTo(share, 5);
		}
		expect(cat.data.concepts[0].value).toBeCloseTo(0.25, 1);
	});
});

test('an embedder gives a vector of length 1, the same for the same content', async () => {
	const vectorOf = async (data: Message) =>
		(await askPublic(DEMO.publicModels.embedder, data)).data.embeddings[0].vector as number[];
	const vector = await vectorOf(IMAGE);
	expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
	expect(await vectorOf(IMAGE)).toEqual(vector);
	expect(await vectorOf({ image: { base64: png('rex') } })).not.toEqual(vector);
	const json = await ask('visual-embedder', IMAGE);
	expect(json.outputs[0].data.embeddings[0].num_dimensions).toBe(vector.length);
	expect(missingFrom(json, sample('outputs-embedder'), GONE)).toEqual([]);
});

test('an anomaly heatmap comes with concepts', async () => {
	const { data } = (await ask('visual-anomaly-heatmap', IMAGE)).outputs[0];
	expect(data.concepts.length).toBeGreaterThan(0);
	expect(readPng(data.heatmaps[0].base64).pixels.length).toBeGreaterThan(0);
});

test('a language model answers the prompt, within max_tokens, and counts', async () => {
	const prompt = { text: { raw: 'Who sells sea shells' } };
	const output = await askPublic(DEMO.publicModels.llm, prompt);
	expect(output.data.text.raw).toContain('Who sells sea shells');
	expect(output.prompt_tokens).toBe(4);
	const short = await askPublic(DEMO.publicModels.llm, prompt, {
		model: { model_version: { output_info: { params: { max_tokens: 3, temperature: 0.5 } } } },
	});
	expect(short.data.text.raw.split(' ')).toHaveLength(3);
	expect(short.completion_tokens).toBe(3);
});

test('a captioner says what is in the picture', async () => {
	const classified = await askPublic(DEMO.publicModels.classifier, IMAGE);
	const { data } = await askPublic(DEMO.publicModels.captioner, IMAGE);
	expect(data.text.raw).toBe(`a photo of ${classified.data.concepts[0].name}`);
});

test('a reader of texts gives them in regions', async () => {
	const { data } = await askPublic(DEMO.publicModels.ocr, IMAGE);
	expect(data.regions[0]).toMatchObject({
		region_info: { bounding_box: { top_row: expect.any(Number) } },
		data: { text: { raw: expect.any(String) } },
	});
});

test('an image generator draws a picture, another one for another prompt', async () => {
	const draw = async (raw: string) =>
		(await askPublic(DEMO.publicModels.imageGenerator, { text: { raw } })).data.image
			.base64 as string;
	const picture = await draw('a cat');
	expect(readPng(picture)).toMatchObject({ width: 32, height: 32 });
	expect(await draw('a cat')).toBe(picture);
	expect(await draw('a dog')).not.toBe(picture);
});

test('colors have names and shares', async () => {
	const { data } = await askPublic(DEMO.publicModels.color, IMAGE);
	expect(data.colors[0]).toEqual({
		raw_hex: expect.stringMatching(/^#[0-9a-f]{6}$/),
		w3c: { hex: expect.stringMatching(/^#/), name: expect.any(String) },
		value: 0.6,
	});
});

test('the regions of a picture are counted', async () => {
	expect((await ask('object-counter', IMAGE)).outputs[0].data.metadata).toEqual({
		object_count: 1,
	});
});

test('a video is answered frame by frame, at the sampling rate of the call', async () => {
	const video = { video: { base64: Buffer.from('moving').toString('base64') } };
	const json = await ask('visual-classifier', video, {
		model: { output_info: { output_config: { sample_ms: 500 } } },
	});
	const { frames } = json.outputs[0].data;
	expect(frames.map(({ frame_info }: Message) => frame_info.time as number)).toEqual([
		0, 500, 1000,
	]);
	expect(frames[0].data.concepts[0]).toMatchObject({ id: expect.any(String) });
	expect(missingFrom(json, sample('outputs-video'), GONE)).toEqual([]);
});

test('a container answers in the form of its own methods when it is asked so', async () => {
	clarifai.emulator.addContainerVersion('llm', { modelTypeId: 'text-to-text' });
	clarifai.emulator.addDeployment('d', 'llm');
	const inputs = [
		{ data: { string_value: 'hello', metadata: { _method_name: 'predict' } } },
		{ data: { parts: [{ id: 'prompt', data: { string_value: 'hello' } }] } },
		{ data: { text: { raw: 'hello' } } },
	];
	const { json } = await clarifai.client.post('/models/llm/outputs', { inputs });
	const said = expect.stringContaining('hello');
	expect(json.outputs.map(({ data }: Message) => data as Message)).toEqual([
		{ string_value: said },
		{ parts: [{ id: 'return', data: { string_value: said } }] },
		{ text: { raw: said } },
	]);
});
