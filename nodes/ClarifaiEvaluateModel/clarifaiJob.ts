import { createHash } from 'crypto';
import { inApp, type Path } from '../shared/api/call';
import type { ClarifaiClient } from '../shared/api/client';
import { ClarifaiFailure } from '../shared/api/failures';
import type { Job } from '../shared/api/jobs';
import { evaluationStatusOf, type EvaluationStatus } from '../shared/clarifai/evaluationStatus';
import { portalUrl, type AppScope } from '../shared/clarifai/identifiers';
import { objectAt, objectsAt, textAt, type JsonObject } from '../shared/clarifai/json';
import { StatusCode, statusCodeOf } from '../shared/clarifai/statusCodes';
import type { ItemRun } from '../shared/node/itemWork';
import { InputProblem } from '../shared/parameters/problems';

/** What is evaluated: one version of a model on one version of a dataset. */
export interface EvaluationSubject {
	scope: AppScope;
	/** The owner of the dataset, in whose app the evaluation is kept. */
	home: AppScope;
	modelId: string;
	versionId: string;
	datasetId: string;
	datasetVersionId: string;
}

/** An evaluation as Clarifai shows it. Plain data. */
export interface Evaluation {
	home: AppScope;
	id: string;
	status: EvaluationStatus;
	code?: number;
	description: string;
	details?: string;
	raw: JsonObject;
}

function readEvaluation(raw: JsonObject, home: AppScope, id: string): Evaluation {
	const status = objectAt(raw, 'status');
	const code = statusCodeOf(status.code);
	return {
		home,
		id: textAt(raw, 'id') ?? id,
		status: evaluationStatusOf(code),
		code,
		description: textAt(status, 'description') ?? 'no status',
		details: textAt(status, 'details'),
		raw,
	};
}

function evaluationPath(home: AppScope, id: string): Path {
	return inApp(home, 'evaluations', id);
}

export const evaluationJob: Job<Evaluation> = {
	what: ({ id }) => `evaluation "${id}"`,
	hasEnded: ({ status }) => status !== 'evaluating',
	async look(client, { home, id }, traits) {
		const answer = await client.get(evaluationPath(home, id), undefined, traits);
		return readEvaluation(objectAt(answer, 'eval_metrics'), home, id);
	},
};

/** Both evaluations of a comparison, waited for as one. */
export interface EvaluationPair {
	candidate: Evaluation;
	baseline?: Evaluation;
}

export const evaluationPairJob: Job<EvaluationPair> = {
	what: ({ candidate }) => evaluationJob.what(candidate),
	hasEnded: ({ candidate, baseline }) =>
		evaluationJob.hasEnded(candidate) && (!baseline || evaluationJob.hasEnded(baseline)),
	async look(client, { candidate, baseline }, traits) {
		const look = async (each: Evaluation) =>
			evaluationJob.hasEnded(each) ? each : await evaluationJob.look(client, each, traits);
		return {
			candidate: await look(candidate),
			baseline: baseline && (await look(baseline)),
		};
	},
};

/** An ID that the same evaluation always gets, so that a repeated try finds it. */
export function evaluationIdOf(subject: EvaluationSubject): string {
	const { scope, modelId, versionId, datasetId, datasetVersionId } = subject;
	const what = [scope.userId, scope.appId, modelId, versionId, datasetId, datasetVersionId];
	return `n8n-${createHash('sha256').update(what.join('\n')).digest('hex').slice(0, 24)}`;
}

/** Evaluations that have failed, after which a new one is not tried any more. */
const MOST_FAILED = 20;

/**
 * The evaluation of a version, started unless there is one: under its ID, or under any other ID of the
 * same data. One that has failed is made again under a further ID, for the old one would be overwritten.
 */
export async function startedEvaluation(
	subject: EvaluationSubject,
	evaluationId: string | undefined,
	run: ItemRun,
): Promise<Evaluation> {
	const { home } = subject;
	const base = evaluationId ?? evaluationIdOf(subject);
	// In turn, so that items with the same version, such as the live one, share its evaluation.
	return await run.inTurn(evaluationPath(home, base).join('/'), async () => {
		for (let failed = 0; ; failed++) {
			const id = failed === 0 ? base : `${base}-${failed + 1}`;
			const answer = await run.client.getIfAny(evaluationPath(home, id));
			if (!answer) {
				const stored = failed === 0 ? await storedEvaluation(subject, run.client) : undefined;
				return stored ?? (await start(subject, id, run));
			}
			const found = readEvaluation(objectAt(answer, 'eval_metrics'), home, id);
			refuseOther(found, subject);
			if (found.status !== 'failed' || failed >= MOST_FAILED) return found;
		}
	});
}

/** Figures of another version, or on other data, say nothing about this one. */
function refuseOther({ id, raw }: Evaluation, subject: EvaluationSubject): void {
	const { modelId, versionId, datasetId, datasetVersionId } = subject;
	const model = objectAt(raw, 'model');
	const shownVersion = textAt(objectAt(model, 'model_version'), 'id') ?? versionId;
	const dataset = objectAt(raw, 'ground_truth_dataset');
	const shownDataset = textAt(dataset, 'id') ?? datasetId;
	const shownData = textAt(objectAt(dataset, 'version'), 'id') ?? datasetVersionId;
	const other =
		shownVersion !== versionId
			? `of version ${shownVersion} of model "${textAt(model, 'id') ?? modelId}"`
			: `on version ${shownData} of dataset "${shownDataset}"`;
	if (shownVersion === versionId && shownDataset === datasetId && shownData === datasetVersionId)
		return;
	throw new InputProblem(
		`Evaluation "${id}" is one ${other}`,
		"Choose another 'Evaluation ID', or leave it empty to get one for each version and its data.",
	);
}

/** A finished evaluation of the same version on the same data, whoever made it. */
async function storedEvaluation(
	{ home, versionId, datasetId, datasetVersionId }: EvaluationSubject,
	client: ClarifaiClient,
): Promise<Evaluation | undefined> {
	const all = await client.list(inApp(home, 'evaluations'), 'eval_metrics', {
		eval_dataset_ids: [datasetId],
	});
	const found = all.find((raw) => {
		const dataset = objectAt(raw, 'ground_truth_dataset');
		const version = objectAt(objectAt(raw, 'model'), 'model_version');
		return (
			statusCodeOf(objectAt(raw, 'status').code) === StatusCode.MODEL_EVALUATED &&
			textAt(version, 'id') === versionId &&
			textAt(dataset, 'id') === datasetId &&
			textAt(objectAt(dataset, 'version'), 'id') === datasetVersionId
		);
	});
	return found && readEvaluation(found, home, '');
}

async function start(subject: EvaluationSubject, id: string, run: ItemRun): Promise<Evaluation> {
	const { scope, home, modelId, versionId, datasetId, datasetVersionId } = subject;
	const owner = { user_id: home.userId, app_id: home.appId };
	const asked = {
		id,
		model: {
			id: modelId,
			user_id: scope.userId,
			app_id: scope.appId,
			model_version: { id: versionId },
		},
		ground_truth_dataset: { id: datasetId, ...owner, version: { id: datasetVersionId } },
		// Without it, transfer learning models are evaluated on their training data (clarifai-python).
		eval_info: { params: { use_kfold: false } },
	};
	const started = run.writeInTurn<Evaluation>({
		call: {
			method: 'POST',
			path: inApp(home, 'evaluations'),
			body: { eval_metrics: [asked] },
		},
		turn: evaluationPath(home, id).join('/'),
		read(answer) {
			const [made] = objectsAt(answer, 'eval_metrics');
			return made && readEvaluation(made, home, id);
		},
		idOf: (evaluation) => evaluation.id,
		async look(client) {
			const answer = await client.getIfAny(evaluationPath(home, id));
			return answer ? [readEvaluation(objectAt(answer, 'eval_metrics'), home, id)] : [];
		},
		isOurs: () => true,
		there: [],
		what: `the evaluation of version ${versionId} of model "${modelId}"`,
		where: `evaluation "${id}", ${portalUrl(scope, 'models', modelId)}`,
	});
	const result = await started.catch((error: unknown) => error);
	if (!(result instanceof Error)) return result as Evaluation;
	if (!(result instanceof ClarifaiFailure) || result.kind !== 'refused') throw result;
	const details = result.facts.details?.replace(/\.$/, '');
	throw new ClarifaiFailure({
		...result.facts,
		details: [details, OTHER_WAY].filter(Boolean).join('. '),
	});
}

const OTHER_WAY =
	"If this platform does not evaluate models of this kind, such as those that a pipeline has trained, set 'Evaluate With' to Predictions";

/** Everything that an evaluation tells of each concept, which is large and not shown unasked. */
const DETAILS = {
	'fields.confusion_matrix': true,
	'fields.label_counts': true,
	'fields.binary_metrics': true,
	'fields.metrics_by_class': true,
};

/** The evaluation with its figures by concept. */
export async function withDetails(
	client: ClarifaiClient,
	{ home, id }: Evaluation,
): Promise<Evaluation> {
	const answer = await client.get(evaluationPath(home, id), DETAILS);
	return readEvaluation(objectAt(answer, 'eval_metrics'), home, id);
}
