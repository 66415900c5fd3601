import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { ClarifaiFailure } from '../shared/api/failures';
import { waitForJob, type WaitEnd } from '../shared/api/jobs';
import { evaluatedTraining, jobOf, type Training } from '../shared/api/trainings';
import { known } from '../shared/clarifai/json';
import type { TrainingMethodName } from '../shared/clarifai/trainingMethods';
import type { ItemWork } from '../shared/node/itemWork';
import { isTool } from '../shared/node/tool';
import { progressLine, trainingFailure, trainingOutput } from '../shared/node/trainingOutput';
import { chooseMethod } from './chooseMethod';
import { methodNamed } from './methods';
import { tooFewNewInputs } from './newInputs';
import { trainProperties } from './properties';
import { progressReporter } from './reportProgress';
import { readRequest, type TrainRequest } from './request';
import type { CheckedTraining, TrainingMethod } from './trainingMethod';

/** What became of one item: a training, or what is put out where none was started. */
interface TrainResult {
	training?: Training;
	end?: WaitEnd;
	notStarted?: IDataObject;
	/** Why values were sent without a check. */
	unchecked?: string;
}

/** A training that has passed every check, by the method that was chosen for it. */
interface ChosenTraining {
	name: TrainingMethodName;
	checked: CheckedTraining;
	/** What is put out instead, where the dataset has too few new inputs. */
	tooFew?: IDataObject;
}

export function trainItems(
	context: IExecuteFunctions,
): ItemWork<TrainRequest, TrainResult, ChosenTraining> {
	// Agents call tools within seconds; a wait of hours would end the conversation.
	const mayWait = !isTool(context);
	const report = progressReporter(context);
	return {
		properties: trainProperties,
		writes: true,

		prepare: async (item) => await readRequest(item, mayWait),

		async check(request, run) {
			const name = await chooseMethod(request, run);
			const method = methodNamed(name);
			const work = async () => await method.check(request, run);
			const checked = await namingOtherMethod(method, work);
			return { name, checked, tooFew: await tooFewNewInputs(request, run) };
		},

		async perform(request, run, { name, checked, tooFew }) {
			if (tooFew) return { notStarted: { ...tooFew, ...(request.dryRun ? { dryRun: true } : {}) } };
			const method = methodNamed(name);
			const { unchecked } = checked;
			if (unchecked) run.hint(unchecked);
			return await namingOtherMethod(method, async () => {
				if (!request.dryRun) {
					return { training: await method.start(request, checked, run), unchecked };
				}
				const result = await method.dryRun(request, checked, run);
				return { notStarted: { ...dryRunOutput(request, checked), ...result }, unchecked };
			});
		},

		async settle(result, { wait, evaluateAfterTraining }, { client, hint }) {
			if (!result.training) return result;
			const job = evaluateAfterTraining ? evaluatedTraining : jobOf(result.training);
			const waited = wait
				? await waitForJob(client, job, result.training, wait, report)
				: { state: result.training, end: undefined };
			const { state: training, end } = waited;
			if (training.state.status === 'failed') throw trainingFailure(training);
			if (end === 'timedOut') {
				const goesOn = training.state.status === 'trained' ? 'the evaluation' : 'the training';
				hint(`The wait ran out, ${goesOn} goes on. ${progressLine(training)}`);
			} else if (wait && evaluateAfterTraining && training.evaluation !== 'evaluated') {
				hint(`${progressLine(training)}. Clarifai's evaluation has failed, or was not made.`);
			}
			return { ...result, training, end };
		},

		output({ training, end, notStarted, unchecked }, { simplify }) {
			if (!training) return [{ ...notStarted, ...(unchecked ? { unchecked } : {}) }];
			if (!simplify) return [training.raw as IDataObject];
			return [
				{
					...trainingOutput(training),
					...endOutput(end),
					...(unchecked ? { unchecked } : {}),
				},
			];
		},
	};
}

/** How the wait ended, where it did not end with the training. */
function endOutput(end: WaitEnd | undefined): IDataObject {
	switch (end) {
		case 'timedOut':
			return { timedOut: true };
		case 'cancelled':
			return { cancelled: true };
		case 'runEnded':
			return { stopped: true };
		default:
			return {};
	}
}

function dryRunOutput(
	{ modelId, template }: TrainRequest,
	{ modelTypeId }: CheckedTraining,
): IDataObject {
	return known<IDataObject>({ dryRun: true, modelId, modelTypeId, template });
}

/** Does the work; its failure names the other method if it may mean that the platform lacks this one. */
async function namingOtherMethod<T>(method: TrainingMethod, work: () => Promise<T>): Promise<T> {
	let failure: unknown;
	try {
		return await work();
	} catch (error) {
		failure = error;
	}
	if (!(failure instanceof ClarifaiFailure) || !method.mayBeGone(failure)) throw failure;
	const details = failure.facts.details?.replace(/\.$/, '');
	throw new ClarifaiFailure({
		...failure.facts,
		details: [details, method.insteadOfIt].filter(Boolean).join('. '),
	});
}
