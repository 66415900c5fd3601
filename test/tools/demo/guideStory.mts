import { readFile } from 'node:fs/promises';
import type { WorkflowJson } from '../engine/engine.mts';
import { Player, type Say } from './player.mts';
import type { Target } from './target.mts';

const example = new URL('../../../examples/fine-tune-and-deploy-self-hosted.json', import.meta.url);

/** The steps of Clarifai's guide to training, as the example workflow takes them; whether it has trained. */
export async function tellGuideStory(target: Target, say: Say): Promise<boolean> {
	const workflow = JSON.parse(await readFile(example, 'utf8')) as WorkflowJson;
	const player = await Player.start(target, say);
	try {
		player.say(`${target.name} at ${target.baseUrl}, app ${target.userId}/${target.appId}`);
		player.say(`Workflow "${workflow.name}"\n`);
		const { outputs } = await player.play(workflow);
		if (outputs('Clarifai Train').length === 0) {
			player.say(
				`Nothing was trained: ${target.baseUrl} has no template for this example, which is for self-hosted and older platforms. api.clarifai.com trains with pipeline templates.`,
			);
			return false;
		}
		const allTrained = await player.finishTrainings();
		player.say(`The app's default workflow is now "${await player.api.defaultWorkflow()}".`);
		return allTrained;
	} finally {
		await player.close();
	}
}
