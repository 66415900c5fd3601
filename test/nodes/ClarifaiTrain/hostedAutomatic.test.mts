import type { INodeParameters } from 'n8n-workflow';
import { CLASSIFIER, DFINE, ON_NODEPOOL, START, valid, YOLOF } from '../pipelineSetup.mts';
import { callsOf, DEMO, locate, setUp, type InProcessOptions, type SetUp } from '../setup.mts';

const TRAIN = 'clarifaiTrain';
const TYPE_TEMPLATE = 'MMClassification_ResNet_50_RSB_A1';

/** Everything that a training needs, by whatever method. */
const automatic = (template: string, more: INodeParameters = {}) =>
	valid({ trainingMethod: 'automatic', template: locate('id', template), ...more });

const writesOf = ({ emulator }: SetUp) =>
	callsOf(emulator).filter((call) => !call.startsWith('GET'));

async function setUpModel(options: InProcessOptions, modelTypeId = 'visual-classifier') {
	const platform = await setUp(options);
	platform.emulator.addModel('piped', { model_type_id: modelTypeId });
	return platform;
}

async function listOf(platform: SetUp, parameters: INodeParameters = {}) {
	const { results } = await platform.engine
		.loadOptions(TRAIN, { model: locate('id', 'piped'), ...parameters })
		.listSearch('searchTemplates');
	return results.map(({ name }) => name);
}

/** A pipeline template with the name of one of a model type. */
function addNamesake({ emulator }: SetUp) {
	const [first] = emulator.world.pipelineTemplates;
	emulator.world.pipelineTemplates.push({ ...structuredClone(first!), name: TYPE_TEMPLATE });
}

describe('Training Method', () => {
	it('is automatic unless another is chosen', async () => {
		const { engine } = await setUp();
		const { properties } = engine.nodeTypes.getByNameAndVersion(
			`n8n-nodes-clarifai.${TRAIN}`,
		).description;

		expect(properties.find(({ name }) => name === 'trainingMethod')?.default).toBe('automatic');
	});

	it('shows the notice about the deprecation with deep fine-tuning alone', async () => {
		const { engine } = await setUp();
		const { properties } = engine.nodeTypes.getByNameAndVersion(
			`n8n-nodes-clarifai.${TRAIN}`,
		).description;

		const notice = properties.find(({ name }) => name === 'deprecationNotice');
		expect(notice?.type).toBe('notice');
		expect(notice?.displayName).toMatch(/^On api\.clarifai\.com, .* deprecated /);
		expect(notice?.displayOptions).toEqual({ show: { trainingMethod: ['deepFineTuning'] } });
	});
});

describe('the deprecation of deep fine-tuning', () => {
	const train = async (options: InProcessOptions) => {
		const platform = await setUpModel({ platform: 'hosted', legacyTraining: 'trains', ...options });
		const parameters = {
			trainingMethod: 'deepFineTuning',
			template: locate('id', TYPE_TEMPLATE),
			additionalFields: {},
		};
		const { error, result } = await platform.run(TRAIN, valid(parameters));
		expect(error).toBeUndefined();
		expect(writesOf(platform)).toEqual(['POST PostModelVersions']);
		return result.hints.map(({ message }) => message).join('\n');
	};

	it('is hinted at by a training on api.clarifai.com', async () => {
		const api = 'https://api.clarifai.com';

		expect(await train({ alsoAt: api, credential: { baseUrl: api } })).toMatch(
			/deprecated .* on api\.clarifai\.com .* 'Training Method' to Pipeline Template/,
		);
	});

	it.each(['https://clarifai.example', 'https://api.clarifai.com.example'])(
		'is not by one on a platform of its own (%s)',
		async (own) => {
			expect(await train({ alsoAt: own, credential: { baseUrl: own } })).not.toContain(
				'deprecated',
			);
		},
	);
});

describe('the template decides', () => {
	it('for a run of a pipeline, on the hosted platform', async () => {
		const platform = await setUpModel({ platform: 'hosted' });

		const { error, json } = await platform.run(TRAIN, automatic(CLASSIFIER));

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ template: CLASSIFIER, modelVersionId: null }]);
		expect(writesOf(platform)).toContain(`POST ${START}`);
		expect(writesOf(platform)).not.toContain('POST PostModelVersions');
	});

	it('for a training of a model version, on a self-hosted platform', async () => {
		const platform = await setUpModel({ platform: 'selfHosted' });

		const { error, json } = await platform.run(
			TRAIN,
			automatic(TYPE_TEMPLATE, { additionalFields: {} }),
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ template: TYPE_TEMPLATE, modelVersionId: expect.any(String) }]);
		expect(writesOf(platform)).toEqual(['POST PostModelVersions']);
	});

	it.each([
		[CLASSIFIER, `POST ${START}`],
		[TYPE_TEMPLATE, 'POST PostModelVersions'],
	])('where both are there (%s)', async (template, write) => {
		const platform = await setUpModel({ platform: 'both' });

		await platform.run(
			TRAIN,
			automatic(template, {
				additionalFields: template === CLASSIFIER ? ON_NODEPOOL : {},
			}),
		);

		expect(writesOf(platform).at(-1)).toBe(write);
	});

	it('but a name that both have asks for a choice', async () => {
		const platform = await setUpModel({ platform: 'both' });
		addNamesake(platform);

		const { error } = await platform.run(TRAIN, automatic(TYPE_TEMPLATE));

		expect(error?.message).toContain(
			`Template "${TYPE_TEMPLATE}" is a template of the model's type and a pipeline template`,
		);
		expect(error?.description).toContain("'Training Method'");
		expect(writesOf(platform)).toEqual([]);
	});

	it('and one that neither has is refused, with those that there are', async () => {
		const platform = await setUpModel({ platform: 'hosted' });

		const { error } = await platform.run(TRAIN, automatic(TYPE_TEMPLATE));

		expect(error?.message).toContain(`no training template "${TYPE_TEMPLATE}"`);
		expect(error?.description).toContain(`${CLASSIFIER} (Pipeline Template)`);
		expect(writesOf(platform)).toEqual([]);
	});
});

describe('a platform that describes no templates at all', () => {
	async function setUpSilent() {
		const platform = await setUpModel({ platform: 'hosted', legacyTraining: 'trains' });
		platform.emulator.world.pipelineTemplates.length = 0;
		return platform;
	}

	it('is sent nothing unchecked under Automatic', async () => {
		const platform = await setUpSilent();

		const { error } = await platform.run(TRAIN, automatic(TYPE_TEMPLATE));

		expect(error?.message).toContain('This platform describes no training templates');
		expect(error?.description).toContain("set 'Training Method' to Deep Fine-Tuning");
		expect(writesOf(platform)).toEqual([]);
	});

	it('says so where its list would be', async () => {
		await expect(listOf(await setUpSilent())).rejects.toMatchObject({
			message: expect.stringMatching(/^There are no templates to choose from\. The platform /),
		});
	});
});

it.each([['automatic'], ['pipelineTemplate']])(
	'a misspelt template is refused with the one that is meant, by %s',
	async (trainingMethod) => {
		const platform = await setUpModel({ platform: 'both' });

		const { error } = await platform.run(
			TRAIN,
			automatic('classifier-pipeline-resnett', { trainingMethod }),
		);

		expect(error?.description).toMatch(/^Did you mean "classifier-pipeline-resnet"\? It has: /);
	},
);

describe('the list', () => {
	it('has the pipeline templates of the hosted platform, labelled', async () => {
		const platform = await setUpModel({ platform: 'hosted' });

		const names = await listOf(platform);

		expect(names).toContain(`${CLASSIFIER} (Pipeline Template)`);
		expect(names.every((name) => name.includes('Pipeline Template'))).toBe(true);
	});

	it("has the model type's templates of a self-hosted platform", async () => {
		const platform = await setUpModel({ platform: 'selfHosted' });

		const names = await listOf(platform);

		expect(names.some((name) => name.startsWith(TYPE_TEMPLATE))).toBe(true);
		expect(names.some((name) => name.includes('Pipeline Template'))).toBe(false);
	});

	it('has both where both are there, and says so of a name that both have', async () => {
		const platform = await setUpModel({ platform: 'both' });
		addNamesake(platform);

		const names = await listOf(platform);

		const same = names.filter((name) => name.startsWith(TYPE_TEMPLATE));
		expect(same).toEqual([`${TYPE_TEMPLATE} (recommended, Deep Fine-Tuning, Pipeline Template)`]);
		expect(names).toContain(`${CLASSIFIER} (Pipeline Template)`);
	});

	it('leaves out pipelines for another kind of model', async () => {
		const platform = await setUpModel({ platform: 'hosted' }, 'visual-detector');

		const names = (await listOf(platform)).join();

		expect(names).toContain(YOLOF);
		expect(names).toContain(DFINE);
		expect(names).not.toContain(CLASSIFIER);
	});
});

it.each(['automatic', 'pipelineTemplate'])(
	"a template for another kind of model than this one's is refused (%s)",
	async (trainingMethod) => {
		const platform = await setUpModel({ platform: 'hosted' }, 'visual-detector');

		const { error } = await platform.run(TRAIN, automatic(CLASSIFIER, { trainingMethod }));

		expect(error?.message).toContain(
			`Template "${CLASSIFIER}" trains a classifier, and model "piped" is a visual-detector`,
		);
		expect(writesOf(platform)).toEqual([]);
	},
);

it('the lists of compute and data show what there is', async () => {
	const platform = await setUpModel({ platform: 'hosted' });
	const lists = platform.engine.loadOptions(TRAIN, automatic(CLASSIFIER));
	const names = async (method: string) =>
		(await lists.listSearch(method)).results.map(({ value }) => value);

	expect(await names('searchComputeClusters')).toEqual([DEMO.computeClusterId]);
	expect(new Set(await names('searchNodepools'))).toEqual(
		new Set([DEMO.nodepoolId, DEMO.gpuNodepoolId]),
	);
	expect(await names('searchDatasets')).toContain(DEMO.datasetId);
	expect(await names('searchDatasetVersions')).toEqual([DEMO.datasetVersionId]);
});
