import { printedProgress } from '../n8n/progress.mts';
import { killedAddingInputs } from './killedAddingInputs.mts';
import { Lab } from './lab.mts';
import { lostPipelines, startPipelines } from './lostPipelines.mts';
import { Report } from './report.mts';
import { fifty, killedWorker } from './scenarios.mts';

/** Exit code 0 when all was as expected, 1 when not, 130 after Ctrl-C. */
async function main(): Promise<number> {
	const controller = new AbortController();
	const stop = () => {
		if (controller.signal.aborted) return;
		console.error('Stopping ...');
		controller.abort(new Error('Stopped.'));
	};
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);

	const report = new Report();
	let lab: Lab | undefined;
	try {
		lab = await Lab.start(printedProgress(), controller.signal);
		report.heading(`One main and two workers: ${lab.cluster.description}`);
		await fifty(lab, report);
		await killedWorker(lab, report);
		const pipelines = await startPipelines(lab);
		await killedAddingInputs(lab, report);
		await lostPipelines(lab, report, pipelines);
	} catch (error) {
		if (controller.signal.aborted) return 130;
		throw error;
	} finally {
		await lab?.stop();
	}
	console.log(`\n${report.succeeded ? 'All as expected.' : 'Not all as expected.'}`);
	return report.succeeded ? 0 : 1;
}

try {
	process.exitCode = await main();
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
}
