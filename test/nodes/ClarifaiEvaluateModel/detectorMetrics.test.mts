import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { overlap, type Box } from '../../../nodes/ClarifaiEvaluateModel/boxes.ts';
import {
	detectorMetrics,
	type LabelledRegions,
} from '../../../nodes/ClarifaiEvaluateModel/detectorMetrics.ts';

type Edges = [top: number, left: number, bottom: number, right: number];

/** Made by data/expectations.py with pycocotools; boxes are in 64ths. */
interface Stored {
	name: string;
	images: Array<{
		actual: Array<[concept: string, ...Edges]>;
		predicted: Array<[concept: string, value: number, ...Edges]>;
	}>;
	expected: {
		map: number;
		map50: number;
		missed: Record<string, number>;
		averagePrecision: Record<string, number>;
	};
}

const stored = JSON.parse(
	readFileSync(join(__dirname, 'data', 'detectors.json'), 'utf8'),
) as Stored[];

const box = (...[top, left, bottom, right]: Edges): Box => ({
	top: top / 64,
	left: left / 64,
	bottom: bottom / 64,
	right: right / 64,
});

const examplesOf = ({ images }: Stored): LabelledRegions[] =>
	images.map(({ actual, predicted }) => ({
		actual: actual.map(([concept, ...edges]) => ({ concept, box: box(...edges) })),
		predicted: predicted.map(([concept, value, ...edges]) => ({
			concept,
			value,
			box: box(...edges),
		})),
	}));

const close = (value: number) => expect.closeTo(value, 12) as number;

describe.each(stored)('as pycocotools: $name', (example) => {
	const { expected } = example;
	const { metrics, perConcept } = detectorMetrics(examplesOf(example));

	it('mean average precision', () => {
		expect(metrics).toEqual({ map50: close(expected.map50), map: close(expected.map) });
	});

	it('each concept', () => {
		const concepts = Object.keys(expected.missed);

		expect(perConcept.map(({ concept }) => concept)).toEqual(concepts);
		for (const entry of perConcept) {
			const precision = expected.averagePrecision[entry.concept] as number | undefined;
			expect(entry.missed).toBe(expected.missed[entry.concept]);
			if (precision === undefined) expect(entry).not.toHaveProperty('averagePrecision');
			else expect(entry.averagePrecision).toEqual(close(precision));
		}
	});
});

describe('a concept', () => {
	const cat = (...edges: Edges) => ({ concept: 'cat', box: box(...edges) });
	const [left, right] = [cat(0, 0, 16, 16), cat(0, 32, 16, 48)];

	it('has its labels counted, the missed ones, and predictions of the same label', () => {
		const examples: LabelledRegions[] = [
			{
				actual: [left, right],
				predicted: [
					{ ...left, value: 0.7 },
					{ ...cat(0, 0, 16, 15), value: 0.9 },
					// Hardly on the label, so no duplicate.
					{ ...cat(12, 0, 28, 16), value: 0.8 },
				],
			},
			{ actual: [left], predicted: [{ ...left, concept: 'dog', value: 0.9 }] },
		];

		expect(detectorMetrics(examples).perConcept).toEqual([
			{
				concept: 'cat',
				examples: 3,
				averagePrecision: close(34 / 101),
				missed: 2,
				duplicates: 1,
				confusedWith: [],
			},
			{ concept: 'dog', examples: 0, missed: 0, duplicates: 0, confusedWith: [] },
		]);
	});

	it('has no mean where nothing is labelled', () => {
		expect(detectorMetrics([{ actual: [], predicted: [{ ...left, value: 0.9 }] }]).metrics).toEqual(
			{},
		);
		expect(detectorMetrics([])).toEqual({ metrics: {}, perConcept: [] });
	});
});

describe('the overlap', () => {
	it.each([
		['of the same box', box(0, 0, 32, 32), box(0, 0, 32, 32), 1],
		['of the half of a box', box(0, 0, 32, 32), box(0, 0, 16, 32), 0.5],
		['of boxes that touch', box(0, 0, 32, 32), box(0, 32, 32, 64), 0],
		['of boxes apart', box(0, 0, 8, 8), box(16, 16, 32, 32), 0],
		['of a box without size', box(8, 8, 8, 8), box(0, 0, 16, 16), 0],
	])('%s', (_what, a, b, expected) => {
		expect(overlap(a, b)).toBe(expected);
		expect(overlap(b, a)).toBe(expected);
	});
});
