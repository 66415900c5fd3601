import type { StoredWorkflow } from '../n8n/client.mts';
import { errorOf, type Lab } from './lab.mts';
import { countBy, type Report } from './report.mts';
import { until } from './until.mts';
import { durablePipelineChain, waitingPipelineChain } from './workflows.mts';

const MINUTE = 60_000;

const MODELS = Array.from({ length: 8 }, (_none, index) => `pipeline-${index + 1}`);

/** Trainings by pipeline template under way on all workers, each waited for in the Train node. */
export async function startPipelines(lab: Lab): Promise<StoredWorkflow> {
	const workflow = await lab.activate(waitingPipelineChain('pipelines'));
	for (const id of MODELS) lab.emulator.planTraining(id, { seconds: 90 });
	await lab.trigger('pipelines', MODELS);
	await until('the pipeline runs have begun', () => runs(lab).length === MODELS.length, {
		timeoutMs: 2 * MINUTE,
		signal: lab.signal,
	});
	return workflow;
}

/** What became of them when one of the workers was killed, and the same models again. */
export async function lostPipelines(lab: Lab, report: Report, waiting: StoredWorkflow) {
	const ends = await lab.ended(waiting, MODELS.length, 5 * MINUTE);
	const lost = ends.filter(({ status }) => status === 'error').length;
	report.heading(
		`${MODELS.length} trainings by pipeline template that were under way at the second kill`,
	);
	report.expect(
		'executions by status',
		countBy(ends, ({ status }) => status),
		{ error: lost, success: MODELS.length - lost },
	);
	report.expect('some were lost', lost > 0, true);
	report.expect('runs of pipelines', runs(lab).length, MODELS.length);
	report.expect('deployments', deployments(lab).length, MODELS.length - lost);

	const durable = await lab.activate(durablePipelineChain('known-pipelines', lab.emulator.url));
	const fresh = 'pipeline-of-now';
	const models = [...MODELS, fresh];
	lab.emulator.planTraining(fresh, { seconds: 1 });
	await lab.trigger('known-pipelines', models);
	const again = await lab.ended(durable, models.length, 5 * MINUTE);
	report.heading('The same models and a new one, by the workflow that looks for their pipelines');
	for (const { id } of again.filter(({ status }) => status !== 'success').slice(0, 5)) {
		report.say(`Execution ${id}: ${errorOf(await lab.n8n.execution(id))}`);
	}
	report.expect(
		'executions by status',
		countBy(again, ({ status }) => status),
		{ success: models.length },
	);
	report.expect('runs of pipelines: one for the new model', runs(lab).length, models.length);
	report.expect(
		'deployments, by number of creations',
		countBy(Object.values(countBy(deployments(lab), ({ id }) => id)), String),
		{ 1: models.length },
	);
	report.expect('changes of a deployment', lab.emulator.book.of('deploymentChange').length, 0);
}

const runs = (lab: Lab) => lab.emulator.book.of('run');

const deployments = (lab: Lab) => lab.emulator.book.of('deployment');
