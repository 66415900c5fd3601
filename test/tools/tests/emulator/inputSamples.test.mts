import { readFileSync } from 'node:fs';
import type { Message } from '../../emulator/message.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

/**
 * Answers about inputs beside published ones: whatever is in those is in the emulator's, of the same
 * type, and their statuses are the same.
 */

const clarifai = useEmulator();

const image = (n: number) => ({ url: `https://samples.clarifai.com/${n}.jpg` });
const geo = { geo_point: { longitude: 55, latitude: 66 } };

const post = async (...data: Message[]) =>
	(await clarifai.client.post('/inputs', { inputs: data.map((one) => ({ data: one })) })).json;

function expectLike(answer: Message, sample: string) {
	const file = new URL(`../../emulator/data/samples/${sample}.json`, import.meta.url);
	const published = JSON.parse(readFileSync(file, 'utf8')) as Message;
	expect(shapeOf(answer)).toMatchObject(shapeOf(published) as Message);
}

function shapeOf(value: unknown, key = ''): unknown {
	if (Array.isArray(value)) return value.map((entry) => shapeOf(entry));
	if (typeof value !== 'object' || value === null) {
		return key === 'code' || key === 'description' ? value : typeof value;
	}
	return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one, name)]));
}

test('posted', async () => {
	expectLike(await post({ image: image(1), geo }, { image: image(2) }), 'inputs-post');
});

test('posted with concepts', async () => {
	const concepts = [
		{ id: 'charlie', value: 1 },
		{ id: 'our_wedding', value: 0 },
	];
	const answer = await post(
		{ image: image(1), concepts },
		{ image: image(2), concepts: [...concepts, { id: 'cat', value: 0 }] },
	);
	expectLike(answer, 'inputs-post-concepts');
	expect(answer.inputs[0].data.concepts).toEqual([
		{ id: 'charlie', name: 'charlie', value: 1, app_id: 'demo-app' },
		{ id: 'our_wedding', name: 'our_wedding', value: 0, app_id: 'demo-app' },
	]);
});

test('got', async () => {
	const { inputs } = await post({ image: image(1), geo });
	clarifai.emulator.clock.advance(60_000);
	expectLike((await clarifai.client.get(`/inputs/${inputs[0].id}`)).json, 'input-get');
});

test('patched', async () => {
	const { inputs } = await post({ image: image(1) });
	const concepts = [1, 1, 0, 0].map((value, index) => ({ id: `concept-${index}`, value }));
	const patch = { action: 'merge', inputs: [{ id: inputs[0].id, data: { concepts } }] };
	expectLike((await clarifai.client.patch('/inputs', patch)).json, 'inputs-patch-merge');
});

test('counted', async () => {
	expectLike((await clarifai.client.get('/inputs/status')).json, 'inputs-status');
});

test('deleted', async () => {
	const { json } = await clarifai.client.send('DELETE', '/inputs', { ids: ['input-1'] });
	expectLike(json, 'inputs-delete');
});
