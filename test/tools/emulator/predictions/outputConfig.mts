import type { Message } from '../message.mts';
import { ApiError, Code } from '../statuses.mts';
import type { ModelConcept } from './learned.mts';

/** What a call wants to see of an answer. */
export interface OutputConfig {
	maxConcepts: number;
	minValue: number;
	/** The concepts to show, or undefined for all. */
	selected?: ModelConcept[];
	/** Whether some of the concepts to select are not the model's. */
	missesSome: boolean;
	/** One frame of a video for so many milliseconds. */
	sampleMs: number;
	/** `output_info.params`, such as max_tokens. */
	params: Message;
}

/** Documented: 20 when none is given, 200 at most. */
const DEFAULT_MAX_CONCEPTS = 20;
const MAX_CONCEPTS = 200;
const DEFAULT_SAMPLE_MS = 1000;

/** Later settings override earlier ones: the version's, a workflow node's, the call's. */
export function readOutputConfig(
	concepts: ModelConcept[],
	...infos: Array<Message | undefined>
): OutputConfig {
	const config: Message = Object.assign({}, ...infos.map((info) => given(info?.output_config)));
	const { max_concepts: max, min_value: min = 0, sample_ms: sampleMs } = config;
	if (max > MAX_CONCEPTS || min < 0 || min > 1) {
		throw new ApiError(
			Code.predictInvalidRequest,
			`output_config: max_concepts is 1 to ${MAX_CONCEPTS}, min_value 0 to 1`,
		);
	}
	return {
		maxConcepts: max || DEFAULT_MAX_CONCEPTS,
		minValue: min,
		...select(concepts, config.select_concepts ?? []),
		sampleMs: sampleMs || DEFAULT_SAMPLE_MS,
		params: Object.assign({}, ...infos.map((info) => info?.params ?? {})) as Message,
	};
}

/** Settings that say something: zero and an empty list mean "not set". */
function given(config: Message = {}): Message {
	const entries = Object.entries(config).filter(
		([, value]) => value && !(Array.isArray(value) && value.length === 0),
	);
	return Object.fromEntries(entries);
}

function select(concepts: ModelConcept[], asked: Message[]) {
	if (asked.length === 0) return { missesSome: false };
	const matches = (concept: ModelConcept, { id, name }: Message) =>
		id ? concept.id === id : concept.name === name;
	const selected = concepts.filter((concept) => asked.some((one) => matches(concept, one)));
	// Documented as an error; its code is assumed.
	if (selected.length === 0) {
		throw new ApiError(
			Code.predictInvalidRequest,
			'select_concepts: the model has none of these concepts',
		);
	}
	const missesSome = asked.some((one) => !concepts.some((concept) => matches(concept, one)));
	return { selected, missesSome };
}

/** The concepts of an answer that a call wants to see, the highest first. */
export function applyConfig(values: Message[], config: OutputConfig): Message[] {
	const { selected, minValue, maxConcepts } = config;
	return values
		.filter(({ id, value }) => {
			const isSelected = !selected || selected.some((concept) => concept.id === id);
			return isSelected && value >= minValue;
		})
		.sort((left, right) => right.value - left.value)
		.slice(0, maxConcepts);
}
