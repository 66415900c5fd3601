import { tellGuideStory } from './guideStory.mts';
import { tellHostedStory } from './hostedStory.mts';
import { chooseTarget } from './target.mts';

const token = process.env.CLARIFAI_PAT;

const withoutToken = (text: string) => (token ? text.replaceAll(token, '***') : text);

const say = (line: string) => console.log(withoutToken(line));

/** Against Clarifai itself only the first story is told: the second one makes a training go wrong. */
async function main(): Promise<boolean> {
	const target = await chooseTarget(process.env);
	try {
		say("=== Fine-tune and deploy, with the steps of Clarifai's guide\n");
		if (!(await tellGuideStory(target, say))) return false;
	} finally {
		await target.close();
	}
	if (!target.isEmulator) return true;

	say(
		'\n=== From pictures to predictions on the hosted platform, and only better versions after that\n',
	);
	return await tellHostedStory(say);
}

try {
	process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
	console.error(withoutToken((error as Error).message));
	process.exitCode = 1;
}
