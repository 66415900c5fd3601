import type { INode } from 'n8n-workflow';
import { DEMO } from '../../tools/emulator/emulator.mts';
import type { Execution, WorkflowContent } from '../../tools/n8n/client.mts';
import type { Stack } from '../stack.mts';
import { TRAIN } from './nodeTypes.mts';
import { startChatModel } from './servers/chatModelServer.mts';
import { startMailServer } from './servers/smtpServer.mts';
import { chain, expectSuccess, MANUAL_TRIGGER, outputsOf, store } from './workflowBuilder.mts';

const PIPELINE = 'classifier-pipeline-resnet';

/** As in the editor: the settings are filled in, and the schedule's trigger is clicked. */
export async function runNightly(stack: Stack, workflow: WorkflowContent) {
	stack.emulator.addModel('my-classifier');
	const settings = nodeOf(workflow, 'Settings').parameters.assignments as {
		assignments: Array<{ name: string; value: unknown }>;
	};
	const own: Record<string, string> = {
		baseUrl: stack.emulator.url,
		userId: DEMO.userId,
		appId: DEMO.appId,
		datasetId: DEMO.datasetId,
		computeClusterId: DEMO.computeClusterId,
		nodepoolId: DEMO.nodepoolId,
	};
	for (const setting of settings.assignments) setting.value = own[setting.name] ?? setting.value;
	const { id } = await store(stack, workflow);
	expectSuccess(await stack.n8n.runToEnd(id, 'Every Night'));
}

/** A training has ended, a mail asks about it, and its link is followed. */
export async function runApproval(stack: Stack, workflow: WorkflowContent) {
	await trainPhotos(stack);
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
		const executionId = await stack.n8n.runWorkflow(id, 'Clarifai Training Trigger');
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
export async function runAgent(stack: Stack, workflow: WorkflowContent) {
	stack.emulator.addModel('photos');
	const training = {
		modelId: 'photos',
		template: PIPELINE,
		hyperparameters: { num_epochs: 5 },
		concepts: 'cat, dog',
		datasetId: DEMO.datasetId,
	};
	const chat = await startChatModel([
		{ name: 'List_Training_Templates', arguments: { nameContains: 'resnet' } },
		{ name: 'Train_Model', arguments: { ...training, dryRun: true } },
		{ name: 'Train_Model', arguments: { ...training, dryRun: false } },
	]);
	try {
		const openAi = await stack.n8n.createCredential({
			name: 'Chat model',
			type: 'openAiApi',
			data: { apiKey: 'none', url: chat.url },
		});
		nodeOf(workflow, 'OpenAI Chat Model').credentials = {
			openAiApi: { id: openAi.id, name: openAi.name },
		};
		const { id } = await store(stack, {
			...workflow,
			pinData: {
				'When Chat Message Received': [
					{ json: { sessionId: 'test', action: 'sendMessage', chatInput: 'Train photos' } },
				],
			},
		});
		const execution = await stack.n8n.runToEnd(id, 'When Chat Message Received');
		expectSuccess(execution);
		expect(outputsOf(execution, 'AI Agent')[0][0].json).toMatchObject({ output: 'Done.' });
	} finally {
		chat.close();
	}
}

async function trainPhotos(stack: Stack): Promise<Execution> {
	stack.emulator.addModel('photos');
	const { id } = await store(
		stack,
		chain('Train photos', [
			{ name: 'Start', type: MANUAL_TRIGGER },
			{
				name: 'Train',
				type: TRAIN,
				parameters: {
					trainingMethod: 'pipelineTemplate',
					model: { __rl: true, mode: 'id', value: 'photos' },
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
