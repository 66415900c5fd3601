import type { IDataObject } from 'n8n-workflow';
import { exampleParameters, readExample } from './example.mts';
import { argumentsOf, CLASSIFIER, MINUTE, setUpQuick, startsOf } from './pipelineSetup.mts';
import { DEMO, setUp } from './setup.mts';

describe('the examples', () => {
	it('fine-tune and deploy on the hosted platform', async () => {
		const platform = await setUpQuick({ platform: 'hosted' });
		const { engine, emulator } = platform;
		const workflow = engine.withCredentials(readExample('fine-tune-and-deploy.json'));

		const result = await engine.run(workflow);
		const again = await engine.run(workflow);

		expect([result.error, again.error]).toEqual([undefined, undefined]);
		expect(result.executed).toEqual([
			'Manual Trigger',
			'Clarifai Create Model',
			'Clarifai Train',
			'Clarifai Deploy Model',
		]);
		expect(argumentsOf(platform)[0]).toMatchObject({
			model_id: 'my-classifier',
			dataset_id: DEMO.datasetId,
			concepts: '["cat","dog"]',
			num_epochs: '10',
		});
		const versions = [...emulator.app().models.get('my-classifier')!.versions.keys()];
		expect(versions).toHaveLength(2);
		expect(result.outputs('Clarifai Deploy Model')).toMatchObject([
			{ json: { deploymentId: 'my-classifier-live', modelVersionId: versions[0], created: true } },
		]);
		expect(again.outputs('Clarifai Deploy Model')).toMatchObject([
			{ json: { modelVersionId: versions[1], previousModelVersionId: versions[0], ready: true } },
		]);
	});

	it('fine-tune and deploy on a self-hosted platform', async () => {
		const { engine, emulator } = await setUp({ platform: 'selfHosted' });

		const result = await engine.run(
			engine.withCredentials(readExample('fine-tune-and-deploy-self-hosted.json')),
		);

		expect(result.error).toBeUndefined();
		const [versionId] = emulator.app().models.get('my-classifier')!.versions.keys();
		expect(emulator.app().workflows.get('my-classifier')!.versions).toMatchObject([
			{ nodes: [{ model: { id: 'my-classifier', model_version: { id: versionId } } }] },
		]);
		expect(emulator.app().message.default_workflow).toMatchObject({ id: 'my-classifier' });
	});

	describe.each([
		['hosted', 'fine-tune-and-deploy.json', 'nightly-retraining.json'],
		['selfHosted', 'fine-tune-and-deploy-self-hosted.json', 'nightly-retraining-self-hosted.json'],
	] as const)('retrain every night, %s', (kind, firstFile, file) => {
		async function setUpNights() {
			const { engine, emulator } = await setUp({ platform: kind });
			emulator.addLabelledInputs(
				'demo-test-set',
				['cat', 'dog'].flatMap((concept) =>
					Array.from({ length: 20 }, (_, index) => ({
						url: `https://a.example/${concept}-${index}.jpg`,
						concepts: [concept],
					})),
				),
			);
			const newestVersionIs = (wrongShare: number) => {
				const versions = [...emulator.app().models.get('my-classifier')!.versions.keys()];
				emulator.planQuality(versions.at(-1)!, { wrongShare });
			};
			const first = await engine.run(engine.withCredentials(readExample(firstFile)));
			expect(first.error).toBeUndefined();
			newestVersionIs(0.5);

			let added = 0;
			const addInputs = (count: number) => {
				emulator.clock.advance(600 * MINUTE);
				emulator.addLabelledInputs(
					DEMO.datasetId,
					Array.from({ length: count }, () => ({
						url: `https://a.example/new-${added++}.jpg`,
						concepts: ['cat'],
					})),
				);
			};

			const night = async (wrongShare: number) => {
				const result = await engine.run(engine.withCredentials(readExample(file)), {
					onNodeStarted: (name) => {
						if (name === 'Clarifai Evaluate Model') newestVersionIs(wrongShare);
					},
					onNodeFinished: (name) => {
						if (name === 'Wait') emulator.clock.advance(5 * MINUTE);
					},
				});
				expect(result.error).toBeUndefined();
				return result.outputs('Send the Message').map(({ json }) => String(json.message));
			};
			return { night, addInputs, emulator };
		}

		it('puts a better version to use, keeps it from a worse one, and says so', async () => {
			const { night, addInputs } = await setUpNights();

			addInputs(10);
			const better = await night(0.2);
			addInputs(10);
			const worse = await night(0.4);

			expect(better).toEqual([expect.stringContaining('the new version is better and live')]);
			expect(worse).toEqual([expect.stringContaining('is not better, nothing changed')]);
		});

		it('trains nothing in a night with too few new inputs, and says so', async () => {
			const { night, addInputs, emulator } = await setUpNights();
			const writes = () => emulator.requests.filter(({ method }) => method !== 'GET').length;
			addInputs(9);
			const before = writes();

			const quiet = await night(0);

			expect(quiet).toEqual([
				expect.stringMatching(/^my-classifier: too few new inputs, nothing trained. 9 of 10 since/),
			]);
			expect(writes()).toBe(before);
		});
	});

	it('let an agent list templates, check, start and look up a training', async () => {
		const platform = await setUp();
		const file = 'agent-starts-training.json';
		const call = async (type: string, nodeName: string, args: IDataObject) => {
			const { call } = await platform.engine.asTool(type, exampleParameters(file, nodeName), args);
			return JSON.parse(call!.response) as IDataObject[];
		};
		const args = {
			modelId: 'piped',
			template: CLASSIFIER,
			hyperparameters: { num_epochs: 20 },
			concepts: 'cat, dog',
			datasetId: DEMO.datasetId,
		};

		const listed = await call('clarifaiListTemplates', 'List Training Templates', {
			nameContains: 'classifier',
		});
		const checked = await call('clarifaiTrain', 'Train Model', { ...args, dryRun: true });
		const startedBefore = startsOf(platform);
		const [started] = await call('clarifaiTrain', 'Train Model', { ...args, dryRun: false });
		const looked = await call('clarifaiTrainingStatus', 'Look Up Training', started);

		expect(listed).toMatchObject([{ template: CLASSIFIER }]);
		expect(checked).toMatchObject([{ dryRun: true, params: { num_epochs: '20' } }]);
		expect(startedBefore).toBe(0);
		expect(started).toMatchObject({ modelId: 'piped', status: 'queued' });
		expect(looked).toMatchObject([
			{ modelId: 'piped', status: 'queued', pipelineRunId: started.pipelineRunId },
		]);
	});
});
