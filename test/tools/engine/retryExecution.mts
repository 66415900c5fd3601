import type { IRunExecutionData, ITaskData } from 'n8n-workflow';
import type { RunOptions, RunResult } from './execution.mts';
import { flatted } from './n8n.mts';

type Retry = Pick<RunOptions, 'continueFrom'>;

/**
 * "Retry" in the list of executions, as n8n does it: the run goes on from the node that failed, with what
 * was stored of the failed execution.
 */
export function retryOf(failed: RunResult): Retry {
	return retryWith(failed, ({ resultData }) => {
		resultData.runData[resultData.lastNodeExecuted!].pop();
	});
}

/**
 * The same after n8n was killed: the run goes on from its last wait, because n8n stores an execution when
 * it begins to wait and, unless told to save the progress of executions, not again before its end.
 */
export function retryFromWait(killed: RunResult, waitNode: string): Retry {
	return retryWith(killed, ({ resultData, executionData }) => {
		const { runData } = resultData;
		const wait = runData[waitNode].at(-1)!;
		const [source] = wait.source;
		const { previousNode, previousNodeOutput = 0, previousNodeRun = 0 } = source!;
		const given = runData[previousNode][previousNodeRun].data!.main[previousNodeOutput];
		const isStored = (task: ITaskData) => task.executionIndex < wait.executionIndex;
		resultData.runData = Object.fromEntries(
			Object.entries(runData)
				.map(([name, tasks]) => [name, tasks.filter(isStored)] as const)
				.filter(([, tasks]) => tasks.length > 0),
		);
		const { nodes } = killed.workflow;
		executionData!.nodeExecutionStack = [
			{ node: nodes[waitNode], data: { main: [given] }, source: { main: [source] } },
		];
		executionData!.contextData = Object.fromEntries(
			Object.entries(executionData!.contextData).filter(
				([key]) => !key.startsWith('node:') || key.slice('node:'.length) in resultData.runData,
			),
		);
	});
}

function retryWith(failed: RunResult, change: (data: IRunExecutionData) => void): Retry {
	const data = flatted.parse(failed.serialized()) as IRunExecutionData;
	delete data.resultData.error;
	change(data);
	return { continueFrom: { ...failed, serialized: () => flatted.stringify(data) } };
}
