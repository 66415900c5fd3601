import type { INodeParameters } from 'n8n-workflow';
import { addresses, byUrl, inMemory, notAPicture, pictures, png, withFile } from '../media.mts';
import { bodiesOf, callsOf, DEMO, locate, setUp, type InProcessSetUp } from '../setup.mts';

const NODE = 'clarifaiPredict';
const MINUTE = 60_000;
const flowers = locate('id', 'flowers');

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
});

const predict = async (parameters: INodeParameters) =>
	await platform.run(NODE, { ...byUrl, ...parameters }, { items: addresses('a') });
const path = () => platform.emulator.requests.at(-1)!.path;

function addFlowers() {
	const version = platform.emulator.addContainerVersion('flowers', { concepts: ['rose', 'tulip'] });
	return version.message.id as string;
}

describe('the version that answers', () => {
	it('is the newest one that can be used', async () => {
		platform.emulator.addTrainedVersion('cars');
		platform.emulator.clock.advance(1000);
		const newest = platform.emulator.addTrainedVersion('cars').message.id as string;
		platform.emulator.addTraining('cars', { seconds: Infinity });

		const { error } = await predict({ model: locate('id', 'cars') });

		expect(error).toBeUndefined();
		expect(path()).toContain(`/models/cars/versions/${newest}/outputs`);
	});

	it('may be named', async () => {
		const first = platform.emulator.addTrainedVersion('cars').message.id as string;
		platform.emulator.clock.advance(1000);
		platform.emulator.addTrainedVersion('cars');

		await predict({ model: locate('id', 'cars'), modelVersionId: locate('id', first) });

		expect(path()).toContain(`/versions/${first}/outputs`);
	});

	it.each<[string, string | INodeParameters]>([
		['a plain text', 'live'],
		['its ID', locate('id', 'live')],
		['the list', locate('list', 'live')],
	])(
		'is the one that the deployment runs that is named by %s, and selected',
		async (_how, live) => {
			const version = addFlowers();
			platform.emulator.addDeployment('live', 'flowers');

			const { error } = await predict({
				model: flowers,
				options: { deploymentId: live as INodeParameters },
			});

			expect(error).toBeUndefined();
			expect(path()).toContain(`/versions/${version}/outputs`);
			expect(bodiesOf(platform.emulator, 'PostModelOutputs')).toMatchObject([
				{ runner_selector: { deployment: { id: 'live', user_id: DEMO.userId } } },
			]);
		},
	);

	it('that the named deployment does not run is refused', async () => {
		const old = addFlowers();
		platform.emulator.clock.advance(1000);
		addFlowers();
		platform.emulator.addDeployment('live', 'flowers');

		const { error } = await predict({
			model: flowers,
			modelVersionId: locate('id', old),
			options: { deploymentId: 'live' },
		});

		expect(error?.message).toContain('Deployment "live" runs version');
		expect(callsOf(platform.emulator)).not.toContain('POST PostModelOutputs');
	});

	it('is left to Clarifai for models of other apps', async () => {
		const { error } = await predict({
			model: locate('url', 'https://clarifai.com/clarifai/main/models/general-image-recognition'),
		});

		expect(error).toBeUndefined();
		expect(path()).toBe('/v2/users/clarifai/apps/main/models/general-image-recognition/outputs');
	});

	it('is in the app of the options', async () => {
		const app = platform.emulator.addApp('other-app');
		app.addTrainedVersion(app.addModel({ id: 'cars', model_type_id: 'visual-classifier' }));

		const { error } = await predict({
			model: locate('id', 'cars'),
			options: { appId: 'other-app' },
		});

		expect(error).toBeUndefined();
		expect(path()).toContain('/apps/other-app/models/cars/');
	});
});

describe('is refused before anything is asked', () => {
	it.each<[string, INodeParameters, string]>([
		['a model that does not exist', { model: locate('id', 'gone') }, 'Model "gone" does not exist'],
		['no model', { model: locate('id', '={{ $json.gone }}') }, "'Model' is empty"],
		[
			'a workflow that does not exist',
			{ predictWith: 'workflow', workflow: locate('id', 'gone') },
			'Workflow "gone" does not exist',
		],
		[
			'a deployment that does not exist',
			{ model: flowers, options: { deploymentId: 'gone' } },
			'Deployment "gone" does not exist',
		],
		[
			'a model without a version',
			{ model: locate('id', 'empty') },
			'Model "empty" has no version that can be used',
		],
		[
			'a text for an image model',
			{ model: flowers, inputType: 'text', inputSource: 'text', text: 'hello' },
			'Model "flowers" (visual-classifier) takes image, not text',
		],
		[
			'a deployment that gives nothing',
			{ model: flowers, options: { deploymentId: locate('id', '={{ $json.gone }}') } },
			"'Deployment' is an expression that gives nothing",
		],
		[
			'a version that gives nothing',
			{ model: flowers, modelVersionId: locate('id', '={{ $json.gone }}') },
			"'Model Version' is an expression that gives nothing",
		],
		['an address that is none', { model: flowers, url: 'cat.jpg' }, "'URL' is not a web address"],
		[
			'a probability over 1',
			{ model: flowers, options: { minValue: 50 } },
			"'Min Value' must be a number from 0 to 1",
		],
	])('%s', async (_what, parameters, message) => {
		addFlowers();
		platform.emulator.addModel('empty');

		const { error } = await predict(parameters);

		expect(error?.message).toContain(message);
		expect(error?.description).toBeTruthy();
		expect(callsOf(platform.emulator).filter((call) => call.startsWith('POST'))).toEqual([]);
	});

	it('a missing model and a missing deployment, both named in one error', async () => {
		const { error } = await predict({
			model: locate('id', 'gone'),
			options: { deploymentId: 'gone-too' },
		});

		expect(error?.message).toContain('Model "gone" does not exist');
		expect(error?.message).toContain('Deployment "gone-too" does not exist');
		expect(error?.message).toContain('2 parameters need to be corrected');
	});

	it('an input that the model does not take, beside a version that the deployment does not run', async () => {
		addFlowers();
		platform.emulator.addDeployment('live', 'flowers');

		const { error } = await predict({
			model: flowers,
			modelVersionId: locate('id', 'another'),
			options: { deploymentId: 'live' },
			inputType: 'text',
			inputSource: 'text',
			text: 'hello',
		});

		expect(error?.message).toContain('takes image, not text');
		expect(error?.message).toContain('Deployment "live" runs version');
	});

	it('a missing model, once, where its newest version would be looked for', async () => {
		const { error } = await predict({ model: locate('id', 'gone') });

		expect(error?.message).toBe('Model "gone" does not exist');
	});

	it.each([
		['no file', { json: {} }, 'the item has no file of that name'],
		['an empty file', withFile(inMemory(Buffer.alloc(0))), 'is empty'],
		['a file over 20 MB', withFile(inMemory(png('x'), { bytes: 20_000_001 })), 'takes 20 MB'],
	])('%s', async (_what, item, message) => {
		addFlowers();

		const { error } = await platform.run(NODE, { model: flowers }, { items: [item] });

		expect(error?.message).toContain(message);
		expect(callsOf(platform.emulator)).toEqual([]);
	});
});

describe('a deployment that sleeps', () => {
	beforeEach(() => {
		addFlowers();
		platform.emulator.addDeployment('live', 'flowers');
	});

	it.each([400, 200, 503])('is waited for, and that is said (HTTP %i)', async (httpStatus) => {
		platform.emulator.planColdStart('live', { seconds: 180, httpStatus });
		const began = platform.time.now();

		const { json, error, result } = await predict({ model: flowers });

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ topConcept: expect.any(String) }]);
		expect(platform.time.now() - began).toBeGreaterThanOrEqual(180_000);
		expect(result.hints).toMatchObject([
			{ message: expect.stringContaining('The model was not ready, and was waited for') },
		]);
	});

	it('longer than the option says is an error that says so', async () => {
		platform.emulator.planColdStart('live', { seconds: 3600 });
		const began = platform.time.now();

		const { error } = await predict({ model: flowers, options: { waitForModelMinutes: 2 } });

		const waited = platform.time.now() - began;
		expect(waited).toBeGreaterThanOrEqual(2 * MINUTE);
		expect(waited).toBeLessThan(4 * MINUTE);
		expect(error?.description).toContain('Waited 2 minutes for the model');
	});

	it('is not waited for where the option says 0', async () => {
		platform.emulator.planColdStart('live', { seconds: 3600 });

		const { error } = await predict({ model: flowers, options: { waitForModelMinutes: 0 } });

		expect(error?.message).toBeTruthy();
		expect(bodiesOf(platform.emulator, 'PostModelOutputs')).toHaveLength(1);
	});

	it('is waited for only shortly as a tool of an agent', async () => {
		platform.emulator.planColdStart('live', { seconds: 3600 });
		const began = platform.time.now();
		const url = 'https://files.example/rose.jpg';

		const { call } = await platform.engine.asTool(
			NODE,
			{ model: flowers, inputSource: 'url', url },
			{},
		);

		expect(call?.response).toContain('error');
		expect(platform.time.now() - began).toBeLessThan(MINUTE);
	});

	it('does not keep a bad input from being told apart', async () => {
		platform.emulator.planColdStart('live', { seconds: 30 });
		const items = [...pictures('a'), withFile(inMemory(notAPicture('b')), { name: 'b' })];

		const { json, outputs } = await platform.run(
			NODE,
			{ model: flowers },
			{ items, settings: { onError: 'continueErrorOutput' } },
		);

		expect(json).toHaveLength(1);
		expect(outputs(1)).toMatchObject([{ pairedItem: { item: 1 } }]);
	});
});

it('a container model without a deployment says what to do', async () => {
	addFlowers();

	const { error } = await predict({ model: flowers });

	expect(error?.description).toContain('Make one with Clarifai Deploy Model');
	expect(error?.description).toContain('21353');
	expect(bodiesOf(platform.emulator, 'PostModelOutputs')).toHaveLength(1);
});

it('what is the same for all items is looked up once', async () => {
	platform.emulator.addTrainedVersion('cars');

	await platform.run(
		NODE,
		{ ...byUrl, model: locate('id', '={{ "cars" }}') },
		{ items: addresses('a', 'b', 'c') },
	);

	const calls = callsOf(platform.emulator);
	expect(new Set(calls).size).toBe(calls.length);
});
