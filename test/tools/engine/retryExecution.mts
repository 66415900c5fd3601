import type { IRunExecutionData } from 'n8n-workflow';
import type { RunOptions, RunResult } from './execution.mts';
import { flatted } from './n8n.mts';

/**
 * "Retry" in the list of executions, as n8n does it: the run goes on from the node that failed, with what
 * was stored of the failed execution.
 */
export function retryOf(failed: RunResult): Pick<RunOptions, 'continueFrom'> {
	const data = flatted.parse(failed.serialized()) as IRunExecutionData;
	const { resultData } = data;
	delete resultData.error;
	resultData.runData[resultData.lastNodeExecuted!].pop();
	return { continueFrom: { ...failed, serialized: () => flatted.stringify(data) } };
}
