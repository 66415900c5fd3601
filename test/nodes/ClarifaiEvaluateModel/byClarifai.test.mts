import { bodiesOf, callsOf, DEMO, locate } from '../setup.mts';
import { region } from '../../tools/tests/emulator/labelledData.mts';
import {
	addVersion,
	DATASET,
	DATASET_VERSION,
	evaluatedVersions,
	EVALUATE,
	flowers,
	labelledPictures,
	notPassed,
	onApril,
	onHeldOut,
	passed,
	round4,
	setUpHeldOut,
	setUpRivals,
	summaryOf,
} from './evaluateSetup.mts';

const OWNER = { user_id: DEMO.userId, app_id: DEMO.appId };

describe("Clarifai's own evaluation", () => {
	it('is asked for once, waited for, and put out', async () => {
		const platform = await setUpHeldOut(undefined, { evaluationSeconds: 600 });
		const version = addVersion(platform, { wrong: 0.2 });

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });

		const summary = summaryOf(platform, version);
		const f1 = round4(summary.macro_avg_f1_score);
		expect(result.error).toBeUndefined();
		expect(result.outputs(0)).toEqual([
			{
				json: {
					modelId: 'flowers',
					modelVersionId: version,
					modelTypeId: 'visual-classifier',
					passed: true,
					reason: `Macro F1: ${f1.toFixed(4)}, with no version to compare it with`,
					metric: 'macroF1',
					value: f1,
					baselineVersionId: null,
					metrics: {
						macroF1: summary.macro_avg_f1_score,
						macroPrecision: summary.macro_avg_precision,
						macroRecall: summary.macro_avg_recall,
						rocAuc: summary.macro_avg_roc_auc,
					},
					perConcept: [
						expect.objectContaining({ concept: 'rose', examples: 20 }),
						expect.objectContaining({ concept: 'tulip', examples: 20 }),
					],
					evaluationId: expect.stringMatching(/^n8n-[0-9a-f]{24}$/),
					datasetId: DATASET,
					datasetVersionId: DATASET_VERSION,
					userId: DEMO.userId,
					appId: DEMO.appId,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(notPassed(result)).toEqual([]);
		expect(evaluatedVersions(platform)).toEqual([version]);
	});

	it('is asked for as the SDK does, with data and version of the dataset', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });

		expect(bodiesOf(platform.emulator, 'PostEvaluations')).toEqual([
			{
				eval_metrics: [
					{
						id: passed(result)[0].evaluationId,
						model: { id: 'flowers', ...OWNER, model_version: { id: version } },
						ground_truth_dataset: {
							id: DATASET,
							...OWNER,
							version: { id: DATASET_VERSION },
						},
						eval_info: { params: { use_kfold: false } },
					},
				],
			},
		]);
	});

	it('freezes what the dataset holds now where no version is named', async () => {
		const platform = await setUpHeldOut();
		const { emulator } = platform;
		const version = addVersion(platform);

		const result = await platform.run(EVALUATE, onHeldOut(), { items: [flowers(version)] });

		const [{ id: made }] = emulator.book.of('datasetVersion');
		expect(passed(result)).toMatchObject([{ datasetVersionId: made }]);
		expect(bodiesOf(emulator, 'PostDatasetVersions')).toEqual([
			{ dataset_versions: [{ description: 'Made by Clarifai Evaluate Model in n8n' }] },
		]);
	});

	it('shares one new dataset version with all items and baselines', async () => {
		const platform = await setUpRivals();
		const { emulator, better, worse, live } = platform;

		const result = await platform.run(EVALUATE, onHeldOut(), {
			items: [flowers(better), flowers(worse)],
		});

		const [{ id: made }] = emulator.book.of('datasetVersion');
		expect([...passed(result), ...notPassed(result)]).toMatchObject([
			{ modelVersionId: better, datasetVersionId: made },
			{ modelVersionId: worse, datasetVersionId: made },
		]);
		expect(emulator.book.of('datasetVersion')).toHaveLength(1);
		expect(evaluatedVersions(platform).sort()).toEqual([better, live, worse].sort());
	});

	it('puts out each concept: figures, examples, what it is confused with', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform, { wrong: 0.25 });

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });

		const [{ perConcept }] = passed(result) as Array<{ perConcept: object[] }>;
		for (const [concept, other] of [
			['rose', 'tulip'],
			['tulip', 'rose'],
		]) {
			expect(perConcept).toContainEqual({
				concept,
				examples: 20,
				precision: expect.any(Number),
				recall: expect.any(Number),
				f1: expect.any(Number),
				rocAuc: expect.any(Number),
				confusedWith: [{ concept: other, share: expect.any(Number) }],
			});
		}
	});

	it('is not asked for its large parts when nobody wants them', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);

		const result = await platform.run(EVALUATE, onApril({}, { perConcept: false }), {
			items: [flowers(version)],
		});

		expect(passed(result)[0]).not.toHaveProperty('perConcept');
		const looks = platform.emulator.requests.filter(({ rpc }) => rpc === 'GetEvaluation');
		expect(looks.map(({ query }) => Object.keys(query))).toEqual(looks.map(() => []));
	});

	it("is put out as Clarifai's own object without Simplify", async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);

		const result = await platform.run(EVALUATE, onApril({ simplify: false }), {
			items: [flowers(version)],
		});

		expect(passed(result)).toMatchObject([
			{
				status: { code: 21300 },
				summary: summaryOf(platform, version),
				model: { model_version: { id: version } },
			},
		]);
	});

	it('takes the newest usable version where none is named', async () => {
		const platform = await setUpHeldOut();
		addVersion(platform);
		const newest = addVersion(platform);
		platform.emulator.addTraining('flowers', { seconds: Infinity });

		const result = await platform.run(
			EVALUATE,
			onApril({ model: locate('list', 'flowers'), modelVersionId: locate('list', '') }),
		);

		expect(passed(result)).toMatchObject([{ modelVersionId: newest }]);
	});

	it('is looked at less and less often', async () => {
		const platform = await setUpHeldOut(undefined, { evaluationSeconds: 300 });
		const version = addVersion(platform);

		await platform.run(
			EVALUATE,
			onApril({ waitOptions: { pollIntervalSeconds: 60 } }, { perConcept: false }),
			{ items: [flowers(version)] },
		);

		const looks = platform.emulator.requests
			.filter(({ rpc }) => rpc === 'GetEvaluation')
			.map(({ arrivedAt }) => arrivedAt);
		// The first look of all found none.
		const pauses = looks.slice(2).map((at, index) => at - looks[index + 1]);
		expect(pauses.slice(0, 4)).toEqual([2000, 3000, 4500, 6750]);
		expect(Math.max(...pauses)).toBe(60_000);
	});
});

describe('a detector', () => {
	const pictures = labelledPictures(20).map(({ concepts, ...input }) => ({
		...input,
		regions: [region(concepts![0], [0.1, 0.1, 0.6, 0.7])],
	}));
	const detector = { modelId: 'finder', modelTypeId: 'visual-detector' };

	it.each([
		['auto', 'map50', 'mean_avg_precision_iou_50'],
		['map50', 'map50', 'mean_avg_precision_iou_50'],
		['map', 'map', 'mean_avg_precision_iou_range'],
	])('is judged by its mean average precision (%s)', async (metric, key, field) => {
		const platform = await setUpHeldOut(pictures);
		const version = addVersion(platform, { ...detector, wrong: 0.2 });

		const result = await platform.run(EVALUATE, onApril({ metric }), {
			items: [{ modelId: 'finder', modelVersionId: version }],
		});

		const summary = summaryOf(platform, version);
		expect(passed(result)).toMatchObject([
			{ modelTypeId: 'visual-detector', metric: key, value: round4(summary[field]) },
		]);
		expect(passed(result)[0].metrics).toEqual({
			map50: summary.mean_avg_precision_iou_50,
			map: summary.mean_avg_precision_iou_range,
		});
	});

	it('has no macro values, although Clarifai shows them as 0', async () => {
		const platform = await setUpHeldOut(pictures);
		const version = addVersion(platform, detector);

		const result = await platform.run(EVALUATE, onApril({ metric: 'macroF1' }), {
			items: [{ modelId: 'finder', modelVersionId: version }],
		});
		const { json: shown } = await platform.run(
			EVALUATE,
			onApril({ metric: 'map', simplify: false, compareWith: 'nothing' }),
			{ items: [{ modelId: 'finder', modelVersionId: version }] },
		);

		expect(JSON.stringify(shown)).toContain('"macro_avg_f1_score":0,');
		expect(notPassed(result)).toMatchObject([
			{ passed: false, value: null, reason: 'There is no value for Macro F1' },
		]);
	});

	it('is told by concept, with the regions that there are', async () => {
		const platform = await setUpHeldOut(pictures);
		const version = addVersion(platform, detector);

		const result = await platform.run(EVALUATE, onApril(), {
			items: [{ modelId: 'finder', modelVersionId: version }],
		});

		expect(passed(result)[0].perConcept).toMatchObject([
			{ concept: 'rose', examples: 10, averagePrecision: expect.any(Number) },
			{ concept: 'tulip', examples: 10, averagePrecision: expect.any(Number) },
		]);
	});
});

describe('an evaluation that fails', () => {
	it.each([
		[21310, 'timed out'],
		[21311, ''],
		[21312, ''],
		[21313, ''],
		[21315, ''],
		[21316, ''],
		[21317, ''],
	])('with code %i is an error that says so', async (outcome) => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		platform.emulator.planEvaluation(version, { outcome, details: 'the reason of it' });

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });

		expect(result.error?.message).toMatch(/^The evaluation failed: /);
		expect(result.error?.description).toContain('the reason of it');
		expect(result.error?.description).toContain(`code ${outcome}`);
		expect(passed(result)).toEqual([]);
		expect(evaluatedVersions(platform)).toEqual([version]);
	});

	it('is made again by the next run, under another ID', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		platform.emulator.planEvaluation(version, { outcome: 21317 });
		await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });
		platform.emulator.planEvaluation(version, undefined);

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });

		expect(passed(result)).toMatchObject([
			{ passed: true, evaluationId: expect.stringMatching(/^n8n-[0-9a-f]{24}-2$/) },
		]);
		expect(platform.emulator.app().evaluations.size).toBe(2);
	});

	it('is told again by Retry On Fail, not made again', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		platform.emulator.planEvaluation(version, { outcome: 21317 });

		const result = await platform.run(EVALUATE, onApril(), {
			items: [flowers(version)],
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});

		expect(result.error?.message).toMatch(/^The evaluation failed: /);
		expect(evaluatedVersions(platform)).toEqual([version]);
	});
});

describe('a platform that does not evaluate the model', () => {
	it('is answered with the other way', async () => {
		const platform = await setUpHeldOut(undefined, { evaluatesContainers: false });
		const version = platform.emulator.addContainerVersion('flowers').message.id as string;

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });

		expect(result.error?.description).toContain('Versions that pipelines made cannot be evaluated');
		expect(result.error?.description).toContain(
			"such as those that a pipeline has trained, set 'Evaluate With' to Predictions",
		);
		expect(evaluatedVersions(platform)).toEqual([]);
	});

	it('is not asked for what it has no metric for', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform, { modelId: 'talker', modelTypeId: 'text-to-text' });

		const result = await platform.run(EVALUATE, onApril(), {
			items: [{ modelId: 'talker', modelVersionId: version }],
		});

		expect(result.error?.message).toContain('No metric is known for models of type text-to-text');
		expect(callsOf(platform.emulator).filter((call) => !call.startsWith('GET'))).toEqual([]);
	});

	it("has no accuracy of Clarifai's own", async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);

		const result = await platform.run(EVALUATE, onApril({ metric: 'accuracy' }), {
			items: [flowers(version)],
		});

		expect(result.error?.message).toContain("Clarifai's own evaluation has no accuracy");
		expect(result.error?.description).toContain("set 'Evaluate With' to Predictions");
	});
});

describe('the wait', () => {
	it('that runs out does not pass, and keeps what is known', async () => {
		const platform = await setUpHeldOut(undefined, { evaluationSeconds: 7200 });
		const version = addVersion(platform);

		const result = await platform.run(
			EVALUATE,
			onApril({ waitOptions: { timeoutMinutes: 10, pollIntervalSeconds: 60 } }),
			{ items: [flowers(version)] },
		);

		expect(result.error).toBeUndefined();
		expect(passed(result)).toEqual([]);
		expect(notPassed(result)).toMatchObject([
			{
				passed: false,
				reason: 'The evaluation is not done yet',
				status: 'evaluating',
				timedOut: true,
				evaluationId: expect.any(String),
				datasetVersionId: DATASET_VERSION,
			},
		]);
		for (const key of ['value', 'gain', 'metrics']) {
			expect(notPassed(result)[0]).not.toHaveProperty(key);
		}
		expect(result.result.hints).toContainEqual(
			expect.objectContaining({ message: 'The wait ran out before the evaluation was done.' }),
		);
	});

	it('is taken up again by the next run', async () => {
		const platform = await setUpHeldOut(undefined, { evaluationSeconds: 7200 });
		const version = addVersion(platform);
		const parameters = onApril({ waitOptions: { timeoutMinutes: 10 } });
		const first = await platform.run(EVALUATE, parameters, { items: [flowers(version)] });
		platform.emulator.clock.advance(7_200_000);

		const second = await platform.run(EVALUATE, parameters, { items: [flowers(version)] });

		expect(passed(second)).toMatchObject([
			{ passed: true, evaluationId: notPassed(first)[0].evaluationId },
		]);
		expect(evaluatedVersions(platform)).toEqual([version]);
	});

	it('survives an outage of the platform', async () => {
		const platform = await setUpHeldOut(undefined, { evaluationSeconds: 600 });
		const version = addVersion(platform);
		platform.emulator.faults.add({ kind: 'http503', rpc: 'GetEvaluation', skip: 3, times: 6 });

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(version)] });

		expect(passed(result)).toMatchObject([{ passed: true }]);
		expect(platform.emulator.faults.total).toBe(6);
	});
});
