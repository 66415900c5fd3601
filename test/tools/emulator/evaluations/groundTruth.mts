import type { Call } from '../call.mts';
import type { LabelledInput } from '../labelledInputs.mts';
import { labelledInputs } from '../labelledInputs.mts';
import type { Message } from '../message.mts';
import type { Serving } from '../predictions/serving.mts';
import { addDatasetVersion } from '../datasetState.mts';
import type { AppState } from '../state.mts';
import { ApiError, Code } from '../statuses.mts';

/** What an evaluation compares with. */
export interface GroundTruth {
	/** The app of the inputs. */
	app: AppState;
	inputs: LabelledInput[];
	/** The dataset with the version, as answers show it; none for all data of the app. */
	dataset?: Message;
}

/** `EVAL_GROUND_TRUTH` of the protos. */
const EVAL_GROUND_TRUTH = 3;

/** The labelled inputs that say something about the concepts of a version. */
export function groundTruth(call: Call, serving: Serving, asked: Message | undefined): GroundTruth {
	const app = asked ? datasetApp(call, asked) : call.app;
	const dataset = asked && frozenDataset(call, app, asked);
	const labels = serving.version.learned.concepts.map(({ label }) => label);
	const inputs = labelledInputs(app, dataset?.id, dataset?.version.id).filter((input) =>
		labelsOf(input).some((label) => labels.includes(label)),
	);
	return { app, inputs, dataset };
}

export function labelsOf({ positive, negative, regions }: LabelledInput): string[] {
	return [...positive, ...negative, ...regions.flatMap(regionLabels)];
}

export function regionLabels({ data }: Message): string[] {
	return (data?.concepts ?? []).map(({ id }: Message) => id as string);
}

function datasetApp(call: Call, { id, user_id: userId, app_id: appId }: Message): AppState {
	const own = call.app;
	const app = call.world.findApp(userId || own.userId, appId || own.id);
	if (app && call.mayRead(app) && app.datasets.has(id)) return app;
	throw new ApiError(Code.doesNotExist, `Dataset '${id ?? ''}' does not exist`);
}

/** A dataset without a version gets one of what it holds now. */
function frozenDataset(call: Call, app: AppState, { id, version }: Message): Message {
	const dataset = app.datasets.get(id)!;
	const found = version?.id
		? dataset.versions.get(version.id)
		: addDatasetVersion(
				app,
				dataset,
				{
					id: `auto-generated-${call.world.random.hexId().slice(0, 16)}`,
					request_origin: EVAL_GROUND_TRUTH,
				},
				{ seconds: 0 },
			);
	if (!found)
		throw new ApiError(Code.doesNotExist, `Dataset version '${version.id}' does not exist`);
	const owner = { app_id: app.id, user_id: app.userId };
	return { id, ...owner, version: { id: found.message.id, dataset_id: id, ...owner } };
}
