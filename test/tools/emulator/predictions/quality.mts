import type { Message } from '../message.mts';
import type { VersionState } from '../state.mts';
import { fractionOf, pickBy } from './hash.mts';
import type { ModelConcept } from './learned.mts';
import type { Snapshot } from './snapshots.mts';

/** How good the versions of a model, or one version, shall be. */
export interface QualityPlan {
	/**
	 * The share of inputs, from 0 to 1, that get a wrong answer. Which ones goes by their content, so
	 * what a better version gets wrong, a worse one gets wrong too.
	 */
	wrongShare: number;
}

/** What a version takes one input for. */
export interface Recognized {
	/** The most certain first; none where a version that knows one concept errs. */
	concepts: ModelConcept[];
	/** Labelled regions that it has learned. */
	regions: Message[];
	isWrong: boolean;
}

/**
 * What is in an input, for a version: what it learned of this content, or, for content it has not
 * seen, something that its hash decides. With a planned quality it is right about everything the app
 * has labels for now, but for the planned share.
 */
export function recognize(
	version: VersionState,
	quality: QualityPlan | undefined,
	content: string,
	labelsNow: () => Snapshot,
): Recognized {
	const { concepts } = version.learned;
	const known = version.learned.of(content) ?? (quality && labelsNow().of(content));
	const right = concepts.filter(({ label }) => known?.positive.includes(label));
	const guess = () => {
		const possible = concepts.filter(({ label }) => !known?.negative.includes(label));
		const from = possible.length > 0 ? possible : concepts;
		return from.length > 0 ? [pickBy(from, 'guess', content)] : [];
	};
	const isWrong = fractionOf('quality', content) < (quality?.wrongShare ?? 0);
	const answer = right.length > 0 ? right : guess();
	return {
		concepts: isWrong ? wrongConcept(concepts, answer, content) : answer,
		regions: known?.regions ?? [],
		isWrong,
	};
}

/** Another concept than the right ones; a version that knows no other finds none. */
export function wrongConcept(concepts: ModelConcept[], right: ModelConcept[], content: string) {
	const others = concepts.filter((concept) => !right.includes(concept));
	return others.length > 0 ? [pickBy(others, 'wrong', content)] : [];
}
