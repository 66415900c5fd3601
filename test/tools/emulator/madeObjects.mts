import type { Type } from 'protobufjs';
import { toTimestamp } from './clock.mts';
import type { Message } from './message.mts';
import { walk } from './walk.mts';

/** Where the path of an object has its ID, by the type of the object. */
const COLLECTIONS: Record<string, string> = {
	Annotation: 'annotations',
	Concept: 'concepts',
	Dataset: 'datasets',
	DatasetVersion: 'versions',
	Deployment: 'deployments',
	EvalMetrics: 'evaluations',
	Input: 'inputs',
	Model: 'models',
	ModelVersion: 'versions',
	Pipeline: 'pipelines',
	PipelineVersion: 'versions',
	PipelineVersionRun: 'runs',
	Workflow: 'workflows',
	WorkflowVersion: 'versions',
};

/** An object as paths name it, such as `models/my-model`. */
export type ObjectKey = `${string}/${string}`;

export function keyOf(typeName: string, id: unknown): ObjectKey | undefined {
	const collection = COLLECTIONS[typeName];
	return collection && typeof id === 'string' ? `${collection}/${id}` : undefined;
}

/** When requests, and what they started, made which objects. */
export class MadeObjects {
	readonly #madeAt = new Map<ObjectKey, number>();

	note(key: ObjectKey, at: number) {
		this.#madeAt.set(key, at);
	}

	/** Notes what the answer to a write shows as made at this moment. */
	noteAnswer(type: Type, answer: Message, now: number) {
		const timestamp = toTimestamp(now);
		walk(type, answer, (typeName, { id, created_at }) => {
			const key = created_at === timestamp && keyOf(typeName, id);
			if (key) this.note(key, now);
		});
	}

	madeAt(key: ObjectKey) {
		return this.#madeAt.get(key);
	}
}
