import type { INodeListSearchItems, INodeParameters } from 'n8n-workflow';
import { addDatasetVersion } from '../../../tools/emulator/datasetState.mts';
import { callsOf, DEMO, locate, setUp, type SetUp } from '../../setup.mts';

const MODEL = 'clarifaiCreateModel';
const TRAIN = 'clarifaiTrain';
const WORKFLOW = 'clarifaiCreateWorkflow';
const DEFAULT = 'clarifaiUpdateDefaultWorkflow';

let clarifai: SetUp;

beforeEach(async () => {
	clarifai = await setUp();
});

const lists = (type: string, parameters: INodeParameters = {}, json?: object) =>
	clarifai.engine.loadOptions(type, parameters, json && { json: json as never });

const values = ({ results }: { results: INodeListSearchItems[] }) =>
	results.map(({ value }) => value);

describe('the list of model types', () => {
	it('has the creatable types, the six of deep fine-tuning first', async () => {
		const { emulator } = clarifai;
		emulator.addModelType({
			id: 'made-inside',
			title: 'AAA',
			creatable: true,
			internal_only: true,
		});
		emulator.addModelType({ id: 'given', title: 'AAB', trainable: true });
		emulator.addModelType({ id: 'untitled', creatable: true, description: 'Something new' });

		const found = await lists(MODEL).listSearch('searchModelTypes');

		expect(found.results.slice(0, 6).map(({ value }) => value)).toEqual([
			'text-classifier',
			'visual-anomaly-heatmap',
			'visual-classifier',
			'visual-detector',
			'visual-embedder',
			'visual-segmenter',
		]);
		expect(values(found).slice(6)).toEqual([
			'clusterer',
			'text-to-text',
			'embedding-classifier',
			'untitled',
		]);
		expect(found.results).toContainEqual(
			expect.objectContaining({ name: 'Visual Classifier (visual-classifier)' }),
		);
		expect(found.results.at(-1)).toEqual({
			name: 'untitled, no training templates here',
			value: 'untitled',
			description: 'Something new',
		});
		expect(found.paginationToken).toBeUndefined();
	});

	it.each([
		['DETECT', ['visual-detector']],
		['Transfer', ['embedding-classifier']],
		['  ', 9],
		['nothing like it', []],
	])('searches IDs and titles for "%s"', async (filter, expected) => {
		const found = await lists('clarifaiListTemplates').listSearch('searchModelTypes', filter);

		if (typeof expected === 'number') expect(found.results).toHaveLength(expected);
		else expect(values(found)).toEqual(expected);
	});

	it('has pages of 50', async () => {
		const { emulator } = clarifai;
		for (let n = 0; n < 60; n++) emulator.addModelType({ id: `type-${n}`, creatable: true });

		const first = await lists(MODEL).listSearch('searchModelTypes');
		const second = await lists(MODEL).listSearch('searchModelTypes', '', first.paginationToken);

		expect([first.results.length, first.paginationToken]).toEqual([50, '2']);
		expect([second.results.length, second.paginationToken]).toEqual([19, undefined]);
		expect(new Set([...values(first), ...values(second)]).size).toBe(69);
	});
});

describe.each([
	['models', WORKFLOW, 'searchModels', 'model'],
	['models', TRAIN, 'searchModels', 'model'],
	['models', 'clarifaiTrainingStatus', 'searchModels', 'model'],
	['models', 'clarifaiTrainingTrigger', 'searchModels', 'model'],
	['workflows', DEFAULT, 'searchWorkflows', 'workflow'],
	['datasets', TRAIN, 'searchDatasets', 'dataset'],
] as const)('the list of %s of %s', (kind, node, method, prefix) => {
	const add = (count: number) => {
		const { emulator } = clarifai;
		if (kind === 'models') return void emulator.addModels(count);
		if (kind === 'workflows') return void emulator.addWorkflows(count);
		emulator.app().datasets.clear();
		for (let n = 1; n <= count; n++) emulator.addDataset(`dataset-${n}`);
	};

	it('has pages of 50, from Clarifai', async () => {
		add(120);

		const pages = [];
		let token: string | undefined;
		do {
			const page = await lists(node).listSearch(method, undefined, token);
			pages.push(page);
			token = page.paginationToken as string | undefined;
		} while (token !== undefined && pages.length < 5);

		expect(pages.map(({ results }) => results.length)).toEqual([50, 50, 20]);
		expect(new Set(pages.flatMap(values)).size).toBe(120);
		expect(clarifai.emulator.requests.map(({ query }) => query)).toEqual([
			{ page: '1', per_page: '50' },
			{ page: '2', per_page: '50' },
			{ page: '3', per_page: '50' },
		]);
	});

	it('is searched by Clarifai', async () => {
		add(12);

		const found = await lists(node).listSearch(method, `${prefix}-12`);

		expect(values(found)).toEqual([`${prefix}-12`]);
		expect(clarifai.emulator.requests).toMatchObject([{ query: { search: `${prefix}-12` } }]);
	});

	it('says why it is empty in an empty app, and nothing of a search that finds nothing', async () => {
		clarifai.emulator.addApp('empty-app');
		const parameters = { options: { appId: 'empty-app', userId: '' } };

		await expect(lists(node, parameters).listSearch(method)).rejects.toMatchObject({
			message: expect.stringMatching(/^The app has no (models|workflows|datasets)\. Clarifai /),
			description: expect.stringMatching(
				/^Clarifai (Create Model|Create Workflow|Add Inputs) makes one/,
			),
		});
		expect(await lists(node, parameters).listSearch(method, 'x')).toEqual({ results: [] });
	});

	it("is that of the app of 'Options'", async () => {
		clarifai.emulator.addApp('other-app');
		const parameters = { options: { appId: 'other-app', userId: '' } };
		add(1);

		const found = await lists(node, parameters).listSearch(method, 'x');

		expect(found.results).toEqual([]);
		expect(clarifai.emulator.requests[0].path).toContain(`/users/${DEMO.userId}/apps/other-app/`);
	});

	it("fails in Clarifai's words", async () => {
		const parameters = { options: { userId: 'somebody', appId: 'gone' } };

		await expect(lists(node, parameters).listSearch(method)).rejects.toMatchObject({
			message: 'Resource does not exist',
			description: expect.stringMatching(
				/App 'gone'|User 'somebody'.*Check 'User ID' and 'App ID'/,
			),
		});
	});
});

describe('the entries', () => {
	it('of models name the type and link to the portal', async () => {
		clarifai.emulator.addModel('cars', { model_type_id: 'visual-detector' });

		const { results } = await lists(WORKFLOW).listSearch('searchModels');

		expect(results).toEqual([
			{
				name: 'cars (visual-detector)',
				value: 'cars',
				url: `https://clarifai.com/${DEMO.userId}/${DEMO.appId}/models/cars`,
			},
		]);
	});

	it('of workflows link to the portal', async () => {
		clarifai.emulator.addWorkflows(1);

		const { results } = await lists(DEFAULT).listSearch('searchWorkflows');

		expect(results).toEqual([
			{
				name: 'workflow-1',
				value: 'workflow-1',
				url: `https://clarifai.com/${DEMO.userId}/${DEMO.appId}/workflows/workflow-1`,
			},
		]);
	});
});

describe('the list of templates', () => {
	const segmenter = ['MMSegmentation_SegFormer', 'MMSegmentation_AdvancedConfig'];

	beforeEach(() => {
		clarifai.emulator.addModel('seg', { model_type_id: 'visual-segmenter' });
		clarifai.emulator.addModel('cls', { model_type_id: 'visual-classifier' });
	});

	const templates = async (parameters: INodeParameters, filter?: string, json?: object) =>
		await lists(TRAIN, parameters, json).listSearch('searchTemplates', filter);

	it.each([
		['picked from the list', locate('list', 'seg'), undefined],
		['given by ID', locate('id', 'seg'), undefined],
		[
			'given by a link',
			locate('url', `https://clarifai.com/${DEMO.userId}/${DEMO.appId}/models/seg`),
			undefined,
		],
		['an expression that resolves', locate('id', '={{ $json.modelId }}'), { modelId: 'seg' }],
	])('has those of the type of a model %s', async (_how, model, json) => {
		const found = await templates({ model }, undefined, json);

		// No pipeline template is for segmenters.
		expect(values(found)).toEqual(segmenter);
		expect(found.results[0].name).toBe('MMSegmentation_SegFormer (Deep Fine-Tuning)');
	});

	it('has the recommended one first, and none that are internal', async () => {
		const found = await templates({ model: locate('list', 'cls') });

		expect(found.results[0]).toEqual({
			name: 'MMClassification_ResNet_50_RSB_A1 (recommended, Deep Fine-Tuning)',
			value: 'MMClassification_ResNet_50_RSB_A1',
			description: expect.stringContaining('ResNet-50'),
		});
		expect(values(found)).toHaveLength(7);
		expect(values(found)).not.toContain('MMClassification_ResNet_50');
		expect(found.results.at(-1)?.name).toBe('classifier-pipeline-resnet (Pipeline Template)');
	});

	it.each([
		['cannot be resolved yet', locate('id', '={{ $json.modelId }}')],
		['does not exist yet', locate('id', 'later')],
		['is empty', locate('list', '')],
	])('has those of every type while the model %s', async (_how, model) => {
		const found = await templates({ model });

		expect(values(found)).toEqual(expect.arrayContaining([...segmenter, 'Anomalib_PatchCore']));
		expect(found.results.map(({ name }) => name)).toContain(
			'MMSegmentation_SegFormer (visual-segmenter, Deep Fine-Tuning)',
		);
	});

	it('has a name that two types have once, with both, for n8n shows one entry of a value', async () => {
		const { results } = await templates({ model: locate('list', '') });

		expect(new Set(results.map(({ value }) => value)).size).toBe(results.length);
		expect(results.map(({ name }) => name)).toContain(
			'Clarifai_InceptionV2 (visual-classifier, visual-detector, Deep Fine-Tuning)',
		);
	});

	it('has a name of either method once, with both', async () => {
		const { pipelineTemplates } = clarifai.emulator.world;
		pipelineTemplates.push({ ...pipelineTemplates[0], name: segmenter[0] });

		const { results } = await templates({ model: locate('list', '') });

		expect(results.filter(({ value }) => value === segmenter[0])).toMatchObject([
			{ name: `${segmenter[0]} (visual-segmenter, Deep Fine-Tuning, Pipeline Template)` },
		]);
	});

	it.each(['', 'cls'])('says of each what it is, under Automatic (model "%s")', async (id) => {
		const { results } = await templates({ model: locate('list', id) });

		const methods = results.map(
			({ name }) => /\b(Deep Fine-Tuning|Pipeline Template)\)$/.exec(name)?.[1],
		);
		expect(methods).not.toContain(undefined);
		expect(new Set(methods).size).toBe(2);
	});

	it('does not say it where the method is chosen', async () => {
		const found = await templates({
			trainingMethod: 'deepFineTuning',
			model: locate('list', 'cls'),
		});

		expect(found.results[0].name).toBe('MMClassification_ResNet_50_RSB_A1 (recommended)');
	});

	it.each([
		['segformer', ['MMSegmentation_SegFormer']],
		['anomaly', ['Anomalib_PatchCore']],
		['nothing like it', []],
	])('searches templates and types for "%s"', async (filter, expected) => {
		const found = await templates({ model: locate('list', '') }, filter);

		expect(values(found)).toEqual(expected);
	});

	it('has those of the platform that fit the type of the model, of either training method', async () => {
		clarifai.emulator.addModel('det', { model_type_id: 'visual-detector' });
		const of = async (trainingMethod: string, modelId: string) =>
			values(await templates({ trainingMethod, model: locate('list', modelId) }));
		const pipelines = ['detector-pipeline-dfine', 'detector-pipeline-yolof'];

		expect(await of('pipelineTemplate', 'det')).toEqual(pipelines);
		await expect(of('pipelineTemplate', 'seg')).rejects.toMatchObject({
			message: expect.stringMatching(/^There are no templates to choose from\. The platform /),
			description:
				'The platform has no templates for Pipeline Template for models of type "visual-segmenter". Clarifai List Templates shows which types have some.',
		});
		expect(await of('deepFineTuning', 'seg')).toEqual(segmenter);
		const both = await of('automatic', 'det');
		expect(both).toEqual(expect.arrayContaining(pipelines));
		expect(both).toEqual(expect.arrayContaining(await of('deepFineTuning', 'det')));
	});

	it('has all pipeline templates while the model is not known', async () => {
		const parameters = { trainingMethod: 'pipelineTemplate', model: locate('list', '') };

		const found = await templates(parameters);
		const searched = await templates(parameters, 'RESNET');

		expect(found.results.map(({ name }) => name)).toEqual([
			'classifier-pipeline-resnet',
			'detector-pipeline-dfine',
			'detector-pipeline-yolof',
		]);
		expect(values(searched)).toEqual(['classifier-pipeline-resnet']);
	});

	it('says so where the type has none', async () => {
		clarifai.emulator.addModel('tl', { model_type_id: 'clusterer' });

		await expect(templates({ model: locate('list', 'tl') })).rejects.toMatchObject({
			message: expect.stringMatching(/^There are no templates to choose from\. The platform /),
			description: expect.stringContaining('for models of type "clusterer"'),
		});
	});

	it('has the templates of a platform that does not know the other method', async () => {
		clarifai.emulator.faults.add({
			kind: 'okWithFailureStatus',
			rpc: 'ListPipelineTemplates',
			code: 10040,
		});

		expect(values(await templates({ model: locate('list', 'seg') }))).toEqual(segmenter);
	});
});

describe('the list of concepts', () => {
	it('has them all, over several pages of the API', async () => {
		const { emulator } = clarifai;
		emulator.addConcepts(2500);

		const concepts = await lists(TRAIN).loadOptions('getConcepts');

		expect(concepts).toHaveLength(2500 + DEMO.concepts.length);
		expect(new Set(concepts.map(({ value }) => value)).size).toBe(concepts.length);
		expect(emulator.requests.slice(0, 3).map(({ query }) => query)).toEqual([
			{ page: '1', per_page: '1000' },
			{ page: '2', per_page: '1000' },
			{ page: '3', per_page: '1000' },
		]);
	});

	it.each([['repeatPage'], ['shrinkPage']] as const)(
		'comes to an end when the server has the fault %s',
		async (kind) => {
			const { emulator } = clarifai;
			emulator.addConcepts(1200);
			emulator.faults.add({ kind });

			const concepts = await lists(TRAIN).loadOptions('getConcepts');

			expect(concepts.length).toBeGreaterThanOrEqual(1000);
			expect(emulator.requests.length).toBeLessThanOrEqual(3);
		},
	);

	it('shows names beside IDs where they differ', async () => {
		const { emulator } = clarifai;
		emulator.app().concepts.clear();
		emulator.addConcepts(['a', 'b', 'c']);
		emulator.app().concepts.get('b')!.name = 'Ferrari';
		delete emulator.app().concepts.get('c')!.name;

		expect(await lists(TRAIN).loadOptions('getConcepts')).toEqual([
			{ name: 'a', value: 'a' },
			{ name: 'Ferrari (b)', value: 'b' },
			{ name: 'c', value: 'c' },
		]);
	});

	it('is empty while a new node has no credential, which the editor would call an error', async () => {
		const { engine, emulator } = clarifai;

		expect(await engine.loadOptions(TRAIN, {}, undefined, {}).loadOptions('getConcepts')).toEqual(
			[],
		);
		expect(emulator.requests).toEqual([]);
	});

	it("fails in Clarifai's words", async () => {
		const { engine } = await clarifai.withCredential({ accessToken: DEMO.scopelessPat });

		await expect(engine.loadOptions(TRAIN).loadOptions('getConcepts')).rejects.toMatchObject({
			message: 'API key has insufficient scopes/permissions',
			description: expect.stringContaining('The token lacks a scope for this step'),
		});
	});
});

describe.each(['clarifaiDeployModel', 'clarifaiEvaluateModel', 'clarifaiPredict'])(
	'the list of deployments of %s',
	(node) => {
		const add = (count: number) => {
			const { emulator } = clarifai;
			return Array.from({ length: count }, (_none, n) => {
				const version = emulator.addTrainedVersion(`model-${n}`).message.id as string;
				emulator.addDeployment(`live-${n}`, `model-${n}`);
				return version;
			});
		};

		it('names what each runs', async () => {
			const [version] = add(1);

			expect(await lists(node).listSearch('searchDeployments')).toEqual({
				results: [{ name: `live-0 (model-0, version ${version.slice(0, 8)})`, value: 'live-0' }],
				paginationToken: undefined,
			});
		});

		it('has pages of 50', async () => {
			add(60);

			const first = await lists(node).listSearch('searchDeployments');
			const token = first.paginationToken;
			const second = await lists(node).listSearch('searchDeployments', '', token);

			expect([first.results.length, second.results.length]).toEqual([50, 10]);
			expect(second.paginationToken).toBeUndefined();
			expect(new Set([...values(first), ...values(second)]).size).toBe(60);
		});

		it('is searched by ID, model and version', async () => {
			const versions = add(12);
			const found = async (filter: string) =>
				values(await lists(node).listSearch('searchDeployments', filter));

			expect(await found('LIVE-11')).toEqual(['live-11']);
			expect(await found('model-7')).toEqual(['live-7']);
			expect(await found(versions[3])).toEqual(['live-3']);
			expect(await found('nothing like it')).toEqual([]);
		});

		it('says why it is empty', async () => {
			await expect(lists(node).listSearch('searchDeployments')).rejects.toMatchObject({
				message:
					'There are no deployments. Clarifai Deploy Model makes one: choose By ID there, and give a new ID.',
			});
		});

		it('is that of the user, whatever is chosen beside it', async () => {
			add(1);
			const parameters = { model: locate('id', '={{ $json.modelId }}'), options: {} };

			expect(values(await lists(node, parameters).listSearch('searchDeployments'))).toEqual([
				'live-0',
			]);
			expect(clarifai.emulator.requests.at(-1)?.path).toBe(`/v2/users/${DEMO.userId}/deployments`);
		});

		it('refused to an app key says why', async () => {
			const { engine } = await clarifai.withCredential({ accessToken: DEMO.appKey });

			await expect(engine.loadOptions(node).listSearch('searchDeployments')).rejects.toMatchObject({
				description: expect.stringContaining('This step needs a Personal Access Token'),
			});
		});

		it('refused for another user says whose they are', async () => {
			const parameters = { options: { userId: 'somebody', appId: '' } };

			await expect(lists(node, parameters).listSearch('searchDeployments')).rejects.toMatchObject({
				description: expect.stringContaining('somebody'),
			});
		});
	},
);

describe.each([
	['dataset versions', 'searchDatasetVersions', 'clarifaiEvaluateModel'],
	['compute clusters', 'searchComputeClusters', 'clarifaiDeployModel'],
	['nodepools', 'searchNodepools', 'clarifaiDeployModel'],
])('the list of %s, which Clarifai does not search', (kind, method, node) => {
	const names = Array.from({ length: 120 }, (_none, n) => `entry-${n + 1000}`);

	const parameters: INodeParameters = {
		dataset: locate('list', 'many'),
		computeCluster: locate('list', kind === 'nodepools' ? 'one' : ''),
	};

	beforeEach(() => {
		const { emulator } = clarifai;
		if (kind === 'dataset versions') emulator.addDataset('many', { versionIds: names });
		else if (kind === 'nodepools') names.forEach((name) => emulator.addNodepool('one', name));
		else names.forEach((name) => emulator.addNodepool(name, 'pool'));
	});

	const page = async (filter?: string, token?: unknown) =>
		await lists(node, parameters).listSearch(method, filter, token as string | undefined);

	it('has pages of 50, each entry once', async () => {
		const first = await page();
		const second = await page(undefined, first.paginationToken);
		const third = await page(undefined, second.paginationToken);

		expect([first, second].map(({ results }) => results.length)).toEqual([50, 50]);
		expect(third.paginationToken).toBeUndefined();
		const all = [first, second, third].flatMap(values);
		expect(new Set(all).size).toBe(all.length);
		expect(all).toEqual(expect.arrayContaining(names));
	});

	it('is searched as a whole, wherever an entry is', async () => {
		for (const name of [names[0], names[60], names[119]]) {
			expect(values(await page(name.toUpperCase()))).toEqual([name]);
		}
		expect(await page('nothing like it')).toEqual({ results: [] });
	});

	it('has pages also of what a search finds', async () => {
		const first = await page('entry-1');
		const second = await page('entry-1', first.paginationToken);

		expect([first.results.length, second.results.length]).toEqual([50, 50]);
		expect(new Set([...values(first), ...values(second)]).size).toBe(100);
	});
});

describe('the list of dataset versions', () => {
	const versions = async (filter?: string) =>
		await lists('clarifaiEvaluateModel', {
			dataset: locate('list', DEMO.datasetId),
		}).listSearch('searchDatasetVersions', filter);

	it('is searched by ID, by what they are for, and by what it shows of them', async () => {
		const { emulator } = clarifai;
		const version = emulator.app().datasets.get(DEMO.datasetId)!.versions;
		const [shown] = (await versions()).results;
		version.get(DEMO.datasetVersionId)!.message.description = 'Before the holidays';

		const date = / of (\S+)/.exec(shown.name)![1];
		for (const filter of [DEMO.datasetVersionId.slice(0, 6), 'HOLIDAYS', date]) {
			expect(values(await versions(filter))).toEqual([DEMO.datasetVersionId]);
		}
	});

	it('has the newest first', async () => {
		const { emulator } = clarifai;
		const [old] = (await versions()).results;
		emulator.clock.advance(60_000);
		addDatasetVersion(
			emulator.app(),
			emulator.app().datasets.get(DEMO.datasetId)!,
			{ id: 'new' },
			undefined,
		);

		expect(values(await versions())).toEqual(['new', old.value]);
	});
});

describe('a list that depends on another choice', () => {
	it.each([
		['searchModelVersions', { model: locate('list', '') }, 'The model is not known yet'],
		[
			'searchModelVersions',
			{ model: locate('id', '={{ $json.modelId }}') },
			'The model is not known yet',
		],
		['searchDatasetVersions', { dataset: locate('list', '') }, 'The dataset is not known yet'],
	])('%s of %j: %s', async (method, parameters, message) => {
		await expect(
			lists('clarifaiEvaluateModel', parameters).listSearch(method),
		).rejects.toMatchObject({ message: expect.stringContaining(`${message}. Choose `) });
	});

	it('says that there are no versions', async () => {
		const { emulator } = clarifai;
		emulator.addModel('untrained');
		emulator.addDataset('new-dataset', { versionIds: [] });
		const node = lists('clarifaiEvaluateModel', {
			model: locate('list', 'untrained'),
			dataset: locate('list', 'new-dataset'),
		});

		await expect(node.listSearch('searchModelVersions')).rejects.toMatchObject({
			message: 'The model has no versions. Clarifai Train makes one.',
		});
		await expect(node.listSearch('searchDatasetVersions')).rejects.toMatchObject({
			message: expect.stringContaining('The dataset has no versions. Leave this field empty'),
		});
	});
});

describe('a list that cannot be had', () => {
	it.each([
		['wrong token', { accessToken: 'f'.repeat(32) }, 'API key not found', /copy it again/],
		['no user', { userId: '' }, "'User ID' is empty", /Enter an ID/],
		['no base URL', { baseUrl: 'ftp://api' }, /'Base URL' .* is not a web address/, /https/],
		[
			'a user name in the base URL',
			{ baseUrl: 'https://me:secret@api.clarifai.com' },
			/'Base URL' .* has a user name/,
			/Enter the address alone/,
		],
		['the portal as base URL', { baseUrl: 'https://clarifai.com' }, /portal/, /api\.clarifai/],
	])('with %s says why', async (_what, credential, message, description) => {
		const { engine } = await clarifai.withCredential(credential);

		const failing = engine.loadOptions(MODEL).listSearch('searchModelTypes');

		await expect(failing).rejects.toMatchObject({
			message: expect.stringMatching(message),
			description: expect.stringMatching(description),
		});
	});

	it('is tried again when the server does not answer once', async () => {
		const { emulator } = clarifai;
		emulator.faults.add({ kind: 'resetBefore', times: 1 });

		const found = await lists(MODEL).listSearch('searchModelTypes');

		expect(values(found)).toHaveLength(9);
		const calls = callsOf(emulator).filter((call) => call === 'GET ListModelTypes');
		expect(calls).toHaveLength(2);
	});

	it('gives up early when the server refuses for the traffic of others', async () => {
		const { emulator } = clarifai;
		emulator.faults.add({ kind: 'throttle', retryAfter: 1 });

		await expect(lists(MODEL).listSearch('searchModelTypes')).rejects.toMatchObject({
			message: 'Making too many requests',
		});
		expect(emulator.requests).toHaveLength(3);
	});

	it('gives up early when the server does not answer at all', async () => {
		const { engine } = await clarifai.withCredential({ baseUrl: 'http://127.0.0.1:1' });

		await expect(engine.loadOptions(MODEL).listSearch('searchModelTypes')).rejects.toMatchObject({
			message:
				'No connection to http://127.0.0.1:1: nothing answers at this address (ECONNREFUSED)',
			description: expect.stringContaining("Check 'Base URL' in the credential"),
		});
	});
});
