import type { StoredWorkflow } from '../n8n/client.mts';
import { errorOf, type Lab } from './lab.mts';
import { countBy, secondsSince, type Report } from './report.mts';
import { until } from './until.mts';
import { durableChain, waitingChain } from './workflows.mts';

const MINUTE = 60_000;

const named = (prefix: string, count: number) =>
	Array.from({ length: count }, (_none, index) => `${prefix}-${index + 1}`);

/** 50 executions of the chain, shared out over two workers. */
export async function fifty(lab: Lab, report: Report) {
	const models = named('fifty', 50);
	const workflow = await lab.activate(waitingChain('fifty', 'fail'));
	const before = lab.emulator.requests.length;
	const begun = Date.now();
	await lab.trigger('fifty', models);
	const executions = await lab.ended(workflow, models.length, 5 * MINUTE);

	report.heading(`50 executions of the chain, in ${secondsSince(begun)} s`);
	for (const { id } of executions.filter(({ status }) => status !== 'success').slice(0, 5)) {
		report.say(`Execution ${id}: ${errorOf(await lab.n8n.execution(id))}`);
	}
	report.expect(
		'executions by status',
		countBy(executions, ({ status }) => status),
		{ success: 50 },
	);
	const byWorker = lab.cluster.workers.map((worker) => worker.started().length);
	report.say(`executions by worker: ${byWorker.join(' and ')}`);
	report.expect(
		'run by the workers',
		byWorker.reduce((sum, count) => sum + count, 0),
		50,
	);
	report.say(
		`requests: ${lab.emulator.requests.length - before}, of them refused with 429: ${lab.throttledSince(before)}`,
	);
	const accepted = lab.emulator.requests.slice(before).filter(({ status }) => status !== 429);
	const calls = Object.entries(countBy(accepted, ({ rpc }) => rpc ?? 'unknown'));
	report.say(`the others: ${calls.map(([rpc, count]) => `${count} ${rpc}`).join(', ')}`);
	report.expect(
		'models by number of creations',
		countBy(models, (id) => String(lab.creations(id))),
		{ 1: 50 },
	);
	report.expect('models by number of trainings', lab.trainingsEach(models), { 1: 50 });
	const { workflows } = lab.emulator.app();
	report.expect(
		'workflows, each with one version',
		models.filter((id) => workflows.get(`${id}-workflow`)?.versions.length === 1).length,
		50,
	);
}

export async function killedWorker(lab: Lab, report: Report) {
	const { signal, emulator } = lab;
	const durable = await lab.activate(durableChain('durable', emulator.url));
	// n8n's most careful setting: it saves what each node puts out.
	const waiting = await lab.activate({
		...waitingChain('waiting', 'reuse'),
		settings: { executionOrder: 'v1', saveExecutionProgress: true },
	});

	// Executions that n8n has put into its database when the worker dies.
	const parked = named('parked', 10);
	for (const id of parked) emulator.planTraining(id, { seconds: Infinity });
	await lab.trigger('durable', parked);
	await until(
		'the durable executions are parked',
		async () =>
			(await lab.executions(durable)).filter(({ status }) => status === 'waiting').length ===
			parked.length,
		{ timeoutMs: MINUTE, signal },
	);

	const models = named('killed', 24);
	for (const id of models) emulator.planTraining(id, { seconds: 60 });
	await lab.trigger('waiting', models);
	await until('half of the trainings have begun', () => lab.trainings(models) >= 12, {
		timeoutMs: 2 * MINUTE,
		signal,
		everyMs: 20,
	});
	const [victim, survivor] = lab.cluster.workers;
	await victim.kill();
	const killedAt = Date.now();

	const orphans = victim.running();
	const modelOf = new Map<string, string>();
	for (const id of orphans) modelOf.set(id, await lab.modelOf(id));
	const orphanModels = [...modelOf.values()];
	const startedByVictim = orphanModels.filter((id) => lab.versions(id).length > 0);
	const createdByVictim = orphanModels.filter((id) => emulator.app().models.has(id));
	report.heading(
		`kill -9 of ${victim.name} (process ${victim.pid}), with 24 executions of the chain under way and 10 parked`,
	);
	report.say(`it ran ${orphans.length} of them: ${orphans.join(', ')}`);
	report.say(
		`of their models ${createdByVictim.length} were created and ${startedByVictim.length} were in training`,
	);
	report.say(`${survivor.name} ran ${survivor.running().length}, the others were queued`);

	// As a process manager would.
	const replacement = await lab.cluster.addWorker();
	for (const id of parked) {
		for (const { training } of lab.versions(id)) training.endsAt = emulator.clock.now();
	}

	const orphanEnds = await lab.endsOf(waiting, orphans, 5 * MINUTE);
	report.heading(
		`What n8n reports of the ${orphans.length}, ${secondsSince(killedAt)} s after the kill`,
	);
	report.expect(
		'executions by status',
		countBy(orphanEnds, ({ status }) => status),
		{ error: orphans.length },
	);
	const errors = await Promise.all(orphans.map(async (id) => errorOf(await lab.n8n.execution(id))));
	for (const [error, count] of Object.entries(countBy(errors, (error) => error))) {
		report.say(`${count} x ${error}`);
	}
	const stops = orphanEnds.map(({ stoppedAt }) => Date.parse(stoppedAt ?? '') - killedAt);
	report.say(
		`stopped ${Math.round(Math.min(...stops) / 1000)} to ${Math.round(Math.max(...stops) / 1000)} s after the kill`,
	);

	const all = await lab.ended(waiting, models.length, 5 * MINUTE);
	report.heading('The other executions of the chain');
	report.expect(
		'by status',
		countBy(
			all.filter(({ id }) => !orphans.includes(id)),
			({ status }) => status,
		),
		{ success: models.length - orphans.length },
	);
	report.expect(
		'run a second time by another worker',
		[...survivor.started(), ...replacement.started()].filter((id) => orphans.includes(id)).length,
		0,
	);

	await until('the trainings have ended', () => startedByVictim.every((id) => lab.isTrained(id)), {
		timeoutMs: 2 * MINUTE,
		signal,
	});
	report.heading('At Clarifai');
	report.expect(
		'trainings that the killed worker had started, by number of versions',
		lab.trainingsEach(startedByVictim),
		countBy(startedByVictim, () => '1'),
	);
	report.expect(
		'of them ended as trained',
		startedByVictim.filter((id) => lab.isTrained(id)).length,
		startedByVictim.length,
	);
	report.expect(
		'models created more than once',
		models.filter((id) => lab.creations(id) > 1).length,
		0,
	);
	report.expect(
		'models trained more than once',
		models.filter((id) => lab.versions(id).length > 1).length,
		0,
	);

	const ends = await lab.ended(durable, parked.length, 5 * MINUTE);
	report.heading('Train, Wait, Training Status: 10 executions parked at the time of the kill');
	report.expect(
		'by status',
		countBy(ends, ({ status }) => status),
		{ success: 10 },
	);
	report.expect('models by number of trainings', lab.trainingsEach(parked), { 1: 10 });
	report.expect(
		'workflows made of them',
		parked.filter((id) => emulator.app().workflows.has(`${id}-workflow`)).length,
		10,
	);

	await secondRun(lab, report, { modelOf, startedByVictim, durable, waiting });
}

interface Lost {
	/** The killed worker's executions, with their models. */
	modelOf: Map<string, string>;
	startedByVictim: string[];
	durable: StoredWorkflow;
	waiting: StoredWorkflow;
}

/** What a user can do with the executions that were lost with their worker. */
async function secondRun(lab: Lab, report: Report, lost: Lost) {
	const models = [...lost.modelOf.values()];
	const before = lab.trainings(models);

	report.heading("n8n's own Retry of one of the lost executions");
	const [execution] = lost.modelOf.keys();
	report.say(await lab.retry(execution, lost.waiting));
	report.expect('trainings that it started', lab.trainings(models) - before, 0);

	report.heading('The same models again, by the workflow that looks before it trains');
	for (const id of models) lab.emulator.planTraining(id, { seconds: 1 });
	const earlier = (await lab.executions(lost.durable)).map(({ id }) => id);
	await lab.trigger('durable', models);
	const all = await lab.ended(lost.durable, earlier.length + models.length, 5 * MINUTE);
	const ends = all.filter(({ id }) => !earlier.includes(id));
	for (const { id } of ends.filter(({ status }) => status !== 'success').slice(0, 5)) {
		report.say(`Execution ${id}: ${errorOf(await lab.n8n.execution(id))}`);
	}
	report.expect(
		'executions by status',
		countBy(ends, ({ status }) => status),
		{ success: models.length },
	);
	report.expect('models by number of trainings', lab.trainingsEach(models), {
		1: models.length,
	});
	report.say(
		`${lost.startedByVictim.length} went on with the training of the lost execution, ${lab.trainings(models) - before} were trained now`,
	);
	report.expect(
		'models created more than once',
		models.filter((id) => lab.creations(id) > 1).length,
		0,
	);
	const { workflows } = lab.emulator.app();
	report.expect(
		'workflows made of them',
		models.filter((id) => workflows.has(`${id}-workflow`)).length,
		models.length,
	);

	// The limit: Train is told to train, and does. If Model Exists = Reuse is about the model only.
	report.heading('One of them again by the plain chain, with If Model Exists = Reuse');
	const [model] = lost.startedByVictim;
	const soFar = (await lab.executions(lost.waiting)).length;
	await lab.trigger('waiting', [model]);
	await lab.ended(lost.waiting, soFar + 1, 2 * MINUTE);
	report.expect('creations of the model', lab.creations(model), 1);
	report.expect('trainings of the model: Train starts another', lab.versions(model).length, 2);
}
