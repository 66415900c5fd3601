import { fileURLToPath } from 'node:url';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { batchesOf, inBoundedBytes } from '../../../../nodes/shared/node/batches.ts';
import type { Together } from '../../../../nodes/shared/node/itemWork.ts';
import {
	chain,
	createEngine,
	type NodeJson,
	type RunOptions,
} from '../../../tools/engine/engine.mts';
import { demoCredential, setUp, type InProcessOptions, type InProcessSetUp } from '../../setup.mts';

interface Sized {
	id: number;
	key?: string;
	bytes?: number;
	most?: number;
}

describe('batches', () => {
	const of = (requests: Sized[], mostBytes = 100) => {
		const together = {
			key: ({ key = '' }: Sized) => key,
			most: ({ most = 3 }: Sized) => most,
			mostBytes,
			sizeOf: ({ bytes = 0 }: Sized) => bytes,
		} as Together<Sized, unknown, unknown>;
		return batchesOf(
			requests.map((request) => ({ request })),
			together,
		).map(({ items, bytes }) => [items.map(({ request }) => request.id), bytes]);
	};

	it('are full before the next begins, in the order of the input', () => {
		expect(of([1, 2, 3, 4, 5, 6, 7].map((id) => ({ id })))).toEqual([
			[[1, 2, 3], 0],
			[[4, 5, 6], 0],
			[[7], 0],
		]);
	});

	it('have items of one key only, which may lie apart', () => {
		const keys = ['a', 'b', 'a', 'b', 'a', 'a'];

		expect(of(keys.map((key, id) => ({ id, key })))).toEqual([
			[[0, 2, 4], 0],
			[[1, 3], 0],
			[[5], 0],
		]);
	});

	it('hold no more bytes than they may', () => {
		const sizes = [60, 40, 1, 99, 1];

		expect(of(sizes.map((bytes, id) => ({ id, bytes })))).toEqual([
			[[0, 1], 100],
			[[2, 3], 100],
			[[4], 1],
		]);
	});

	it('are of one item that is larger than a batch may be', () => {
		const sizes = [10, 500, 10];

		expect(of(sizes.map((bytes, id) => ({ id, bytes })))).toEqual([
			[[0], 10],
			[[1], 500],
			[[2], 10],
		]);
	});

	it('may have a bound of their own, such as one video', () => {
		expect(
			of([
				{ id: 1, key: 'video', most: 1 },
				{ id: 2, key: 'video', most: 1 },
				{ id: 3, key: 'image' },
				{ id: 4, key: 'image' },
			]),
		).toEqual([
			[[1], 0],
			[[2], 0],
			[[3, 4], 0],
		]);
	});

	it('of nothing are none', () => {
		expect(of([])).toEqual([]);
	});
});

describe('the bytes under way', () => {
	const MB = 1024 * 1024;

	/** Starts work of these sizes; gives what is under way, and what ends it. */
	function start(sizes: number[]) {
		const bounded = inBoundedBytes();
		const underWay = new Set<number>();
		const ends = new Map<number, (error?: Error) => void>();
		const done = sizes.map(
			async (bytes, index) =>
				await bounded(bytes, async () => {
					underWay.add(index);
					await new Promise<void>((resolve, reject) => {
						ends.set(index, (error) => (error ? reject(error) : resolve()));
					}).finally(() => underWay.delete(index));
				}),
		);
		const settled = async () => {
			await new Promise((resolve) => setImmediate(resolve));
			return [...underWay];
		};
		return { done, settled, end: (index: number, error?: Error) => ends.get(index)!(error) };
	}

	it('are at most 96 MB; what is more waits, and what comes after it too', async () => {
		const { settled, end } = start([45 * MB, 45 * MB, 45 * MB, 6 * MB]);

		expect(await settled()).toEqual([0, 1]);
		end(0);
		expect(await settled()).toEqual([1, 2, 3]);
	});

	it('may be more where one alone is more', async () => {
		const { settled, end } = start([200 * MB, 1 * MB]);

		expect(await settled()).toEqual([0]);
		end(0);
		expect(await settled()).toEqual([1]);
	});

	it('are given back by work that fails', async () => {
		const { done, settled, end } = start([120 * MB, 120 * MB]);
		await settled();

		end(0, new Error('broken'));

		await expect(done[0]).rejects.toThrow('broken');
		expect(await settled()).toEqual([1]);
	});
});

describe('a node that does its items in batches', () => {
	const packageDirectory = fileURLToPath(new URL('batch-package', import.meta.url));

	let platform: InProcessSetUp;
	let engine: Awaited<ReturnType<typeof createEngine>>;

	async function begin(options: InProcessOptions = {}) {
		platform = await setUp(options);
		const clarifaiApi = demoCredential(platform.emulator.url);
		engine = await createEngine({ packageDirectory, credentials: { clarifaiApi } });
	}

	beforeEach(async () => await begin());

	const FAST = { options: { maxRequestsPerSecond: 0 } };

	const start = (
		ids: Array<string | INodeExecutionData>,
		parameters: INodeParameters = {},
		settings: Partial<NodeJson> = {},
		options: RunOptions = {},
	) =>
		engine.start(chain(engine.node('batch', { ...FAST, ...parameters }, settings)), {
			items: ids.map((id) => (typeof id === 'string' ? { json: { id } } : id)),
			...options,
		});

	async function run(...args: Parameters<typeof start>) {
		const result = await start(...args).done;
		const outputs = (index: number) =>
			result
				.outputs('Batch', index)
				.map(({ json, pairedItem }) => [json, (pairedItem as { item: number }).item] as const);
		return { result, error: result.error, outputs };
	}

	const numbered = (count: number, first = 0) =>
		Array.from({ length: count }, (_none, index) => `c${first + index}`);

	const posts = () => platform.emulator.requests.filter(({ rpc }) => rpc === 'PostConcepts');

	/** The IDs in each request, in the order in which they were sent. */
	const sent = () =>
		posts().map(({ body }) => (body as { concepts: IDataObject[] }).concepts.map(({ id }) => id));

	it('sends them together, and puts them out in their order, each paired with its input', async () => {
		const ids = numbered(10);

		const { outputs } = await run(ids);

		expect(sent()).toEqual([ids.slice(0, 4), ids.slice(4, 8), ids.slice(8)]);
		expect(outputs(0)).toEqual(
			ids.map((id, index) => [{ id, of: index < 8 ? 4 : 2, size: 0 }, index]),
		);
	});

	it('keeps the order where the first batch is answered last, and keys lie apart', async () => {
		const ids = numbered(6);
		platform.emulator.faults.add({
			kind: 'throttle',
			rpc: 'PostConcepts',
			times: 1,
			retryAfter: 9,
		});

		const { outputs } = await run(ids, {
			key: '={{ ["c1", "c3"].includes($json.id) ? "odd" : "even" }}',
			most: 3,
		});

		expect(sent().slice(0, 3)).toEqual([['c0', 'c2', 'c4'], ['c1', 'c3'], ['c5']]);
		expect(outputs(0).map(([{ id }, item]) => [id, item])).toEqual(
			ids.map((id, index) => [id, index]),
		);
	});

	it('checks all items before the first batch leaves', async () => {
		const { error } = await run([...numbered(9), 'unchecked']);

		expect(error?.message).toBe('unchecked does not pass the check');
		expect(sent()).toEqual([]);
	});

	it('is a batch of one with a single item', async () => {
		const { outputs } = await run(['c0']);

		expect(outputs(0)).toEqual([[{ id: 'c0', of: 1, size: 0 }, 0]]);
	});

	it('has no more than 20 batches under way', async () => {
		await begin({ latencyMs: 1000 });

		await run(numbered(100), { most: 1 });

		const firstSecond = posts().filter(({ arrivedAt }) => arrivedAt < posts()[0].arrivedAt + 1000);
		expect(firstSecond).toHaveLength(20);
	});

	it('has no more than 96 MB under way', async () => {
		await begin({ latencyMs: 1000 });

		await run(numbered(6), { bytes: 45 * 1024 * 1024, mostBytes: 45 * 1024 * 1024 });

		const [began] = posts().map(({ arrivedAt }) => arrivedAt);
		expect(posts().map(({ arrivedAt }) => (arrivedAt - began) / 1000)).toEqual([0, 0, 1, 1, 2, 2]);
		expect(sent().every((ids) => ids.length === 1)).toBe(true);
	});

	it('goes at the pace of the node, a request for each batch', async () => {
		await run(numbered(12), { options: { maxRequestsPerSecond: 1 } });

		const at = posts().map(({ arrivedAt }) => arrivedAt);
		expect(at[2] - at[0]).toBeGreaterThanOrEqual(2000);
		expect(at).toHaveLength(3);
	});

	it('reads the files of a batch when the batch leaves', async () => {
		await begin({ latencyMs: 1000 });
		const reads: number[] = [];
		const items = [0, 1, 2, 3].map((index): INodeExecutionData => {
			const file = { mimeType: 'text/plain', data: '' };
			Object.defineProperty(file, 'data', {
				enumerable: true,
				get() {
					reads.push(platform.time.now());
					return Buffer.from('x'.repeat(index + 1)).toString('base64');
				},
			});
			return { json: { id: `c${index}` }, binary: { data: file } };
		});

		const { outputs } = await run(items, {
			most: 1,
			bytes: 120 * 1024 * 1024,
			mostBytes: 120 * 1024 * 1024,
		});

		expect(outputs(0).map(([{ size }]) => size)).toEqual([1, 2, 3, 4]);
		const [began] = posts().map(({ arrivedAt }) => arrivedAt);
		const times = [...new Set(reads)].filter((at) => at >= began).map((at) => at - began);
		expect(times).toEqual([0, 1000, 2000, 3000]);
	});

	describe('when an item of a batch fails', () => {
		const ids = ['c0', 'bad-1', 'c2', 'c3', 'c4'];

		it('fails with the error of that item, and names what was done with the others', async () => {
			const { error } = await run(ids);

			expect(error?.message).toBe('bad-1 was refused');
			expect(error).toMatchObject({ context: { itemIndex: 1 } });
			expect((error as { description?: string }).description).toContain(
				'Done in this run before the node stopped: item 0: id c0; item 2: id c2; item 3: id c3',
			);
		});

		it('lets no later batch leave', async () => {
			await begin({ latencyMs: 1000 });

			await run(['bad-0', ...numbered(99)], { most: 2 });

			const [began] = posts().map(({ arrivedAt }) => arrivedAt);
			expect(posts().filter(({ arrivedAt }) => arrivedAt > began + 1000)).toEqual([]);
		});

		it.each([
			['continueErrorOutput', 1],
			['continueRegularOutput', 0],
		] as const)('with %s puts out that item by itself', async (onError, branch) => {
			const { outputs } = await run(ids, {}, { onError });

			const failed = outputs(branch).filter(([{ error }]) => error !== undefined);
			expect(failed).toMatchObject([[{ error: 'bad-1 was refused' }, 1]]);
			const fine = outputs(0).filter(([{ error }]) => error === undefined);
			expect(fine.map(([{ id }, item]) => [id, item])).toEqual([
				['c0', 0],
				['c2', 2],
				['c3', 3],
				['c4', 4],
			]);
		});
	});

	describe('when a whole batch fails', () => {
		const ids = ['c0', 'c1', 'c2', 'c3', 'fatal', 'c5'];

		it('gives each of its items the error, and the others their results', async () => {
			const { outputs } = await run(ids, {}, { onError: 'continueErrorOutput' });

			expect(outputs(0).map(([{ id }]) => id)).toEqual(['c0', 'c1', 'c2', 'c3']);
			expect(outputs(1).map(([{ error }, item]) => [error, item])).toEqual([
				['The whole batch failed', 4],
				['The whole batch failed', 5],
			]);
		});

		it('because Clarifai refused it, says so for each', async () => {
			platform.emulator.addConcepts(['c1']);

			const { outputs } = await run(['c0', 'c1'], {}, { onError: 'continueErrorOutput' });

			expect(outputs(1).map(([{ details }]) => details)).toEqual([
				expect.stringContaining('Concept has a duplicate ID: c1'),
				expect.stringContaining('Concept has a duplicate ID: c1'),
			]);
		});
	});

	it('with Retry On Fail sends again only what has failed', async () => {
		platform.emulator.faults.add({
			kind: 'failure10020',
			rpc: 'PostConcepts',
			times: 1,
			when: ({ body }) => JSON.stringify(body).includes('"c4"'),
		});

		const { outputs, error } = await run(
			numbered(6),
			{},
			{ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		);

		expect(error).toBeUndefined();
		expect(sent()).toEqual([
			['c0', 'c1', 'c2', 'c3'],
			['c4', 'c5'],
			['c4', 'c5'],
		]);
		expect(outputs(0).map(([{ id }]) => id)).toEqual(numbered(6));
	});

	it('sends no further batch after a stop, and keeps what was done', async () => {
		let answered = 0;
		await begin({
			latencyMs: 1000,
			onRequest: ({ rpc }) => {
				if (rpc === 'PostConcepts' && ++answered > 20) handle.cancel();
			},
		});
		const handle = start(numbered(100), { most: 1 });

		const result = await handle.done;

		expect(result.status).toBe('canceled');
		expect(posts()).toHaveLength(40);
		expect(result.customData.clarifaiDoneBeforeStop).toMatch(/^Batch, \d+ done: c0; /);
	});
});
