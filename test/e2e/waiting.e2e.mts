import { eventually } from './cases/eventually.mts';
import { TRAIN, TRAINING_STATUS, TRAINING_TRIGGER } from './cases/nodeTypes.mts';
import {
	chain,
	expectSuccess,
	MANUAL_TRIGGER,
	outputsOf,
	store,
} from './cases/workflowBuilder.mts';
import { useStack } from './stack.mts';

// n8n looks at its triggers and waiting executions once a minute, so these tests take minutes.
const PATIENCE_MS = 4 * 60_000;

const stack = useStack();
beforeEach(async () => await stack.renewEmulator());

test(
	'Train, Wait, Training Status, and back to Wait survives a restart of n8n',
	async () => {
		stack.emulator.addModel('photos');
		stack.emulator.planTraining('photos', { seconds: Infinity });
		const workflow = chain('Durable loop', [
			{ name: 'Start', type: MANUAL_TRIGGER },
			{
				name: 'Train',
				type: TRAIN,
				parameters: {
					model: { __rl: true, mode: 'id', value: 'photos' },
					template: { __rl: true, mode: 'id', value: 'MMClassification_ResNet_50_RSB_A1' },
				},
			},
			// n8n puts only waits of more than 65 seconds into its database.
			{
				name: 'Wait',
				type: 'n8n-nodes-base.wait',
				typeVersion: 1.1,
				webhookId: 'wait-for-training',
				parameters: { amount: 66, unit: 'seconds' },
			},
			{ name: 'Status', type: TRAINING_STATUS },
		]);
		const backToWait = [{ node: 'Wait', type: 'main' as const, index: 0 }];
		workflow.connections.Status = { main: [[], backToWait, []] };
		const { id } = await store(stack, workflow);

		const executionId = await stack.n8n.runWorkflow(id, 'Start');
		await stack.restartDuring(executionId);
		const [version] = stack.emulator.app().models.get('photos')!.versions.values();
		version.training.endsAt = stack.emulator.clock.now();

		const execution = await stack.n8n.executionEnd(executionId, PATIENCE_MS);
		expectSuccess(execution);
		const [trained] = outputsOf(execution, 'Status');
		expect(trained.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				modelId: 'photos',
				modelVersionId: version.message.id,
				status: 'trained',
			}),
		]);
	},
	PATIENCE_MS + 60_000,
);

test(
	'the Training Trigger starts its workflow once for a training that has ended, not for earlier ones',
	async () => {
		stack.emulator.addTrainedVersion('earlier');
		const workflow = await store(
			stack,
			chain('Triggered', [
				{ name: 'Training ended', type: TRAINING_TRIGGER },
				{ name: 'Next', type: 'n8n-nodes-base.noOp' },
			]),
		);
		await stack.n8n.activateWorkflow(workflow);
		try {
			await eventually(
				'the trigger has looked for the first time',
				() => looks() === 1,
				PATIENCE_MS,
			);
			stack.emulator.addTraining('photos', { seconds: 0 });
			await eventually(
				'the trigger has started the workflow',
				async () => (await stack.n8n.executions(workflow.id)).length > 0,
				PATIENCE_MS,
			);
			const before = looks();
			await eventually('the trigger has looked again', () => looks() > before, PATIENCE_MS);
		} finally {
			await stack.n8n.deactivateWorkflow(workflow.id);
		}

		const [{ id }, ...more] = await stack.n8n.executions(workflow.id);
		expect(more).toEqual([]);
		const execution = await stack.n8n.executionEnd(id);
		expectSuccess(execution);
		const [version] = stack.emulator.app().models.get('photos')!.versions.values();
		expect(outputsOf(execution, 'Next')[0].map(({ json }) => json)).toEqual([
			expect.objectContaining({
				modelId: 'photos',
				modelVersionId: version.message.id,
				status: 'trained',
			}),
		]);
	},
	3 * PATIENCE_MS + 60_000,
);

/** How often the versions of the model that was there from the start have been listed. */
const looks = () =>
	stack.emulator.requests.filter(
		({ path, status }) => path.endsWith('/models/earlier/versions') && status !== undefined,
	).length;
