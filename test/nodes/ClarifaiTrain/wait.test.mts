import type { INodeParameters } from 'n8n-workflow';
import type { FaultKind, TrainingPlan } from '../../tools/emulator/emulator.mts';
import { chain } from '../../tools/engine/engine.mts';
import { nativeRequire } from '../../tools/native.mts';
import {
	bodiesOf,
	callsOf,
	DEMO,
	type InProcessOptions,
	type InProcessSetUp,
	locate,
	setUp,
	type SetUp,
} from '../setup.mts';

const { Logger } = nativeRequire(
	nativeRequire.resolve('@n8n/backend-common', { paths: [nativeRequire.resolve('n8n-core')] }),
) as {
	Logger: { prototype: { info(message: string): void } };
};

const TRAIN = 'clarifaiTrain';
const TEMPLATE = 'MMClassification_ResNet_50_RSB_A1';

/** A training of the model "cars" that is waited for. */
const waiting = (
	waitOptions: INodeParameters = {},
	more: INodeParameters = {},
): INodeParameters => ({
	model: locate('id', 'cars'),
	template: locate('id', TEMPLATE),
	specifyHyperparameters: 'json',
	concepts: ['ferrari', 'outdoors'],
	waitForCompletion: true,
	waitOptions: { pollIntervalSeconds: 1, ...waitOptions },
	options: { maxRequestsPerSecond: 0 },
	...more,
});

afterEach(() => jest.restoreAllMocks());

async function setUpModel(
	plan?: TrainingPlan,
	options: InProcessOptions = {},
): Promise<InProcessSetUp> {
	const platform = await setUp(options);
	platform.emulator.addModel('cars');
	platform.emulator.planTraining('cars', plan);
	return platform;
}

/** A training of 1000 seconds, of which some pass with each look at it. */
async function setUpStepwise(seconds: number, plan: TrainingPlan = {}): Promise<InProcessSetUp> {
	const platform: InProcessSetUp = await setUpModel(
		{ seconds: 1000, ...plan },
		{
			onRequest: ({ rpc }) => {
				if (rpc === 'GetModelVersion') platform.emulator.clock.advance(seconds * 1000);
			},
		},
	);
	return platform;
}

/** A training of 1000 seconds, of which some have passed before the first look at it. */
async function setUpUnderWay(seconds: number): Promise<InProcessSetUp> {
	const platform: InProcessSetUp = await setUpModel(
		{ seconds: 1000 },
		{
			onRequest: ({ rpc }) => {
				if (rpc === 'PostModelVersions') platform.emulator.clock.advance(seconds * 1000);
			},
		},
	);
	return platform;
}

const versionsOf = ({ emulator }: SetUp, modelId = 'cars') => [
	...(emulator.app().models.get(modelId)?.versions.values() ?? []),
];

const idOf = (platform: SetUp, modelId = 'cars') =>
	versionsOf(platform, modelId)[0].message.id as string;

const polls = ({ emulator }: SetUp) =>
	callsOf(emulator).filter((call) => call === 'GET GetModelVersion').length;

/** The pauses between the looks at the training, in milliseconds. */
const pausesOf = ({ emulator }: SetUp) => {
	const looks = emulator.requests.filter(({ rpc }) => rpc === 'GetModelVersion');
	return looks.slice(1).map(({ arrivedAt }, index) => arrivedAt - looks[index].arrivedAt);
};

describe('a wait', () => {
	it('ends with the trained version', async () => {
		const platform = await setUpStepwise(600);

		const { items, error } = await platform.run(TRAIN, waiting());

		expect(error).toBeUndefined();
		const [{ message, training }] = versionsOf(platform);
		expect(items).toEqual([
			{
				json: {
					modelId: 'cars',
					modelVersionId: message.id,
					modelTypeId: 'visual-classifier',
					template: TEMPLATE,
					status: 'trained',
					statusCode: 21100,
					statusDescription: 'Model is trained and ready',
					userId: DEMO.userId,
					appId: DEMO.appId,
					createdAt: message.created_at,
					completedAt: new Date(training.endsAt).toISOString(),
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(polls(platform)).toBe(3);
	});

	it('looks at once, and not again when the training has ended', async () => {
		const platform = await setUpModel({ seconds: 0 });

		const { json } = await platform.run(
			TRAIN,
			waiting({ pollIntervalSeconds: 3600, timeoutMinutes: 0 }),
		);

		expect(json).toMatchObject([{ status: 'trained' }]);
		expect(json[0]).not.toHaveProperty('timedOut');
		expect(polls(platform)).toBe(1);
	});

	it('that runs out gives the item with its status so far', async () => {
		const platform = await setUpUnderWay(200);

		const { json, error, result } = await platform.run(TRAIN, waiting({ timeoutMinutes: 0.0001 }));

		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{
				modelVersionId: idOf(platform),
				status: 'training',
				statusCode: 21101,
				statusDescription: 'Training stage in progress: 0/1 complete.',
				percentCompleted: expect.any(Number),
				secondsRemaining: expect.any(Number),
				timedOut: true,
			},
		]);
		expect(result.hints).toMatchObject([
			{
				message: expect.stringContaining(
					`The wait ran out, the training goes on. cars (${idOf(platform)}): training, `,
				),
			},
		]);
		expect(versionsOf(platform)).toHaveLength(1);
	});

	it('of no time looks once', async () => {
		const platform = await setUpModel({ seconds: Infinity });

		const { json } = await platform.run(TRAIN, waiting({ timeoutMinutes: 0 }));

		expect(json).toMatchObject([{ status: 'queued', timedOut: true }]);
		expect(polls(platform)).toBe(1);
	});

	it('looks less and less often, up to the interval', async () => {
		const platform = await setUpStepwise(150);

		await platform.run(TRAIN, waiting({ pollIntervalSeconds: '10' }));

		expect(pausesOf(platform).slice(0, 6)).toEqual([2000, 3000, 4500, 6750, 10_000, 10_000]);
	});

	it('begins with the interval when that is short', async () => {
		const platform = await setUpStepwise(300);

		await platform.run(TRAIN, waiting({ pollIntervalSeconds: 1 }));

		expect(pausesOf(platform).slice(0, 3)).toEqual([1000, 1000, 1000]);
	});

	it('pauses no longer than the time that is left', async () => {
		const platform = await setUpModel({ seconds: Infinity });

		const { json } = await platform.run(
			TRAIN,
			waiting({ pollIntervalSeconds: 60, timeoutMinutes: 0.01 }),
		);

		expect(json).toMatchObject([{ timedOut: true }]);
		expect(Math.max(...pausesOf(platform))).toBeLessThanOrEqual(600);
	});

	it("gives Clarifai's own object without Simplify", async () => {
		const platform = await setUpModel({ seconds: 0 });

		const { json } = await platform.run(TRAIN, waiting({}, { simplify: false }));

		expect(json).toMatchObject([{ id: idOf(platform), status: { code: 21100 } }]);
	});
});

describe('an evaluation right after the training', () => {
	const evaluated = (waitOptions: INodeParameters = {}, more: INodeParameters = {}) =>
		waiting(waitOptions, { additionalFields: { evaluateAfterTraining: true }, ...more });

	async function setUpLabelled(evaluationSeconds = 30) {
		const platform = await setUpModel({ seconds: 10 }, { evaluationSeconds });
		platform.emulator.addLabelledInputs('pictures', [
			{ concepts: ['ferrari'], text: 'a red car' },
			{ concepts: ['outdoors'], text: 'a meadow' },
		]);
		return platform;
	}

	it('is waited for, and its figures are put out', async () => {
		const platform = await setUpLabelled();

		const { json } = await platform.run(TRAIN, evaluated());

		expect(json).toMatchObject([{ status: 'trained', metrics: { macroF1: expect.any(Number) } }]);
		expect(platform.time.now()).toBeGreaterThanOrEqual(40_000);
	});

	it('may fail: the version is trained all the same', async () => {
		const platform = await setUpLabelled();
		platform.emulator.planEvaluation('cars', { outcome: 21317 });

		const { json, result } = await platform.run(TRAIN, evaluated());

		expect(json).toMatchObject([{ status: 'trained', modelVersionId: idOf(platform) }]);
		expect(json[0]).not.toHaveProperty('metrics');
		expect(JSON.stringify(result.hints)).toContain("Clarifai's evaluation has failed");
	});

	it('that Clarifai shows nothing of is given up after a minute', async () => {
		const platform = await setUpLabelled();
		platform.emulator.addModel('areas', { model_type_id: 'visual-segmenter' });
		const parameters = evaluated(
			{},
			{ model: locate('id', 'areas'), template: locate('id', 'MMSegmentation_SegFormer') },
		);

		const { json } = await platform.run(TRAIN, parameters);

		expect(json).toMatchObject([{ status: 'trained' }]);
		expect(json[0]).not.toHaveProperty('timedOut');
	});

	it('that takes longer than the wait is said to go on', async () => {
		const platform = await setUpLabelled(3600);

		const { json, result } = await platform.run(TRAIN, evaluated({ timeoutMinutes: 2 }));

		expect(json).toMatchObject([{ status: 'trained', timedOut: true }]);
		expect(JSON.stringify(result.hints)).toContain('The wait ran out, the evaluation goes on.');
	});

	it('is no reason to delete the trained version at a stop', async () => {
		const platform = await setUpLabelled(3600);
		const parameters = evaluated({ cancelTrainingOnStop: true });
		const handle = platform.engine.start(chain(platform.engine.node(TRAIN, parameters)));
		while (platform.time.now() < 60_000) await platform.time.sleep(1_000);
		handle.cancel();

		expect((await handle.done).status).toBe('canceled');
		expect(versionsOf(platform)).toHaveLength(1);
	});
});

describe('progress', () => {
	it('is shown while the node runs: in the editor, the log and the custom data', async () => {
		const platform = await setUpStepwise(350);
		const seen: unknown[] = [];
		const logged = jest.spyOn(Logger.prototype, 'info');

		const { result, json } = await platform.run(TRAIN, waiting(), {
			mode: 'manual',
			items: [{}],
		});
		for (const { type, data } of result.sentToUI) {
			if (type === 'sendConsoleMessage') seen.push(data);
		}

		const shown = JSON.stringify(seen);
		const id = idOf(platform);
		expect(shown).toContain(`cars (${id}): queued, 1000 s left. Model is currently in queue`);
		expect(shown).toMatch(
			new RegExp(`cars \\(${id}\\): training, 27%, 6\\d\\d s left\\. Training stage`),
		);
		expect(shown).toContain(`cars (${id}): trained. Model is trained and ready`);
		expect(logged.mock.calls.map(([line]) => line)).toEqual(
			expect.arrayContaining([expect.stringContaining(`cars (${id}): training, 27%`)]),
		);
		expect(result.customData).toEqual({ clarifaiTraining: 'cars: trained' });
		expect(json).toMatchObject([{ status: 'trained' }]);
	});

	it('is in the custom data for all trainings together, within its limit', async () => {
		const platform = await setUp({ trainingSeconds: 1000 });
		const ids = platform.emulator.addModels(12, {}).map(({ message }) => message.id as string);
		for (const id of ids) platform.emulator.addModel(`${id}-with-a-long-name-of-its-own`);

		const { result } = await platform.run(
			TRAIN,
			waiting(
				{ timeoutMinutes: 0 },
				{ model: locate('id', '={{ $json.id }}-with-a-long-name-of-its-own') },
			),
			{ items: ids.map((id) => ({ id })) },
		);

		const { clarifaiTraining: text } = result.customData;
		expect(text).toMatch(/^model-1-with-a-long-name-of-its-own: queued, 1000 s left; model-/);
		expect(text.length).toBeLessThanOrEqual(512);
		expect(Object.keys(result.customData)).toEqual(['clarifaiTraining']);
	});

	it('is in the output of a training that goes on', async () => {
		const platform = await setUpUnderWay(550);

		const { json } = await platform.run(TRAIN, waiting({ timeoutMinutes: 0 }));

		expect(json).toMatchObject([{ percentCompleted: 50, timedOut: true }]);
		expect(json[0].secondsRemaining).toBeLessThanOrEqual(450);
	});
});

describe('looks that fail', () => {
	const faultyPolls = (platform: SetUp, kind: FaultKind, times: number) =>
		platform.emulator.faults.add({ kind, rpc: 'GetModelVersion', times, skip: 1 });

	it.each([
		'http503',
		'resetBefore',
		'throttle',
		'http502html',
		'emptyBody',
		'truncatedJson',
	] as const)('are borne until the deadline (%s)', async (kind) => {
		const platform = await setUpStepwise(600);
		faultyPolls(platform, kind, 30);

		const { json, error } = await platform.run(TRAIN, waiting());

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ modelVersionId: idOf(platform), status: 'trained' }]);
		expect(json[0]).not.toHaveProperty('timedOut');
		expect(polls(platform)).toBe(32);
	});

	it('until the deadline leave the item with its last status', async () => {
		const platform = await setUpModel({ seconds: Infinity });
		faultyPolls(platform, 'http503', Infinity);

		const { json, error } = await platform.run(TRAIN, waiting({ timeoutMinutes: 1 }));

		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{ modelVersionId: idOf(platform), status: 'queued', statusCode: 21103, timedOut: true },
		]);
		expect(polls(platform)).toBeGreaterThan(30);
		expect(versionsOf(platform)).toHaveLength(1);
	});

	it.each([
		['a token without the right', { kind: 'failure10020', code: 11007 }],
		['a request that is wrong', { kind: 'failure10020', code: 11102 }],
	] as const)('for good fail the item at once, naming the version: %s', async (_why, fault) => {
		const platform = await setUpStepwise(100);
		platform.emulator.faults.add({ ...fault, rpc: 'GetModelVersion', skip: 1 });

		const { error } = await platform.run(TRAIN, waiting());

		expect(error?.message).toContain(
			`Clarifai does not tell how the training of model "cars" (version ${idOf(platform)}) goes on: `,
		);
		expect(error?.description).toContain('It goes on at Clarifai');
		expect(polls(platform)).toBe(2);
		expect(versionsOf(platform)).toHaveLength(1);
	});

	/** A training whose version is away from the first look at it on. */
	async function setUpAway(secondsAway: number) {
		const platform: InProcessSetUp = await setUpModel(
			{ seconds: 300 },
			{
				onRequest: ({ rpc }) => {
					const versions = platform.emulator.app().models.get('cars')?.versions;
					if (rpc !== 'GetModelVersion' || !versions || away) return;
					away = [...versions];
					versions.clear();
					const back = () => away?.forEach(([id, version]) => versions.set(id, version));
					if (secondsAway < Infinity) platform.time.wakeAfter(secondsAway * 1000, back);
				},
			},
		);
		let away: Array<[string, ReturnType<typeof versionsOf>[number]]> | undefined;
		return platform;
	}

	it('to find the version are borne for two minutes', async () => {
		const platform = await setUpAway(110);

		const { json, error } = await platform.run(TRAIN, waiting());

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ modelVersionId: idOf(platform), status: 'trained' }]);
	});

	it('to find the version for longer fail the item, naming it', async () => {
		const platform = await setUpAway(Infinity);
		const began = platform.time.now();

		const { error } = await platform.run(TRAIN, waiting());

		expect(error?.message).toMatch(
			/^Clarifai does not tell how the training of model "cars" \(version \w{32}\) goes on: Model does not exist$/,
		);
		expect(error?.description).toMatch(/Model version '\w{32}' does not exist/);
		expect(error?.description).not.toContain('goes on');
		const waited = platform.time.now() - began;
		expect(waited).toBeGreaterThan(120_000);
		expect(waited).toBeLessThan(130_000);
	});
});

describe('a training that ends badly', () => {
	it.each([
		[21105, /stor/],
		[21106, /message above and in the training log/],
		[21108, /custom config/],
		[21109, /version ID/],
		[21110, /labelled inputs/],
		[21111, /Label inputs for each concept/],
		[21112, /two or more in 'Concept Names or IDs'/],
		[21113, /fewer epochs/],
		[21114, /inputs to be processed/],
		[21115, /training log/],
		[21116, /Start it again/],
		[21117, /1,000 inputs/],
		[21118, /'Clarifai List Templates'/],
		[21119, /invalid_data_tolerance_percent/],
		[21350, /could not be deployed/],
	])('(%d) is an error with cause, remedy, version ID and log', async (outcome, remedy) => {
		const platform = await setUpModel({
			seconds: 0,
			outcome,
			description: `Words for ${outcome}`,
			details: 'CUDA out of memory at epoch 7',
		});

		const { error, result } = await platform.run(TRAIN, waiting());

		const id = idOf(platform);
		expect(error?.message).toBe(
			`The training of model "cars" (version ${id}) failed: Words for ${outcome} (code ${outcome})`,
		);
		expect(error?.description).toContain('CUDA out of memory at epoch 7');
		expect(error?.description).toMatch(remedy);
		expect(error?.description).toContain(`Log: ${platform.emulator.url}/train_logs/${id}.txt`);
		expect(error?.context.itemIndex).toBe(0);
		expect(result.status).toBe('error');
	});

	it('says what it can without words, details and log', async () => {
		const platform = await setUpModel({ seconds: 0, outcome: 21106, description: '' });

		const { error } = await platform.run(TRAIN, waiting());

		expect(error?.message).toMatch(
			/^The training of model "cars" \(version \w{32}\) failed: .+ \(code 21106\)$/,
		);
	});

	it('takes the error branch, and the others go on', async () => {
		const platform = await setUp({ trainingSeconds: 0 });
		for (const id of ['a', 'b', 'c']) platform.emulator.addModel(id);
		platform.emulator.planTraining('b', { seconds: 0, outcome: 21113 });

		const { outputs } = await platform.run(
			TRAIN,
			waiting({}, { model: locate('id', '={{ $json.id }}') }),
			{
				items: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
				settings: { onError: 'continueErrorOutput' },
			},
		);

		expect(outputs(0)).toMatchObject([
			{ json: { modelId: 'a', status: 'trained' }, pairedItem: { item: 0 } },
			{ json: { modelId: 'c', status: 'trained' }, pairedItem: { item: 2 } },
		]);
		expect(outputs(1)).toMatchObject([
			{
				json: {
					error: expect.stringContaining(
						`The training of model "b" (version ${idOf(platform, 'b')}) failed`,
					),
				},
				pairedItem: { item: 1 },
			},
		]);
	});

	it.each([
		[21102, 'queued'],
		[21103, 'queued'],
		[21101, 'training'],
		[21104, 'training'],
		[21107, 'training'],
		[21351, 'training'],
		[21352, 'training'],
		[21354, 'training'],
		[21355, 'training'],
		// What these nodes do not know may be new and go on.
		[21999, 'training'],
		[10000, 'training'],
	])('but %d only waits', async (outcome, status) => {
		const platform = await setUpModel({ seconds: 0, outcome });

		const { json, error } = await platform.run(TRAIN, waiting({ timeoutMinutes: 0 }));

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status, statusCode: outcome, timedOut: true }]);
	});

	it.each([21100, 21353])('and %d is trained', async (outcome) => {
		const platform = await setUpModel({ seconds: 0, outcome });

		const { json } = await platform.run(TRAIN, waiting());

		expect(json).toMatchObject([{ status: 'trained', statusCode: outcome }]);
	});
});

describe('the Stop button', () => {
	/** Stops the execution some milliseconds after the first look at the training. */
	async function stopAfterLook(parameters: INodeParameters, options: InProcessOptions = {}) {
		let stoppedAt = Infinity;
		const platform: InProcessSetUp = await setUpModel(
			{ seconds: Infinity },
			{
				...options,
				onRequest: ({ rpc }) => {
					if (rpc === 'GetModelVersion' && stoppedAt === Infinity) platform.time.wakeAfter(5, stop);
				},
			},
		);
		const handle = platform.engine.start(chain(platform.engine.node(TRAIN, parameters)));
		const stop = () => {
			stoppedAt = platform.emulator.requests.length;
			handle.cancel();
		};
		const result = await handle.done;
		// A request that should not come would come within the poll interval.
		await platform.time.sleep(2 * 3_600_000);
		return { platform, result, later: () => callsOf(platform.emulator).slice(stoppedAt) };
	}

	it('ends the wait, and leaves the training', async () => {
		const { platform, result, later } = await stopAfterLook(waiting());

		expect(result.status).toBe('canceled');
		expect(later()).toEqual([]);
		expect(versionsOf(platform)).toHaveLength(1);
	});

	it('ends a long pause between two looks, too', async () => {
		const { result, later } = await stopAfterLook(waiting({ pollIntervalSeconds: 3600 }));

		expect(result.status).toBe('canceled');
		expect(later()).toEqual([]);
	});

	it('deletes the version with Cancel Training on Stop', async () => {
		const { platform, result, later } = await stopAfterLook(
			waiting({ cancelTrainingOnStop: true }),
		);

		expect(result.status).toBe('canceled');
		expect(later()).toEqual(['DELETE DeleteModelVersion']);
		expect(versionsOf(platform)).toEqual([]);
	});

	it('deletes the version also when Clarifai answers badly at first', async () => {
		const platform = await setUpModel({ seconds: Infinity });
		platform.emulator.faults.add({ kind: 'http503', rpc: 'DeleteModelVersion', times: 1 });
		const handle = platform.engine.start(
			chain(platform.engine.node(TRAIN, waiting({ cancelTrainingOnStop: true }))),
		);
		while (polls(platform) === 0) await platform.time.sleep(10);
		handle.cancel();

		expect((await handle.done).status).toBe('canceled');
		expect(versionsOf(platform)).toEqual([]);
	});

	it('does not wait for a server that hangs', async () => {
		const platform = await setUpModel({ seconds: Infinity });
		platform.emulator.faults.add({ kind: 'hang', rpc: 'GetModelVersion' });
		const handle = platform.engine.start(chain(platform.engine.node(TRAIN, waiting())));
		while (polls(platform) === 0) await platform.time.sleep(10);
		handle.cancel();

		expect((await handle.done).status).toBe('canceled');
		expect(polls(platform)).toBe(1);
		expect(versionsOf(platform)).toHaveLength(1);
	});

	it('deletes the versions of all items', async () => {
		const platform = await setUp({ trainingSeconds: 1000 });
		for (const id of ['a', 'b', 'c']) platform.emulator.addModel(id);
		const handle = platform.engine.start(
			chain(
				platform.engine.node(
					TRAIN,
					waiting({ cancelTrainingOnStop: true }, { model: locate('id', '={{ $json.id }}') }),
				),
			),
			{ items: ['a', 'b', 'c'].map((id) => ({ json: { id } })) },
		);
		while (polls(platform) < 3) await platform.time.sleep(10);
		handle.cancel();
		const result = await handle.done;

		expect(result.status).toBe('canceled');
		expect(['a', 'b', 'c'].flatMap((id) => versionsOf(platform, id))).toEqual([]);
	});
});

describe('as a tool of an AI agent', () => {
	it.each(['v2', 'v3'] as const)('a training is never waited for (%s)', async (style) => {
		const platform = await setUpModel({ seconds: Infinity });

		const { call } = await platform.engine.asTool(
			TRAIN,
			waiting({}, { hyperparametersJson: "={{ $fromAI('hyperparameters', 'Values', 'json') }}" }),
			{ hyperparameters: { num_epochs: 3 } },
			style,
		);

		expect(JSON.parse(call!.response)).toMatchObject([
			{ modelVersionId: idOf(platform), status: 'queued' },
		]);
		expect(polls(platform)).toBe(0);
	});
});

describe('several trainings', () => {
	const ids = Array.from({ length: 10 }, (_none, index) => `m${index}`);

	it('run at once within the rate limit, and the slowest decides', async () => {
		const platform: InProcessSetUp = await setUp({
			requestsPerSecond: 16,
			onRequest: ({ rpc }) => {
				if (rpc === 'GetModelVersion') platform.emulator.clock.advance(10_000);
			},
		});
		for (const [index, id] of ids.entries()) {
			platform.emulator.addModel(id);
			platform.emulator.planTraining(id, { seconds: index === 3 ? 150 : 50 });
		}

		const { json, error } = await platform.run(
			TRAIN,
			waiting({}, { model: locate('id', '={{ $json.id }}'), options: {} }),
			{ items: ids.map((id) => ({ id })) },
		);

		expect(error).toBeUndefined();
		expect(json.map(({ modelId, status }) => [modelId, status])).toEqual(
			ids.map((id) => [id, 'trained']),
		);
		const { requests } = platform.emulator;
		expect(requests.filter(({ status }) => status === 429)).toEqual([]);
		const seconds = (requests.at(-1)!.arrivedAt - requests[0].arrivedAt) / 1000;
		expect((requests.length - 1) / seconds).toBeLessThanOrEqual(15);
		const lastEnd = json
			.map(({ completedAt }) => completedAt as string)
			.sort()
			.at(-1);
		expect(lastEnd).toBe(json[3].completedAt);
		expect(bodiesOf(platform.emulator, 'PostModelVersions')).toHaveLength(10);
	});

	it('of one model each get their own version', async () => {
		const platform = await setUpModel({ seconds: 0 });

		const { json } = await platform.run(
			TRAIN,
			waiting({}, { hyperparametersJson: '={{ ({ num_epochs: $json.n }) }}' }),
			{ items: [{ n: 1 }, { n: 2 }, { n: 3 }] },
		);

		expect(new Set(json.map(({ modelVersionId }) => modelVersionId)).size).toBe(3);
		expect(bodiesOf(platform.emulator, 'PostModelVersions')).toHaveLength(3);
	});

	it('one that fails stops the node without waiting for the others, and names what was started', async () => {
		const platform = await setUp({ trainingSeconds: 1000 });
		for (const id of ['a', 'b']) platform.emulator.addModel(id);
		platform.emulator.planTraining('b', { seconds: 0, outcome: 21106 });

		const { error } = await platform.run(
			TRAIN,
			waiting({}, { model: locate('id', '={{ $json.id }}') }),
			{ items: [{ id: 'a' }, { id: 'b' }] },
		);

		expect(error?.message).toContain(
			`The training of model "b" (version ${idOf(platform, 'b')}) failed`,
		);
		expect(error?.description).toContain(
			`item 0: modelId a, modelVersionId ${idOf(platform, 'a')}`,
		);
	});

	it('are not started again by a retry of the node, which goes on waiting', async () => {
		const platform = await setUp({ trainingSeconds: 0 });
		for (const id of ['a', 'b']) platform.emulator.addModel(id);
		const fault = platform.emulator.faults.add({
			kind: 'failure10020',
			rpc: 'GetModelVersion',
			code: 11007,
			times: 3,
		});

		const { json, error } = await platform.run(
			TRAIN,
			waiting({}, { model: locate('id', '={{ $json.id }}') }),
			{
				items: [{ id: 'a' }, { id: 'b' }],
				settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			},
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{ modelVersionId: idOf(platform, 'a'), status: 'trained' },
			{ modelVersionId: idOf(platform, 'b'), status: 'trained' },
		]);
		expect(fault.injected).toBe(3);
		expect(bodiesOf(platform.emulator, 'PostModelVersions')).toHaveLength(2);
	});
});
