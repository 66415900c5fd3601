import { merge, patchData } from '../../emulator/inputPatch.mts';
import type { Message } from '../../emulator/message.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ processingSeconds: 0 });

const box = (top_row: number) => ({
	region_info: { bounding_box: { top_row, left_col: 0, bottom_row: 1, right_col: 1 } },
});

/** An input with a label of every kind. */
async function postLabelled() {
	const { json } = await clarifai.client.post('/inputs', {
		inputs: [
			{
				id: 'a',
				data: {
					image: { url: 'https://samples.clarifai.com/puppy.jpeg' },
					concepts: [
						{ id: 'dog', value: 1 },
						{ id: 'cat', value: 0 },
					],
					regions: [{ id: 'r1', ...box(0.1), data: { concepts: [{ id: 'tail' }] } }],
					metadata: { key1: 123, key2: { inner1: 'a', inner2: 'b' } },
					geo: { geo_point: { longitude: 55, latitude: 66 } },
				},
			},
		],
	});
	return json;
}

async function patch(action: string, data: Message, id = 'a') {
	await postLabelled();
	clarifai.emulator.clock.advance(1000);
	return await clarifai.client.patch('/inputs', { action, inputs: [{ id, data }] });
}

const labels = ({ concepts = [] }: Message) =>
	(concepts as Message[]).map(({ id, value }) => `${id} ${value}`);

async function patched(action: string, data: Message) {
	const { json } = await patch(action, data);
	expect(json.inputs[0].status.code).toBe(30200);
	const { input } = (await clarifai.client.get('/inputs/a')).json;
	expect(input.status.code).toBe(30000);
	expect(input.data.image.url).toBe('https://samples.clarifai.com/puppy.jpeg');
	expect(Date.parse(input.modified_at)).toBeGreaterThan(Date.parse(input.created_at));
	return input.data as Message;
}

describe('merge', () => {
	test('adds and changes labels, and leaves the others', async () => {
		const data = await patched('merge', {
			concepts: [
				{ id: 'cat', value: 1 },
				{ id: 'new', value: 1 },
			],
			regions: [{ id: 'r1', data: { concepts: [{ id: 'ear' }] } }, box(0.2)],
			metadata: { key2: { inner2: 'c' }, key3: [1] },
			geo: { geo_point: { longitude: 77, latitude: 88 } },
		});
		expect(labels(data)).toEqual(['dog 1', 'cat 1', 'new 1']);
		expect(data.regions).toMatchObject([
			{ id: 'r1', ...box(0.1), data: { concepts: [{ id: 'tail' }, { id: 'ear' }] } },
			{ id: expect.any(String), ...box(0.2) },
		]);
		expect(data.metadata).toEqual({ key1: 123, key2: { inner1: 'a', inner2: 'c' }, key3: [1] });
		expect(data.geo).toEqual({ geo_point: { longitude: 77, latitude: 88 } });
		expect((await clarifai.client.get('/concepts/ear')).code).toBe(10000);
	});
});

describe('overwrite', () => {
	test('replaces everything but the medium', async () => {
		const data = await patched('overwrite', {
			concepts: [{ id: 'ferrari', value: 1 }],
			metadata: { foo: 'bar' },
		});
		expect(labels(data)).toEqual(['ferrari 1']);
		expect(data.metadata).toEqual({ foo: 'bar' });
		expect(data).not.toHaveProperty('regions');
		expect(data).not.toHaveProperty('geo');
	});
});

describe('remove', () => {
	test('takes away what is named, and creates no concepts', async () => {
		const data = await patched('remove', {
			concepts: [{ id: 'dog' }, { id: 'unheard-of' }],
			regions: [{ id: 'r1' }],
			metadata: { key2: { inner1: true } },
			geo: { geo_point: { longitude: 55, latitude: 66 } },
		});
		expect(labels(data)).toEqual(['cat 0']);
		expect(data.regions ?? []).toEqual([]);
		expect(data.metadata).toEqual({ key1: 123, key2: { inner2: 'b' } });
		expect(data).not.toHaveProperty('geo');
		expect((await clarifai.client.get('/concepts/unheard-of')).code).toBe(11101);
	});
});

describe('refused', () => {
	test('an input that does not exist, but not the other one', async () => {
		await postLabelled();
		const concepts = [{ id: 'new' }];
		const { json } = await clarifai.client.patch('/inputs', {
			action: 'merge',
			inputs: [
				{ id: 'none', data: { concepts } },
				{ id: 'a', data: { concepts } },
			],
		});
		expect(json).toMatchObject({
			status: { code: 10010 },
			inputs: [
				{ id: 'none', status: { code: 30102 } },
				{ id: 'a', status: { code: 30200 } },
			],
		});
	});

	test.each<[string, string, Message, number]>([
		['an unknown action', 'delete', {}, 39999],
		['a concept ID with a space', 'merge', { concepts: [{ id: 'a b' }] }, 10020],
	])('%s', async (_name, action, data, code) => {
		expect(await patch(action, data)).toMatchObject({ http: 400, code });
		expect(labels((await clarifai.client.get('/inputs/a')).json.input.data)).toEqual([
			'dog 1',
			'cat 0',
		]);
	});
});

/** A is patched into B: the examples of the documentation's page on patching. */
describe('the documented examples', () => {
	test.each<[Message, Message, Message]>([
		[{ blah: true }, { a: [1, 2, 3] }, { a: [1, 2, 3], blah: true }],
		[{ a: [{ id: '1' }] }, { a: [{ id: '2' }] }, { a: [{ id: '2' }, { id: '1' }] }],
		[
			{ a: [{ id: '1', hey: true }], blah: 1 },
			{ a: [{ id: '1', foo: 'bar', hey: false }, { id: '2' }], blah: 'string' },
			{ a: [{ id: '1', foo: 'bar', hey: true }, { id: '2' }], blah: 1 },
		],
		[{ key1: true }, { key1: { key2: 'value2' } }, { key1: true }],
		[
			{ key1: { key2: { key4: 'value4' } } },
			{ key1: { key2: 'value2', key3: 'value3' } },
			{ key1: { key2: { key4: 'value4' }, key3: 'value3' } },
		],
		[
			{ key1: { key2: {} } },
			{ key1: { key2: 'value2', key3: 'value3' } },
			{ key1: { key2: {}, key3: 'value3' } },
		],
		[{ key1: { key2: null } }, { key1: { key2: 'value2' } }, { key1: { key2: 'value2' } }],
		[{ key1: [] }, { key1: { key2: 'value2' } }, { key1: [] }],
	])('merge %j into %j', (patch, old, result) => {
		expect(merge(old, patch)).toEqual(result);
	});

	test.each<[Message, Message, Message]>([
		[
			{ a: [{ id: '1' }], blah: 1 },
			{ a: [{ id: '2' }, { id: '3' }, { id: '1' }], blah: 'string' },
			{ a: [{ id: '2' }, { id: '3' }], blah: 1 },
		],
		[{ key1: { key2: true } }, { key1: { key2: 'value2' } }, { key1: {} }],
		[{ key1: true }, { key1: { key2: 'value2' }, key4: ['a'] }, { key4: ['a'] }],
		[
			{ key1: { key2: false, key3: true } },
			{ key1: { key2: 'value2', key3: 'value3' } },
			{ key1: { key2: false } },
		],
		[{ key1: {} }, { key1: { key2: 'value2' } }, { key1: { key2: 'value2' } }],
		[{ key1: { key2: null } }, { key1: { key2: 'value2' } }, { key1: { key2: 'value2' } }],
	])('remove %j from %j', (patch, old, result) => {
		expect(patchData('remove', old, patch)).toEqual(result);
	});

	test('overwrite', () => {
		const old = { a: [{ id: '2' }], blah: 'string', foo: 'bar' };
		expect(patchData('overwrite', old, { blah: 1 })).toEqual({ blah: 1 });
	});
});
