import { randomBytes } from 'node:crypto';
import { Buffers } from '../../../../nodes/shared/api/buffers.ts';
import { fileBody, readAhead, type PlaceFile } from '../../../../nodes/shared/api/fileBody.ts';

const KB = 1024;
const BLOCK = 48 * KB;

const total = (files: Buffer[]) => files.reduce((sum, { length }) => sum + length, 0);

/** As n8n gives a file: each time in memory of its own. */
const read = (file: Buffer) => Buffer.from(Uint8Array.from(file).buffer);

/** A body as the nodes compose it. */
const composed = (files: Buffer[]) => (place: PlaceFile) => ({
	inputs: files.map((file, index) => ({
		id: `ä "${index}"`,
		data: { image: { base64: place(async () => read(file)) } },
	})),
	inputs_add_job_id: 'job ✓',
});

const expected = (files: Buffer[]) =>
	JSON.stringify({
		inputs: files.map((file, index) => ({
			id: `ä "${index}"`,
			data: { image: { base64: file.toString('base64') } },
		})),
		inputs_add_job_id: 'job ✓',
	});

describe('a body with files', () => {
	it.each([
		...Array.from({ length: 11 }, (_none, size) => size),
		...[BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK - 1, 2 * BLOCK, 2 * BLOCK + 1, 300 * KB + 2],
	])('is what JSON has for base64, for a file of %d bytes', async (size) => {
		const files = [randomBytes(size)];

		const body = await fileBody(composed(files), size).make(new Buffers());

		expect(body.toString()).toBe(expected(files));
	});

	it('is so for several files', async () => {
		const files = [0, 1, BLOCK + 1, 3, BLOCK - 1, 200 * KB, 2].map((size) => randomBytes(size));

		const body = await fileBody(composed(files), total(files)).make(new Buffers());

		expect(body.toString()).toBe(expected(files));
	});

	it('has texts as JSON has them', async () => {
		const text = 'ä "quoted"\n\\ \u0000 ✓ 🌷 </script>';
		const file = Buffer.from(text.repeat(1000));
		const compose = (place: PlaceFile) => ({ text: place(async () => read(file), 'text') });

		const body = await fileBody(compose, file.length).make(new Buffers());

		expect(body.toString()).toBe(JSON.stringify({ text: file.toString() }));
	});

	it.each([1, 2, 3, 128])('has the room for %d files from the beginning', async (count) => {
		const files = Array.from({ length: count }, () => randomBytes(3001));
		const taken: number[] = [];
		class Counted extends Buffers {
			take(bytes: number) {
				taken.push(bytes);
				return super.take(bytes);
			}
		}

		const body = await fileBody(composed(files), total(files)).make(new Counted());

		expect(body.toString()).toBe(expected(files));
		expect(taken).toHaveLength(1);
	});

	it.each([
		['longer than was said', 0],
		['shorter than was said', 50_000_000],
	])('has whole files that are %s', async (_name, size) => {
		const files = [70_000, 5, 300_000, 1_000_001].map((length) => randomBytes(length));

		const body = await fileBody(composed(files), size).make(new Buffers());

		expect(body.toString()).toBe(expected(files));
	});

	it('has the files in their places, in whatever order these were asked for', async () => {
		const compose = (place: PlaceFile) => {
			const last = place(async () => Buffer.from('last'));
			return { first: place(async () => Buffer.from('first')), last };
		};

		const body = await fileBody(compose, 9).make(new Buffers());

		const [first, last] = ['first', 'last'].map((text) => Buffer.from(text).toString('base64'));
		expect(body.toString()).toBe(JSON.stringify({ first, last }));
	});

	it('has no files, too', async () => {
		const body = await fileBody(composed([]), 0).make(new Buffers());

		expect(body.toString()).toBe(expected([]));
	});

	it('is the same again for a request that is sent again', async () => {
		const files = [randomBytes(100_000), randomBytes(7)];
		const buffers = new Buffers();
		const body = fileBody(composed(files), total(files));

		const first = await body.make(buffers);
		const second = await body.make(buffers);

		expect(first.equals(second)).toBe(true);
		expect(first.buffer).not.toBe(second.buffer);
	});

	it.each(['base64', 'text'] as const)('leaves nothing of a file, as %s', async (as) => {
		const file = read(Buffer.from('a'.repeat(1000)));

		await fileBody((place) => ({ data: place(async () => file, as) }), 1000).make(new Buffers());

		expect(file).toHaveLength(0);
	});

	it('leaves the memory of a file alone that is not its own', async () => {
		const others = read(Buffer.from('of others, the file, of others'));
		const file = others.subarray(11, 19);

		const body = await fileBody((place) => ({ data: place(async () => file) }), 8).make(
			new Buffers(),
		);

		expect(body.toString()).toBe('{"data":"dGhlIGZpbGU="}');
		expect(others.toString()).toBe('of others, the file, of others');
	});

	it('takes a file whose memory cannot be freed', async () => {
		const file = Buffer.from(new SharedArrayBuffer(64 * KB));
		const compose = (place: PlaceFile) => ({ data: place(async () => file) });

		const body = await fileBody(compose, file.length).make(new Buffers());

		expect(body.toString()).toBe(JSON.stringify({ data: file.toString('base64') }));
		expect(file).toHaveLength(64 * KB);
	});

	it('fails as the reading of a file fails', async () => {
		const compose = (place: PlaceFile) => ({
			files: [
				place(async () => randomBytes(10)),
				place(async () => await Promise.reject(new Error('no such file'))),
				place(async () => await Promise.reject(new Error('nor this one'))),
			],
		});

		await expect(fileBody(compose, 10).make(new Buffers())).rejects.toThrow('no such file');
	});
});

describe('buffers', () => {
	it('are used again once they are given back, and not before', async () => {
		const buffers = new Buffers();
		const files = [...'abc'].map((letter) => Buffer.alloc(100_000, letter));
		const make = async (file: Buffer) =>
			await fileBody(composed([file]), file.length).make(buffers);

		const first = await make(files[0]);
		const second = await make(files[1]);
		expect(first.toString()).toBe(expected([files[0]]));
		buffers.giveBack(first);
		const third = await make(files[2]);

		expect(third.buffer).toBe(first.buffer);
		expect(second.toString()).toBe(expected([files[1]]));
		expect(third.toString()).toBe(expected([files[2]]));
	});

	it('are as large as is needed', () => {
		const buffers = new Buffers();
		buffers.giveBack(buffers.take(10).subarray(0, 3));
		const large = buffers.take(1000);
		buffers.giveBack(large.subarray(0, 1));

		expect(large).toHaveLength(1000);
		expect(buffers.take(500).buffer).toBe(large.buffer);
	});
});

describe('reading ahead', () => {
	it('gives the files in their order, a few of which are read at once', async () => {
		const seen = { open: 0, most: 0 };
		const reads = Array.from({ length: 30 }, (_none, index) => async () => {
			seen.most = Math.max(seen.most, ++seen.open);
			for (let turn = 0; turn < 60 - 2 * index; turn++) await Promise.resolve();
			seen.open--;
			return index;
		});

		const given: number[] = [];
		for await (const content of readAhead(reads)) given.push(content);

		expect(given).toEqual(Array.from({ length: 30 }, (_none, index) => index));
		expect(seen.most).toBe(12);
	});
});
