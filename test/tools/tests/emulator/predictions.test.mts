import { DEMO } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { checkInputs, MAX_MODEL_INPUTS } from '../../emulator/predictions/limits.mts';
import { TestClient } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';
import { png } from './labelledData.mts';
import { missingFrom, sample } from './samples.mts';

const clarifai = useEmulator();

const imageOf = (name: string) => ({ data: { image: { base64: png(name) } } });
const urlInput = (url: string) => ({ data: { image: { url } } });
const images = (count: number) =>
	Array.from({ length: count }, (_none, index) => imageOf(`i${index}`));

/** Predicts with the newest version of a model of the demo app, or with what the body selects. */
const predict = (inputs: Message[], body: Message = {}, path = '/models/m/outputs') =>
	clarifai.client.post(path, { inputs, ...body });

const topOf = ({ data }: Message) => data.concepts[0] as Message;

/** The names of the highest concepts of an answer's outputs. */
const topNames = (json: Message) =>
	(json.outputs as Message[]).map((output) => topOf(output).name as string);

/** What samples of 2019 have and answers of today have not, and texts of one capture. */
const GONE = ['output_info', 'display_name', 'train_stats', 'description: ', 'req_id'];

describe('a version that was trained', () => {
	beforeEach(() => {
		clarifai.emulator.addLabelledInputs(DEMO.datasetId, [
			{ base64: png('tom'), concepts: ['cat'] },
			{ base64: png('rex'), concepts: ['dog'] },
			{ base64: png('both'), concepts: ['dog', 'cat'] },
			{ base64: png('neither'), negativeConcepts: ['dog', 'outdoors', 'ferrari'] },
		]);
	});

	test('answers with the labels that it has learned', async () => {
		clarifai.emulator.addTrainedVersion('m');
		const { code, json } = await predict(['tom', 'rex', 'neither'].map(imageOf));
		expect(code).toBe(10000);
		expect(topNames(json)).toEqual(['cat', 'dog', 'cat']);
		const { json: two } = await predict([imageOf('both')]);
		const sure = two.outputs[0].data.concepts.filter(({ value }: Message) => value > 0.5);
		expect(sure.map(({ id }: Message) => id as string).sort()).toEqual(['cat', 'dog']);
	});

	test('learns the labels of its dataset, and only the concepts that it was told', async () => {
		clarifai.emulator.addLabelledInputs('other', [{ base64: png('tom'), concepts: ['dog'] }]);
		clarifai.emulator.addTrainedVersion('m', {
			train_info: { params: { dataset_id: DEMO.datasetId } },
			output_info: { data: { concepts: [{ id: 'cat' }, { id: 'outdoors' }] } },
		});
		const { json } = await predict([imageOf('tom')]);
		const concepts: Message[] = json.outputs[0].data.concepts;
		expect(concepts.map(({ id }) => id as string)).toEqual(['cat', 'outdoors']);
	});

	test('does not know labels that come later; the next version does', async () => {
		const [old] = [clarifai.emulator.addTrainedVersion('m')];
		const guess = topNames((await predict([imageOf('new')])).json)[0]!;
		const right = guess === 'dog' ? 'cat' : 'dog';
		clarifai.emulator.addLabelledInputs(DEMO.datasetId, [
			{ base64: png('new'), concepts: [right] },
		]);
		clarifai.emulator.addTrainedVersion('m');
		const byOld = await predict(
			[imageOf('new')],
			{},
			`/models/m/versions/${old!.message.id}/outputs`,
		);
		expect(topNames(byOld.json)).toEqual([guess]);
		expect(topNames((await predict([imageOf('new')])).json)).toEqual([right]);
	});

	test('guesses what it has not seen, always the same, and not all alike', async () => {
		clarifai.emulator.addTrainedVersion('m');
		const inputs = images(30);
		const once = topNames((await predict(inputs)).json);
		expect(topNames((await predict(inputs)).json)).toEqual(once);
		expect(new Set(once).size).toBeGreaterThan(1);
	});

	test('errs as often as is planned, a better version only where a worse one does', async () => {
		const names = Array.from({ length: 100 }, (_none, index) => `cat-${index}`);
		const versionIds = ['good', 'bad'].map(
			() => clarifai.emulator.addTrainedVersion('m').message.id as string,
		);
		const [good, bad] = versionIds as [string, string];
		const labelled = names.map((name) => ({ base64: png(name), concepts: ['cat'] }));
		clarifai.emulator.addLabelledInputs(DEMO.datasetId, labelled);
		clarifai.emulator.planQuality(good, { wrongShare: 0.1 });
		clarifai.emulator.planQuality('m', { wrongShare: 0.4 });
		const wrong = async (versionId: string) => {
			const { json } = await predict(
				names.map(imageOf),
				{},
				`/models/m/versions/${versionId}/outputs`,
			);
			return names.filter((_name, index) => topNames(json)[index] !== 'cat');
		};
		const [ofGood, ofBad] = [await wrong(good), await wrong(bad)];
		expect(ofGood.length).toBeGreaterThan(2);
		expect(ofGood.length).toBeLessThan(20);
		expect(ofBad.length).toBeGreaterThan(28);
		expect(ofBad.length).toBeLessThan(52);
		expect(ofBad).toEqual(expect.arrayContaining(ofGood));
	});

	test('that a pipeline made numbers its concepts, in the order of their sorted IDs', async () => {
		clarifai.emulator.addContainerVersion('m', { concepts: ['outdoors', 'dog', 'cat'] });
		clarifai.emulator.addDeployment('d', 'm');
		const { json } = await predict([imageOf('rex'), imageOf('tom')]);
		expect(json.outputs.map(topOf)).toMatchObject([
			{ id: '1', name: 'dog' },
			{ id: '0', name: 'cat' },
		]);
		const { json: model } = await clarifai.client.get('/models/m/concepts');
		expect(model.concepts.map(({ name }: Message) => name as string)).toEqual([
			'cat',
			'dog',
			'outdoors',
		]);
	});
});

describe('an answer', () => {
	const PUBLIC = `/v2/users/clarifai/apps/main/models`;
	const classify = (body: Message = {}) =>
		predict(
			[urlInput('https://example.com/a.jpg')],
			body,
			`${PUBLIC}/${DEMO.publicModels.classifier}/outputs`,
		);

	test('has the shape of published ones', async () => {
		const { json } = await classify();
		const left = ['req_id', 'is_', 'metadata', 'toolkits', 'recommended', 'modified_at'];
		expect(missingFrom(json, sample('outputs-classifier'), left)).toEqual([]);
	});

	test('shows that there were bytes, never the bytes', async () => {
		clarifai.emulator.addTrainedVersion('m');
		const { json } = await predict([{ id: 'mine', ...imageOf('tom') }]);
		expect(json.outputs[0].input).toEqual({ id: 'mine', data: { image: { base64: 'dHJ1ZQ==' } } });
		expect((await classify()).json.outputs[0].input.data.image).toEqual({
			url: 'https://example.com/a.jpg',
			base64: 'dHJ1ZQ==',
		});
	});

	test('has 20 concepts, sorted, unless others are asked for', async () => {
		const { json } = await classify();
		const values = (concepts: Message[]) => concepts.map(({ value }) => value as number);
		const { concepts } = json.outputs[0].data;
		expect(concepts).toHaveLength(20);
		expect(values(concepts)).toEqual(values(concepts).sort((left, right) => right - left));

		const config = (output_config: Message) => ({ model: { output_info: { output_config } } });
		const few = await classify(config({ max_concepts: 3 }));
		expect(few.json.outputs[0].data.concepts).toEqual(concepts.slice(0, 3));
		const high = await classify(config({ min_value: 0.5 }));
		expect(high.json.outputs[0].data.concepts).toEqual(concepts.slice(0, 1));
		// Where the SDK puts it.
		const bySdk = {
			model: { model_version: { output_info: { output_config: { max_concepts: 3 } } } },
		};
		expect((await classify(bySdk)).json.outputs[0].data.concepts).toHaveLength(3);
		expect((await classify(config({ max_concepts: 201 }))).code).toBe(40001);
	});

	test('has the selected concepts, by name or ID', async () => {
		const select = (...select_concepts: Message[]) =>
			classify({ model: { output_info: { output_config: { select_concepts } } } });
		const { code, json } = await select({ name: 'train' }, { id: 'ai_fvlBqXZR' });
		expect(code).toBe(10000);
		const names = json.outputs[0].data.concepts.map(({ name }: Message) => name as string);
		expect(names.sort()).toEqual(['railway', 'train']);
		expect((await select({ name: 'train' }, { name: 'none' })).code).toBe(10010);
		expect((await select({ name: 'Train' })).code).toBe(40001);
	});
});

describe('what is refused', () => {
	beforeEach(() => clarifai.emulator.addTrainedVersion('m'));

	test.each<[string, Message[], number]>([
		['no input', [], 40001],
		['129 inputs', images(129), 40001],
		[
			'two videos',
			[1, 2].map((n) => ({ data: { video: { url: `https://a.example/${n}` } } })),
			40001,
		],
	])('%s', async (_name, inputs, code) => {
		expect((await predict(inputs)).code).toBe(code);
	});

	test('more than 128 MB in all', () => {
		const base64 = 'A'.repeat(26_000_000);
		const inputs = Array.from({ length: 7 }, () => ({ data: { image: { base64 } } }));
		expect(() => checkInputs(inputs, MAX_MODEL_INPUTS)).toThrow('40033');
		expect(() => checkInputs(inputs.slice(1), MAX_MODEL_INPUTS)).not.toThrow();
	});

	test('128 inputs are taken', async () => {
		expect((await predict(images(128))).json.outputs).toHaveLength(128);
	});

	test('an untrained model, an unknown version, and a type without predictions', async () => {
		clarifai.emulator.addModel('untrained');
		expect((await predict(images(1), {}, '/models/untrained/outputs')).code).toBe(21102);
		expect((await predict(images(1), {}, '/models/m/versions/none/outputs')).code).toBe(21200);
		clarifai.emulator.addModel('c', { model_type_id: 'clusterer' });
		clarifai.emulator.addTrainedVersion('c');
		expect((await predict(images(1), {}, '/models/c/outputs')).http).toBe(501);
	});

	test('public models, for app keys', async () => {
		const keyClient = new TestClient(clarifai.emulator, { token: DEMO.appKey });
		const path = `/v2/users/clarifai/apps/main/models/${DEMO.publicModels.classifier}/outputs`;
		expect((await keyClient.post(path, { inputs: images(1) })).code).not.toBe(10000);
		expect((await keyClient.post('/models/m/outputs', { inputs: images(1) })).code).toBe(10000);
	});
});

describe('bad inputs', () => {
	const NO_IMAGE = { data: { image: { base64: Buffer.from('no image').toString('base64') } } };
	const UNREACHABLE = urlInput('https://pictures.invalid/a.png');
	const codes = (json: Message) => json.outputs.map(({ status }: Message) => status.code as number);

	test('fail alone where the model is no container', async () => {
		clarifai.emulator.addTrainedVersion('m');
		const { http, code, json } = await predict([imageOf('a'), UNREACHABLE, NO_IMAGE]);
		expect({ http, code }).toEqual({ http: 200, code: 10010 });
		expect(codes(json)).toEqual([10000, 30002, 30002]);
		expect(json.outputs[1]).toMatchObject({
			status: { details: '404 Client Error: Not Found for url: https://pictures.invalid/a.png' },
			data: {},
		});
		expect(missingFrom(json, sample('outputs-mixed'), GONE)).toEqual([]);
	});

	test('that are all there is fail the call', async () => {
		clarifai.emulator.addTrainedVersion('m');
		const { code, json } = await predict([UNREACHABLE]);
		expect(code).toBe(10020);
		expect(codes(json)).toEqual([30002]);
		expect(missingFrom(json, sample('outputs-all-failed'), GONE)).toEqual([]);
	});

	test('fail the whole batch of a container, with the reason where it belongs', async () => {
		clarifai.emulator.addContainerVersion('m');
		clarifai.emulator.addDeployment('d', 'm');
		const { code, json } = await predict([imageOf('a'), NO_IMAGE, UNREACHABLE]);
		expect(code).toBe(10020);
		expect(codes(json)).toEqual([10020, 30104, 30002]);
		expect((await predict([imageOf('a')])).code).toBe(10000);
	});

	test('are those without data, of their own format, and too large ones', async () => {
		clarifai.emulator.addTrainedVersion('m');
		const large = Buffer.alloc(20_000_001);
		Buffer.from(png('large'), 'base64').copy(large);
		const inputs = [
			imageOf('a'),
			{ id: 'stored' },
			urlInput('file:///etc/passwd'),
			{ data: { image: { base64: large.toString('base64') } } },
		];
		expect(codes((await predict(inputs)).json)).toEqual([10000, 30104, 30002, 30105]);
	});

	test('can be planned', async () => {
		clarifai.emulator.addTrainedVersion('m');
		clarifai.emulator.planPrediction(imageOf('b').data, {
			code: 30104,
			details: 'cursed',
			times: 1,
		});
		clarifai.emulator.planPrediction(({ image }) => image?.url === 'https://a.example', {
			data: { concepts: [] },
		});
		const inputs = [imageOf('a'), imageOf('b'), urlInput('https://a.example')];
		const { json } = await predict(inputs);
		expect(codes(json)).toEqual([10000, 30104, 10000]);
		expect(json.outputs[1].status.details).toBe('cursed');
		expect(json.outputs[2].data).toEqual({});
		expect(codes((await predict(inputs)).json)).toEqual([10000, 10000, 10000]);
	});
});
