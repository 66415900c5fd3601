import { evaluationKindOf } from '../../../nodes/ClarifaiEvaluateModel/evaluationKind.ts';
import {
	automaticMetric,
	metricLabel,
	METRICS,
} from '../../../nodes/ClarifaiEvaluateModel/metricNames.ts';
import { loadProtos } from '../../tools/emulator/protos.mts';

describe('the kind of evaluation', () => {
	it.each([
		[{ id: 'visual-classifier', evaluation_type: 1 }, 'classification'],
		[{ id: 'visual-classifier', evaluation_type: 2 }, 'detection'],
		[{ evaluation_type: 'Segmentation' }, 'segmentation'],
		[{ evaluation_type: 6 }, 'generation'],
	])('is what the model type %j says', (modelType, kind) => {
		expect(evaluationKindOf(modelType, 'visual-classifier')).toBe(kind);
	});

	it("knows Clarifai's kinds by number and by name", () => {
		const { values } = loadProtos().root.lookupEnum('clarifai.api.EvaluationType');

		for (const [name, number] of Object.entries(values)) {
			const kind = number === 0 ? undefined : name.toLowerCase();
			expect(evaluationKindOf({ evaluation_type: number })).toBe(kind);
			expect(evaluationKindOf({ evaluation_type: name })).toBe(kind);
		}
	});

	it.each([
		['visual-classifier', 'classification'],
		['text-classifier', 'classification'],
		['embedding-classifier', 'classification'],
		['visual-detector', 'detection'],
		['visual-segmenter', 'segmentation'],
		['visual-embedder', 'clustering'],
		['centroid-tracker', 'tracker'],
		['text-to-text', undefined],
		['', undefined],
		[undefined, undefined],
	])('by the model type ID %s is %s', (modelTypeId, kind) => {
		for (const modelType of [undefined, {}, { evaluation_type: 0 }, { evaluation_type: 99 }])
			expect(evaluationKindOf(modelType, modelTypeId)).toBe(kind);
	});
});

describe('the metric that is meant by auto', () => {
	it.each([
		['classification', 'macroF1'],
		['detection', 'map50'],
		['segmentation', undefined],
		[undefined, undefined],
	] as const)('of %s is %s', (kind, metric) => {
		expect(automaticMetric(kind)).toBe(metric);
	});
});

describe('the list of metrics', () => {
	it('is in the order of the names, as n8n wants it', () => {
		const names = METRICS.map(({ name }) => name);

		expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
	});

	it('has a label for each value', () => {
		expect(METRICS.map(({ value }) => metricLabel(value))).toEqual(METRICS.map(({ name }) => name));
	});
});
