import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { labelledInputs } from '../tools/emulator/labelledInputs.mts';
import { Code } from '../tools/emulator/statuses.mts';
import { answering, exampleParameters, readExample } from './example.mts';
import { inMemory, notAPicture, png } from './media.mts';
import { argumentsOf, runsOf, setUpQuick } from './pipelineSetup.mts';
import { bodiesOf, DEMO, setUp, type SetUp } from './setup.mts';

const PICTURE_URL = 'https://samples.clarifai.com/dog2.jpeg';

/** The labels of the inputs that the nodes have put into a dataset. */
function labelsIn({ emulator }: SetUp, datasetId: string) {
	const added = new Set(emulator.book.of('input').map(({ id }) => id));
	return labelledInputs(emulator.app(), datasetId)
		.filter(({ id }) => added.has(id))
		.map(({ positive, negative }) => ({ positive, negative }));
}

describe('the examples that classify and collect', () => {
	it('classify new files: each goes where it belongs', async () => {
		const { engine, emulator } = await setUp({ platform: 'hosted' });
		const file = (name: string) => inMemory(png(name), { fileName: `${name}.png` });
		const plan = (name: string, id: string, value: number) =>
			emulator.planPrediction(
				{ image: { base64: png(name).toString('base64') } },
				{ data: { concepts: [{ id, name: id, value }] } },
			);
		plan('one', 'cat', 0.9);
		plan('two', 'dog', 0.8);
		plan('three', 'cat', 0.55);
		plan('four', 'outdoors', 0.95);
		emulator.planPrediction(
			{ image: { base64: png('five').toString('base64') } },
			{ code: Code.inputInvalidArgument, details: 'not an image' },
		);
		const uploaded = ['one', 'two', 'three', 'four', 'five'].map((name, index) => [
			`Pictures_${index}`,
			file(name),
		]);

		const result = await engine.run(
			engine.withCredentials(
				answering(readExample('classify-new-files.json'), {
					'On Form Submission': [
						{ json: { submittedAt: 'now' }, binary: Object.fromEntries(uploaded) as never },
					],
				}),
			),
		);

		expect(result.error).toBeUndefined();
		const filesAt = (node: string) =>
			result
				.outputs(node)
				.flatMap(({ binary = {} }) => Object.values(binary).map(({ fileName }) => fileName));
		expect({
			cats: filesAt('Cats'),
			dogs: filesAt('Dogs'),
			unsure: filesAt('Unsure'),
			other: filesAt('Something Else'),
		}).toEqual({
			cats: ['one.png'],
			dogs: ['two.png'],
			unsure: ['three.png'],
			other: ['four.png'],
		});
		expect(result.outputs('Could Not Be Read')).toHaveLength(1);
	});

	it('label files by their folders, and train: once for all files, on the labels of the folders', async () => {
		const platform = await setUpQuick({ platform: 'hosted' });
		const { engine, emulator } = platform;
		const home = '/home/node/.n8n-files/training-data';
		const file = (folder: string, content: Buffer): INodeExecutionData => ({
			json: {},
			binary: { data: inMemory(content, { directory: `${home}/${folder}` }) },
		});
		const files = [
			file('cat', png('cat 1')),
			file('cat', png('cat 2')),
			file('tapir', png('tapir 1')),
			file('tapir', notAPicture('notes.txt')),
		];
		const workflow = engine.withCredentials(
			answering(readExample('label-and-train.json'), {
				'Read Files': files,
			}),
		);

		const result = await engine.run(workflow);
		const again = await engine.run(workflow);

		expect([result.error, again.error]).toEqual([undefined, undefined]);
		expect(labelsIn(platform, 'my-pictures')).toEqual([
			{ positive: ['cat'], negative: [] },
			{ positive: ['cat'], negative: [] },
			{ positive: ['tapir'], negative: [] },
		]);
		expect(result.outputs('Not Added')).toHaveLength(1);
		const wanted = { model_id: 'my-pictures-classifier', concepts: '["cat","tapir"]' };
		expect(argumentsOf(platform)).toEqual([
			expect.objectContaining(wanted),
			expect.objectContaining(wanted),
		]);
		expect(emulator.app().models.get('my-pictures-classifier')!.versions.size).toBe(2);
	});

	it('correct predictions, and retrain: the next version has learned it', async () => {
		const platform = await setUpQuick({ platform: 'hosted' });
		const { engine } = platform;
		const deploy = engine.withCredentials(readExample('fine-tune-and-deploy.json'));
		expect((await engine.run(deploy)).error).toBeUndefined();
		const Picture = inMemory(png('what is it'));
		const correct = async (shows: string, trainNow: string) =>
			await engine.run(
				engine.withCredentials(
					answering(readExample('correct-and-retrain.json'), {
						'On Form Submission': [{ json: {}, binary: { Picture } }],
						'Correct It': [{ json: { 'What it shows': shows, 'Train now': trainNow } }],
					}),
				),
			);
		const saidIn = ({ outputs }: Awaited<ReturnType<typeof correct>>) =>
			outputs('Clarifai Predict')[0].json.topConcept as string;
		const before = saidIn(await correct('cat', 'No'));
		const right = before === 'cat' ? 'dog' : 'cat';

		const first = await correct(right, 'No');
		const trainedAfterNo = runsOf(platform).length;
		const second = await correct(right, 'Yes');

		expect([first.error, second.error]).toEqual([undefined, undefined]);
		expect(labelsIn(platform, DEMO.datasetId)).toEqual([{ positive: [right], negative: [before] }]);
		expect(first.executed).toContain('Later');
		expect(trainedAfterNo).toBe(1);
		expect(second.executed).not.toContain('Later');
		expect(argumentsOf(platform)[1]).toMatchObject({
			model_id: 'my-classifier',
			dataset_id: DEMO.datasetId,
			concepts: '["cat","dog"]',
		});
		await engine.run(deploy);
		expect(saidIn(await correct(right, 'No'))).toBe(right);
	});

	it('call what no node does: concepts with too few labels', async () => {
		const platform = await setUp({ alsoAt: 'https://api.clarifai.com' });
		const { engine, emulator } = platform;
		emulator.addConcepts(['tapir', 'okapi']);
		const tapirs = Array.from({ length: 10 }, (_, index) => ({
			url: `https://a.example/tapir-${index}.jpg`,
			concepts: ['tapir'],
		}));
		emulator.addLabelledInputs(DEMO.datasetId, tapirs);
		emulator.addLabelledInputs(DEMO.datasetId, [
			{ url: 'https://a.example/okapi.jpg', concepts: ['okapi'] },
		]);

		const result = await engine.run(
			engine.withCredentials(readExample('count-labels-with-http-request.json')),
		);

		expect(result.error).toBeUndefined();
		const counted = Object.fromEntries(
			result
				.outputs('One Item a Concept')
				.map(({ json }) => [json.id, (json.concept_type_count as IDataObject).positive]),
		);
		// 300 were there before the picture that it has added itself.
		expect(counted).toMatchObject({ dog: 301, tapir: 10, okapi: 1 });
		const tooFew = result.outputs('Too Few').map(({ json }) => json.id);
		expect(tooFew).toEqual(['okapi']);
	});

	it('let an agent collect labelled pictures: recognized, added once, corrected', async () => {
		const platform = await setUp();
		const { engine, emulator } = platform;
		const call = async (type: string, nodeName: string, args: IDataObject) => {
			const parameters = exampleParameters('agent-adds-inputs.json', nodeName);
			return JSON.parse((await engine.asTool(type, parameters, args)).call!.response) as
				| IDataObject[]
				| undefined;
		};
		const add = async (concepts: string) =>
			await call('clarifaiAddInputs', 'Add Labelled Picture', {
				pictureUrl: PICTURE_URL,
				concepts,
			});

		const recognized = await call('clarifaiPredict', 'Recognize Picture', {
			pictureUrl: PICTURE_URL,
		});
		const refused = await add('dgo');
		const added = await add('cat');
		const corrected = await add('dog');

		expect(recognized).toMatchObject([{ topConcept: expect.any(String) as string }]);
		expect(recognized![0].concepts).toHaveLength(5);
		expect(refused).toMatchObject([
			{ error: expect.stringContaining('Did you mean "dog"') as string },
		]);
		expect(added).toMatchObject([{ status: 'added', concepts: ['cat'] }]);
		expect(corrected).toMatchObject([{ status: 'updated', concepts: ['dog'] }]);
		// Nobody has waited until the picture was processed.
		emulator.clock.advance(60_000);
		expect(labelsIn(platform, DEMO.datasetId)).toEqual([{ positive: ['dog'], negative: [] }]);
		expect(bodiesOf(emulator, 'PostConcepts')).toEqual([]);
	});
});
