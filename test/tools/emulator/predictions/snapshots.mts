import { createHash } from 'node:crypto';
import type { LabelledInput } from '../labelledInputs.mts';
import { labelledInputs } from '../labelledInputs.mts';
import type { AppState } from '../state.mts';

/** The labels of an app or of a dataset at one time. */
export class Snapshot {
	#byContent: Map<string, LabelledInput> | undefined;

	constructor(readonly inputs: LabelledInput[]) {}

	/** What is known of a medium; of several inputs with one content the last counts. */
	of(content: string): LabelledInput | undefined {
		this.#byContent ??= new Map(this.inputs.map((input) => [input.content, input]));
		return this.#byContent.get(content);
	}
}

/** The last snapshot of each dataset: versions made of the same labels share it, or memory would not do. */
const latest = new WeakMap<AppState, Map<string, { digest: string; snapshot: Snapshot }>>();

export function takeSnapshot(app: AppState, datasetId = '', versionId = ''): Snapshot {
	const inputs = labelledInputs(app, datasetId || undefined, versionId || undefined).filter(
		({ positive, negative, regions }) => positive.length + negative.length + regions.length > 0,
	);
	const digest = createHash('sha256').update(JSON.stringify(inputs)).digest('base64');
	const ofApp = latest.get(app) ?? new Map<string, { digest: string; snapshot: Snapshot }>();
	latest.set(app, ofApp);
	const key = `${datasetId}/${versionId}`;
	const last = ofApp.get(key);
	if (last?.digest === digest) return last.snapshot;
	const snapshot = new Snapshot(inputs);
	ofApp.set(key, { digest, snapshot });
	return snapshot;
}
