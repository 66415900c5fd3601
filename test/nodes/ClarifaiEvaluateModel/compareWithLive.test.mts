import { addDatasetVersion } from '../../tools/emulator/datasetState.mts';
import { callsOf, DEMO, locate } from '../setup.mts';
import {
	addVersion,
	DATASET,
	evaluatedVersions,
	EVALUATE,
	flowers,
	makeLive,
	notPassed,
	onApril,
	onHeldOut,
	passed,
	round4,
	setUpHeldOut,
	setUpRivals,
	summaryOf,
	type Rivals,
} from './evaluateSetup.mts';

const f1Of = (platform: Rivals, versionId: string) =>
	round4(summaryOf(platform, versionId).macro_avg_f1_score);

describe('compared with what the default workflow runs', () => {
	it('a better version passes, with both values and the gain', async () => {
		const platform = await setUpRivals();
		const { better, live, run } = platform;

		const result = await run(EVALUATE, onApril(), { items: [flowers(better)] });

		const [value, baselineValue] = [f1Of(platform, better), f1Of(platform, live)];
		expect(value).toBeGreaterThan(baselineValue);
		expect(passed(result)).toMatchObject([
			{
				modelVersionId: better,
				passed: true,
				value,
				baselineVersionId: live,
				baselineValue,
				gain: round4(value - baselineValue),
				reason: expect.stringContaining('above the'),
			},
		]);
		expect(notPassed(result)).toEqual([]);
	});

	it('a worse version does not pass, and says so', async () => {
		const platform = await setUpRivals();
		const { worse, live, run } = platform;

		const result = await run(EVALUATE, onApril(), { items: [flowers(worse)] });

		expect(passed(result)).toEqual([]);
		expect(notPassed(result)).toMatchObject([
			{
				modelVersionId: worse,
				passed: false,
				baselineVersionId: live,
				gain: round4(f1Of(platform, worse) - f1Of(platform, live)),
				reason: expect.stringMatching(
					/^Macro F1: 0\.\d{4}, below the 0\.\d{4} of the live version$/,
				),
			},
		]);
	});

	it('an equal version does not pass', async () => {
		const platform = await setUpRivals();
		const equal = addVersion(platform, { wrong: 0.4 });

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(equal)] });

		expect(notPassed(result)).toMatchObject([
			{ passed: false, gain: 0, reason: expect.stringContaining('the same as the live version') },
		]);
	});

	it('the live version itself does not pass, and nothing is evaluated', async () => {
		const platform = await setUpRivals();
		const { live, run, emulator } = platform;

		const result = await run(EVALUATE, onHeldOut(), { items: [flowers(live)] });

		expect(notPassed(result)).toMatchObject([
			{
				modelVersionId: live,
				passed: false,
				reason: 'This version is the live version itself: there is nothing to gain',
				baselineVersionId: live,
			},
		]);
		for (const key of ['status', 'value', 'gain', 'evaluationId', 'datasetVersionId']) {
			expect(notPassed(result)[0]).not.toHaveProperty(key);
		}
		expect(callsOf(emulator).filter((call) => !call.startsWith('GET'))).toEqual([]);
	});

	it('both are measured on the same version of the data', async () => {
		const platform = await setUpRivals();
		const { better, run, emulator } = platform;

		await run(EVALUATE, onHeldOut(), { items: [flowers(better)] });

		const versions = [...emulator.app().evaluations.values()].map(
			({ truth }) => truth.dataset?.version.id as string,
		);
		expect(versions).toHaveLength(2);
		expect(new Set(versions).size).toBe(1);
	});

	it('the values have four digits', async () => {
		const platform = await setUpRivals();

		const result = await platform.run(EVALUATE, onApril(), { items: [flowers(platform.better)] });

		const [{ value, baselineValue, gain }] = passed(result);
		for (const number of [value, baselineValue, gain]) {
			expect(String(number)).toMatch(/^0(\.\d{1,4})?$/);
		}
	});

	it('a node without a version runs the newest one before the candidate', async () => {
		const platform = await setUpRivals();
		const { live, better, run } = platform;
		makeLive(platform, undefined);

		const result = await run(EVALUATE, onApril(), { items: [flowers(better)] });

		expect(passed(result)).toMatchObject([{ baselineVersionId: live }]);
	});

	it('of several models in the workflow the one with this model counts', async () => {
		const platform = await setUpRivals();
		const { live, better, run, emulator } = platform;
		const owner = { user_id: DEMO.userId, app_id: DEMO.appId };
		const other = addVersion(platform, { modelId: 'trees' });
		emulator.app().saveWorkflow({
			id: 'live',
			nodes: [
				{ id: 'a', model: { id: 'trees', ...owner, model_version: { id: other } } },
				{ id: 'b', model: { id: 'flowers', ...owner, model_version: { id: live } } },
			],
		});

		const result = await run(EVALUATE, onApril(), { items: [flowers(better)] });

		expect(passed(result)).toMatchObject([{ baselineVersionId: live }]);
	});

	it('a model of the same name in another app is not this one', async () => {
		const platform = await setUpRivals();
		const { better, run, emulator } = platform;
		emulator.app().saveWorkflow({
			id: 'live',
			nodes: [{ id: 'a', model: { id: 'flowers', user_id: DEMO.userId, app_id: 'elsewhere' } }],
		});

		const result = await run(EVALUATE, onApril(), { items: [flowers(better)] });

		expect(passed(result)).toMatchObject([{ baselineVersionId: null }]);
		expect(result.result.hints).toMatchObject([
			{ message: expect.stringContaining('does not use model "flowers"') },
		]);
	});
});

describe('without a live version', () => {
	const cases: Array<[string, (platform: Rivals) => void, string]> = [
		[
			"the default workflow is Clarifai's own",
			({ emulator }) =>
				Object.assign(emulator.app().message, {
					default_workflow_id: 'Universal',
					default_workflow: { id: 'Universal', user_id: 'clarifai', app_id: 'main' },
				}),
			'Workflow "Universal" does not use model "flowers"',
		],
		[
			'the app has no default workflow',
			({ emulator }) =>
				Object.assign(emulator.app().message, {
					default_workflow_id: undefined,
					default_workflow: undefined,
				}),
			'The app has no default workflow',
		],
		[
			'the workflow is without this model',
			(platform) => {
				const other = addVersion(platform, { modelId: 'trees' });
				makeLive(platform, other, 'trees');
			},
			'Workflow "live" does not use model "flowers"',
		],
	];

	it.each(cases)('since %s, the version passes with a hint', async (_why, arrange, hint) => {
		const platform = await setUpRivals();
		arrange(platform);
		const { worse, run } = platform;

		const result = await run(EVALUATE, onApril(), { items: [flowers(worse)] });

		expect(passed(result)).toMatchObject([{ passed: true, baselineVersionId: null }]);
		expect(passed(result)[0]).not.toHaveProperty('baselineValue');
		expect(passed(result)[0]).not.toHaveProperty('gain');
		expect(result.result.hints).toMatchObject([{ message: expect.stringContaining(hint) }]);
		expect(evaluatedVersions(platform)).toEqual([worse]);
	});

	it.each(cases)('since %s, the minimum alone decides', async (_why, arrange) => {
		const platform = await setUpRivals();
		arrange(platform);
		const { better, worse, run } = platform;

		const result = await run(EVALUATE, onApril({ minimumValue: 0.7 }), {
			items: [flowers(better), flowers(worse)],
		});

		expect(passed(result)).toMatchObject([{ modelVersionId: better }]);
		expect(notPassed(result)).toMatchObject([
			{ modelVersionId: worse, reason: expect.stringContaining('below the minimum of 0.7000') },
		]);
	});

	it('an app key does, too, that may not look into the workflow of another owner', async () => {
		const platform = await setUpHeldOut();
		const version = addVersion(platform);
		const { run } = await platform.withCredential({ accessToken: DEMO.appKey });

		const result = await run(EVALUATE, onApril(), { items: [flowers(version)] });

		expect(result.error).toBeUndefined();
		expect(passed(result)).toMatchObject([{ baselineVersionId: null, passed: true }]);
		expect(result.result.hints).toMatchObject([
			{ message: expect.stringContaining('Workflow "Universal" cannot be read') },
		]);
	});
});

describe('Minimum Value and Minimum Gain', () => {
	it('the minimum has to be reached beside the comparison', async () => {
		const platform = await setUpRivals();
		const { better, run } = platform;

		const result = await run(EVALUATE, onApril({ minimumValue: 0.99 }), {
			items: [flowers(better)],
		});

		expect(notPassed(result)).toMatchObject([
			{ reason: expect.stringContaining('below the minimum of 0.9900') },
		]);
	});

	it('the gain has to be exceeded', async () => {
		const platform = await setUpRivals();
		const { better, run } = platform;
		const first = await run(EVALUATE, onApril(), { items: [flowers(better)] });
		const gain = passed(first)[0].gain as number;

		const same = await run(EVALUATE, onApril({ minimumGain: gain }), { items: [flowers(better)] });
		const less = await run(EVALUATE, onApril({ minimumGain: round4(gain - 0.0001) }), {
			items: [flowers(better)],
		});

		expect(notPassed(same)).toMatchObject([
			{ reason: expect.stringContaining('but not by more than the minimum gain') },
		]);
		expect(passed(less)).toMatchObject([{ gain }]);
	});
});

describe('compared with what is named', () => {
	it('a workflow', async () => {
		const platform = await setUpRivals();
		const { live, better, worse, run, emulator } = platform;
		const owner = { user_id: DEMO.userId, app_id: DEMO.appId };
		emulator.app().saveWorkflow({
			id: 'staging',
			nodes: [{ id: 'm', model: { id: 'flowers', ...owner, model_version: { id: worse } } }],
		});

		const result = await run(EVALUATE, onApril({ workflow: locate('id', 'staging') }), {
			items: [flowers(live)],
		});

		expect(passed(result)).toMatchObject([{ modelVersionId: live, baselineVersionId: worse }]);
		expect(better).toBeDefined();
	});

	it('a workflow that is given by its link', async () => {
		const platform = await setUpRivals();
		const link = `https://clarifai.com/${DEMO.userId}/${DEMO.appId}/workflows/live`;

		const result = await platform.run(EVALUATE, onApril({ workflow: locate('url', link) }), {
			items: [flowers(platform.better)],
		});

		expect(passed(result)).toMatchObject([{ baselineVersionId: platform.live }]);
	});

	it('a workflow that does not exist is an error', async () => {
		const platform = await setUpRivals();

		const result = await platform.run(EVALUATE, onApril({ workflow: locate('id', 'gone') }), {
			items: [flowers(platform.better)],
		});

		expect(result.error?.message).toContain('Workflow "gone" does not exist');
		expect(evaluatedVersions(platform)).toEqual([]);
	});

	it('a deployment: the version that it runs, not the one that it is to run', async () => {
		const platform = await setUpRivals({ deploySeconds: 3600 });
		const { live, better, worse, run, emulator } = platform;
		const deployment = emulator.addDeployment('shop', 'flowers', { versionId: live });
		deployment.assign(
			emulator.app().models.get('flowers')!.versions.get(worse)!,
			emulator.clock.now(),
		);

		const result = await run(EVALUATE, onApril({ deploymentId: 'shop' }), {
			items: [flowers(better)],
		});

		expect(passed(result)).toMatchObject([{ baselineVersionId: live }]);
	});

	it.each(['list', 'id'] as const)('a deployment in mode "%s"', async (mode) => {
		const { live, better, run, emulator } = await setUpRivals();
		emulator.addDeployment('shop', 'flowers', { versionId: live });

		const result = await run(EVALUATE, onApril({ deploymentId: locate(mode, 'shop') }), {
			items: [flowers(better)],
		});

		expect(passed(result)).toMatchObject([{ baselineVersionId: live }]);
	});

	it('a deployment that an expression does not give is an error, not the default workflow', async () => {
		const platform = await setUpRivals();

		const result = await platform.run(
			EVALUATE,
			onApril({ deploymentId: locate('id', '={{ $json.deploymentID }}') }),
			{ items: [flowers(platform.better)] },
		);

		expect(result.error?.message).toContain("'Deployment' is an expression that gives nothing");
		expect(callsOf(platform.emulator)).toEqual([]);
	});

	it('a deployment that does not exist is an error', async () => {
		const platform = await setUpRivals();

		const result = await platform.run(EVALUATE, onApril({ deploymentId: 'gone' }), {
			items: [flowers(platform.better)],
		});

		expect(result.error?.message).toContain('Deployment "gone" does not exist');
		expect(evaluatedVersions(platform)).toEqual([]);
	});

	it('a deployment of another model is an error', async () => {
		const platform = await setUpRivals();
		addVersion(platform, { modelId: 'trees' });
		platform.emulator.addDeployment('shop', 'trees');

		const result = await platform.run(EVALUATE, onApril({ deploymentId: 'shop' }), {
			items: [flowers(platform.better)],
		});

		expect(result.error?.message).toContain(
			'Deployment "shop" serves model "trees", not "flowers"',
		);
	});

	it('a deployment needs a Personal Access Token', async () => {
		const platform = await setUpRivals();
		platform.emulator.addDeployment('shop', 'flowers');
		const { run } = await platform.withCredential({ accessToken: DEMO.appKey });

		const result = await run(EVALUATE, onApril({ deploymentId: 'shop' }), {
			items: [flowers(platform.better)],
		});

		expect(result.error?.description).toContain('This step needs a Personal Access Token');
	});

	it('both a workflow and a deployment are one too many', async () => {
		const platform = await setUpRivals();

		const result = await platform.run(
			EVALUATE,
			onApril({ workflow: locate('id', 'live'), deploymentId: 'shop' }),
			{ items: [flowers(platform.better)] },
		);

		expect(result.error?.message).toContain("Both 'Workflow' and 'Deployment' are set");
		expect(callsOf(platform.emulator)).toEqual([]);
	});

	it('a certain version', async () => {
		const platform = await setUpRivals();
		const { worse, better, run } = platform;

		const result = await run(
			EVALUATE,
			onApril({ compareWith: 'version', baselineVersionId: locate('id', worse) }),
			{ items: [flowers(better)] },
		);

		expect(passed(result)).toMatchObject([
			{
				baselineVersionId: worse,
				reason: expect.stringContaining(`of version ${worse}`),
			},
		]);
	});

	it.each([
		['is not given', locate('list', ''), "'Baseline Version' is empty"],
		['does not exist', locate('id', 'gone'), 'Version "gone" of model "flowers" does not exist'],
		[
			'comes from an expression that gives nothing',
			locate('id', '={{ $json.previousVersion }}'),
			"'Baseline Version' is an expression that gives nothing",
		],
	])('a version that %s is an error', async (_what, baselineVersionId, message) => {
		const platform = await setUpRivals();

		const result = await platform.run(
			EVALUATE,
			onApril({ compareWith: 'version', baselineVersionId }),
			{ items: [flowers(platform.better)] },
		);

		expect(result.error?.message).toContain(message);
		expect(evaluatedVersions(platform)).toEqual([]);
	});

	it('nothing: the minimum alone decides', async () => {
		const platform = await setUpRivals();
		const { better, worse, run, emulator } = platform;

		const result = await run(EVALUATE, onApril({ compareWith: 'nothing', minimumValue: 0.7 }), {
			items: [flowers(better), flowers(worse)],
		});

		expect(passed(result)).toMatchObject([{ modelVersionId: better, baselineVersionId: null }]);
		expect(notPassed(result)).toMatchObject([{ modelVersionId: worse }]);
		expect(callsOf(emulator)).not.toContain('GET GetApp');
		expect(result.result.hints).toEqual([]);
	});
});

describe('a stored evaluation', () => {
	it('of the same version and data is used again', async () => {
		const platform = await setUpRivals();
		const { better, live, run } = platform;
		await run(EVALUATE, onApril(), { items: [flowers(better)] });

		const again = await run(EVALUATE, onApril(), { items: [flowers(better)] });

		expect(passed(again)).toMatchObject([{ passed: true, baselineVersionId: live }]);
		expect(evaluatedVersions(platform).sort()).toEqual([better, live].sort());
	});

	it('that somebody else has made is used, too', async () => {
		const platform = await setUpRivals();
		const { better, live, run } = platform;
		await run(EVALUATE, onApril({ compareWith: 'nothing' }, { evaluationId: 'by-hand' }), {
			items: [flowers(live)],
		});

		const result = await run(EVALUATE, onApril(), { items: [flowers(better)] });

		expect(passed(result)).toMatchObject([{ baselineValue: f1Of(platform, live) }]);
		expect(evaluatedVersions(platform).sort()).toEqual([better, live].sort());
	});

	it('of other data is not: another version of the dataset', async () => {
		const platform = await setUpRivals();
		const { better, live, run, emulator } = platform;
		const app = emulator.app();
		const dataset = app.datasets.get(DATASET)!;
		addDatasetVersion(app, dataset, { id: 'march' }, { seconds: 0 });
		await run(
			EVALUATE,
			onHeldOut({
				compareWith: 'nothing',
				additionalFields: { datasetVersionId: locate('id', 'march') },
			}),
			{ items: [flowers(live)] },
		);

		await run(EVALUATE, onApril(), { items: [flowers(better)] });

		expect(evaluatedVersions(platform).sort()).toEqual([better, live, live].sort());
	});

	it('that is under way is waited for', async () => {
		const platform = await setUpRivals({ evaluationSeconds: 3000 });
		const { better, live, run } = platform;
		await run(EVALUATE, onApril({ waitOptions: { timeoutMinutes: 0 } }), {
			items: [flowers(better)],
		});

		const result = await run(EVALUATE, onApril(), { items: [flowers(better)] });

		expect(passed(result)).toMatchObject([{ passed: true }]);
		expect(evaluatedVersions(platform).sort()).toEqual([better, live].sort());
	});
});

describe('what is missing never passes', () => {
	it('the evaluation of the live version has failed', async () => {
		const platform = await setUpRivals();
		const { better, live, run, emulator } = platform;
		emulator.planEvaluation(live, { outcome: 21313 });

		const result = await run(EVALUATE, onApril(), { items: [flowers(better)] });

		expect(notPassed(result)).toMatchObject([
			{
				passed: false,
				value: f1Of(platform, better),
				baselineVersionId: live,
				baselineValue: null,
				gain: null,
				reason: 'There is no value for Macro F1 of the live version to compare with',
			},
		]);
		expect(result.result.hints).toMatchObject([
			{ message: expect.stringContaining('The version to compare with could not be evaluated') },
		]);
	});

	it('the wait for the live version ran out', async () => {
		const platform = await setUpRivals();
		const { better, live, run, emulator } = platform;
		emulator.planEvaluation(live, { seconds: 7200, outcome: 21300 });

		const result = await run(EVALUATE, onApril({ waitOptions: { timeoutMinutes: 5 } }), {
			items: [flowers(better)],
		});

		expect(passed(result)).toEqual([]);
		expect(notPassed(result)).toMatchObject([{ passed: false, timedOut: true }]);
	});

	it('the metric is one that these models do not have', async () => {
		const platform = await setUpRivals();

		const result = await platform.run(EVALUATE, onApril({ metric: 'map50' }), {
			items: [flowers(platform.better)],
		});

		expect(notPassed(result)).toMatchObject([
			{ passed: false, value: null, reason: 'There is no value for mAP at IoU 0.5' },
		]);
	});
});
