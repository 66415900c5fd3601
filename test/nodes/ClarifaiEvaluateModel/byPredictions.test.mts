import type { IDataObject } from 'n8n-workflow';
import { addDatasetVersion } from '../../tools/emulator/datasetState.mts';
import type { Emulator } from '../../tools/emulator/emulator.mts';
import { region } from '../../tools/tests/emulator/labelledData.mts';
import { joinWorld } from '../inProcessWorld.mts';
import { mp4 } from '../media.mts';
import { bodiesOf, callsOf, DEMO, locate, type InProcessOptions } from '../setup.mts';
import {
	addVersion,
	DATASET,
	DATASET_VERSION,
	EVALUATE,
	flowers,
	labelledPictures,
	notPassed,
	onApril,
	onHeldOut,
	passed,
	round4,
	setUpHeldOut,
	setUpSleeping,
	setUpRivals,
	summaryOf,
} from './evaluateSetup.mts';

const byPredictions = { evaluateWith: 'predictions' };

interface PredictBody {
	inputs: Array<{ data: IDataObject }>;
}

const batchSizes = (emulator: Emulator) =>
	(bodiesOf(emulator, 'PostModelOutputs') as PredictBody[]).map(({ inputs }) => inputs.length);

const writesOf = (emulator: Emulator) =>
	callsOf(emulator).filter((call) => !call.startsWith('GET'));

describe('by predictions', () => {
	it('a version is measured in this node, without an evaluation of Clarifai', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform, { wrong: 0.2 });

		const result = await platform.run(EVALUATE, onApril(byPredictions), {
			items: [flowers(version)],
		});

		expect(result.error).toBeUndefined();
		const [output] = passed(result);
		expect(output).toEqual({
			modelId: 'flowers',
			modelVersionId: version,
			modelTypeId: 'visual-classifier',
			passed: true,
			reason: expect.stringContaining('with no version to compare it with'),
			metric: 'macroF1',
			value: round4((output.metrics as { macroF1: number }).macroF1),
			baselineVersionId: null,
			metrics: {
				accuracy: expect.any(Number),
				macroF1: expect.any(Number),
				macroPrecision: expect.any(Number),
				macroRecall: expect.any(Number),
				rocAuc: expect.any(Number),
			},
			perConcept: [
				expect.objectContaining({ concept: 'rose', examples: 20 }),
				expect.objectContaining({ concept: 'tulip', examples: 20 }),
			],
			datasetId: DATASET,
			datasetVersionId: DATASET_VERSION,
			userId: DEMO.userId,
			appId: DEMO.appId,
		});
		expect(callsOf(platform.emulator)).not.toContain('POST PostEvaluations');
	});

	it.each([0, 0.3, 0.6, 1])(
		'the figures are those that Clarifai itself would give (%d wrong)',
		async (wrong) => {
			const platform = await setUpHeldOut();
			const version = addVersion(platform, { wrong });

			const result = await platform.run(
				EVALUATE,
				onApril({ ...byPredictions, compareWith: 'nothing' }),
				{ items: [flowers(version)] },
			);
			await platform.run(EVALUATE, onApril({ compareWith: 'nothing' }), {
				items: [flowers(version)],
			});

			const summary = summaryOf(platform, version);
			const { metrics } = passed(result)[0] as { metrics: Record<string, number> };
			expect(metrics.macroF1).toBeCloseTo(summary.macro_avg_f1_score, 4);
			expect(metrics.macroPrecision).toBeCloseTo(summary.macro_avg_precision, 4);
			expect(metrics.macroRecall).toBeCloseTo(summary.macro_avg_recall, 4);
		},
	);

	it('accuracy is the share of inputs that are predicted right', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform, { wrong: 0.3 });

		const result = await platform.run(EVALUATE, onApril({ ...byPredictions, metric: 'accuracy' }), {
			items: [flowers(version)],
		});

		// With as many of each concept, accuracy and the mean recall are the same.
		const [{ value, metrics }] = passed(result) as Array<{
			value: number;
			metrics: Record<string, number>;
		}>;
		expect(value).toBeLessThan(1);
		expect(value).toBe(round4(metrics.macroRecall));
	});

	it('every labelled input is predicted once, many in a call', async () => {
		const platform = await setUpHeldOut(labelledPictures(150));
		const { emulator, run } = platform;
		const version = addVersion(platform);

		await run(EVALUATE, onApril(byPredictions), { items: [flowers(version)] });

		expect(batchSizes(emulator).sort((a, b) => b - a)).toEqual([128, 22]);
		const sent = (bodiesOf(emulator, 'PostModelOutputs') as PredictBody[]).flatMap(({ inputs }) =>
			inputs.map(({ data }) => JSON.stringify(data)),
		);
		expect(new Set(sent).size).toBe(150);
	});

	it('large files go in several calls, and each keeps its own answer', async () => {
		const MB = 1024 * 1024;
		const pictures = labelledPictures(3).map(({ base64 = '', ...input }) => ({
			...input,
			base64: Buffer.concat([Buffer.from(base64, 'base64'), Buffer.alloc(11 * MB)]).toString(
				'base64',
			),
		}));
		const platform = await setUpHeldOut(pictures, { keepBytesUpTo: 12 * MB });
		const version = addVersion(platform);

		const result = await platform.run(EVALUATE, onApril(byPredictions), {
			items: [flowers(version)],
		});

		expect(result.error).toBeUndefined();
		expect(batchSizes(platform.emulator)).toEqual([2, 1]);
		expect(passed(result)).toMatchObject([{ value: 1 }]);
	});

	it('an input that cannot be downloaded is named, and nothing is measured', async () => {
		const platform = await setUpHeldOut();
		const { emulator, run, time } = platform;
		const version = addVersion(platform);
		emulator.world.url = 'https://files.example.test';
		// The export is there for everybody, the pictures for those with a key, which this host does not get.
		joinWorld(time).http.serve(emulator.world.url, async (request) => {
			const isExport = request.url.includes('/export');
			const authorization = isExport ? `Key ${DEMO.pat}` : undefined;
			return await emulator.handle({ ...request, headers: { ...request.headers, authorization } });
		});

		const result = await run(EVALUATE, onApril(byPredictions), { items: [flowers(version)] });

		expect(result.error?.message).toMatch(
			/^Input "picture-\d+" of the dataset could not be read: HTTP 40\d/,
		);
		expect(callsOf(emulator)).not.toContain('POST PostModelOutputs');
	});

	it('nothing but the frozen data is measured: what the dataset holds now is left alone', async () => {
		const platform = await setUpHeldOut();
		const { emulator, run } = platform;
		const version = addVersion(platform);
		emulator.addLabelledInputs(DATASET, [
			{ id: 'late', url: 'https://pictures.example/late.jpg', concepts: ['rose'] },
		]);

		await run(EVALUATE, onApril(byPredictions), { items: [flowers(version)] });

		expect(batchSizes(emulator).reduce((sum, size) => sum + size)).toBe(40);
	});

	it('inputs without a label are left out', async () => {
		const platform = await setUpHeldOut([
			...labelledPictures(10),
			{ id: 'bare', url: 'https://pictures.example/bare.jpg' },
			{ id: 'not', url: 'https://pictures.example/not.jpg', negativeConcepts: ['rose'] },
		]);
		const version = addVersion(platform);

		const result = await platform.run(EVALUATE, onApril(byPredictions), {
			items: [flowers(version)],
		});

		expect(batchSizes(platform.emulator)).toEqual([10]);
		expect(passed(result)).toMatchObject([{ value: 1 }]);
	});

	it('texts are predicted as texts', async () => {
		const texts = Array.from({ length: 12 }, (_none, index) => ({
			text: `a text about number ${index}`,
			concepts: [index % 2 ? 'good' : 'bad'],
		}));
		const platform = await setUpHeldOut(texts);
		const version = addVersion(platform, {
			modelId: 'moods',
			modelTypeId: 'text-classifier',
			concepts: ['good', 'bad'],
		});

		const result = await platform.run(EVALUATE, onApril(byPredictions), {
			items: [{ modelId: 'moods', modelVersionId: version }],
		});

		expect(passed(result)).toMatchObject([{ value: 1, modelTypeId: 'text-classifier' }]);
		const [{ inputs }] = bodiesOf(platform.emulator, 'PostModelOutputs') as PredictBody[];
		expect(inputs.map(({ data }) => (data.text as IDataObject).raw)).toContain(
			'a text about number 0',
		);
	});

	it('concepts whose name is not their ID are matched with the labels all the same', async () => {
		const platform = await setUpHeldOut(labelledPictures(20, ['c1', 'c2']));
		const version = addVersion(platform, {
			fields: {
				output_info: {
					data: {
						concepts: [
							{ id: 'c1', name: 'Red rose' },
							{ id: 'c2', name: 'Tulip' },
						],
					},
				},
			},
		});

		const result = await platform.run(EVALUATE, onApril(byPredictions), {
			items: [flowers(version)],
		});

		expect(passed(result)).toMatchObject([{ value: 1, metrics: { accuracy: 1 } }]);
	});

	it('concepts whose IDs a pipeline has numbered are matched by name, digits too', async () => {
		const platform = await setUpHeldOut(labelledPictures(20, ['1', '2']));
		const { emulator, run } = platform;
		const version = emulator.addContainerVersion('digits', { concepts: ['1', '2'] });
		emulator.planQuality(version.message.id as string, { wrongShare: 0 });
		emulator.addDeployment('digits-live', 'digits');

		const result = await run(EVALUATE, onApril(byPredictions), {
			items: [{ modelId: 'digits', modelVersionId: version.message.id }],
		});

		expect(result.error).toBeUndefined();
		expect(passed(result)).toMatchObject([{ value: 1, metrics: { accuracy: 1 } }]);
	});
});

describe('detectors by predictions', () => {
	const pictures = labelledPictures(20).map(({ concepts, ...input }) => ({
		...input,
		regions: [region(concepts![0], [0.1, 0.1, 0.6, 0.7])],
	}));

	it.each([0, 0.3])('have the mAP that Clarifai would give (%d wrong)', async (wrong) => {
		const platform = await setUpHeldOut(pictures);
		const version = addVersion(platform, {
			modelId: 'finder',
			modelTypeId: 'visual-detector',
			wrong,
		});
		const items = [{ modelId: 'finder', modelVersionId: version }];

		const result = await platform.run(
			EVALUATE,
			onApril({ ...byPredictions, compareWith: 'nothing' }),
			{ items },
		);
		await platform.run(EVALUATE, onApril({ compareWith: 'nothing' }), { items });

		const summary = summaryOf(platform, version);
		const { metric, metrics } = passed(result)[0] as {
			metric: string;
			metrics: Record<string, number>;
		};
		expect(metric).toBe('map50');
		// The curves are read off at 101 places here, as pycocotools does.
		expect(metrics.map50).toBeCloseTo(summary.mean_avg_precision_iou_50, 2);
		expect(metrics.map).toBeCloseTo(summary.mean_avg_precision_iou_range, 2);
		expect(passed(result)[0].perConcept).toMatchObject([
			{ concept: 'rose', examples: 10 },
			{ concept: 'tulip', examples: 10 },
		]);
	});
});

describe('compared by predictions', () => {
	it('the live version is predicted on the same data', async () => {
		const platform = await setUpRivals();
		const { better, worse, live, run, emulator } = platform;

		const result = await run(EVALUATE, onHeldOut(byPredictions), {
			items: [flowers(better), flowers(worse)],
		});

		expect(passed(result)).toMatchObject([{ modelVersionId: better, baselineVersionId: live }]);
		expect(notPassed(result)).toMatchObject([
			{ modelVersionId: worse, baselineVersionId: live, gain: expect.any(Number) },
		]);
		expect(emulator.book.of('datasetVersion')).toHaveLength(1);
		expect(writesOf(emulator).filter((call) => call === 'POST PostDatasetVersions')).toHaveLength(
			1,
		);
		// Predictions are billed: both candidates once, and the live version once for both.
		expect(batchSizes(emulator)).toHaveLength(3);
	});

	it('a container version that is not deployed is an error that names the input', async () => {
		const platform = await setUpHeldOut();
		const { emulator, run } = platform;
		const version = emulator.addContainerVersion('flowers').message.id as string;

		const result = await run(EVALUATE, onApril(byPredictions), { items: [flowers(version)] });

		expect(result.error?.message).toMatch(
			/^Input "picture-\d+" of the dataset could not be predicted/,
		);
		expect(result.error?.description).toContain('code 21353');
		expect(batchSizes(emulator).every((size) => size > 1)).toBe(true);
		expect([...passed(result), ...notPassed(result)]).toEqual([]);
	});

	it('a model that wakes up is waited for', async () => {
		const platform = await setUpHeldOut();
		const { emulator, run } = platform;
		const version = emulator.addContainerVersion('flowers', { concepts: ['rose', 'tulip'] });
		emulator.planQuality(version.message.id as string, { wrongShare: 0 });
		emulator.addDeployment('live', 'flowers');
		emulator.planColdStart('live', { seconds: 120 });

		const result = await run(EVALUATE, onApril(byPredictions), {
			items: [flowers(version.message.id as string)],
		});

		expect(passed(result)).toMatchObject([{ value: 1 }]);
		expect(JSON.stringify(result.result.hints)).toContain('was not ready, and was waited for');
	});
});

describe('what cannot be measured', () => {
	it('is a dataset without labels', async () => {
		const platform = await setUpHeldOut([{ id: 'a', url: 'https://pictures.example/a.jpg' }]);
		const version = addVersion(platform);

		const result = await platform.run(EVALUATE, onApril(byPredictions), {
			items: [flowers(version)],
		});

		expect(result.error?.message).toContain('has no labelled inputs that can be predicted');
		expect(callsOf(platform.emulator)).not.toContain('POST PostModelOutputs');
	});

	it('is a dataset of videos, which are answered frame by frame', async () => {
		const video = mp4('film').toString('base64');
		const platform = await setUpHeldOut([{ id: 'film', video, concepts: ['rose'] }]);
		const version = addVersion(platform);

		const result = await platform.run(EVALUATE, onApril(byPredictions), {
			items: [flowers(version)],
		});

		expect(result.error?.message).toContain('has no labelled inputs that can be predicted');
		expect([...passed(result), ...notPassed(result)]).toEqual([]);
	});

	it('is a type of model that has neither concepts nor boxes', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform, { modelId: 'vectors', modelTypeId: 'visual-embedder' });

		const result = await platform.run(EVALUATE, onApril(byPredictions), {
			items: [{ modelId: 'vectors', modelVersionId: version }],
		});

		expect(result.error?.message).toContain(
			'Models of type visual-embedder cannot be evaluated by their predictions',
		);
		expect(writesOf(platform.emulator)).toEqual([]);
	});

	it('is a part of the data: one input that fails leaves no figure', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		platform.emulator.planPrediction(
			{ image: { base64: labelledPictures(6)[5].base64 } },
			{ code: 30002, details: 'cannot be read' },
		);

		const result = await platform.run(EVALUATE, onApril(byPredictions), {
			items: [flowers(version)],
		});

		expect(result.error?.message).toContain(
			'Input "picture-5" of the dataset could not be predicted',
		);
		expect([...passed(result), ...notPassed(result)]).toEqual([]);
	});

	it('is a dataset version whose making fails', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		platform.emulator.planDatasetVersion(DATASET, { outcome: 64020, seconds: 5 });

		const result = await platform.run(EVALUATE, onHeldOut(byPredictions), {
			items: [flowers(version)],
		});

		expect(result.error?.message).toContain(`of dataset "${DATASET}" is not ready`);
		expect(callsOf(platform.emulator)).not.toContain('POST PostModelOutputs');
	});
});

describe('the export of the data', () => {
	it('is asked for as JSON, waited for, and read once for all items', async () => {
		const platform = await setUpRivals({ datasetVersionSeconds: 40 });
		const { better, worse, run, emulator } = platform;

		await run(EVALUATE, onApril(byPredictions), { items: [flowers(better), flowers(worse)] });

		const asked = emulator.requests.filter(({ rpc }) => rpc === 'PutDatasetVersionExports');
		expect(asked.length).toBeGreaterThan(1);
		for (const { body } of asked) expect(body).toEqual({ exports: [{ format: 3 }] });
	});

	it('survives answers that are lost', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		const { faults } = platform.emulator;
		faults.add({ kind: 'resetAfter', rpc: 'PutDatasetVersionExports', times: 1 });
		faults.add({ kind: 'http503', rpc: 'PostModelOutputs', times: 2 });

		const result = await platform.run(EVALUATE, onApril(byPredictions), {
			items: [flowers(version)],
		});

		expect(passed(result)).toMatchObject([{ value: 1 }]);
		expect(faults.total).toBe(3);
	});
});

/** An emulator whose files lie at another address than its API, with the keys that were sent there. */
async function setUpFilesAt(filesUrl: string, options: InProcessOptions = {}) {
	const platform = await setUpHeldOut(undefined, options);
	const { emulator, time } = platform;
	const keys: Array<string | undefined> = [];
	joinWorld(time).http.serve(filesUrl, async (request) => {
		keys.push(request.headers.authorization);
		const headers = { ...request.headers, authorization: `Key ${DEMO.pat}` };
		return await emulator.handle({ ...request, headers });
	});
	emulator.world.url = filesUrl;
	const version = addVersion(platform);
	return { ...platform, version, keys };
}

describe('the token', () => {
	it.each([
		['the platform itself', 'https://clarifai.example.test', 'https://clarifai.example.test'],
		[
			"the platform's host at another port",
			'https://clarifai.example.test',
			'https://clarifai.example.test:9000',
		],
		["Clarifai's host for files", 'https://api.clarifai.com', 'https://data.clarifai.com'],
	])('goes to %s', async (_what, api, files) => {
		const { run, version, keys } = await setUpFilesAt(files, {
			alsoAt: api,
			credential: { baseUrl: api },
		});

		const result = await run(EVALUATE, onApril(byPredictions), { items: [flowers(version)] });

		expect(result.error).toBeUndefined();
		expect(new Set(keys)).toEqual(new Set([`Key ${DEMO.pat}`]));
	});

	it.each([
		['a stranger', 'https://clarifai.example.test', 'https://files.example.test'],
		[
			'one that only sounds like Clarifai',
			'https://api.clarifai.com',
			'https://evil-clarifai.com.test',
		],
		[
			'a host under Clarifai, from another platform',
			'https://clarifai.example.test',
			'https://data.clarifai.com',
		],
		[
			'the own host without encryption',
			'https://clarifai.example.test',
			'http://clarifai.example.test',
		],
	])('never goes to %s', async (_what, api, files) => {
		const { run, version, keys } = await setUpFilesAt(files, {
			alsoAt: api,
			credential: { baseUrl: api },
		});

		const result = await run(EVALUATE, onApril(byPredictions), { items: [flowers(version)] });

		expect(result.error).toBeUndefined();
		expect(keys.length).toBeGreaterThan(0);
		expect(keys.filter((key) => key !== undefined)).toEqual([]);
	});
});

it('a version of the dataset that is named is the one that is exported', async () => {
	const platform = await setUpHeldOut();
	const { emulator, run } = platform;
	const app = emulator.app();
	const version = addVersion(platform);
	emulator.addLabelledInputs(DATASET, [
		{ id: 'new', url: 'https://pictures.example/new.jpg', concepts: ['rose'] },
	]);
	addDatasetVersion(app, app.datasets.get(DATASET)!, { id: 'may' }, { seconds: 0 });

	await run(
		EVALUATE,
		onHeldOut({ ...byPredictions, additionalFields: { datasetVersionId: locate('id', 'may') } }),
		{ items: [flowers(version)] },
	);

	expect(batchSizes(emulator).reduce((sum, size) => sum + size)).toBe(41);
});

describe('the wait for predictions', () => {
	const byPredictions = (timeoutMinutes: number) =>
		onApril({
			evaluateWith: 'predictions',
			compareWith: 'nothing',
			waitOptions: { timeoutMinutes },
		});

	it('for a model that sleeps ends with the option, and does not pass', async () => {
		const { platform, version } = await setUpSleeping();
		const began = platform.time.now();

		const result = await platform.run(EVALUATE, byPredictions(5), { items: [flowers(version)] });

		expect(passed(result)).toEqual([]);
		expect(notPassed(result)).toMatchObject([
			{
				passed: false,
				timedOut: true,
				reason: `The wait ran out: 0 of 40 inputs were predicted with version ${version}`,
			},
		]);
		expect(platform.time.now() - began).toBeLessThan(6 * 60_000);
	});

	it('for the export of the data ends with the option, and does not pass', async () => {
		const platform = await setUpHeldOut(undefined, { datasetVersionSeconds: 36_000 });
		const version = addVersion(platform);
		const began = platform.time.now();

		const result = await platform.run(EVALUATE, byPredictions(5), { items: [flowers(version)] });

		expect(notPassed(result)).toMatchObject([
			{
				passed: false,
				timedOut: true,
				reason: expect.stringContaining('the labelled data were not exported yet'),
			},
		]);
		expect(platform.time.now() - began).toBeLessThan(6 * 60_000);
	});
});
