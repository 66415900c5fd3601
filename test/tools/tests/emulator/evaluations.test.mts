import { addDatasetVersion } from '../../emulator/datasetState.mts';
import { DEMO } from '../../emulator/emulator.mts';
import type { GivenInput } from '../../emulator/givenInputs.mts';
import type { Message } from '../../emulator/message.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';
import { png, region } from './labelledData.mts';
import { missingFrom, sample } from './samples.mts';

const clarifai = useEmulator({ evaluationSeconds: 100 });

const DATASET = 'held-out';
const CONCEPTS = ['cat', 'dog'];

/** So many inputs of each of two concepts, in a dataset for evaluations. */
function addHeldOut(perConcept = 20) {
	const inputs = CONCEPTS.flatMap((concept) =>
		Array.from({ length: perConcept }, (_none, index) => ({
			id: `${concept}-${index}`,
			base64: png(`${concept}-${index}`),
			concepts: [concept],
		})),
	);
	addTruth(inputs);
}

/** A dataset version of these inputs, the only ones of the app. */
function addTruth(inputs: GivenInput[]) {
	const app = clarifai.emulator.app();
	app.inputs.clear();
	app.datasets.delete(DATASET);
	clarifai.emulator.addLabelledInputs(DATASET, inputs);
	addDatasetVersion(app, app.datasets.get(DATASET)!, { id: 'v1' }, { seconds: 0 });
}

const addVersion = (fields: Message = {}) =>
	clarifai.emulator.addTrainedVersion('m', {
		output_info: { data: { concepts: CONCEPTS.map((id) => ({ id })) } },
		...fields,
	}).message.id as string;

const request = (versionId: string, fields: Message = {}) => ({
	id: 'e',
	model: { id: 'm', model_version: { id: versionId } },
	ground_truth_dataset: { id: DATASET, version: { id: 'v1' } },
	...fields,
});

const evaluate = (versionId: string, fields: Message = {}) =>
	clarifai.client.post('/evaluations', { eval_metrics: [request(versionId, fields)] });

const look = async (query = '', id = 'e') =>
	(await clarifai.client.get(`/evaluations/${id}${query}`)).json.eval_metrics as Message;

const finish = () => clarifai.emulator.clock.advance(100_000);

const ALL_FIELDS = `?${[
	'confusion_matrix',
	'cooccurrence_matrix',
	'label_counts',
	'binary_metrics',
	'test_set',
	'metrics_by_area',
	'metrics_by_class',
]
	.map((field) => `fields.${field}=true`)
	.join('&')}`;

describe('the course of an evaluation', () => {
	beforeEach(() => addHeldOut());

	test('goes from the queue to its summary', async () => {
		const { json } = await evaluate(addVersion(), { eval_info: { params: { use_kfold: false } } });
		expect(missingFrom(json, sample('evaluation-post'))).toEqual([]);
		expect(json.eval_metrics).toMatchObject([{ id: 'e', status: { code: 21303 } }]);
		clarifai.emulator.clock.advance(50_000);
		expect((await look()).status).toMatchObject({ code: 21301, percent_completed: 50 });
		expect((await look()).summary).toBeUndefined();
		finish();
		expect(await look()).toMatchObject({
			status: { code: 21300, description: 'Model was successfully evaluated.' },
			user_id: DEMO.userId,
			app_id: DEMO.appId,
			model: { id: 'm', model_version: { id: expect.any(String) } },
			ground_truth_dataset: { id: DATASET, version: { id: 'v1' } },
			eval_info: { params: { use_kfold: false } },
			summary: { macro_avg_f1_score: 1, macro_std_f1_score: 0 },
		});
	});

	test('gets an ID when none is given, and overwrites one that exists', async () => {
		const versionId = addVersion();
		const { json } = await evaluate(versionId, { id: undefined });
		expect(json.eval_metrics[0].id).toMatch(/^[0-9a-f]{32}$/);
		await evaluate(versionId);
		finish();
		expect((await look()).status.code).toBe(21300);
		await evaluate(versionId);
		expect((await look()).status.code).toBe(21303);
		expect(clarifai.emulator.app().evaluations.size).toBe(2);
	});

	test('is shown by the version too', async () => {
		const versionId = addVersion();
		await evaluate(versionId);
		expect((await clarifai.client.version('m', versionId)).metrics).toEqual({
			status: { code: 21303, description: 'Model is queued for evaluation.' },
		});
		finish();
		expect((await clarifai.client.version('m', versionId)).metrics).toEqual({
			status: { code: 21300, description: 'Model was successfully evaluated.' },
			summary: (await look()).summary,
		});
	});

	test('ends as planned for the ID, the version or the model', async () => {
		const versionId = addVersion();
		clarifai.emulator.planEvaluation('m', { outcome: 21312 });
		clarifai.emulator.planEvaluation(versionId, { outcome: 21310 });
		clarifai.emulator.planEvaluation('mine', { outcome: 21313, details: 'no luck', seconds: 1 });
		for (const id of ['e', 'mine']) await evaluate(versionId, { id });
		await evaluate(addVersion(), { id: 'other' });
		finish();
		const codes = await Promise.all(
			['e', 'mine', 'other'].map(async (id) => (await look('', id)).status.code as number),
		);
		expect(codes).toEqual([21310, 21313, 21312]);
		expect((await look('', 'mine')).status.details).toBe('no luck');
		expect((await look()).summary).toBeUndefined();
	});
});

describe('ground truth', () => {
	test('without a version gets one of what the dataset holds now', async () => {
		addHeldOut();
		await evaluate(addVersion(), { ground_truth_dataset: { id: DATASET } });
		const { version } = (await look()).ground_truth_dataset;
		expect(version.id).toMatch(/^auto-generated-/);
		const { json } = await clarifai.client.get(`/datasets/${DATASET}/versions/${version.id}`);
		expect(json.dataset_version.request_origin).toBe(3);
	});

	test('is as it was when the evaluation was asked for', async () => {
		addHeldOut(5);
		await evaluate(addVersion());
		addHeldOut(10);
		finish();
		expect((await look(ALL_FIELDS)).test_set).toHaveLength(10);
	});

	test('is all of the app when no dataset is named', async () => {
		addHeldOut(5);
		clarifai.emulator.addLabelledInputs('elsewhere', [{ base64: png('x'), concepts: ['cat'] }]);
		await evaluate(addVersion(), { ground_truth_dataset: undefined });
		finish();
		expect((await look(ALL_FIELDS)).test_set).toHaveLength(11);
		expect((await look()).ground_truth_dataset).toBeUndefined();
	});

	test.each<[string, string[], number]>([
		['no labelled inputs', [], 21316],
		['one labelled concept', ['cat'], 21315],
	])('with %s lets the evaluation fail', async (_name, concepts, code) => {
		addTruth(concepts.map((concept) => ({ base64: png(concept), concepts: [concept] })));
		await evaluate(addVersion());
		finish();
		expect((await look()).status.code).toBe(code);
	});

	test('needs as many inputs of each concept as the platform says', async () => {
		await clarifai.restart({ evaluationInputs: 10, evaluationSeconds: 0 });
		addHeldOut(9);
		await evaluate(addVersion());
		expect((await look()).status.code).toBe(21316);
		addHeldOut(10);
		await evaluate(addVersion());
		expect((await look()).status.code).toBe(21300);
	});
});

describe('what is refused', () => {
	test.each<[string, Message, number]>([
		['an unknown model', { model: { id: 'none' } }, 21200],
		['an unknown version', { model: { id: 'm', model_version: { id: 'none' } } }, 21200],
		['an unknown dataset', { ground_truth_dataset: { id: 'none' } }, 11101],
		[
			'an unknown dataset version',
			{ ground_truth_dataset: { id: DATASET, version: { id: 'x' } } },
			11101,
		],
		['a type without evaluation', { model: { id: 'embedder' } }, 21203],
	])('%s', async (_name, fields, code) => {
		addHeldOut();
		clarifai.emulator.addModel('embedder', { model_type_id: 'visual-embedder' });
		clarifai.emulator.addTrainedVersion('embedder');
		expect((await evaluate(addVersion(), fields)).code).toBe(code);
		expect(clarifai.emulator.app().evaluations.size).toBe(0);
	});

	test('a version in training, and an evaluation that does not exist', async () => {
		addHeldOut();
		const inTraining = clarifai.emulator.addTraining('m').message.id as string;
		expect((await evaluate(inTraining)).code).toBe(21102);
		expect(await clarifai.client.get('/evaluations/none')).toMatchObject({
			http: 404,
			code: 11101,
		});
	});

	test('container versions, where the platform does not evaluate them', async () => {
		addHeldOut();
		const versionId = clarifai.emulator.addContainerVersion('m').message.id as string;
		expect((await evaluate(versionId)).code).toBe(10000);
		await clarifai.restart({ evaluatesContainers: false });
		addHeldOut();
		const again = clarifai.emulator.addContainerVersion('m').message.id as string;
		expect((await evaluate(again)).code).toBe(21203);
	});
});

describe('the metrics of a classifier', () => {
	beforeEach(() => addHeldOut());

	test('have the shape of a published evaluation', async () => {
		await evaluate(addVersion({ train_info: { params: { dataset_id: DATASET } } }), {
			eval_info: { params: { dataset_id: DATASET, dataset_version_id: 'v1', use_kfold: true } },
		});
		finish();
		const json = {
			status: { code: 10000, description: 'Ok', req_id: '' },
			eval_metrics: await look(ALL_FIELDS),
		};
		// Texts instead of pictures, and what answers of a model leave out.
		const left = [
			'data.text',
			'output_info',
			'train_info.params.e',
			'train_info.params.dataset_v',
			'metadata',
		];
		expect(missingFrom(json, sample('evaluation-get'), left)).toEqual([]);
	});

	test('agree with what the version predicts', async () => {
		const versionId = addVersion();
		clarifai.emulator.planQuality(versionId, { wrongShare: 0.3 });
		await evaluate(versionId);
		finish();
		const inputs = CONCEPTS.flatMap((concept) =>
			Array.from({ length: 20 }, (_none, index) => ({
				data: { image: { base64: png(`${concept}-${index}`) } },
			})),
		);
		const { json } = await clarifai.client.post('/models/m/outputs', { inputs });
		const tops = json.outputs.map(({ data }: Message) => data.concepts[0].id as string) as string[];
		const rightShare = (concept: string, from: number) =>
			tops.slice(from, from + 20).filter((top) => top === concept).length / 20;
		const metrics = await look(ALL_FIELDS);
		const diagonal = metrics.confusion_matrix.matrix
			.filter(({ predicted, actual }: Message) => predicted === actual)
			.map(({ value }: Message) => value as number);
		expect(diagonal).toEqual([rightShare('cat', 0), rightShare('dog', 20)]);
		expect(metrics.summary.macro_avg_recall).toBeCloseTo((diagonal[0] + diagonal[1]) / 2, 6);
		expect(metrics.summary.macro_avg_recall).toBeLessThan(1);
		const wrong = metrics.test_set.filter(
			({ predicted_concepts, ground_truth_concepts }: Message) =>
				predicted_concepts[0].id !== ground_truth_concepts[0].id,
		);
		expect(wrong).toHaveLength(
			tops.filter((top, index) => top !== CONCEPTS[index < 20 ? 0 : 1]).length,
		);
	});

	test('have shares that add up to one for each actual concept', async () => {
		await evaluate(addVersion());
		finish();
		const { matrix, concept_ids: ids } = (await look(ALL_FIELDS)).confusion_matrix;
		for (const id of ids) {
			const row = matrix.filter(({ actual }: Message) => actual === id);
			const sum = row.reduce((total: number, { value }: Message) => total + value, 0);
			expect(sum).toBeCloseTo(1, 6);
		}
	});

	test('of a pipeline-trained version count by the names of its concepts', async () => {
		const options = { datasetId: DATASET, concepts: CONCEPTS };
		const versionId = clarifai.emulator.addContainerVersion('m', options).message.id as string;
		await evaluate(versionId);
		finish();
		const { summary, binary_metrics: perConcept } = await look(ALL_FIELDS);
		expect(summary.macro_avg_f1_score).toBe(1);
		expect(perConcept.map(({ concept }: Message) => [concept.id, concept.name])).toEqual([
			['0', 'cat'],
			['1', 'dog'],
		]);
	});

	test('only have the summary unless more is asked for', async () => {
		await evaluate(addVersion());
		finish();
		expect(Object.keys(await look()).sort()).toEqual(
			['app_id', 'ground_truth_dataset', 'id', 'model', 'status', 'summary', 'user_id'].sort(),
		);
		expect(await look('?fields.label_counts=true')).toMatchObject({
			label_counts: { positive_label_counts: [{ count: 20 }, { count: 20 }] },
		});
	});
});

describe('the metrics of a detector', () => {
	beforeEach(() => {
		clarifai.emulator.addModel('m', { model_type_id: 'visual-detector' });
		const inputs = Array.from({ length: 20 }, (_none, index) => ({
			id: `i${index}`,
			base64: png(`i${index}`),
			regions: [region('cat', [0.1, 0.1, 0.5, 0.5]), region('dog', [0.6, 0.6, 0.7, 0.7])],
		}));
		addTruth(inputs);
	});

	test('are mean average precisions; the others are zero', async () => {
		await evaluate(addVersion());
		finish();
		const { summary } = await look();
		expect(summary).toMatchObject({
			macro_avg_roc_auc: 0,
			macro_avg_f1_score: 0,
			mean_avg_precision_iou_50: 1,
		});
		expect(summary.mean_avg_precision_iou_range).toBeGreaterThan(0.7);
		expect(summary.mean_avg_precision_iou_range).toBeLessThan(1);
		const json = (await clarifai.client.get('/evaluations/e')).json;
		expect(missingFrom(json, sample('evaluation-detector-summary'))).toEqual([]);
	});

	test('tell a worse version from a better one', async () => {
		const [good, bad] = [addVersion(), addVersion()];
		clarifai.emulator.planQuality(bad, { wrongShare: 0.5 });
		await evaluate(good);
		await evaluate(bad, { id: 'bad' });
		finish();
		const precision = async (id: string) =>
			(await look('', id)).summary.mean_avg_precision_iou_50 as number;
		expect(await precision('bad')).toBeLessThan((await precision('e')) - 0.2);
	});

	test('come by class and by area', async () => {
		await evaluate(addVersion());
		finish();
		const { metrics_by_class: byClass, metrics_by_area: byArea } = await look(ALL_FIELDS);
		const all = byClass.filter(({ area_name: name }: Message) => name === 'all');
		expect(all).toMatchObject([
			{ concept: { id: 'cat' }, avg_precision: 1, num_pos: 20, iou: 0.5 },
			{ concept: { id: 'dog' }, avg_precision: 1, num_pos: 20, iou: 0.5 },
		]);
		expect(byArea.map(({ area_name: name }: Message) => name as string)).toContain('large');
	});

	test('have a test set of regions', async () => {
		await evaluate(addVersion());
		finish();
		const { test_set: entries } = await look(ALL_FIELDS);
		expect(entries).toHaveLength(40);
		expect(entries[0]).toMatchObject({
			input: { id: 'i0' },
			predicted_annotation: { data: { regions: [{}] } },
			ground_truth_annotation: { data: { regions: [{}] } },
			ground_truth_concepts: [{ id: 'cat' }],
		});
	});
});

describe('the list', () => {
	/** An empty list is left out of the answer, as the proto says. */
	const list = async (query = ''): Promise<string[]> => {
		const { json } = await clarifai.client.get(`/evaluations${query}`);
		return (json.eval_metrics ?? []).map(({ id }: Message) => id as string);
	};

	beforeEach(async () => {
		addHeldOut();
		clarifai.emulator.addDataset('training');
		const shares = { good: 0, worst: 0.6, middle: 0.3 };
		for (const [id, wrongShare] of Object.entries(shares)) {
			const versionId = addVersion({ train_info: { params: { dataset_id: 'training' } } });
			clarifai.emulator.planQuality(versionId, { wrongShare });
			await evaluate(versionId, { id });
			clarifai.emulator.clock.advance(1000);
		}
	});

	test('has the newest first, and sorts by quality', async () => {
		finish();
		expect(await list()).toEqual(['middle', 'worst', 'good']);
		expect(await list('?sort_by_f1=true')).toEqual(['good', 'middle', 'worst']);
		expect(await list('?sort_by_recall=true&sort_ascending=true')).toEqual([
			'worst',
			'middle',
			'good',
		]);
		expect(await list('?sort_by_f1=true&per_page=1&page=2')).toEqual(['middle']);
	});

	test('is filtered', async () => {
		finish();
		expect(await list('?model_type_id=visual-detector')).toEqual([]);
		expect(await list(`?eval_dataset_ids=${DATASET}`)).toHaveLength(3);
		expect(await list('?eval_dataset_ids=other')).toEqual([]);
		expect(await list('?train_dataset_ids=training')).toHaveLength(3);
		expect(await list('?train_dataset_ids=other')).toEqual([]);
		expect(await list('?concept_ids=cat')).toHaveLength(3);
		expect(await list('?concept_ids=cat&concept_ids=none')).toEqual([]);
	});

	test('hides failed ones unless they are asked for', async () => {
		clarifai.emulator.planEvaluation('failed', { outcome: 21317 });
		await evaluate(addVersion(), { id: 'failed' });
		finish();
		expect(await list()).not.toContain('failed');
		expect(await list('?show_failed_metrics=true')).toContain('failed');
	});

	test('comes for all apps of a user', async () => {
		const { json } = await clarifai.client.get(`/v2/users/${DEMO.userId}/evaluations`);
		expect(json.eval_metrics).toHaveLength(3);
	});
});

describe('the older forms', () => {
	let version: string;

	beforeEach(() => {
		addHeldOut();
		version = `/models/m/versions/${addVersion()}`;
	});

	test('metrics of a version, of all data of the app', async () => {
		const { json } = await clarifai.client.post(`${version}/metrics`, {});
		expect(missingFrom(json, sample('model-version-metrics-queued'))).toEqual([]);
		finish();
		const shown = await clarifai.client.get(`${version}/metrics?fields.label_counts=true`);
		expect(shown.json.model_version.metrics).toMatchObject({
			status: { code: 21300 },
			summary: { macro_avg_f1_score: 1 },
			label_counts: { positive_label_counts: [{ count: 20 }, { count: 20 }] },
		});
	});

	test('metrics of a version, of a dataset in the parameters', async () => {
		const eval_info = { params: { dataset_id: DATASET, dataset_version_id: 'v1' } };
		await clarifai.client.post(`${version}/metrics`, { eval_info });
		const [evaluation] = [...clarifai.emulator.app().evaluations.values()];
		expect(evaluation!.truth.dataset).toMatchObject({ id: DATASET, version: { id: 'v1' } });
	});

	test('evaluations of a version', async () => {
		await clarifai.client.post(`${version}/evaluations`, {
			eval_metrics: [{ id: 'a' }, { id: 'b' }],
		});
		finish();
		const { json } = await clarifai.client.get(`${version}/evaluations`);
		expect(json.eval_metrics.map(({ id }: Message) => id as string)).toEqual(['b', 'a']);
		const one = await clarifai.client.get(`${version}/evaluations/a?fields.test_set=true`);
		expect(one.json.eval_metrics).toMatchObject({ id: 'a', summary: { macro_avg_recall: 1 } });
		expect(one.json.eval_metrics.test_set).toHaveLength(40);
		expect((await clarifai.client.get(`${version}/evaluations/none`)).code).toBe(11101);
	});
});
