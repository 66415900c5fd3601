import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MINUTE, runsOf, valid, waiting, withFields } from '../pipelineSetup.mts';
import { DEMO, locate, setUp, type InProcessSetUp } from '../setup.mts';

const MODEL = 'piped';

const deepFineTuning = (
	minimumNewInputs?: number,
	more: INodeParameters = {},
): INodeParameters => ({
	model: locate('id', MODEL),
	template: locate('id', 'MMClassification_ResNet_50_RSB_A1'),
	specifyHyperparameters: 'json',
	concepts: ['cat', 'dog'],
	dataset: locate('id', DEMO.datasetId),
	...(minimumNewInputs === undefined ? {} : { additionalFields: { minimumNewInputs } }),
	...more,
});

const pipeline = (minimumNewInputs?: number, more: INodeParameters = {}): INodeParameters => ({
	...(minimumNewInputs === undefined ? valid() : withFields({ minimumNewInputs })),
	...more,
});

const METHODS = [
	['hosted', pipeline],
	['selfHosted', deepFineTuning],
] as const;

let set = 0;

function addInputs({ emulator }: InProcessSetUp, count: number) {
	set++;
	// A night later.
	emulator.clock.advance(600 * MINUTE);
	emulator.addLabelledInputs(
		DEMO.datasetId,
		Array.from({ length: count }, (_none, index) => ({
			url: `https://a.example/${set}-${index}.jpg`,
			concepts: ['cat'],
		})),
	);
}

const trainings = (platform: InProcessSetUp) =>
	runsOf(platform).length + platform.emulator.requests.filter(isVersionTraining).length;

const isVersionTraining = ({ rpc }: { rpc: string }) => rpc === 'PostModelVersions';

const versionIds = ({ emulator }: InProcessSetUp) => [
	...emulator.app().models.get(MODEL)!.versions.keys(),
];

const datasetVersions = ({ emulator }: InProcessSetUp) =>
	emulator.app().datasets.get(DEMO.datasetId)!.versions.size;

describe.each(METHODS)('with Minimum New Inputs, %s', (kind, train) => {
	async function setUpTrained() {
		const platform = await setUp({ platform: kind, trainingSeconds: 60 });
		if (kind === 'selfHosted') platform.emulator.addModel(MODEL);
		const first = await platform.run('clarifaiTrain', train(undefined, waiting()));
		expect(first.json).toMatchObject([{ status: 'trained' }]);
		return platform;
	}

	it('nothing is started and nothing made while the dataset has fewer', async () => {
		const platform = await setUpTrained();
		addInputs(platform, 2);
		const before = [trainings(platform), datasetVersions(platform)];

		const { json, error } = await platform.run('clarifaiTrain', train(3));

		expect(error).toBeUndefined();
		expect(json).toEqual([
			expect.objectContaining({
				trainingSkipped: true,
				modelId: MODEL,
				newInputs: 2,
				minimumNewInputs: 3,
				previousModelVersionId: versionIds(platform)[0],
			}),
		]);
		expect(json[0]).not.toHaveProperty('modelVersionId');
		expect(json[0]).not.toHaveProperty('status');
		expect([trainings(platform), datasetVersions(platform)]).toEqual(before);
	});

	it('the training is started once there are as many', async () => {
		const platform = await setUpTrained();
		addInputs(platform, 2);
		await platform.run('clarifaiTrain', train(3));
		addInputs(platform, 1);

		const enough = await platform.run('clarifaiTrain', train(3, waiting()));
		const none = await platform.run('clarifaiTrain', train(1));

		expect(enough.json).toMatchObject([{ status: 'trained' }]);
		expect(none.json).toMatchObject([{ trainingSkipped: true, newInputs: 0 }]);
		expect(trainings(platform)).toBe(2);
	});

	it('inputs that came while the newest version was trained are new', async () => {
		const platform = await setUp({ platform: kind, trainingSeconds: 1_000 * 60 });
		if (kind === 'selfHosted') platform.emulator.addModel(MODEL);
		const first = await platform.run('clarifaiTrain', train());
		addInputs(platform, 2);
		platform.emulator.clock.advance(600 * MINUTE);
		await platform.run('clarifaiTrainingStatus', {}, { items: first.json });

		const { json } = await platform.run('clarifaiTrain', train(2));

		expect(json).toMatchObject([{ status: 'queued' }]);
	});

	it('a training that failed is made up for', async () => {
		const platform = await setUpTrained();
		addInputs(platform, 2);
		platform.emulator.faults.add({ kind: 'trainingFails', times: 1 });
		const failed = await platform.run('clarifaiTrain', train(2, waiting()));

		const { json } = await platform.run('clarifaiTrain', train(2, waiting()));

		expect(failed.error?.message).toContain('failed');
		expect(json).toMatchObject([{ status: 'trained' }]);
	});

	it('a model without a version is trained', async () => {
		const platform = await setUp({ platform: kind });
		platform.emulator.addModel(MODEL);

		const { json } = await platform.run('clarifaiTrain', train(1_000_000));

		expect(json).toMatchObject([{ status: 'queued' }]);
	});

	it('0 trains every time', async () => {
		const platform = await setUpTrained();

		const { json } = await platform.run('clarifaiTrain', train(0));

		expect(json).toMatchObject([{ status: 'queued' }]);
	});

	it('nothing is started where Clarifai does not tell when inputs were added', async () => {
		const platform = await setUpTrained();
		const { members } = platform.emulator.app().datasets.get(DEMO.datasetId)!;
		for (const id of members.keys()) members.set(id, undefined as unknown as string);
		const before = trainings(platform);

		const { error } = await platform.run('clarifaiTrain', train(1));

		expect(error?.message).toMatch(
			/^'Minimum New Inputs' cannot be checked for model "piped" and dataset "demo-dataset": Clarifai does not tell when \d+ of the inputs were added/,
		);
		expect(error?.description).toContain('Nothing was started');
		expect(trainings(platform)).toBe(before);
	});

	it('a dry run says that nothing would be started', async () => {
		const platform = await setUpTrained();

		const { json } = await platform.run('clarifaiTrain', train(1, { dryRun: true }));

		expect(json).toMatchObject([{ dryRun: true, trainingSkipped: true, newInputs: 0 }]);
	});
});

it('a retry after a lost answer does not compare with the training that it has started', async () => {
	const platform = await setUp({
		platform: 'selfHosted',
		trainingSeconds: 60,
		onRequest: (request) => {
			if (isVersionTraining(request) && isSecond) {
				platform.emulator.faults.add({ kind: 'http503', rpc: 'ListModelVersions', times: 40 });
			}
		},
	});
	let isSecond = false;
	platform.emulator.addModel(MODEL);
	await platform.run('clarifaiTrain', deepFineTuning(undefined, waiting()));
	addInputs(platform, 2);
	isSecond = true;
	platform.emulator.faults.add({ kind: 'resetAfter', rpc: 'PostModelVersions', times: 1 });

	const { json } = await platform.run('clarifaiTrain', deepFineTuning(2), {
		settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
	});

	expect(json).toMatchObject([{ modelVersionId: versionIds(platform)[1] }]);
	expect(versionIds(platform)).toHaveLength(2);
});

it('more inputs than a page holds are counted', async () => {
	const platform = await setUp({ platform: 'selfHosted', trainingSeconds: 60 });
	platform.emulator.addModel(MODEL);
	await platform.run('clarifaiTrain', deepFineTuning(undefined, waiting()));
	addInputs(platform, 2_500);

	const { json } = await platform.run('clarifaiTrain', deepFineTuning(2_501));

	expect(json).toMatchObject([{ trainingSkipped: true, newInputs: 2_500 }]);
});

it('a version that was trained on another dataset says nothing of this one', async () => {
	const platform = await setUp({ platform: 'selfHosted', trainingSeconds: 60 });
	platform.emulator.addModel(MODEL);
	await platform.run('clarifaiTrain', deepFineTuning(undefined, waiting()));
	platform.emulator.addLabelledInputs('other', [{ text: 'a cat', concepts: ['cat'] }]);

	const { json } = await platform.run(
		'clarifaiTrain',
		deepFineTuning(2, { dataset: locate('id', 'other') }),
	);

	expect(json).toMatchObject([{ status: 'queued' }]);
});

describe('Minimum New Inputs is refused', () => {
	it.each([
		[
			'with a dataset version',
			{ datasetVersion: locate('id', 'v') },
			"'Dataset Version' are both set",
		],
		['without a dataset', { dataset: locate('id', '') }, "'Dataset' is empty"],
		[
			'that is no whole number',
			{ additionalFields: { minimumNewInputs: 1.5 } },
			"'Minimum New Inputs' must be a whole number",
		],
		[
			'below 0',
			{ additionalFields: { minimumNewInputs: -1 } },
			"'Minimum New Inputs' must be a whole number of 0 or more",
		],
		[
			'that is no number',
			{ additionalFields: { minimumNewInputs: '={{ "many" }}' } },
			"'Minimum New Inputs' must be a whole number",
		],
		[
			'from an expression that gives nothing',
			{ additionalFields: { minimumNewInputs: '={{ $json.nope }}' } },
			"'Minimum New Inputs' is an expression that gives nothing",
		],
	])('%s', async (_what, parameters, message) => {
		const platform = await setUp();
		platform.emulator.addModel(MODEL);

		const { error } = await platform.run('clarifaiTrain', deepFineTuning(2, parameters));

		expect(error?.message).toContain(message);
		expect(trainings(platform)).toBe(0);
	});
});

describe('the item of a skipped training', () => {
	const skipped: IDataObject = { trainingSkipped: true, modelId: MODEL };

	it.each([
		['clarifaiTrainingStatus', {}],
		['clarifaiEvaluateModel', { dataset: locate('id', DEMO.datasetId) }],
		['clarifaiDeployModel', { deploymentId: locate('id', 'live') }],
		['clarifaiCreateWorkflow', { workflowId: 'live' }],
	])('is refused by %s', async (node, parameters) => {
		const { run, emulator } = await setUp();

		const { error } = await run(node, parameters as INodeParameters, { items: [skipped] });

		expect(error?.message).toContain(
			'The item comes from Clarifai Train, which started no training',
		);
		expect(emulator.requests).toEqual([]);
	});
});
