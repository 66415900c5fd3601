import { contentKey } from '../content.mts';
import type { Message } from '../message.mts';
import type { World } from '../state.mts';
import { ApiError, Code, makeStatus } from '../statuses.mts';
import { trainingStatus } from '../training.mts';
import { problemOf } from './badInputs.mts';
import { formOf, oldForm } from './methodForm.mts';
import type { OutputConfig } from './outputConfig.mts';
import { countsTokens, outputData } from './outputData.mts';
import type { PredictionPlan } from './plans.mts';
import { recognize } from './quality.mts';
import type { Serving } from './serving.mts';
import type { Snapshot } from './snapshots.mts';
import { takeSnapshot } from './snapshots.mts';
import { tokenCounts } from './texts.mts';

/** The base64 text of "true": answers show that there were bytes, never the bytes. */
const BYTES_PLACEHOLDER = 'dHJ1ZQ==';

/** A predictor of one version, for the inputs of one call. */
export class Predictor {
	readonly #labelsNow: () => Snapshot;

	constructor(
		readonly world: World,
		readonly serving: Serving,
		readonly config: OutputConfig,
	) {
		this.#labelsNow = once(() => takeSnapshot(serving.app));
	}

	/** What the version says to one input, without a look at plans for that input. */
	answer(data: Message, content = contentKey(data)): Message {
		const { app, model, version } = this.serving;
		const quality = this.world.inference.plans.qualityOf(model, version);
		const recognized = recognize(version, quality, content, this.#labelsNow);
		return outputData({ app, model, version, data, content, recognized, config: this.config });
	}

	/** The output for one input, with a status of its own. */
	output(input: Message, data: Message, now: number): Message {
		const asked = oldForm(data);
		const content = contentKey(asked);
		const plan = this.world.inference.plans.take(asked, content);
		const status =
			statusOf(plan) ?? problemOf(asked, this.#isContainer) ?? makeStatus(Code.success);
		const isGood = status.code === Code.success;
		const answer = isGood ? (plan?.data ?? this.answer(asked, content)) : {};
		return {
			id: this.world.random.hexId(),
			status,
			created_at: this.world.clock.timestamp(),
			model: showServing(this.serving, now),
			input: { id: input.id || this.world.random.hexId(), data: echo(data) },
			data: formOf(data, answer),
			...(isGood && countsTokens(this.serving.model.message.model_type_id)
				? tokenCounts(asked, answer)
				: {}),
		};
	}

	get #isContainer() {
		return this.serving.version.learned.lesson.byPipeline;
	}

	/**
	 * Outputs of a call's inputs, in their order. Containers know no partial success: one bad input
	 * fails the others, which then say so without a reason of their own (assumed).
	 */
	outputs(inputs: Message[], now: number): Message[] {
		const outputs = inputs.map((input) => this.output(input, input.data ?? {}, now));
		if (!this.#isContainer || outputs.every(isSuccess)) return outputs;
		const failed = { status: makeStatus(Code.failure), data: {} };
		return outputs.map((output) => (isSuccess(output) ? { ...output, ...failed } : output));
	}
}

export function isSuccess({ status }: Message) {
	return status.code === Code.success;
}

/** The status over several outputs or results; none where all is well. */
export function overallStatus(parts: Message[], missesSome: boolean): Message {
	const good = parts.filter(isSuccess).length;
	if (good === parts.length && !missesSome) return {};
	return { status: makeStatus(Code.mixed) };
}

/** Refuses a call of which nothing has succeeded; the reasons are in its parts. */
export function refuseFailure(parts: Message[], answer: Message) {
	if (!parts.some(isSuccess)) throw new ApiError(Code.failure, '', answer);
}

/** What the caller is told of the model behind an output. */
export function showServing({ model, version }: Serving, now: number): Message {
	const { id, created_at, visibility, app_id, user_id } = version.message;
	const status = trainingStatus(version.training, now);
	return {
		...model.message,
		model_version: { id, created_at, status, visibility, app_id, user_id },
	};
}

export function echo(data: Message): Message {
	const shown = Object.entries(data).map(([name, value]) => {
		const isMedium = ['image', 'video', 'audio'].includes(name);
		return [name, isMedium ? { ...(value as Message), base64: BYTES_PLACEHOLDER } : value];
	});
	return Object.fromEntries(shown);
}

function statusOf(plan: PredictionPlan | undefined): Message | undefined {
	if (!plan?.code) return undefined;
	const { code, description, details } = plan;
	return { ...makeStatus(code), ...(description && { description }), ...(details && { details }) };
}

function once<T>(make: () => T): () => T {
	let made: { value: T } | undefined;
	return () => (made ??= { value: make() }).value;
}
