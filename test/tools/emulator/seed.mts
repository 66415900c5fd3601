import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeJson } from './decodeJson.mts';
import { giveDataset } from './givenInputs.mts';
import type { Message } from './message.mts';
import { loadProtos } from './protos.mts';
import { seedCompute, seedPublicConcepts, seedPublicModels } from './seedInference.mts';
import type { World } from './state.mts';
import { PUBLIC } from './state.mts';

/** What a fresh emulator holds, and the tokens it knows. The tokens open nothing else. */
export const DEMO = {
	pat: 'de30000000000000000000000000fa70',
	/** A key for the demo app alone. */
	appKey: 'de30000000000000000000000000a991',
	/** A PAT without any scope. */
	scopelessPat: 'de300000000000000000000000005c0e',
	userId: 'demo-user',
	appId: 'demo-app',
	concepts: ['cat', 'dog', 'ferrari', 'outdoors'],
	datasetId: 'demo-dataset',
	datasetVersionId: 'da7a5e70000000000000000000000001',
	/** The default workflow of a new app, which belongs to clarifai/main. */
	defaultWorkflowId: 'Universal',
	/** Public trained models of clarifai/main. */
	publicModels: {
		classifier: 'general-image-recognition',
		embedder: 'general-image-embedding',
		detector: 'general-image-detection',
		segmenter: 'image-general-segmentation',
		captioner: 'general-english-image-caption-clip',
		ocr: 'ocr-scene-english-paddleocr',
		llm: 'general-chat',
		imageGenerator: 'general-image-generation',
		textEmbedder: 'multilingual-text-embedding',
		color: 'color-recognition',
	},
	computeClusterId: 'demo-cluster',
	nodepoolId: 'demo-nodepool',
	gpuNodepoolId: 'demo-gpu-nodepool',
	publicUserId: 'clarifai',
	publicAppId: 'main',
} as const;

/** What to enter in n8n's credential for the demo app of an emulator. */
export const demoCredential = (url: string) => ({
	accessToken: DEMO.pat,
	userId: DEMO.userId,
	appId: DEMO.appId,
	baseUrl: url,
});

const INPUT_COUNT = 1200;

export function seed(world: World) {
	world.modelTypes.push(...shared('model-types.json', 'ModelType'));
	world.pipelineTemplates.push(...shared('pipeline-templates.json', 'PipelineTemplate'));
	seedPublicApp(world);
	seedDemoApp(world);
	seedCompute(world);
	seedKeys(world);
}

function seedPublicApp(world: World) {
	const app = world.addApp(DEMO.publicUserId, DEMO.publicAppId, { visibility: PUBLIC });
	const { classifier, embedder, detector } = DEMO.publicModels;
	seedPublicConcepts(app);
	const types = [
		[classifier, 'visual-classifier'],
		[embedder, 'visual-embedder'],
		[detector, 'visual-detector'],
	] as const;
	for (const [id, model_type_id] of types) {
		app.addTrainedVersion(app.addModel({ id, model_type_id }), { visibility: PUBLIC });
	}
	const owner = { user_id: app.userId, app_id: app.id };
	app.saveWorkflow({
		id: DEMO.defaultWorkflowId,
		nodes: [{ id: 'embed', model: { id: embedder, ...owner } }],
	});
	seedPublicModels(app);
}

function seedDemoApp(world: World) {
	const app = world.addApp(DEMO.userId, DEMO.appId, {
		default_workflow_id: DEMO.defaultWorkflowId,
		default_workflow: {
			id: DEMO.defaultWorkflowId,
			user_id: DEMO.publicUserId,
			app_id: DEMO.publicAppId,
		},
	});
	for (const concept of DEMO.concepts) app.addConcept(concept);
	giveDataset(app, DEMO.datasetId, [DEMO.datasetVersionId], INPUT_COUNT);
}

function seedKeys(world: World) {
	const { userId, appId } = DEMO;
	world.addKey({ token: DEMO.pat, kind: 'pat', userId, scopes: 'all' });
	world.addKey({ token: DEMO.appKey, kind: 'app', userId, appId, scopes: 'all' });
	world.addKey({ token: DEMO.scopelessPat, kind: 'pat', userId, scopes: [] });
}

const read = new Map<string, Message[]>();

/** Not read anew for each of thousands of emulators: each has objects of its own, whose content is frozen. */
function shared(file: string, type: string): Message[] {
	if (!read.has(file)) read.set(file, readData(file, type));
	return read.get(file)!.map((entry) => ({ ...entry }));
}

function readData(file: string, type: string): Message[] {
	const path = fileURLToPath(new URL(`./data/${file}`, import.meta.url));
	const entries = JSON.parse(readFileSync(path, 'utf8')) as unknown[];
	return entries.map((entry) => freeze(decodeJson(loadProtos().type(type), entry)));
}

function freeze<T>(value: T): T {
	if (typeof value !== 'object' || value === null) return value;
	for (const inner of Object.values(value)) freeze(inner);
	return Object.freeze(value);
}
