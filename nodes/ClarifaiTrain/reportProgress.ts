import type { IExecuteFunctions } from 'n8n-workflow';
import type { Training } from '../shared/api/trainings';
import { plainText } from '../shared/clarifai/plainText';
import { progress, progressLine } from '../shared/node/trainingOutput';

/** The execution's custom data in which the progress is shown. */
const PROGRESS_KEY = 'clarifaiTraining';

/** n8n's limit for one value of custom data. */
const MAX_CUSTOM_DATA = 512;

/**
 * Shows progress while the node runs: in the browser's console of a manual run, in n8n's log, and for
 * all trainings of the node together in the execution's custom data.
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
		const all = [...latest.values()].join('; ');
		// Absent in older versions of n8n.
		context.customData?.set(PROGRESS_KEY, plainText(all, MAX_CUSTOM_DATA - 1));
	};
}
