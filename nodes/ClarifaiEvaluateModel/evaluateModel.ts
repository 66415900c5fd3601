import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { inApp } from '../shared/api/call';
import { datasetPath } from '../shared/api/datasets';
import { ClarifaiFailure } from '../shared/api/failures';
import { waitForJob } from '../shared/api/jobs';
import { findModel, modelType, versionPath } from '../shared/api/models';
import { known, objectAt, textAt, type JsonObject } from '../shared/clarifai/json';
import { readyDatasetVersion } from '../shared/node/datasetVersion';
import type { ItemRun, ItemWork, Route } from '../shared/node/itemWork';
import { isTool, TOOL_WAIT_MS } from '../shared/node/tool';
import { datasetProblem } from '../shared/parameters/datasetProblem';
import { gathered, InputProblem, inputProblemOf } from '../shared/parameters/problems';
import { usableVersion, type UsableVersion } from '../shared/parameters/usableVersion';
import { evaluateByPredictions, isComparable } from './byPredictions';
import { readEvaluation } from './clarifaiEvaluation';
import { Deadline, WaitRanOut } from './deadline';
import {
	evaluationPairJob,
	startedEvaluation,
	withDetails,
	type Evaluation,
	type EvaluationPair,
} from './clarifaiJob';
import { inputsOfVersion } from './datasetExport';
import { evaluationKindOf, type EvaluationKind } from './evaluationKind';
import type { EvaluationResult } from './evaluationResult';
import { comparedVersion, type ComparedVersion } from './liveVersion';
import { automaticMetric, type MetricName } from './metricNames';
import { evaluateModelProperties } from './properties';
import { reportPicture } from './reportPicture';
import { readEvaluateRequest, type EvaluateRequest } from './request';
import { round4, verdict, type Verdict } from './verdict';

/** What the check of one item found out. */
interface CheckedEvaluation {
	candidate: UsableVersion;
	baseline?: ComparedVersion;
	modelTypeId?: string;
	kind?: EvaluationKind;
	metric: MetricName;
}

/** What became of one item. Plain data. */
interface EvaluateResult {
	versionId: string;
	modelTypeId?: string;
	kind?: EvaluationKind;
	metric: MetricName;
	baseline?: ComparedVersion;
	/** Absent where nothing was evaluated. */
	datasetVersionId?: string;
	/** Clarifai's own evaluations; absent where predictions are compared. */
	evaluations?: EvaluationPair;
	/** What the evaluation says, once it is done. */
	judged?: Judged;
	verdict: Verdict;
	/** The version is the live one already, so that nothing need be evaluated. */
	isLive?: boolean;
	/** The wait ran out before it was done. */
	timedOut?: boolean;
}

/** What the evaluations say of the version and of the one that it is compared with. */
interface Judged {
	result: EvaluationResult;
	baseline?: EvaluationResult;
	raw: JsonObject;
}

/** The node's outputs, in the order of its description. */
export const OUTPUTS = ['Passed', 'Not Passed'];

const PURPOSE = 'Made by Clarifai Evaluate Model in n8n';

const WAIT_AS_TOOL = { timeoutMs: TOOL_WAIT_MS, pollIntervalMs: 5_000 };

const NOT_DONE: Verdict = { passed: false, reason: 'The evaluation is not done yet' };

export function evaluateItems(
	context: IExecuteFunctions,
): ItemWork<EvaluateRequest, EvaluateResult, CheckedEvaluation> {
	// Agents call tools within seconds, and read a tool's first output only.
	const tool = isTool(context);
	const route: Route<EvaluateResult> = {
		outputs: OUTPUTS.length,
		of: (result) => (tool || result.verdict.passed ? 0 : 1),
		ofErrors: tool ? 0 : 1,
	};
	return {
		properties: evaluateModelProperties,
		writes: true,
		route,

		prepare: (item) => readEvaluateRequest(item, !tool),

		check,

		perform: start,

		async settle(result, request, run) {
			const { evaluations } = result;
			if (result.isLive) return result;
			if (!evaluations) {
				return await judgedInTime(result, request, run);
			}
			// Without a wait, what is there already is told all the same.
			const wait = request.wait ?? { timeoutMs: 0, pollIntervalMs: 1000 };
			const waited = await waitForJob(run.client, evaluationPairJob, evaluations, wait);
			const { candidate, baseline } = waited.state;
			if (candidate.status === 'failed') throw failedEvaluation(candidate);
			const isDone = evaluationPairJob.hasEnded(waited.state);
			const timedOut = waited.end === 'timedOut' && request.wait !== undefined;
			if (timedOut) run.hint('The wait ran out before the evaluation was done.');
			if (!isDone) return { ...result, evaluations: waited.state, timedOut };
			if (baseline?.status === 'failed') {
				run.hint(`The version to compare with could not be evaluated: ${baseline.description}`);
			}
			const judged = await judgeByClarifai(waited.state, result, request, run);
			return withVerdict({ ...result, evaluations: waited.state }, request, judged);
		},

		output(result, request) {
			if (request.simplify) return [outputOf(result, request)];
			return [(result.judged?.raw ?? result.evaluations?.candidate.raw ?? {}) as IDataObject];
		},

		async files(result, { report, modelId }): Promise<IBinaryKeyData> {
			const { judged, metric, versionId, baseline } = result;
			if (!report || !judged) return {};
			const { data, fileName, mimeType } = reportPicture({
				modelId,
				modelVersionId: versionId,
				metric,
				value: judged.result.metrics[metric],
				verdict: result.verdict,
				result: judged.result,
				baseline:
					judged.baseline && baseline
						? { name: baseline.name, perConcept: judged.baseline.perConcept }
						: undefined,
			});
			const file = await context.helpers.prepareBinaryData(Buffer.from(data), fileName, mimeType);
			return { report: file };
		},
	};
}

async function check(request: EvaluateRequest, run: ItemRun): Promise<CheckedEvaluation> {
	const { client } = run;
	const { scope, home, modelId, versionId, datasetId, datasetVersionId } = request;
	const model = await findModel(client, scope, modelId);
	const candidate = await usableVersion(client, scope, modelId, versionId);
	const dataset = await datasetProblem(client, home, datasetId, datasetVersionId);
	const modelTypeId = model?.modelTypeId;
	const type = modelTypeId && (await modelType(client, home, modelTypeId));
	const kind = evaluationKindOf(type, modelTypeId);
	const metric = request.metric === 'auto' ? automaticMetric(kind) : request.metric;
	const problems = [
		candidate instanceof InputProblem ? candidate : undefined,
		dataset,
		problemOfMetric(request, metric, kind, modelTypeId),
	].filter((problem) => problem !== undefined);
	const usable = candidate as UsableVersion;
	const baseline =
		candidate instanceof InputProblem
			? undefined
			: await gathered(problems, comparedVersion(request, candidate, run));
	if (problems.length > 0) throw inputProblemOf(problems);
	warnOfTrainingData(usable, request, run);
	return { candidate: usable, baseline, modelTypeId, kind, metric: metric as MetricName };
}

function problemOfMetric(
	{ evaluateWith }: EvaluateRequest,
	metric: MetricName | undefined,
	kind: EvaluationKind | undefined,
	modelTypeId = 'unknown',
): InputProblem | undefined {
	if (evaluateWith === 'predictions' && !isComparable(kind)) {
		return new InputProblem(
			`Models of type ${modelTypeId} cannot be evaluated by their predictions`,
			"Only classifiers and detectors can: set 'Evaluate With' to Clarifai.",
		);
	}
	if (metric === undefined) {
		return new InputProblem(
			`No metric is known for models of type ${modelTypeId}`,
			"Choose one in 'Metric' that Clarifai's evaluation of this model has.",
		);
	}
	if (evaluateWith === 'clarifai' && metric === 'accuracy') {
		return new InputProblem(
			"Clarifai's own evaluation has no accuracy",
			"Choose another 'Metric', or set 'Evaluate With' to Predictions.",
		);
	}
	return undefined;
}

/** A model knows the answers to what it has been trained on. */
function warnOfTrainingData(
	{ id, raw }: UsableVersion,
	{ datasetId, training }: EvaluateRequest,
	{ hint }: ItemRun,
): void {
	const info = objectAt(raw, 'train_info');
	const trainedOn = [
		textAt(objectAt(info, 'dataset'), 'id'),
		textAt(objectAt(info, 'params'), 'dataset_id'),
		// A version that a pipeline made does not tell it; the training that made it does.
		training?.versionId === id ? training.datasetId : undefined,
	];
	if (trainedOn.includes(datasetId)) {
		hint(
			`The model was trained on dataset "${datasetId}", too: figures on data that it has seen are better than it is. Evaluate on other labelled data.`,
		);
	}
}

async function start(
	request: EvaluateRequest,
	run: ItemRun,
	{ candidate, baseline, ...checked }: CheckedEvaluation,
): Promise<EvaluateResult> {
	const { scope, home, modelId, datasetId } = request;
	if (baseline?.versionId === candidate.id) {
		const isLive = { name: baseline.name, isSameVersion: true };
		return {
			...checked,
			versionId: candidate.id,
			baseline,
			verdict: verdict({ metric: checked.metric, baseline: isLive }),
			isLive: true,
		};
	}
	const data = {
		scope: home,
		datasetId,
		datasetVersionId: request.datasetVersionId,
		asTool: request.wait === undefined,
	};
	// One for both, so that they are measured by the same.
	const datasetVersionId = await readyDatasetVersion(data, PURPOSE, run);
	const result = {
		...checked,
		versionId: candidate.id,
		baseline,
		datasetVersionId,
		verdict: NOT_DONE,
	};
	if (request.evaluateWith === 'predictions') return result;
	const subject = { scope, home, modelId, datasetId, datasetVersionId };
	const evaluation = await startedEvaluation(
		{ ...subject, versionId: candidate.id },
		request.evaluationId,
		run,
	);
	const other = baseline
		? await startedEvaluation({ ...subject, versionId: baseline.versionId }, undefined, run)
		: undefined;
	return { ...result, evaluations: { candidate: evaluation, baseline: other } };
}

/** A wait for predictions that ran out does not pass, and says how far it came. */
async function judgedInTime(
	result: EvaluateResult,
	request: EvaluateRequest,
	run: ItemRun,
): Promise<EvaluateResult> {
	const deadline = new Deadline(request.wait ?? WAIT_AS_TOOL);
	const judged = await judgeByPredictions(result, request, run, deadline).catch(
		(error: unknown) => error,
	);
	if (!(judged instanceof Error)) return withVerdict(result, request, judged as Judged);
	if (!(judged instanceof WaitRanOut)) throw judged;
	run.hint(judged.message);
	return { ...result, timedOut: true, verdict: { passed: false, reason: judged.message } };
}

async function judgeByPredictions(
	{ versionId, baseline, kind, datasetVersionId = '' }: EvaluateResult,
	{ scope, home, modelId, datasetId }: EvaluateRequest,
	run: ItemRun,
	deadline: Deadline,
): Promise<Judged> {
	const version = [...datasetPath(home, datasetId), 'versions', datasetVersionId];
	const inputs = await run.client.onceInRun(
		`inputs of ${version.join('/')}`,
		async () => await inputsOfVersion(run.client, home, datasetId, datasetVersionId, deadline),
	);
	const evaluate = async (id: string) =>
		// Predictions are billed: several candidates are held against one live version.
		await run.client.onceInRun(
			`${versionPath(scope, modelId, id).join('/')} on ${version.join('/')}`,
			async () => await evaluateByPredictions(scope, modelId, id, kind, inputs, run, deadline),
		);
	const result = await evaluate(versionId);
	return {
		result,
		baseline: baseline && (await evaluate(baseline.versionId)),
		raw: { metrics: result.metrics, perConcept: result.perConcept },
	};
}

async function judgeByClarifai(
	{ candidate, baseline }: EvaluationPair,
	{ kind }: EvaluateResult,
	{ perConcept, report }: EvaluateRequest,
	{ client }: ItemRun,
): Promise<Judged> {
	const detailed = async (evaluation: Evaluation) =>
		perConcept || report ? await withDetails(client, evaluation) : evaluation;
	const own = await detailed(candidate);
	const other = baseline?.status === 'evaluated' ? await detailed(baseline) : undefined;
	return {
		result: readEvaluation(own.raw, kind),
		baseline: other && readEvaluation(other.raw, kind),
		raw: own.raw,
	};
}

function withVerdict(
	result: EvaluateResult,
	{ minimumValue, minimumGain }: EvaluateRequest,
	judged: Judged,
): EvaluateResult {
	const { metric, baseline } = result;
	return {
		...result,
		judged,
		verdict: verdict({
			metric,
			value: judged.result.metrics[metric],
			baseline: baseline && {
				name: baseline.name,
				value: judged.baseline?.metrics[metric],
			},
			minimumValue,
			minimumGain,
		}),
	};
}

function failedEvaluation({ home, id, description, details, code }: Evaluation): ClarifaiFailure {
	return new ClarifaiFailure({
		kind: 'refused',
		message: `The evaluation failed: ${description}`,
		details,
		code,
		call: { method: 'GET', path: inApp(home, 'evaluations', id) },
	});
}

function outputOf(result: EvaluateResult, request: EvaluateRequest): IDataObject {
	const { judged, metric, baseline, evaluations, timedOut } = result;
	const { modelId, home, datasetId, perConcept } = request;
	const value = judged?.result.metrics[metric];
	const baselineValue = judged?.baseline?.metrics[metric];
	const isUnderWay = !judged && !result.isLive;
	// A figure that was looked for and is not there is null; where none was looked for, there is no key.
	const figure = (given: number | undefined) => (given === undefined ? null : round4(given));
	return known({
		modelId,
		passed: result.verdict.passed,
		reason: result.verdict.reason,
		status: isUnderWay ? (evaluations?.candidate.status ?? 'evaluating') : undefined,
		timedOut: timedOut ? true : undefined,
		metric,
		value: judged && figure(value),
		baselineValue: judged && baseline && figure(baselineValue),
		gain: judged && baseline && (result.verdict.gain ?? null),
		modelVersionId: result.versionId,
		baselineVersionId: baseline?.versionId ?? null,
		metrics: judged && { ...judged.result.metrics },
		perConcept: perConcept && judged ? judged.result.perConcept : undefined,
		evaluationId: evaluations?.candidate.id,
		modelTypeId: result.modelTypeId,
		datasetId,
		datasetVersionId: result.datasetVersionId,
		userId: home.userId,
		appId: home.appId,
	}) as IDataObject;
}
