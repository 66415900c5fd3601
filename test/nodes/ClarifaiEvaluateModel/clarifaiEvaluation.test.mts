import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvaluation } from '../../../nodes/ClarifaiEvaluateModel/clarifaiEvaluation.ts';

/**
 * Published answers of GetEvaluation: a text classifier's from Clarifai's documentation, with the
 * curves cut to three points, and a detector's summary from Clarifai's example notebooks.
 */
const published = (name: string): Record<string, unknown> => {
	const answer = JSON.parse(readFileSync(join(__dirname, 'data', `${name}.json`), 'utf8')) as {
		eval_metrics: Record<string, unknown>;
	};
	return answer.eval_metrics;
};
const classifier = published('classifierEvaluation');
const detector = published('detectorEvaluation');

const zeros = {
	macro_avg_roc_auc: 0,
	macro_std_roc_auc: 0,
	macro_avg_f1_score: 0,
	macro_std_f1_score: 0,
	macro_avg_precision: 0,
	macro_avg_recall: 0,
};

describe("a classifier's evaluation", () => {
	it('gives the macro metrics, unrounded', () => {
		const { kind, metrics } = readEvaluation(classifier, 'classification');

		expect(kind).toBe('classification');
		expect(metrics).toEqual({
			macroF1: 0.8809524,
			macroPrecision: 0.9375,
			macroRecall: 0.875,
			rocAuc: 1,
		});
	});

	it('gives each concept, with the examples that were evaluated and its confusions', () => {
		expect(readEvaluation(classifier, 'classification').perConcept).toEqual([
			// Its positives are 3e-7 likely: not worth a word.
			{ concept: 'negative', examples: 11, confusedWith: [] },
			{
				concept: 'positive',
				examples: 2,
				f1: 0.8333334,
				rocAuc: 1,
				confusedWith: [{ concept: 'negative', share: 0.2502362 }],
			},
		]);
	});

	it('gives the confusion matrix in shares', () => {
		const { confusion } = readEvaluation(classifier, 'classification');

		expect(confusion).toMatchObject({ concepts: ['negative', 'positive'], unit: 'share' });
		expect(confusion?.rows.get('positive')?.get('negative')).toBe(0.2502362);
	});

	it('gives precision and recall at 0.5 where the curve has the point', () => {
		const curve = {
			thresholds: [0.49, 0.5, 0.51],
			precision: [0.1, 0.2, 0.3],
			recall: [0.9, 0.8, 0.7],
		};
		const evaluation = {
			binary_metrics: [
				{ num_pos: 4, f1: 0.5, concept: { id: 'a' }, precision_recall_curve: curve },
				{ num_pos: 0, f1: 0, roc_auc: 0, concept: { id: 'b' } },
			],
		};

		expect(readEvaluation(evaluation, 'classification').perConcept).toEqual([
			{ concept: 'a', examples: 4, precision: 0.2, recall: 0.8, f1: 0.5, confusedWith: [] },
			{ concept: 'b', examples: 0, f1: 0, rocAuc: 0, confusedWith: [] },
		]);
	});

	it('names concepts as the user does', () => {
		const evaluation = {
			binary_metrics: [{ num_pos: 1, concept: { id: '0', name: 'cat' } }],
			confusion_matrix: {
				matrix: [
					{
						actual: '0',
						predicted: '1',
						value: 0.75,
						actual_concept: { id: '0', name: 'cat' },
						predicted_concept: { id: '1', name: 'dog' },
					},
					{ actual: 'cat', predicted: 'owl', value: 0.25 },
				],
			},
		};

		expect(readEvaluation(evaluation).perConcept[0]).toMatchObject({
			concept: 'cat',
			confusedWith: [
				{ concept: 'dog', share: 0.75 },
				{ concept: 'owl', share: 0.25 },
			],
		});
	});

	it('has 0 for a value, and no mAP', () => {
		expect(readEvaluation({ summary: zeros }, 'classification').metrics).toEqual({
			macroF1: 0,
			macroPrecision: 0,
			macroRecall: 0,
			rocAuc: 0,
		});
	});
});

describe("a detector's evaluation", () => {
	it.each([['detection'], ['classification'], [undefined]] as const)(
		'gives mAP and no macro value of 0, where %s was expected',
		(expected) => {
			expect(readEvaluation(detector, expected)).toEqual({
				kind: 'detection',
				metrics: { map50: 1, map: 0.9453125 },
				perConcept: [],
			});
		},
	);

	it('without mAP has no value', () => {
		expect(readEvaluation({ summary: zeros }, 'detection').metrics).toEqual({});
	});

	it('gives each concept at an overlap of 0.5 and for regions of every size', () => {
		const concept = { id: 'car' };
		const evaluation = {
			summary: { ...zeros, mean_avg_precision_iou_50: 0.5 },
			binary_metrics: [{ num_pos: 9, concept: { id: 'other' } }],
			metrics_by_class: [
				{ concept, num_tot: 8, f1: 0, roc_auc: 0, avg_precision: 0.1, area_name: 'all', iou: 0.55 },
				{
					concept,
					num_tot: 8,
					f1: 0,
					roc_auc: 0,
					avg_precision: 0.75,
					area_name: 'all',
					iou: 0.5,
					precision_recall_curve: { thresholds: [0.5], precision: [0.9], recall: [0.6] },
				},
				{ concept, num_tot: 3, avg_precision: 0.2, area_name: 'small', iou: 0.5 },
				{ concept: { id: 'bus' }, num_tot: 2, f1: 0, area_name: 'all', iou: 0.5 },
				{ concept: { id: 'van' }, num_tot: 0, f1: 0, area_name: 'all', iou: 0.5 },
			],
		};

		expect(readEvaluation(evaluation, 'detection').perConcept).toEqual([
			{ concept: 'bus', examples: 2, averagePrecision: 0, confusedWith: [] },
			{
				concept: 'car',
				examples: 8,
				precision: 0.9,
				recall: 0.6,
				averagePrecision: 0.75,
				confusedWith: [],
			},
			{ concept: 'van', examples: 0, confusedWith: [] },
		]);
	});
});

describe('an evaluation of an unknown kind', () => {
	it('is told by its summary', () => {
		expect(readEvaluation(classifier).kind).toBe('classification');
		expect(readEvaluation(classifier).metrics).toHaveProperty('macroF1', 0.8809524);
	});

	it.each([
		['nothing but zeros', { summary: zeros }],
		['no summary', {}],
		['nothing at all', undefined],
		[
			'something else',
			{ summary: 'soon', binary_metrics: 3, confusion_matrix: { matrix: [null] } },
		],
	])('with %s has no value', (_what, evaluation) => {
		expect(readEvaluation(evaluation)).toEqual({ metrics: {}, perConcept: [] });
	});

	it('of a kind without named metrics has what is above 0', () => {
		const { kind, metrics } = readEvaluation(
			{ summary: { ...zeros, macro_avg_f1_score: 0.5 } },
			'segmentation',
		);

		expect(kind).toBe('segmentation');
		expect(metrics).toEqual({ macroF1: 0.5 });
	});
});
