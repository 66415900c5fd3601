import { contentKey } from '../../emulator/content.mts';
import { DEMO } from '../../emulator/emulator.mts';
import { labelledInputs } from '../../emulator/labelledInputs.mts';
import type { Message } from '../../emulator/message.mts';
import { TEMPLATE } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ processingSeconds: 10, trainingSeconds: 10 });

const url = (id: string) => `https://a.example/${id}`;
const region = { region_info: {}, data: { concepts: [{ id: 'tail', value: 1 }] } };

const give = () =>
	clarifai.emulator.addLabelledInputs('d', [
		{ id: 'a', url: url('a'), concepts: ['cat'], negativeConcepts: ['dog'] },
		{ id: 'b', url: url('b'), regions: [region] },
		{ id: 'unlabelled', url: url('u') },
	]);

const idsOf = (...place: [string?, string?]) =>
	labelledInputs(clarifai.emulator.app(), ...place).map(({ id }) => id);

test('of a dataset, with their content and labels', () => {
	give();
	expect(labelledInputs(clarifai.emulator.app(), 'd')).toMatchObject([
		{
			id: 'a',
			content: contentKey({ image: { url: url('a') } }),
			positive: ['cat'],
			negative: ['dog'],
			regions: [],
		},
		{ id: 'b', positive: [], negative: [], regions: [{ data: { concepts: [{ id: 'tail' }] } }] },
	]);
});

test('of a version, as they were then', async () => {
	give();
	const body = { dataset_versions: [{ id: 'v' }] };
	await clarifai.client.post('/datasets/d/versions', body);
	await clarifai.client.patch('/inputs', { action: 'overwrite', inputs: [{ id: 'a', data: {} }] });
	clarifai.emulator.addLabelledInputs('d', [{ id: 'c', url: url('c'), concepts: ['dog'] }]);
	expect(idsOf('d')).toEqual(['b', 'c']);
	expect(idsOf('d', 'v')).toEqual(['a', 'b']);
});

test('of the whole app, once they are processed', async () => {
	const inputs = [{ id: 'new', data: { image: { url: url('new') }, concepts: [{ id: 'cat' }] } }];
	await clarifai.client.post('/inputs', { inputs });
	expect(idsOf()).toHaveLength(1200);
	clarifai.emulator.clock.advance(10_000);
	expect(idsOf()).toHaveLength(1201);
});

test('of what does not exist', () => {
	expect(idsOf('none')).toEqual([]);
	expect(idsOf(DEMO.datasetId, 'none')).toEqual([]);
	expect(idsOf(DEMO.datasetId, DEMO.datasetVersionId)).toHaveLength(1200);
});

describe('trainings learn from them', () => {
	async function outcomeOf(params: Message, concepts: string[]) {
		const versionId = await clarifai.client.train('m', {
			train_info: { params: { template: TEMPLATE, ...params } },
			output_info: { data: { concepts: concepts.map((id) => ({ id })) } },
		});
		clarifai.emulator.clock.advance(10_000);
		return (await clarifai.client.version('m', versionId)).status as Message;
	}

	test.each<[string, string[], number]>([
		['a label of an input', ['cat'], 21100],
		['a label of a region', ['tail'], 21100],
		['a negative label alone', ['cat', 'dog'], 21111],
		['no label', ['ferrari'], 21111],
	])('%s', async (_name, concepts, code) => {
		give();
		expect((await outcomeOf({ dataset_id: 'd' }, concepts)).code).toBe(code);
	});

	test('a concept that has its labels in another version', async () => {
		give();
		await clarifai.client.post('/datasets/d/versions', { dataset_versions: [{ id: 'v' }] });
		clarifai.emulator.addLabelledInputs('d', [{ url: url('f'), concepts: ['ferrari'] }]);
		const inVersion = { dataset_id: 'd', dataset_version_id: 'v' };
		expect(await outcomeOf(inVersion, ['cat', 'ferrari'])).toMatchObject({
			code: 21111,
			details: 'no positive examples for: ferrari',
		});
		expect((await outcomeOf({ dataset_id: 'd' }, ['cat', 'ferrari'])).code).toBe(21100);
	});

	test('concepts that a test has put in', async () => {
		clarifai.emulator.addConcepts(['bird']);
		expect((await outcomeOf({}, ['bird', 'cat'])).code).toBe(21100);
		expect((await outcomeOf({}, ['typo', 'cat'])).code).toBe(21111);
	});

	test('an empty dataset', async () => {
		clarifai.emulator.addDataset('empty', { inputCount: 0 });
		expect((await outcomeOf({ dataset_id: 'empty' }, ['cat'])).code).toBe(21110);
	});
});
