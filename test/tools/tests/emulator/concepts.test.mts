import type { Message } from '../../emulator/message.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ processingSeconds: 10 });

const SECOND = 1000;
const post = (...concepts: Message[]) => clarifai.client.post('/concepts', { concepts });
const namesOf = (concepts: Message[]) => concepts.map(({ name }) => name as string);

test('posted', async () => {
	const { code, json } = await post(
		{ id: 'bird' },
		{ id: 'c-2', name: '的な', metadata: { a: 1 } },
	);
	expect(code).toBe(10000);
	expect(json.concepts).toMatchObject([
		{ id: 'bird', name: 'bird' },
		{ id: 'c-2', name: '的な', metadata: { a: 1 } },
	]);
	const { json: got } = await clarifai.client.get('/concepts/c-2');
	expect(got.concept).toMatchObject({ id: 'c-2', name: '的な' });
});

test.each<[string, Message[]]>([
	['an existing ID', [{ id: 'fish' }, { id: 'cat' }]],
	['the same ID twice', [{ id: 'fish' }, { id: 'fish' }]],
])('%s is a duplicate, and nothing is created', async (_name, concepts) => {
	const { http, json } = await post(...concepts);
	expect(http).toBe(400);
	expect(json.status).toMatchObject({ code: 40003, description: 'Invalid request' });
	expect(json.status.details).toMatch(/duplicate/i);
	expect((await clarifai.client.get('/concepts/fish')).code).toBe(11101);
});

test('IDs that are none, and no concepts', async () => {
	expect(await post({ id: 'a b' })).toMatchObject({ http: 400, code: 40003 });
	expect(await post({ name: 'nameless' })).toMatchObject({ http: 400, code: 40003 });
	expect(await post()).toMatchObject({ http: 400, code: 40003 });
});

test('patched', async () => {
	const patch = (action: string, id: string) =>
		clarifai.client.patch('/concepts', { action, concepts: [{ id, name: 'Katze' }] });
	expect((await patch('overwrite', 'cat')).json.concepts).toMatchObject([
		{ id: 'cat', name: 'Katze' },
	]);
	expect((await clarifai.client.get('/concepts/cat')).json.concept.name).toBe('Katze');
	expect(await patch('merge', 'dog')).toMatchObject({ http: 400, code: 40003 });
	expect(await patch('overwrite', 'ai_98Xb0K3q')).toMatchObject({ code: 11101 });
});

describe('searched', () => {
	const search = async (name: string, pagination?: Message) => {
		const body = { concept_query: { name }, pagination };
		const { json } = await clarifai.client.post('/concepts/searches', body);
		return namesOf(json.concepts);
	};

	test.each([
		['whole names', 'cat', ['cat']],
		['beginnings', 'CA*', ['cat', 'car']],
		['parts', '*o*', ['dog', 'outdoors']],
		['nothing like it', 'zebra', []],
	])('by %s', async (_name, query, names) => {
		await post({ id: 'c', name: 'car' });
		expect(await search(query)).toEqual(names);
	});

	test('in pages', async () => {
		expect(await search('*', { page: 2, per_page: 3 })).toEqual(['outdoors']);
	});

	test('a query that is not implemented is not passed over', async () => {
		const body = { concept_query: { name: 'cat', model: { id: 'm' } } };
		expect(await clarifai.client.post('/concepts/searches', body)).toMatchObject({ http: 501 });
	});
});

test('counted by their labels, each input once', async () => {
	const { emulator } = clarifai;
	const gif = (id: string, concepts: Message[], more: Message = {}) => ({
		id,
		data: { image: { url: `https://a.example/${id}` }, concepts, ...more },
	});
	emulator.planInput('bad', { outcome: 30002 });
	const region = (id: string) => ({ data: { concepts: [{ id }] } });
	await clarifai.client.post('/inputs', {
		inputs: [
			gif('yes', [{ id: 'bird' }], { regions: [region('bird'), region('wing'), region('wing')] }),
			gif('no', [{ id: 'bird', value: 0 }]),
			gif('bad', [{ id: 'bird' }]),
		],
	});
	const countOf = async (concept: string) => {
		const { json } = await clarifai.client.get('/concepts/status');
		return json.concept_counts.find(({ id }: Message) => id === concept) as Message;
	};
	const none = { positive: 0, negative: 0 };
	expect(await countOf('bird')).toMatchObject({
		name: 'bird',
		concept_type_count: { positive: 2, negative: 1 },
		detail_concept_count: { to_process: { positive: 2, negative: 1 }, processed: none },
	});
	emulator.clock.advance(10 * SECOND);
	expect((await countOf('bird')).detail_concept_count).toEqual({
		processed: { positive: 1, negative: 1 },
		to_process: none,
		processing: none,
		errors: { positive: 1, negative: 0 },
	});
	expect((await countOf('wing')).concept_type_count).toEqual({ positive: 1, negative: 0 });
	expect((await countOf('cat')).concept_type_count).toEqual({ positive: 300, negative: 0 });
});
