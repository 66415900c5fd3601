import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Training } from '../shared/api/trainings';
import { trainingParams } from '../shared/clarifai/trainingRequest';
import {
	progressLine,
	progressOutput,
	trainingFailure,
	trainingOutput,
} from '../shared/node/trainingOutput';
import type { ItemWork, NodeRun } from '../shared/node/itemWork';
import { isTool } from '../shared/node/tool';
import { deprecationNotice, namingOtherMethod } from './otherMethod';
import { progressReporter } from './reportProgress';
import { readRequest, type TrainRequest } from './request';
import { checkPipeline, startPipeline, type CheckedPipeline } from './trainPipeline';
import { checkVersion, estimateSeconds, startVersion, type CheckedVersion } from './trainVersion';
import { waitForTraining, type WaitResult } from './waitForTraining';

/** What became of one item: a training, or the result of a dry run. */
interface TrainResult {
	training?: Training;
	ended?: WaitResult['ended'];
	dryRun?: IDataObject;
	/** Why values were sent without a check. */
	unchecked?: string;
}

/** What the check of one item found out. */
type CheckedTraining = { version: CheckedVersion } | { pipeline: CheckedPipeline };

export function trainItems(
	context: IExecuteFunctions,
): ItemWork<TrainRequest, TrainResult, CheckedTraining> {
	// Agents call tools within seconds; a wait of hours would end the conversation.
	const mayWait = !isTool(context);
	const report = progressReporter(context);
	return {
		writes: true,

		prepare: async (item) => await readRequest(item, mayWait),

		check: async (request, run) =>
			await namingOtherMethod(request.method, async () =>
				request.method === 'pipelineTemplate'
					? { pipeline: await checkPipeline(request, run) }
					: { version: await checkVersion(request, run) },
			),

		perform: async (request, run, checked) =>
			await namingOtherMethod(request.method, async () =>
				'pipeline' in checked
					? await trainByPipeline(request, run, checked.pipeline)
					: await trainModelVersion(request, run, checked.version),
			),

		async settle(result, { wait }, { client, isOver, hint }) {
			if (!result.training) return result;
			const { training, ended } = wait
				? await waitForTraining(client, result.training, wait, isOver, report)
				: { training: result.training, ended: undefined };
			if (training.state.status === 'failed') throw trainingFailure(training);
			if (ended === 'timedOut') {
				hint(`The wait ran out, the training goes on. ${progressLine(training)}`);
			}
			return { ...result, training, ended };
		},

		output({ training, ended, dryRun, unchecked }, { simplify }) {
			if (!training) return [dryRun ?? {}];
			if (!simplify) return [training.raw as IDataObject];
			return [
				{
					...trainingOutput(training),
					...progressOutput(training),
					...(ended === 'timedOut' ? { timedOut: true } : {}),
					...(ended === 'stopped' || ended === 'cancelled' ? { [ended]: true } : {}),
					...(unchecked ? { unchecked } : {}),
				},
			];
		},
	};
}

async function trainModelVersion(
	request: TrainRequest,
	run: NodeRun,
	checked: CheckedVersion,
): Promise<TrainResult> {
	const { unchecked } = checked;
	const notice = deprecationNotice(request.method, run.client.baseUrl);
	for (const hint of [unchecked, notice]) if (hint) run.hint(hint);
	if (request.dryRun) {
		const params = trainingParams(checked.request, checked.datasetFields) as IDataObject;
		const estimatedSeconds = (await estimateSeconds(request, checked, run)) ?? null;
		return {
			dryRun: dryRunOutput(request, checked.modelTypeId, { params, estimatedSeconds, unchecked }),
		};
	}
	return { training: await startVersion(request, checked, run), unchecked };
}

async function trainByPipeline(
	request: TrainRequest,
	run: NodeRun,
	checked: CheckedPipeline,
): Promise<TrainResult> {
	if (request.dryRun) {
		const params = Object.fromEntries(checked.arguments.map(({ name, value }) => [name, value]));
		return {
			dryRun: dryRunOutput(request, checked.modelTypeId, { params, estimatedSeconds: null }),
		};
	}
	return { training: await startPipeline(request, checked, run) };
}

function dryRunOutput(
	{ modelId, template }: TrainRequest,
	modelTypeId: string | undefined,
	result: { params: IDataObject; estimatedSeconds: number | null; unchecked?: string },
): IDataObject {
	const { unchecked, ...rest } = result;
	return {
		dryRun: true,
		modelId,
		modelTypeId: modelTypeId ?? null,
		template,
		...rest,
		...(unchecked ? { unchecked } : {}),
	};
}
