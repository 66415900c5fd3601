import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { addDatasetVersion } from '../../tools/emulator/datasetState.mts';
import type { GivenInput } from '../../tools/emulator/emulator.mts';
import { tinyGif } from '../../tools/emulator/tinyGif.mts';
import {
	DEMO,
	locate,
	setUp,
	type InProcessOptions,
	type InProcessSetUp,
	type NodeRunResult,
	type SetUp,
} from '../setup.mts';

export const EVALUATE = 'clarifaiEvaluateModel';
export const DATASET = 'held-out';
/** A version of that dataset which is there from the start. */
export const DATASET_VERSION = 'april';

/** Evaluates what the item names on the held-out data. */
export const onHeldOut = (more: INodeParameters = {}): INodeParameters => ({
	dataset: locate('id', DATASET),
	options: { maxRequestsPerSecond: 0 },
	...more,
});

/** The same on the version that is there from the start. */
export const onApril = (more: INodeParameters = {}, fields: INodeParameters = {}) =>
	onHeldOut({
		additionalFields: { datasetVersionId: locate('id', DATASET_VERSION), ...fields },
		...more,
	});

/** An item as Train puts it out. */
export const flowers = (modelVersionId: string): IDataObject => ({
	modelId: 'flowers',
	modelVersionId,
});

/** Pictures of one point, a colour of its own each, labelled with the concepts in turn. */
export function labelledPictures(count: number, concepts = ['rose', 'tulip']): GivenInput[] {
	return Array.from({ length: count }, (_none, index) => ({
		id: `picture-${index}`,
		base64: tinyGif(500_000 + index).toString('base64'),
		concepts: [concepts[index % concepts.length]],
	}));
}

/** An emulator whose app holds nothing but these inputs, in a dataset with one version. */
export async function setUpHeldOut(
	inputs: GivenInput[] = labelledPictures(40),
	options: InProcessOptions = {},
): Promise<InProcessSetUp> {
	const platform = await setUp(options);
	const { emulator } = platform;
	const app = emulator.app();
	app.inputs.clear();
	emulator.addLabelledInputs(DATASET, inputs);
	addDatasetVersion(app, app.datasets.get(DATASET)!, { id: DATASET_VERSION }, { seconds: 0 });
	return platform;
}

interface VersionOptions {
	/** The share of inputs that it gets wrong; default none. */
	wrong?: number;
	modelId?: string;
	concepts?: string[];
	modelTypeId?: string;
	fields?: IDataObject;
}

/** A trained version, some time after the one before. */
export function addVersion({ emulator }: SetUp, options: VersionOptions = {}): string {
	const { wrong = 0, modelId = 'flowers', concepts = ['rose', 'tulip'] } = options;
	const { modelTypeId = 'visual-classifier', fields = {} } = options;
	emulator.clock.advance(60_000);
	if (!emulator.app().models.has(modelId)) {
		emulator.addModel(modelId, { model_type_id: modelTypeId });
	}
	const version = emulator.addTrainedVersion(modelId, {
		output_info: { data: { concepts: concepts.map((id) => ({ id })) } },
		...fields,
	});
	const id = version.message.id as string;
	emulator.planQuality(id, { wrongShare: wrong });
	return id;
}

/** The app's default workflow runs a version, as Create Workflow and Update Default Workflow make it. */
export function makeLive({ emulator }: SetUp, versionId: string | undefined, modelId = 'flowers') {
	const owner = { user_id: DEMO.userId, app_id: DEMO.appId };
	const model_version = versionId && { model_version: { id: versionId } };
	const app = emulator.app();
	app.saveWorkflow({
		id: 'live',
		nodes: [{ id: 'model', model: { id: modelId, ...owner, ...model_version } }],
	});
	Object.assign(app.message, {
		default_workflow_id: 'live',
		default_workflow: { id: 'live', ...owner },
	});
}

export interface Rivals extends InProcessSetUp {
	/** The version that is live, and a better and a worse one that were trained after it. */
	live: string;
	better: string;
	worse: string;
}

/** A version that answers through a deployment which wakes up in ten hours. */
export async function setUpSleeping() {
	const platform = await setUpHeldOut();
	const concepts = ['rose', 'tulip'];
	const { message } = platform.emulator.addContainerVersion('flowers', { concepts });
	platform.emulator.addDeployment('live', 'flowers');
	platform.emulator.planColdStart('live', { seconds: 36_000 });
	return { platform, version: message.id as string };
}

export async function setUpRivals(
	options: InProcessOptions = {},
	inputs?: GivenInput[],
): Promise<Rivals> {
	const platform = await setUpHeldOut(inputs, options);
	const live = addVersion(platform, { wrong: 0.4 });
	const better = addVersion(platform, { wrong: 0.1 });
	const worse = addVersion(platform, { wrong: 0.7 });
	makeLive(platform, live);
	return { ...platform, live, better, worse };
}

export const passed = (result: NodeRunResult) => result.outputs(0).map(({ json }) => json);
export const notPassed = (result: NodeRunResult) => result.outputs(1).map(({ json }) => json);

/** The evaluations that Clarifai has carried out, as IDs of versions. */
export const evaluatedVersions = ({ emulator }: SetUp) =>
	emulator.book
		.of('evaluation')
		.map(({ id }) => emulator.app().evaluations.get(id)?.serving.version.message.id as string);

/** What Clarifai's evaluation of a version says. */
export function summaryOf({ emulator }: SetUp, versionId: string) {
	const evaluation = [...emulator.app().evaluations.values()].find(
		({ serving }) => serving.version.message.id === versionId,
	);
	return evaluation!.metrics.summary as Record<string, number>;
}

export const round4 = (value: number) => Number(value.toFixed(4));
