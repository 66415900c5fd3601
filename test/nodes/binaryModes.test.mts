import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';
import { BinaryData, type BinaryDataMode } from '../tools/engine/binaryData.mts';
import type { RecordedRequest } from '../tools/emulator/requests.mts';
import { numbered, png, withFile } from './media.mts';
import { bodiesOf, DEMO, locate, setUp, type InProcessSetUp } from './setup.mts';

const MODEL = (id: string) =>
	locate('url', `https://clarifai.com/${DEMO.publicUserId}/${DEMO.publicAppId}/models/${id}`);
const named = { inputId: '={{ $json.name }}' };

let platform: InProcessSetUp;
let files: BinaryData;
let answered: (request: RecordedRequest) => void;

beforeEach(async () => {
	answered = () => undefined;
	platform = await setUp({ onRequest: (request) => answered(request) });
});

afterEach(() => files.end());

const items = async (names: string[], more: Partial<IBinaryData> = {}) => {
	const made: INodeExecutionData[] = [];
	for (const name of names) {
		const file = await files.file(png(name), { fileName: `${name}.png`, mimeType: 'image/png' });
		made.push(withFile({ ...file, ...more }, { name }));
	}
	return made;
};

describe.each<BinaryDataMode>(['memory', 'filesystem', 's3', 'database'])(
	'with files in %s',
	(mode) => {
		beforeEach(async () => {
			files = await BinaryData.use({ mode });
		});

		it('Add Inputs adds what is in them, once', async () => {
			const input = await items(['a', 'b']);

			const first = await platform.run('clarifaiAddInputs', {}, { items: input });
			const second = await platform.run('clarifaiAddInputs', {}, { items: input });

			expect(first.error).toBeUndefined();
			expect(first.json.map(({ status }) => status)).toEqual(['added', 'added']);
			expect(second.json.map(({ status }) => status)).toEqual(['exists', 'exists']);
			expect(bodiesOf(platform.emulator, 'PostInputs')).toMatchObject([
				{
					inputs: ['a', 'b'].map((name) => ({
						data: { image: { base64: png(name).toString('base64') } },
					})),
				},
			]);
		});

		it('Predict sends what is in them, and keeps masks there, too', async () => {
			const { items: said, error } = await platform.run(
				'clarifaiPredict',
				{ model: MODEL(DEMO.publicModels.segmenter) },
				{ items: await items(['a']) },
			);

			expect(error).toBeUndefined();
			expect(bodiesOf(platform.emulator, 'PostModelOutputs')).toMatchObject([
				{ inputs: [{ data: { image: { base64: png('a').toString('base64') } } }] },
			]);
			const mask = said[0].binary!.mask;
			expect(mask).toMatchObject({ mimeType: 'image/png', fileName: 'mask.png' });
			expect(mask.id === undefined).toBe(mode === 'memory');
			if (mode !== 'memory') expect(mask.id).toMatch(new RegExp(`^${mode}`));
			expect((await files.read(mask)).subarray(1, 4).toString()).toBe('PNG');
		});

		it('an empty file is refused', async () => {
			const file = await files.file(Buffer.alloc(0), { fileName: 'a.png', mimeType: 'image/png' });

			const { error } = await platform.run('clarifaiAddInputs', {}, { items: [withFile(file)] });

			expect(error?.message).toContain('The file "a.png" is empty');
			expect(platform.emulator.requests).toEqual([]);
		});

		it('the size of a file is asked for where the item does not say it', async () => {
			const [{ binary, ...item }] = await items(['a']);
			const { bytes: _bytes, ...file } = binary!.data as IBinaryData & { bytes?: number };

			const { error, json } = await platform.run(
				'clarifaiAddInputs',
				{},
				{ items: [{ ...item, binary: { data: file } }] },
			);

			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ status: 'added' }]);
		});
	},
);

describe('files are read when they leave', () => {
	// Of this size, as the items say, four fit into a request, and one request into what may be held.
	const bytes = 16_000_000;

	beforeEach(async () => {
		files = await BinaryData.use({ mode: 'filesystem' });
	});

	/** The most files that were read and not yet answered for, at any moment. */
	function watch(rpc: string) {
		const seen = { held: 0, most: 0, reads: 0 };
		files.onRead(() => {
			seen.reads++;
			seen.most = Math.max(seen.most, ++seen.held);
		});
		answered = (request) => {
			if (request.rpc === rpc) seen.held -= (request.body as { inputs: unknown[] }).inputs.length;
		};
		return seen;
	}

	it('by Add Inputs', async () => {
		const input = await items(numbered(24), { bytes } as Partial<IBinaryData>);
		const seen = watch('PostInputs');

		const { json, error } = await platform.run('clarifaiAddInputs', named, { items: input });

		expect(error).toBeUndefined();
		expect(json).toHaveLength(24);
		expect(seen).toEqual({ held: 0, most: 4, reads: 24 });
	});

	it('by Predict', async () => {
		const input = await items(numbered(24), { bytes } as Partial<IBinaryData>);
		const seen = watch('PostModelOutputs');

		const { json, error } = await platform.run(
			'clarifaiPredict',
			{ model: MODEL(DEMO.publicModels.classifier) },
			{ items: input },
		);

		expect(error).toBeUndefined();
		expect(json).toHaveLength(24);
		expect(seen).toEqual({ held: 0, most: 4, reads: 24 });
	});

	it('and again for each request that is sent again', async () => {
		platform.emulator.faults.add({ kind: 'http503', rpc: 'PostModelOutputs', times: 2 });
		const input = await items(['a']);
		const seen = watch('PostModelOutputs');

		const { error } = await platform.run(
			'clarifaiPredict',
			{ model: MODEL(DEMO.publicModels.classifier) },
			{ items: input },
		);

		expect(error).toBeUndefined();
		expect(seen).toMatchObject({ held: 0, most: 1, reads: 3 });
	});

	it('once by Add Inputs, for their IDs and their request', async () => {
		const input = await items(numbered(24));
		const seen = watch('PostInputs');

		const { error } = await platform.run('clarifaiAddInputs', {}, { items: input });

		expect(error).toBeUndefined();
		expect(seen).toEqual({ held: 0, most: 24, reads: 24 });
	});

	it.each([
		['less', 10],
		['more', 10_000_000],
	])('whole, where an item says %s of their size', async (_name, said) => {
		const names = numbered(3);
		const file = (name: string) => png(name, 40_000);
		const input = await Promise.all(
			names.map(async (name) =>
				withFile({
					...(await files.file(file(name), { fileName: `${name}.png`, mimeType: 'image/png' })),
					...{ bytes: said },
				}),
			),
		);

		const { error } = await platform.run('clarifaiAddInputs', {}, { items: input });

		expect(error).toBeUndefined();
		expect(bodiesOf(platform.emulator, 'PostInputs')).toMatchObject([
			{
				inputs: names.map((name) => ({
					data: { image: { base64: file(name).toString('base64') } },
				})),
			},
		]);
	});

	it('small ones together, up to a request of them', async () => {
		const input = await items(numbered(24));
		const seen = watch('PostInputs');

		await platform.run('clarifaiAddInputs', named, { items: input });

		expect(seen).toEqual({ held: 0, most: 24, reads: 24 });
	});
});
