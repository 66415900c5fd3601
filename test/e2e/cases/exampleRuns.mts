import type { INode, INodeExecutionData } from 'n8n-workflow';
import { inMemory, notAPicture, png } from '../../nodes/media.mts';
import { readExamples } from '../../tools/n8n/demoContent.mts';
import { DEMO } from '../../tools/emulator/emulator.mts';
import type { Execution, WorkflowContent } from '../../tools/n8n/client.mts';
import type { Stack } from '../stack.mts';
import { TRAIN } from './nodeTypes.mts';
import { startChatModel, type ToolCall } from './servers/chatModelServer.mts';
import { startMailServer } from './servers/smtpServer.mts';
import { chain, expectSuccess, MANUAL_TRIGGER, outputsOf, store } from './workflowBuilder.mts';

const PIPELINE = 'classifier-pipeline-resnet';

const MODEL = 'my-classifier';
const PICTURE_URL = 'https://samples.clarifai.com/dog2.jpeg';

/** The live version gets half of the test data wrong, the one of this night none. */
export async function runNightly(stack: Stack, workflow: WorkflowContent) {
	const { emulator } = stack;
	const { message } = addLiveVersion(stack);
	emulator.planQuality(message.id as string, { wrongShare: 0.5 });
	addTestData(stack);
	addNewData(stack);
	const { id } = await store(stack, workflow);
	const execution = await stack.n8n.runToEnd(id, 'Every Night');
	expectSuccess(execution);
	expect(outputsOf(execution, 'Send the Message')[0]).toMatchObject([
		{ json: { message: expect.stringContaining('is better and') as string } },
	]);
}

export async function runNightlySelfHosted(stack: Stack, workflow: WorkflowContent) {
	const { emulator } = stack;
	const first = (await readExamples()).find(
		({ file }) => file === 'fine-tune-and-deploy-self-hosted.json',
	);
	const stored = await store(stack, first!.workflow);
	expectSuccess(await stack.n8n.runToEnd(stored.id, 'Manual Trigger'));
	const [live] = emulator.app().models.get(MODEL)!.versions.keys();
	emulator.planQuality(live, { wrongShare: 0.5 });
	addTestData(stack);
	addNewData(stack);
	const { id } = await store(stack, workflow);
	const execution = await stack.n8n.runToEnd(id, 'Every Night');
	expectSuccess(execution);
	expect(outputsOf(execution, 'Send the Message')[0]).toMatchObject([
		{ json: { message: expect.stringContaining('is better and') as string } },
	]);
}

/** The newest version takes the dog for a cat. */
export async function runRollBack(stack: Stack, workflow: WorkflowContent) {
	const { emulator } = stack;
	emulator.addLabelledInputs(undefined, [{ url: PICTURE_URL, concepts: ['dog'] }]);
	addLiveVersion(stack);
	const { message } = emulator.addContainerVersion(MODEL, { concepts: ['cat', 'dog'] });
	emulator.planQuality(message.id as string, { wrongShare: 1 });
	const { id } = await store(stack, workflow);
	const execution = await stack.n8n.runToEnd(id, 'Manual Trigger');
	expectSuccess(execution);
	expect(outputsOf(execution, 'Roll Back')[0]).toHaveLength(1);
}

/** Two files that can be read, of two folders, and one that cannot. */
export async function runLabelling(stack: Stack, workflow: WorkflowContent) {
	const file = (folder: string, content: Buffer): INodeExecutionData => ({
		json: {},
		binary: { data: inMemory(content, { directory: `/files/${folder}` }) },
	});
	const execution = await runAnswered(stack, workflow, {
		'Manual Trigger': [{ json: {} }],
		'Read Files': [
			file('cat', png('cat')),
			file('tapir', png('tapir')),
			file('tapir', notAPicture('notes')),
		],
	});
	expect(outputsOf(execution, 'Not Added')[0]).toHaveLength(1);
}

export async function runClassifying(stack: Stack, workflow: WorkflowContent) {
	const plan = (name: string, id: string, value: number) =>
		stack.emulator.planPrediction(
			{ image: { base64: png(name).toString('base64') } },
			{ data: { concepts: [{ id, name: id, value }] } },
		);
	plan('one', 'cat', 0.9);
	plan('two', 'dog', 0.9);
	plan('three', 'dog', 0.5);
	const execution = await runAnswered(stack, workflow, {
		'On Form Submission': [
			{
				json: {},
				binary: {
					Pictures_0: inMemory(png('one')),
					Pictures_1: inMemory(png('two')),
					Pictures_2: inMemory(png('three')),
				},
			},
		],
	});
	for (const [node, file] of [
		['Cats', 'Pictures_0'],
		['Dogs', 'Pictures_1'],
		['Unsure', 'Pictures_2'],
	]) {
		const binaries = outputsOf(execution, node)[0].map(({ binary = {} }) => Object.keys(binary));
		expect([node, binaries]).toEqual([node, [[file]]]);
	}
}

export async function runCorrecting(stack: Stack, workflow: WorkflowContent) {
	addLiveVersion(stack);
	const execution = await runAnswered(stack, workflow, {
		'On Form Submission': [{ json: {}, binary: { Picture: inMemory(png('what is it')) } }],
		'Correct It': [{ json: { 'What it shows': 'dog', 'Train now': 'Yes' } }],
	});
	expect(outputsOf(execution, 'Clarifai Train')[0]).toHaveLength(1);
}

export async function runCounting(stack: Stack, workflow: WorkflowContent) {
	const { parameters } = nodeOf(workflow, 'Count Labels');
	parameters.url = String(parameters.url).replace('https://api.clarifai.com', stack.emulator.url);
	stack.emulator.addConcepts(['okapi']);
	const { id } = await store(stack, workflow);
	const execution = await stack.n8n.runToEnd(id, 'Manual Trigger');
	expectSuccess(execution);
	expect(outputsOf(execution, 'Too Few')[0]).toMatchObject([{ json: { id: 'okapi' } }]);
}

/** With what people and disks answer pinned, as in the editor. */
async function runAnswered(
	stack: Stack,
	workflow: WorkflowContent,
	pinData: Record<string, INodeExecutionData[]>,
): Promise<Execution> {
	for (const name of Object.keys(pinData)) nodeOf(workflow, name);
	const { id } = await store(stack, { ...workflow, pinData });
	const execution = await stack.n8n.runToEnd(id, Object.keys(pinData)[0]);
	expectSuccess(execution);
	return execution;
}

function addLiveVersion({ emulator }: Stack) {
	const version = emulator.addContainerVersion(MODEL, { concepts: ['cat', 'dog'] });
	emulator.addDeployment('my-classifier-live', MODEL);
	return version;
}

function addTestData({ emulator }: Stack) {
	emulator.addLabelledInputs(
		'demo-test-set',
		['cat', 'dog'].flatMap((concept) =>
			Array.from({ length: 20 }, (_, index) => ({
				url: `https://a.example/${concept}-${index}.jpg`,
				concepts: [concept],
			})),
		),
	);
}

/** As many inputs as the nights wait for, added after the live version was trained. */
function addNewData({ emulator }: Stack) {
	emulator.clock.advance(1_000);
	emulator.addLabelledInputs(
		DEMO.datasetId,
		Array.from({ length: 10 }, (_, index) => ({
			url: `https://a.example/new-${index}.jpg`,
			concepts: [index % 2 === 0 ? 'cat' : 'dog'],
		})),
	);
}

/** A training has ended, a mail asks about it, and its link is followed. */
export async function runApproval(stack: Stack, workflow: WorkflowContent) {
	await trainClassifier(stack);
	const mail = await startMailServer();
	try {
		const smtp = await stack.n8n.createCredential({
			name: 'Mail',
			type: 'smtp',
			data: {
				user: '',
				password: '',
				host: '127.0.0.1',
				port: mail.port,
				secure: false,
				disableStartTls: true,
			},
		});
		nodeOf(workflow, 'Ask for Approval').credentials = { smtp: { id: smtp.id, name: smtp.name } };
		const { id } = await store(stack, workflow);
		const executionId = await stack.n8n.runWorkflow(id, 'Clarifai Training Ended Trigger');
		const asked = await stack.n8n.executionWhen(executionId, ({ status }) => status !== 'running');
		if (asked.status !== 'waiting') expectSuccess(asked);

		expect(mail.mails).toHaveLength(1);
		await approve(mail.mails[0]);

		expectSuccess(await stack.n8n.executionEnd(executionId));
	} finally {
		mail.close();
	}
}

/** A model that lists the templates, checks a training, and starts it. */
export async function runTrainingAgent(stack: Stack, workflow: WorkflowContent) {
	stack.emulator.addModel('photos');
	const training = {
		modelId: 'photos',
		template: PIPELINE,
		hyperparameters: { num_epochs: 5 },
		concepts: 'cat, dog',
		datasetId: DEMO.datasetId,
	};
	await runAgent(stack, workflow, [
		{ name: 'List_Training_Templates', arguments: { nameContains: 'resnet' } },
		{ name: 'Train_Model', arguments: { ...training, dryRun: true } },
		{ name: 'Train_Model', arguments: { ...training, dryRun: false } },
	]);
}

/** A model that recognizes a picture, mistypes its label, is told so, and adds it. */
export async function runCollectingAgent(stack: Stack, workflow: WorkflowContent) {
	const conversation = await runAgent(stack, workflow, [
		{ name: 'Recognize_Picture', arguments: { pictureUrl: PICTURE_URL } },
		{ name: 'Add_Labelled_Picture', arguments: { pictureUrl: PICTURE_URL, concepts: 'dgo' } },
		{ name: 'Add_Labelled_Picture', arguments: { pictureUrl: PICTURE_URL, concepts: 'dog' } },
	]);
	expect(JSON.stringify(conversation)).toContain('Did you mean');
}

/** @returns the whole conversation, as the model was sent it */
async function runAgent(stack: Stack, workflow: WorkflowContent, calls: ToolCall[]) {
	const chat = await startChatModel(calls);
	try {
		const openAi = await stack.n8n.createCredential({
			name: 'Chat model',
			type: 'openAiApi',
			data: { apiKey: 'none', url: chat.url },
		});
		nodeOf(workflow, 'OpenAI Chat Model').credentials = {
			openAiApi: { id: openAi.id, name: openAi.name },
		};
		const execution = await runAnswered(stack, workflow, {
			'When Chat Message Received': [
				{ json: { sessionId: 'test', action: 'sendMessage', chatInput: 'Go on' } },
			],
		});
		expect(outputsOf(execution, 'AI Agent')[0][0].json).toMatchObject({ output: 'Done.' });
		return chat.requests.at(-1)!.messages;
	} finally {
		chat.close();
	}
}

async function trainClassifier(stack: Stack): Promise<Execution> {
	stack.emulator.addModel(MODEL);
	const { id } = await store(
		stack,
		chain('Train classifier', [
			{ name: 'Start', type: MANUAL_TRIGGER },
			{
				name: 'Train',
				type: TRAIN,
				parameters: {
					trainingMethod: 'pipelineTemplate',
					model: { __rl: true, mode: 'id', value: MODEL },
					template: { __rl: true, mode: 'id', value: PIPELINE },
					concepts: ['cat', 'dog'],
					waitForCompletion: true,
					dataset: { __rl: true, mode: 'id', value: DEMO.datasetId },
					additionalFields: {
						computeCluster: { __rl: true, mode: 'id', value: DEMO.computeClusterId },
						nodepool: { __rl: true, mode: 'id', value: DEMO.nodepoolId },
					},
				},
			},
		]),
	);
	const execution = await stack.n8n.runToEnd(id, 'Start');
	expectSuccess(execution);
	return execution;
}

async function approve(mail: string) {
	// Mails break long lines with "=" and write "=" as "=3D".
	const text = mail.replace(/=\r\n/g, '').replace(/=3D/g, '=').replace(/&amp;/g, '&');
	const link = [...text.matchAll(/https?:\/\/[^\s"<>]+/g)]
		.map(([url]) => url)
		.find((url) => url.includes('approved=true'));
	if (!link) throw new Error(`The mail has no link to approve with:\n${text}`);
	// n8n ignores visits by robots, such as those of mail scanners.
	const answer = await fetch(link, {
		headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' },
	});
	expect(answer.status).toBe(200);
}

function nodeOf({ nodes }: WorkflowContent, name: string): INode {
	const node = nodes.find((candidate) => candidate.name === name);
	if (!node) throw new Error(`The example has no node "${name}" any more`);
	return node;
}
