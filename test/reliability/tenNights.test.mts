import { readExample } from '../nodes/example.mts';
import { DEMO, setUp } from '../nodes/setup.mts';
import { runsOf, START } from '../nodes/pipelineSetup.mts';
import type { RunHandle, RunResult } from '../tools/engine/engine.mts';
import { retryFromWait, retryOf } from '../tools/engine/retryExecution.mts';
import {
	CLARIFAI_GOES_AWAY,
	expectRising,
	FIRST_NIGHTS,
	LIVE,
	Nights,
	NOT_BETTER,
	picturesOf,
	type Night,
} from './nights.mts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface EngineNight extends Night {
	/** n8n ends when this call is answered; somebody retries the execution afterwards. */
	n8nEndsAt?: { rpc: string; retry(ended: RunResult): ReturnType<typeof retryOf> };
}

const NIGHTS: EngineNight[] = [
	...FIRST_NIGHTS,
	{
		what: 'a better version on an untidy platform',
		wrongShare: 0.3,
		trouble: (emulator) => {
			emulator.untidiness = {
				listsLagSeconds: 20,
				createdAt: 'wholeSeconds',
				dateAheadSeconds: -90,
				vanishing: { share: 0.1 },
				missingAtFirstSeconds: 30,
				overridesHidden: true,
				gatewayTimeouts: { share: 0.5, lost: 0.5, html: true },
				throttled: { share: 0.2, retryAfter: 'past' },
				runs: { buildSeconds: 400 },
			};
		},
		message: LIVE,
		isDecided: true,
		goesLive: true,
		trainings: 1,
	},
	CLARIFAI_GOES_AWAY,
	{
		what: 'n8n is stopped while it starts a training',
		wrongShare: 0.25,
		n8nEndsAt: { rpc: START, retry: retryOf },
		message: LIVE,
		isDecided: true,
		goesLive: true,
		trainings: 1,
	},
	{
		what: 'n8n is killed while it has a worse version evaluated',
		wrongShare: 0.5,
		n8nEndsAt: { rpc: 'PostEvaluations', retry: (killed) => retryFromWait(killed, 'Wait') },
		message: NOT_BETTER,
		isDecided: true,
		goesLive: false,
		trainings: 1,
	},
	{
		what: 'an equal version',
		wrongShare: 0.25,
		message: NOT_BETTER,
		isDecided: true,
		goesLive: false,
		trainings: 1,
	},
	{
		what: 'n8n is killed while it deploys a better version, and the connection breaks',
		wrongShare: 0.05,
		trouble: ({ faults }) =>
			void faults.add({ kind: 'resetAfter', rpc: 'PatchDeployments', times: 1 }),
		n8nEndsAt: { rpc: 'PatchDeployments', retry: (killed) => retryFromWait(killed, 'Wait') },
		message: /: this version is live already\. /,
		isDecided: true,
		goesLive: true,
		trainings: 1,
	},
];

it('ten nights and a quiet one, and what is live never gets worse', async () => {
	let nights: Nights | undefined;
	let onAnswer = (_rpc: string) => {};
	const platform = await setUp({
		platform: 'hosted',
		onRequest: ({ rpc }) => {
			nights?.look();
			onAnswer(rpc);
		},
	});
	const { engine, emulator } = platform;
	nights = new Nights(emulator);
	const { live } = nights;
	const first = await engine.run(engine.withCredentials(readExample('fine-tune-and-deploy.json')));
	expect(first.error).toBeUndefined();
	nights.look();
	expect(live).toEqual(nights.versions());

	const workflow = engine.withCredentials(readExample('nightly-retraining.json'));
	const waitStep = {
		onNodeFinished: (name: string) => {
			if (name === 'Wait') emulator.clock.advance(5 * MINUTE);
		},
	};
	for (const [index, night] of NIGHTS.entries()) {
		if (!night.isQuiet) {
			emulator.addLabelledInputs(DEMO.datasetId, picturesOf(`night-${index}`, 5));
		}
		nights.wrongShare = night.wrongShare;
		night.trouble?.(emulator);
		const before = {
			live: live.length,
			runs: emulator.book.of('run').length,
			evaluations: emulator.app().evaluations.size,
		};
		let handle: RunHandle | undefined;
		const { n8nEndsAt } = night;
		let ends = false;
		onAnswer = (rpc) => {
			if (ends || rpc !== n8nEndsAt?.rpc) return;
			ends = true;
			handle!.cancel();
		};

		handle = engine.start(workflow, waitStep);
		const runs = [await handle.done];
		if (n8nEndsAt) {
			expect([night.what, runs[0].status]).toEqual([night.what, 'canceled']);
			runs.push(await engine.run(workflow, { ...waitStep, ...n8nEndsAt.retry(runs[0]) }));
		}
		emulator.clock.advance(DAY);
		nights.look();
		emulator.faults.clear();
		emulator.untidiness = {};

		const messages = runs.flatMap((run) => run.outputs('Send the Message'));
		expect([night.what, runs.at(-1)!.error]).toEqual([night.what, undefined]);
		expect([night.what, messages.map(({ json }) => json.message)]).toEqual([
			night.what,
			[expect.stringMatching(night.message)],
		]);
		const runsOfNight = emulator.book.of('run').length - before.runs;
		expect([night.what, runsOfNight]).toEqual([night.what, night.trainings]);
		if (night.isQuiet) expect(emulator.app().evaluations.size).toBe(before.evaluations);
		expect([night.what, live.length - before.live]).toEqual([night.what, night.goesLive ? 1 : 0]);
		if (night.goesLive) expect(live.at(-1)).toBe(nights.versions().at(-1));

		// What the workflow decides by is what the versions are worth.
		const decisions = runs
			.flatMap((run) => [0, 1].flatMap((output) => run.outputs('Clarifai Evaluate Model', output)))
			.filter(({ json }) => json.modelVersionId !== json.baselineVersionId);
		const [made, lived] = [nights.versions().at(-1)!, live[before.live - 1]];
		expect([night.what, decisions]).toEqual([
			night.what,
			night.isDecided
				? [
						expect.objectContaining({
							json: expect.objectContaining({
								metric: 'macroF1',
								passed: night.goesLive,
								modelVersionId: made.message.id,
								value: expect.closeTo(nights.macroF1Of(made), 3),
								baselineVersionId: lived.message.id,
								baselineValue: expect.closeTo(nights.macroF1Of(lived), 3),
							}),
						}),
					]
				: [],
		]);
	}

	expectRising(nights.worths());
	const learnedFrom = runsOf(platform).map(({ args }) => {
		const { versions: datasetVersions } = emulator.app().datasets.get(DEMO.datasetId)!;
		return datasetVersions.get(args.dataset_version_id)!.inputs.length;
	});
	expect(learnedFrom).toHaveLength(10);
	expect(learnedFrom).toEqual([...new Set(learnedFrom)].sort((one, other) => one - other));
});
