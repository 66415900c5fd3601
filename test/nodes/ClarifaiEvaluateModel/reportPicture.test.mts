import {
	classifierMetrics,
	type LabelledExample,
} from '../../../nodes/ClarifaiEvaluateModel/classifierMetrics.ts';
import {
	BAD,
	GOOD,
	NEW,
	OTHER,
	WRONG,
	tint,
} from '../../../nodes/ClarifaiEvaluateModel/picture/colors.ts';
import { reportPicture, type Report } from '../../../nodes/ClarifaiEvaluateModel/reportPicture.ts';
import { readPng } from './readPng.mts';

/** `right` of every ten examples are found; the others are taken for the next concept. */
function resultOf(concepts: string[], right: number) {
	const examples = concepts.flatMap((concept, index) =>
		Array.from({ length: 10 }, (_, i): LabelledExample => {
			const other = concepts[(index + 1) % concepts.length];
			return {
				actual: [concept],
				predicted: [{ concept: i < right ? concept : other, value: 0.9 }],
			};
		}),
	);
	return classifierMetrics(examples);
}

const CONCEPTS = ['bird', 'cat', 'dog'];

function report(changes: Partial<Report> = {}): Report {
	return {
		modelId: 'pets',
		modelVersionId: '3ad2c152232e46ebb16ed31f67dc54d8',
		metric: 'macroF1',
		value: 0.9,
		verdict: { passed: true, reason: 'Macro F1: 0.9000, with no version to compare it with' },
		result: resultOf(CONCEPTS, 9),
		...changes,
	};
}

const pictureOf = (changes: Partial<Report> = {}) => readPng(reportPicture(report(changes)).data);
const live = { name: 'the live version', perConcept: resultOf(CONCEPTS, 6).perConcept };

it('is a PNG with a name that says of which version', () => {
	const { mimeType, fileName } = reportPicture(report());

	expect(mimeType).toBe('image/png');
	expect(fileName).toBe('evaluation-pets-3ad2c152.png');
	expect(reportPicture(report({ modelId: '../a b' })).fileName).toBe(
		'evaluation-.._a_b-3ad2c152.png',
	);
});

it('is the same for the same result', () => {
	expect(reportPicture(report({ baseline: live }))).toEqual(
		reportPicture(report({ baseline: live })),
	);
});

it('is opaque and edged, so that it stands on a light and on a dark ground', () => {
	const picture = pictureOf();

	expect(picture.at(10, 10)).toBe(0xffffff);
	expect(picture.at(0, 0)).toBe(0xe5e7eb);
});

it('says in green that a version passed, in red that it did not', () => {
	const passed = pictureOf();
	const failed = pictureOf({ verdict: { passed: false, reason: 'It is not better' } });

	expect(passed.count(GOOD)).toBeGreaterThan(1000);
	expect(passed.count(BAD)).toBe(0);
	expect(failed.count(BAD)).toBeGreaterThan(1000);
	expect(failed.count(GOOD)).toBe(0);
});

it('draws the live version beside, as long as its values', () => {
	expect(pictureOf().count(OTHER)).toBe(0);
	const lower = pictureOf({ baseline: live }).count(OTHER);
	const higher = pictureOf({
		baseline: { ...live, perConcept: resultOf(CONCEPTS, 9).perConcept },
	}).count(OTHER);

	expect(lower).toBeGreaterThan(100);
	// F1 of 0.6 and of 0.9, and the sign in the legend.
	expect(higher / lower).toBeGreaterThan(1.3);
	expect(higher / lower).toBeLessThan(1.5);
});

it('draws the confusions in cells, where there are any', () => {
	const confused = tint(WRONG, 0.1);

	expect(pictureOf().count(confused)).toBeGreaterThan(3 * 800);
	expect(pictureOf({ result: resultOf(CONCEPTS, 10) }).count(confused)).toBe(0);
});

it('has no cells without a matrix', () => {
	const { confusion, ...result } = resultOf(CONCEPTS, 9);

	expect(confusion).toBeDefined();
	expect(pictureOf({ result }).count(tint(WRONG, 0.1))).toBe(0);
	expect(pictureOf({ result }).count(NEW)).toBeGreaterThan(1000);
});

it('is bounded, however many concepts there are and however long their names', () => {
	const names = (count: number) =>
		Array.from({ length: count }, (_, i) => `${i}-${'long-'.repeat(100)}`);
	for (const count of [20, 21, 1000]) {
		const result = resultOf(names(count), 7);
		const baseline = { name: 'live '.repeat(200), perConcept: result.perConcept };
		const { data } = reportPicture(
			report({ result, baseline, modelId: 'model-'.repeat(50), value: undefined }),
		);
		const { width, height } = readPng(data);

		expect(width).toBeLessThanOrEqual(1700);
		expect(height).toBeLessThanOrEqual(1100);
		expect(data.length).toBeLessThan(200_000);
	}
});

it('is a heading alone where nothing is known of the concepts', () => {
	const picture = pictureOf({ result: { metrics: { macroF1: 0.9 }, perConcept: [] } });

	expect(picture.height).toBeLessThan(200);
	expect(picture.count(GOOD)).toBeGreaterThan(1000);
});

it('draws no bar for 0, nor for what is not known', () => {
	const barOf = (f1: number | undefined) => {
		const perConcept = [
			{ concept: 'bird', ...(f1 === undefined ? {} : { f1 }), confusedWith: [] },
			{ concept: 'cat', f1: 0.5, examples: 0, confusedWith: [] },
		];
		return pictureOf({ result: { metrics: {}, perConcept } }).count(NEW);
	};

	expect(barOf(0)).toBe(barOf(undefined));
	expect(barOf(0.5)).toBeGreaterThan(barOf(0) + 1000);
});

it('shows every name and number', () => {
	const data = (changes: Partial<Report>) =>
		Buffer.from(reportPicture(report(changes)).data).toString('base64');
	const variants = [
		{},
		{ modelId: 'pet' },
		{ modelVersionId: '4ad2c152232e46ebb16ed31f67dc54d8' },
		{ metric: 'accuracy' as const },
		{ value: 0.8 },
		{ verdict: { passed: true, reason: 'It is better' } },
		{ result: resultOf(['bird', 'cat', 'fox'], 9) },
		{ result: resultOf(CONCEPTS, 8) },
		{ baseline: live },
		{ baseline: { ...live, name: 'version 3ad2c152' } },
	].map(data);

	expect(new Set(variants).size).toBe(variants.length);
});
