import { contentKey } from '../content.mts';
import type { Message } from '../message.mts';
import type { ModelState, VersionState } from '../state.mts';
import type { QualityPlan } from './quality.mts';

/** How the predictions of one input shall go. */
export interface PredictionPlan {
	/** The code of its output; default: success. */
	code?: number;
	description?: string;
	details?: string;
	/** What the output holds instead of what the model would say. */
	data?: Message;
	/** For how many predictions this holds; default all. */
	times?: number;
}

/** An input's data, of which the medium counts, or whether a plan is for some data. */
export type InputMatch = Message | ((data: Message) => boolean);

interface ActivePlan extends PredictionPlan {
	/** @param content see content.mts */
	matches(data: Message, content: string): boolean;
	left: number;
}

/** What tests have planned for predictions. */
export class PredictionPlans {
	/** The latest first. */
	readonly #plans: ActivePlan[] = [];
	readonly #qualities = new Map<string, QualityPlan>();

	plan(match: InputMatch, plan: PredictionPlan) {
		const key = typeof match === 'function' ? undefined : contentKey(match);
		const matches = (data: Message, content: string) =>
			typeof match === 'function' ? match(data) : content === key;
		this.#plans.unshift({ ...plan, matches, left: plan.times ?? Infinity });
	}

	/** The plan for an input, which is used up by asking; the latest of several. */
	take(data: Message, content: string): PredictionPlan | undefined {
		const plan = this.#plans.find((one) => one.left > 0 && one.matches(data, content));
		if (plan) plan.left--;
		return plan;
	}

	planQuality(modelOrVersionId: string, plan: QualityPlan | undefined) {
		if (plan) this.#qualities.set(modelOrVersionId, plan);
		else this.#qualities.delete(modelOrVersionId);
	}

	/** A version's own quality, or that of its model. */
	qualityOf(model: ModelState, version: VersionState): QualityPlan | undefined {
		return this.#qualities.get(version.message.id) ?? this.#qualities.get(model.message.id);
	}
}
