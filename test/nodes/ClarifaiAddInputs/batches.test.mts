import type { INodeExecutionData } from 'n8n-workflow';
import { addresses, byUrl, inMemory, mp4, numbered, pictures, png, withFile } from '../media.mts';
import { bodiesOf, setUp, type InProcessSetUp } from '../setup.mts';

const NODE = 'clarifaiAddInputs';
const named = { inputId: '={{ $json.name }}' };
const goesOn = { onError: 'continueErrorOutput' } as const;

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
});

type Posted = { inputs: Array<{ id: string }> };

/** How many inputs each request had. */
const sizes = () =>
	(bodiesOf(platform.emulator, 'PostInputs') as Posted[]).map(({ inputs }) => inputs.length);
const ids = (items: INodeExecutionData[]) => items.map(({ json }) => json.inputId);
const kept = () => platform.emulator.app().inputs;

/** Pictures that n8n says to be this large. */
const large = (count: number, bytes: number) =>
	numbered(count).map((name) => withFile(inMemory(png(name), { bytes }), { name }));

describe('a request', () => {
	it('has 128 inputs at most', async () => {
		const { json } = await platform.run(NODE, byUrl, { items: addresses(...numbered(300)) });

		expect(json).toHaveLength(300);
		expect(sizes().sort()).toEqual([128, 128, 44]);
	});

	it('has 64 MB of files at most', async () => {
		const { json } = await platform.run(NODE, {}, { items: large(10, 16_000_000) });

		expect(json).toHaveLength(10);
		expect(sizes()).toEqual([4, 4, 2]);
	});

	it('has one video', async () => {
		const items = ['a', 'b', 'c'].map((name) =>
			withFile(inMemory(mp4(name), { mimeType: 'video/mp4' }), { name }),
		);

		const { json } = await platform.run(NODE, { ...named, inputType: 'video' }, { items });

		expect(json.map(({ inputId }) => inputId)).toEqual(['a', 'b', 'c']);
		expect(sizes()).toEqual([1, 1, 1]);
	});

	it('has inputs of one app', async () => {
		platform.emulator.addApp('other-app');
		const items = addresses('a', 'b', 'c').map((item, index) => ({
			...item,
			app: index === 1 ? 'other-app' : 'demo-app',
		}));

		const { json } = await platform.run(
			NODE,
			{ ...byUrl, ...named, options: { appId: '={{ $json.app }}' } },
			{ items },
		);

		expect(json.map(({ inputId, appId }) => [inputId, appId])).toEqual([
			['a', 'demo-app'],
			['b', 'other-app'],
			['c', 'demo-app'],
		]);
		expect(sizes().sort()).toEqual([1, 2]);
	});
});

describe('a batch that is refused as a whole', () => {
	it.each([
		['in the status of its entry', 'failure10020', 30104],
		['with a refusal of the request', 'okWithFailureStatus', 39999],
	] as const)('is split until the bad input stands alone (%s)', async (_how, kind, code) => {
		platform.emulator.faults.add({
			kind,
			rpc: 'PostInputs',
			when: ({ body }) => JSON.stringify(body).includes('/p37.jpg'),
			code,
			details: 'this one is bad',
		});
		const names = numbered(128);

		const { items, outputs } = await platform.run(
			NODE,
			{ ...byUrl, ...named },
			{ items: addresses(...names), settings: goesOn },
		);

		expect(ids(items)).toEqual(names.filter((name) => name !== 'p37'));
		expect(items.every(({ json }) => json.status === 'added')).toBe(true);
		expect(outputs(1)).toMatchObject([
			{
				json: { name: 'p37', details: expect.stringContaining('this one is bad') },
				pairedItem: { item: 37 },
			},
		]);
		expect(platform.emulator.book.of('input')).toHaveLength(127);
		// Halved seven times.
		expect(sizes()).toHaveLength(15);
	});

	it('for its size is split until it fits', async () => {
		platform = await setUp({ maxRequestBytes: 5000 });
		const items = numbered(8).map((name) => withFile(inMemory(png(name, 1500)), { name }));

		const { items: added, error } = await platform.run(NODE, named, { items });

		expect(error).toBeUndefined();
		expect(ids(added)).toEqual(numbered(8));
		expect(sizes()).toEqual([8, 4, 4, 2, 2, 2, 2]);
	});

	it('for a reason that is not about inputs is not split', async () => {
		platform.emulator.faults.add({
			kind: 'okWithFailureStatus',
			rpc: 'PostInputs',
			code: 11009,
			details: 'the plan is used up',
		});

		const { items, outputs } = await platform.run(
			NODE,
			{ ...byUrl, ...named },
			{ items: addresses('a', 'b'), settings: goesOn },
		);

		expect(items).toEqual([]);
		expect(outputs(1).map(({ json }) => json.name)).toEqual(['a', 'b']);
		expect(sizes()).toEqual([2]);
	});
});

describe('a mixed answer', () => {
	// Clarifai's limit is 48 signs.
	const long = 'x'.repeat(60);

	it.each([200, 400])('with HTTP %i is read input by input', async (mixedHttpStatus) => {
		platform = await setUp({ mixedHttpStatus });

		const { items, outputs } = await platform.run(NODE, named, {
			items: pictures('a', long, 'c'),
			settings: goesOn,
		});

		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(ids(items)).toEqual(['a', 'c']);
		expect(outputs(1)).toMatchObject([
			{
				json: { name: long, details: expect.stringContaining('is not valid') },
				pairedItem: { item: 1 },
			},
		]);
		expect(sizes()).toEqual([3]);
	});

	it('leaves items and errors in their order on the one output', async () => {
		const { json } = await platform.run(NODE, named, {
			items: pictures('a', long, 'c'),
			settings: { onError: 'continueRegularOutput' },
		});

		expect(json.map(({ inputId, error }) => inputId ?? error)).toEqual([
			'a',
			expect.any(String),
			'c',
		]);
	});

	it('ends a node that does not continue, and tells what was added', async () => {
		const { error } = await platform.run(NODE, named, { items: pictures('a', long, 'c') });

		expect(error?.context.itemIndex).toBe(1);
		expect(error?.description).toContain(
			'Done in this run before the node stopped: item 0: inputId a; item 2: inputId c',
		);
		expect([kept().has('a'), kept().has('c')]).toEqual([true, true]);
	});
});
