import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { Code } from '../tools/emulator/statuses.mts';
import { exampleParameters, readExample } from './example.mts';
import { bodiesOf, setUp, type SetUp } from './setup.mts';

const MODEL = 'my-classifier';
const DEPLOYMENT = 'my-classifier-live';
const PICTURE_URL = 'https://samples.clarifai.com/dog2.jpeg';

/** The ID of the version that the deployment runs, or is told to run. */
const liveIn = ({ emulator }: SetUp) => {
	emulator.clock.advance(60_000);
	const deployment = emulator.world.compute.deployments.find(({ id }) => id === DEPLOYMENT)!;
	expect(deployment.observed(emulator.clock.now())).toBe(deployment.desired);
	return deployment.desired.message.id as string;
};

describe('roll back if the new version fails', () => {
	async function setUpVersions(wrongShare: number) {
		const platform = await setUp({ platform: 'hosted' });
		const { engine, emulator } = platform;
		emulator.addLabelledInputs(undefined, [
			{ url: PICTURE_URL, concepts: ['dog'] },
			{ url: 'https://a.example/cat.jpg', concepts: ['cat'] },
		]);
		const addVersion = () =>
			emulator.addContainerVersion(MODEL, { concepts: ['cat', 'dog'] }).message.id as string;
		const old = addVersion();
		emulator.addDeployment(DEPLOYMENT, MODEL);
		emulator.clock.advance(60_000);
		const fresh = addVersion();
		emulator.planQuality(fresh, { wrongShare });
		const run = async () => await engine.run(engine.withCredentials(readExample('roll-back.json')));
		return { platform, old, fresh, run };
	}

	it('keeps a version that gives the right answer', async () => {
		const { platform, fresh, run } = await setUpVersions(0);

		const result = await run();

		expect(result.error).toBeUndefined();
		expect(result.executed.at(-1)).toBe('The New Version Stays');
		expect(liveIn(platform)).toBe(fresh);
	});

	it('goes back from one that gives a wrong answer', async () => {
		const { platform, old, fresh, run } = await setUpVersions(1);

		const result = await run();

		expect(result.error).toBeUndefined();
		expect(result.outputs('Clarifai Predict')).toMatchObject([{ json: { topConcept: 'cat' } }]);
		expect(result.outputs('Roll Back')).toMatchObject([
			{ json: { modelVersionId: old, previousModelVersionId: fresh, ready: true } },
		]);
		expect(liveIn(platform)).toBe(old);
	});

	it('goes back from one that does not answer', async () => {
		const { platform, old, run } = await setUpVersions(0);
		platform.emulator.planPrediction(
			{ image: { url: PICTURE_URL } },
			{ code: Code.inputInvalidArgument, details: 'the container is broken' },
		);

		const result = await run();

		expect(result.error).toBeUndefined();
		expect(result.executed.at(-1)).toBe('Roll Back');
		expect(liveIn(platform)).toBe(old);
	});
});

describe('let a person approve first', () => {
	const FILE = 'approve-before-deploy.json';

	/** Two trainings end between two looks of the trigger; the person approves of those versions. */
	async function approve(approves: (versions: string[]) => string[]) {
		const platform = await setUp({ platform: 'hosted' });
		const { engine, emulator } = platform;
		emulator.addContainerVersion(MODEL);
		emulator.addDeployment(DEPLOYMENT, MODEL);
		const old = liveIn(platform);
		const type = 'clarifaiTrainingTrigger';
		const parameters = exampleParameters(FILE, 'Clarifai Training Ended Trigger');
		const { staticData } = await engine.poll(type, parameters);
		const versions = [1, 2].map(() => {
			const { message } = emulator.addTraining(MODEL, { seconds: 30 });
			return message.id as string;
		});
		emulator.clock.advance(120_000);
		const { items } = await engine.poll(type, parameters, { staticData });
		const approved = approves(versions);
		const answer: INodeParameters = {
			assignments: {
				assignments: [
					{
						id: '1',
						name: 'data.approved',
						value: `={{ ${JSON.stringify(approved)}.includes($json.modelVersionId) }}`,
						type: 'boolean',
					},
				],
			},
		};
		const example = readExample(FILE);
		const nodes = example.nodes.map((node) => {
			if (node.name === 'Ask for Approval') {
				return { ...node, type: 'n8n-nodes-base.set', typeVersion: 3.4, parameters: answer };
			}
			if (!node.type.endsWith('TrainingTrigger')) return node;
			return { ...node, type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} };
		});
		const result = await engine.run(engine.withCredentials({ ...example, nodes }), {
			items: items![0],
		});
		expect(result.error).toBeUndefined();
		const deployed = bodiesOf(emulator, 'PatchDeployments').map(
			(body) => JSON.stringify((body as IDataObject).deployments).match(/[0-9a-f]{32}/)?.[0],
		);
		return { platform, old, versions, deployed, result };
	}

	it('deploys what is approved, and asks about each of two trainings', async () => {
		const { platform, versions, deployed, result } = await approve(([first]) => [first]);

		expect(result.executed.filter((name) => name === 'Ask for Approval')).toHaveLength(2);
		expect(deployed).toEqual([versions[0]]);
		expect(liveIn(platform)).toBe(versions[0]);
		expect(result.executed.filter((name) => name === 'Not Approved')).toHaveLength(1);
	});

	it('deploys nothing that is not approved', async () => {
		const { platform, old, deployed } = await approve(() => []);

		expect(deployed).toEqual([]);
		expect(liveIn(platform)).toBe(old);
	});
});
