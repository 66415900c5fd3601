import type { FaultRule, Untidiness } from '../../tools/emulator/emulator.mts';
import { setUpInProcess } from '../../nodes/setUpInProcess.mts';
import { chain } from '../../tools/engine/engine.mts';
import { retryOf } from '../../tools/engine/retryExecution.mts';
import { brokenPromises } from './brokenPromises.mts';
import { play, type Played } from './play.mts';
import { reportsOf } from './reports.mts';
import type { Scenario } from './scenario.mts';
import type { Choices, Item } from './step.mts';
import { STEPS, type StepName } from './steps/index.mts';

const itemsOf = (count: number): Item[] =>
	Array.from({ length: count }, (_none, index) => ({
		model: `model-${index}`,
		epochs: 2,
		workflow: `workflow-${index}`,
		deployment: `deployment-${index}`,
		text: `text ${index}`,
	}));

const CHOICES: Choices = {
	ifExists: 'fail',
	wait: false,
	timeoutMinutes: 60,
	cancelOnStop: false,
	reindex: false,
	namesDatasetVersion: true,
	requestsPerSecond: 0,
};

async function playOnTidy(scenario: Partial<Scenario>): Promise<Played> {
	const played = await play({
		steps: ['trainVersion'],
		items: itemsOf(1),
		choices: CHOICES,
		faults: [],
		untidiness: {},
		seed: 1,
		trainingSeconds: 100,
		onError: 'stopWorkflow',
		retryOnFail: false,
		retries: 0,
		...scenario,
	});
	expect(brokenPromises(played)).toEqual([]);
	return played;
}

const made = ({ emulator }: Played, deed: 'training' | 'run' | 'model' | 'reindexing') =>
	emulator.book.of(deed).length;

const outputsOf = (played: Played, place = 0) =>
	reportsOf(played, place)
		.at(-1)!
		.items.flatMap(({ outputs }) => outputs);

const errorsOf = (played: Played, place = 0) =>
	reportsOf(played, place)
		.at(-1)!
		.items.flatMap(({ error }) => error ?? []);

test('after one item has failed, writes that waited for the pacer or their turn do not go out', async () => {
	const item = itemsOf(1)[0]!;
	const ofOneModel = Array.from({ length: 20 }, (_none, index) => ({ ...item, epochs: index + 1 }));
	for (const [items, requestsPerSecond] of [
		[itemsOf(20), 2],
		[ofOneModel, 0],
	] as const) {
		const played = await playOnTidy({
			items: [...items],
			choices: { ...CHOICES, requestsPerSecond },
			faults: [{ kind: 'failure10020', rpc: 'PostModelVersions', times: 1 }],
		});

		expect(errorsOf(played)).toHaveLength(1);
		expect(made(played, 'training')).toBe(0);
	}
});

test.each([0.5, 2, 5])(
	'a gateway gives up, and the platform is done %d s later: one training',
	async (carriedOutAfterSeconds) => {
		const played = await playOnTidy({
			faults: [{ kind: 'http504', rpc: 'PostModelVersions', times: 1, carriedOutAfterSeconds }],
		});

		expect(made(played, 'training')).toBe(1);
		expect(outputsOf(played)).toHaveLength(1);
	},
);

test.each([-600, -3, 3, 600])(
	'the clock of the Date header is %d s ahead of the one that stamps: one training',
	async (dateAheadSeconds) => {
		const item = itemsOf(1)[0]!;
		const played = await playOnTidy({
			items: [item, item],
			untidiness: { dateAheadSeconds },
			faults: [{ kind: 'resetAfter', rpc: 'PostModelVersions', times: 2 }],
		});

		expect(made(played, 'training')).toBe(2);
		expect(outputsOf(played)).toHaveLength(2);
	},
);

test.each(['trainVersion', 'trainPipeline'] as const)(
	'lists that leave fields out, and parameters that the server completes (%s): one of each',
	async (step) => {
		const played = await playOnTidy({
			steps: [step],
			untidiness: {
				listsOmit: ['concepts', 'trainInfo', 'pipelineVersion', 'inputArgsOverride'],
				defaultsShown: true,
				overridesHidden: true,
			},
			faults: [
				{
					kind: 'resetAfter',
					rpc: ['PostModelVersions', 'PostPipelineVersionRunFromTemplate'],
					times: 1,
				},
			],
		});

		expect(made(played, 'training') + made(played, 'run')).toBe(1);
		expect(outputsOf(played)).toHaveLength(1);
	},
);

test('a stop with 60 trainings at 15 requests a second cancels all of them', async () => {
	const played = await playOnTidy({
		items: itemsOf(60),
		choices: { ...CHOICES, wait: true, cancelOnStop: true, requestsPerSecond: 15 },
		trainingSeconds: 100_000,
		stop: { seconds: 120 },
	});

	expect(made(played, 'training')).toBe(60);
	expect(outputsOf(played).map(({ cancelled }) => cancelled)).toEqual(itemsOf(60).map(() => true));
	expect(played.emulator.book.of('versionDeletion')).toHaveLength(60);
	// More at once would be refused, and nobody would be left to cancel them.
	const cancels = played.emulator.requests
		.filter(({ method }) => method === 'DELETE')
		.map(({ arrivedAt }) => arrivedAt);
	const inOneSecond = cancels.map((at) => cancels.filter((t) => t >= at && t < at + 1000).length);
	expect(Math.max(...inOneSecond)).toBeLessThanOrEqual(15);
});

test('a stop with everything hanging ends the node within 20 seconds, however long requests may take', async () => {
	const played = await playOnTidy({
		steps: ['createModel'],
		choices: { ...CHOICES, requestTimeoutSeconds: 600 },
		faults: [
			{ kind: 'hang', rpc: 'PostModels' },
			{ kind: 'hang', rpc: 'GetModel', skip: 1 },
		],
		stop: { seconds: 30 },
	});

	expect(played.wasStopped).toBe(true);
	expect(played.secondsAfterStop).toBeLessThanOrEqual(20);
});

test('a stop with more trainings than can be cancelled in 20 seconds ends the node by then, and says which go on', async () => {
	const played = await playOnTidy({
		items: itemsOf(120),
		choices: { ...CHOICES, wait: true, cancelOnStop: true, requestsPerSecond: 5 },
		trainingSeconds: 100_000,
		stop: { seconds: 300 },
	});

	expect(made(played, 'training')).toBe(120);
	const deleted = played.emulator.book.of('versionDeletion').length;
	expect(deleted).toBeGreaterThan(90);
	expect(deleted).toBeLessThan(120);
	const outputs = outputsOf(played);
	expect(outputs.filter(({ cancelled }) => cancelled === true)).toHaveLength(deleted);
	expect(outputs.filter(({ stopped }) => stopped === true)).toHaveLength(120 - deleted);
	expect(played.secondsAfterStop).toBeLessThanOrEqual(20.1);
});

test('a stop does not cancel a training that had ended when it was found, and so keeps its version', async () => {
	const played = await playOnTidy({
		choices: { ...CHOICES, wait: true, cancelOnStop: true },
		trainingSeconds: 0,
		faults: [
			{ kind: 'resetAfter', rpc: 'PostModelVersions', times: 1 },
			{ kind: 'http500', rpc: 'GetModelVersion' },
		],
		stop: { seconds: 30 },
	});

	expect(outputsOf(played)).toMatchObject([{ status: 'trained' }]);
	expect(played.emulator.book.of('versionDeletion')).toEqual([]);
});

test('what one try left unclear is told by the next one, too, when a stop keeps it from looking', async () => {
	const played = await playOnTidy({
		items: itemsOf(2),
		faults: [
			{ kind: 'resetAfter', rpc: 'PostModelVersions', times: 2 },
			{ kind: 'http500', rpc: 'ListModelVersions', skip: 2 },
		],
		onError: 'continueRegularOutput',
		retryOnFail: true,
		stop: { seconds: 10 },
	});

	expect(made(played, 'training')).toBe(2);
	const unclear = expect.stringContaining('may have been carried out');
	expect(errorsOf(played)).toEqual([unclear, unclear]);
});

test('a reindexing of what is the default already is asked for once, and an unknown end is told', async () => {
	const item = itemsOf(1)[0]!;
	const played = await playOnTidy({
		steps: ['updateDefault'],
		items: [item, item],
		choices: { ...CHOICES, reindex: true },
		faults: [{ kind: 'http504', rpc: 'PatchApps', skip: 1 }],
		onError: 'continueRegularOutput',
	});

	const asked = played.emulator.requests.filter(({ rpc }) => rpc === 'PatchApps');
	expect(asked).toHaveLength(2);
	expect(errorsOf(played)).toEqual([expect.stringContaining('may have been carried out')]);
});

test('202 ACCEPTED is no refusal, and a start without a version or a status no failure', async () => {
	const played = await playOnTidy({
		steps: ['createModel', 'trainVersion'],
		untidiness: { accepted: 1, startsWithoutVersion: 1, statuses: { absent: 1, forSeconds: 30 } },
		choices: { ...CHOICES, wait: true },
	});

	expect(outputsOf(played, 1)).toMatchObject([{ status: 'trained' }]);
});

test.each([{ buildFails: 1 }, { noVersion: 1 }, { buildSeconds: 600 }])(
	'a completed run whose version is not usable is not reported as trained: %j',
	async (runs) => {
		const played = await playOnTidy({
			steps: ['trainPipeline'],
			untidiness: { runs },
			choices: { ...CHOICES, wait: true, timeoutMinutes: 2 },
		});

		expect(made(played, 'run')).toBe(1);
		expect(outputsOf(played).map(({ status }) => status)).not.toContain('trained');
	},
);

test('two runs of one model at a time: each has its own version, or it is said that nobody can tell', async () => {
	const item = itemsOf(1)[0]!;
	await playOnTidy({
		steps: ['trainPipeline'],
		items: [item, { ...item, epochs: 1 }, { ...item, epochs: 3 }],
		untidiness: { createdAt: 'absent', listsLagSeconds: 18, overridesHidden: true },
		choices: { ...CHOICES, wait: true, timeoutMinutes: 10 },
		onError: 'continueRegularOutput',
		trainingSeconds: 0,
	});
});

test.each([9, 12, 14])(
	'a run without a version does not take that of a run that ended within the second before (%d)',
	async (seed) => {
		const item = itemsOf(1)[0]!;
		const played = await playOnTidy({
			steps: ['trainPipeline'],
			items: [item, item],
			untidiness: { createdAt: 'wholeSeconds', runs: { noVersion: 0.5 } },
			choices: { ...CHOICES, wait: true, timeoutMinutes: 10 },
			faults: [
				{
					kind: 'http504',
					rpc: 'PostPipelineVersionRunFromTemplate',
					times: 1,
					carriedOutAfterSeconds: 1.2,
				},
			],
			trainingSeconds: 0,
			onError: 'continueRegularOutput',
			seed,
		});

		expect(made(played, 'run')).toBe(2);
		expect(played.emulator.book.of('runVersion')).toHaveLength(1);
	},
);

test('a run that has ended when it is started is not trained before its version was seen', async () => {
	const played = await playOnTidy({ steps: ['trainPipeline'], trainingSeconds: 0 });

	expect(outputsOf(played)).toMatchObject([{ status: 'training', modelVersionId: null }]);
});

test('retries of one failed execution start nothing twice', async () => {
	const played = await playOnTidy({
		items: itemsOf(5),
		faults: [{ kind: 'failure10020', rpc: 'PostModelVersions', skip: 3, times: 1 }],
		retries: 2,
	});

	expect(made(played, 'training')).toBe(5);
	expect(outputsOf(played)).toHaveLength(5);
});

test('a model that a mixed answer calls made and not made is looked up, and is no other one', async () => {
	const played = await playOnTidy({
		steps: ['createModel'],
		choices: { ...CHOICES, ifExists: 'reuse' },
		faults: [{ kind: 'mixed10010', rpc: 'PostModels', code: 21354, times: 1 }],
	});

	expect(outputsOf(played)).toMatchObject([{ created: true }]);
});

test('an input that a mixed answer shows with a status of the platform may have been added', async () => {
	const played = await playOnTidy({
		steps: ['addInputs'],
		faults: [{ kind: 'mixed10010', rpc: 'PostInputs', code: 10030, times: 1 }],
	});

	expect(errorsOf(played)).toEqual([expect.stringContaining('may have been carried out')]);
});

test('an input that one try of a batch left unclear is told by the next one, too, when a stop ends it', async () => {
	const played = await playOnTidy({
		steps: ['addInputs'],
		items: itemsOf(3),
		faults: [{ kind: 'mixed10010', rpc: 'PostInputs', code: 10030, times: 1 }],
		retryOnFail: true,
		stop: { answers: 3 },
	});

	expect(played.wasStopped).toBe(true);
	expect(errorsOf(played)).toEqual([expect.stringContaining('may have been carried out')]);
});

test('a batch that was left unclear is told for each of its inputs when the next try fails before it', async () => {
	await playOnTidy({
		steps: ['addInputs'],
		items: itemsOf(2),
		faults: [{ kind: 'hang', carriedOut: true, skip: 2, times: 40 }],
		retryOnFail: true,
	});
});

test('inputs whose processing could not be followed are named as being there', async () => {
	const [item] = itemsOf(1);
	const played = await playOnTidy({
		steps: ['addInputs'],
		items: [item!, item!],
		choices: { ...CHOICES, ifExists: 'reuse', wait: true },
		faults: [{ kind: 'okWithFailureStatus', rpc: 'ListInputs', skip: 1, times: 1 }],
		onError: 'continueErrorOutput',
	});

	const named = expect.stringMatching(/^Input "\w{32}" is in the app\. /);
	expect(errorsOf(played)).toEqual([named, named]);
});

test('an input that a lost answer has added is not taken for one of another URL', async () => {
	await playOnTidy({
		steps: ['addInputs'],
		untidiness: { listsLagSeconds: 20 },
		faults: [{ kind: 'emptyBody', rpc: 'PostInputs', times: 1 }],
	});
});

test('inputs and deployments that were done before an error are named with their IDs', async () => {
	const inputs = await playOnTidy({
		steps: ['addInputs'],
		items: [...itemsOf(2), itemsOf(1)[0]!],
	});
	expect(errorsOf(inputs)).toEqual([
		expect.stringMatching(/item 0: inputId \w{32}; item 1: inputId/),
	]);

	const deployments = await playOnTidy({
		steps: ['deploy'],
		items: [...itemsOf(2), itemsOf(1)[0]!],
	});
	expect(errorsOf(deployments)).toEqual([expect.stringContaining('deploymentId deployment-1')]);
});

test.each([
	['an item that was refused', [{ kind: 'failure10020' }, { kind: 'resetAfter' }], 40, {}],
	['two that are unclear', [{ kind: 'resetAfter' }, { kind: 'resetAfter' }], 80, {}],
	[
		'an item that was refused, in a list that shows no parameters',
		[{ kind: 'failure10020' }, { kind: 'resetAfter' }],
		40,
		{ listsOmit: ['trainInfo', 'concepts'] },
	],
	[
		'one that was never carried out, in a list that shows no parameters',
		[{ kind: 'resetAfter' }, { kind: 'resetBefore', times: 3 }],
		40,
		{ listsOmit: ['trainInfo', 'concepts'] },
	],
] as Array<[string, FaultRule[], number, Untidiness]>)(
	'an unclear training is not sent again, and not taken for that of another item of its model: %s',
	async (_name, sends, outage, untidiness) => {
		const item = itemsOf(1)[0]!;
		const played = await playOnTidy({
			items: [{ ...item, epochs: 1 }, item],
			untidiness,
			faults: [
				...sends.map((rule): FaultRule => ({ times: 1, ...rule, rpc: 'PostModelVersions' })),
				// Longer than all looks: five for each item, of eight tries each.
				{ kind: 'http500', rpc: 'ListModelVersions', skip: 1, times: outage },
			],
			onError: 'continueRegularOutput',
			retryOnFail: true,
		});

		expect(made(played, 'training')).toBeLessThanOrEqual(2);
	},
);

test.each([
	['updateDefault', 'PatchApps', 'GetApp', 1, { reindex: true }],
	['createWorkflow', 'PatchWorkflows', 'GetWorkflow', 1, { ifExists: 'change' }],
	['deploy', 'PatchDeployments', 'GetDeployment', 3, { ifExists: 'change' }],
] as Array<[StepName, string, string, number, Partial<Choices>]>)(
	'an unclear change is not sent again once another item has changed the same: %s',
	async (step, patch, look, skip, choices) => {
		const item = itemsOf(1)[0]!;
		const played = await playOnTidy({
			steps: [step],
			items: [item, step === 'updateDefault' ? { ...item, workflow: 'other' } : item],
			areThere: true,
			choices: { ...CHOICES, ...choices },
			faults: [
				{ kind: 'resetAfter', rpc: patch, times: 1 },
				// Longer than all looks: five, of eight tries each.
				{ kind: 'http500', rpc: look, skip, times: 40 },
			],
			onError: 'continueRegularOutput',
			retryOnFail: true,
		});

		expect(played.emulator.faults.total).toBe(41);
		expect(played.emulator.requests.filter(({ rpc }) => rpc === patch)).toHaveLength(2);
		expect(errorsOf(played)).toEqual([expect.stringContaining('may have been carried out')]);
	},
);

test('a second retry of the original starts nothing that the first one has started', async () => {
	const { emulator, engine } = await setUpInProcess({ trainingSeconds: 100 });
	const items = itemsOf(40);
	for (const { model } of items) emulator.addTrainedVersion(model);
	emulator.faults.add({ kind: 'failure10020', rpc: 'PostModelVersions', times: 1 });
	const parameters = STEPS.trainVersion.parameters({ ...CHOICES, requestsPerSecond: 15 });
	const workflow = chain(engine.node('clarifaiTrain', parameters));
	const first = await engine.run(workflow, { items: items.map((json) => ({ json: { ...json } })) });

	await engine.run(workflow, retryOf(first));
	const second = await engine.run(workflow, retryOf(first));

	expect(first.error).toBeDefined();
	expect(second.error).toBeUndefined();
	expect(second.hints).toEqual([]);
	const trainings = emulator.book.of('training').filter(({ request }) => request !== undefined);
	expect(trainings).toHaveLength(40);
});

test('a retry that cannot know what was there at the failure says so', async () => {
	const { emulator, engine } = await setUpInProcess({ trainingSeconds: 100 });
	const [item] = itemsOf(1);
	emulator.addTrainedVersion(item!.model);
	emulator.faults.add({ kind: 'http500', rpc: 'ListModelVersions', times: 8 });
	const workflow = chain(engine.node('clarifaiTrain', STEPS.trainVersion.parameters(CHOICES)));
	const first = await engine.run(workflow, { items: [{ json: { ...item } }] });

	const retry = await engine.run(workflow, retryOf(first));

	expect(first.error).toBeDefined();
	expect(JSON.stringify(retry.hints)).toContain('If another retry of it has trained the model');
});

test('lists of pipelines without their versions do not hide the runs of another execution', async () => {
	const wrong: unknown[] = [];
	for (let seed = 1; seed <= 8; seed++) {
		const { emulator, engine } = await setUpInProcess({
			seed,
			trainingSeconds: 100,
			untidiness: { listsOmit: ['pipelineVersion'], runs: { noVersion: 0.5 } },
		});
		const [item] = itemsOf(1);
		emulator.addModel(item!.model);
		const parameters = STEPS.trainPipeline.parameters({ ...CHOICES, wait: true });
		const runs = await Promise.all(
			[0, 1].map(async () => {
				const node = engine.node('clarifaiTrain', parameters, { onError: 'continueRegularOutput' });
				const run = await engine.run(chain(node), { items: [{ json: { ...item } }] });
				return run.outputs(node.name);
			}),
		);
		for (const { json } of runs.flat().filter(({ json: { status } }) => status === 'trained')) {
			const version = emulator.book.of('runVersion').find(({ id }) => id === json.modelVersionId);
			if (version?.of !== json.pipelineRunId) wrong.push({ seed, ...json });
		}
	}
	expect(wrong).toEqual([]);
});
