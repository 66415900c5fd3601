import type { FrozenInput } from './datasetState.mts';
import { conceptsIn, isLabelled } from './labels.mts';
import type { Message } from './message.mts';

const INPUT_TYPE = 2;
const CONCEPT_ID = 10;
const CONCEPTS_COUNT = 11;

export function countsOf(inputs: FrozenInput[]): Message {
	const count = (matches: (data: Message) => unknown) =>
		inputs.filter(({ message }) => matches(message.data)).length;
	const sum = (numberOf: (data: Message) => number) =>
		inputs.reduce((total, { message }) => total + numberOf(message.data), 0);
	const isPositive = ({ value }: Message) => value > 0;
	const regionsOf = (data: Message): Message[] => data.regions ?? [];
	return {
		inputs_count: inputs.length,
		unlabeled_inputs_count: inputs.filter((input) => !isLabelled(input)).length,
		inputs_with_metadata_count: count(({ metadata }) => metadata),
		inputs_with_geo_count: count(({ geo }) => geo),
		regions_count: sum((data) => regionsOf(data).length),
		region_inputs_count: count((data) => regionsOf(data).length > 0),
		bounding_boxes_count: sum(
			(data) => regionsOf(data).filter((region) => region.region_info?.bounding_box).length,
		),
		positive_input_tags_count: sum(({ concepts = [] }) => concepts.filter(isPositive).length),
		positive_region_tags_count: sum(
			(data) => conceptsIn({ regions: data.regions }).filter(isPositive).length,
		),
	};
}

/** The counts of a version by type of input, by positive concept and by number of those. */
export function metricsGroups(inputs: FrozenInput[], types: number[] = []): Message[] {
	const groups = [
		...groupsOf(INPUT_TYPE, inputs, ({ media }) => [TYPE_NAMES[media.kind]]),
		...groupsOf(CONCEPT_ID, inputs, positives),
		...groupsOf(CONCEPTS_COUNT, inputs, (input) => [positives(input).length]),
	];
	return groups.filter(({ type }) => types.length === 0 || types.includes(type));
}

const TYPE_NAMES = { image: 'images', video: 'videos', audio: 'audio', text: 'text' };

function positives({ message }: FrozenInput): string[] {
	const ids = conceptsIn(message.data).flatMap(({ id, value }) =>
		value > 0 ? [id as string] : [],
	);
	return [...new Set(ids)];
}

function groupsOf<T>(type: number, inputs: FrozenInput[], valuesOf: (input: FrozenInput) => T[]) {
	const members = new Map<T, FrozenInput[]>();
	for (const input of inputs) {
		for (const value of valuesOf(input)) {
			const group = members.get(value);
			if (group) group.push(input);
			else members.set(value, [input]);
		}
	}
	return [...members].map(([value, group]) => ({ type, value, metrics: countsOf(group) }));
}
