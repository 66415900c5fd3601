import type { LabelledInput } from '../labelledInputs.mts';
import type { Message } from '../message.mts';
import { float } from '../predictions/hash.mts';
import type { ModelConcept } from '../predictions/learned.mts';
import type { Predictor } from '../predictions/predict.mts';
import { showEvaluatedInput } from './evaluatedInput.mts';
import type { Metrics } from './evaluations.mts';
import type { GroundTruth } from './groundTruth.mts';
import {
	averagePrecision,
	deviation,
	f1At,
	mean,
	precisionAt,
	precisionRecallCurve,
	ratio,
	recallAt,
	rocAuc,
	rocCurve,
} from './statistics.mts';
import type { Scored } from './statistics.mts';

/** A concept counts as predicted from this value on. */
const THRESHOLD = 0.5;

/** One input with the predicted concepts, the highest first. */
interface Rated {
	input: LabelledInput;
	predicted: Message[];
}

/** A concept with the values that it got from all inputs. */
interface RatedConcept {
	concept: ModelConcept;
	scored: Scored[];
	positives: number;
}

export function classifierMetrics(predictor: Predictor, truth: GroundTruth): Metrics {
	const { version, app } = predictor.serving;
	const rated = truth.inputs.map((input) => ({
		input,
		predicted: predictor.answer({}, input.content).concepts as Message[],
	}));
	const all = version.learned.concepts.map((concept) => rateConcept(concept, rated));
	const concepts = all.filter(({ positives }) => positives > 0);
	const shown = ({ id, name }: ModelConcept, value = 1) => ({
		id,
		name,
		value: float(value),
		app_id: app.id,
	});
	return {
		summary: summaryOf(concepts.map(({ scored }) => scored)),
		fields: {
			confusion_matrix: () => confusionMatrix(concepts, rated, shown),
			cooccurrence_matrix: () => cooccurrenceMatrix(concepts, rated),
			label_counts: () => ({
				positive_label_counts: concepts.map(({ concept, positives }) => ({
					concept_name: concept.name,
					count: positives,
					concept: shown(concept),
				})),
			}),
			binary_metrics: () => concepts.map((one) => binaryMetrics(one, shown(one.concept))),
			test_set: () =>
				rated.map(({ input, predicted }) => ({
					input: showEvaluatedInput(truth.app, input.id),
					predicted_concepts: predicted,
					ground_truth_concepts: version.learned.concepts
						.filter(({ label }) => input.positive.includes(label))
						.map((concept) => shown(concept)),
				})),
		},
	};
}

function rateConcept(concept: ModelConcept, rated: Rated[]): RatedConcept {
	const scored = rated.map(({ input, predicted }) => ({
		value: predicted.find(({ id }) => id === concept.id)!.value as number,
		isPositive: input.positive.includes(concept.label),
	}));
	return { concept, scored, positives: scored.filter(({ isPositive }) => isPositive).length };
}

function summaryOf(concepts: Scored[][]): Message {
	const aucs = concepts.map(rocAuc);
	const f1s = concepts.map((scored) => f1At(scored, THRESHOLD));
	return {
		macro_avg_roc_auc: float(mean(aucs)),
		macro_std_roc_auc: float(deviation(aucs)),
		macro_avg_f1_score: float(mean(f1s)),
		macro_std_f1_score: float(deviation(f1s)),
		macro_avg_precision: float(mean(concepts.map((scored) => precisionAt(scored, THRESHOLD)))),
		macro_avg_recall: float(mean(concepts.map((scored) => recallAt(scored, THRESHOLD)))),
	};
}

type ShowConcept = (concept: ModelConcept, value?: number) => Message;

/** Of the inputs with a concept: for which share each concept is the highest. */
function confusionMatrix(concepts: RatedConcept[], rated: Rated[], shown: ShowConcept): Message {
	const matrix = concepts.flatMap(({ concept: actual, positives }) => {
		const having = rated.filter(({ input }) => input.positive.includes(actual.label));
		return concepts.map(({ concept: predicted }) => {
			const count = having.filter((one) => one.predicted[0]!.id === predicted.id).length;
			const value = float(ratio(count, positives));
			return {
				predicted: predicted.id,
				actual: actual.id,
				value,
				predicted_concept: shown(predicted, value),
				actual_concept: shown(actual),
			};
		});
	});
	return { matrix, concept_ids: concepts.map(({ concept }) => concept.id) };
}

function cooccurrenceMatrix(concepts: RatedConcept[], rated: Rated[]): Message {
	const matrix = concepts.flatMap(({ concept: row }) =>
		concepts.map(({ concept: col }) => ({
			row: row.id,
			col: col.id,
			count: rated.filter(({ input }) =>
				[row, col].every(({ label }) => input.positive.includes(label)),
			).length,
		})),
	);
	return {
		matrix: matrix.filter(({ count }) => count > 0),
		concept_ids: concepts.map(({ concept }) => concept.id),
	};
}

function binaryMetrics({ scored, positives }: RatedConcept, concept: Message): Message {
	return {
		num_pos: positives,
		num_neg: scored.length - positives,
		num_tot: scored.length,
		roc_auc: float(rocAuc(scored)),
		f1: float(f1At(scored, THRESHOLD)),
		avg_precision: float(averagePrecision(scored, positives)),
		concept,
		roc_curve: rocCurve(scored),
		precision_recall_curve: precisionRecallCurve(scored),
	};
}
