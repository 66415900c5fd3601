import {
	CLARIFAI_GOES_AWAY,
	expectRising,
	FIRST_NIGHTS,
	LIVE,
	Nights,
	NOT_BETTER,
	picturesOf,
	type Night,
} from '../reliability/nights.mts';
import { DEMO } from '../tools/emulator/emulator.mts';
import { readExamples } from '../tools/n8n/demoContent.mts';
import { expectSuccess, outputsOf, store, withWaits } from './cases/workflowBuilder.mts';
import { useStack } from './stack.mts';

const PATIENCE_MS = 4 * 60_000;

interface RealNight extends Night {
	/** n8n ends while the workflow waits for the training, and is started again. */
	restartsN8n?: boolean;
}

const NIGHTS: RealNight[] = [
	...FIRST_NIGHTS,
	{
		what: 'n8n restarts while a better version is trained',
		wrongShare: 0.3,
		restartsN8n: true,
		message: LIVE,
		isDecided: true,
		goesLive: true,
		trainings: 1,
	},
	{
		what: 'an equal version',
		wrongShare: 0.3,
		message: NOT_BETTER,
		isDecided: true,
		goesLive: false,
		trainings: 1,
	},
	{
		what: 'the answer that tells of the training is lost',
		wrongShare: 0.2,
		trouble: ({ faults }) =>
			void faults.add({ kind: 'resetAfter', rpc: 'PostPipelineVersionRunFromTemplate', times: 1 }),
		message: LIVE,
		isDecided: true,
		goesLive: true,
		trainings: 1,
	},
	CLARIFAI_GOES_AWAY,
	{
		what: 'a worse version whose evaluation has to be asked for twice',
		wrongShare: 0.5,
		trouble: ({ faults }) =>
			void faults.add({
				kind: 'http504',
				rpc: 'PostEvaluations',
				times: 1,
				carriedOutAfterSeconds: 2,
			}),
		message: NOT_BETTER,
		isDecided: true,
		goesLive: false,
		trainings: 1,
	},
	{
		what: 'a better version whose deployment is not answered',
		wrongShare: 0.05,
		trouble: ({ faults }) =>
			void faults.add({ kind: 'resetAfter', rpc: 'PatchDeployments', times: 1 }),
		message: LIVE,
		isDecided: true,
		goesLive: true,
		trainings: 1,
	},
];

const stack = useStack();

test(
	'ten nights and a quiet one on n8n, and what is live never gets worse',
	async () => {
		let nights: Nights | undefined;
		await stack.renewEmulator({ platform: 'hosted', onRequest: () => nights?.look() });
		const { emulator, n8n } = stack;
		nights = new Nights(emulator);
		const { live } = nights;
		const examples = await readExamples();
		const example = (name: string) => examples.find(({ file }) => file === name)!.workflow;
		const first = await store(stack, withWaits(example('fine-tune-and-deploy.json'), 1));
		expectSuccess(await n8n.runToEnd(first.id, 'Manual Trigger'));
		nights.look();
		expect(live).toEqual(nights.versions());

		const nightly = example('nightly-retraining.json');
		const quick = await store(stack, withWaits(nightly, 1));
		// n8n puts only waits of more than 65 seconds into its database.
		const slow = await store(stack, withWaits(nightly, 66));
		for (const [index, night] of NIGHTS.entries()) {
			if (!night.isQuiet) {
				emulator.addLabelledInputs(DEMO.datasetId, picturesOf(`night-${index}`, 5));
			}
			nights.wrongShare = night.wrongShare;
			night.trouble?.(emulator);
			const before = { live: live.length, runs: emulator.book.of('run').length };

			const { id } = night.restartsN8n ? slow : quick;
			const executionId = await n8n.runWorkflow(id, 'Every Night');
			if (night.restartsN8n) await stack.restartDuring(executionId);
			const execution = await n8n.executionEnd(executionId, PATIENCE_MS);
			emulator.faults.clear();
			nights.look();

			expectSuccess(execution);
			const [messages] = outputsOf(execution, 'Send the Message');
			expect([night.what, messages.map(({ json }) => json.message)]).toEqual([
				night.what,
				[expect.stringMatching(night.message)],
			]);
			const trainings = emulator.book.of('run').length - before.runs;
			expect([night.what, trainings]).toEqual([night.what, night.trainings]);
			expect([night.what, live.length - before.live]).toEqual([night.what, night.goesLive ? 1 : 0]);
			if (night.goesLive) expect(live.at(-1)).toBe(nights.versions().at(-1));
		}

		expectRising(nights.worths());
	},
	12 * 60_000,
);
