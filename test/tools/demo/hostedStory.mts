import { startEmulator, type Emulator } from '../emulator/emulator.mts';
import {
	addPictures,
	MODEL,
	predictPictures,
	TEST,
	TRAINING,
	trainEvaluateDeploy,
} from './hostedWorkflows.mts';
import { Player, type Say } from './player.mts';
import { drawShapes } from './shapes.mts';
import { targetOf } from './target.mts';

const RED = 0xd02020;
const BLUE = 0x2040d0;

/** From pictures to a model that answers, as on api.clarifai.com, and a training that turns out badly. */
export async function tellHostedStory(say: Say): Promise<boolean> {
	const emulator = await startEmulator({
		platform: 'hosted',
		// Nobody need wait for what the first story has shown.
		trainingSeconds: 0,
		processingSeconds: 0,
		datasetVersionSeconds: 0,
		evaluationSeconds: 0,
		deploySeconds: 0,
	});
	const target = targetOf(emulator);
	const player = await Player.start(target, say);
	try {
		return await play(player, emulator);
	} finally {
		await player.close();
		await target.close();
	}
}

async function play(player: Player, emulator: Emulator): Promise<boolean> {
	const { engine, say } = player;

	say('--- Labelled pictures: three red shapes to train on, three blue ones to test with\n');
	const testPictures = drawShapes(TEST, BLUE);
	await player.play(addPictures(engine), [...drawShapes(TRAINING, RED), ...testPictures]);

	say('--- The first training: nothing is live yet, so it passes and is deployed\n');
	await player.play(trainEvaluateDeploy(engine));
	const isRight = await predict(player, testPictures);
	const before = await player.api.deployedVersion(MODEL);

	say('--- The next training turns out badly: the emulator makes it answer wrongly\n');
	emulator.planQuality(before, { wrongShare: 0 });
	emulator.planQuality(MODEL, { wrongShare: 1 });
	await player.play(trainEvaluateDeploy(engine, MODEL));
	const isStillRight = await predict(player, testPictures);

	const after = await player.api.deployedVersion(MODEL);
	say(`Deployment "${MODEL}" ran version ${before} before, and runs version ${after} now.`);
	return isRight && isStillRight && before === after;
}

/** Whether all pictures are called what they show. */
async function predict(player: Player, pictures: ReturnType<typeof drawShapes>): Promise<boolean> {
	const { engine, say } = player;
	const { outputs } = await player.play(predictPictures(engine), pictures);
	const answers = outputs('Clarifai Predict').map(({ json }) => json);
	for (const { shape, topConcept, topValue } of answers) {
		const verdict = shape === topConcept ? 'right' : 'wrong';
		say(`  ${shape}.png shows a ${topConcept} (${Number(topValue).toFixed(2)}): ${verdict}`);
	}
	say('');
	return answers.every(({ shape, topConcept }) => shape === topConcept);
}
