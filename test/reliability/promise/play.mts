import { chain, type RunHandle, type RunResult } from '../../tools/engine/engine.mts';
import type { Emulator } from '../../tools/emulator/emulator.mts';
import { retryOf } from '../../tools/engine/retryExecution.mts';
import { keepLog } from '../../tools/engine/n8nLog.mts';
import { setUpInProcess } from '../../nodes/setUpInProcess.mts';
import type { Scenario } from './scenario.mts';
import { STEPS } from './steps/index.mts';

/** A scenario that has been played, with all that anybody could see of it. */
export interface Played {
	scenario: Scenario;
	emulator: Emulator;
	/** The execution, and the retries of it. */
	runs: RunResult[];
	log: string[];
	/** The names of the nodes, in the order of the steps. */
	nodeNames: string[];
	/** Whether the stop came before the run had ended. */
	wasStopped: boolean;
	/** What the first execution took. */
	seconds: number;
	requests: number;
	/** From the stop to the end of that execution; 0 without a stop. */
	secondsAfterStop: number;
}

/** What a platform goes on with when the client has gone is done by then. */
const LATE_WRITES_MS = 60_000;

export async function play(scenario: Scenario): Promise<Played> {
	const { steps, choices, stop } = scenario;
	let handle: RunHandle | undefined;
	let answers = 0;
	let wasStopped = false;
	let isRunning = false;
	let stoppedAt: number | undefined;
	const stopNow = () => {
		if (!isRunning) return;
		stoppedAt ??= time.now();
		wasStopped = true;
		handle?.cancel();
	};
	const platform = await setUpInProcess({
		untidiness: scenario.untidiness,
		seed: scenario.seed,
		trainingSeconds: scenario.trainingSeconds,
		onRequest: () => {
			if (stop && 'answers' in stop && answers++ === stop.answers) stopNow();
		},
	});
	const { emulator, engine, time } = platform;
	const log = keepLog();
	const given = givenFor(scenario, emulator);
	for (const rule of scenario.faults) emulator.faults.add(rule);
	const nodes = steps.map((name) =>
		engine.node(STEPS[name].type, STEPS[name].parameters(choices), {
			onError: scenario.onError,
			retryOnFail: scenario.retryOnFail,
			waitBetweenTries: 1,
			maxTries: 3,
		}),
	);
	const workflow = chain(...nodes);

	isRunning = true;
	const startedAt = time.now();
	handle = engine.start(workflow, { items: given });
	if (stop && 'seconds' in stop) void time.sleep(stop.seconds * 1000).then(stopNow);
	const runs = [await handle.done];
	isRunning = false;
	const cost = {
		seconds: (time.now() - startedAt) / 1000,
		requests: emulator.requests.length,
		secondsAfterStop: (time.now() - (stoppedAt ?? time.now())) / 1000,
	};
	for (let retry = 0; retry < scenario.retries && !wasStopped; retry++) {
		const failed = runs.at(-1)!;
		if (!failed.error) break;
		// A person retries later than lists are late; what they do not show yet, a retry cannot find.
		if (scenario.retriesOriginal) await time.sleep(LATE_WRITES_MS);
		const retried = scenario.retriesOriginal ? runs[0]! : failed;
		runs.push(await engine.run(workflow, retryOf(retried)));
	}
	await time.sleep(LATE_WRITES_MS);
	const nodeNames = nodes.map(({ name }) => name);
	return { scenario, emulator, runs, log, nodeNames, wasStopped, ...cost };
}

/** What a chain that begins in the middle goes on from. */
function givenFor({ steps, items, areThere = false }: Scenario, emulator: Emulator) {
	const makesModels = steps.includes('createModel');
	const trains = steps.includes('trainVersion') || steps.includes('trainPipeline');
	return items.map((item) => {
		const { models, workflows } = emulator.app();
		if (!makesModels && !models.has(item.model)) emulator.addModel(item.model);
		const mayBeThere = !steps.includes('createWorkflow') || areThere;
		if (mayBeThere && !workflows.has(item.workflow)) {
			emulator.app().saveWorkflow({ id: item.workflow, nodes: [] });
		}
		const isTrained = !makesModels && !trains;
		if (isTrained && areThere && !hasDeployment(emulator, item.deployment)) {
			const older = emulator.addTrainedVersion(item.model).message.id;
			emulator.addDeployment(item.deployment, item.model, { versionId: older });
		}
		const version = isTrained ? emulator.addTrainedVersion(item.model) : undefined;
		return {
			json: {
				...item,
				...(version && { modelId: item.model, modelVersionId: version.message.id }),
			},
		};
	});
}

function hasDeployment({ world }: Emulator, id: string): boolean {
	return world.compute.deployments.some((deployment) => deployment.id === id);
}
