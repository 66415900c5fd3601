import { chain } from '../tools/engine/engine.mts';
import { setUpInProcess } from '../nodes/setUpInProcess.mts';
import {
	COUNT,
	createModel,
	faultAll,
	itemsOf,
	onceEach,
	startedVersions,
	train,
} from './plans.mts';
import { report } from './report.mts';

/** The kinds that pass; a run that met fewer has tested less. */
const INJECTED = [
	'clockJump',
	'emptyBody',
	'hang',
	'http500',
	'http502html',
	'http503',
	'http504',
	'okWithFailureStatus',
	'resetAfter',
	'resetBefore',
	'throttle',
	'truncatedJson',
];

// A computer that has other things to do must not fail these runs.
jest.setTimeout(1_200_000);

const items = itemsOf(COUNT);

describe(`${COUNT} items through Create Model and Train, with a tenth of all calls faulted`, () => {
	it('make one model and one training each, and report them all', async () => {
		const platform = await setUpInProcess();
		const { emulator, engine } = platform;
		faultAll(emulator, COUNT);
		const trained = train(platform);

		const run = await engine.run(chain(createModel(platform), trained), { items });

		expect(run.error).toBeUndefined();
		const reported = run.outputs(trained.name);
		expect(reported.map(({ json }) => json.modelId)).toEqual(items.map(({ json }) => json.id));
		expect(reported.map(({ pairedItem }) => pairedItem)).toEqual(
			items.map((_item, item) => ({ item })),
		);
		expect(startedVersions(emulator)).toEqual(onceEach(items, reported));
		expect(Object.keys(emulator.faults.injected).sort()).toEqual(INJECTED);
		report('all items, passing faults', emulator, { models: COUNT, trainings: reported.length });
	});

	it('with Continue on Error, fail just where Clarifai said no for good', async () => {
		const platform = await setUpInProcess();
		const { emulator, engine } = platform;
		const isTenth = (body: unknown) => /"model-\d*7"/.test(JSON.stringify(body));
		emulator.faults.add({
			kind: 'okWithFailureStatus',
			rpc: 'PostModels',
			details: 'not today',
			when: ({ body }) => isTenth(body),
		});
		emulator.faults.add({
			kind: 'failure10020',
			rpc: 'PostModelVersions',
			details: 'no GPU left',
			when: ({ path }) => /model-\d*3\/versions$/.test(path),
		});
		faultAll(emulator, COUNT);
		const settings = { onError: 'continueErrorOutput' } as const;
		const models = createModel(platform, {}, settings);
		const trained = train(platform, {}, settings);

		const run = await engine.run(chain(models, trained), { items });

		const refused = items.filter(({ json }) => String(json.id).endsWith('7'));
		const untrained = items.filter(({ json }) => String(json.id).endsWith('3'));
		const notRefused = items.filter((item) => !refused.includes(item));
		const good = notRefused.filter((item) => !untrained.includes(item));
		expect(run.status).toBe('success');
		expect(run.outputs(models.name, 1)).toHaveLength(refused.length);
		for (const { json } of run.outputs(models.name, 1)) {
			expect(json.error).toBe('Failure');
			expect(json.details).toContain('not today');
		}
		expect(run.outputs(trained.name, 1)).toHaveLength(untrained.length);
		for (const { json } of run.outputs(trained.name, 1)) {
			expect(json.error).toBe('Invalid model argument');
			expect(json.details).toContain('no GPU left');
		}
		expect(run.outputs(models.name).map(({ json }) => json.modelId)).toEqual(
			notRefused.map(({ json }) => json.id),
		);
		const reported = run.outputs(trained.name);
		expect(reported.map(({ json }) => json.modelId)).toEqual(good.map(({ json }) => json.id));
		expect(startedVersions(emulator)).toEqual({
			...Object.fromEntries(untrained.map(({ json }) => [json.id, []])),
			...onceEach(good, reported),
		});
		report('with Continue on Error', emulator, {
			models: notRefused.length,
			trainings: reported.length,
			errors: refused.length + untrained.length,
		});
	});
});

describe('what is final by nature ends as one error for each item', () => {
	const continues = { onError: 'continueErrorOutput' } as const;

	it('a training that fails, waited for', async () => {
		const platform = await setUpInProcess({ trainingSeconds: 0 });
		const { emulator, engine } = platform;
		emulator.faults.add({
			kind: 'trainingFails',
			rate: 0.5,
			code: 21113,
			details: 'ran for a day',
		});
		const trained = train(platform, { waitForCompletion: true }, continues);

		const run = await engine.run(chain(createModel(platform), trained), { items: itemsOf(40) });

		const failed = run.outputs(trained.name, 1);
		expect(failed).toHaveLength(emulator.faults.injected.trainingFails ?? 0);
		expect(failed.length).toBeGreaterThan(0);
		for (const { json, pairedItem } of failed) {
			const { item } = pairedItem as { item: number };
			const [version] = startedVersions(emulator)[`model-${item}`];
			expect(json.error).toContain(
				`The training of model "model-${item}" (version ${version}) failed`,
			);
			expect(json.details).toContain('ran for a day');
		}
		expect(run.outputs(trained.name)).toHaveLength(40 - failed.length);
		expect(Object.values(startedVersions(emulator)).every(({ length }) => length === 1)).toBe(true);
	});

	it('a training that Clarifai made and failed at once (Mixed Success), with its version', async () => {
		const platform = await setUpInProcess();
		const { emulator, engine } = platform;
		emulator.faults.add({
			kind: 'mixed10010',
			rpc: 'PostModelVersions',
			code: 21106,
			details: 'no GPU left',
		});
		const trained = train(platform, {}, { ...continues, retryOnFail: true, waitBetweenTries: 1 });

		const run = await engine.run(chain(createModel(platform), trained), { items: itemsOf(3) });

		const failed = run.outputs(trained.name, 1);
		const started = startedVersions(emulator);
		expect(failed.map(({ json }) => json.error)).toEqual(
			itemsOf(3).map(({ json }) => expect.stringContaining(started[String(json.id)][0])),
		);
		expect(Object.values(started).map(({ length }) => length)).toEqual([1, 1, 1]);
	});

	it('10020 with the reason in the item', async () => {
		const platform = await setUpInProcess();
		const { emulator, run } = platform;
		emulator.addModel('m');
		emulator.faults.add({ kind: 'failure10020', rpc: 'PostModelVersions', details: 'no GPU left' });

		const { error } = await run('clarifaiTrain', {
			...train(platform).parameters,
			model: { __rl: true, mode: 'id', value: 'm' },
		});

		expect(error?.message).toBe('Invalid model argument');
		expect(error?.description).toContain('no GPU left');
		expect(startedVersions(emulator)).toEqual({ m: [] });
	});
});

describe('a list', () => {
	it.each(['repeatPage', 'shrinkPage'] as const)(
		'with a %s ends, and gives nothing twice',
		async (kind) => {
			const { emulator, run } = await setUpInProcess();
			emulator.addConcepts(2500);
			emulator.addModel('m');
			emulator.faults.add({ kind, rpc: 'ListConcepts' });

			const { error } = await run('clarifaiTrain', {
				...train(await setUpInProcess()).parameters,
				model: { __rl: true, mode: 'id', value: 'm' },
				concepts: ['concept-2400'],
			});

			const pages = emulator.requests.filter(({ rpc }) => rpc === 'ListConcepts');
			expect(pages.length).toBeLessThan(6);
			// What is read may lack a concept; the training is refused then, and never started twice.
			expect(startedVersions(emulator).m).toHaveLength(error ? 0 : 1);
		},
	);

	it('of Mixed Success still tells which training is ours', async () => {
		const platform = await setUpInProcess();
		const { emulator, run } = platform;
		emulator.addTrainedVersion('m');
		emulator.faults.add({ kind: 'resetAfter', rpc: 'PostModelVersions', times: 1 });
		emulator.faults.add({ kind: 'mixed10010', rpc: 'ListModelVersions' });

		const { json } = await run('clarifaiTrain', {
			...train(platform).parameters,
			model: { __rl: true, mode: 'id', value: 'm' },
		});

		const [, ours] = startedVersions(emulator).m;
		expect(json).toMatchObject([{ modelId: 'm', modelVersionId: ours }]);
		expect(startedVersions(emulator).m).toHaveLength(2);
	});
});
