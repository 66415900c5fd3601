import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '../stack.mts';
import { eventually } from './eventually.mts';
import { CREATE_MODEL, TRAIN } from './nodeTypes.mts';
import { chain, expectSuccess, MANUAL_TRIGGER, outputsOf, store } from './workflowBuilder.mts';

export function runCases(stack: Stack) {
	test('an active workflow with a Schedule Trigger runs again and again', async () => {
		const workflow = await store(
			stack,
			chain('Scheduled', [
				{
					name: 'Every second',
					type: 'n8n-nodes-base.scheduleTrigger',
					typeVersion: 1.2,
					parameters: { rule: { interval: [{ field: 'seconds', secondsInterval: 1 }] } },
				},
				{
					name: 'Create Model',
					type: CREATE_MODEL,
					parameters: { modelId: '=scheduled-{{ $execution.id }}' },
				},
			]),
		);
		await stack.n8n.activateWorkflow(workflow);
		try {
			await eventually('two models have been created', () => stack.emulator.app().models.size >= 2);
		} finally {
			await stack.n8n.deactivateWorkflow(workflow.id);
		}

		const executions = await stack.n8n.executions(workflow.id);
		const ended = await Promise.all(
			executions.map(async ({ id }) => await stack.n8n.executionEnd(id)),
		);
		expect(new Set(ended.map(({ mode, status }) => `${mode}: ${status}`))).toEqual(
			new Set(['trigger: success']),
		);
	});

	test('one failed item of three goes down the error branch', async () => {
		stack.emulator.addModel('taken');
		const workflow = await store(stack, {
			...chain('Error branch', [
				{ name: 'Start', type: MANUAL_TRIGGER },
				{
					name: 'Create Model',
					type: CREATE_MODEL,
					onError: 'continueErrorOutput',
					parameters: { modelId: '={{ $json.id }}', ifModelExists: 'fail' },
				},
			]),
			pinData: { Start: ['first', 'taken', 'third'].map((id) => ({ json: { id } })) },
		});
		const execution = await stack.n8n.runToEnd(workflow.id, 'Start');

		expectSuccess(execution);
		const [succeeded, failed] = outputsOf(execution, 'Create Model');
		expect(succeeded.map(({ json }) => json.modelId)).toEqual(['first', 'third']);
		expect(failed).toHaveLength(1);
		expect(JSON.stringify(failed[0])).toMatch(/taken|exists/);
		expect([...stack.emulator.app().models.keys()].sort()).toEqual(['first', 'taken', 'third']);
	});

	test('a stopped execution ends, and asks Clarifai nothing more', async () => {
		stack.emulator.addModel('endless');
		stack.emulator.planTraining('endless', { seconds: Infinity });
		const workflow = await store(
			stack,
			chain('Endless', [
				{ name: 'Start', type: MANUAL_TRIGGER },
				{
					name: 'Train',
					type: TRAIN,
					parameters: {
						model: { __rl: true, mode: 'id', value: 'endless' },
						template: { __rl: true, mode: 'id', value: 'MMClassification_ResNet_50_RSB_A1' },
						concepts: ['cat', 'dog'],
						waitForCompletion: true,
						waitOptions: { pollIntervalSeconds: 1 },
					},
				},
			]),
		);
		const id = await stack.n8n.runWorkflow(workflow.id, 'Start');
		await eventually('the training has been started', async () => {
			const { status, data } = await stack.n8n.execution(id);
			if (status !== 'running') throw new Error(`${status}: ${data.resultData.error?.message}`);
			return (stack.emulator.app().models.get('endless')?.versions.size ?? 0) > 0;
		});

		await stack.n8n.stopExecution(id);
		const stopped = await stack.n8n.executionEnd(id);

		expect(stopped.status).toBe('canceled');
		const asked = stack.emulator.requests.length;
		await delay(3_000);
		expect(stack.emulator.requests.length).toBe(asked);
	});
}
