import type { Call, Handler } from '../call.mts';
import { inputStatus } from '../inputProcessing.mts';
import { conceptsIn, problemOfConceptId } from '../labels.mts';
import type { Message } from '../message.mts';
import { ApiError, Code } from '../statuses.mts';

/** Fields of a concept that its creator may set. */
const SETTABLE = ['id', 'name', 'definition', 'language', 'metadata', 'visibility', 'image'];

/** A duplicate's code and its word "duplicate" are what Clarifai's own tests expect of the service. */
const postConcepts: Handler = (call) => {
	const { app, request } = call;
	const concepts: Message[] = request.concepts ?? [];
	if (concepts.length === 0) throw invalid('no concepts given');
	const seen = new Set<string>();
	for (const { id = '' } of concepts) {
		const problem = problemOfConceptId(id);
		if (problem) throw invalid(problem);
		if (app.concepts.has(id) || seen.has(id)) throw invalid(`Concept has a duplicate ID: ${id}`);
		seen.add(id);
	}
	return {
		concepts: concepts.map((concept) =>
			Object.assign(app.addConcept(concept.id), settable(concept)),
		),
	};
};

const patchConcepts: Handler = (call) => {
	const { app, request } = call;
	if (request.action !== 'overwrite') {
		throw invalid(`action: '${request.action ?? ''}' is not supported for concepts`);
	}
	const concepts: Message[] = request.concepts ?? [];
	const found = concepts.map(({ id }) => findConcept(call, id));
	concepts.forEach((concept, index) => {
		app.concepts.set(concept.id, { ...found[index], ...settable(concept) });
	});
	return { concepts: concepts.map(({ id }) => app.concepts.get(id)) };
};

function settable(concept: Message) {
	return Object.fromEntries(
		SETTABLE.filter((key) => concept[key] !== undefined).map((key) => [key, concept[key]]),
	);
}

function invalid(details: string) {
	return new ApiError(Code.conceptsInvalidRequest, details);
}

const listConcepts: Handler = (call) => {
	call.supportsOnly('id');
	const wanted: string = call.request.id ?? '';
	const found = [...call.app.concepts.values()].filter(({ id }) =>
		(id as string).toLowerCase().includes(wanted.toLowerCase()),
	);
	return { concepts: call.paginate(found) };
};

const getConcept: Handler = (call) => ({ concept: findConcept(call, call.request.concept_id) });

function findConcept({ app }: Call, id: string): Message {
	const concept = app.concepts.get(id);
	if (!concept) throw new ApiError(Code.doesNotExist, `Concept '${id}' does not exist`);
	return concept;
}

/** By whole name, or with `*` for any characters; without a name, all concepts of the app. */
const searchConcepts: Handler = (call) => {
	call.supportsOnly('concept_query', 'pagination');
	const { name = '*', language, ...other } = (call.request.concept_query ?? {}) as Message;
	const [unsupported] = Object.keys(other);
	if (unsupported) {
		throw new ApiError(
			Code.notImplemented,
			`The emulator does not implement concept_query.${unsupported}`,
		);
	}
	const escaped = (name as string).replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
	const pattern = new RegExp(`^${escaped}$`, 'i');
	const found = [...call.app.concepts.values()].filter(
		(concept) => pattern.test(concept.name) && (!language || concept.language === language),
	);
	return { concepts: call.paginate(found) };
};

const STAGES: Record<number, string> = {
	[Code.inputSuccess]: 'processed',
	[Code.inputPending]: 'to_process',
	[Code.inputInProgress]: 'processing',
};

/** How many inputs bear a concept, as a positive or as a negative label; each input counts once. */
const getConceptCounts: Handler = (call) => {
	const { app, now } = call;
	call.supportsOnly();
	const counts = new Map(
		[...app.concepts.keys()].map((id) => [id, countsOf(app.concepts.get(id)!)]),
	);
	for (const input of app.inputs.values()) {
		const stage = STAGES[inputStatus(input, now).code as number] ?? 'errors';
		for (const [id, isPositive] of labelsOf(input.message.data)) {
			const count = counts.get(id);
			if (!count) continue;
			const sign = isPositive ? 'positive' : 'negative';
			count.concept_type_count[sign]++;
			count.detail_concept_count[stage][sign]++;
		}
	}
	return { concept_counts: call.paginate([...counts.values()]) };
};

function labelsOf(data: Message): Map<string, boolean> {
	const labels = new Map<string, boolean>();
	for (const { id, value } of conceptsIn(data)) {
		labels.set(id, value > 0 || labels.get(id) === true);
	}
	return labels;
}

function countsOf({ id, name }: Message): Message {
	const none = () => ({ positive: 0, negative: 0 });
	const stages = [...Object.values(STAGES), 'errors'];
	return {
		id,
		name,
		concept_type_count: none(),
		detail_concept_count: Object.fromEntries(stages.map((stage) => [stage, none()])),
	};
}

export const conceptHandlers: Record<string, Handler> = {
	PostConcepts: postConcepts,
	PatchConcepts: patchConcepts,
	ListConcepts: listConcepts,
	GetConcept: getConcept,
	PostConceptsSearches: searchConcepts,
	GetConceptCounts: getConceptCounts,
};
