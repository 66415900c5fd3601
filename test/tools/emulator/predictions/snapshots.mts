import { labelledInputs, trainingData, type LabelledInput } from '../labelledInputs.mts';
import type { Message } from '../message.mts';
import type { AppState } from '../state.mts';

/** The labels of an app or of a dataset at one time. */
export class Snapshot {
	#byContent: Map<string, LabelledInput> | undefined;
	#labels: string[] | undefined;

	constructor(readonly inputs: LabelledInput[]) {}

	/** What is known of a medium; of several inputs with one content the last counts. */
	of(content: string): LabelledInput | undefined {
		this.#byContent ??= new Map(this.inputs.map((input) => [input.content, input]));
		return this.#byContent.get(content);
	}

	/** The concepts that something is labelled with, sorted. */
	labels(): string[] {
		this.#labels ??= labelsIn(this.inputs);
		return this.#labels;
	}
}

function labelsIn(inputs: LabelledInput[]): string[] {
	const ids = inputs.flatMap(({ positive, regions }) => [
		...positive,
		...regions.flatMap(({ data }) => (data?.concepts ?? []).map(({ id }: Message) => id as string)),
	]);
	return [...new Set(ids)].sort();
}

interface Latest {
	/** A change of an input gives it another message. */
	messages: Message[];
	snapshot: Snapshot;
}

/** The last snapshot of each dataset: versions made of the same inputs share it, or memory would not do. */
const latest = new WeakMap<AppState, Map<string, Latest>>();

export function takeSnapshot(app: AppState, datasetId?: string, versionId?: string): Snapshot {
	const messages = trainingData(app, datasetId, versionId).map(({ message }) => message);
	const ofApp = latest.get(app) ?? new Map<string, Latest>();
	latest.set(app, ofApp);
	const key = `${datasetId ?? ''}/${versionId ?? ''}`;
	const last = ofApp.get(key);
	if (last && isSame(last.messages, messages)) return last.snapshot;
	const snapshot = new Snapshot(
		labelledInputs(app, datasetId, versionId).filter(
			({ positive, negative, regions }) => positive.length + negative.length + regions.length > 0,
		),
	);
	ofApp.set(key, { messages, snapshot });
	return snapshot;
}

const isSame = (some: Message[], others: Message[]) =>
	some.length === others.length && some.every((message, index) => message === others[index]);
