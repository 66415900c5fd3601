import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { eventually } from './cases/eventually.mts';
import { openBrowser } from './canvas/browser.mts';
import { Editor } from './canvas/editor.mts';
import { DEMO } from '../tools/emulator/emulator.mts';
import { DEMO_OWNER } from '../tools/n8n/demoContent.mts';
import { repositoryRoot } from '../tools/n8n/repository.mts';
import { chain, MANUAL_TRIGGER, store } from './cases/workflowBuilder.mts';
import { useStack } from './stack.mts';

const PACKAGE = 'n8n-nodes-clarifai';

const stack = useStack();
let browser: Browser;
let editor: Editor;

beforeAll(async () => {
	browser = await openBrowser();
	const context = await browser.newContext({ viewport: { width: 1440, height: 810 } });
	context.setDefaultTimeout(30_000);
	// The editor asks the Internet for news and images, which a test must not depend on.
	await context.route(
		({ hostname }) => hostname !== '127.0.0.1',
		async (route) => await route.abort(),
	);
	editor = new Editor(await context.newPage(), stack.n8n.url);
	await editor.logIn(DEMO_OWNER);
});

afterAll(async () => await browser?.close());

beforeEach(async () => {
	await stack.renewEmulator();
	await editor.newWorkflow();
});

test('the node panel finds every node', async () => {
	// The panel shows the name of a trigger without the word.
	const names = (await stack.ownNodeTypes()).map(({ displayName }) =>
		displayName.replace(/ Trigger$/, ''),
	);

	const found = (await editor.searchNodes('clarifai')).getByTestId('node-creator-item-name');
	await eventually('the panel lists the nodes of this package', async () => {
		const shown = await found.allInnerTexts();
		return shown.sort().join() === names.sort().join();
	});
});

test('the chain of deep fine-tuning takes few clicks, and runs', async () => {
	await editor.addNode('Clarifai Create Model', 'clarifai create m');
	await editor.fill('modelId', 'tulips');
	await editor.closePanel();

	await editor.addNode('Clarifai Train', 'clarifai train');
	await editor.pick('template', 'MMClassification_ResNet_50_RSB_A1');
	await editor.switchOn('waitForCompletion');
	await editor.parameter('num_epochs').waitFor();
	await screenshot('train-panel');
	await editor.closePanel();

	await editor.addNode('Clarifai Create Workflow', 'clarifai create w');
	await editor.closePanel();

	await editor.addNode('Clarifai Update Default Workflow', 'clarifai upd');
	await editor.executeNode();

	// Of the keys, most are names that are typed.
	expect(await editor.hands()).toEqual({ clicks: 16, keys: 72 });
	await editor.closePanel();
	for (const name of ['Create Model', 'Train', 'Create Workflow', 'Update Default Workflow']) {
		const success = editor.node(`Clarifai ${name}`).getByTestId('canvas-node-status-success');
		await success.waitFor({ timeout: 60_000 });
	}
	await editor.node('Clarifai Train').getByText('MMClassification_ResNet').waitFor();
	expect(stack.emulator.app().message.default_workflow).toMatchObject({ id: 'tulips' });
});

test('the hosted chain takes few clicks, and runs', async () => {
	await stack.renewEmulator({ platform: 'hosted' });

	await editor.addNode('Clarifai Create Model', 'clarifai create m');
	await editor.fill('modelId', 'tulips');
	await editor.closePanel();

	await editor.addNode('Clarifai Train', 'clarifai train');
	await editor.pick('dataset', 'demo-dataset');
	await editor.pickOption('concepts', 'cat');
	await editor.pick('template', 'classifier-pipeline-resnet');
	// The form arrives in its own time, and would push an open list out of view.
	await editor.parameter('num_epochs').waitFor();
	await editor.switchOn('waitForCompletion');
	await editor.pick('nodepool', 'demo-gpu-nodepool');
	await editor.leavePanel();

	await editor.addNode('Clarifai Deploy Model', 'clarifai dep');
	await editor.pick('nodepool', 'demo-gpu-nodepool');
	await editor.executeNode();

	const output = editor.page.getByTestId('output-panel');
	await output.getByText('tulips').first().waitFor();
	expect(await editor.hands()).toEqual({ clicks: 20, keys: 56 });
	expect(stack.emulator.book.of('deployment')).toHaveLength(1);
	// The step was executed with its panel open: what its expressions gave clears no other field.
	expect(await editor.parameter('modelVersionId').innerText()).toContain('$json.modelVersionId');
});

test('a step that is executed with its panel open keeps its template and hyperparameters', async () => {
	await editor.addNode('Clarifai Create Model', 'clarifai create m');
	await editor.fill('modelId', 'tulips');
	await editor.closePanel();
	await editor.addNode('Clarifai Train', 'clarifai train');
	await editor.pick('template', 'MMClassification_ResNet_50_RSB_A1');
	await editor.fill('num_epochs', '7');

	// The node before runs too, and the expression in 'Model' has a value now.
	await editor.executeNode();

	await editor.page.waitForTimeout(1_000);
	expect(await editor.parameter('template').locator('input').last().inputValue()).toContain(
		'MMClassification_ResNet_50_RSB_A1',
	);
	expect(await editor.parameter('num_epochs').locator('input').inputValue()).toBe('7');
	const [training] = stack.emulator.requests.filter(({ rpc }) => rpc === 'PostModelVersions');
	expect(JSON.stringify(training?.body)).toContain('"num_epochs":7');
});

test('nothing is red before anything is done, and an empty list says why', async () => {
	stack.emulator.app().datasets.clear();
	await editor.addNode('Clarifai Train', 'clarifai train');

	expect(await editor.panel.getByTestId('parameter-issues').count()).toBe(0);
	expect(await editor.reasonOf('dataset')).toMatch(
		/The app has no datasets[^]*Clarifai Add Inputs makes one/,
	);
});

test('Train offers templates of the model that came in, and concepts, in a workflow that has run', async () => {
	await editor.addNode('Clarifai Create Model', 'clarifai create m');
	await editor.fill('modelId', 'tulips');
	await editor.pick('modelType', 'Visual Detector');
	await editor.executeNode();
	await editor.closePanel();
	await editor.addNode('Clarifai Train', 'clarifai train');

	await editor.pick('template', 'MMDetection_SSD');
	await editor.parameter('num_epochs').waitFor();
	await editor.parameter('concepts').click();

	await editor.page.getByText('ferrari', { exact: true }).waitFor();
});

test('a field that takes what the node before put out says how to pick something else', async () => {
	const line =
		/Model.* from the node before\. To pick one, switch the field from Expression to Fixed\./;
	for (const [name, typed] of [
		['Clarifai Train', 'clarifai train'],
		['Clarifai Training Status', 'clarifai training s'],
		['Clarifai Create Workflow', 'clarifai create w'],
	]) {
		await editor.newWorkflow();
		await editor.addNode(name, typed);
		await editor.panel.getByText(line).waitFor();
	}

	await editor.newWorkflow();
	await editor.addNode('Clarifai Train', 'clarifai train');
	await editor.setFixed('model');
	await editor.panel.getByText(line).waitFor({ state: 'hidden' });
});

test('a template name that two types have is listed with both', async () => {
	await editor.addNode('Clarifai Train', 'clarifai train');

	const found = await editor.openList('template');

	const both = 'Clarifai_InceptionV2 (visual-classifier, visual-detector, Deep Fine-Tuning)';
	await found.filter({ hasText: both }).first().waitFor();
});

test('the table of an overview of templates has a few lines for each, the recommended ones first', async () => {
	await editor.addNode('Clarifai List Templates', 'clarifai list');
	await editor.switchOn('includeHyperparameters');
	await editor.executeNode();

	const rows = editor.page.getByTestId('output-panel').locator('tbody tr');
	await rows.first().waitFor();
	expect(await rows.first().innerText()).toMatch(/^MMClassification_ResNet_50_RSB_A1\s.*true/);
	const heights = await rows.evaluateAll((all) => all.map((row) => row.clientHeight));
	expect(Math.max(...heights)).toBeLessThan(200);
});

test('a failure says which value is wrong, and what to do', async () => {
	stack.emulator.addModel('tulips', { model_type_id: 'visual-detector' });
	await editor.addNode('Clarifai Create Model', 'clarifai create m');
	await editor.fill('modelId', 'tulips');

	await editor.page.getByTestId('node-execute-button').click();

	const output = editor.page.getByTestId('output-panel');
	await output.getByText('"tulips" already exists with type visual-detector').first().waitFor();
	await editor.dismissMessages();
	await screenshot('error');
});

test('the whole loop runs on one canvas: data in, train, evaluate, deploy, use', async () => {
	await stack.renewEmulator({ platform: 'hosted' });
	const locate = (value: string) => ({ __rl: true, mode: 'id', value });
	const dataset = locate('demo-dataset');
	const nodepool = locate('demo-gpu-nodepool');
	const workflow = await store(
		stack,
		chain('The whole loop', [
			{ name: 'When clicking ‘Execute workflow’', type: MANUAL_TRIGGER },
			{
				name: 'Add Inputs',
				type: `${PACKAGE}.clarifaiAddInputs`,
				parameters: {
					inputSource: 'url',
					url: 'https://pictures.example/cat.jpg',
					concepts: ['cat'],
					dataset,
				},
			},
			{
				name: 'Create Model',
				type: `${PACKAGE}.clarifaiCreateModel`,
				parameters: { modelId: 'pets' },
			},
			{
				name: 'Train',
				type: `${PACKAGE}.clarifaiTrain`,
				parameters: {
					dataset,
					concepts: ['cat', 'dog'],
					template: locate('classifier-pipeline-resnet'),
					waitForCompletion: true,
					additionalFields: { nodepool },
				},
			},
			{
				name: 'Evaluate Model',
				type: `${PACKAGE}.clarifaiEvaluateModel`,
				parameters: { dataset, additionalFields: { report: true } },
			},
			{
				name: 'Deploy Model',
				type: `${PACKAGE}.clarifaiDeployModel`,
				parameters: { nodepool, waitUntilReady: true },
			},
			{
				name: 'Predict',
				type: `${PACKAGE}.clarifaiPredict`,
				parameters: {
					model: locate('={{ $json.modelId }}'),
					inputSource: 'url',
					url: 'https://pictures.example/who-is-it.jpg',
				},
			},
		]),
	);
	await editor.openWorkflow(workflow.id);

	await editor.execute();

	const names = ['Add Inputs', 'Train', 'Evaluate Model', 'Deploy Model', 'Predict'];
	for (const name of names) {
		const success = editor.node(name).getByTestId('canvas-node-status-success');
		await success.waitFor({ timeout: 60_000 });
	}
	await editor.dismissMessages();
	await editor.tidyUp();
	await screenshot('loop');
	for (const name of names) {
		await editor.openNode(name);
		await editor.page.getByTestId('output-panel').getByTestId('node-run-status-success').waitFor();
		if (name !== 'Train') await screenshot(name.toLowerCase().replace(' ', '-'));
		if (name === 'Evaluate Model') {
			await editor.page.getByTestId('ndv-view-binary-data').click();
			await editor.page.locator('img[src], embed[src]').last().waitFor();
			await screenshot('evaluation-report');
		}
		await editor.closePanel();
	}
	expect(stack.emulator.book.of('run')).toHaveLength(1);
});

test('a mask that Clarifai Predict puts out is shown as a picture', async () => {
	const { publicUserId, publicAppId, publicModels } = DEMO;
	const link = `https://clarifai.com/${publicUserId}/${publicAppId}/models/${publicModels.segmenter}`;
	const workflow = await store(
		stack,
		chain('Masks', [
			{ name: 'Start', type: MANUAL_TRIGGER },
			{
				name: 'Predict',
				type: `${PACKAGE}.clarifaiPredict`,
				parameters: {
					model: { __rl: true, mode: 'url', value: link },
					inputSource: 'url',
					url: 'https://pictures.example/street.jpg',
				},
			},
		]),
	);
	await editor.openWorkflow(workflow.id);
	await editor.execute();
	await editor.node('Predict').getByTestId('canvas-node-status-success').waitFor();

	await editor.openNode('Predict');
	const picture = editor.page.locator('img[src*="binary-data"], embed[src*="binary-data"]');
	expect(await picture.count()).toBe(0);
	await editor.page.getByTestId('ndv-view-binary-data').first().click();

	await picture.first().waitFor();
	const width = await picture.first().evaluate((element) => element.clientWidth);
	expect(width).toBeGreaterThan(0);
	await editor.closePanel();
});

/** Pictures for the documentation, only on request: every run would change them a little. */
async function screenshot(name: string) {
	if (!process.env.UPDATE_SCREENSHOTS) return;
	const folder = join(repositoryRoot, 'docs', 'images');
	await mkdir(folder, { recursive: true });
	// JPEG, since the build copies PNG and SVG files into the package.
	await editor.page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 85 });
}
