import { crc32, inflateRawSync } from 'node:zlib';
import { binaryToJson } from '../../emulator/jsonToProtobuf.mts';
import type { Message } from '../../emulator/message.mts';
import { loadProtos } from '../../emulator/protos.mts';
import { DEMO } from '../../emulator/emulator.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ datasetVersionSeconds: 10, processingSeconds: 0 });

const SECOND = 1000;

const create = (version: Message = {}, dataset = 'd') =>
	clarifai.client.post(`/datasets/${dataset}/versions`, { dataset_versions: [version] });

const get = async (id = 'v') =>
	(await clarifai.client.get(`/datasets/d/versions/${id}`)).json.dataset_version as Message;

const counts = async (id = 'v') => (await get(id)).metrics.train as Message;

beforeEach(() => {
	clarifai.emulator.addLabelledInputs('d', [
		{ id: 'a', url: 'https://a.example/a', concepts: ['cat'] },
		{ id: 'b', url: 'https://a.example/b', concepts: ['cat', 'dog'], metadata: { a: 1 } },
		{
			id: 'c',
			url: 'https://a.example/c',
			negativeConcepts: ['dog'],
			regions: [
				{
					region_info: {
						bounding_box: { top_row: 0, left_col: 0, bottom_row: 1, right_col: 1 },
					},
					data: { concepts: [{ id: 'dog', value: 1 }] },
				},
			],
		},
		{ id: 'unlabelled', url: 'https://a.example/u' },
	]);
});

describe('making a version', () => {
	test('goes from pending over in progress to ready', async () => {
		const { json } = await create({ id: 'v', description: 'x', metadata: { a: 1 } });
		expect(json.dataset_versions).toMatchObject([
			{
				id: 'v',
				dataset_id: 'd',
				status: { code: 64005 },
				description: 'x',
				metadata: { a: 1 },
				request_origin: 1,
			},
		]);
		expect(json.dataset_versions[0]).not.toHaveProperty('metrics');
		clarifai.emulator.clock.advance(5 * SECOND);
		expect((await get()).status.code).toBe(64010);
		clarifai.emulator.clock.advance(5 * SECOND);
		expect(await get()).toMatchObject({
			status: { code: 64015 },
			metrics: {
				train: {
					inputs_count: '4',
					unlabeled_inputs_count: '1',
					inputs_with_metadata_count: '1',
					bounding_boxes_count: '1',
					positive_input_tags_count: '3',
					positive_region_tags_count: '1',
				},
			},
		});
	});

	test('gives an ID when there is none', async () => {
		const { json } = await create();
		expect(json.dataset_versions[0].id).toMatch(/^[0-9a-f]{32}$/);
	});

	test.each([64020, 64025])('fails as planned with %i', async (outcome) => {
		clarifai.emulator.planDatasetVersion('d', { outcome, details: 'no space', seconds: 3 });
		await create({ id: 'v' });
		clarifai.emulator.clock.advance(3 * SECOND);
		expect((await get()).status).toMatchObject({ code: outcome, details: 'no space' });
		expect(await get()).not.toHaveProperty('metrics');
		clarifai.emulator.planDatasetVersion('d', undefined);
		await create({ id: 'w' });
		clarifai.emulator.clock.advance(10 * SECOND);
		expect((await get('w')).status.code).toBe(64015);
	});

	test('never ends, as planned', async () => {
		clarifai.emulator.planDatasetVersion('d', { seconds: Infinity });
		await create({ id: 'v' });
		clarifai.emulator.clock.advance(1e9);
		expect((await get()).status.code).toBe(64005);
	});

	test('refuses an ID twice, an unknown dataset, and what it cannot do', async () => {
		await create({ id: 'v' });
		expect(await create({ id: 'v' })).toMatchObject({ http: 400, code: 40010 });
		expect(await create({}, 'none')).toMatchObject({ http: 404, code: 11101 });
		const predicted = { model_predict_config: { model: { id: 'm' } } };
		expect(await create(predicted)).toMatchObject({ http: 501 });
		expect(await clarifai.client.post('/datasets/d/versions', {})).toMatchObject({ code: 11102 });
	});
});

describe('a version is a frozen copy', () => {
	test('of labels and members as they were', async () => {
		await create({ id: 'v' });
		await clarifai.client.patch('/inputs', {
			action: 'overwrite',
			inputs: [{ id: 'b', data: {} }],
		});
		clarifai.emulator.addLabelledInputs('d', [{ url: 'https://a.example/e', concepts: ['cat'] }]);
		await clarifai.client.delete('/inputs/a');
		clarifai.emulator.clock.advance(60 * SECOND);
		expect(await counts()).toMatchObject({ inputs_count: '4', positive_input_tags_count: '3' });
		await create({ id: 'w' });
		clarifai.emulator.clock.advance(10 * SECOND);
		expect(await counts('w')).toMatchObject({ inputs_count: '4', positive_input_tags_count: '1' });
	});

	test('of processed inputs alone', async () => {
		clarifai.emulator.planInput('late', { seconds: 60 });
		clarifai.emulator.planInput('bad', { outcome: 30002 });
		await clarifai.client.post('/inputs', {
			inputs: ['late', 'bad', 'good'].map((id) => ({
				id,
				dataset_ids: ['d'],
				data: { text: { raw: id } },
			})),
		});
		await create({ id: 'v' });
		clarifai.emulator.clock.advance(100 * SECOND);
		expect((await counts()).inputs_count).toBe('5');
	});

	test('of labelled inputs, on request', async () => {
		await create({ id: 'v', annotation_filter_config: { ignore_empty_inputs: true } });
		clarifai.emulator.clock.advance(10 * SECOND);
		expect(await counts()).toMatchObject({ inputs_count: '3', unlabeled_inputs_count: '0' });
	});
});

test('versions are listed newest first, also by their origin, and deleted', async () => {
	for (const id of ['v', 'w']) {
		await create({ id });
		clarifai.emulator.clock.advance(SECOND);
	}
	const list = async (query = '') => {
		const { json } = await clarifai.client.get(`/datasets/d/versions${query}`);
		return (json.dataset_versions as Message[]).map(({ id }) => id as string);
	};
	expect(await list()).toEqual(['w', 'v']);
	expect(await list('?per_page=1&page=2')).toEqual(['v']);
	expect(await list('?request_origins=2')).toEqual([]);
	expect((await clarifai.client.get('/datasets/d')).json.dataset.version.id).toBe('w');

	const body = { dataset_version_ids: ['w'] };
	expect((await clarifai.client.send('DELETE', '/datasets/d/versions', body)).code).toBe(10000);
	expect(await list()).toEqual(['v']);
	expect(await clarifai.client.get('/datasets/d/versions/w')).toMatchObject({ code: 11101 });
});

test('metrics in groups', async () => {
	await create({ id: 'v' });
	const groups = async (query = '') => {
		const { json } = await clarifai.client.get(`/datasets/d/versions/v/metrics${query}`);
		const found = json.dataset_version_metrics_groups as Message[];
		return found.map(
			({ type, value, metrics }) => [type, value, metrics.inputs_count] as unknown[],
		);
	};
	expect(await groups()).toEqual([]);
	clarifai.emulator.clock.advance(10 * SECOND);
	expect(await groups('?types=CONCEPT_ID')).toEqual([
		[10, 'cat', '2'],
		[10, 'dog', '2'],
	]);
	expect(await groups()).toEqual(
		expect.arrayContaining([
			[2, 'images', '4'],
			[11, 1, '2'],
			[11, 2, '1'],
			[11, 0, '1'],
		]),
	);
});

describe('exports', () => {
	const put = async (...formats: number[]) => {
		const exports = formats.map((format) => ({ format }));
		const { json } = await clarifai.client.send('PUT', '/datasets/d/versions/v/exports', {
			exports,
		});
		return json.exports as Message[];
	};

	async function archive(url: string) {
		const response = await fetch(url, { headers: { authorization: `Key ${DEMO.pat}` } });
		return Buffer.from(await response.arrayBuffer());
	}

	test('are asked for again until they are done', async () => {
		await create({ id: 'v' });
		expect(await put(3)).toMatchObject([{ format: 3, status: { code: 64201 } }]);
		clarifai.emulator.clock.advance(5 * SECOND);
		expect(await put(3)).toMatchObject([{ format: 3, status: { code: 64203 } }]);
		clarifai.emulator.clock.advance(5 * SECOND);
		const [done] = await put(3);
		expect(done).toMatchObject({ format: 3, status: { code: 64200 } });
		expect((await get()).export_info).toEqual({ clarifai_data_json: done });
		const file = await archive(done!.url as string);
		expect(done!.size).toBe(String(file.length));
	});

	test('are for who may read the app', async () => {
		await create({ id: 'v' });
		await put(3);
		clarifai.emulator.clock.advance(10 * SECOND);
		const [{ url }] = (await put(3)) as [Message];
		expect((await fetch(url as string)).status).toBe(401);
		const other = url.replace('/versions/v/', '/versions/none/') as string;
		const headers = { authorization: `Key ${DEMO.pat}` };
		expect((await fetch(other, { headers })).status).toBe(404);
	});

	test('hold the frozen inputs, as JSON and as protobuf', async () => {
		await create({ id: 'v' });
		await put(1, 3);
		clarifai.emulator.clock.advance(10 * SECOND);
		const [binary, json] = await put(1, 3);
		const jsonFiles = unzip(await archive(json!.url as string));
		expect(jsonFiles.mimetype!.toString()).toBe('application/x.clarifai-data+json');
		const { inputs } = JSON.parse(jsonFiles['batch-0.json']!.toString()) as Message;
		expect(inputs.map(({ id }: Message) => id as string)).toEqual(['a', 'b', 'c', 'unlabelled']);
		expect(inputs[1]).toEqual({
			id: 'b',
			data: {
				image: expect.objectContaining({ url: 'https://a.example/b' }),
				concepts: [
					{ id: 'cat', name: 'cat', value: 1, app_id: DEMO.appId },
					{ id: 'dog', name: 'dog', value: 1, app_id: DEMO.appId },
				],
				metadata: { a: 1 },
			},
		});

		const binaryFiles = unzip(await archive(binary!.url as string));
		expect(binaryFiles.mimetype!.toString()).toBe('application/x.clarifai-data+protobuf');
		const decoded = binaryToJson(loadProtos().type('InputBatch'), binaryFiles['batch-0.pb']!);
		expect(decoded.inputs).toMatchObject([{ id: 'a' }, { id: 'b' }, { id: 'c' }, {}]);
	});

	test('of other formats are not implemented', async () => {
		await create({ id: 'v' });
		const body = { exports: [{ format: 2 }] };
		const reply = await clarifai.client.send('PUT', '/datasets/d/versions/v/exports', body);
		expect(reply).toMatchObject({ http: 501 });
	});
});

/** The files of a ZIP archive by the entries of its directory, as every program reads them. */
function unzip(archive: Buffer): Record<string, Buffer> {
	const files: Record<string, Buffer> = {};
	const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
	let entry = archive.readUInt32LE(end + 16);
	for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
		expect(archive.toString('latin1', entry, entry + 4)).toBe('PK\x01\x02');
		const nameEnd = entry + 46 + archive.readUInt16LE(entry + 28);
		const name = archive.toString('utf8', entry + 46, nameEnd);
		const local = archive.readUInt32LE(entry + 42);
		expect(archive.toString('latin1', local, local + 4)).toBe('PK\x03\x04');
		const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
		const file = inflateRawSync(archive.subarray(start, start + archive.readUInt32LE(entry + 20)));
		expect(file.length).toBe(archive.readUInt32LE(entry + 24));
		expect(crc32(file)).toBe(archive.readUInt32LE(entry + 16));
		files[name] = file;
		entry = nameEnd;
	}
	return files;
}
