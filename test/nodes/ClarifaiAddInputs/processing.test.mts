import {
	addresses,
	byUrl,
	inMemory,
	notAPicture,
	numbered,
	pictures,
	withFile,
} from '../media.mts';
import { callsOf, setUp, type InProcessSetUp } from '../setup.mts';

const NODE = 'clarifaiAddInputs';
const named = { inputId: '={{ $json.name }}' };
const goesOn = { onError: 'continueErrorOutput' } as const;

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp({ processingSeconds: 30 });
});

const looks = (rpc: string) =>
	callsOf(platform.emulator).filter((call) => call === `GET ${rpc}`).length;
const processing = (json: Array<{ processing?: unknown }>) => json.map((each) => each.processing);

describe('with Wait for Processing', () => {
	it('inputs are put out once Clarifai has read them', async () => {
		const began = platform.time.now();

		const { json } = await platform.run(NODE, named, { items: pictures('a', 'b') });

		expect(processing(json)).toEqual(['processed', 'processed']);
		expect(platform.time.now() - began).toBeGreaterThanOrEqual(30_000);
	});

	it('the job of each batch is watched, not each input', async () => {
		await platform.run(NODE, byUrl, { items: addresses(...numbered(256)) });

		const jobs = platform.emulator.requests.filter(({ rpc }) => rpc === 'GetInputsAddJob');
		expect(new Set(jobs.map(({ path }) => path)).size).toBe(2);
		// Before each batch is sent, and once it has been read.
		expect(looks('ListInputs')).toBe(4);
		expect(looks('GetInput')).toBe(0);
	});

	it('inputs that cannot be read are the errors of their items, with the reason', async () => {
		const items = [
			...pictures('a'),
			withFile(inMemory(notAPicture('b')), { name: 'b' }),
			...pictures('c', 'd'),
		];
		platform.emulator.planInput('c', { outcome: 30002, details: 'too dark' });

		const { json, outputs } = await platform.run(NODE, named, { items, settings: goesOn });

		expect(json.map(({ inputId }) => inputId)).toEqual(['a', 'd']);
		expect(processing(json)).toEqual(['processed', 'processed']);
		expect(outputs(1)).toMatchObject([
			{
				json: {
					name: 'b',
					error: expect.stringContaining('Clarifai could not read input "b"'),
					details: expect.stringContaining('cannot identify the image'),
				},
				pairedItem: { item: 1 },
			},
			{
				json: { name: 'c', details: expect.stringContaining('too dark') },
				pairedItem: { item: 2 },
			},
		]);
	});

	it('an address that cannot be read is such an error', async () => {
		const { error } = await platform.run(
			NODE,
			{ ...byUrl, ...named },
			{ items: [{ name: 'a', url: 'https://files.invalid/a.jpg' }] },
		);

		expect(error?.message).toContain('Clarifai could not read input "a"');
		expect(error?.description).toContain('404 Client Error: Not Found');
	});

	it('an unreadable input that was there before is the error of its item, too', async () => {
		platform.emulator.planInput('a', { outcome: 30002, details: 'too dark' });
		await platform.run(NODE, { ...named, waitForProcessing: false }, { items: pictures('a') });

		const { error } = await platform.run(NODE, named, { items: pictures('a') });

		expect(error?.description).toContain('too dark');
	});

	it('a wait that runs out puts inputs out as pending, and says so', async () => {
		platform.emulator.planInput('b', { seconds: Infinity });

		const { json, error, result } = await platform.run(
			NODE,
			{ ...named, waitOptions: { timeoutMinutes: 1 } },
			{ items: pictures('a', 'b') },
		);

		expect(error).toBeUndefined();
		expect(json[1]).toMatchObject({ inputId: 'b', status: 'added', processing: 'pending' });
		expect(result.hints).toMatchObject([
			{ message: expect.stringContaining('The wait ran out before Clarifai had read all inputs') },
		]);
	});

	it('a look that gets no answer does not end the wait', async () => {
		platform.emulator.faults.add({ kind: 'http503', rpc: 'GetInputsAddJob', times: 3 });

		const { json, error } = await platform.run(NODE, named, { items: pictures('a') });

		expect(error).toBeUndefined();
		expect(processing(json)).toEqual(['processed']);
	});

	it.each(['strings', 'numbers'] as const)('counts of the job may be %s', async (integers64) => {
		platform = await setUp({ processingSeconds: 30, integers64 });

		const { json } = await platform.run(NODE, named, { items: pictures('a') });

		expect(processing(json)).toEqual(['processed']);
	});
});

describe('without it', () => {
	it.each([30_001, 30_003])('accepted inputs are no failures, code %i', async (code) => {
		platform = await setUp({ processingSeconds: 600 });
		const parameters = { ...named, waitForProcessing: false };
		await platform.run(NODE, parameters, { items: pictures('a') });
		if (code === 30_003) platform.emulator.clock.advance(400_000);

		const { json, error } = await platform.run(NODE, parameters, { items: pictures('a', 'b') });

		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{ inputId: 'a', status: 'exists', processing: 'pending' },
			{ inputId: 'b', status: 'added', processing: 'pending' },
		]);
		expect(looks('GetInputsAddJob')).toBe(0);
	});
});
