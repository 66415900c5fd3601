import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	classifierMetrics,
	type LabelledExample,
} from '../../../nodes/ClarifaiEvaluateModel/classifierMetrics.ts';

/** Made by data/expectations.py with scikit-learn. */
interface Stored {
	name: string;
	concepts: string[];
	actual: number[][];
	values: Array<Array<number | null>>;
	expected: {
		labelling: string;
		labels: string[];
		accuracy: number;
		macroPrecision: number;
		macroRecall: number;
		macroF1: number;
		precision: number[];
		recall: number[];
		f1: number[];
		examples: number[];
		confusion?: number[][];
		rocAuc?: number;
		rocAucs?: Record<string, number>;
	};
}

const stored = JSON.parse(
	readFileSync(join(__dirname, 'data', 'classifiers.json'), 'utf8'),
) as Stored[];

const examplesOf = ({ concepts, actual, values }: Stored): LabelledExample[] =>
	actual.map((labels, row) => ({
		actual: labels.map((index) => concepts[index]),
		predicted: concepts.flatMap((concept, index) => {
			const value = values[row][index];
			return value === null ? [] : [{ concept, value }];
		}),
	}));

/** As good as exact: the order of a sum may differ. */
const close = (value: unknown) => expect.closeTo(value as number, 12) as number;

describe.each(stored)('as scikit-learn: $name', (example) => {
	const { expected } = example;
	const result = classifierMetrics(examplesOf(example));

	it('labels', () => {
		expect(result.labelling).toBe(expected.labelling);
		expect(result.perConcept.map(({ concept }) => concept)).toEqual(expected.labels);
	});

	it('the metrics', () => {
		expect(result.metrics).toEqual({
			accuracy: close(expected.accuracy),
			macroF1: close(expected.macroF1),
			macroPrecision: close(expected.macroPrecision),
			macroRecall: close(expected.macroRecall),
			...(expected.rocAuc === undefined ? {} : { rocAuc: close(expected.rocAuc) }),
		});
	});

	it('each concept', () => {
		expect(result.perConcept).toEqual(
			expected.labels.map((concept, index) => {
				const area = expected.rocAucs?.[concept];
				return {
					concept,
					examples: expected.examples[index],
					precision: close(expected.precision[index]),
					recall: close(expected.recall[index]),
					f1: close(expected.f1[index]),
					...(area === undefined ? {} : { rocAuc: close(area) }),
					confusedWith: expect.any(Array) as unknown,
				};
			}),
		);
	});

	if (expected.confusion) {
		it('the confusion matrix', () => {
			const { concepts, rows, unit } = result.confusion!;

			expect(unit).toBe('count');
			expect(concepts).toEqual(expected.labels);
			expect(
				concepts.map((actual) =>
					concepts.map((predicted) => rows.get(actual)?.get(predicted) ?? 0),
				),
			).toEqual(expected.confusion);
		});
	}

	it('does not depend on the order of inputs, labels and predictions', () => {
		const turned = examplesOf(example)
			.reverse()
			.map(({ actual, predicted }) => ({
				actual: [...actual].reverse(),
				predicted: [...predicted].reverse(),
			}));
		const { perConcept } = classifierMetrics(turned);

		expect(perConcept).toEqual(result.perConcept);
	});
});

describe('what a concept is confused with', () => {
	const seen = (actual: string, predicted: string): LabelledExample => ({
		actual: [actual],
		predicted: [{ concept: predicted, value: 0.9 }],
	});
	const confusedWith = (examples: LabelledExample[], concept: string) =>
		classifierMetrics(examples).perConcept.find((entry) => entry.concept === concept)?.confusedWith;

	it('is the three most frequent, with counts and shares of its own examples', () => {
		const examples = [
			...['cat', 'cat', 'cat', 'dog', 'dog', 'fox', 'fox', 'owl', 'bee'].map((predicted) =>
				seen('cat', predicted),
			),
			seen('cat', 'dog'),
			seen('dog', 'cat'),
		];

		expect(confusedWith(examples, 'cat')).toEqual([
			{ concept: 'dog', count: 3, share: 0.3 },
			{ concept: 'fox', count: 2, share: 0.2 },
			{ concept: 'bee', count: 1, share: 0.1 },
		]);
		expect(confusedWith(examples, 'dog')).toEqual([{ concept: 'cat', count: 1, share: 1 }]);
		expect(confusedWith(examples, 'owl')).toEqual([]);
	});

	it('counts one among very many', () => {
		const examples = [...Array<string>(30_000).fill('cat'), 'dog'].map((name) => seen('cat', name));

		expect(confusedWith(examples, 'cat')).toMatchObject([{ concept: 'dog', count: 1 }]);
	});

	it('of several labels, is what was predicted wrongly where it was missed', () => {
		const examples = [
			{
				actual: ['boat', 'sea'],
				predicted: [
					{ concept: 'sea', value: 0.8 },
					{ concept: 'sky', value: 0.7 },
				],
			},
			{ actual: ['boat'], predicted: [{ concept: 'boat', value: 0.9 }] },
		];

		expect(confusedWith(examples, 'boat')).toEqual([{ concept: 'sky', count: 1, share: 0.5 }]);
		// It was found, so the sky is no confusion of its.
		expect(confusedWith(examples, 'sea')).toEqual([]);
	});

	it('is nothing where nothing was predicted', () => {
		expect(confusedWith([{ actual: ['cat'], predicted: [] }], 'cat')).toEqual([]);
	});
});

describe('what is not known', () => {
	it('without inputs is everything', () => {
		expect(classifierMetrics([])).toMatchObject({ metrics: {}, perConcept: [] });
	});

	it('is no ROC AUC where one prediction lacks one concept', () => {
		const examples: LabelledExample[] = [
			{ actual: ['a'], predicted: [{ concept: 'a', value: 0.9 }] },
			{
				actual: ['b'],
				predicted: [
					{ concept: 'a', value: 0.2 },
					{ concept: 'b', value: 0.7 },
				],
			},
		];

		expect(classifierMetrics(examples).metrics).not.toHaveProperty('rocAuc');
	});
});

it('takes the higher value of a concept that is predicted twice', () => {
	const [entry] = classifierMetrics([
		{
			actual: ['a'],
			predicted: [
				{ concept: 'a', value: 0.8 },
				{ concept: 'b', value: 0.5 },
				{ concept: 'a', value: 0.1 },
			],
		},
	]).perConcept;

	expect(entry).toMatchObject({ concept: 'a', recall: 1 });
});
