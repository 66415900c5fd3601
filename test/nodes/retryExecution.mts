import type { IRunExecutionData } from 'n8n-workflow';
import type { Engine, RunResult, WorkflowJson } from '../tools/engine/engine.mts';
import { flatted } from '../tools/engine/n8n.mts';

/**
 * "Retry" in n8n's list of executions: goes on from the node that failed, with what was stored of the
 * failed execution.
 */
export async function retryExecution(
	engine: Engine,
	failed: RunResult,
	workflow: WorkflowJson,
): Promise<RunResult> {
	const data = flatted.parse(failed.serialized()) as IRunExecutionData;
	const { resultData } = data;
	delete resultData.error;
	resultData.runData[resultData.lastNodeExecuted!].pop();
	return await engine.run(workflow, {
		continueFrom: { ...failed, serialized: () => flatted.stringify(data) },
	});
}
