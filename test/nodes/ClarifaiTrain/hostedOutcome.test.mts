import { CLASSIFIER, valid, waiting } from '../pipelineSetup.mts';
import { callsOf, DEMO, locate, setUp, type InProcessOptions } from '../setup.mts';

const TRAIN = 'clarifaiTrain';

const hosted = async (options: InProcessOptions = {}) =>
	await setUp({ platform: 'hosted', trainingSeconds: 60, ...options });

const SELDOM = { pollIntervalSeconds: 20 };

const automatic = { trainingMethod: 'automatic', template: locate('id', CLASSIFIER) };

describe('a run is trained once its version can be used', () => {
	it('the image is built in between, which is waited for', async () => {
		const { emulator, run } = await hosted();
		emulator.planTraining('piped', { build: { seconds: 300 } });

		const { json, error } = await run(TRAIN, valid({ ...automatic, ...waiting(SELDOM) }));

		expect(error).toBeUndefined();
		const [made] = emulator.app().models.get('piped')!.versions.keys();
		expect(json).toMatchObject([{ status: 'trained', modelVersionId: made }]);
		const version = emulator.requests.filter(({ rpc }) => rpc === 'GetModelVersion').at(-1);
		expect(version?.path).toContain(made);
	});

	it('a wait that runs out meanwhile says that it is built', async () => {
		const { emulator, run } = await hosted();
		emulator.planTraining('piped', { build: { seconds: 36_000 } });

		const { json } = await run(
			TRAIN,
			valid({ ...automatic, ...waiting({ ...SELDOM, timeoutMinutes: 10 }) }),
		);

		expect(json).toMatchObject([
			{ status: 'training', timedOut: true, statusDescription: expect.stringMatching(/buil/i) },
		]);
	});

	it('a version whose building fails is an error that names it', async () => {
		const { emulator, run } = await hosted();
		emulator.planTraining('piped', { build: { seconds: 60, outcome: 21108 } });

		const { error, json } = await run(TRAIN, valid({ ...automatic, ...waiting(SELDOM) }));

		const [made] = emulator.app().models.get('piped')!.versions.keys();
		expect(json).toEqual([]);
		expect(`${error?.message} ${error?.description}`).toContain('21108');
		expect(`${error?.message} ${error?.description}`).toContain(made);
	});

	it.each([
		['failed', 64003],
		['was cancelled', 64004],
	])('a run that %s is an error with its code', async (_what, outcome) => {
		const { emulator, run } = await hosted();
		emulator.planTraining('piped', { outcome, details: 'the reason of it' });

		const { error } = await run(TRAIN, valid({ ...automatic, ...waiting(SELDOM) }));

		expect(`${error?.message} ${error?.description}`).toContain(String(outcome));
		expect(`${error?.message} ${error?.description}`).toContain('the reason of it');
	});
});

describe('a dataset without a version', () => {
	it('gets one, which is waited for before the run starts, and is put out', async () => {
		const { emulator, run } = await hosted({ datasetVersionSeconds: 120 });

		const { json, error } = await run(TRAIN, valid({ ...automatic, ...waiting(SELDOM) }));

		expect(error).toBeUndefined();
		const [version] = emulator.book.of('datasetVersion');
		const [started] = emulator.book.of('run');
		expect(json).toMatchObject([
			{ status: 'trained', datasetId: DEMO.datasetId, datasetVersionId: version.id },
		]);
		expect(started.at - version.at).toBeGreaterThanOrEqual(120_000);
	});

	it('an older one is taken where it is chosen', async () => {
		const { emulator, run } = await hosted();

		const { json } = await run(
			TRAIN,
			valid({ ...automatic, datasetVersion: locate('list', DEMO.datasetVersionId) }),
		);

		expect(json).toMatchObject([{ datasetVersionId: DEMO.datasetVersionId }]);
		expect(emulator.book.of('datasetVersion')).toEqual([]);
	});
});

describe('the token', () => {
	it('without scopes: the remedy says where tokens are edited', async () => {
		const { emulator, run } = await hosted({
			credential: { accessToken: DEMO.scopelessPat },
		});

		const { error } = await run(TRAIN, valid(automatic));

		expect(error?.description).toContain('Settings > Secrets');
		expect(callsOf(emulator).filter((call) => !call.startsWith('GET'))).toEqual([]);
	});
});

it('a nodepool is required, and nothing is started without one', async () => {
	const { emulator, run } = await hosted();

	const { error } = await run(TRAIN, valid({ ...automatic, additionalFields: {} }));

	expect(error?.message).toContain('Nodepool');
	expect(callsOf(emulator).filter((call) => !call.startsWith('GET'))).toEqual([]);
});
