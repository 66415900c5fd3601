import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { eventually } from './cases/eventually.mts';
import { openBrowser } from './canvas/browser.mts';
import { Editor } from './canvas/editor.mts';
import { DEMO_OWNER } from '../tools/n8n/demoContent.mts';
import { repositoryRoot } from '../tools/n8n/repository.mts';
import { useStack } from './stack.mts';

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

test('Create Model, Train, Create Workflow and Update Default Workflow run in a row', async () => {
	await editor.addManualTrigger();

	await editor.addNode('Clarifai Create Model');
	await editor.fill('modelId', 'tulips');
	await editor.pick('modelType', 'Visual Classifier');
	await editor.closePanel();

	await editor.addNode('Clarifai Train');
	await editor.pick('template', 'MMClassification_ResNet_50_RSB_A1');
	await editor.parameter('num_epochs').waitFor();
	await screenshot('train-panel');
	await editor.switchOn('waitForCompletion');
	await editor.closePanel();

	await editor.addNode('Clarifai Create Workflow');
	await editor.fill('workflowId', 'tulip-finder');
	await editor.closePanel();

	await editor.addNode('Clarifai Update Default Workflow');
	await editor.closePanel();

	await editor.execute();
	for (const name of ['Create Model', 'Train', 'Create Workflow', 'Update Default Workflow']) {
		const success = editor.node(`Clarifai ${name}`).getByTestId('canvas-node-status-success');
		await success.waitFor({ timeout: 60_000 });
	}
	await editor.node('Clarifai Train').getByText('MMClassification_ResNet').waitFor();
	await editor.dismissMessages();
	await editor.tidyUp();
	await screenshot('chain');

	await editor.openNode('Clarifai Update Default Workflow');
	const output = editor.page.getByTestId('output-panel');
	await output.getByText('tulip-finder').first().waitFor();
	expect(stack.emulator.app().message.default_workflow).toMatchObject({ id: 'tulip-finder' });
});

test('Train offers templates of the model that came in, and concepts, in a workflow that has run', async () => {
	await editor.addManualTrigger();
	await editor.addNode('Clarifai Create Model');
	await editor.fill('modelId', 'tulips');
	await editor.pick('modelType', 'Visual Detector');
	await editor.executeNode();
	await editor.closePanel();
	await editor.addNode('Clarifai Train');

	await editor.pick('template', 'MMDetection_SSD');
	// The form arrives above the concepts, and would push their open list out of view.
	await editor.parameter('num_epochs').waitFor();
	await editor.parameter('concepts').click();

	await editor.page.getByText('ferrari', { exact: true }).waitFor();
});

test('a failure says which value is wrong, and what to do', async () => {
	stack.emulator.addModel('tulips');
	await editor.addManualTrigger();
	await editor.addNode('Clarifai Create Model');
	await editor.fill('modelId', 'tulips');
	await editor.closePanel();

	await editor.execute();

	await editor.openNode('Clarifai Create Model');
	const output = editor.page.getByTestId('output-panel');
	await output.getByTestId('node-error-message').waitFor();
	expect(await output.innerText()).toMatch(/'tulips' already exists/);
	await editor.dismissMessages();
	await screenshot('error');
});

/** Pictures for the documentation, only on request: every run would change them a little. */
async function screenshot(name: string) {
	if (!process.env.UPDATE_SCREENSHOTS) return;
	const folder = join(repositoryRoot, 'docs', 'images');
	await mkdir(folder, { recursive: true });
	// JPEG, since the build copies PNG and SVG files into the package.
	await editor.page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 85 });
}
