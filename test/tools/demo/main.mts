import { readFile } from 'node:fs/promises';
import { createEngine, type WorkflowJson } from '../engine/engine.mts';
import { Api } from './api.mts';
import { messageOf, modelsIn, summaryOf } from './outputs.mts';
import { RequestObserver } from './requests.mts';
import { chooseTarget, type Target } from './target.mts';
import { TrainingWatch } from './training.mts';

const example = new URL('../../../examples/fine-tune-and-deploy-self-hosted.json', import.meta.url);

const withoutToken = (text: string, { accessToken }: Target) => text.replaceAll(accessToken, '***');

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

async function runDemo(target: Target): Promise<boolean> {
	const { accessToken, userId, appId, baseUrl } = target;
	const say = (line: string) => console.log(withoutToken(line, target));

	const workflow = JSON.parse(await readFile(example, 'utf8')) as WorkflowJson;
	const engine = await createEngine({
		credentials: { clarifaiApi: { accessToken, userId, appId, baseUrl } },
	});

	say(`${target.name} at ${baseUrl}, app ${userId}/${appId}`);
	say(`Workflow "${workflow.name}"\n`);

	const api = new Api(target);
	const requests = new RequestObserver(baseUrl);
	const training = new TrainingWatch(api, target, say);

	let failed = false;
	const handle = engine.start(engine.withCredentials(workflow), {
		mode: 'manual',
		onNodeStarted: (name) => say(`${name} ...`),
		onNodeFinished: async (name, task) => {
			for (const line of requests.take()) say(`  ${line}`);
			await training.lookAt(modelsIn(task));
			const time = seconds(task.executionTime);
			if (task.error) {
				failed = true;
				say(`${name} failed after ${time}: ${messageOf(task.error)}\n`);
			} else {
				say(`${name} finished in ${time}: ${summaryOf(task)}\n`);
			}
		},
	});
	const interruption = new AbortController();
	process.once('SIGINT', () => {
		handle.cancel();
		interruption.abort(new Error('Stopped.'));
	});

	try {
		const { status, error } = await handle.done;
		if (status !== 'success') {
			say(`The workflow ended with status "${status}".`);
			if (error && !failed && status !== 'canceled') say(messageOf(error));
			return false;
		}
		const allTrained = await training.finish(interruption.signal);
		say(`The app's default workflow is now "${await api.defaultWorkflow()}".`);
		return allTrained && !failed;
	} finally {
		requests.stop();
		await training.stop();
		await api.close();
	}
}

async function main(): Promise<boolean> {
	const target = await chooseTarget(process.env);
	try {
		return await runDemo(target);
	} catch (error) {
		console.error(withoutToken((error as Error).message, target));
		return false;
	} finally {
		await target.close();
	}
}

try {
	process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
}
