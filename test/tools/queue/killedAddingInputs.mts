import { outputsOf } from '../../e2e/cases/workflowBuilder.mts';
import { errorOf, type Lab } from './lab.mts';
import { countBy, secondsSince, type Report } from './report.mts';
import { until } from './until.mts';
import { ADD_INPUTS, addInputsChain } from './workflows.mts';

const MINUTE = 60_000;

const DATASET = 'added-in-batches';

/** Three requests of at most 128 inputs. */
const URLS = Array.from({ length: 300 }, (_none, index) => `https://example.com/${index + 1}.jpg`);

/** A worker dies while it adds inputs in batches, and the workflow is started again. */
export async function killedAddingInputs(lab: Lab, report: Report) {
	const { signal, emulator } = lab;
	const workflow = await lab.activate(addInputsChain('inputs', DATASET));
	const additions = () => emulator.book.of('input');
	const requests = () => new Set(additions().map(({ request }) => request)).size;

	// One request is answered, one is carried out without an answer, one is never carried out.
	const unanswered = emulator.faults.add({
		kind: 'hang',
		rpc: 'PostInputs',
		carriedOut: true,
		skip: 1,
		times: 1,
	});
	const undone = emulator.faults.add({ kind: 'hang', rpc: 'PostInputs', skip: 1, times: 1 });
	await lab.post('inputs', { urls: URLS });
	await until(
		'two of the three requests have been carried out',
		() => requests() === 2 && unanswered.injected === 1 && undone.injected === 1,
		{ timeoutMs: MINUTE, signal, everyMs: 20 },
	);
	const [{ id: lost }] = await lab.executions(workflow);
	const victim = lab.cluster.workers.find((worker) => worker.running().includes(lost));
	if (!victim) throw new Error(`No worker runs execution ${lost}`);
	await victim.kill();
	const killedAt = Date.now();
	emulator.faults.clear();

	report.heading(
		`kill -9 of ${victim.name} (process ${victim.pid}), in the middle of adding ${URLS.length} inputs`,
	);
	const before = additions().length;
	report.say(
		`at Clarifai: ${before}, by two requests, of which one was answered; a third was not carried out`,
	);

	// As a process manager would.
	await lab.cluster.addWorker();
	const [end] = await lab.endsOf(workflow, [lost], 5 * MINUTE);
	report.say(`n8n's report, ${secondsSince(killedAt)} s after the kill:`);
	report.say(errorOf(await lab.n8n.execution(lost)));
	report.expect('status of the execution', end.status, 'error');
	report.expect('inputs added since the kill', additions().length - before, 0);

	await lab.post('inputs', { urls: URLS });
	const all = await lab.ended(workflow, 2, 5 * MINUTE);
	const [{ id: second }] = all.filter(({ id }) => id !== lost);
	const execution = await lab.n8n.execution(second);
	report.heading('The workflow started again, with the same inputs');
	report.expect('status of the execution', execution.status, 'success');
	if (execution.status !== 'success') report.say(errorOf(execution));
	const [items] = outputsOf(execution, ADD_INPUTS);
	report.expect(
		'items by status',
		countBy(items, ({ json }) => String(json.status)),
		{ added: URLS.length - before, exists: before },
	);
	report.expect(
		'items by processing',
		countBy(items, ({ json }) => String(json.processing)),
		{ processed: URLS.length },
	);
	report.expect(
		'inputs by number of additions',
		countBy(Object.values(countBy(additions(), ({ id }) => id)), String),
		{ 1: URLS.length },
	);
	const { inputs, datasets } = emulator.app();
	report.expect(
		'URLs by number of inputs',
		countBy(URLS, (url) => String(inputs.values().filter(({ media }) => media.url === url).length)),
		{ 1: URLS.length },
	);
	report.expect('members of the dataset', datasets.get(DATASET)?.members.size, URLS.length);
	report.expect(
		'creations of the dataset',
		emulator.book.of('dataset').filter(({ id }) => id === DATASET).length,
		1,
	);
}
