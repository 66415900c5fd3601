import type { ConceptResult } from '../../../../nodes/ClarifaiEvaluateModel/evaluationResult.ts';
import { conceptRows } from '../../../../nodes/ClarifaiEvaluateModel/picture/conceptRows.ts';

const concepts = (count: number): ConceptResult[] =>
	Array.from({ length: count }, (_, i) => ({
		concept: `c${String(i).padStart(4, '0')}`,
		examples: 10 + i,
		f1: 1 - i / 2000,
		confusedWith: [],
	}));
const confusion = { concepts: [], unit: 'count' as const, rows: new Map() };

it('shows up to twenty concepts in their order, with the matrix', () => {
	const table = conceptRows({ metrics: {}, perConcept: concepts(20), confusion });

	expect(table.title).toBe('F1');
	expect(table.matrix).toBe(confusion);
	expect(table.rows).toHaveLength(20);
	expect(table.rows[3]).toEqual({
		concept: 'c0003',
		name: 'c0003',
		examples: 13,
		value: 0.9985,
		otherValue: undefined,
	});
});

it('shows the lowest of more, without a matrix', () => {
	const table = conceptRows({ metrics: {}, perConcept: concepts(1000), confusion });

	expect(table.title).toBe('F1: the 20 lowest of 1,000 concepts');
	expect(table).not.toHaveProperty('matrix');
	expect(table.rows.map(({ concept }) => concept)).toEqual(
		concepts(1000)
			.reverse()
			.slice(0, 20)
			.map(({ concept }) => concept),
	);
});

it('puts the other version beside, concept by concept', () => {
	const other = { name: 'the live version', perConcept: concepts(2) };
	const { rows, comparedWith } = conceptRows({ metrics: {}, perConcept: concepts(3) }, other);

	expect(comparedWith).toBe('the live version');
	expect(rows.map(({ otherValue }) => otherValue)).toEqual([1, 0.9995, undefined]);
});

it('leaves the other version out where nothing is known of it', () => {
	const other = { name: 'the live version', perConcept: [] };

	expect(conceptRows({ metrics: {}, perConcept: concepts(3) }, other)).not.toHaveProperty(
		'comparedWith',
	);
});

it('shows the average precision of detectors', () => {
	const perConcept = [{ concept: 'car', averagePrecision: 0.5, confusedWith: [] }];
	const { title, rows } = conceptRows({ metrics: {}, perConcept });

	expect(title).toBe('Average precision at IoU 0.5');
	expect(rows[0].value).toBe(0.5);
});

it('names concepts of other scripts by their place', () => {
	const perConcept = ['bird', '猫'].map((concept) => ({ concept, f1: 1, confusedWith: [] }));

	expect(conceptRows({ metrics: {}, perConcept }).rows.map(({ name }) => name)).toEqual([
		'bird',
		'concept 2',
	]);
});
