import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Message } from './message.mts';
import { DEMO } from './seed.mts';
import type { AppState, World } from './state.mts';
import { PUBLIC } from './state.mts';

/** What the models of clarifai/main know. */
export function seedPublicConcepts(app: AppState) {
	for (const { id, name } of readData('general-concepts.json')) {
		Object.assign(app.addConcept(id), { name, visibility: PUBLIC });
	}
}

/** Public models beside those that workflows and trainings start with. */
export function seedPublicModels(app: AppState) {
	const { segmenter, captioner, ocr, llm, imageGenerator, textEmbedder, color } = DEMO.publicModels;
	const models = [
		[segmenter, 'visual-segmenter'],
		[captioner, 'image-to-text'],
		[ocr, 'optical-character-recognizer'],
		[llm, 'text-to-text'],
		[imageGenerator, 'text-to-image'],
		[textEmbedder, 'text-embedder'],
		[color, 'color-recognizer'],
	] as const;
	for (const [id, model_type_id] of models) {
		app.addTrainedVersion(app.addModel({ id, model_type_id }), { visibility: PUBLIC });
	}
}

/** One cluster with a small and a large nodepool. */
export function seedCompute({ compute }: World) {
	compute.instanceTypes.push(...readData('instance-types.json'));
	for (const id of [DEMO.nodepoolId, DEMO.gpuNodepoolId]) {
		compute.addNodepool(DEMO.userId, DEMO.computeClusterId, id);
	}
	compute.nodepools.at(-1)!.instance_types = compute.instanceTypes.slice(1);
}

function readData(file: string): Message[] {
	const path = fileURLToPath(new URL(`./data/${file}`, import.meta.url));
	return JSON.parse(readFileSync(path, 'utf8')) as Message[];
}
