import type { IExecuteFunctions } from 'n8n-workflow';
import type { Training } from '../shared/api/trainings';
import { showOnExecution } from '../shared/node/customData';
import { progress, progressLine } from '../shared/node/trainingOutput';

/** The execution's custom data in which the progress is kept. */
const PROGRESS_KEY = 'clarifaiTraining';

/**
 * Tells progress while the node runs: in the browser's console of a manual run, in n8n's log, and for all
 * trainings of the node together in the execution's custom data. n8n 2.41 shows that only of an execution
 * that has ended, and has nothing else in which a node could show something while it runs.
 */
export function progressReporter(context: IExecuteFunctions): (training: Training) => void {
	const latest = new Map<string, string>();
	return (training) => {
		const line = progressLine(training);
		context.sendMessageToUI?.(line);
		context.logger?.info(line);
		latest.set(
			training.versionId ?? training.run?.runId ?? '',
			`${training.modelId}: ${progress(training)}`,
		);
		showOnExecution(context, PROGRESS_KEY, [...latest.values()].join('; '));
	};
}
